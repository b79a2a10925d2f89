/* sim_inside.c: the device's database, whose key only the core knows. */
#include "tests/sim/sim_inside.h"

#include <string.h>

#include "client/core/change.h"
#include "client/core/overlay.h"

static err inside_check(const struct core *c) { return c->store ? db_check(c->store->db) : ERR_OK; }

static err inside_row(const struct core *c, uint8_t table, const struct id *id, struct arena *a,
                      struct row *out) {
  return c->store ? rows_load(c->store->rows, schema_table(table), id, a, out) : ERR_NOT_UNLOCKED;
}

static bool inside_receipted(const struct core *c, size_t index, uint32_t *incarnation, uint64_t *seq,
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

static bool inside_sealed(const struct core *c, const struct op_id *op, uint64_t *seq, uint8_t *status) {
  const struct pending_op of = {.incarnation = op->incarnation, .counter = op->counter};
  const struct outbox_bundle *b = overlay_bundle(c, &of);
  if (!b) return false;
  *seq = b->facts.seq;
  *status = (uint8_t)b->status;
  return true;
}

static uint32_t inside_incarnation(const struct core *c) { return c->identity.incarnation; }

static uint32_t inside_next_schema(const struct core *c, bool *held) {
  for (size_t i = 0; i < c->outbox.count; i++) {
    const struct outbox_bundle *b = &c->outbox.list[i];
    *held = b->status == RECEIPT_HELD;
    if (b->facts.incarnation == c->identity.incarnation && (b->status == 0 || *held)) return b->facts.schema;
  }
  return 0;
}

static bool inside_waits(const struct core *c) {
  static const char said[] = "The hub is busy; it has";
  for (size_t i = 0; i < c->outbox.count; i++) {
    const struct outbox_bundle *b = &c->outbox.list[i];
    if (b->facts.incarnation == c->identity.incarnation && b->status == 0) return false;
  }
  return strncmp(c->sync.reason, said, sizeof said - 1) == 0;
}

static void inside_device(const struct core *c, struct id *out) { *out = c->identity.device; }

static void inside_key(const struct core *c, uint8_t out[32]) { bytes_copy(out, c->db_key, key_bytes); }

/* ---- what a later program's screen would write ---- */

static struct id mark_of(const struct sim_place *at) {
  struct id id;
  const struct id keys[2] = {at->session, at->learner};
  crypto_row_id(&id, TABLE_mark, keys, 2);
  return id;
}

static err write_column(struct core *c, const struct sim_place *at, const char *column,
                        const struct value *v) {
  struct change ch;
  struct change_row *r = NULL;
  struct fault fault = {.code = ERR_OK};
  const struct id id = mark_of(at);
  TRY(change_begin(&ch, c, &at->activity, &at->session));
  TRY(change_row(&ch, TABLE_mark, &id, &r));
  change_set(r, COL(mark, session), value_id(&at->session));
  change_set(r, COL(mark, learner), value_id(&at->learner));
  change_set(r, sim_column_named(schema_table(TABLE_mark), column), *v);
  return change_commit(&ch, &fault);
}

static err inside_write_mark(struct core *c, const struct now *now, const struct sim_place *at,
                             const char *column, const struct value *v) {
  c->now = *now;
  err e = write_column(c, at, column, v);
  roster_forget(&c->roster);
  arena_clear(&c->arena);
  return e;
}

const struct sim_inside sim_inside = {.check = inside_check,
                                      .row = inside_row,
                                      .each = sim_inside_each,
                                      .receipted = inside_receipted,
                                      .incarnation = inside_incarnation,
                                      .sealed = inside_sealed,
                                      .next_schema = inside_next_schema,
                                      .waits = inside_waits,
                                      .device = inside_device,
                                      .key = inside_key,
                                      .write_mark = inside_write_mark,
                                      .search = sim_inside_search};
