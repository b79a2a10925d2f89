/* import_look.c: each op weighed against the row that stands, kept when it is on the page. */
#include "server/import/import_look.h"

enum { row_arena_bytes = 1048576, beside_columns_max = 8 };

struct looking {
  struct import_look *out;
  const struct import_list *list;
  struct arena *arena;
  struct store *store;
  /* of the op before: what another table has beside its row belongs to its line */
  enum import_kind kind;
  struct import_line *line; /* NULL: not on the page */
  struct id row;
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
  line->changes = arena_take(l->arena, row->table->column_count + beside_columns_max, sizeof *line->changes);
  if (!line->values || !line->changes) return ERR_NO_MEMORY;
  for (uint8_t i = 0; i < row->table->column_count; i++)
    TRY(value_copy(&line->values[i], l->arena, &row->values[i]));
  *out = line;
  return ERR_OK;
}

static err add_change(struct looking *l, struct import_line *line, const struct table *t, uint8_t i,
                      const struct value *before, const struct value *after) {
  struct import_change *c = &line->changes[line->change_count++];
  c->column = &t->columns[i];
  TRY(value_copy(&c->before, l->arena, before));
  TRY(value_copy(&c->after, l->arena, after));
  return t == line->table ? value_copy(&line->values[i], l->arena, after) : ERR_OK;
}

static bool is_key(const struct table *t, uint8_t column) {
  for (uint8_t i = 0; i < t->key_count; i++)
    if (t->key_columns[i] == column) return true;
  return false;
}

/* Columns that differ, among those that would be written. */
static err add_changes(struct looking *l, struct import_line *line, const struct op *whole,
                       const struct row *stands) {
  const struct value nothing = {.kind = VALUE_NULL};
  for (uint8_t i = 0; i < whole->table->column_count; i++) {
    const struct value *before = stands->exists ? &stands->values[i] : &nothing;
    bool written = whole->units >> whole->table->columns[i].unit & 1;
    bool told = whole->table != line->table && is_key(whole->table, i);
    if (written && !told && !value_equal(before, &whole->values[i]))
      TRY(add_change(l, line, whole->table, i, before, &whole->values[i]));
  }
  return ERR_OK;
}

static enum import_kind kind_of(const struct op *whole, const struct row *stands) {
  return whole->units == 0 ? IMPORT_UNCHANGED : stands->exists ? IMPORT_CHANGED : IMPORT_NEW;
}

/* A row that has the same in its own table, and something new beside it, is changed. */
static err turn_changed(struct looking *l, size_t place) {
  struct row learner;
  struct arena a = ARENA_INIT(row_arena_bytes);
  if (l->line) l->out->page.line_count--;
  l->line = NULL;
  l->out->counts[IMPORT_UNCHANGED]--;
  l->kind = IMPORT_CHANGED;
  if (!on_page(l->out, IMPORT_CHANGED)) return ERR_OK;
  err e = l->store->ops->load_row(l->store, l->list->table, &l->row, &a, &learner);
  if (e == ERR_OK) e = add_line(l, &l->line, &learner, l->list->sources[place].number);
  arena_finish(&a);
  return e;
}

static err see_beside(struct looking *l, size_t place, const struct op *whole, const struct row *stands) {
  if (whole->units == 0) return ERR_OK;
  if (l->kind == IMPORT_UNCHANGED) TRY(turn_changed(l, place));
  return l->line ? add_changes(l, l->line, whole, stands) : ERR_OK;
}

static err see_op(void *ctx, size_t place, const struct op *whole, const struct row *stands) {
  struct looking *l = ctx;
  bool tells = l->list->told && place % import_told_rows == 0;
  if (tells) l->list->told(l->list->told_ctx, place, l->list->count);
  if (l->list->sources && l->list->sources[place].beside) return see_beside(l, place, whole, stands);
  l->kind = kind_of(whole, stands);
  l->row = stands->id;
  l->line = NULL;
  if (!on_page(l->out, l->kind)) return ERR_OK;
  TRY(add_line(l, &l->line, stands, l->list->sources ? l->list->sources[place].number : 0));
  return add_changes(l, l->line, whole, stands);
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
  return add_line(l, &line, row, 0);
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
  struct looking l = {.out = out, .list = list, .arena = a, .store = store};
  struct office_result result;
  bytes_zero(out->counts, sizeof out->counts);
  TRY(office_look(&result, hub, store, now, list->ops, list->count, see_op, &l, fault));
  return list->present ? look_for_gone(&l, store) : ERR_OK;
}
