/* contracts.c: contracts with schools, as the office writes them: lessons a year and days of notice, from
 * which what is owed is reckoned. The latest one that has begun is the one that counts. */
#include <stdio.h>

#include "server/api/acts.h"
#include "server/api/input.h"
#include "server/api/partners.h"
#include "server/core/views_schools.h"

#define COUNT(list)  (sizeof(list) / sizeof *(list))
#define UNIT(column) (1U << schema_table(TABLE_contract)->columns[COL(contract, column)].unit)

struct contract_input {
  struct slice lessons_text, notice_text, starts_day, ends_day, version;
  int64_t lessons, notice; /* notice -1: not said */
  int32_t starts, ends;
  struct id contract; /* the address named it; from then on that is the school */
};
#define FIELD(member) offsetof(struct contract_input, member)
static const struct input_field contract_fields[] = {
    {"lessons_a_year", INPUT_TEXT, true, 9, FIELD(lessons_text)},
    {"notice_days", INPUT_TEXT, false, 9, FIELD(notice_text)},
    {"starts", INPUT_TEXT, true, 10, FIELD(starts_day)},
    {"ends", INPUT_TEXT, false, 10, FIELD(ends_day)},
    {"version", INPUT_TEXT, false, 20, FIELD(version)},
};

static err read_number(struct api_call *c, size_t column, const char *label, struct slice text,
                       int64_t *out) {
  const struct column *at = &schema_table(TABLE_contract)->columns[column];
  return acts_whole(c, label, text, at->check.low, at->check.high, out);
}

static err read_contract(struct api_call *c) {
  struct contract_input *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, contract_fields, COUNT(contract_fields), in));
  in->notice = -1;
  TRY(read_number(c, COL(contract, lessons_a_year), "lessons_a_year", in->lessons_text, &in->lessons));
  if (in->notice_text.len)
    TRY(read_number(c, COL(contract, notice_days), "notice_days", in->notice_text, &in->notice));
  TRY(acts_day(c, "starts", in->starts_day, &in->starts));
  TRY(acts_day(c, "ends", in->ends_day, &in->ends));
  if (in->starts == 0) return fault_set(&c->fault, ERR_INVALID, "a contract needs the day it starts");
  if (in->ends && in->ends < in->starts)
    return fault_set(&c->fault, ERR_INVALID, "a contract cannot end before it starts");
  return ERR_OK;
}

/* Of two that begin on one day nobody could say which counts. */
static err check_others(struct api_call *c) {
  const struct contract_input *in = c->own;
  struct view_school_detail d;
  TRY(views_school(c->store, &c->id, acts_today(c), &c->x->arena, &d));
  for (size_t i = 0; i < d.contract_count; i++)
    if (!id_equal(&d.contracts[i].id, &in->contract) && d.contracts[i].starts == in->starts)
      return fault_set(&c->fault, ERR_CONFLICT,
                       "this school has a contract that starts on that day: change that one");
  return ERR_OK;
}

static err write_contract(struct api_call *c, struct op *op, const char *action) {
  const struct contract_input *in = c->own;
  TRY(check_others(c));
  op->table = schema_table(TABLE_contract);
  op->row = in->contract;
  op->units |= UNIT(lessons_a_year) | UNIT(starts);
  op->values[COL(contract, lessons_a_year)] = value_int(in->lessons);
  if (in->notice >= 0) op->values[COL(contract, notice_days)] = value_int(in->notice);
  op->values[COL(contract, starts)] = value_int(in->starts);
  if (in->ends) op->values[COL(contract, ends)] = value_int(in->ends);
  TRY(acts_apply(c, op, 1, action, "contract", &op->row));
  return api_then(c, HTTP_READER, school_answer);
}

/* A list that brings the same contract in later finds it. */
static err listed_id(struct api_call *c, struct id *out) {
  const struct contract_input *in = c->own;
  struct row school;
  char day[date_text_bytes];
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_school), &c->id, &c->x->arena, &school));
  date_text(day, in->starts);
  return acts_listed_id(c, TABLE_contract, &school.values[COL(school, urn)], slice_text(day), out);
}

static err add_step(struct api_call *c) {
  struct op op = {.units = 1};
  TRY(school_there(c, &c->id));
  TRY(listed_id(c, &((struct contract_input *)c->own)->contract));
  op.values[COL(contract, school)] = value_id(&c->id);
  return write_contract(c, &op, "contract.add");
}

err api_contract_add(struct api_call *c) {
  TRY(read_contract(c));
  return api_then(c, HTTP_WRITER, add_step);
}

static err edit_step(struct api_call *c) {
  struct contract_input *in = c->own;
  struct op op = {.units = 0};
  struct row row;
  in->contract = c->id;
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_contract), &c->id, &c->x->arena, &row));
  if (!row.exists) return fault_set(&c->fault, ERR_NOT_FOUND, "there is no contract with that id");
  TRY(acts_unchanged(c, &row, in->version));
  c->id = row.values[COL(contract, school)].id;
  return write_contract(c, &op, "contract.edit");
}

err api_contract_edit(struct api_call *c) {
  TRY(read_contract(c));
  return api_then(c, HTTP_WRITER, edit_step);
}
