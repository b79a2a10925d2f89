/* rollover.c: every learner, enrolment and grant once, each with the op that the new year asks of it. */
#include "server/import/rollover.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/import/id_set.h"

enum { row_arena_bytes = 1048576, years_max = 13 };

struct making {
  struct rollover *out;
  const struct rollover_wish *wish;
  struct arena *arena;
  struct id_set leavers;
  bool leaving; /* those alone, on the first of two ways through the learners */
};

void rollover_finish(struct rollover *r) {
  free(r->ops);
  *r = (struct rollover){.op_count = 0};
}

int rollover_year(struct slice text) {
  if (slice_equal(text, slice_text("R"))) return 0;
  int year = 0;
  if (text.len == 0 || text.len > 2) return -1;
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] < '0' || text.ptr[i] > '9') return -1;
    year = 10 * year + (text.ptr[i] - '0');
  }
  return year >= 1 && year <= years_max ? year : -1;
}

/* ---- ops ---- */

static err new_op(struct making *m, struct op **out) {
  struct rollover *r = m->out;
  if (r->op_count == r->op_cap) {
    size_t cap = r->op_cap ? 2 * r->op_cap : 4096;
    struct op *ops = realloc(r->ops, cap * sizeof *ops);
    if (!ops) return ERR_NO_MEMORY;
    r->ops = ops;
    r->op_cap = cap;
  }
  *out = &r->ops[r->op_count++];
  **out = (struct op){.units = 0};
  return ERR_OK;
}

/* One column of a row, with the others of its unit as they stand. */
static err change(struct making *m, const struct row *row, size_t column, struct value v) {
  const struct table *t = row->table;
  struct op *op;
  TRY(new_op(m, &op));
  op->table = t;
  op->row = row->id;
  op->units = 1U << t->columns[column].unit;
  if (t->key_count) op->units |= 1;
  for (uint8_t i = 0; i < t->column_count; i++) {
    bool needed = op->units >> t->columns[i].unit & 1;
    if (needed) TRY(value_copy(&op->values[i], m->arena, i == column ? &v : &row->values[i]));
  }
  return ERR_OK;
}

static bool number_is(const struct value *v, int64_t number) {
  return v->kind == VALUE_INT && v->i == number;
}

/* ---- learners ---- */

static err leave(struct making *m, const struct row *row) {
  size_t earlier;
  TRY(id_set_add(&m->leavers, &row->id, 1, &earlier));
  m->out->leavers++;
  return change(m, row, COL(learner, status), value_int(ENUM_learner_status_left));
}

static err see_learner(void *ctx, const struct row *row) {
  struct making *m = ctx;
  const struct value *status = &row->values[COL(learner, status)];
  const struct value *group = &row->values[COL(learner, year_group)];
  if (number_is(status, ENUM_learner_status_left) || number_is(status, ENUM_learner_status_merged))
    return ERR_OK;
  int year = group->kind == VALUE_TEXT ? rollover_year(group->text) : -1;
  if (year < 0) return ERR_OK;
  bool leaves = year >= m->wish->last_year;
  if (leaves != m->leaving) return ERR_OK;
  if (leaves) return leave(m, row);
  char text[4];
  int n = snprintf(text, sizeof text, "%d", year + 1);
  return change(m, row, COL(learner, year_group), value_text(slice_of(text, (size_t)n)));
}

/* ---- what ends ---- */

/* In force on the day, or later. */
static bool goes_on(const struct making *m, const struct row *row, size_t ends) {
  const struct value *v = &row->values[ends];
  return !row_removed(row) && (v->kind != VALUE_INT || v->i > m->wish->date);
}

/* An end never comes before its beginning: what has not begun ends on the day it would have begun. */
static err end_it(struct making *m, const struct row *row, size_t starts, size_t ends) {
  const struct value *begin = &row->values[starts];
  int64_t date = m->wish->date;
  if (begin->kind == VALUE_INT && begin->i > date) date = begin->i;
  return change(m, row, ends, value_int(date));
}

static err see_enrolment(void *ctx, const struct row *row) {
  struct making *m = ctx;
  bool leaver = id_set_has(&m->leavers, &row->values[COL(enrolment, learner)].id);
  if (!(leaver || m->wish->end_enrolments) || !goes_on(m, row, COL(enrolment, ends))) return ERR_OK;
  return end_it(m, row, COL(enrolment, starts), COL(enrolment, ends));
}

static err see_grant(void *ctx, const struct row *row) {
  struct making *m = ctx;
  if (!goes_on(m, row, COL(grant_, ends))) return ERR_OK;
  return end_it(m, row, COL(grant_, starts), COL(grant_, ends));
}

/* ---- terms ---- */

static uint32_t term_unit(size_t column) { return 1U << schema_table(TABLE_term)->columns[column].unit; }

static err add_term(struct making *m, const struct hub *hub, struct store *store,
                    const struct rollover_term *term) {
  struct op *op;
  struct row row;
  TRY(new_op(m, &op));
  op->table = schema_table(TABLE_term);
  crypto_import_id(&op->row, &hub->id, "term", term->name); /* as an import of terms has it */
  const struct value name = value_text(term->name);
  TRY(value_copy(&op->values[COL(term, name)], m->arena, &name));
  op->values[COL(term, starts)] = value_int(term->starts);
  op->values[COL(term, ends)] = value_int(term->ends);
  op->units = term_unit(COL(term, name)) | term_unit(COL(term, starts));
  TRY(store->ops->load_row(store, op->table, &op->row, m->arena, &row));
  if (!row_removed(&row)) return ERR_OK;
  op->values[COL(term, removed)] = value_int(0); /* it was taken back, and stands again */
  op->units |= term_unit(COL(term, removed));
  return ERR_OK;
}

/* ---- all ---- */

static err make_all(struct making *m, const struct hub *hub, struct store *store, struct arena *rows) {
  const struct store_ops *ops = store->ops;
  for (size_t i = 0; i < m->wish->term_count; i++) TRY(add_term(m, hub, store, &m->wish->terms[i]));
  /* Whoever looks at the difference looks for the leavers: they stand first. */
  for (int way = 0; way < 2; way++) {
    m->leaving = way == 0;
    TRY(ops->each_row(store, schema_table(TABLE_learner), rows, see_learner, m));
  }
  TRY(ops->each_row(store, schema_table(TABLE_enrolment), rows, see_enrolment, m));
  return m->wish->end_grants ? ops->each_row(store, schema_table(TABLE_grant_), rows, see_grant, m) : ERR_OK;
}

err rollover_make(struct rollover *out, const struct rollover_wish *wish, const struct hub *hub,
                  struct store *store, struct arena *a) {
  struct making m = {.out = out, .wish = wish, .arena = a};
  struct arena rows = ARENA_INIT(row_arena_bytes);
  *out = (struct rollover){.op_count = 0};
  err e = make_all(&m, hub, store, &rows);
  id_set_finish(&m.leavers);
  arena_finish(&rows);
  if (e != ERR_OK) rollover_finish(out);
  return e;
}
