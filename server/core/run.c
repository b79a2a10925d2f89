/* run.c: the ops of a list in one transaction, and the same taken back in another. */
#include "server/core/run.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/core/office.h"

enum { run_told_ops = 256 };

/* ---- applying ---- */

static err changed_since(struct office *o, const struct op *op, uint64_t version, struct fault *fault) {
  struct work_row *r;
  TRY(work_row(&r, &o->work, op->table, &op->row));
  uint64_t now = r->row.exists ? r->row.version : 0;
  if (now == version) return ERR_OK;
  return fault_set(fault, ERR_CONFLICT,
                   "A row of %s was changed since you looked: look again. Nothing was changed.",
                   op->table->name);
}

/* Which rows it wrote is written at the end, in the order of their keys. */
struct applying {
  struct office *office;
  struct store_run *run;
  const struct run_watch *watch;
  struct store_run_row *rows;
  size_t count, cap;
  size_t inserted, changed; /* as people count: a learner and their numbers are one */
};

/* A learner's own numbers come behind the learner. */
static bool of_row_before(const struct applying *a, const struct op *op) {
  if (op->table->id != TABLE_learner_key || a->count == 0) return false;
  const struct store_run_row *before = &a->rows[a->count - 1];
  return before->table->id == TABLE_learner &&
         id_equal(&before->row, &op->values[COL(learner_key, learner)].id);
}

static err apply_one(struct applying *a, const struct op *op, struct fault *fault) {
  const struct office_result *result = a->office->result;
  size_t inserted = result->inserted, changed = result->changed;
  TRY(office_op(a->office, op, fault));
  bool fresh = result->inserted > inserted;
  if (!fresh && result->changed == changed) return ERR_OK;
  struct store_run_row *rows = list_room(a->rows, &a->cap, a->count, sizeof *rows);
  if (!rows) return ERR_NO_MEMORY;
  a->rows = rows;
  bool counted = of_row_before(a, op), of_old = op->table->id == TABLE_learner_key;
  a->inserted += !counted && fresh && !of_old;
  a->changed += !counted && (!fresh || of_old);
  a->rows[a->count++] = (struct store_run_row){op->table, op->row, fresh};
  return ERR_OK;
}

static int by_key(const void *a, const void *b) {
  const struct store_run_row *x = a, *y = b;
  if (x->table->id != y->table->id) return x->table->id < y->table->id ? -1 : 1;
  return id_compare(&x->row, &y->row);
}

static err remember(struct applying *a) {
  struct store *s = a->office->work.store;
  const struct office_result *result = a->office->result;
  char detail[128], id[id_text_bytes];
  id_text(id, &a->run->id);
  (void)snprintf(detail, sizeof detail, "run=%s inserted=%zu changed=%zu", id, result->inserted,
                 result->changed);
  if (a->count) qsort(a->rows, a->count, sizeof *a->rows, by_key);
  TRY(s->ops->run_rows_add(s, &a->run->id, a->rows, a->count));
  TRY(s->ops->run_save(s, a->run));
  return s->ops->audit(s, a->office->work.now.wall_ms, &a->run->who, "import.apply", detail);
}

static err apply_each(struct applying *a, const struct op *ops, const uint64_t *versions, size_t count,
                      struct fault *fault) {
  struct office *o = a->office;
  struct store_run *run = a->run;
  run->first = o->counter + 1;
  for (size_t i = 0; i < count; i++) {
    TRY(office_ahead(o, &ops[i], count - i));
    if (a->watch && i % run_told_ops == 0) a->watch->told(a->watch->ctx, i, count);
    if (versions) TRY(changed_since(o, &ops[i], versions[i], fault));
    TRY(apply_one(a, &ops[i], fault));
  }
  TRY(office_end(o));
  run->last = o->counter;
  run->position = o->work.position;
  run->inserted = a->inserted;
  run->changed = a->changed;
  return run->last < run->first ? ERR_OK : remember(a);
}

static err apply_all(struct office *o, struct store_run *run, const struct op *ops, const uint64_t *versions,
                     size_t count, const struct run_watch *watch, struct fault *fault) {
  struct applying a = {.office = o, .run = run, .watch = watch};
  err e = apply_each(&a, ops, versions, count, fault);
  free(a.rows);
  return e;
}

static err failed(struct office_result *out, err e, bool commits, const struct fault *found,
                  struct fault *fault) {
  return office_failed(out, e, commits ? "look at Import's list" : NULL, found, fault);
}

err run_apply(struct office_result *out, const struct hub *hub, struct store *store, const struct now *now,
              struct store_run *run, const struct op *ops, const uint64_t *versions, size_t count,
              const struct run_watch *watch, struct fault *fault) {
  struct office o;
  struct fault found = {.code = ERR_OK};
  bytes_zero(out, sizeof *out);
  run->at_ms = now->wall_ms;
  TRY(store->ops->begin(store));
  err e = office_begin(&o, out, hub, store, now, &run->who);
  if (e == ERR_OK) e = apply_all(&o, run, ops, versions, count, watch, &found);
  office_finish(&o);
  bool commits = e == ERR_OK && run->last >= run->first;
  if (commits)
    e = store->ops->commit(store);
  else
    store->ops->rollback(store);
  return e == ERR_OK ? e : failed(out, e, commits, &found, fault);
}

/* ---- taking back ---- */

struct undoing {
  struct office office;
  struct office_result *result;
  const struct hub *hub;
  struct store *store;
  struct arena arena; /* the run's rows, and the ops that put things back */
  struct store_run run;
  struct store_run_row *rows;     /* by table and id */
  size_t row_count, kept, beside; /* beside: changed rows that count with another one */
  struct store_run *gone;         /* brought in after it, and taken back since */
  size_t gone_count;
  struct run_blocks *blocks;
};

static void block(struct undoing *u, const struct store_run_row *r, const struct table *later_table,
                  const struct id *later) {
  if (u->blocks->count < run_blocks_max)
    u->blocks->list[u->blocks->count] =
        (struct run_block){.table = r->table, .row = r->row, .later_table = later_table, .later = *later};
  u->blocks->count++;
}

static bool is_office(const struct undoing *u, const struct op_id *op) {
  return id_equal(&op->device, &u->hub->id) && op->incarnation == 1;
}

static bool within(const struct op_id *op, uint64_t first, uint64_t last) {
  return op->counter >= first && op->counter <= last;
}

static bool of_run(const struct undoing *u, const struct op_id *op) {
  return is_office(u, op) && within(op, u->run.first, u->run.last);
}

/* Lists are taken back from the latest on, so that whatever a later one did, and what took it back, cancel.
 */
static err find_gone(struct undoing *u) {
  struct store_run *list;
  size_t count;
  TRY(u->store->ops->run_list(u->store, runs_looked_through_max, &u->arena, &list, &count));
  for (size_t i = 0; i < count; i++)
    if (list[i].undone_ms && list[i].first > u->run.last) list[u->gone_count++] = list[i];
  u->gone = list;
  return ERR_OK;
}

/* The run that was taken back and whose op this is, or that this op took back; NULL for none. */
static const struct store_run *gone_with(const struct undoing *u, const struct op_id *op) {
  for (size_t i = 0; is_office(u, op) && i < u->gone_count; i++) {
    const struct store_run *r = &u->gone[i];
    if (within(op, r->first, r->last) || within(op, r->undo_first, r->undo_last)) return r;
  }
  return NULL;
}

/* What a row consists of, with all that it consisted of before where a run that is gone touched it. */
struct lineage {
  const struct row *row;
  struct store_history *ops;
  size_t count;
};

static err read_lineage(struct undoing *u, const struct row *row, struct lineage *out) {
  bool touched = false;
  *out = (struct lineage){.row = row};
  for (uint8_t unit = 0; u->gone_count && unit < row->table->unit_count; unit++)
    for (size_t i = 0; i < row->units[unit].count; i++)
      touched = touched || gone_with(u, &row->units[unit].heads[i].op);
  if (!touched) return ERR_OK;
  return u->store->ops->read_history(u->store, row->table, &row->id, &u->arena, &out->ops, &out->count);
}

/* What stood in a unit when that run first wrote it; NULL for nothing. */
static const struct op_id *before_run(const struct lineage *l, const struct undoing *u,
                                      const struct store_run *r, uint8_t unit) {
  for (size_t i = 0; i < l->count; i++) {
    const struct store_history *own = &l->ops[i];
    const struct op_id *found = NULL;
    if (!is_office(u, &own->op) || !within(&own->op, r->first, r->last) || !(own->units >> unit & 1))
      continue;
    for (size_t k = 0; k < own->base_count; k++)
      if (own->bases[k].unit == unit) found = &own->bases[k].op;
    return found;
  }
  return NULL;
}

/* Looks through the runs that are gone at the op that stood before them; NULL where there was none. */
static const struct op_id *standing(const struct undoing *u, const struct lineage *l, uint8_t unit,
                                    const struct op_id *op) {
  for (size_t steps = 0; op && steps <= l->count; steps++) {
    const struct store_run *r = gone_with(u, op);
    if (!r) return op;
    op = before_run(l, u, r, unit);
  }
  return op;
}

/* Later than the run is whatever is a head now, was not one of the run's ops, and has the run's op below it;
 * versions say it more simply: the row was written again. */
static err written_since(struct undoing *u, const struct row *row, bool *out) {
  struct lineage l;
  bool own = false, later = false;
  TRY(read_lineage(u, row, &l));
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++) {
    for (size_t i = 0; i < row->units[unit].count; i++) {
      const struct op_id *op = standing(u, &l, unit, &row->units[unit].heads[i].op);
      own = own || (op && of_run(u, op));
      later = later || (op && id_equal(&op->device, &u->hub->id) && op->counter > u->run.last);
    }
  }
  *out = row->version > u->run.position && (later || !own);
  return ERR_OK;
}

/* It came with a run that is gone, was taken out of use with it, and nobody has written it since. */
static err went_again(struct undoing *u, const struct table *t, const struct id *id, bool *out) {
  struct work_row *r;
  struct lineage l;
  *out = false;
  if (u->gone_count == 0) return ERR_OK;
  TRY(work_row(&r, &u->office.work, t, id));
  TRY(read_lineage(u, &r->row, &l));
  bool stands = false, taken_back = false;
  for (uint8_t unit = 0; unit < t->unit_count; unit++) {
    for (size_t i = 0; i < r->row.units[unit].count; i++) {
      const struct op_id *op = &r->row.units[unit].heads[i].op;
      const struct store_run *run = gone_with(u, op);
      stands = stands || standing(u, &l, unit, op);
      taken_back = taken_back || (run && within(op, run->undo_first, run->undo_last));
    }
  }
  *out = taken_back && !stands;
  return ERR_OK;
}

static err check_own(struct undoing *u) {
  for (size_t i = 0; i < u->row_count; i++) {
    struct work_row *r;
    bool since = false;
    TRY(work_row(&r, &u->office.work, u->rows[i].table, &u->rows[i].row));
    if (r->row.exists) TRY(written_since(u, &r->row, &since));
    if (since) block(u, &u->rows[i], u->rows[i].table, &u->rows[i].row);
  }
  return ERR_OK;
}

static int by_id(const void *a, const void *b) {
  const struct store_run_row *x = *(const struct store_run_row *const *)a,
                             *y = *(const struct store_run_row *const *)b;
  return id_compare(&x->row, &y->row);
}

struct fresh_rows {
  struct undoing *u;
  const struct store_run_row **list; /* by id alone */
  size_t count;
};

static const struct store_run_row *find_fresh(const struct fresh_rows *f, const struct id *id) {
  const struct store_run_row wanted = {.row = *id}, *key = &wanted;
  const struct store_run_row *const *found = bsearch(&key, f->list, f->count, sizeof(void *), by_id);
  return found ? *found : NULL;
}

static err see_reference(void *ctx, const struct table *t, const struct id *row, const struct id *to) {
  const struct fresh_rows *f = ctx;
  const struct store_run_row *r = find_fresh(f, to);
  bool gone;
  if (!r || find_fresh(f, row)) return ERR_OK;
  TRY(went_again(f->u, t, row, &gone));
  if (!gone) block(f->u, r, t, row);
  return ERR_OK;
}

/* Marks, notes, enrolments … of what came with the run, written by anybody since. */
static err check_references(struct undoing *u) {
  struct fresh_rows f = {.u = u, .list = arena_take(&u->arena, u->row_count + 1, sizeof(void *))};
  if (!f.list) return ERR_NO_MEMORY;
  for (size_t i = 0; i < u->row_count; i++) {
    if (u->rows[i].fresh) f.list[f.count++] = &u->rows[i];
  }
  if (f.count == 0) return ERR_OK;
  qsort(f.list, f.count, sizeof(void *), by_id);
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    TRY(u->store->ops->references_since(u->store, t, u->run.position, see_reference, &f));
  }
  return ERR_OK;
}

static void set(struct op *op, size_t column, struct value v) {
  op->values[column] = v;
  op->units |= 1U << op->table->columns[column].unit;
}

/* The values a unit had are kept where only one of its columns changes. */
static void keep_units(struct op *op, const struct row *row) {
  for (uint8_t i = 0; i < op->table->column_count; i++) op->values[i] = row->values[i];
  if (op->table->key_count) op->units |= 1;
}

/* As if nobody had ever said: the day stays, because a row has one. */
static void forget_inclusion(struct op *op) {
  for (size_t i = COL(inclusion, fsm); i <= COL(inclusion, remission); i++) set(op, i, value_null());
}

/* Somebody else may have the number now. */
static void forget_numbers(struct op *op) {
  set(op, COL(learner_key, upn), value_null());
  set(op, COL(learner_key, mis_id), value_null());
  set(op, COL(learner_key, mis_aside), value_null());
}

/* *out is false for what nothing takes out of use. */
static bool out_of_use(const struct undoing *u, struct op *op, const struct row *row) {
  keep_units(op, row);
  int removed = row_removed_column(op->table);
  if (removed >= 0) return set(op, (size_t)removed, value_int(1)), true;
  switch (op->table->id) {
  case TABLE_learner: return set(op, COL(learner, status), value_int(ENUM_learner_status_left)), true;
  case TABLE_staff: return set(op, COL(staff, status), value_int(ENUM_staff_status_left)), true;
  case TABLE_activity: return set(op, COL(activity, ends), value_int(u->office.work.today)), true;
  case TABLE_grant_: return set(op, COL(grant_, ends), row->values[COL(grant_, starts)]), true;
  case TABLE_inclusion: return forget_inclusion(op), true;
  case TABLE_learner_key: return forget_numbers(op), true;
  default: return false;
  }
}

/* What stood in a unit before the run's op: the highest of the ops it replaced. */
static const struct store_history *before(const struct store_history *list, size_t count,
                                          const struct store_history *own, uint8_t unit) {
  const struct store_history *found = NULL;
  for (size_t i = 0; i < count; i++) {
    for (size_t k = 0; k < own->base_count; k++) {
      const struct base *b = &own->bases[k];
      if (b->unit == unit && op_id_equal(&b->op, &list[i].op)) found = &list[i]; /* in the order of stamps */
    }
  }
  return found;
}

static err earlier_values(struct undoing *u, struct op *op, const struct row *row) {
  struct store_history *list;
  size_t count;
  const struct store_history *own = NULL;
  TRY(u->store->ops->read_history(u->store, op->table, &op->row, &u->arena, &list, &count));
  for (size_t i = 0; i < count; i++) {
    if (of_run(u, &list[i].op)) own = &list[i];
  }
  if (!own) return ERR_CORRUPT;
  keep_units(op, row);
  for (uint8_t i = 0; i < op->table->column_count; i++) {
    uint8_t unit = op->table->columns[i].unit;
    if (unit == 0 || !(own->units >> unit & 1)) continue;
    const struct store_history *old = before(list, count, own, unit);
    set(op, i, old ? old->values[i] : value_null());
  }
  return ERR_OK;
}

/* A learner's numbers are taken back with the learner, and count with them. */
static bool counts_beside(const struct undoing *u, const struct row *row) {
  if (row->table->id != TABLE_learner_key || row->values[COL(learner_key, learner)].kind != VALUE_ID)
    return false;
  const struct store_run_row learner = {.table = schema_table(TABLE_learner),
                                        .row = row->values[COL(learner_key, learner)].id};
  return bsearch(&learner, u->rows, u->row_count, sizeof learner, by_key) != NULL;
}

static err put_back(struct undoing *u, const struct store_run_row *r, struct fault *fault) {
  struct work_row *now;
  struct op *op = arena_take(&u->arena, 1, sizeof *op);
  if (!op) return ERR_NO_MEMORY;
  TRY(work_row(&now, &u->office.work, r->table, &r->row));
  if (!now->row.exists) return ERR_OK; /* erased meanwhile */
  *op = (struct op){.table = r->table, .row = r->row};
  bool possible = true;
  if (r->fresh)
    possible = out_of_use(u, op, &now->row);
  else
    TRY(earlier_values(u, op, &now->row));
  u->kept += !possible;
  for (uint8_t i = 0; possible && i < r->table->column_count; i++)
    TRY(value_copy(&op->values[i], &u->arena, &op->values[i]));
  size_t changed = u->result->changed;
  bool beside = counts_beside(u, &now->row);
  if (possible) TRY(office_op(&u->office, op, fault));
  u->beside += beside && u->result->changed > changed;
  return ERR_OK;
}

static err undo_all(struct undoing *u, const struct now *now, const struct id *by, struct fault *fault) {
  if (u->run.undone_ms)
    return fault_set(fault, ERR_CONFLICT, "That was taken back already: nothing was changed.");
  TRY(u->store->ops->run_rows(u->store, &u->run.id, &u->arena, &u->rows, &u->row_count));
  TRY(find_gone(u));
  TRY(check_own(u));
  TRY(check_references(u));
  if (u->blocks->count)
    return fault_set(fault, ERR_CONFLICT,
                     "Later work stands on %zu of its rows: take that back first. Nothing was changed.",
                     u->blocks->count);
  /* Who refers comes before what is referred to, so that an enrolment ends before its learner leaves. */
  u->run.undo_first = u->office.counter + 1;
  for (size_t i = u->row_count; i > 0; i--) TRY(put_back(u, &u->rows[i - 1], fault));
  TRY(office_end(&u->office));
  u->run.undo_last = u->office.counter;
  u->run.undone_ms = now->wall_ms;
  TRY(u->store->ops->run_save(u->store, &u->run));
  char detail[64], id[id_text_bytes];
  id_text(id, &u->run.id);
  (void)snprintf(detail, sizeof detail, "run=%s", id);
  return u->store->ops->audit(u->store, now->wall_ms, by, "import.undo", detail);
}

err run_undo(struct office_result *out, size_t *kept, struct run_blocks *blocks, const struct hub *hub,
             struct store *store, const struct now *now, const struct id *by, const struct id *run,
             struct fault *fault) {
  struct undoing u = {
      .result = out, .hub = hub, .store = store, .arena = ARENA_INIT(1073741824), .blocks = blocks};
  struct fault found = {.code = ERR_OK};
  bytes_zero(out, sizeof *out);
  *blocks = (struct run_blocks){.count = 0};
  TRY(store->ops->begin(store));
  err e = office_begin(&u.office, out, hub, store, now, by);
  if (e == ERR_OK) e = store->ops->run_load(store, run, &u.arena, &u.run);
  if (e == ERR_OK) e = undo_all(&u, now, by, &found);
  office_finish(&u.office);
  arena_finish(&u.arena);
  *kept = u.kept;
  out->changed -= u.beside;
  bool commits = e == ERR_OK;
  if (commits)
    e = store->ops->commit(store);
  else
    store->ops->rollback(store);
  return e == ERR_OK || e == ERR_NOT_FOUND ? e : failed(out, e, commits, &found, fault);
}
