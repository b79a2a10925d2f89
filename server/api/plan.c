/* plan.c: the small registers of the Local Plan: what there is of them, their entries, and the same as a
 * file. Every look at entries that name a learner is in the audit before anybody sees it. */
#include "server/api/plan.h"

#include <stdio.h>

#include "server/api/access.h"
#include "server/api/acts.h"
#include "server/api/report_call.h"
#include "server/api/shape.h"
#include "server/api/sheet.h"
#include "server/core/partners.h"
#include "server/import/loans.h"

/* ---- which ---- */

err plan_kind_find(struct api_call *c, struct slice name, bool writes, const struct plan_kind **out) {
  const struct plan_kind *kind = plan_kind_named(name);
  if (!kind) return fault_set(&c->fault, ERR_INVALID, "\"kind\" is one of the names that /api/plan gives");
  *out = kind;
  if (c->login.roles & (writes ? kind->writes : kind->sees)) return ERR_OK;
  return fault_set(&c->fault, ERR_FORBIDDEN,
                   writes ? "your role does not write in this register"
                          : "your role sees the figures of this register, and not its entries");
}

bool plan_own_only(const struct api_call *c, const struct plan_kind *kind) {
  return !(c->login.roles & kind->sees & ~(uint32_t)ACCESS_ROLE(partner));
}

/* A partner is told what was agreed with it, and not what the hub noted for itself. */
static bool is_told(const struct api_call *c, const struct plan_kind *kind, const struct plan_field *f) {
  return f->table == kind->table && !(f->kept && plan_own_only(c, kind));
}

/* That there are other partners' is not told. */
static err find_own(struct api_call *c, const struct plan_kind *kind, const struct row *row, bool *out) {
  struct partner_line *list;
  size_t count;
  uint8_t column = 0;
  while (!slice_equal(slice_text(row->table->columns[column].name), slice_text(kind->partner))) column++;
  TRY(partners_read(c->store, acts_today(c), &c->login.user, &c->x->arena, &list, &count));
  *out = false;
  for (size_t i = 0; i < count; i++) *out = *out || id_equal(&list[i].id, &row->values[column].id);
  return ERR_OK;
}

err plan_row_find(struct api_call *c, const struct plan_kind *kind, struct row *out) {
  bool seen = true;
  TRY(c->store->ops->load_row(c->store, schema_table(kind->table), &c->id, &c->x->arena, out));
  if (out->exists && plan_own_only(c, kind)) TRY(find_own(c, kind, out, &seen));
  if (out->exists && !row_removed(out) && seen) return ERR_OK;
  return fault_set(&c->fault, ERR_NOT_FOUND, "this register has no entry with that id");
}

/* A school year, a term, or all days there are. */
static err read_period(struct api_call *c, struct slice text, struct report_ask *ask, struct slice *name) {
  enum { first_day = -36500, last_day = 84005 };
  if (!slice_equal(text, slice_text("all"))) return report_period_read(c, text, ask, name);
  *ask = (struct report_ask){.from = first_day, .to = last_day, .today = acts_today(c)};
  *name = slice_text("All years");
  return ERR_OK;
}

/* ---- what there is ---- */

static json_t *choices_json(const struct enum_type *vocabulary) {
  json_t *list = json_array();
  for (const struct enum_value *v = vocabulary->values; v->word; v++)
    (void)json_array_append_new(list, json_pack("{s:s, s:s}", "value", v->word, "label", v->label));
  return list;
}

static const char *type_word(const struct column *column) {
  switch (column->type) {
  case TYPE_ID: return "id";
  case TYPE_DATE: return "date";
  case TYPE_ENUM: return "word";
  case TYPE_INT: return "number";
  default: return "text";
  }
}

static json_t *field_json(const struct plan_field *f) {
  const struct column *column = &schema_table(f->table)->columns[f->column];
  json_t *out = json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:i}", "name", column->name, "label", f->label,
                          "help", f->help, "type", type_word(column), "needed", (int)f->needed, "listed",
                          (int)f->listed, "stays", column->unit == 0, "most", (int)column->check.high);
  if (out && column->type == TYPE_ID) (void)json_object_set_new(out, "of", json_string(column->of));
  if (out && column->type == TYPE_ENUM)
    (void)json_object_set_new(out, "choices", choices_json(column->vocabulary));
  return out;
}

static json_t *fields_json(const struct api_call *c, const struct plan_kind *kind) {
  json_t *list = json_array();
  for (size_t i = 0; i < plan_field_count; i++)
    if (is_told(c, kind, &plan_fields[i])) (void)json_array_append_new(list, field_json(&plan_fields[i]));
  return list;
}

static err add_kind(struct api_call *c, const struct plan_kind *kind, const struct report_ask *year,
                    json_t *list) {
  struct plan_ask ask = {.kind = kind, .from = year->from, .to = year->to};
  uint64_t count = 0;
  bool sees = (c->login.roles & kind->sees) != 0;
  if (!sees && !(c->login.roles & EVERYONE)) return ERR_OK; /* to a partner there are no others */
  if (plan_own_only(c, kind)) ask.person = c->login.user;
  if (sees) TRY(plan_count(c->store, &ask, &count));
  json_t *one = json_pack(
      "{s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:o, s:o}", "name", schema_table(kind->table)->name, "title",
      kind->title, "one", kind->one, "says", kind->says, "function", report_functions[kind->function].name,
      "named", (int)kind->named, "sees", (int)sees, "writes", (c->login.roles & kind->writes) != 0, "count",
      sees ? json_integer((json_int_t)count) : json_null(), "fields", fields_json(c, kind));
  return json_array_append_new(list, one) == 0 ? ERR_OK : ERR_NO_MEMORY;
}

err api_plan(struct api_call *c) {
  struct report_ask year = {.by = BY_HUB};
  struct slice name;
  TRY(read_period(c, c->parameters[0], &year, &name));
  json_t *kinds = json_array(), *functions = json_array();
  err e = ERR_OK;
  for (size_t i = 0; e == ERR_OK && i < PLAN_END; i++) e = add_kind(c, &plan_kinds[i], &year, kinds);
  for (size_t i = 0; i < FUNCTION_END; i++)
    (void)json_array_append_new(functions, json_pack("{s:s, s:s}", "name", report_functions[i].name, "title",
                                                     report_functions[i].title));
  json_t *body =
      json_pack("{s:o, s:o, s:o}", "period", shape_text(name), "functions", functions, "kinds", kinds);
  if (e == ERR_OK) return api_answer(c, body);
  json_decref(body);
  return e;
}

/* ---- entries ---- */

static const char *state_word(enum plan_state state) {
  static const char *const words[] = {
      [PLAN_NONE] = NULL, [PLAN_OPEN] = "open", [PLAN_LATE] = "late", [PLAN_DONE] = "done"};
  return words[state];
}

/* What an id in a row is called; NULL for what is none. */
static err name_of(struct api_call *c, const struct column *column, const struct value *v, json_t **out) {
  struct slice name;
  *out = NULL;
  if (v->kind != VALUE_ID) return ERR_OK;
  TRY(views_row_name(c->store, schema_table_named(column->of)->id, &v->id, &c->x->arena, &name));
  *out = name.len ? shape_text(name) : json_string("Not known any more");
  return ERR_OK;
}

static err put_values(struct api_call *c, const struct row *row, json_t *values, json_t *names) {
  const struct plan_kind *kind = plan_kind_named(slice_text(row->table->name));
  ASSERT(kind);
  for (size_t i = 0; i < plan_field_count; i++) {
    const struct plan_field *f = &plan_fields[i];
    struct slice text;
    json_t *name;
    if (!is_told(c, kind, f)) continue;
    const struct column *column = &row->table->columns[f->column];
    TRY(plan_value_text(c, column, &row->values[f->column], &text));
    TRY(name_of(c, column, &row->values[f->column], &name));
    (void)json_object_set_new(values, column->name, text.len ? shape_text(text) : json_null());
    if (name) (void)json_object_set_new(names, column->name, name);
  }
  return ERR_OK;
}

json_t *plan_entry_json(struct api_call *c, const struct row *row) {
  char id[id_text_bytes];
  json_t *values = json_object(), *names = json_object();
  err e = put_values(c, row, values, names);
  id_text(id, &row->id);
  json_t *out =
      json_pack("{s:s, s:I, s:o, s:o, s:s?}", "id", id, "version", (json_int_t)row->version, "values", values,
                "names", names, "state", state_word(plan_state_of(row, acts_today(c))));
  if (e == ERR_OK) return out;
  json_decref(out);
  return NULL;
}

struct looking {
  const struct plan_kind *kind;
};

static err audit_look(struct api_call *c) {
  const struct plan_kind *kind = ((const struct looking *)c->own)->kind;
  char id[id_text_bytes], detail[80];
  id_text(id, &c->id);
  (void)snprintf(detail, sizeof detail, "%s%s%s", schema_table(kind->table)->name,
                 id_is_zero(&c->id) ? "" : "=", id_is_zero(&c->id) ? "" : id);
  return audit_add(c->store, c->x->now.wall_ms, &c->login.user, c->action, detail);
}

static err then_audit(struct api_call *c, const struct plan_kind *kind, const char *action) {
  struct looking *at = arena_take(&c->x->arena, 1, sizeof *at);
  if (!at) return ERR_NO_MEMORY;
  at->kind = kind;
  c->own = at;
  c->action = action;
  return api_then(c, HTTP_WRITER, audit_look);
}

/* Whoever looks at what names a learner is written down first. */
static err answer_look(struct api_call *c, const struct plan_kind *kind, json_t *body, const char *action) {
  TRY(api_answer(c, body));
  return kind->named ? then_audit(c, kind, action) : ERR_OK;
}

/* The office is told what it knows already. */
static err says_of(struct api_call *c, const struct row *row, json_t *list) {
  bool looked_after;
  if (row->table->id != TABLE_instrument_loan) return ERR_OK;
  TRY(loan_looked_after(c->store, &c->x->arena, &row->values[COL(instrument_loan, learner)].id,
                        &looked_after));
  if (looked_after)
    (void)json_array_append_new(
        list, json_string("The hub knows that this child is looked after: the loan is free of charge."));
  return ERR_OK;
}

static err put_writer(struct api_call *c, const struct row *row, json_t *out) {
  struct slice who = {NULL, 0};
  const struct unit_heads *unit = &row->units[row->table->unit_count - 1];
  if (unit->count == 0) return ERR_OK;
  TRY(views_author_name(c->store, &unit->heads[0].author, &c->x->arena, &who));
  (void)json_object_set_new(out, "written_by", shape_text(who));
  (void)json_object_set_new(out, "written_at", json_integer((json_int_t)unit->heads[0].stamp));
  return ERR_OK;
}

err plan_answer(struct api_call *c, const struct plan_kind *kind) {
  struct row row;
  TRY(plan_row_find(c, kind, &row));
  json_t *body = plan_entry_json(c, &row), *says = json_array();
  if (!body) {
    json_decref(says);
    return ERR_NO_MEMORY;
  }
  (void)json_object_set_new(body, "says", says);
  err e = says_of(c, &row, says);
  if (e == ERR_OK) e = put_writer(c, &row, body);
  if (e == ERR_OK) return answer_look(c, kind, body, "plan.read");
  json_decref(body);
  return e;
}

err api_plan_entry(struct api_call *c) {
  const struct plan_kind *kind = NULL;
  TRY(plan_kind_find(c, c->parameters[0], false, &kind));
  ASSERT(kind);
  return plan_answer(c, kind);
}

/* ---- the list ---- */

static err read_place(struct api_call *c, const char *name, struct slice text, const char *column,
                      struct id *out) {
  if (text.len == 0) return ERR_OK;
  if (slice_equal(slice_text(column), slice_text("NULL")))
    return fault_set(&c->fault, ERR_INVALID, "this register is of no %s", name);
  if (id_parse(out, text) == ERR_OK) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "\"%s\" is an id of 32 hexadecimal digits", name);
}

/* "2026-11-21.<id>": the entry before the page. */
static err read_after(struct api_call *c, struct slice text, struct plan_ask *ask) {
  enum { day_bytes = date_text_bytes - 1 };
  if (text.len == 0) return ERR_OK;
  bool good = text.len == day_bytes + id_text_bytes && text.ptr[day_bytes] == '.' &&
              date_parse(&ask->after_day, slice_of(text.ptr, day_bytes)) == ERR_OK &&
              id_parse(&ask->after, slice_of(text.ptr + day_bytes + 1, id_text_bytes - 1)) == ERR_OK;
  return good ? ERR_OK
              : fault_set(&c->fault, ERR_INVALID, "\"after\" is what the page before gave as `next`");
}

static err read_ask(struct api_call *c, struct slice period, struct plan_ask *ask, struct slice *name) {
  struct report_ask year = {.by = BY_HUB};
  TRY(plan_kind_find(c, c->parameters[0], false, &ask->kind));
  ASSERT(ask->kind);
  TRY(read_period(c, period, &year, name));
  if (plan_own_only(c, ask->kind)) ask->person = c->login.user;
  ask->from = year.from;
  ask->to = year.to;
  return ERR_OK;
}

static json_t *next_json(const struct plan_ask *ask, const struct row *last) {
  char day[date_text_bytes], id[id_text_bytes], text[date_text_bytes + id_text_bytes];
  date_text(day, (int32_t)last->values[ask->kind->first].i);
  id_text(id, &last->id);
  (void)snprintf(text, sizeof text, "%s.%s", day, id);
  return json_string(text);
}

err api_plan_list(struct api_call *c) {
  struct plan_ask ask = {.max = plan_page_rows + 1};
  struct slice name;
  struct row *rows;
  size_t count;
  TRY(read_ask(c, c->parameters[1], &ask, &name));
  TRY(read_place(c, "partner", c->parameters[2], ask.kind->partner, &ask.partner));
  TRY(read_place(c, "school", c->parameters[3], ask.kind->school, &ask.school));
  TRY(read_after(c, c->parameters[4], &ask));
  TRY(plan_entries(c->store, &ask, &c->x->arena, &rows, &count));
  bool more = count > plan_page_rows;
  if (more) count = plan_page_rows;
  json_t *entries = json_array();
  for (size_t i = 0; i < count; i++)
    if (json_array_append_new(entries, plan_entry_json(c, &rows[i])) != 0) {
      json_decref(entries);
      return ERR_NO_MEMORY;
    }
  json_t *body = json_pack("{s:s, s:o, s:o, s:o}", "kind", schema_table(ask.kind->table)->name, "period",
                           shape_text(name), "entries", entries, "next",
                           more ? next_json(&ask, &rows[count - 1]) : json_null());
  return answer_look(c, ask.kind, body, "plan.list");
}

/* ---- as a file ---- */

static void put_heads(const struct api_call *c, struct sheet *s, const struct plan_kind *kind) {
  for (size_t i = 0; i < plan_field_count; i++)
    if (is_told(c, kind, &plan_fields[i])) sheet_text(s, slice_text(plan_fields[i].label));
  sheet_row(s);
}

static err put_cell(struct api_call *c, struct sheet *s, const struct row *row, size_t column_index) {
  const struct column *column = &row->table->columns[column_index];
  const struct value *v = &row->values[column_index];
  struct slice text;
  if (column->type == TYPE_INT && v->kind == VALUE_INT) {
    sheet_number(s, (double)v->i, 0);
    return ERR_OK;
  }
  if (column->type == TYPE_DATE && v->kind == VALUE_INT) {
    sheet_day(s, (int32_t)v->i);
    return ERR_OK;
  }
  if (v->kind == VALUE_ID)
    TRY(views_row_name(c->store, schema_table_named(column->of)->id, &v->id, &c->x->arena, &text));
  else if (column->type == TYPE_ENUM && v->kind == VALUE_INT)
    text = slice_text(schema_enum_label(column->vocabulary, v->i));
  else
    TRY(plan_value_text(c, column, v, &text));
  sheet_text(s, text);
  return ERR_OK;
}

static err put_page(struct api_call *c, struct sheet *s, struct plan_ask *ask, struct arena *a, bool *more) {
  struct row *rows;
  size_t count;
  TRY(plan_entries(c->store, ask, a, &rows, &count));
  for (size_t r = 0; r < count; r++) {
    for (size_t i = 0; i < plan_field_count; i++)
      if (is_told(c, ask->kind, &plan_fields[i])) TRY(put_cell(c, s, &rows[r], plan_fields[i].column));
    sheet_row(s);
  }
  *more = count == ask->max;
  if (!*more) return ERR_OK;
  ask->after = rows[count - 1].id;
  ask->after_day = (int32_t)rows[count - 1].values[ask->kind->first].i;
  return ERR_OK;
}

/* All of them, however many: a page's rows are gone before the next is read. */
static err put_rows(struct api_call *c, struct sheet *s, struct plan_ask *ask) {
  struct arena a = ARENA_INIT(c->x->arena.max);
  bool more = true;
  err e = ERR_OK;
  while (e == ERR_OK && more) {
    arena_clear(&a);
    e = put_page(c, s, ask, &a, &more);
  }
  arena_finish(&a);
  return e;
}

err api_plan_export(struct api_call *c) {
  struct plan_ask ask = {.max = plan_export_page_rows};
  enum sheet_format format = sheet_format_named(c->parameters[2]);
  struct slice name;
  struct sheet *s;
  TRY(read_ask(c, c->parameters[1], &ask, &name));
  if (format == SHEET_UNKNOWN) return fault_set(&c->fault, ERR_INVALID, "\"format\" is csv or xlsx");
  TRY(sheet_begin(c, &s, format, "Local Plan"));
  put_heads(c, s, ask.kind);
  char called[sheet_name_bytes];
  sheet_called(called, schema_table(ask.kind->table)->name, slice_text(""), name);
  err filled = put_rows(c, s, &ask), closed = sheet_answer(c, s, format, called);
  TRY(filled);
  TRY(closed);
  return then_audit(c, ask.kind, "plan.export");
}
