/* terms.c: the terms of the hub's years, as the office enters and corrects them. A list that brings a term in
 * later finds it by its name. */
#include "server/api/acts.h"
#include "server/api/input.h"
#include "server/api/shape.h"
#include "server/core/views_schools.h"

#define COUNT(list)  (sizeof(list) / sizeof *(list))
#define UNIT(column) (1U << schema_table(TABLE_term)->columns[COL(term, column)].unit)
enum { term_days_max = 366 };

#define AT(member) offsetof(struct view_term, member)
static const struct shape_field term_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},       {"version", SHAPE_LONG, AT(version), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL}, {"starts", SHAPE_DATE, AT(starts), 0, NULL, NULL},
    {"ends", SHAPE_DATE, AT(ends), 0, NULL, NULL}, {"surveys", SHAPE_COUNT, AT(surveys), 0, NULL, NULL},
};
#undef AT
static const struct shape term_shape = SHAPE_OF(view_term, term_fields);

err api_terms(struct api_call *c) {
  struct view_term *list;
  size_t count;
  TRY(views_terms(c->store, &c->x->arena, &list, &count));
  return api_answer(c, json_pack("{s:o}", "terms", shape_list(&term_shape, list, count)));
}

/* ---- what the office writes ---- */

struct term_input {
  struct slice name, starts_day, ends_day, version;
  int32_t starts, ends;
};
#define FIELD(member) offsetof(struct term_input, member)
static const struct input_field term_input[] = {
    {"name", INPUT_TEXT, true, 100, FIELD(name)},
    {"starts", INPUT_TEXT, true, 10, FIELD(starts_day)},
    {"ends", INPUT_TEXT, true, 10, FIELD(ends_day)},
    {"version", INPUT_TEXT, false, 20, FIELD(version)},
};

static err read_term(struct api_call *c) {
  struct term_input *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, term_input, COUNT(term_input), in));
  TRY(acts_day(c, "starts", in->starts_day, &in->starts));
  TRY(acts_day(c, "ends", in->ends_day, &in->ends));
  if (in->name.len == 0) return fault_set(&c->fault, ERR_INVALID, "a term needs a name");
  if (in->starts == 0 || in->ends <= in->starts)
    return fault_set(&c->fault, ERR_INVALID, "a term needs a first day and a later last day");
  if (in->ends - in->starts > term_days_max)
    return fault_set(&c->fault, ERR_INVALID, "a term is no longer than a year");
  return ERR_OK;
}

/* Reports and pages name a term: two of one name would be one to every reader, and to every list. */
static err check_name(struct api_call *c, const struct id *but) {
  const struct term_input *in = c->own;
  struct view_term *list;
  size_t count;
  TRY(views_terms(c->store, &c->x->arena, &list, &count));
  for (size_t i = 0; i < count; i++)
    if (slice_equal(list[i].name, in->name) && !id_equal(&list[i].id, but))
      return fault_set(&c->fault, ERR_CONFLICT, "there is a term of that name already: change that one");
  return ERR_OK;
}

static err write_term(struct api_call *c, struct op *op, const char *action) {
  const struct term_input *in = c->own;
  op->units |= UNIT(name) | UNIT(starts);
  op->values[COL(term, name)] = value_text(in->name);
  op->values[COL(term, starts)] = value_int(in->starts);
  op->values[COL(term, ends)] = value_int(in->ends);
  return acts_write(c, op, action, "term");
}

/* The same that was taken back stands again, where that had this name; otherwise it is what a list of that
 * name finds. */
static err name_row(struct api_call *c, struct op *op) {
  const struct term_input *in = c->own;
  struct row row;
  crypto_import_id(&op->row, &c->api->config.hub->id, op->table->name, in->name);
  TRY(c->store->ops->load_row(c->store, op->table, &op->row, &c->x->arena, &row));
  const struct value *name = &row.values[COL(term, name)];
  bool same = row_removed(&row) && name->kind == VALUE_TEXT && slice_equal(name->text, in->name);
  if (!same) return acts_listed_id(c, TABLE_term, NULL, in->name, &op->row);
  op->values[COL(term, removed)] = value_int(0);
  op->units |= UNIT(removed);
  return ERR_OK;
}

static err add_step(struct api_call *c) {
  static const struct id none = {{0}};
  struct op op = {.table = schema_table(TABLE_term)};
  TRY(check_name(c, &none));
  TRY(name_row(c, &op));
  return write_term(c, &op, "term.add");
}

err api_term_add(struct api_call *c) {
  TRY(read_term(c));
  return api_then(c, HTTP_WRITER, add_step);
}

static err load(struct api_call *c, struct row *out) {
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_term), &c->id, &c->x->arena, out));
  if (out->exists && !row_removed(out)) return ERR_OK;
  return fault_set(&c->fault, ERR_NOT_FOUND, "there is no term with that id, or it was taken back");
}

static err edit_step(struct api_call *c) {
  const struct term_input *in = c->own;
  struct op op = {.table = schema_table(TABLE_term), .row = c->id};
  struct row row;
  TRY(load(c, &row));
  TRY(acts_unchanged(c, &row, in->version));
  TRY(check_name(c, &c->id));
  return write_term(c, &op, "term.edit");
}

err api_term_edit(struct api_call *c) {
  TRY(read_term(c));
  return api_then(c, HTTP_WRITER, edit_step);
}

/* ---- taking one back ---- */

/* Meetings and marks have days of their own, and figures by term follow from the terms there are; but a
 * survey says which term it is about, and would be about none. */
static err check_surveys(struct api_call *c) {
  struct view_term *list;
  size_t count;
  TRY(views_terms(c->store, &c->x->arena, &list, &count));
  for (size_t i = 0; i < count; i++) {
    if (!id_equal(&list[i].id, &c->id) || list[i].surveys == 0) continue;
    bool one = list[i].surveys == 1;
    return fault_set(
        &c->fault, ERR_CONFLICT,
        "%u survey%s about this term and would be about none: take %s back first, on the page of "
        "the partner or school, or put the days of the term right instead",
        list[i].surveys, one ? " is" : "s are", one ? "it" : "them");
  }
  return ERR_OK;
}

static err void_step(struct api_call *c) {
  struct op op = {.table = schema_table(TABLE_term), .row = c->id, .units = UNIT(removed)};
  struct row row;
  TRY(load(c, &row));
  TRY(check_surveys(c));
  op.values[COL(term, removed)] = value_int(1);
  return acts_write(c, &op, "term.void", "term");
}

err api_term_void(struct api_call *c) { return api_then(c, HTTP_WRITER, void_step); }
