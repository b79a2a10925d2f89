/* agreements.c: agreements with partners and with schools, their two signatures, and the surveys that both
 * are asked for. What somebody signed stands: another text is another agreement, and a mistake is taken back
 * with a reason. */
#include "server/api/access.h"
#include "server/api/acts.h"
#include "server/api/input.h"
#include "server/api/partners.h"
#include "server/core/release.h"

#define COUNT(list)         (sizeof(list) / sizeof *(list))
#define UNIT(table, column) (1U << schema_table(TABLE_##table)->columns[COL(table, column)].unit)

struct agreement_input {
  struct slice starts_day, ends_day, status_word, version, side, name, date_day, due_day, received_day,
      answers, reason;
  struct input_texts function_texts;
  int64_t functions;
  int32_t starts, ends, date, due, received;
  uint8_t status;
  bool with_school; /* what the address is from then on, else a partner's */
};
#define FIELD(member) offsetof(struct agreement_input, member)

static err read_input(struct api_call *c, const struct input_field *fields, size_t count,
                      struct agreement_input **out) {
  struct agreement_input *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = *out = in;
  return input_read(c, fields, count, in);
}

/* The row of the address, which names its other side: from then on the address is that. */
static err load_own(struct api_call *c, uint8_t table, size_t partner, size_t school, struct row *out) {
  struct agreement_input *in = c->own;
  TRY(c->store->ops->load_row(c->store, schema_table(table), &c->id, &c->x->arena, out));
  in->with_school = out->values[partner].kind != VALUE_ID;
  const struct value *side = &out->values[in->with_school ? school : partner];
  if (!out->exists || row_removed(out) || side->kind != VALUE_ID)
    return fault_set(&c->fault, ERR_NOT_FOUND, "there is no agreement and no survey with that id");
  c->id = side->id;
  return ERR_OK;
}

/* The other side as it is now. */
static err answer_side(struct api_call *c) {
  return ((const struct agreement_input *)c->own)->with_school ? school_answer(c) : partner_answer(c);
}

/* The address names a side of a new row, which it gets. */
static err name_side(struct api_call *c, struct op *op, size_t partner, size_t school) {
  bool with_school = ((const struct agreement_input *)c->own)->with_school;
  TRY(with_school ? school_there(c, &c->id) : partner_there(c, &c->id));
  op->row = entropy_id(&c->api->config.hub->entropy);
  op->values[with_school ? school : partner] = value_id(&c->id);
  return ERR_OK;
}

/* ---- agreements ---- */

static const struct input_field agreement_input[] = {
    {"functions", INPUT_TEXTS, true, 5, FIELD(function_texts)},
    {"starts", INPUT_TEXT, true, 10, FIELD(starts_day)},
    {"ends", INPUT_TEXT, false, 10, FIELD(ends_day)},
    {"status", INPUT_TEXT, false, 10, FIELD(status_word)},
    {"version", INPUT_TEXT, false, 20, FIELD(version)},
};

static err read_agreement(struct api_call *c, struct agreement_input **out) {
  struct agreement_input *in;
  TRY(read_input(c, agreement_input, COUNT(agreement_input), out));
  in = *out;
  for (size_t i = 0; i < in->function_texts.count; i++) {
    uint8_t number;
    TRY(acts_word(c, "functions", "strategic_function", in->function_texts.list[i], &number));
    if (number) in->functions |= INT64_C(1) << (number - 1);
  }
  TRY(acts_day(c, "starts", in->starts_day, &in->starts));
  TRY(acts_day(c, "ends", in->ends_day, &in->ends));
  TRY(acts_word(c, "status", "agreement_status", in->status_word, &in->status));
  if (in->starts == 0) return fault_set(&c->fault, ERR_INVALID, "an agreement needs the day it starts");
  if (in->ends && in->ends < in->starts)
    return fault_set(&c->fault, ERR_INVALID, "an agreement cannot end before it starts");
  return ERR_OK;
}

static void put_agreement(struct op *op, const struct agreement_input *in, uint8_t status) {
  op->units |= UNIT(agreement, functions) | UNIT(agreement, starts) | UNIT(agreement, status);
  op->values[COL(agreement, functions)] = value_int(in->functions);
  op->values[COL(agreement, starts)] = value_int(in->starts);
  if (in->ends) op->values[COL(agreement, ends)] = value_int(in->ends);
  op->values[COL(agreement, status)] = value_int(status);
}

static err add_agreement(struct api_call *c) {
  struct op op = {.table = schema_table(TABLE_agreement), .units = 1};
  TRY(name_side(c, &op, COL(agreement, partner), COL(agreement, school)));
  put_agreement(&op, c->own, ENUM_agreement_status_draft);
  TRY(acts_apply(c, &op, 1, "agreement.add", "agreement", &op.row));
  return api_then(c, HTTP_READER, answer_side);
}

err api_agreement_add(struct api_call *c) {
  struct agreement_input *in;
  TRY(read_agreement(c, &in));
  return api_then(c, HTTP_WRITER, add_agreement);
}

err api_school_agreement_add(struct api_call *c) {
  struct agreement_input *in;
  TRY(read_agreement(c, &in));
  in->with_school = true;
  return api_then(c, HTTP_WRITER, add_agreement);
}

static bool is_signed(const struct row *row, size_t day) { return row->values[day].kind == VALUE_INT; }

/* A draft until both have signed; then in force, until somebody ends it. */
static uint8_t natural_status(const struct row *row) {
  bool both = is_signed(row, COL(agreement, signed_1)) && is_signed(row, COL(agreement, signed_2));
  return both ? ENUM_agreement_status_live : ENUM_agreement_status_draft;
}

/* Nobody changes what somebody else put their name to. */
static err check_signed(struct api_call *c, const struct row *row, const struct op *op, uint8_t status) {
  static const size_t text[] = {COL(agreement, functions), COL(agreement, starts), COL(agreement, ends)};
  bool begun = is_signed(row, COL(agreement, signed_1)) || is_signed(row, COL(agreement, signed_2));
  for (size_t i = 0; begun && i < COUNT(text); i++)
    if (!value_equal(&row->values[text[i]], &op->values[text[i]]))
      return fault_set(&c->fault, ERR_CONFLICT,
                       "it is signed, so its days and functions stand: renew it, or take it back and write "
                       "another");
  if (status == ENUM_agreement_status_ended || status == natural_status(row) ||
      status == row->values[COL(agreement, status)].i)
    return ERR_OK;
  return fault_set(&c->fault, ERR_CONFLICT,
                   "an agreement is in force with its second signature, and a draft until then");
}

static err edit_agreement(struct api_call *c) {
  const struct agreement_input *in = c->own;
  struct row row;
  struct op op = {.table = schema_table(TABLE_agreement), .row = c->id};
  TRY(load_own(c, TABLE_agreement, COL(agreement, partner), COL(agreement, school), &row));
  TRY(acts_unchanged(c, &row, in->version)); /* a signature may have come since the form was opened */
  put_agreement(&op, in, in->status);
  TRY(check_signed(c, &row, &op, in->status));
  TRY(acts_apply(c, &op, 1, "agreement.edit", "agreement", &op.row));
  return api_then(c, HTTP_READER, answer_side);
}

err api_agreement_edit(struct api_call *c) {
  struct agreement_input *in;
  TRY(read_agreement(c, &in));
  if (in->status == 0) return fault_set(&c->fault, ERR_INVALID, "\"status\" is draft, live or ended");
  return api_then(c, HTTP_WRITER, edit_agreement);
}

/* ---- taking back ---- */

static const struct input_field void_input[] = {
    {"reason", INPUT_TEXT, true, reason_bytes_max, FIELD(reason)},
    {"version", INPUT_TEXT, false, 20, FIELD(version)},
};

/* It is in no list and no figure any more; its text, its signatures and the reason stay in the history. */
static err void_agreement(struct api_call *c) {
  const struct agreement_input *in = c->own;
  struct row row;
  struct op op = {.table = schema_table(TABLE_agreement), .row = c->id, .units = UNIT(agreement, removed)};
  TRY(load_own(c, TABLE_agreement, COL(agreement, partner), COL(agreement, school), &row));
  TRY(acts_unchanged(c, &row, in->version));
  op.values[COL(agreement, removed)] = value_int(1);
  op.values[COL(agreement, removed_why)] = value_text(in->reason);
  TRY(acts_apply(c, &op, 1, "agreement.void", "agreement", &op.row));
  return api_then(c, HTTP_READER, answer_side);
}

err api_agreement_void(struct api_call *c) {
  struct agreement_input *in;
  TRY(read_input(c, void_input, COUNT(void_input), &in));
  if (in->reason.len == 0 || !utf8_valid(in->reason) || utf8_length(in->reason) > 300)
    return fault_set(&c->fault, ERR_INVALID, "say why it is taken back, in at most 300 characters");
  return api_then(c, HTTP_WRITER, void_agreement);
}

/* ---- signatures ---- */

static const struct input_field sign_input[] = {
    {"side", INPUT_TEXT, true, 8, FIELD(side)},
    {"name", INPUT_TEXT, true, INPUT_CHARACTERS(200), FIELD(name)},
    {"date", INPUT_TEXT, true, 10, FIELD(date_day)},
    {"version", INPUT_TEXT, false, 20, FIELD(version)},
};

/* With the second signature a draft is in force. */
static err sign(struct api_call *c) {
  const struct agreement_input *in = c->own;
  bool hub = slice_equal(in->side, slice_text("hub"));
  size_t day = hub ? COL(agreement, signed_1) : COL(agreement, signed_2),
         name = hub ? COL(agreement, signer_1) : COL(agreement, signer_2),
         other = hub ? COL(agreement, signed_2) : COL(agreement, signed_1);
  struct row row;
  struct op op = {.table = schema_table(TABLE_agreement), .row = c->id};
  TRY(load_own(c, TABLE_agreement, COL(agreement, partner), COL(agreement, school), &row));
  /* Nobody signs another text than they were shown; once the other side has signed, it stands. */
  if (!is_signed(&row, other)) TRY(acts_unchanged(c, &row, in->version));
  if (!hub && slice_equal(in->side, slice_text("school")) != in->with_school)
    return fault_set(&c->fault, ERR_INVALID, "the other side of this agreement is a %s",
                     in->with_school ? "school" : "partner");
  if (is_signed(&row, day))
    return fault_set(&c->fault, ERR_CONFLICT, "this side has signed already: a signature is given once");
  op.units = 1U << op.table->columns[day].unit;
  op.values[day] = value_int(in->date);
  op.values[name] = value_text(in->name);
  bool draft = row.values[COL(agreement, status)].i == ENUM_agreement_status_draft;
  if (draft && is_signed(&row, other)) {
    op.units |= UNIT(agreement, status);
    op.values[COL(agreement, status)] = value_int(ENUM_agreement_status_live);
  }
  TRY(acts_apply(c, &op, 1, "agreement.sign", "agreement", &op.row));
  return api_then(c, HTTP_READER, answer_side);
}

err api_agreement_sign(struct api_call *c) {
  struct agreement_input *in;
  TRY(read_input(c, sign_input, COUNT(sign_input), &in));
  if (!slice_equal(in->side, slice_text("hub")) && !slice_equal(in->side, slice_text("partner")) &&
      !slice_equal(in->side, slice_text("school")))
    return fault_set(&c->fault, ERR_INVALID, "\"side\" is hub, partner or school");
  if (in->name.len == 0) return fault_set(&c->fault, ERR_INVALID, "say who signed");
  TRY(acts_day(c, "date", in->date_day, &in->date));
  if (in->date == 0 || in->date > acts_today(c))
    return fault_set(&c->fault, ERR_INVALID, "a signature has the day it was given, which is past");
  return api_then(c, HTTP_WRITER, sign);
}

/* ---- surveys ---- */

static const struct input_field survey_input[] = {
    {"due", INPUT_TEXT, true, 10, FIELD(due_day)},
};
static const struct input_field receive_input[] = {
    {"received", INPUT_TEXT, true, 10, FIELD(received_day)},
    {"answers", INPUT_TEXT, false, 4000, FIELD(answers)},
    {"version", INPUT_TEXT, false, 20, FIELD(version)},
};

static err add_survey(struct api_call *c) {
  const struct agreement_input *in = c->own;
  struct op op = {.table = schema_table(TABLE_survey), .units = 1 | UNIT(survey, due)};
  TRY(name_side(c, &op, COL(survey, partner), COL(survey, school)));
  op.values[COL(survey, due)] = value_int(in->due);
  TRY(acts_apply(c, &op, 1, "survey.add", "survey", &op.row));
  return api_then(c, HTTP_READER, answer_side);
}

static err ask_survey(struct api_call *c, bool with_school) {
  struct agreement_input *in;
  TRY(read_input(c, survey_input, COUNT(survey_input), &in));
  TRY(acts_day(c, "due", in->due_day, &in->due));
  if (in->due == 0) return fault_set(&c->fault, ERR_INVALID, "a survey needs the day it is due");
  in->with_school = with_school;
  return api_then(c, HTTP_WRITER, add_survey);
}

err api_survey_add(struct api_call *c) { return ask_survey(c, false); }
err api_school_survey_add(struct api_call *c) { return ask_survey(c, true); }

static err receive_survey(struct api_call *c) {
  const struct agreement_input *in = c->own;
  struct row row;
  struct op op = {.table = schema_table(TABLE_survey), .row = c->id, .units = UNIT(survey, received)};
  TRY(load_own(c, TABLE_survey, COL(survey, partner), COL(survey, school), &row));
  TRY(acts_unchanged(c, &row, in->version));
  op.values[COL(survey, received)] = value_int(in->received);
  if (in->answers.len) op.values[COL(survey, answers)] = value_text(in->answers);
  TRY(acts_apply(c, &op, 1, "survey.receive", "survey", &op.row));
  return api_then(c, HTTP_READER, answer_side);
}

err api_survey_receive(struct api_call *c) {
  struct agreement_input *in;
  TRY(read_input(c, receive_input, COUNT(receive_input), &in));
  TRY(acts_day(c, "received", in->received_day, &in->received));
  if (in->received == 0 || in->received > acts_today(c))
    return fault_set(&c->fault, ERR_INVALID, "\"received\" is the day it came back, which is past");
  return api_then(c, HTTP_WRITER, receive_survey);
}
