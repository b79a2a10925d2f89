/* oracle_model.c: the hub's rows, heads, history and conflicts are those of the model, and so is what each
 * device holds (4, 5, 11). */
#include <stdio.h>

#include "server/core/reconcile.h"
#include "tests/sim/model.h"
#include "tests/sim/sim_inside.h"

/* Whoever compares says which columns they hold: a device has none that is not for it, see oracle_inside.c.
 */
struct holder {
  char name[32];
  uint8_t audience;
};

static void compare_unit(struct sim *s, const struct holder *by, const struct row *row, uint8_t unit,
                         const struct model_unit *u) {
  const char *whose = by->name;
  const struct unit_heads *has = &row->units[unit];
  const char *table = row->table->name;
  if (has->count != u->count)
    sim_fail(s, "5 one state", "%s has %zu heads in unit %u of a %s, the model %zu", whose, has->count, unit,
             table, u->count);
  for (size_t i = 0; i < u->count; i++) {
    size_t k = 0;
    while (k < has->count && !op_id_equal(&has->heads[k].op, &u->heads[i]->id)) k++;
    if (k == has->count) sim_fail(s, "5 one state", "%s lacks a head in unit %u of a %s", whose, unit, table);
    if (has->heads[k].stamp != u->heads[i]->stamp)
      sim_fail(s, "5 one state", "%s has another stamp in unit %u of a %s", whose, unit, table);
  }
  for (size_t i = 0; u->in_use && i < row->table->column_count; i++) {
    bool held = row->table->columns[i].unit == unit && row->table->columns[i].audience & by->audience;
    if (held && !value_equal(&row->values[i], &u->in_use->op->values[i]))
      sim_fail(s, "5 one state", "%s has another %s.%s in use than the model", whose, table,
               row->table->columns[i].name);
  }
}

static void compare_row(struct sim *s, const struct model *m, const struct row *row,
                        const struct holder *by) {
  if (!row->exists)
    sim_fail(s, "11 in history", "%s lacks a %s that was accepted", by->name, row->table->name);
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++) {
    struct model_unit u;
    model_unit(m, row->table, &row->id, unit, &u);
    if (u.count) compare_unit(s, by, row, unit, &u);
  }
}

/* ---- conflicts: people are asked about what the model has, and about nothing else ---- */

static void must_ask(struct sim *s, struct model *m, const struct table *t, const struct id *row,
                     uint8_t unit) {
  struct store_item matter;
  struct id id;
  work_item_id(&id, ITEM_CONFLICT, t, row, unit, NULL);
  err e = s->hub.store->ops->work_item_load(s->hub.store, &id, &m->arena, &matter);
  if (e != ERR_OK || matter.state != ITEM_OPEN)
    sim_fail(s, "11 conflicts", "nobody is asked about unit %u of a %s", unit, t->name);
}

static void compare_items(struct sim *s, struct model *m, size_t conflicts, size_t away) {
  struct store_item *list = NULL;
  size_t count = 0, open = 0;
  if (s->hub.store->ops->work_item_list(s->hub.store, model_ops_max, &m->arena, &list, &count) != ERR_OK)
    sim_fail(s, "7 integrity", "the hub cannot list what waits");
  for (size_t i = 0; i < count; i++) {
    struct model_unit u;
    if (list[i].kind != ITEM_CONFLICT) continue;
    open++;
    model_unit(m, list[i].table, &list[i].row, list[i].unit, &u);
    if (!u.conflict)
      sim_fail(s, "11 conflicts", "somebody is asked about unit %u of a %s, and there is nothing to decide",
               list[i].unit, list[i].table->name);
  }
  /* "Away" is no question while a notice covers the day. */
  uint64_t told = s->build->hub->counts(&s->hub).conflicts;
  if (told != open || open > conflicts || open + away < conflicts)
    sim_fail(s, "11 conflicts", "the hub counts %llu conflicts and lists %zu, the model has %zu",
             (unsigned long long)told, open, conflicts);
}

static void compare_conflicts(struct sim *s, struct model *m) {
  size_t conflicts = 0, away = 0;
  for (size_t i = 0; i < m->count; i++) {
    const struct op *op = m->ops[i].op;
    for (uint8_t unit = 0; model_is_first_of_row(m, i) && unit < op->table->unit_count; unit++) {
      struct model_unit u;
      model_unit(m, op->table, &op->row, unit, &u);
      if (!u.conflict) continue;
      must_ask(s, m, op->table, &op->row, unit);
      conflicts++;
      away += u.away;
    }
  }
  compare_items(s, m, conflicts, away);
}

/* ---- history: every op, with its values, once ---- */

static void find_in_history(struct sim *s, const struct model_op *o, const struct store_history *list,
                            size_t count) {
  size_t found = 0;
  for (size_t i = 0; i < count; i++) {
    const struct store_history *h = &list[i];
    if (!op_id_equal(&h->op, &o->id)) continue;
    found++;
    /* A natural key is the row's name and never changes. */
    uint32_t told = o->op->table->key_count ? ~1U : ~0U;
    bool same = id_equal(&h->author, &o->author) && h->stamp == o->stamp &&
                (h->units & told) == (o->op->units & told);
    for (size_t c = 0; same && c < o->op->table->column_count; c++)
      same = !(h->units & told & 1U << o->op->table->columns[c].unit) ||
             value_equal(&h->values[c], &o->op->values[c]);
    if (!same) sim_fail(s, "11 in history", "history tells an op of a %s otherwise", o->op->table->name);
  }
  if (found != 1)
    sim_fail(s, "11 in history", "history has an op of a %s %zu times", o->op->table->name, found);
}

static void compare_history(struct sim *s, const struct model *m, const struct row *row, struct arena *a) {
  struct store_history *list = NULL;
  size_t count = 0, wrote = 0;
  if (s->hub.store->ops->read_history(s->hub.store, row->table, &row->id, a, &list, &count) != ERR_OK)
    sim_fail(s, "7 integrity", "a history cannot be read");
  for (size_t i = 0; i < m->count; i++) {
    if (m->ops[i].op->table != row->table || !id_equal(&m->ops[i].op->row, &row->id)) continue;
    find_in_history(s, &m->ops[i], list, count);
    wrote++;
  }
  if (count != wrote)
    sim_fail(s, "11 in history", "history has %zu ops of a %s, %zu were accepted", count, row->table->name,
             wrote);
}

/* ---- all rows anybody wrote ---- */

/* A leader's device has no part in notes, but for those its own user wrote: these it has whole. */
static struct holder device_holder(const struct sim_device *d, const struct table *t) {
  struct holder by = {.audience = AUDIENCE_REGISTER | AUDIENCE_CARE};
  if (d->named == 0 || t->scope == SCOPE_AUTHORED) by.audience |= AUDIENCE_TEACHING;
  (void)snprintf(by.name, sizeof by.name, "device %zu", d->number);
  return by;
}

static void compare_device(struct sim *s, const struct model *m, const struct table *t, const struct id *id,
                           struct arena *a) {
  for (size_t i = 0; i < s->device_count; i++) {
    struct row row;
    const struct sim_device *d = s->devices[i];
    const struct holder by = device_holder(d, t);
    if (!(t->audience & by.audience) || model_is_apart(m, t, id)) continue;
    err e = d->build->inside->row(d->host.core, t->id, id, a, &row);
    if (e == ERR_NOT_UNLOCKED) continue;
    if (e != ERR_OK) sim_fail(s, "7 integrity", "%s cannot read a row: %s", by.name, err_text(e));
    if (row.exists) compare_row(s, m, &row, &by);
  }
}

static void compare_all(struct sim *s) {
  static const struct holder hub = {.name = "the hub", .audience = UINT8_MAX};
  struct model *m = model_of(s);
  for (size_t i = 0; i < m->count; i++) {
    const struct op *op = m->ops[i].op;
    struct row row;
    if (!model_is_first_of_row(m, i)) continue;
    if (s->hub.store->ops->load_row(s->hub.store, op->table, &op->row, &m->arena, &row) != ERR_OK)
      sim_fail(s, "7 integrity", "the hub cannot read a row");
    compare_row(s, m, &row, &hub);
    compare_history(s, m, &row, &m->arena);
    compare_device(s, m, op->table, &op->row, &m->arena);
  }
  compare_conflicts(s, m);
  /* What an erasure emptied is rejected after it; when that failed it waits, and says nothing. */
  uint64_t apart = s->build->hub->counts(&s->hub).quarantined;
  if (apart < m->set_aside || apart > m->set_aside + m->emptied)
    sim_fail(s, "11 in history", "%llu changesets wait at the office, receipts say %zu",
             (unsigned long long)apart, m->set_aside);
}

const struct sim_oracle sim_oracle_model = {.number = 5, .name = "one state", .end = compare_all};
