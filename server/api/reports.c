/* reports.c: which reports there are, one table of one, the same as a file, and the sessions behind it. */
#include <stdio.h>

#include "server/api/own.h"
#include "server/api/report_call.h"
#include "server/api/shape.h"
#include "server/api/sheet.h"
#include "server/core/inclusion.h"
#include "server/core/partners.h"

static json_t *period_json(const struct report_period *p) {
  char from[date_text_bytes], to[date_text_bytes];
  date_text(from, p->from);
  date_text(to, p->to);
  return json_pack("{s:o, s:s, s:s}", "name", shape_text(p->name), "from", from, "to", to);
}

err api_reports(struct api_call *c) {
  struct report_period *terms;
  size_t count;
  uint32_t signs;
  TRY(reports_terms(c->store, &c->x->arena, &terms, &count));
  TRY(disadvantaged_load(c->store, &signs));
  json_t *list = json_array(), *periods = json_array(), *functions = json_array();
  for (size_t i = 0; i < REPORT_END; i++)
    if (!report_own_alone(c) || report_is_own(&reports[i]))
      json_array_append_new(list, report_json(&reports[i], report_own_alone(c)));
  for (size_t i = 0; i < count; i++) json_array_append_new(periods, period_json(&terms[i]));
  for (size_t i = 0; i < FUNCTION_END; i++)
    json_array_append_new(functions, json_pack("{s:s, s:s}", "name", report_functions[i].name, "title",
                                               report_functions[i].title));
  return api_answer(c, json_pack("{s:o, s:o, s:o, s:o}", "reports", list, "terms", periods, "functions",
                                 functions, "signs", disadvantaged_json(signs)));
}

/* ---- one table ---- */

/* The table is made, given to `take`, and gone: of a hub with many schools it is larger than what a request
 * may keep. A partner sees its own registers, name by name. */
static err with_table(struct api_call *c, err (*take)(struct api_call *c)) {
  struct report_call *r = c->own;
  struct arena a = ARENA_INIT(report_bytes_max);
  bool small = !report_sees_rows(c, &reports[r->ask.report]) && !report_own_alone(c);
  err e = report_table_load(c, &r->ask, small, &a, &r->table);
  if (e == ERR_OK) e = take(c);
  arena_finish(&a);
  r->table = (struct report_table){.count = 0};
  return e;
}

static err give_table(struct api_call *c) {
  const struct report_call *r = c->own;
  err e = api_answer(c, report_table_json(&r->ask, r->period_name, &r->table));
  if (e != ERR_TOO_BIG) return e;
  return fault_set(&c->fault, e,
                   "a table of %zu rows is more than one answer holds: cut it by area, or take it as CSV",
                   r->table.count);
}

static err answer_table(struct api_call *c) { return with_table(c, give_table); }

err api_report_table(struct api_call *c) {
  TRY(report_call_read(c));
  return report_when_fresh(c, c->own, answer_table);
}

/* ---- as a file ---- */

static void put_words(struct sheet *s, const char *words) { sheet_text(s, slice_text(words)); }

static void put_share(struct sheet *s, const struct report_row *row) {
  sheet_number(s, (double)row->whole, 0);
  if (row->whole > 0)
    sheet_number(s, 100.0 * (double)row->part / (double)row->whole, 1);
  else
    sheet_empty(s);
}

static void put_parity(struct sheet *s, const struct report_row *row) {
  sheet_number(s, (double)row->of, 0);
  if (row->whole > 0 && row->beside > 0)
    sheet_number(s, (double)row->part * (double)row->of / ((double)row->whole * (double)row->beside), 2);
  else
    sheet_empty(s);
}

static void put_row(struct sheet *s, const struct report *report, const struct report_row *row, bool areas) {
  sheet_text(s, row->name);
  if (areas) sheet_text(s, row->area);
  if (row->hidden) {
    put_words(s, "not shown"); /* small itself, or it covers one that is */
    sheet_row(s);
    return;
  }
  sheet_number(s, (double)row->part, 0);
  if (report->shape == REPORT_RATE || report->shape == REPORT_RATIO) put_share(s, row);
  if (report_beside(report)) sheet_number(s, (double)row->beside, 0);
  if (report->shape == REPORT_RATIO) put_parity(s, row);
  sheet_row(s);
}

static void put_table(struct sheet *s, const struct report_call *r) {
  const struct report *report = &reports[r->ask.report];
  static const char *const heads[BY_END] = {"Hub",   "Term",  "Area",    "School", "Activity", "Kind",
                                            "Phase", "Stage", "Partner", "Group",  "Line"};
  bool lines = r->ask.by == BY_LINE;
  bool areas = lines || r->ask.by == BY_SCHOOL || (r->ask.by == BY_AREA && report->whose == OF_PEOPLE);
  struct report_row total = r->table.total;
  total.name = slice_text("All");
  put_words(s, heads[report->whose == OF_PEOPLE ? BY_PEOPLE : r->ask.by]);
  if (areas) put_words(s, lines ? "Function" : "Area");
  put_words(s, report->part);
  if (report->shape == REPORT_RATE || report->shape == REPORT_RATIO) {
    put_words(s, report->whole);
    put_words(s, "Per cent");
  }
  if (report_beside(report)) put_words(s, report_beside(report));
  if (report->shape == REPORT_RATIO) {
    put_words(s, "Everybody there");
    put_words(s, "Parity");
  }
  sheet_row(s);
  for (size_t i = 0; i < r->table.count; i++) put_row(s, report, &r->table.rows[i], areas);
  if (report->whose != OF_PEOPLE && !lines) put_row(s, report, &total, areas); /* those overlap */
  if (r->table.rounded) {
    put_words(s, "Numbers are rounded to a multiple of five, up or down.");
    sheet_row(s);
  }
  report_say_lacking(s, &r->ask);
}

static err answer_audited_file(struct api_call *c) {
  return audit_add(c->store, c->x->now.wall_ms, &c->login.user, "report.export", c->action);
}

static err give_file(struct api_call *c) {
  const struct report_call *r = c->own;
  enum sheet_format format = sheet_format_named(c->parameters[4]);
  struct sheet *s;
  TRY(sheet_begin(c, &s, format, "Report"));
  put_table(s, r);
  char called[sheet_name_bytes];
  sheet_called(called, reports[r->ask.report].name, c->parameters[1], r->period_name);
  TRY(sheet_answer(c, s, format, called));
  c->action = reports[r->ask.report].name;
  return api_then(c, HTTP_WRITER, answer_audited_file);
}

static err answer_export(struct api_call *c) { return with_table(c, give_file); }

static err check_format(struct api_call *c, struct slice word) {
  if (sheet_format_named(word) != SHEET_UNKNOWN) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "\"format\" is csv or xlsx");
}

err api_report_export(struct api_call *c) {
  TRY(check_format(c, c->parameters[4]));
  TRY(report_call_read(c));
  return report_when_fresh(c, c->own, answer_export);
}

/* ---- the sessions behind it ---- */

#define AT(member) offsetof(struct report_session, member)
static const struct shape_field session_fields[] = {
    {"session", SHAPE_ID, AT(session), 0, NULL, NULL},
    {"activity", SHAPE_NAME, AT(activity_name), 0, NULL, NULL},
    {"staff", SHAPE_TEXT, AT(staff_name), 0, NULL, NULL},
    {"date", SHAPE_DATE, AT(date), 0, NULL, NULL},
    {"starts", SHAPE_MINUTE, AT(starts), 0, NULL, NULL},
    {"status", SHAPE_ENUM, AT(status), 0, "session_status", NULL},
    {"cause", SHAPE_ENUM, AT(cause), 0, "cancel_cause", NULL},
    {"notice_days", SHAPE_MINUTE, AT(notice_days), 0, NULL, NULL},
    {"closure", SHAPE_TEXT, AT(closure), 0, NULL, NULL},
    {"register", SHAPE_ENUM, AT(register_state), 0, "register_state", NULL},
    {"makeup", SHAPE_BOOL, AT(makeup), 0, NULL, NULL},
    {"minutes", SHAPE_MINUTE, AT(minutes), 0, NULL, NULL},
    {"kind", SHAPE_ENUM, AT(mode), 0, "mode", NULL},
    {"here", SHAPE_SIGNED, AT(here), 0, NULL, NULL},
    {"away", SHAPE_SIGNED, AT(away), 0, NULL, NULL},
};
#undef AT
static const struct shape session_shape = SHAPE_OF(report_session, session_fields);

json_t *report_sessions_json(const struct report_session *list, size_t count) {
  return shape_list(&session_shape, list, count);
}

err api_report_sessions(struct api_call *c) {
  struct report_ask ask = {.by = BY_HUB};
  struct report_session *list;
  struct slice name;
  struct id activity;
  size_t count;
  if (id_parse(&activity, c->parameters[0]) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"activity\" is an activity's id");
  TRY(report_period_read(c, c->parameters[1], &ask, &name));
  TRY(reports_sessions(c->store, &activity, NULL, ask.from, ask.to, &c->x->arena, &list, &count));
  c->id = activity;
  return api_answer_audited(c, json_pack("{s:o}", "sessions", report_sessions_json(list, count)),
                            "report.rows");
}

/* ---- what a school was given: one line a session ---- */

static void put_enum(struct sheet *s, const char *vocabulary, int64_t n) {
  const char *label = schema_enum_label(schema_enum(vocabulary), n);
  sheet_text(s, slice_text(label ? label : ""));
}

/* Nobody met, because the school, or everything, was closed: neither due nor owed. */
static bool is_shut(const struct report_session *one) {
  return one->closure.len && one->status == ENUM_session_status_scheduled && one->register_state == 0;
}

static void put_session(struct sheet *s, const struct report_session *one) {
  char starts[8];
  snprintf(starts, sizeof starts, "%02d:%02d", one->starts / 60 % 24, one->starts % 60);
  sheet_day(s, one->date);
  sheet_text(s, slice_text(starts));
  sheet_number(s, one->minutes, 0);
  sheet_text(s, one->activity_name);
  put_enum(s, "mode", one->mode);
  sheet_text(s, one->staff_name);
  if (is_shut(one))
    put_words(s, "Closed");
  else
    put_enum(s, "session_status", one->status);
  put_enum(s, "cancel_cause", one->cause);
  if (one->notice_days >= 0)
    sheet_number(s, one->notice_days, 0);
  else
    sheet_empty(s);
  put_words(s, one->makeup ? "Make-up" : "");
  sheet_text(s, one->closure);
  sheet_row(s);
}

static err put_lessons(struct api_call *c, struct sheet *s, const struct id *activity,
                       const struct id *school, const struct report_ask *ask) {
  struct report_session *list;
  size_t count;
  TRY(reports_sessions(c->store, activity, school, ask->from, ask->to, &c->x->arena, &list, &count));
  for (size_t i = 0; i < count; i++) put_session(s, &list[i]);
  return ERR_OK;
}

static err open_lessons(struct api_call *c, struct sheet **out, enum sheet_format format) {
  static const char *const heads[] = {"Date",           "Begins",  "Minutes",   "Activity",
                                      "Kind",           "Tutor",   "Status",    "Cancelled",
                                      "Days of notice", "Make-up", "Closed day"};
  TRY(sheet_begin(c, out, format, "Lessons"));
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) put_words(*out, heads[i]);
  sheet_row(*out);
  return ERR_OK;
}

/* A sheet that cannot be filled is closed all the same: nothing else frees it. */
static err answer_lessons(struct api_call *c, struct sheet *s, enum sheet_format format, struct slice whose,
                          struct slice period, err filled) {
  char called[sheet_name_bytes];
  sheet_called(called, "lessons", whose, period);
  err e = sheet_answer(c, s, format, called);
  TRY(filled);
  TRY(e);
  c->action = "lessons";
  return api_then(c, HTTP_WRITER, answer_audited_file);
}

err api_report_lessons(struct api_call *c) {
  struct report_ask ask = {.by = BY_HUB};
  struct slice name, whose;
  struct id school;
  struct sheet *s;
  enum sheet_format format = sheet_format_named(c->parameters[2]);
  TRY(check_format(c, c->parameters[2]));
  if (id_parse(&school, c->parameters[0]) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"school\" is a school's id");
  TRY(report_period_read(c, c->parameters[1], &ask, &name));
  TRY(views_row_name(c->store, TABLE_school, &school, &c->x->arena, &whose));
  TRY(open_lessons(c, &s, format));
  return answer_lessons(c, s, format, whose, name, put_lessons(c, s, NULL, &school, &ask));
}

/* Which activities: those of the partner that the office names, or a partner's own. */
static err statement_activities(struct api_call *c, struct id **out, size_t *count) {
  struct partner_detail detail = {.activity_count = 0};
  struct id partner;
  if (!(c->login.roles & ROWS)) return partner_owns(c->store, &c->login.user, &c->x->arena, out, count);
  if (id_parse(&partner, c->parameters[0]) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"partner\" is a partner's id");
  TRY(partner_read(c->store, 0, &partner, &c->x->arena, &detail));
  *out = arena_take(&c->x->arena, detail.activity_count + 1, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  for (*count = 0; *count < detail.activity_count; ++*count) (*out)[*count] = detail.activities[*count].id;
  return ERR_OK;
}

err api_report_statement(struct api_call *c) {
  struct report_ask ask = {.by = BY_HUB};
  struct slice name;
  struct id *own = NULL;
  size_t count = 0;
  struct sheet *s;
  enum sheet_format format = sheet_format_named(c->parameters[2]);
  TRY(check_format(c, c->parameters[2]));
  TRY(report_period_read(c, c->parameters[1], &ask, &name));
  TRY(statement_activities(c, &own, &count));
  TRY(open_lessons(c, &s, format));
  err e = ERR_OK;
  for (size_t i = 0; e == ERR_OK && i < count; i++) e = put_lessons(c, s, &own[i], NULL, &ask);
  return answer_lessons(c, s, format, slice_text(""), name, e);
}
