/* closures.c: days on which a school, or everything, is closed, as the office enters them. Nothing that meets
 * on such a day is due unless it was held: see server/core/REPORTS.md. */
#include <stdio.h>

#include "server/api/acts.h"
#include "server/api/input.h"
#include "server/api/partners.h"
#include "server/api/shape.h"
#include "server/core/views_schools.h"

#define COUNT(list)  (sizeof(list) / sizeof *(list))
#define UNIT(column) (1U << schema_table(TABLE_closure)->columns[COL(closure, column)].unit)

#define AT(member) offsetof(struct view_closure, member)
static const struct shape_field closure_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"version", SHAPE_LONG, AT(version), 0, NULL, NULL},
    {"school", SHAPE_SOME_ID, AT(school), 0, NULL, NULL},
    {"school_name", SHAPE_TEXT, AT(school_name), 0, NULL, NULL},
    {"starts", SHAPE_DATE, AT(starts), 0, NULL, NULL},
    {"ends", SHAPE_DATE, AT(ends), 0, NULL, NULL},
    {"reason", SHAPE_TEXT, AT(reason), 0, NULL, NULL},
};
#undef AT
static const struct shape closure_shape = SHAPE_OF(view_closure, closure_fields);

/* Of one school: its own, and those of everything; of some days: everybody's that reach into them; otherwise
 * those of everything. */
err api_closures(struct api_call *c) {
  struct closures_wanted wanted = {.from = 0, .to = INT32_MAX};
  struct view_closure *list;
  size_t count;
  int32_t to;
  if (c->parameters[0].len && id_parse(&wanted.school, c->parameters[0]) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"school\" is a school's id");
  TRY(acts_day(c, "from", c->parameters[1], &wanted.from));
  TRY(acts_day(c, "to", c->parameters[2], &to));
  if (to) wanted.to = to;
  wanted.all = c->parameters[0].len == 0 && (c->parameters[1].len || c->parameters[2].len);
  TRY(views_closures(c->store, &wanted, &c->x->arena, &list, &count));
  return api_answer(c, json_pack("{s:o, s:i}", "closures", shape_list(&closure_shape, list, count), "most",
                                 (int)closures_listed_max));
}

/* ---- what the office writes ---- */

enum { closure_days_max = 366 };
struct closure_input {
  struct slice school_id, starts_day, ends_day, reason, version;
  int32_t starts, ends;
  struct id school; /* zero: everything */
};
#define FIELD(member) offsetof(struct closure_input, member)
static const struct input_field closure_input[] = {
    {"starts", INPUT_TEXT, true, 10, FIELD(starts_day)},
    {"ends", INPUT_TEXT, false, 10, FIELD(ends_day)},
    {"reason", INPUT_TEXT, true, INPUT_CHARACTERS(100), FIELD(reason)},
    {"version", INPUT_TEXT, false, 20, FIELD(version)},
    {"school", INPUT_TEXT, false, 32, FIELD(school_id)},
};

static err read_closure(struct api_call *c) {
  struct closure_input *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, closure_input, COUNT(closure_input), in));
  TRY(acts_day(c, "starts", in->starts_day, &in->starts));
  TRY(acts_day(c, "ends", in->ends_day, &in->ends));
  if (in->starts == 0) return fault_set(&c->fault, ERR_INVALID, "a closure needs its first day");
  if (in->ends == 0) in->ends = in->starts;
  if (in->ends < in->starts)
    return fault_set(&c->fault, ERR_INVALID, "a closure cannot end before it begins");
  if (in->ends - in->starts > closure_days_max)
    return fault_set(&c->fault, ERR_INVALID,
                     "a closure of more than a year is a school that has shut: end "
                     "its activities");
  if (in->school_id.len && id_parse(&in->school, in->school_id) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"school\" is a school's id");
  return ERR_OK;
}

static err write_closure(struct api_call *c, struct op *op, const char *action) {
  const struct closure_input *in = c->own;
  op->units |= UNIT(starts) | UNIT(reason);
  op->values[COL(closure, starts)] = value_int(in->starts);
  op->values[COL(closure, ends)] = value_int(in->ends);
  op->values[COL(closure, reason)] = value_text(in->reason);
  return acts_write(c, op, action, "closure");
}

/* A list that brings the same closure in later finds it. */
static err listed_id(struct api_call *c, struct id *out) {
  const struct closure_input *in = c->own;
  char day[date_text_bytes];
  struct row school;
  date_text(day, in->starts);
  if (id_is_zero(&in->school)) return acts_listed_id(c, TABLE_closure, NULL, slice_text(day), out);
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_school), &in->school, &c->x->arena, &school));
  return acts_listed_id(c, TABLE_closure, &school.values[COL(school, urn)], slice_text(day), out);
}

static err add_step(struct api_call *c) {
  const struct closure_input *in = c->own;
  struct op op = {.table = schema_table(TABLE_closure), .units = 1U};
  if (!id_is_zero(&in->school)) {
    TRY(school_there(c, &in->school));
    op.values[COL(closure, school)] = value_id(&in->school);
  }
  TRY(listed_id(c, &op.row));
  return write_closure(c, &op, "closure.add");
}

err api_closure_add(struct api_call *c) {
  TRY(read_closure(c));
  return api_then(c, HTTP_WRITER, add_step);
}

static err load(struct api_call *c, struct row *out) {
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_closure), &c->id, &c->x->arena, out));
  if (out->exists && !row_removed(out)) return ERR_OK;
  return fault_set(&c->fault, ERR_NOT_FOUND, "there is no closure with that id, or it was taken back");
}

static err edit_step(struct api_call *c) {
  const struct closure_input *in = c->own;
  struct op op = {.table = schema_table(TABLE_closure), .row = c->id};
  struct row row;
  TRY(load(c, &row));
  TRY(acts_unchanged(c, &row, in->version));
  return write_closure(c, &op, "closure.edit");
}

err api_closure_edit(struct api_call *c) {
  TRY(read_closure(c));
  const struct closure_input *in = c->own;
  if (in->school_id.len)
    return fault_set(&c->fault, ERR_INVALID,
                     "a closure stays with its school: take it back and enter another");
  return api_then(c, HTTP_WRITER, edit_step);
}

static err void_step(struct api_call *c) {
  struct op op = {.table = schema_table(TABLE_closure), .row = c->id, .units = UNIT(removed)};
  struct row row;
  TRY(load(c, &row));
  op.values[COL(closure, removed)] = value_int(1);
  return acts_write(c, &op, "closure.void", "closure");
}

err api_closure_void(struct api_call *c) { return api_then(c, HTTP_WRITER, void_step); }
