/* oracle_words.c: what the screen says of each bundle is what the hub says of it, and once it said that the
 * hub has one it says so for ever (2). */
#include "tests/sim/sim.h"
#include "tests/sim/sim_inside.h"

static const char *word_of(enum receipt_status status) {
  switch (status) {
  case RECEIPT_APPLIED: return "applied";
  case RECEIPT_CONFLICT: return "conflict";
  case RECEIPT_HELD: return "held";
  case RECEIPT_QUARANTINED: return "quarantined";
  default: return "refused";
  }
}

static bool is(struct slice word, const char *text) { return slice_equal(word, slice_text(text)); }

/* The hub's word for it; NULL when it has none, or has two of that number from two incarnations. */
static const char *hub_word(struct sim *s, const struct id *device, uint64_t seq, struct arena *a) {
  const char *found = NULL;
  for (size_t i = 0; i < s->bundle_count; i++) {
    const struct sim_bundle *b = &s->bundles[i];
    struct store_bundle kept;
    if (!b->stored || b->seq != seq || !id_equal(&b->device, device)) continue;
    err e = s->hub.store->ops->bundle_load(s->hub.store, &b->device, b->incarnation, b->seq, a, &kept);
    if (e != ERR_OK || found) return NULL;
    found = word_of(kept.status);
  }
  return found;
}

static bool is_done(struct slice word) { return is(word, "applied") || is(word, "conflict"); }

/* Until everybody has healed the hub may know more than the device, and one that was restored holds what
 * comes before the rest has come again. It may take in peace what was a conflict before, and a copied device
 * keeps what it numbered anew. */
static void check_word(struct sim *s, const struct sim_device *d, const item *bundle, const char *hub,
                       bool end) {
  struct slice word = core_host_text(bundle, "status");
  bool held = is(slice_text(hub), "held"),
       same = is(word, hub) || (is_done(word) && is_done(slice_text(hub)));
  if (end && !d->forgetful ? same : s->forgot || !(is_done(word) && held)) return;
  sim_fail(s, "2 words", "device %zu says that bundle %lld is %.*s, the hub has it as %s", d->number,
           (long long)core_host_int(bundle, "seq"), (int)word.len, (const char *)word.ptr, hub);
}

static void check_words(struct sim *s, struct sim_device *d, const struct id *device, bool end) {
  struct arena a = ARENA_INIT(1 << 26);
  size_t count = 0;
  const item *list = core_host_list(d->host.result, "bundles", &count);
  for (size_t i = 0; i < count; i++) {
    const item *b = item_at(list, i);
    const char *hub = hub_word(s, device, (uint64_t)core_host_int(b, "seq"), &a);
    if (hub) check_word(s, d, b, hub, end);
  }
  arena_finish(&a);
}

static size_t count_receipts(struct sim_device *d, size_t *count) {
  const item *list = core_host_list(d->host.result, "bundles", count);
  size_t receipts = 0;
  for (size_t i = 0; i < *count; i++) {
    const item *at = item_get(item_at(list, i), "receipt_at");
    receipts += at && item_kind(at) != ITEM_NIL;
  }
  return receipts;
}

/* The screen lists the latest alone; so long as it is not full, nothing leaves it. After a flush that failed
 * the machine shows what it never wrote, and forgets it with the power: then the hub is asked once more. */
static void check_kept(struct sim *s, struct sim_device *d, bool end) {
  struct disk_trouble kept;
  size_t count = 0;
  struct id device;
  d->build->inside->device(d->host.core, &device);
  if (id_is_zero(&device)) d->receipts = 0; /* it was emptied, and is nobody's any more */
  if (id_is_zero(&device)) return;
  if (!core_host_call(&d->host, "sync.status", "")) return;
  size_t receipts = count_receipts(d, &count), before = d->receipts;
  bool keeps = count < list_items_max && !d->forgetful && d->disk.struck == 0;
  d->receipts = keeps ? receipts : 0;
  if (keeps && receipts < before)
    sim_fail(s, "2 words", "device %zu said the hub has %zu bundles, now %zu", d->number, before, receipts);
  if ((receipts == before && !end) || s->hub_disk.dead || !s->hub.store) return;
  sim_office_begin(s, &kept);
  check_words(s, d, &device, end);
  sim_office_end(s, &kept);
}

static void look(struct sim *s, struct sim_device *d) { check_kept(s, d, false); }

static void check_all(struct sim *s) {
  for (size_t i = 0; i < s->device_count; i++) check_kept(s, s->devices[i], true);
}

const struct sim_oracle sim_oracle_words = {
    .number = 2, .name = "words", .boot = look, .look = look, .end = check_all};
