/* office.c: the hub's own writes: checked like a device's, merged by the same rules, stamped by the hub's
 * clock. */
#include "server/core/office.h"
#include "server/core/journal.h"

#include <stdio.h>

#include "server/core/erase.h"

err office_begin(struct office *o, struct office_result *result, const struct hub *hub, struct store *store,
                 const struct now *now, const struct id *author) {
  *o = (struct office){.author = *author, .result = result};
  work_init(&o->work, hub, store, now);
  TRY(store->ops->number_load(store, STORE_OFFICE_COUNTER, &o->counter));
  TRY(store->ops->number_load(store, STORE_OFFICE_STAMP, &o->stamp));
  return work_sweep(&o->work);
}

void office_finish(struct office *o) { work_finish(&o->work); }

/* ---- checking ---- */

static bool has_unit(uint32_t units, uint8_t unit) { return units >> unit & 1; }

static err check_key(const struct op *op, struct fault *fault) {
  const struct table *t = op->table;
  if (t->key_count == 0) return ERR_OK;
  struct id keys[4], derived;
  for (uint8_t i = 0; i < t->key_count; i++) keys[i] = op->values[t->key_columns[i]].id;
  crypto_row_id(&derived, t->id, keys, t->key_count);
  if (id_equal(&derived, &op->row)) return ERR_OK;
  return fault_set(fault, ERR_INVALID, "A row of %s does not have the id of its key.", t->name);
}

static err check_op(const struct op *op, const struct row *row, struct fault *fault) {
  const struct table *t = op->table;
  bool whole = !row->exists || t->key_count;
  if (op->units == 0 || op->units >> t->unit_count)
    return fault_set(fault, ERR_INVALID, "An op on %s names no unit, or one that is not there.", t->name);
  for (uint8_t i = 0; i < t->column_count; i++) {
    if (whole && t->columns[i].unit == 0 && !has_unit(op->units, 0)) {
      return fault_set(fault, ERR_INVALID, "An op on %s lacks %s, which every new row needs.", t->name,
                       t->columns[i].name);
    }
    if (has_unit(op->units, t->columns[i].unit)) TRY(value_check(t, &t->columns[i], &op->values[i], fault));
  }
  return check_key(op, fault);
}

/* Whoever was erased does not come back by an old list. What was only kept long enough does, with them: a
 * child who had left and is here again has asthma still. */
static err check_erased(struct office *o, const struct op *op, struct fault *fault) {
  bool erased, anew = false;
  TRY(erased_op(&o->work, op, &erased));
  if (erased) TRY(erased_anew(&o->work, op, &anew));
  if (!erased || anew) return ERR_OK;
  return fault_set(fault, ERR_ERASED,
                   op->table->id == TABLE_mark
                       ? "A row of %s is about a learner who was erased, or of a register whose entries the "
                         "retention schedule has removed: leave it out."
                       : "A row of %s is about a learner who was erased: leave that learner out.",
                   op->table->name);
}

/* ---- what is new in it ---- */

static uint32_t differing_units(const struct op *op, const struct row *row) {
  uint32_t units = 0;
  for (uint8_t i = 0; i < op->table->column_count; i++) {
    uint8_t unit = op->table->columns[i].unit;
    if (has_unit(op->units, unit) && !value_equal(&op->values[i], &row->values[i])) units |= 1U << unit;
  }
  return units;
}

/* Of a new row, units without any value need no op; unit 0 makes the row. */
static uint32_t units_to_write(const struct op *op, const struct row *row) {
  uint32_t units = differing_units(op, row);
  if (row->exists && units == 0) return 0;
  bool key = op->table->key_count > 0;
  if (!row->exists || key) units |= op->units & 1;
  return units ? units : op->units;
}

static err name_bases(struct op *op, const struct row *row, struct arena *a, uint64_t *stamp) {
  size_t count = 0;
  for (uint8_t unit = 0; unit < op->table->unit_count; unit++) count += row->units[unit].count;
  struct base *bases = arena_take(a, count + 1, sizeof *bases);
  if (!bases) return ERR_NO_MEMORY;
  for (uint8_t unit = 0; unit < op->table->unit_count; unit++) {
    if (!has_unit(op->units, unit)) continue;
    for (size_t i = 0; i < row->units[unit].count; i++) {
      const struct head *h = &row->units[unit].heads[i];
      bases[op->base_count++] = (struct base){.unit = unit, .op = h->op};
      if (h->stamp >= *stamp) *stamp = h->stamp + 1;
    }
  }
  op->bases = bases;
  return ERR_OK;
}

/* `more`: it is not the last one of its transaction. */
static err flush(struct office *o, bool more) {
  o->work.more = more;
  TRY(work_settle(&o->work));
  TRY(work_save(&o->work));
  work_clear(&o->work);
  return ERR_OK;
}

static err write_op(struct office *o, const struct op *given, const struct work_row *r, uint32_t units,
                    const struct office_voice *voice) {
  struct work *w = &o->work;
  struct op *op = arena_take(&w->arena, 1, sizeof *op);
  if (!op) return ERR_NO_MEMORY;
  if (!r->row.exists) TRY(erased_forget(w, given));
  *op = *given;
  op->units = units;
  op->base_count = 0;
  uint64_t stamp = (uint64_t)w->now.wall_ms > o->stamp ? (uint64_t)w->now.wall_ms : o->stamp + 1;
  if (voice) {
    op->bases = voice->bases;
    op->base_count = voice->base_count;
  } else if (r->row.exists) {
    TRY(name_bases(op, &r->row, &w->arena, &stamp));
  }
  o->stamp = stamp;
  struct merge_op m = {.op = op,
                       .id = {.device = w->hub->id, .incarnation = 1, .counter = ++o->counter},
                       .author = voice ? voice->author : o->author,
                       .stamp = stamp,
                       .flags = voice ? voice->flags : OP_OFFICE};
  struct merge_outcome outcome;
  TRY(work_apply(w, &m, 0, &outcome));
  TRY(journal_op(w->store->journal, &m));
  return work_accept(w, &m.id, 1);
}

/* Who removes a row says what they saw of it: all of it, as it is in use. */
static bool removes(const struct op *op, const struct row *row) {
  int column = row_removed_column(op->table);
  if (column < 0 || !row->exists || row_removed(row)) return false;
  const struct value *v = &op->values[column];
  return has_unit(op->units, op->table->columns[column].unit) && v->kind == VALUE_INT && v->i != 0;
}

static struct op whole_removal(const struct op *given, const struct row *row) {
  struct op op = *given;
  for (uint8_t i = 0; i < op.table->column_count; i++) {
    uint8_t unit = op.table->columns[i].unit;
    bool seen = unit > 0 && row->units[unit].count && !has_unit(given->units, unit);
    if (!seen) continue;
    op.values[i] = row->values[i];
    op.units |= 1U << unit;
  }
  return op;
}

/* What is left to write of an op: `whole`, whose units are 0 when its values are in use already. */
static err weigh_op(struct office *o, const struct op *op, struct op *whole, struct work_row **r,
                    struct fault *fault) {
  TRY(work_row(r, &o->work, op->table, &op->row));
  const struct row *row = &(*r)->row;
  TRY(check_op(op, row, fault));
  TRY(check_erased(o, op, fault));
  bool removal = removes(op, row);
  *whole = removal ? whole_removal(op, row) : *op;
  if (!removal) whole->units = units_to_write(op, row);
  if (whole->units == 0)
    o->result->unchanged++;
  else if (row->exists)
    o->result->changed++;
  else
    o->result->inserted++;
  return ERR_OK;
}

enum { ops_ahead = 8192 };

err office_ahead(struct office *o, const struct op *ops, size_t left) {
  if (o->ahead > 0) {
    o->ahead--;
    return ERR_OK;
  }
  size_t count = left < ops_ahead ? left : ops_ahead;
  o->ahead = count - 1;
  if (o->work.row_count + count > ingest_group_ops_max) TRY(flush(o, true));
  return work_prefetch_ops(&o->work, ops, count);
}

err office_op(struct office *o, const struct op *op, struct fault *fault) {
  struct work_row *r;
  struct op whole;
  if (o->work.row_count > ingest_group_ops_max) TRY(flush(o, true));
  TRY(weigh_op(o, op, &whole, &r, fault));
  return whole.units ? write_op(o, &whole, r, whole.units, NULL) : ERR_OK;
}

err office_write(struct office *o, const struct op *op, const struct office_voice *voice,
                 struct fault *fault) {
  struct work_row *r;
  TRY(work_row(&r, &o->work, op->table, &op->row));
  TRY(check_op(op, &r->row, fault));
  TRY(check_erased(o, op, fault));
  o->result->changed++;
  return write_op(o, op, r, op->units, voice);
}

err office_end(struct office *o) {
  struct store *s = o->work.store;
  TRY(flush(o, false));
  TRY(s->ops->number_save(s, STORE_OFFICE_COUNTER, o->counter));
  TRY(s->ops->number_save(s, STORE_OFFICE_STAMP, o->stamp));
  o->result->changes = o->work.changes;
  return ERR_OK;
}

static err note_words(struct office *o, const struct office_act *act) {
  const struct work *w = &o->work;
  struct audit_said said = {.about = act->about, .words = act->words};
  entropy_fill(&w->hub->entropy, said.salt, sizeof said.salt);
  return w->store->ops->audit_saying(w->store, w->now.wall_ms, &o->author, act->action, act->detail, &said);
}

/* Ops alone are called by their numbers. */
static err note_act(struct office *o, const struct office_act *act) {
  char detail[96];
  struct work *w = &o->work;
  if (act && act->words.len) return note_words(o, act);
  if (act) return w->store->ops->audit(w->store, w->now.wall_ms, &o->author, act->action, act->detail);
  (void)snprintf(detail, sizeof detail, "inserted=%zu changed=%zu", o->result->inserted, o->result->changed);
  return w->store->ops->audit(w->store, w->now.wall_ms, &o->author, "office.apply", detail);
}

static err apply_all(struct office *o, const struct op *ops, size_t count, const struct office_act *act,
                     struct fault *fault) {
  for (size_t i = 0; i < count; i++) {
    TRY(office_ahead(o, &ops[i], count - i));
    TRY(office_op(o, &ops[i], fault));
  }
  TRY(office_end(o));
  bool wrote = o->result->inserted || o->result->changed;
  return wrote ? note_act(o, act) : ERR_OK;
}

static err look_at_all(struct office *o, const struct op *ops, size_t count, office_seen *see, void *ctx,
                       struct fault *fault) {
  for (size_t i = 0; i < count; i++) {
    struct work_row *r;
    struct op whole;
    if (i % ops_ahead == 0) {
      work_clear(&o->work);
      TRY(work_prefetch_ops(&o->work, &ops[i], count - i < ops_ahead ? count - i : ops_ahead));
    }
    TRY(weigh_op(o, &ops[i], &whole, &r, fault));
    if (see) TRY(see(ctx, i, &whole, &r->row));
  }
  return ERR_OK;
}

err office_failed(struct office_result *out, err e, const char *unsure, const struct fault *found,
                  struct fault *fault) {
  bytes_zero(out, sizeof *out);
  if (found->code != ERR_OK) return fault_set(fault, e, "%s", found->text);
  if (unsure)
    return fault_set(
        fault, e,
        "The hub could not store that: %s. It is not there now, but may be there once the hub has "
        "started again: %s before you try again.",
        err_text(e), unsure);
  return fault_set(fault, e, "The hub could not store that: %s.", err_text(e));
}

err office_look(struct office_result *out, const struct hub *hub, struct store *store, const struct now *now,
                const struct op *ops, size_t count, office_seen *see, void *ctx, struct fault *fault) {
  struct office o = {.result = out};
  struct fault found = {.code = ERR_OK};
  bytes_zero(out, sizeof *out);
  TRY(store->ops->begin_read(store));
  work_init(&o.work, hub, store, now);
  err e = look_at_all(&o, ops, count, see, ctx, &found);
  office_finish(&o);
  store->ops->rollback(store);
  return e == ERR_OK ? e : office_failed(out, e, NULL, &found, fault);
}

err office_do(struct office_result *out, const struct hub *hub, struct store *store, const struct now *now,
              const struct id *author, const struct op *ops, size_t count, const struct office_act *act,
              struct fault *fault) {
  struct office o;
  struct fault found = {.code = ERR_OK};
  bytes_zero(out, sizeof *out);
  TRY(store->ops->begin(store));
  err e = office_begin(&o, out, hub, store, now, author);
  if (e == ERR_OK) e = apply_all(&o, ops, count, act, &found);
  office_finish(&o);
  bool commits = e == ERR_OK && (out->inserted || out->changed);
  if (commits)
    e = store->ops->commit(store);
  else
    store->ops->rollback(store);
  const char *unsure = commits ? "look whether it is" : NULL;
  return e == ERR_OK ? e : office_failed(out, e, unsure, &found, fault);
}

err office_apply(struct office_result *out, const struct hub *hub, struct store *store, const struct now *now,
                 const struct id *author, const struct op *ops, size_t count, bool dry_run, struct arena *a,
                 struct fault *fault) {
  (void)a; /* nothing outlives the call */
  return dry_run ? office_look(out, hub, store, now, ops, count, NULL, NULL, fault)
                 : office_do(out, hub, store, now, author, ops, count, NULL, fault);
}
