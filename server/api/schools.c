/* schools.c: the schools, one with what is taught, agreed and seen there, its visits as a file, and the
 * office's corrections of a visit. */
#include <stdio.h>

#include "server/api/access.h"
#include "server/api/acts.h"
#include "server/api/input.h"
#include "server/api/partners.h"
#include "server/api/shape.h"
#include "server/api/sheet.h"
#include "server/core/partners.h"
#include "server/core/views_schools.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

#define AT(member) offsetof(struct view_school, member)
static const struct shape_field school_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"urn", SHAPE_TEXT, AT(urn), 0, NULL, NULL},
    {"la", SHAPE_TEXT, AT(la), 0, NULL, NULL},
    {"area", SHAPE_TEXT, AT(area), 0, NULL, NULL},
    {"activity_count", SHAPE_COUNT, AT(activities), 0, NULL, NULL},
    {"visit_count", SHAPE_COUNT, AT(visits), 0, NULL, NULL},
    {"award", SHAPE_ENUM, AT(award), 0, "award", NULL},
};
#undef AT
static const struct shape school_shape = SHAPE_OF(view_school, school_fields);

#define AT(member) offsetof(struct view_school_activity, member)
static const struct shape_field activity_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"mode", SHAPE_ENUM, AT(mode), 0, "mode", NULL},
    {"learners", SHAPE_CHILDREN, AT(learners), 0, NULL, NULL},
};
#undef AT
static const struct shape activity_shape = SHAPE_OF(view_school_activity, activity_fields);
/* For who sees numbers of children only in reports. */
static const struct shape offer_shape = SHAPE_WITHOUT_CHILDREN(view_school_activity, activity_fields);

#define AT(member) offsetof(struct view_visit, member)
#define RAG(name)                                                                                            \
  { #name, SHAPE_ENUM, AT(rag) + COL(visit, name) - COL(visit, curriculum), 0, "rag", NULL }
static const struct shape_field visit_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"date", SHAPE_DATE, AT(date), 0, NULL, NULL},
    {"staff", SHAPE_TEXT, AT(staff_name), 0, NULL, NULL},
    {"status", SHAPE_ENUM, AT(status), 0, "visit_status", NULL},
    RAG(curriculum),
    RAG(tuition),
    RAG(ensembles),
    RAG(performing),
    RAG(inclusion),
    RAG(leadership),
    {"proposed", SHAPE_ENUM, AT(proposed), 0, "award", NULL},
    {"award", SHAPE_ENUM, AT(award), 0, "award", NULL},
    {"priority_1", SHAPE_TEXT, AT(priorities[0]), 0, NULL, NULL},
    {"priority_2", SHAPE_TEXT, AT(priorities[1]), 0, NULL, NULL},
    {"priority_3", SHAPE_TEXT, AT(priorities[2]), 0, NULL, NULL},
    {"summary", SHAPE_TEXT, AT(summary), 0, NULL, NULL},
    {"conflict", SHAPE_BOOL, AT(conflict), 0, NULL, NULL},
};
#undef RAG
#undef AT
static const struct shape visit_shape = SHAPE_OF(view_visit, visit_fields);

static int32_t today(const struct api_call *c) {
  int32_t date, minute;
  uk_civil(c->x->now.wall_ms, &date, &minute);
  return date;
}

static json_t *day_or_null(int32_t day) {
  char text[date_text_bytes];
  if (day == 0) return json_null();
  date_text(text, day);
  return json_string(text);
}

static json_t *school_json(const struct view_school *s) {
  json_t *out = shape_object(&school_shape, s);
  const char *phase = schema_enum_label(schema_enum("phase"), s->phase);
  int failed = !out || json_object_set_new(out, "last_visit", day_or_null(s->last_visit));
  failed |= !out || json_object_set_new(out, "phase", phase ? json_string(phase) : json_null());
  if (!failed) return out;
  json_decref(out);
  return NULL;
}

err api_schools(struct api_call *c) {
  struct view_school *list;
  size_t count;
  TRY(views_schools(c->store, today(c), &c->x->arena, &list, &count));
  json_t *out = json_array();
  for (size_t i = 0; i < count; i++) (void)json_array_append_new(out, school_json(&list[i]));
  return api_answer(c, json_pack("{s:o, s:i}", "schools", out, "most", (int)schools_listed_max));
}

/* ---- one ---- */

static err look(struct api_call *c, const struct id *school, struct view_school_detail *out) {
  err e = views_school(c->store, school, today(c), &c->x->arena, out);
  return e == ERR_NOT_FOUND ? fault_set(&c->fault, e, "this hub has no school with that id") : e;
}

static json_t *count_or_null(int32_t n) { return n < 0 ? json_null() : json_integer(n); }

static json_t *contracts_json(const struct view_school_detail *d) {
  json_t *out = json_array();
  for (size_t i = 0; i < d->contract_count; i++) {
    const struct view_contract *k = &d->contracts[i];
    char id[id_text_bytes];
    id_text(id, &k->id);
    (void)json_array_append_new(
        out, json_pack("{s:s, s:I, s:o, s:o, s:o, s:o}", "id", id, "version", (json_int_t)k->version,
                       "starts", day_or_null(k->starts), "ends", day_or_null(k->ends), "lessons_a_year",
                       count_or_null(k->lessons_a_year), "notice_days", count_or_null(k->notice_days)));
  }
  return out;
}

static err answer_school(struct api_call *c, const struct id *school) {
  struct view_school_detail d;
  struct partner_detail agreed;
  TRY(look(c, school, &d));
  TRY(partner_read_school(c->store, today(c), school, &c->x->arena, &agreed));
  const struct shape *shape = c->login.roles & ROWS ? &activity_shape : &offer_shape;
  json_t *out = school_json(&d.summary);
  int failed = json_object_set_new(out, "contracts", contracts_json(&d));
  failed |= json_object_set_new(out, "activities", shape_list(shape, d.activities, d.activity_count));
  failed |= json_object_set_new(out, "visits", shape_list(&visit_shape, d.visits, d.visit_count));
  failed |= json_object_set_new(
      out, "agreements", shape_list(&partner_agreement_shape, agreed.agreements, agreed.agreement_count));
  failed |= json_object_set_new(out, "surveys",
                                shape_list(&partner_survey_shape, agreed.surveys, agreed.survey_count));
  if (failed == 0) return api_answer(c, out);
  json_decref(out);
  return ERR_NO_MEMORY;
}

err school_answer(struct api_call *c) { return answer_school(c, &c->id); }
err api_school(struct api_call *c) { return school_answer(c); }

err school_there(struct api_call *c, const struct id *school) {
  struct row row;
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_school), school, &c->x->arena, &row));
  return row.exists ? ERR_OK : fault_set(&c->fault, ERR_NOT_FOUND, "this hub has no school with that id");
}

/* ---- its visits as a file ---- */

static void put_label(struct sheet *s, const char *vocabulary, uint8_t number) {
  const char *label = schema_enum_label(schema_enum(vocabulary), number);
  sheet_text(s, slice_text(label ? label : ""));
}

static void put_visit(struct sheet *s, const struct view_school *school, const struct view_visit *v) {
  sheet_text(s, school->urn);
  sheet_text(s, school->name);
  sheet_day(s, v->date);
  sheet_text(s, v->staff_name);
  put_label(s, "visit_status", v->status);
  for (size_t i = 0; i < visit_items; i++) put_label(s, "rag", v->rag[i]);
  put_label(s, "award", v->award ? v->award : v->proposed);
  for (size_t i = 0; i < COUNT(v->priorities); i++) sheet_text(s, v->priorities[i]);
  sheet_text(s, v->summary);
  sheet_text(s, slice_text(v->conflict ? "Yes" : ""));
  sheet_row(s);
}

static err export_audited(struct api_call *c) {
  char text[id_text_bytes], detail[64];
  id_text(text, c->own);
  (void)snprintf(detail, sizeof detail, "school=%s", text);
  return audit_add(c->store, c->x->now.wall_ms, &c->login.user, "export.visits", detail);
}

err api_school_visits(struct api_call *c) {
  static const char *const heads[] = {"URN",        "School",       "Date",       "Visitor",    "State",
                                      "Curriculum", "Tuition",      "Ensembles",  "Performing", "Inclusion",
                                      "Leadership", "Award",        "Priority 1", "Priority 2", "Priority 3",
                                      "Summary",    "To be settled"};
  enum sheet_format format = sheet_format_named(c->parameters[1]);
  struct id *school = arena_take(&c->x->arena, 1, sizeof *school);
  struct view_school_detail d;
  struct sheet *s;
  if (!school) return ERR_NO_MEMORY;
  if (id_parse(school, c->parameters[0]) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"school\" is a school's id");
  if (format == SHEET_UNKNOWN) return fault_set(&c->fault, ERR_INVALID, "\"format\" is csv or xlsx");
  TRY(look(c, school, &d));
  TRY(sheet_begin(c, &s, format, "Visits"));
  for (size_t i = 0; i < COUNT(heads); i++) sheet_text(s, slice_text(heads[i]));
  sheet_row(s);
  for (size_t i = 0; i < d.visit_count; i++) put_visit(s, &d.summary, &d.visits[i]);
  char called[sheet_name_bytes];
  sheet_called(called, "visits", d.summary.name, slice_text(""));
  TRY(sheet_answer(c, s, format, called));
  c->own = school;
  return api_then(c, HTTP_WRITER, export_audited);
}

/* ---- a correction ---- */

struct correcting {
  struct slice words[visit_items + 1]; /* the items in their order, then the award */
  struct op op;
  struct id school;
};
#define WORD(name, at)                                                                                       \
  { name, INPUT_TEXT, false, 16, offsetof(struct correcting, words) + (at) * sizeof(struct slice) }
static const struct input_field correct_fields[] = {
    WORD("curriculum", 0), WORD("tuition", 1),    WORD("ensembles", 2), WORD("performing", 3),
    WORD("inclusion", 4),  WORD("leadership", 5), WORD("award", 6),
};
#undef WORD

static err read_words(struct api_call *c, struct correcting *in) {
  in->op = (struct op){.table = schema_table(TABLE_visit), .row = c->id};
  for (size_t i = 0; i <= visit_items; i++) {
    size_t column = i < visit_items ? COL(visit, curriculum) + i : COL(visit, award);
    const struct column *at = &in->op.table->columns[column];
    if (in->words[i].len == 0) continue;
    int number = schema_enum_number(at->vocabulary, in->words[i]);
    if (number == 0)
      return fault_set(&c->fault, ERR_INVALID, "\"%s\" has no such word", correct_fields[i].name);
    in->op.values[column] = value_int(number);
    in->op.units |= 1U << at->unit;
  }
  return in->op.units ? ERR_OK : fault_set(&c->fault, ERR_INVALID, "say what is to be corrected");
}

static err answer_corrected(struct api_call *c) {
  const struct correcting *in = c->own;
  return answer_school(c, &in->school);
}

static err correct_step(struct api_call *c) {
  struct correcting *in = c->own;
  struct row row = {.exists = false};
  TRY(c->store->ops->load_row(c->store, in->op.table, &c->id, &c->x->arena, &row));
  if (!row.exists) return fault_set(&c->fault, ERR_NOT_FOUND, "this hub has no visit with that id");
  if (row.values[COL(visit, status)].i != ENUM_visit_status_final)
    return fault_set(&c->fault, ERR_CONFLICT,
                     "its visitor is still at it: a draft is theirs until it is finished");
  in->school = row.values[COL(visit, school)].id;
  TRY(acts_apply(c, &in->op, 1, "visit.correct", "visit", &c->id));
  c->x->changes.devices = true;
  return api_then(c, HTTP_READER, answer_corrected);
}

err api_visit_correct(struct api_call *c) {
  struct correcting *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, correct_fields, COUNT(correct_fields), in));
  TRY(read_words(c, in));
  return api_then(c, HTTP_WRITER, correct_step);
}
