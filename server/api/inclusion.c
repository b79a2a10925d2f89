/* inclusion.c: what is known of learners one by one: for the office alone, and every look is in the audit
 * before anybody sees it. And the yearly return, which is made of it. */
#include "server/core/inclusion.h"

#include <stdio.h>

#include "server/api/acts.h"
#include "server/api/input.h"
#include "server/api/report_call.h"
#include "server/api/shape.h"
#include "server/api/sheet.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* ---- one learner's own row ---- */

static json_t *word_json(const struct row *row, size_t column) {
  const struct value *v = &row->values[column];
  const char *word =
      v->kind == VALUE_INT ? schema_enum_word(row->table->columns[column].vocabulary, v->i) : NULL;
  return word ? json_string(word) : json_null();
}

static json_t *inclusion_json(const struct row *row) {
  static const size_t words[] = {COL(inclusion, fsm), COL(inclusion, pupil_premium),
                                 COL(inclusion, cla), COL(inclusion, send),
                                 COL(inclusion, sex), COL(inclusion, remission)};
  char learner[id_text_bytes], day[date_text_bytes] = "";
  const struct value *as_at = &row->values[COL(inclusion, as_at)],
                     *ethnicity = &row->values[COL(inclusion, ethnicity)];
  id_text(learner, &row->values[COL(inclusion, learner)].id);
  if (as_at->kind == VALUE_INT) date_text(day, (int32_t)as_at->i);
  json_t *out = json_pack("{s:s, s:b, s:s?, s:o}", "learner", learner, "known", (int)row->exists, "as_at",
                          day[0] ? day : NULL, "ethnicity",
                          ethnicity->kind == VALUE_TEXT ? shape_text(ethnicity->text) : json_null());
  for (size_t i = 0; out && i < COUNT(words); i++)
    (void)json_object_set_new(out, row->table->columns[words[i]].name, word_json(row, words[i]));
  return out;
}

static err load(struct api_call *c, struct row *out) {
  struct row learner;
  struct id row;
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_learner), &c->id, &c->x->arena, &learner));
  if (!learner.exists) return fault_set(&c->fault, ERR_NOT_FOUND, "this hub has no learner with that id");
  crypto_row_id(&row, TABLE_inclusion, &c->id, 1);
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_inclusion), &row, &c->x->arena, out));
  if (!out->exists) out->values[COL(inclusion, learner)] = value_id(&c->id);
  return ERR_OK;
}

err api_inclusion(struct api_call *c) {
  struct row row = {.table = schema_table(TABLE_inclusion)};
  TRY(load(c, &row));
  return api_answer_audited(c, inclusion_json(&row), "inclusion.read");
}

struct said {
  struct slice as_at, ethnicity, words[6];
  int32_t day;
  uint8_t numbers[6];
};
#define FIELD(member) offsetof(struct said, member)
static const struct input_field said_input[] = {
    {"as_at", INPUT_TEXT, true, 10, FIELD(as_at)},
    {"ethnicity", INPUT_TEXT, false, 60, FIELD(ethnicity)},
    {"fsm", INPUT_TEXT, false, 10, FIELD(words[0])},
    {"pupil_premium", INPUT_TEXT, false, 10, FIELD(words[1])},
    {"cla", INPUT_TEXT, false, 10, FIELD(words[2])},
    {"send", INPUT_TEXT, false, 10, FIELD(words[3])},
    {"sex", INPUT_TEXT, false, 10, FIELD(words[4])},
    {"remission", INPUT_TEXT, false, 10, FIELD(words[5])},
};
static const struct {
  const char *name, *vocabulary;
  size_t column;
} said_words[] = {
    {"fsm", "answer", COL(inclusion, fsm)}, {"pupil_premium", "answer", COL(inclusion, pupil_premium)},
    {"cla", "answer", COL(inclusion, cla)}, {"send", "send", COL(inclusion, send)},
    {"sex", "sex", COL(inclusion, sex)},    {"remission", "remission", COL(inclusion, remission)}};

/* What is newer takes the place of what is older; what is older is refused, so that nobody takes it for what
 * is in force. */
static err set_step(struct api_call *c) {
  const struct said *in = c->own;
  struct row row = {.table = schema_table(TABLE_inclusion)};
  struct op op = {.table = schema_table(TABLE_inclusion), .units = 3};
  TRY(load(c, &row));
  const struct value *held = &row.values[COL(inclusion, as_at)];
  if (held->kind == VALUE_INT && held->i > in->day)
    return fault_set(&c->fault, ERR_CONFLICT, "the hub holds what is newer than that day");
  crypto_row_id(&op.row, TABLE_inclusion, &c->id, 1);
  op.values[COL(inclusion, learner)] = value_id(&c->id);
  op.values[COL(inclusion, as_at)] = value_int(in->day);
  if (in->ethnicity.len) op.values[COL(inclusion, ethnicity)] = value_text(in->ethnicity);
  for (size_t i = 0; i < COUNT(said_words); i++)
    if (in->numbers[i]) op.values[said_words[i].column] = value_int(in->numbers[i]);
  TRY(acts_apply(c, &op, 1, "inclusion.set", "learner", &c->id));
  return api_then(c, HTTP_READER, api_inclusion);
}

err api_inclusion_set(struct api_call *c) {
  struct said *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, said_input, COUNT(said_input), in));
  for (size_t i = 0; i < COUNT(said_words); i++)
    TRY(acts_word(c, said_words[i].name, said_words[i].vocabulary, in->words[i], &in->numbers[i]));
  TRY(acts_day(c, "as_at", in->as_at, &in->day));
  if (in->day == 0 || in->day > acts_today(c))
    return fault_set(&c->fault, ERR_INVALID, "\"as_at\" is the day of which it is known, which is past");
  return api_then(c, HTTP_WRITER, set_step);
}

/* ---- the learners behind a figure ---- */

#define AT(member) offsetof(struct inclusion_line, member)
static const struct shape_field line_fields[] = {
    {"learner", SHAPE_ID, AT(learner), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"last_name", SHAPE_TEXT, AT(last_name), 0, NULL, NULL},
    {"as_at", SHAPE_DAY, AT(as_at), 0, NULL, NULL},
    {"disadvantaged", SHAPE_ENUM, AT(disadvantaged), 0, "answer", NULL},
    {"fsm", SHAPE_ENUM, AT(fsm), 0, "answer", NULL},
    {"pupil_premium", SHAPE_ENUM, AT(pupil_premium), 0, "answer", NULL},
    {"cla", SHAPE_ENUM, AT(cla), 0, "answer", NULL},
    {"send", SHAPE_ENUM, AT(send), 0, "send", NULL},
    {"sex", SHAPE_ENUM, AT(sex), 0, "sex", NULL},
    {"remission", SHAPE_ENUM, AT(remission), 0, "remission", NULL},
    {"ethnicity", SHAPE_TEXT, AT(ethnicity), 0, NULL, NULL},
};
#undef AT
static const struct shape line_shape = SHAPE_OF(inclusion_line, line_fields);

static err answer_learners(struct api_call *c) {
  const struct report_call *r = c->own;
  struct inclusion_line *list = NULL;
  struct slice school = slice_text("No school");
  size_t count = 0;
  TRY(inclusion_learners(c->store, &r->ask, &c->x->arena, &list, &count));
  if (!id_is_zero(&r->ask.school))
    TRY(views_row_name(c->store, TABLE_school, &r->ask.school, &c->x->arena, &school));
  c->id = r->ask.school;
  return api_answer_audited(c,
                            json_pack("{s:o, s:o, s:o}", "period", shape_text(r->period_name), "school",
                                      shape_text(school), "learners", shape_list(&line_shape, list, count)),
                            "inclusion.list");
}

static err period(struct api_call *c, struct slice text, struct report_call **out) {
  struct report_call *r = arena_take(&c->x->arena, 1, sizeof *r);
  if (!r) return ERR_NO_MEMORY;
  c->own = *out = r;
  return report_period_read(c, text, &r->ask, &r->period_name);
}

err api_report_learners(struct api_call *c) {
  struct report_call *r;
  TRY(period(c, c->parameters[0], &r));
  bool none = slice_equal(c->parameters[1], slice_text("none"));
  if (!none && id_parse(&r->ask.school, c->parameters[1]) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"school\" is a school's id, or none");
  return report_when_fresh(c, r, answer_learners);
}

/* ---- the return ---- */

static const char *const return_heads[] = {"URN",
                                           "School",
                                           "Area",
                                           "Learners",
                                           "Reception",
                                           "Key stage 1",
                                           "Key stage 2",
                                           "Key stage 3",
                                           "Key stage 4",
                                           "Key stage 5",
                                           "Female",
                                           "Male",
                                           "Sex: another or not known",
                                           "Part remission",
                                           "Full remission",
                                           "Remission: not known",
                                           "Free school meals",
                                           "Pupil premium",
                                           "Pupil premium: not known",
                                           "Looked after",
                                           "SEN support",
                                           "EHC plan",
                                           "SEND: not known"};

static void put_return(struct sheet *s, const struct inclusion_return *one) {
  sheet_text(s, one->urn);
  sheet_text(s, one->name.len ? one->name : slice_text("No school"));
  sheet_text(s, one->area);
  for (size_t i = 0; i < inclusion_counts; i++) sheet_number(s, (double)one->counts[i], 0);
  sheet_row(s);
}

static err audit_return(struct api_call *c) {
  return audit_add(c->store, c->x->now.wall_ms, &c->login.user, "inclusion.export", "return");
}

static err answer_return(struct api_call *c) {
  const struct report_call *r = c->own;
  struct inclusion_return *list = NULL, all = {.name = slice_text("All")};
  size_t count = 0;
  struct sheet *s;
  enum sheet_format format = sheet_format_named(c->parameters[1]);
  TRY(inclusion_returns(c->store, &r->ask, &c->x->arena, &list, &count));
  TRY(sheet_begin(c, &s, format, "Return"));
  for (size_t i = 0; i < COUNT(return_heads); i++) sheet_text(s, slice_text(return_heads[i]));
  sheet_row(s);
  for (size_t i = 0; i < count; i++) {
    put_return(s, &list[i]);
    for (size_t k = 0; k < inclusion_counts; k++) all.counts[k] += list[i].counts[k];
  }
  put_return(s, &all);
  report_say_lacking(s, &r->ask);
  char called[sheet_name_bytes];
  sheet_called(called, "return", slice_text(""), r->period_name);
  TRY(sheet_answer(c, s, format, called));
  return api_then(c, HTTP_WRITER, audit_return);
}

err api_report_return(struct api_call *c) {
  struct report_call *r;
  if (sheet_format_named(c->parameters[1]) == SHEET_UNKNOWN)
    return fault_set(&c->fault, ERR_INVALID, "\"format\" is csv or xlsx");
  TRY(period(c, c->parameters[0], &r));
  r->ask.report = REPORT_disadvantaged; /* its learners, who came to something in the year */
  return report_when_fresh(c, r, answer_return);
}

/* ---- what counts as disadvantage ---- */

static const char *const sign_words[] = {"fsm", "pupil_premium", "cla"};

json_t *disadvantaged_json(uint32_t signs) {
  json_t *out = json_array();
  for (size_t i = 0; i < COUNT(sign_words); i++)
    if (signs >> i & 1) (void)json_array_append_new(out, json_string(sign_words[i]));
  return out;
}

struct choosing {
  struct input_texts words;
  uint32_t signs;
};
static const struct input_field signs_input[] = {
    {"signs", INPUT_TEXTS, true, 3, offsetof(struct choosing, words)},
};

static err signs_step(struct api_call *c) {
  const struct choosing *in = c->own;
  struct store *s = c->store;
  char detail[32];
  (void)snprintf(detail, sizeof detail, "signs=%u", (unsigned)in->signs);
  TRY(s->ops->begin(s));
  err e = disadvantaged_save(s, in->signs);
  if (e == ERR_OK) e = s->ops->audit(s, c->x->now.wall_ms, &c->login.user, "disadvantage.set", detail);
  if (e == ERR_OK) e = s->ops->commit(s);
  if (e != ERR_OK) s->ops->rollback(s);
  return e == ERR_OK ? api_answer(c, json_pack("{s:o}", "signs", disadvantaged_json(in->signs))) : e;
}

/* The office's and not the lead's: from figures of several settings the lead could work out single children.
 */
err api_report_signs(struct api_call *c) {
  struct choosing *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, signs_input, COUNT(signs_input), in));
  for (size_t i = 0; i < in->words.count; i++)
    for (size_t k = 0; k < COUNT(sign_words); k++)
      if (slice_equal(in->words.list[i], slice_text(sign_words[k]))) in->signs |= 1U << k;
  if (in->signs == 0)
    return fault_set(&c->fault, ERR_INVALID, "\"signs\" names one at least of fsm, pupil_premium and cla");
  return api_then(c, HTTP_WRITER, signs_step);
}
