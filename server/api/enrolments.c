/* enrolments.c: who comes to an activity: a learner is enrolled, their days, instrument and part changed,
 * their place ended with a reason, or moved to another activity. */
#include <stdio.h>

#include "server/api/activities.h"
#include "server/api/input.h"
#include "server/core/release.h"

#define COUNT(list)  (sizeof(list) / sizeof *(list))
#define UNIT(column) (1U << schema_table(TABLE_enrolment)->columns[COL(enrolment, column)].unit)

struct enrolment_input {
  struct slice learner_id, starts_day, ends_day, instrument, section, reason, to_id, version;
  int32_t starts, ends;
  struct id learner, to;
  struct row row; /* the enrolment as it stands */
};
#define FIELD(member) offsetof(struct enrolment_input, member)
#define VERSION                                                                                              \
  { "version", INPUT_TEXT, false, 20, FIELD(version) }
#define REASON                                                                                               \
  { "reason", INPUT_TEXT, true, reason_bytes_max, FIELD(reason) }
#define PLAYS                                                                                                \
  {"instrument", INPUT_TEXT, false, INPUT_CHARACTERS(60), FIELD(instrument)}, {                              \
    "section", INPUT_TEXT, false, INPUT_CHARACTERS(60), FIELD(section)                                       \
  }
static const struct input_field add_fields[] = {{"learner", INPUT_TEXT, true, 32, FIELD(learner_id)},
                                                {"starts", INPUT_TEXT, true, 10, FIELD(starts_day)},
                                                PLAYS};
static const struct input_field edit_fields[] = {
    {"starts", INPUT_TEXT, true, 10, FIELD(starts_day)}, PLAYS, VERSION};
static const struct input_field end_fields[] = {
    {"ends", INPUT_TEXT, true, 10, FIELD(ends_day)}, REASON, VERSION};
static const struct input_field move_fields[] = {{"to", INPUT_TEXT, true, 32, FIELD(to_id)},
                                                 {"date", INPUT_TEXT, true, 10, FIELD(ends_day)},
                                                 REASON,
                                                 VERSION};

static err read_input(struct api_call *c, const struct input_field *fields, size_t count,
                      struct enrolment_input **out) {
  struct enrolment_input *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = *out = in;
  TRY(input_read(c, fields, count, in));
  TRY(acts_day(c, "starts", in->starts_day, &in->starts));
  return acts_day(c, "ends", in->ends_day, &in->ends);
}

static void set_text(struct op *op, size_t column, struct slice text) {
  if (text.len) op->values[column] = value_text(text);
}

static void put_plays(struct op *op, struct slice instrument, struct slice section) {
  op->units |= UNIT(instrument);
  set_text(op, COL(enrolment, instrument), instrument);
  set_text(op, COL(enrolment, section), section);
}

static void put_days(struct op *op, int64_t starts, int32_t ends) {
  op->units |= UNIT(starts);
  op->values[COL(enrolment, starts)] = value_int(starts);
  if (ends) op->values[COL(enrolment, ends)] = value_int(ends);
}

/* Nobody comes to what is over. */
static err check_open(struct api_call *c, const struct id *activity, int32_t date) {
  struct row row;
  TRY(activity_load(c, activity, &row));
  const struct value *ends = &row.values[COL(activity, ends)];
  if (ends->kind != VALUE_INT || ends->i > date) return ERR_OK;
  return fault_set(&c->fault, ERR_CONFLICT,
                   "that activity is closed by that day: open it again, or choose an earlier day");
}

static bool goes_on(const struct row *row, int32_t date) {
  const struct value *ends = &row->values[COL(enrolment, ends)];
  return row->exists && !row_removed(row) && (ends->kind != VALUE_INT || ends->i > date);
}

/* One row stands for a learner at an activity: who comes back has its days anew, and the history keeps the
 * old ones. */
static err enrol(struct api_call *c, const struct id *learner, const struct id *activity, int32_t starts,
                 struct op *out) {
  struct row row;
  *out = enrolment_op(learner, activity);
  TRY(check_open(c, activity, starts));
  TRY(c->store->ops->load_row(c->store, out->table, &out->row, &c->x->arena, &row));
  if (goes_on(&row, starts))
    return fault_set(&c->fault, ERR_CONFLICT, "that learner is enrolled there already");
  put_days(out, starts, 0);
  if (!row.exists || !row_removed(&row)) return ERR_OK;
  out->units |= UNIT(removed);
  out->values[COL(enrolment, removed)] = value_int(0);
  return ERR_OK;
}

/* ---- somebody new ---- */

static err learner_there(struct api_call *c, const struct id *learner) {
  struct row row;
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_learner), learner, &c->x->arena, &row));
  if (!row.exists) return fault_set(&c->fault, ERR_INVALID, "this hub has no learner with that id");
  const struct value *status = &row.values[COL(learner, status)];
  if (status->kind == VALUE_INT && status->i == ENUM_learner_status_merged)
    return fault_set(&c->fault, ERR_CONFLICT,
                     "that record was merged into another one: enrol the one that stands");
  return ERR_OK;
}

static err add_step(struct api_call *c) {
  const struct enrolment_input *in = c->own;
  struct op op;
  TRY(learner_there(c, &in->learner));
  TRY(enrol(c, &in->learner, &c->id, in->starts, &op));
  put_plays(&op, in->instrument, in->section);
  return activity_write(c, &op, 1, "enrolment.add", slice_text(""), &in->learner, NULL);
}

err api_enrolment_add(struct api_call *c) {
  struct enrolment_input *in;
  TRY(read_input(c, add_fields, COUNT(add_fields), &in));
  if (id_parse(&in->learner, in->learner_id) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"learner\" must be an id of 32 hexadecimal digits");
  if (in->starts == 0) return fault_set(&c->fault, ERR_INVALID, "say from which day on they come");
  return api_then(c, HTTP_WRITER, add_step);
}

/* ---- one that is there; the answer is the page of its activity ---- */

static err load(struct api_call *c) {
  struct enrolment_input *in = c->own;
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_enrolment), &c->id, &c->x->arena, &in->row));
  if (!in->row.exists || row_removed(&in->row))
    return fault_set(&c->fault, ERR_NOT_FOUND, "there is no enrolment with that id, or it was taken back");
  TRY(acts_unchanged(c, &in->row, in->version));
  in->learner = in->row.values[COL(enrolment, learner)].id;
  c->id = in->row.values[COL(enrolment, activity)].id;
  return ERR_OK;
}

static struct slice text_of(const struct row *row, size_t column) {
  return row->values[column].kind == VALUE_TEXT ? row->values[column].text : slice_text("");
}

static err edit_step(struct api_call *c) {
  struct enrolment_input *in = c->own;
  TRY(load(c));
  struct op op = enrolment_op(&in->learner, &c->id);
  const struct value *ends = &in->row.values[COL(enrolment, ends)];
  if (ends->kind == VALUE_INT && ends->i < in->starts)
    return fault_set(&c->fault, ERR_INVALID, "an enrolment cannot begin after it ended");
  put_days(&op, in->starts, ends->kind == VALUE_INT ? (int32_t)ends->i : 0);
  put_plays(&op, in->instrument, in->section);
  return activity_write(c, &op, 1, "enrolment.edit", slice_text(""), &in->learner, NULL);
}

err api_enrolment_edit(struct api_call *c) {
  struct enrolment_input *in;
  TRY(read_input(c, edit_fields, COUNT(edit_fields), &in));
  if (in->starts == 0) return fault_set(&c->fault, ERR_INVALID, "say from which day on they come");
  return api_then(c, HTTP_WRITER, edit_step);
}

/* `ends` is the first day without. */
static err ending(struct api_call *c, struct op *out) {
  struct enrolment_input *in = c->own;
  int64_t starts = in->row.values[COL(enrolment, starts)].i;
  if (in->ends < starts) return fault_set(&c->fault, ERR_INVALID, "an enrolment cannot end before it begins");
  *out = enrolment_op(&in->learner, &c->id);
  put_days(out, starts, in->ends);
  return ERR_OK;
}

static err end_step(struct api_call *c) {
  struct enrolment_input *in = c->own;
  struct op op;
  TRY(load(c));
  TRY(ending(c, &op));
  return activity_write(c, &op, 1, "enrolment.end", in->reason, &in->learner, NULL);
}

err api_enrolment_end(struct api_call *c) {
  struct enrolment_input *in;
  TRY(read_input(c, end_fields, COUNT(end_fields), &in));
  if (in->ends == 0) return fault_set(&c->fault, ERR_INVALID, "say which day is the first without them");
  TRY(reason_check(in->reason, &c->fault));
  return api_then(c, HTTP_WRITER, end_step);
}

static err move_step(struct api_call *c) {
  struct enrolment_input *in = c->own;
  struct op ops[2];
  TRY(load(c));
  if (id_equal(&in->to, &c->id))
    return fault_set(&c->fault, ERR_INVALID, "they are in that activity: choose another one");
  if (!goes_on(&in->row, in->ends))
    return fault_set(&c->fault, ERR_CONFLICT,
                     "they have left by that day: enrol them in the other activity instead");
  TRY(ending(c, &ops[0]));
  TRY(enrol(c, &in->learner, &in->to, in->ends, &ops[1]));
  put_plays(&ops[1], text_of(&in->row, COL(enrolment, instrument)),
            text_of(&in->row, COL(enrolment, section)));
  return activity_write(c, ops, 2, "enrolment.move", in->reason, &in->learner, &in->to);
}

err api_enrolment_move(struct api_call *c) {
  struct enrolment_input *in;
  TRY(read_input(c, move_fields, COUNT(move_fields), &in));
  if (id_parse(&in->to, in->to_id) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"to\" must be an id of 32 hexadecimal digits");
  if (in->ends == 0) return fault_set(&c->fault, ERR_INVALID, "say from which day on they go there");
  TRY(reason_check(in->reason, &c->fault));
  return api_then(c, HTTP_WRITER, move_step);
}
