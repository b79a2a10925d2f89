/* oracle_receipted.c: what the hub receipted, it has for ever. */
#include <string.h>

#include "tests/sim/sim.h"

static void check_stored(struct sim *s, const struct sim_bundle *b) {
  struct arena a = ARENA_INIT(1 << 22);
  struct store_bundle found;
  err e = s->hub.store->ops->bundle_load(s->hub.store, &b->device, b->incarnation, b->seq, &a, &found);
  uint8_t hash[hash_bytes];
  bundle_hash(hash, buf_slice(&b->bytes));
  if (e != ERR_OK || memcmp(hash, found.hash, hash_bytes) != 0)
    sim_fail(s, "2 receipted", "bundle %llu was stored and is gone: %s", (unsigned long long)b->seq,
             e == ERR_OK ? "another stands there" : err_text(e));
  arena_finish(&a);
}

static void check_hub_kept(struct sim *s) {
  for (size_t i = 0; i < s->bundle_count; i++) {
    if (s->bundles[i].stored) check_stored(s, &s->bundles[i]);
  }
}

static bool is_stored(const struct sim *s, const struct id *device, uint64_t seq) {
  for (size_t i = 0; i < s->bundle_count; i++) {
    const struct sim_bundle *b = &s->bundles[i];
    if (b->stored && b->seq == seq && id_equal(&b->device, device)) return true;
  }
  return false;
}

static void check_receipts(struct sim *s, struct sim_device *d) {
  size_t count = 0;
  if (d->gone || !core_host_call(&d->host, "device.status", "")) return;
  struct id device = core_host_id(d->host.result, "device");
  if (!core_host_call(&d->host, "sync.status", "")) return;
  const item *list = core_host_list(d->host.result, "bundles", &count);
  for (size_t i = 0; i < count; i++) {
    const item *b = item_at(list, i);
    const item *at = item_get(b, "receipt_at");
    uint64_t seq = (uint64_t)core_host_int(b, "seq");
    if (at && item_kind(at) != ITEM_NIL && !is_stored(s, &device, seq))
      sim_fail(s, "2 receipted", "device %zu holds a receipt for bundle %llu, the hub never stored it",
               d->number, (unsigned long long)seq);
  }
}

static void check_end(struct sim *s) {
  for (size_t i = 0; i < s->device_count; i++) check_receipts(s, s->devices[i]);
  check_hub_kept(s);
}

const struct sim_oracle sim_oracle_receipted = {
    .number = 2, .name = "receipted", .hub_boot = check_hub_kept, .end = check_end};
