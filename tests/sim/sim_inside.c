/* sim_inside.c: the device's database, whose key only the core knows. */
#include "tests/sim/sim_inside.h"

#include "client/core/overlay.h"

#include <string.h>

#include "client/core/state.h"

err sim_inside_check(const struct core *c) { return c->store ? db_check(c->store->db) : ERR_OK; }

err sim_inside_row(const struct core *c, const struct table *t, const struct id *id, struct arena *a,
                   struct row *out) {
  return c->store ? rows_load(c->store->rows, t, id, a, out) : ERR_NOT_UNLOCKED;
}

bool sim_inside_receipted(const struct core *c, size_t index, uint32_t *incarnation, uint64_t *seq,
                          uint32_t *epoch) {
  for (size_t i = 0; i < c->outbox.count; i++) {
    const struct outbox_bundle *b = &c->outbox.list[i];
    if (!b->status || b->status == RECEIPT_HELD || index-- > 0) continue;
    *incarnation = b->facts.incarnation;
    *seq = b->facts.seq;
    *epoch = b->epoch;
    return true;
  }
  return false;
}

bool sim_inside_sealed(const struct core *c, const struct op_id *op, uint64_t *seq, uint8_t *status) {
  const struct pending_op of = {.incarnation = op->incarnation, .counter = op->counter};
  const struct outbox_bundle *b = overlay_bundle(c, &of);
  if (!b) return false;
  *seq = b->facts.seq;
  *status = (uint8_t)b->status;
  return true;
}

uint32_t sim_inside_incarnation(const struct core *c) { return c->identity.incarnation; }

bool sim_inside_waits(const struct core *c) {
  static const char said[] = "The hub is busy; it has";
  for (size_t i = 0; i < c->outbox.count; i++) {
    const struct outbox_bundle *b = &c->outbox.list[i];
    if (b->facts.incarnation == c->identity.incarnation && b->status == 0) return false;
  }
  return strncmp(c->sync.reason, said, sizeof said - 1) == 0;
}

void sim_inside_device(const struct core *c, struct id *out) { *out = c->identity.device; }

void sim_inside_key(const struct core *c, uint8_t out[32]) { bytes_copy(out, c->db_key, key_bytes); }
