/* oracle_own.c: what a person wrote and nobody else can have seen yet stands on the device, whatever the hub
 * sends meanwhile and however often the device starts anew (3). */
#include "tests/sim/sim.h"
#include "tests/sim/sim_inside.h"

/* A copy's bundle of that number may be another one. */
static bool is_at_hub(const struct sim *s, struct sim_device *d, const struct op_id *op) {
  uint64_t seq;
  uint8_t status;
  if (!d->build->inside->sealed(d->host.core, op, &seq, &status)) return false;
  for (size_t i = 0; i < s->bundle_count; i++) {
    const struct sim_bundle *b = &s->bundles[i];
    if (b->seq == seq && b->incarnation == op->incarnation && id_equal(&b->device, &op->device)) return true;
  }
  return status != 0;
}

/* The device's own latest head, but for unit 0, which may be the natural key alone; counter 0: none. */
static struct op_id own_head(const struct row *row, const struct op_id *of) {
  struct op_id own = {.counter = 0};
  for (uint8_t unit = 1; unit < row->table->unit_count; unit++) {
    for (size_t i = 0; i < row->units[unit].count; i++) {
      const struct op_id *op = &row->units[unit].heads[i].op;
      bool later = op->counter > own.counter && op->incarnation == of->incarnation;
      if (later && id_equal(&op->device, &of->device)) own = *op;
    }
  }
  return own;
}

void sim_note_written(struct sim *s, struct sim_device *d, size_t learner) {
  const struct hub_world *w = &s->world;
  sim_note_written_at(s, d, learner == sim_learners - 1 ? &w->brass_today : &w->strings_today, learner);
}

void sim_note_written_at(struct sim *s, struct sim_device *d, const struct id *session, size_t learner) {
  struct arena a = ARENA_INIT(1 << 20);
  struct id keys[2] = {*session, s->learners[learner]};
  struct row row;
  struct op_id own = {.counter = 0};
  crypto_row_id(&d->wrote_row, TABLE_mark, keys, 2);
  err e = d->build->inside->row(d->host.core, TABLE_mark, &d->wrote_row, &a, &row);
  if (e == ERR_OK && row.exists) {
    struct op_id of = {.incarnation = d->build->inside->incarnation(d->host.core)};
    d->build->inside->device(d->host.core, &of.device);
    own = own_head(&row, &of);
  }
  d->wrote = own;
  d->wrote_learner = learner;
  arena_finish(&a);
}

/* The last mark is enough: every one was the last once. In a later incarnation it has another number. */
static void look(struct sim *s, struct sim_device *d) {
  struct arena a = ARENA_INIT(1 << 20);
  struct row row;
  const struct op_id *op = &d->wrote;
  if (!op->counter || d->forgetful || op->incarnation != d->build->inside->incarnation(d->host.core)) return;
  if (is_at_hub(s, d, op) || s->erased[d->wrote_learner]) return;
  err e = d->build->inside->row(d->host.core, TABLE_mark, &d->wrote_row, &a, &row);
  if (e == ERR_OK && (!row.exists || own_head(&row, op).counter < op->counter))
    sim_fail(s, "3 own work", "device %zu has lost sight of the last mark that was written on it", d->number);
  arena_finish(&a);
}

const struct sim_oracle sim_oracle_own = {.number = 3, .name = "own work", .boot = look, .look = look};
