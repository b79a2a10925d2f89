/* notices.c: absences that a family told the office of, as the office enters them: devices show them as away
 * and told, and an open case of such a day closes by itself (server/core/cases.c). */
#include "server/api/acts.h"
#include "server/api/input.h"

#define COUNT(list)  (sizeof(list) / sizeof *(list))
#define UNIT(column) (1U << schema_table(TABLE_absence_notice)->columns[COL(absence_notice, column)].unit)

enum { notice_days_max = 366 };
struct notice_input {
  struct slice starts_day, ends_day, reason, told_by;
  int32_t starts, ends;
  struct id notice;
};
#define FIELD(member) offsetof(struct notice_input, member)
static const struct input_field notice_fields[] = {
    {"starts", INPUT_TEXT, true, 10, FIELD(starts_day)},
    {"ends", INPUT_TEXT, false, 10, FIELD(ends_day)},
    {"reason", INPUT_TEXT, false, INPUT_CHARACTERS(200), FIELD(reason)},
    {"told_by", INPUT_TEXT, false, INPUT_CHARACTERS(100), FIELD(told_by)},
};

static err read_notice(struct api_call *c) {
  struct notice_input *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, notice_fields, COUNT(notice_fields), in));
  TRY(acts_day(c, "starts", in->starts_day, &in->starts));
  TRY(acts_day(c, "ends", in->ends_day, &in->ends));
  if (in->starts == 0) return fault_set(&c->fault, ERR_INVALID, "an absence needs its first day");
  if (in->ends == 0) in->ends = in->starts;
  if (in->ends < in->starts)
    return fault_set(&c->fault, ERR_INVALID, "an absence cannot end before it begins");
  if (in->ends - in->starts > notice_days_max)
    return fault_set(&c->fault, ERR_INVALID, "an absence of more than a year is a learner who has left");
  return ERR_OK;
}

/* A list that brings the same absence in later finds it. */
static err listed_id(struct api_call *c, const struct row *learner, struct id *out) {
  const struct notice_input *in = c->own;
  char day[date_text_bytes];
  date_text(day, in->starts);
  return acts_listed_id(c, TABLE_absence_notice, &learner->values[COL(learner, ref)], slice_text(day), out);
}

static err add_step(struct api_call *c) {
  const struct notice_input *in = c->own;
  struct row learner;
  struct op op = {.table = schema_table(TABLE_absence_notice), .units = 1U | UNIT(starts) | UNIT(reason)};
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_learner), &c->id, &c->x->arena, &learner));
  if (!learner.exists) return fault_set(&c->fault, ERR_NOT_FOUND, "this hub has no learner with that id");
  TRY(listed_id(c, &learner, &op.row));
  op.values[COL(absence_notice, learner)] = value_id(&c->id);
  op.values[COL(absence_notice, starts)] = value_int(in->starts);
  op.values[COL(absence_notice, ends)] = value_int(in->ends);
  if (in->reason.len) op.values[COL(absence_notice, reason)] = value_text(in->reason);
  if (in->told_by.len) op.values[COL(absence_notice, told_by)] = value_text(in->told_by);
  return acts_write(c, &op, "notice.add", "notice");
}

err api_notice_add(struct api_call *c) {
  TRY(read_notice(c));
  return api_then(c, HTTP_WRITER, add_step);
}

static err void_step(struct api_call *c) {
  struct op op = {.table = schema_table(TABLE_absence_notice), .row = c->id, .units = UNIT(removed)};
  struct row row;
  TRY(c->store->ops->load_row(c->store, op.table, &c->id, &c->x->arena, &row));
  if (!row.exists || row_removed(&row))
    return fault_set(&c->fault, ERR_NOT_FOUND, "there is no absence with that id, or it was taken back");
  op.values[COL(absence_notice, removed)] = value_int(1);
  return acts_write(c, &op, "notice.void", "notice");
}

err api_notice_void(struct api_call *c) { return api_then(c, HTTP_WRITER, void_step); }
