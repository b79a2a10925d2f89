/* looks.c: a ring of hashes: what somebody looks at is not kept here. */
#include "server/api/looks.h"

static void key_of(uint8_t out[hash_bytes], const struct look *look) {
  const uint8_t zero = 0; /* so that no end of one is the beginning of the next */
  const struct slice parts[] = {id_slice(look->who),      look->from,         slice_of(&zero, 1),
                                slice_text(look->action), slice_of(&zero, 1), slice_text(look->detail)};
  crypto_hash(out, "tutti.look", parts, sizeof parts / sizeof *parts);
}

bool looks_known(const struct looks *l, const struct look *look, uint64_t mono_ms) {
  uint8_t key[hash_bytes];
  key_of(key, look);
  for (size_t i = 0; i < l->count; i++) {
    const struct looks_entry *e = &l->entries[i];
    if (crypto_equal(e->key, key, hash_bytes)) return mono_ms - e->at_ms < audit_look_ms;
  }
  return false;
}

static struct looks_entry *place_for(struct looks *l, const uint8_t key[hash_bytes]) {
  for (size_t i = 0; i < l->count; i++)
    if (crypto_equal(l->entries[i].key, key, hash_bytes)) return &l->entries[i];
  if (l->count < audit_looks_known_max) return &l->entries[l->count++];
  struct looks_entry *e = &l->entries[l->oldest];
  l->oldest = (l->oldest + 1) % audit_looks_known_max;
  return e;
}

void looks_note(struct looks *l, const struct look *look, uint64_t mono_ms) {
  uint8_t key[hash_bytes];
  key_of(key, look);
  struct looks_entry *e = place_for(l, key);
  bytes_copy(e->key, key, hash_bytes);
  e->at_ms = mono_ms;
}
