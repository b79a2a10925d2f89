/* oracle_bases.c: whoever writes again names what they saw, so that one person who changes their mind is in
 * nobody's way (11); and every mark a person was told is saved was sent, whatever became of it then (11). */
#include <stdlib.h>

#include "tests/sim/model.h"
#include "tests/sim/sim_inside.h"

static bool wrote_before(const struct model_op *o, const struct model_op *earlier, uint8_t unit) {
  return earlier->op->table == o->op->table && id_equal(&earlier->op->row, &o->op->row) &&
         earlier->op->units >> unit & 1 && id_equal(&earlier->id.device, &o->id.device) &&
         earlier->id.incarnation == o->id.incarnation && earlier->id.counter < o->id.counter;
}

static bool names_any(const struct model_op *o, uint8_t unit) {
  for (size_t i = 0; i < o->op->base_count; i++) {
    if (o->op->bases[i].unit == unit) return true;
  }
  return false;
}

/* Unit 0 of a natural key never changes, and needs no base. The office knows what it overwrites. */
static void check_op(struct sim *s, const struct model *m, const struct model_op *o) {
  if (model_is_office(o)) return;
  for (uint8_t unit = o->op->table->key_count ? 1 : 0; unit < o->op->table->unit_count; unit++) {
    bool again = false;
    for (size_t i = 0; i < m->count && !again; i++) again = wrote_before(o, &m->ops[i], unit);
    if (again && o->op->units >> unit & 1 && !names_any(o, unit))
      sim_fail(s, "11 bases", "an op on unit %u of a %s does not say what its writer saw", unit,
               o->op->table->name);
  }
}

static bool marks(const struct model_op *o, const struct id *device, const struct id *row, uint8_t code) {
  const struct value *v = &o->op->values[COL(mark, code)];
  return o->op->table->id == TABLE_mark && id_equal(&o->id.device, device) && id_equal(&o->op->row, row) &&
         v->kind == VALUE_INT && v->i == code;
}

static bool was_sent(const struct model *m, const struct id *device, const struct id *row, uint8_t code) {
  for (size_t i = 0; i < m->count; i++) {
    if (marks(&m->ops[i], device, row, code)) return true;
  }
  for (size_t i = 0; i < m->apart_count; i++) {
    if (marks(&m->apart[i], device, row, code)) return true;
  }
  return false;
}

static void check_sent(struct sim *s, const struct model *m, struct sim_device *d) {
  struct id device;
  d->build->inside->device(d->host.core, &device);
  if (id_is_zero(&device)) return;
  for (size_t n = 0; n < sim_learners; n++) {
    struct id keys[2] = {n == 3 ? s->world.brass_today : s->world.strings_today, s->learners[n]}, row;
    crypto_row_id(&row, TABLE_mark, keys, 2);
    for (uint8_t code = 1; code < sim_codes && sim_alone(s, d, n) && !s->erased[n]; code++) {
      if (code != ENUM_mark_code_none && d->said.ever[n][code] && !was_sent(m, &device, &row, code))
        sim_fail(s, "11 sent", "device %zu said %d is saved for learner %zu, and never sent it", d->number,
                 code, n);
    }
  }
}

static void check_all(struct sim *s) {
  const struct model *m = model_of(s);
  for (size_t i = 0; i < m->count; i++) check_op(s, m, &m->ops[i]);
  for (size_t i = 0; i < s->device_count; i++) check_sent(s, m, s->devices[i]);
}

const struct sim_oracle sim_oracle_bases = {.number = 11, .name = "bases", .end = check_all};
