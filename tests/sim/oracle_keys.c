/* oracle_keys.c: no two bundles that the hub was ever given were sealed with one key, or into one box (13).
 */
#include <string.h>

#include "tests/sim/sim.h"

static void compare(struct sim *s, const struct sim_bundle *a, const struct sim_bundle *b) {
  struct bundle_parts one, other;
  if (a->opened && b->opened && memcmp(a->key, b->key, key_bytes) == 0)
    sim_fail(s, "13 fresh keys", "two bundles have one key");
  if (bundle_parse(&one, buf_slice(&a->bytes)) == ERR_OK &&
      bundle_parse(&other, buf_slice(&b->bytes)) == ERR_OK && slice_equal(one.box, other.box))
    sim_fail(s, "13 fresh keys", "two bundles have one box");
}

static void check_all(struct sim *s) {
  for (size_t i = 0; i < s->bundle_count; i++) {
    for (size_t k = 0; k < i; k++) compare(s, &s->bundles[i], &s->bundles[k]);
  }
}

const struct sim_oracle sim_oracle_keys = {.number = 13, .name = "fresh keys", .end = check_all};
