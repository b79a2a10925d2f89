/* keys.c: the manifest, and new keys in the place of old ones. */
#include "server/core/hub.h"

static const struct hub_box_key *current(const struct hub_box_key *keys, size_t count) {
  return &keys[count - 1];
}

/* ---- the manifest ---- */

/* The ring begins with the hub's first key; each succession adds the next. */
static err gather_signers(struct hub *hub) {
  hub->signers.count = 0;
  for (size_t i = 0; i < hub->succession_count; i++) {
    struct succession s;
    TRY(succession_decode(&s, slice_of(hub->successions[i].bytes, hub->successions[i].len)));
    sign_ring_add(&hub->signers, s.old_public);
  }
  sign_ring_add(&hub->signers, hub->sign.public_key);
  return ERR_OK;
}

err hub_manifest_make(struct hub *hub) {
  const struct hub_box_key *noise = current(hub->noise, hub->noise_count),
                           *intake = current(hub->intake, hub->intake_count);
  struct manifest m = {.hub = hub->id,
                       .number = hub->manifest_number,
                       .hub_name = slice_text(hub->name),
                       .url = slice_text(hub->url),
                       .noise_key = noise->number,
                       .intake_key = intake->number,
                       .version_min = protocol_version,
                       .issued_ms = hub->issued_ms,
                       .succession_count = hub->succession_count};
  bytes_copy(m.sign_public, hub->sign.public_key, key_bytes);
  bytes_copy(m.noise_public, noise->keys.public_key, key_bytes);
  bytes_copy(m.intake_public, intake->keys.public_key, key_bytes);
  for (size_t i = 0; i < hub->succession_count; i++)
    m.successions[i] = slice_of(hub->successions[i].bytes, hub->successions[i].len);
  m.concern_phone = slice_text(hub->concern_phone);
  m.reader_count = hub->reader_count;
  for (size_t i = 0; i < hub->reader_count; i++) {
    m.readers[i] =
        (struct reader_key){.number = hub->readers[i].number, .name = slice_text(hub->readers[i].name)};
    bytes_copy(m.readers[i].public_key, hub->readers[i].public_key, key_bytes);
  }
  TRY(gather_signers(hub));
  hub->manifest = (struct buf)BUF_INIT(message_bytes_max);
  return manifest_encode(&hub->manifest, &m, hub->sign.secret);
}

/* ---- rotation ---- */

static void next_box_key(struct hub_box_key *keys, size_t *count, const struct hub *hub,
                         const struct now *now) {
  struct hub_box_key *last = &keys[*count - 1], *next = &keys[*count];
  last->until = hub->manifest_number;
  last->retired_ms = now->wall_ms;
  *next = (struct hub_box_key){.number = last->number + 1, .since = hub->manifest_number};
  crypto_box_keys(&next->keys, &hub->entropy);
  (*count)++;
}

/* The old secret signs its last document and is gone. */
static err next_sign_key(struct hub *hub, const struct now *now) {
  struct sign_keys next;
  struct succession s = {.hub = hub->id, .number = hub->succession_count + 1, .issued_ms = now->wall_ms};
  struct buf bytes = BUF_INIT(succession_bytes_max);
  crypto_sign_keys(&next, &hub->entropy);
  bytes_copy(s.old_public, hub->sign.public_key, key_bytes);
  bytes_copy(s.new_public, next.public_key, key_bytes);
  err e = succession_encode(&bytes, &s, hub->sign.secret);
  if (e == ERR_OK) {
    struct hub_succession *kept = &hub->successions[hub->succession_count++];
    kept->len = (uint16_t)bytes.len;
    bytes_copy(kept->bytes, bytes.ptr, bytes.len);
    hub->sign = next;
  }
  buf_finish(&bytes);
  crypto_wipe(&next, sizeof next);
  return e;
}

static err check_room(const struct hub *hub, unsigned what, struct fault *fault) {
  bool full = ((what & HUB_NOISE) && hub->noise_count == hub_keys_max) ||
              ((what & HUB_INTAKE) && hub->intake_count == hub_keys_max);
  if (full)
    return fault_set(fault, ERR_FULL,
                     "the hub keeps %d keys of that kind already: destroy the oldest with `tutti-server keys "
                     "destroy` first",
                     (int)hub_keys_max);
  if ((what & HUB_SIGN) && hub->succession_count == successions_max)
    return fault_set(fault, ERR_FULL,
                     "the signing key was followed by another %d times, which is all a manifest can tell",
                     (int)successions_max);
  return ERR_OK;
}

err hub_keys_rotate(struct hub *hub, unsigned what, const struct now *now, struct fault *fault) {
  TRY(check_room(hub, what, fault));
  struct hub next = *hub;
  next.manifest_number++;
  next.issued_ms = now->wall_ms;
  if (what & HUB_NOISE) next_box_key(next.noise, &next.noise_count, &next, now);
  if (what & HUB_INTAKE) next_box_key(next.intake, &next.intake_count, &next, now);
  err e = what & HUB_SIGN ? next_sign_key(&next, now) : ERR_OK;
  if (e == ERR_OK) e = hub_manifest_make(&next);
  if (e == ERR_OK) {
    buf_finish(&hub->manifest);
    *hub = next;
  }
  crypto_wipe(&next, sizeof next);
  return e == ERR_OK ? e : fault_set(fault, e, "new keys could not be made: %s", err_text(e));
}

/* ---- keys that nobody needs any more ---- */

static struct hub_box_key *list_of(struct hub *hub, enum hub_key_kind kind, size_t **count) {
  ASSERT(kind == HUB_NOISE || kind == HUB_INTAKE);
  *count = kind == HUB_NOISE ? &hub->noise_count : &hub->intake_count;
  return kind == HUB_NOISE ? hub->noise : hub->intake;
}

static err find(const struct hub_box_key *keys, size_t count, uint32_t number, size_t *at) {
  for (*at = 0; *at < count; (*at)++) {
    if (keys[*at].number == number) return *at + 1 == count ? ERR_CONFLICT : ERR_OK;
  }
  return ERR_NOT_FOUND;
}

err hub_key_until(uint64_t *out, const struct hub *hub, enum hub_key_kind kind, uint32_t number) {
  size_t at, *count;
  const struct hub_box_key *keys = list_of((struct hub *)(uintptr_t)hub, kind, &count);
  TRY(find(keys, *count, number, &at));
  *out = keys[at].until;
  return ERR_OK;
}

err hub_key_destroy(struct hub *hub, enum hub_key_kind kind, uint32_t number) {
  size_t at, *count;
  struct hub_box_key *keys = list_of(hub, kind, &count);
  TRY(find(keys, *count, number, &at));
  for (size_t i = at; i + 1 < *count; i++) keys[i] = keys[i + 1];
  crypto_wipe(&keys[--*count], sizeof *keys);
  return ERR_OK;
}
