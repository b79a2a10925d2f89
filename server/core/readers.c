/* readers.c: to whom devices seal concerns, and whom they say to ring: told to every device by the manifest.
 */
#include <stdio.h>
#include <string.h>

#include "server/core/hub.h"

/* `next` takes the place of *hub once its manifest is signed. */
static err put_next(struct hub *hub, struct hub *next, const struct now *now, struct fault *fault) {
  next->manifest_number++;
  next->issued_ms = now->wall_ms;
  err e = hub_manifest_make(next);
  if (e == ERR_OK) {
    buf_finish(&hub->manifest);
    *hub = *next;
  }
  crypto_wipe(next, sizeof *next);
  return e == ERR_OK ? e : fault_set(fault, e, "the manifest could not be made: %s", err_text(e));
}

/* A form shows it and a telephone dials it: one line of text. */
static bool is_line(const char *text) {
  for (const char *c = text; *c; c++) {
    if ((unsigned char)*c < ' ' || *c == 0x7f) return false;
  }
  return utf8_valid(slice_text(text));
}

err hub_reader_add(struct hub *hub, const uint8_t public_key[key_bytes], const char *name,
                   const struct now *now, struct fault *fault) {
  if (!name[0] || strlen(name) > concern_name_bytes_max || !is_line(name))
    return fault_set(fault, ERR_INVALID, "say in at most %d bytes who reads with this key",
                     concern_name_bytes_max);
  if (bytes_are_zero(public_key, key_bytes)) return fault_set(fault, ERR_INVALID, "that is no public key");
  if (hub->reader_count == concern_readers_max)
    return fault_set(fault, ERR_FULL, "concerns are sealed to %d keys at most: remove one first",
                     concern_readers_max);
  for (size_t i = 0; i < hub->reader_count; i++) {
    if (crypto_equal(hub->readers[i].public_key, public_key, key_bytes))
      return fault_set(fault, ERR_EXISTS, "that key is number %u already", hub->readers[i].number);
  }
  struct hub next = *hub;
  struct hub_reader *r = &next.readers[next.reader_count++];
  *r = (struct hub_reader){.number = ++next.reader_last};
  bytes_copy(r->public_key, public_key, key_bytes);
  (void)snprintf(r->name, sizeof r->name, "%s", name);
  return put_next(hub, &next, now, fault);
}

err hub_reader_remove(struct hub *hub, uint32_t number, const struct now *now, struct fault *fault) {
  struct hub next = *hub;
  size_t at = 0;
  while (at < next.reader_count && next.readers[at].number != number) at++;
  if (at == next.reader_count) {
    crypto_wipe(&next, sizeof next);
    return fault_set(fault, ERR_NOT_FOUND, "there is no key with the number %u", number);
  }
  for (next.reader_count--; at < next.reader_count; at++) next.readers[at] = next.readers[at + 1];
  next.readers[next.reader_count] = (struct hub_reader){.number = 0};
  return put_next(hub, &next, now, fault);
}

err hub_concern_phone(struct hub *hub, const char *phone, const struct now *now, struct fault *fault) {
  if (strlen(phone) > concern_phone_bytes_max || !is_line(phone))
    return fault_set(fault, ERR_INVALID, "a telephone number has at most %d characters",
                     concern_phone_bytes_max);
  struct hub next = *hub;
  bytes_zero(next.concern_phone, sizeof next.concern_phone);
  (void)snprintf(next.concern_phone, sizeof next.concern_phone, "%s", phone);
  return put_next(hub, &next, now, fault);
}
