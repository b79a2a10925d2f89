/* import_look.c: each op weighed against the row that stands, kept when it is on the page. */
#include "server/import/import_look.h"

enum { row_arena_bytes = 1048576 };

struct looking {
  struct import_look *out;
  const struct import_list *list;
  struct arena *arena;
};

/* Counts it; true when it is on the page. */
static bool on_page(struct import_look *look, enum import_kind kind) {
  size_t place = look->counts[kind]++;
  return look->page.kind == kind && place >= look->page.from && look->page.line_count < look->page.max;
}

static err add_line(struct looking *l, struct import_line **out, const struct row *row, size_t number) {
  struct import_page *p = &l->out->page;
  if (!p->lines) p->lines = arena_take(l->arena, p->max + 1, sizeof *p->lines);
  if (!p->lines) return ERR_NO_MEMORY;
  struct import_line *line = &p->lines[p->line_count++];
  *line = (struct import_line){.number = number, .table = row->table, .row = row->id};
  line->values = arena_take(l->arena, row->table->column_count + 1u, sizeof *line->values);
  if (!line->values) return ERR_NO_MEMORY;
  for (uint8_t i = 0; i < row->table->column_count; i++)
    TRY(value_copy(&line->values[i], l->arena, &row->values[i]));
  *out = line;
  return ERR_OK;
}

static err add_change(struct looking *l, struct import_line *line, uint8_t i, const struct value *before,
                      const struct value *after) {
  struct import_change *c = &line->changes[line->change_count++];
  c->column = &line->table->columns[i];
  TRY(value_copy(&c->before, l->arena, before));
  TRY(value_copy(&c->after, l->arena, after));
  return value_copy(&line->values[i], l->arena, after);
}

/* Columns that differ, among those that would be written. */
static err add_changes(struct looking *l, struct import_line *line, const struct op *whole,
                       const struct row *stands) {
  const struct value nothing = {.kind = VALUE_NULL};
  line->changes = arena_take(l->arena, line->table->column_count + 1u, sizeof *line->changes);
  if (!line->changes) return ERR_NO_MEMORY;
  for (uint8_t i = 0; i < line->table->column_count; i++) {
    const struct value *before = stands->exists ? &stands->values[i] : &nothing;
    bool written = whole->units >> line->table->columns[i].unit & 1;
    if (written && !value_equal(before, &whole->values[i]))
      TRY(add_change(l, line, i, before, &whole->values[i]));
  }
  return ERR_OK;
}

static err see_op(void *ctx, size_t place, const struct op *whole, const struct row *stands) {
  struct looking *l = ctx;
  enum import_kind kind = whole->units == 0 ? IMPORT_UNCHANGED : stands->exists ? IMPORT_CHANGED : IMPORT_NEW;
  struct import_line *line;
  if (!on_page(l->out, kind)) return ERR_OK;
  TRY(add_line(l, &line, stands, l->list->sources ? l->list->sources[place].number : 0));
  return add_changes(l, line, whole, stands);
}

/* Whoever left, and what was removed, is missed by nobody. */
static bool in_use(const struct row *row) {
  size_t column = 0;
  int64_t out = 0;
  if (row_removed(row)) return false;
  switch (row->table->id) {
  case TABLE_learner: column = COL(learner, status), out = ENUM_learner_status_left; break;
  case TABLE_staff: column = COL(staff, status), out = ENUM_staff_status_left; break;
  default: return true;
  }
  const struct value *v = &row->values[column];
  bool merged = row->table->id == TABLE_learner && v->kind == VALUE_INT && v->i == ENUM_learner_status_merged;
  return !merged && !(v->kind == VALUE_INT && v->i == out);
}

static err see_row(void *ctx, const struct row *row) {
  struct looking *l = ctx;
  struct import_line *line;
  if (id_set_has(l->list->present, &row->id) || !in_use(row)) return ERR_OK;
  if (!on_page(l->out, IMPORT_GONE)) return ERR_OK;
  TRY(add_line(l, &line, row, 0));
  line->changes = NULL;
  return ERR_OK;
}

static err look_for_gone(struct looking *l, struct store *store) {
  struct arena a = ARENA_INIT(row_arena_bytes);
  err e = store->ops->begin_read(store);
  if (e == ERR_OK) {
    e = store->ops->each_row(store, l->list->table, &a, see_row, l);
    store->ops->rollback(store);
  }
  arena_finish(&a);
  return e;
}

err import_look(struct import_look *out, const struct import_list *list, const struct hub *hub,
                struct store *store, const struct now *now, struct arena *a, struct fault *fault) {
  struct looking l = {out, list, a};
  struct office_result result;
  bytes_zero(out->counts, sizeof out->counts);
  TRY(office_look(&result, hub, store, now, list->ops, list->count, see_op, &l, fault));
  return list->present ? look_for_gone(&l, store) : ERR_OK;
}
