/* oracle_gap.c: a bundle that came before an earlier one is held, and says so, until that one is there, or
 * its device went on under a later incarnation (8). */
#include "tests/sim/sim.h"

static bool is_there(const struct sim *s, const struct sim_bundle *b, uint64_t seq) {
  for (size_t i = 0; i < s->bundle_count; i++) {
    const struct sim_bundle *o = &s->bundles[i];
    if (o->stored && o->seq == seq && o->incarnation == b->incarnation && id_equal(&o->device, &b->device))
      return true;
  }
  return false;
}

/* Then what is missing was numbered anew. */
static bool goes_on(const struct sim *s, const struct sim_bundle *b) {
  for (size_t i = 0; i < s->bundle_count; i++) {
    const struct sim_bundle *o = &s->bundles[i];
    if (o->stored && o->incarnation > b->incarnation && id_equal(&o->device, &b->device)) return true;
  }
  return false;
}

/* An older program could not open it when its turn came; the house is kept later. */
static void check_all(struct sim *s, bool end) {
  struct arena a = ARENA_INIT(1 << 26);
  for (size_t i = 0; i < s->bundle_count; i++) {
    struct sim_bundle *b = &s->bundles[i];
    struct receipt r;
    if (!b->stored || !sim_receipt(s, b, &a, &r)) continue;
    bool gap = false;
    for (uint64_t seq = 1; seq < b->seq; seq++) gap = gap || !is_there(s, b, seq);
    if (gap && r.status != RECEIPT_HELD && !goes_on(s, b))
      sim_fail(s, "8 gaps", "bundle %llu was taken though an earlier one is missing",
               (unsigned long long)b->seq);
    if (!gap && r.status == RECEIPT_HELD && !(s->kind->updates && !end))
      sim_fail(s, "8 gaps", "bundle %llu is held, and nothing is missing", (unsigned long long)b->seq);
  }
  arena_finish(&a);
}

static void check_gaps(struct sim *s) { check_all(s, false); }
static void check_end(struct sim *s) { check_all(s, true); }

static void look_around(struct sim *s, struct sim_device *d) {
  (void)d;
  struct disk_trouble kept;
  if (s->hub_disk.dead || !s->hub.store) return;
  sim_office_begin(s, &kept);
  check_gaps(s);
  sim_office_end(s, &kept);
}

const struct sim_oracle sim_oracle_gap = {
    .number = 8, .name = "gaps", .boot = look_around, .hub_boot = check_gaps, .end = check_end};
