/* activities.c: what meets: the list with what each lacks, one with who teaches, who comes and when, and the
 * list as a file that an import takes back. */
#include "server/api/activities.h"

#include <stdio.h>

#include "server/api/access.h"
#include "server/api/input.h"
#include "server/api/shape.h"
#include "server/api/sheet.h"
#include "server/core/reports.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

#define AT(member) offsetof(struct view_activity_line, member)
static const struct shape_field line_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"version", SHAPE_LONG, AT(version), 0, NULL, NULL},
    {"ref", SHAPE_TEXT, AT(ref), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"mode", SHAPE_ENUM, AT(mode), 0, "mode", NULL},
    {"setting", SHAPE_ENUM, AT(setting), 0, "setting", NULL},
    {"family", SHAPE_ENUM, AT(family), 0, "family", NULL},
    {"level", SHAPE_ENUM, AT(level), 0, "level", NULL},
    {"genre", SHAPE_TEXT, AT(genre), 0, NULL, NULL},
    {"school", SHAPE_SOME_ID, AT(school), 0, NULL, NULL},
    {"school_name", SHAPE_TEXT, AT(school_name), 0, NULL, NULL},
    {"place", SHAPE_TEXT, AT(place), 0, NULL, NULL},
    {"partner", SHAPE_SOME_ID, AT(partner), 0, NULL, NULL},
    {"partner_name", SHAPE_TEXT, AT(partner_name), 0, NULL, NULL},
    {"tutors", SHAPE_TEXT, AT(tutors), 0, NULL, NULL},
    {"staff_count", SHAPE_COUNT, AT(staff), 0, NULL, NULL},
    {"meeting_count", SHAPE_COUNT, AT(meetings), 0, NULL, NULL},
    {"ends", SHAPE_DAY, AT(ends), 0, NULL, NULL},
    {"learner_count", SHAPE_CHILDREN, AT(learners), 0, NULL, NULL},
};
#undef AT
static const struct shape line_shape = SHAPE_OF(view_activity_line, line_fields);
/* For who sees numbers of children only in reports. */
static const struct shape offer_shape = SHAPE_WITHOUT_CHILDREN(view_activity_line, line_fields);

#define AT(member) offsetof(struct view_activity_staff, member)
static const struct shape_field staff_fields[] = {
    {"staff", SHAPE_ID, AT(staff), 0, NULL, NULL},         {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"role", SHAPE_ENUM, AT(role), 0, "grant_role", NULL}, {"starts", SHAPE_DATE, AT(starts), 0, NULL, NULL},
    {"ends", SHAPE_DAY, AT(ends), 0, NULL, NULL},          {"left", SHAPE_BOOL, AT(left), 0, NULL, NULL},
};
#undef AT
static const struct shape staff_shape = SHAPE_OF(view_activity_staff, staff_fields);

#define AT(member) offsetof(struct view_activity_learner, member)
static const struct shape_field learner_fields[] = {
    {"id", SHAPE_ID, AT(enrolment), 0, NULL, NULL},
    {"learner", SHAPE_ID, AT(learner), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"year_group", SHAPE_TEXT, AT(year_group), 0, NULL, NULL},
    {"school", SHAPE_TEXT, AT(school_name), 0, NULL, NULL},
    {"status", SHAPE_TEXT, AT(status), 0, NULL, NULL},
    {"instrument", SHAPE_TEXT, AT(instrument), 0, NULL, NULL},
    {"section", SHAPE_TEXT, AT(section), 0, NULL, NULL},
    {"starts", SHAPE_DATE, AT(starts), 0, NULL, NULL},
    {"ends", SHAPE_DAY, AT(ends), 0, NULL, NULL},
    {"disputed", SHAPE_BOOL, AT(disputed), 0, NULL, NULL},
    {"version", SHAPE_LONG, AT(version), 0, NULL, NULL},
};
#undef AT
static const struct shape learner_shape = SHAPE_OF(view_activity_learner, learner_fields);

#define AT(member) offsetof(struct view_activity_time, member)
static const struct shape_field time_fields[] = {
    {"weekday", SHAPE_SMALL, AT(weekday), 0, NULL, NULL},
    {"starts", SHAPE_MINUTE, AT(starts), 0, NULL, NULL},
    {"ends", SHAPE_MINUTE, AT(ends), 0, NULL, NULL},
    {"staff", SHAPE_SOME_ID, AT(staff), 0, NULL, NULL},
    {"staff_name", SHAPE_TEXT, AT(staff_name), 0, NULL, NULL},
    {"place", SHAPE_TEXT, AT(place), 0, NULL, NULL},
    {"first", SHAPE_DATE, AT(first), 0, NULL, NULL},
    {"last", SHAPE_DATE, AT(last), 0, NULL, NULL},
    {"meetings", SHAPE_COUNT, AT(meetings), 0, NULL, NULL},
};
#undef AT
static const struct shape time_shape = SHAPE_OF(view_activity_time, time_fields);

static const struct shape *seen(const struct api_call *c) {
  return c->login.roles & ROWS ? &line_shape : &offer_shape;
}

/* ---- the list ---- */

struct looking {
  struct slice find, school, mode, setting, family, level, from, to, lack, when, after;
  uint32_t limit;
  struct activities_wanted wanted;
};
#define FIELD(member) offsetof(struct looking, member)
static const struct input_field looking_fields[] = {
    {"find", INPUT_TEXT, false, 200, FIELD(find)},
    {"school", INPUT_TEXT, false, 32, FIELD(school)},
    {"mode", INPUT_TEXT, false, 20, FIELD(mode)},
    {"setting", INPUT_TEXT, false, 20, FIELD(setting)},
    {"family", INPUT_TEXT, false, 20, FIELD(family)},
    {"level", INPUT_TEXT, false, 20, FIELD(level)},
    {"from", INPUT_TEXT, false, 10, FIELD(from)},
    {"to", INPUT_TEXT, false, 10, FIELD(to)},
    {"without", INPUT_TEXT, false, 10, FIELD(lack)},
    {"when", INPUT_TEXT, false, 10, FIELD(when)},
    {"after", INPUT_TEXT, false, 32, FIELD(after)},
    {"limit", INPUT_NUMBER, false, activities_shown_max, FIELD(limit)},
};

/* One of a few words; -1: none of them. */
static int word_of(struct slice text, const char *const words[], size_t count) {
  if (text.len == 0) return 0;
  for (size_t i = 0; i < count; i++)
    if (slice_equal(text, slice_text(words[i]))) return (int)i;
  return -1;
}

static err read_school(struct api_call *c, struct slice text, struct activities_wanted *w) {
  w->no_school = slice_equal(text, slice_text("none"));
  if (text.len == 0 || w->no_school || id_parse(&w->school, text) == ERR_OK) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "\"school\" is a school's id, or none");
}

static err read_wanted(struct api_call *c, struct looking *in) {
  static const char *const lacks[] = {"", "staff", "learners"}, *const whens[] = {"now", "ended", "all"};
  struct activities_wanted *w = &in->wanted;
  int lack = word_of(in->lack, lacks, COUNT(lacks)), when = word_of(in->when, whens, COUNT(whens));
  w->text = in->find;
  TRY(read_school(c, in->school, w));
  TRY(acts_word(c, "mode", "mode", in->mode, &w->mode));
  TRY(acts_word(c, "setting", "setting", in->setting, &w->setting));
  TRY(acts_word(c, "family", "family", in->family, &w->family));
  TRY(acts_word(c, "level", "level", in->level, &w->level));
  TRY(acts_day(c, "from", in->from, &w->from));
  TRY(acts_day(c, "to", in->to, &w->to));
  if (w->from && w->to == 0)
    return fault_set(&c->fault, ERR_INVALID, "\"from\" needs \"to\": the last of the days");
  if (lack < 0) return fault_set(&c->fault, ERR_INVALID, "\"without\" is staff or learners");
  if (when < 0) return fault_set(&c->fault, ERR_INVALID, "\"when\" is now, ended or all");
  w->lack = (enum activity_lack)lack;
  w->when = (enum activity_when)when;
  /* From how many children come of it the lead could tell where nobody does. */
  if (w->lack == ACTIVITY_NO_LEARNERS && !(c->login.roles & ROWS))
    return fault_set(&c->fault, ERR_FORBIDDEN, "your role sees numbers of children only in reports");
  return ERR_OK;
}

err api_activities_list(struct api_call *c) {
  struct looking in = {.limit = activities_shown_max};
  struct view_activities found;
  char next[id_text_bytes];
  TRY(input_read(c, looking_fields, COUNT(looking_fields), &in));
  TRY(read_wanted(c, &in));
  in.wanted.limit = in.limit;
  bool known = in.after.len == 0 || id_parse(&in.wanted.after, in.after) == ERR_OK;
  err e =
      known ? views_activity_lines(c->store, &in.wanted, acts_today(c), &c->x->arena, &found) : ERR_NOT_FOUND;
  if (e == ERR_NOT_FOUND)
    return fault_set(&c->fault, ERR_INVALID, "\"after\" must be the \"next\" of the page before");
  TRY(e);
  id_text(next, &found.next);
  return api_answer(c,
                    json_pack("{s:o, s:I, s:o}", "activities", shape_list(seen(c), found.list, found.count),
                              "total", (json_int_t)found.total, "next",
                              id_is_zero(&found.next) ? json_null() : json_string(next)));
}

/* ---- the list as a file: with the heads that an import reads, and beside them what only people read ---- */

static void put_word(struct sheet *s, const char *vocabulary, uint8_t number) {
  const char *label = schema_enum_label(schema_enum(vocabulary), number);
  sheet_text(s, slice_text(label ? label : ""));
}

static void put_line(struct sheet *s, const struct view_activity_line *line, bool counts) {
  sheet_text(s, line->ref);
  sheet_text(s, line->name);
  put_word(s, "mode", line->mode);
  put_word(s, "setting", line->setting);
  put_word(s, "family", line->family);
  sheet_text(s, line->genre);
  put_word(s, "level", line->level);
  sheet_text(s, line->school_urn);
  sheet_text(s, line->place);
  if (line->ends)
    sheet_day(s, line->ends);
  else
    sheet_empty(s);
  sheet_text(s, line->partner_ref);
  sheet_text(s, line->school_name);
  sheet_text(s, line->partner_name);
  sheet_text(s, line->tutors);
  if (counts) sheet_number(s, line->learners, 0);
  sheet_row(s);
}

static err export_audited(struct api_call *c) {
  return audit_add(c->store, c->x->now.wall_ms, &c->login.user, "export.activities", NULL);
}

err api_activities_file(struct api_call *c) {
  static const char *const heads[] = {"ref",         "name",   "mode",       "setting", "family",
                                      "genre",       "level",  "school_urn", "place",   "ends",
                                      "partner_ref", "School", "Partner",    "Tutors",  "Learners"};
  struct looking in = {.school = c->parameters[0],
                       .mode = c->parameters[1],
                       .setting = c->parameters[2],
                       .when = c->parameters[3],
                       .lack = c->parameters[4],
                       .from = c->parameters[5],
                       .to = c->parameters[6]};
  enum sheet_format format = sheet_format_named(c->parameters[7]);
  bool counts = c->login.roles & ROWS;
  struct view_activities found;
  struct sheet *s;
  char called[sheet_name_bytes];
  if (format == SHEET_UNKNOWN) return fault_set(&c->fault, ERR_INVALID, "\"format\" is csv or xlsx");
  TRY(read_wanted(c, &in));
  in.wanted.whole = true;
  TRY(views_activity_lines(c->store, &in.wanted, acts_today(c), &c->x->arena, &found));
  TRY(sheet_begin(c, &s, format, "Activities"));
  for (size_t i = 0; i < COUNT(heads) - !counts; i++) sheet_text(s, slice_text(heads[i]));
  sheet_row(s);
  for (size_t i = 0; i < found.count; i++) put_line(s, &found.list[i], counts);
  sheet_called(called, "activities", slice_text(""), slice_text(""));
  TRY(sheet_answer(c, s, format, called));
  return api_then(c, HTTP_WRITER, export_audited);
}

/* ---- one ---- */

err activity_load(struct api_call *c, const struct id *activity, struct row *out) {
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_activity), activity, &c->x->arena, out));
  return out->exists ? ERR_OK : fault_set(&c->fault, ERR_NOT_FOUND, "this hub has no activity with that id");
}

static err detail_json(struct api_call *c, json_t **out) {
  struct view_activity_detail d;
  bool rows = c->login.roles & ROWS;
  err e = views_activity(c->store, &c->id, acts_today(c), &c->x->arena, &d);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "this hub has no activity with that id");
  TRY(e);
  json_t *body = shape_object(seen(c), &d.line);
  int failed = !body || json_object_set_new(body, "staff", shape_list(&staff_shape, d.staff, d.staff_count));
  failed |= !body || json_object_set_new(body, "times", shape_list(&time_shape, d.times, d.time_count));
  if (rows)
    failed |= !body ||
              json_object_set_new(body, "learners", shape_list(&learner_shape, d.learners, d.learner_count));
  *out = body;
  if (!failed) return ERR_OK;
  json_decref(body);
  return ERR_NO_MEMORY;
}

/* Who comes is named in it, so a look is in the audit; what the lead sees names no child. */
err api_activity(struct api_call *c) {
  json_t *body = NULL;
  TRY(detail_json(c, &body));
  return c->login.roles & ROWS ? api_answer_audited(c, body, "activity.read") : api_answer(c, body);
}

err activity_answer(struct api_call *c) {
  json_t *body = NULL;
  TRY(detail_json(c, &body));
  return api_answer(c, body);
}
