/* hub.c: the hub's keys: made once, kept in one file, stated to the world in the manifest. */
#include "server/core/hub.h"

#include <stdio.h>
#include <string.h>

/* magic "TUTTIHK1" · hub id · name and URL, zero-padded · signing public and secret key · lease root ·
 * manifest number u64 · issued i64 · two lists of Noise and intake keys: count u32, then number u32, since
 * u64, until u64, retired i64 and secret each, as many as hub_keys_max · successions: count u32, then length
 * u16 and bytes each, as many as successions_max · readers of concerns: count u32, last number u32, then
 * number u32, public key and name each, as many as concern_readers_max · whom to ring · BLAKE2b-256 of all
 * before. */
static const char magic[] = "TUTTIHK1";
enum {
  magic_bytes = 8,
  key_record_bytes = 4 + 8 + 8 + 8 + key_bytes,
  succession_record_bytes = 2 + succession_bytes_max,
  reader_record_bytes = 4 + key_bytes + concern_name_bytes_max + 1,
  keys_file_bytes = magic_bytes + id_bytes + 201 + 513 + key_bytes + sign_secret_bytes + key_bytes + 8 + 8 +
                    2 * (4 + hub_keys_max * key_record_bytes) + 4 +
                    successions_max * succession_record_bytes + 4 + 4 +
                    concern_readers_max * reader_record_bytes + concern_phone_bytes_max + 1 + hash_bytes
};

static void checksum(uint8_t out[hash_bytes], struct slice bytes) {
  crypto_hash(out, "tutti.hubkeys", &bytes, 1);
}

err hub_keys_generate(struct hub *out, const char *name, const char *url, const struct entropy *e,
                      const struct now *now) {
  *out = (struct hub){.id = entropy_id(e),
                      .noise_count = 1,
                      .intake_count = 1,
                      .manifest_number = 1,
                      .issued_ms = now->wall_ms,
                      .overdue_days = erasure_overdue_days,
                      .entropy = *e};
  if (strlen(name) >= sizeof out->name || strlen(url) >= sizeof out->url) return ERR_TOO_BIG;
  (void)snprintf(out->name, sizeof out->name, "%s", name);
  (void)snprintf(out->url, sizeof out->url, "%s", url);
  crypto_sign_keys(&out->sign, e);
  entropy_fill(e, out->lease_root, key_bytes);
  out->noise[0].number = out->intake[0].number = 1;
  out->noise[0].since = out->intake[0].since = 1;
  crypto_box_keys(&out->noise[0].keys, e);
  crypto_box_keys(&out->intake[0].keys, e);
  return hub_manifest_make(out);
}

static err put_keys(struct buf *out, const struct hub_box_key *keys, size_t count) {
  TRY(buf_put_u32(out, (uint32_t)count));
  for (size_t i = 0; i < hub_keys_max; i++) {
    TRY(buf_put_u32(out, keys[i].number));
    TRY(buf_put_u64(out, keys[i].since));
    TRY(buf_put_u64(out, keys[i].until));
    TRY(buf_put_u64(out, (uint64_t)keys[i].retired_ms));
    TRY(buf_append(out, slice_of(keys[i].keys.secret, key_bytes)));
  }
  return ERR_OK;
}

static err put_successions(struct buf *out, const struct hub *hub) {
  TRY(buf_put_u32(out, (uint32_t)hub->succession_count));
  for (size_t i = 0; i < successions_max; i++) {
    TRY(buf_put_u16(out, hub->successions[i].len));
    TRY(buf_append(out, slice_of(hub->successions[i].bytes, succession_bytes_max)));
  }
  return ERR_OK;
}

static err put_readers(struct buf *out, const struct hub *hub) {
  TRY(buf_put_u32(out, (uint32_t)hub->reader_count));
  TRY(buf_put_u32(out, hub->reader_last));
  for (size_t i = 0; i < concern_readers_max; i++) {
    TRY(buf_put_u32(out, hub->readers[i].number));
    TRY(buf_append(out, slice_of(hub->readers[i].public_key, key_bytes)));
    TRY(buf_append(out, slice_of(hub->readers[i].name, sizeof hub->readers[i].name)));
  }
  return buf_append(out, slice_of(hub->concern_phone, sizeof hub->concern_phone));
}

err hub_keys_encode(struct buf *out, const struct hub *hub) {
  size_t start = out->len;
  TRY(buf_append(out, slice_of(magic, magic_bytes)));
  TRY(buf_append(out, id_slice(&hub->id)));
  TRY(buf_append(out, slice_of(hub->name, sizeof hub->name)));
  TRY(buf_append(out, slice_of(hub->url, sizeof hub->url)));
  TRY(buf_append(out, slice_of(hub->sign.public_key, key_bytes)));
  TRY(buf_append(out, slice_of(hub->sign.secret, sign_secret_bytes)));
  TRY(buf_append(out, slice_of(hub->lease_root, key_bytes)));
  TRY(buf_put_u64(out, hub->manifest_number));
  TRY(buf_put_u64(out, (uint64_t)hub->issued_ms));
  TRY(put_keys(out, hub->noise, hub->noise_count));
  TRY(put_keys(out, hub->intake, hub->intake_count));
  TRY(put_successions(out, hub));
  TRY(put_readers(out, hub));
  uint8_t sum[hash_bytes];
  checksum(sum, slice_of(out->ptr + start, out->len - start));
  return buf_append(out, slice_of(sum, hash_bytes));
}

static err get_keys(struct cursor *c, struct hub_box_key *keys, size_t *count) {
  uint32_t n;
  TRY(cursor_u32(c, &n));
  if (n == 0 || n > hub_keys_max) return ERR_CORRUPT;
  *count = n;
  for (size_t i = 0; i < hub_keys_max; i++) {
    uint8_t secret[key_bytes];
    uint64_t retired;
    TRY(cursor_u32(c, &keys[i].number));
    TRY(cursor_u64(c, &keys[i].since));
    TRY(cursor_u64(c, &keys[i].until));
    TRY(cursor_u64(c, &retired));
    keys[i].retired_ms = (int64_t)retired;
    TRY(cursor_copy(c, secret, key_bytes));
    if (i < n) crypto_box_keys_from_secret(&keys[i].keys, secret);
    crypto_wipe(secret, sizeof secret);
  }
  return ERR_OK;
}

static err get_successions(struct cursor *c, struct hub *hub) {
  uint32_t count;
  TRY(cursor_u32(c, &count));
  if (count > successions_max) return ERR_CORRUPT;
  hub->succession_count = count;
  for (size_t i = 0; i < successions_max; i++) {
    TRY(cursor_u16(c, &hub->successions[i].len));
    TRY(cursor_copy(c, hub->successions[i].bytes, succession_bytes_max));
    if (hub->successions[i].len > succession_bytes_max) return ERR_CORRUPT;
  }
  return ERR_OK;
}

static err get_readers(struct cursor *c, struct hub *hub) {
  uint32_t count;
  bool closed = true;
  TRY(cursor_u32(c, &count));
  TRY(cursor_u32(c, &hub->reader_last));
  if (count > concern_readers_max) return ERR_CORRUPT;
  hub->reader_count = count;
  for (size_t i = 0; i < concern_readers_max; i++) {
    struct hub_reader *r = &hub->readers[i];
    TRY(cursor_u32(c, &r->number));
    TRY(cursor_copy(c, r->public_key, key_bytes));
    TRY(cursor_copy(c, r->name, sizeof r->name));
    closed = closed && r->name[sizeof r->name - 1] == 0;
  }
  TRY(cursor_copy(c, hub->concern_phone, sizeof hub->concern_phone));
  return closed && hub->concern_phone[sizeof hub->concern_phone - 1] == 0 ? ERR_OK : ERR_CORRUPT;
}

static err get_all(struct hub *hub, struct cursor *c) {
  uint64_t issued;
  struct slice ignored;
  TRY(cursor_bytes(c, magic_bytes, &ignored));
  TRY(cursor_copy(c, hub->id.b, id_bytes));
  TRY(cursor_copy(c, hub->name, sizeof hub->name));
  TRY(cursor_copy(c, hub->url, sizeof hub->url));
  TRY(cursor_copy(c, hub->sign.public_key, key_bytes));
  TRY(cursor_copy(c, hub->sign.secret, sign_secret_bytes));
  TRY(cursor_copy(c, hub->lease_root, key_bytes));
  TRY(cursor_u64(c, &hub->manifest_number));
  TRY(cursor_u64(c, &issued));
  hub->issued_ms = (int64_t)issued;
  TRY(get_keys(c, hub->noise, &hub->noise_count));
  TRY(get_keys(c, hub->intake, &hub->intake_count));
  TRY(get_successions(c, hub));
  TRY(get_readers(c, hub));
  bool closed = hub->name[sizeof hub->name - 1] == 0 && hub->url[sizeof hub->url - 1] == 0;
  return closed ? ERR_OK : ERR_CORRUPT;
}

err hub_keys_decode(struct hub *out, struct slice bytes, struct fault *fault) {
  *out = (struct hub){.overdue_days = erasure_overdue_days};
  uint8_t sum[hash_bytes];
  if (bytes.len != keys_file_bytes ||
      !slice_equal(slice_of(bytes.ptr, magic_bytes), slice_of(magic, magic_bytes))) {
    return fault_set(fault, ERR_CORRUPT,
                     "That is not a hub's keys file, or it was cut short: restore it from your backup.");
  }
  checksum(sum, slice_of(bytes.ptr, bytes.len - hash_bytes));
  if (!crypto_equal(sum, bytes.ptr + bytes.len - hash_bytes, hash_bytes)) {
    return fault_set(fault, ERR_CORRUPT, "The hub's keys file is damaged: restore it from your backup.");
  }
  struct cursor c = cursor_of(slice_of(bytes.ptr, bytes.len - hash_bytes));
  err e = get_all(out, &c);
  if (e == ERR_OK) e = hub_manifest_make(out);
  if (e == ERR_OK) return ERR_OK;
  hub_finish(out);
  return fault_set(fault, e == ERR_NO_MEMORY ? e : ERR_CORRUPT, "The hub's keys file could not be read: %s.",
                   err_text(e));
}

void hub_lease_secret(uint8_t out[key_bytes], const struct hub *hub, const struct id *device) {
  const struct slice parts[] = {slice_of(hub->lease_root, key_bytes), id_slice(device)};
  crypto_hash(out, "tutti.lease.secret", parts, 2);
}

void hub_finish(struct hub *hub) {
  buf_finish(&hub->manifest);
  crypto_wipe(hub, sizeof *hub);
}
