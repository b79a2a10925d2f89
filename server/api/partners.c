/* partners.c: organisations that the hub works with: the list, one with its agreements, surveys and
 * activities, and changing it. A partner's own account sees its own alone. */
#include "server/api/partners.h"

#include "server/api/access.h"
#include "server/api/acts.h"
#include "server/api/input.h"
#include "server/api/lists.h"
#include "server/api/shape.h"
#include "server/core/partners.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define BIT(column) (1U << schema_table(TABLE_partner)->columns[COL(partner, column)].unit)
#define AT(member)  offsetof(struct partner_line, member)
static const struct shape_field partner_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"kind", SHAPE_ENUM, AT(kind), 0, "partner_kind", NULL},
    {"contact", SHAPE_TEXT, AT(contact), 0, NULL, NULL},
    {"email", SHAPE_TEXT, AT(email), 0, NULL, NULL},
    {"phone", SHAPE_TEXT, AT(phone), 0, NULL, NULL},
    {"stage", SHAPE_ENUM, AT(stage), 0, "partner_stage", NULL},
    {"stage_on", SHAPE_DAY, AT(stage_on), 0, NULL, NULL},
    {"activity_count", SHAPE_COUNT, AT(activities), 0, NULL, NULL},
    {"agreement_count", SHAPE_COUNT, AT(agreements), 0, NULL, NULL},
    {"surveys_due", SHAPE_COUNT, AT(surveys_due), 0, NULL, NULL},
    {"surveys_back", SHAPE_COUNT, AT(surveys_back), 0, NULL, NULL},
    {"version", SHAPE_LONG, AT(version), 0, NULL, NULL},
};
#undef AT
static const struct shape partner_shape = SHAPE_OF(partner_line, partner_fields);

#define AT(member) offsetof(struct partner_agreement, member)
static const struct shape_field agreement_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"functions", SHAPE_SET, AT(functions), 0, "strategic_function", NULL},
    {"status", SHAPE_ENUM, AT(status), 0, "agreement_status", NULL},
    {"in_force", SHAPE_BOOL, AT(in_force), 0, NULL, NULL},
    {"starts", SHAPE_DATE, AT(starts), 0, NULL, NULL},
    {"ends", SHAPE_DAY, AT(ends), 0, NULL, NULL},
    {"signed_1", SHAPE_DAY, AT(signed_1), 0, NULL, NULL},
    {"signer_1", SHAPE_TEXT, AT(signer_1), 0, NULL, NULL},
    {"signed_2", SHAPE_DAY, AT(signed_2), 0, NULL, NULL},
    {"signer_2", SHAPE_TEXT, AT(signer_2), 0, NULL, NULL},
    {"version", SHAPE_LONG, AT(version), 0, NULL, NULL},
};
#undef AT
const struct shape partner_agreement_shape = SHAPE_OF(partner_agreement, agreement_fields);

#define AT(member) offsetof(struct partner_survey, member)
static const struct shape_field survey_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"term", SHAPE_TEXT, AT(term_name), 0, NULL, NULL},
    {"due", SHAPE_DATE, AT(due), 0, NULL, NULL},
    {"received", SHAPE_DAY, AT(received), 0, NULL, NULL},
    {"answers", SHAPE_TEXT, AT(answers), 0, NULL, NULL},
    {"version", SHAPE_LONG, AT(version), 0, NULL, NULL},
};
#undef AT
const struct shape partner_survey_shape = SHAPE_OF(partner_survey, survey_fields);

#define AT(member) offsetof(struct partner_detail, member)
static const struct shape_field detail_fields[] = {
    {"agreements", SHAPE_LIST, AT(agreements), AT(agreement_count), NULL, &partner_agreement_shape},
    {"surveys", SHAPE_LIST, AT(surveys), AT(survey_count), NULL, &partner_survey_shape},
    {"activities", SHAPE_LIST, AT(activities), AT(activity_count), NULL, &lists_activity_shape},
};
#undef AT
static const struct shape detail_shape = SHAPE_OF(partner_detail, detail_fields);

/* ---- reading ---- */

static err read_partners(struct api_call *c, struct partner_line **out, size_t *count) {
  const struct id *person = c->login.roles & EVERYONE ? NULL : &c->login.user;
  return partners_read(c->store, acts_today(c), person, &c->x->arena, out, count);
}

err api_partners(struct api_call *c) {
  struct partner_line *list = NULL;
  size_t count = 0;
  TRY(read_partners(c, &list, &count));
  return api_answer(c, json_pack("{s:o}", "partners", shape_list(&partner_shape, list, count)));
}

static err find(struct api_call *c, const struct id *partner, struct partner_line *out) {
  struct partner_line *list = NULL;
  size_t count = 0;
  TRY(read_partners(c, &list, &count));
  for (size_t i = 0; i < count; i++) {
    if (!id_equal(&list[i].id, partner)) continue;
    *out = list[i];
    return ERR_OK;
  }
  return fault_set(&c->fault, ERR_NOT_FOUND, "this hub has no partner with that id");
}

err partner_there(struct api_call *c, const struct id *partner) {
  struct partner_line line;
  return find(c, partner, &line);
}

err partner_answer(struct api_call *c) {
  struct partner_line line;
  struct partner_detail detail = {.agreement_count = 0};
  TRY(find(c, &c->id, &line));
  TRY(partner_read(c->store, acts_today(c), &c->id, &c->x->arena, &detail));
  json_t *body = shape_object(&partner_shape, &line);
  if (shape_into(body, &detail_shape, &detail)) return api_answer(c, body);
  json_decref(body);
  return ERR_NO_MEMORY;
}

err api_partner(struct api_call *c) { return partner_answer(c); }

/* ---- who they are, and where the partnership stands ---- */

struct partner_input {
  struct slice name, kind_word, contact, email, phone, stage_word, stage_day, version, activity, own;
  uint8_t kind, stage;
  int32_t stage_on;
  struct id given;
};
#define FIELD(member) offsetof(struct partner_input, member)
static const struct input_field partner_input[] = {
    {"name", INPUT_TEXT, true, INPUT_CHARACTERS(200), FIELD(name)},
    {"kind", INPUT_TEXT, false, 20, FIELD(kind_word)},
    {"contact", INPUT_TEXT, false, INPUT_CHARACTERS(200), FIELD(contact)},
    {"email", INPUT_TEXT, false, 254, FIELD(email)},
    {"phone", INPUT_TEXT, false, 40, FIELD(phone)},
    {"stage", INPUT_TEXT, false, 20, FIELD(stage_word)},
    {"stage_on", INPUT_TEXT, false, 10, FIELD(stage_day)},
    {"version", INPUT_TEXT, false, 20, FIELD(version)},
};

static err read_input(struct api_call *c, const struct input_field *fields, size_t count,
                      struct partner_input **out) {
  struct partner_input *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = *out = in;
  return input_read(c, fields, count, in);
}

static err read_partner(struct api_call *c) {
  struct partner_input *in;
  TRY(read_input(c, partner_input, COUNT(partner_input), &in));
  if (in->name.len == 0) return fault_set(&c->fault, ERR_INVALID, "a partner needs a name");
  TRY(acts_word(c, "kind", "partner_kind", in->kind_word, &in->kind));
  TRY(acts_word(c, "stage", "partner_stage", in->stage_word, &in->stage));
  return acts_day(c, "stage_on", in->stage_day, &in->stage_on);
}

static void set_text(struct op *op, size_t column, struct slice text) {
  if (text.len) op->values[column] = value_text(text);
}
static void set_number(struct op *op, size_t column, int64_t n) {
  if (n) op->values[column] = value_int(n);
}

static err write_partner(struct api_call *c) {
  const struct partner_input *in = c->own;
  bool fresh = id_is_zero(&c->id);
  struct row row = {.exists = false};
  struct op op = {.table = schema_table(TABLE_partner), .units = BIT(name) | BIT(kind) | BIT(stage)};
  if (fresh) {
    c->id = entropy_id(&c->api->config.hub->entropy);
    op.units |= 1;
  } else {
    TRY(partner_there(c, &c->id));
    TRY(c->store->ops->load_row(c->store, op.table, &c->id, &c->x->arena, &row));
    TRY(acts_unchanged(c, &row, in->version));
  }
  op.row = c->id;
  set_text(&op, COL(partner, name), in->name);
  set_number(&op, COL(partner, kind), in->kind);
  set_text(&op, COL(partner, contact), in->contact);
  set_text(&op, COL(partner, email), in->email);
  set_text(&op, COL(partner, phone), in->phone);
  set_number(&op, COL(partner, stage), in->stage);
  set_number(&op, COL(partner, stage_on), in->stage_on);
  TRY(acts_apply(c, &op, 1, fresh ? "partner.add" : "partner.edit", "partner", &c->id));
  return api_then(c, HTTP_READER, partner_answer);
}

err api_partner_add(struct api_call *c) {
  TRY(read_partner(c));
  return api_then(c, HTTP_WRITER, write_partner);
}

err api_partner_edit(struct api_call *c) {
  TRY(read_partner(c));
  return api_then(c, HTTP_WRITER, write_partner);
}

/* ---- whose an activity is ---- */

static const struct input_field activity_input[] = {
    {"activity", INPUT_TEXT, true, 32, FIELD(activity)},
    {"own", INPUT_TEXT, true, 3, FIELD(own)},
};

/* Nobody takes another partner's, nor gives up what is no longer theirs, by a list from before. */
static err check_owner(struct api_call *c, const struct value *held, bool own) {
  struct row other = {.exists = false};
  if (held->kind == VALUE_ID && id_equal(&held->id, &c->id)) return ERR_OK;
  if (!own) return fault_set(&c->fault, ERR_CONFLICT, "that activity is not this partner's any more");
  if (held->kind != VALUE_ID) return ERR_OK;
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_partner), &held->id, &c->x->arena, &other));
  if (!other.exists || row_removed(&other)) return ERR_OK;
  return fault_set(&c->fault, ERR_CONFLICT, "that activity is another partner's: take it from them first");
}

static err write_activity(struct api_call *c) {
  const struct partner_input *in = c->own;
  bool own = slice_equal(in->own, slice_text("yes"));
  struct row row = {.exists = false};
  struct op op = {.table = schema_table(TABLE_activity), .row = in->given};
  TRY(partner_there(c, &c->id));
  TRY(c->store->ops->load_row(c->store, op.table, &op.row, &c->x->arena, &row));
  if (!row.exists) return fault_set(&c->fault, ERR_INVALID, "this hub has no activity with that id");
  TRY(check_owner(c, &row.values[COL(activity, partner)], own));
  op.units = 1U << op.table->columns[COL(activity, partner)].unit;
  if (own) op.values[COL(activity, partner)] = value_id(&c->id);
  TRY(acts_apply(c, &op, 1, "partner.activity", "activity", &in->given));
  return api_then(c, HTTP_READER, partner_answer);
}

err api_partner_activity(struct api_call *c) {
  struct partner_input *in;
  TRY(read_input(c, activity_input, COUNT(activity_input), &in));
  if (id_parse(&in->given, in->activity) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"activity\" must be an id of 32 hexadecimal digits");
  if (!slice_equal(in->own, slice_text("yes")) && !slice_equal(in->own, slice_text("no")))
    return fault_set(&c->fault, ERR_INVALID, "\"own\" is yes or no");
  return api_then(c, HTTP_WRITER, write_activity);
}
