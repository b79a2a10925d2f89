/* reports_test.c: reports through the API: figures, who sees how much, files, targets, and snapshots that
 * stay. */
#include <stdio.h>
#include <stdlib.h>

#include "server/api/report_call.h"
#include "server/core/reports.h"
#include "tests/contract/api/desk.h"

static struct ingest_world *const w = &ingest_world;

static void set_status(int status) {
  struct op op = {.table = schema_table(TABLE_session), .row = w->world.strings_today, .units = 1U << 2};
  op.values[COL(session, status)] = value_int(status);
  hub_world_put(&w->host, &op);
}

static void close_register(void) {
  struct op op = {.table = schema_table(TABLE_register), .units = 3};
  crypto_row_id(&op.row, TABLE_register, &w->world.strings_today, 1);
  op.values[COL(register, session)] = value_id(&w->world.strings_today);
  op.values[COL(register, state)] = value_int(ENUM_register_state_closed);
  op.values[COL(register, at)] = value_int(uk_instant(w->world.today, 17 * 60));
  test_device_write(&w->device, &w->world.ada, &op);
}

/* Two here, one away: a bundle brings it, and the figure is another one. */
static void take(void) {
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_L);
  ingest_mark(&w->device, &w->world.ada, &w->world.li, ENUM_mark_code_AU);
  close_register();
  (void)ingest_bring(&w->device);
  set_status(ENUM_session_status_delivered);
  hub_host_pass(&w->host, INT64_C(8) * 3600000);
  desk_return(ENUM_role_office);
}

static void a_register_that_came_is_in_the_next_figure(void **state) {
  (void)state;
  desk_get("/api/reports/table?report=attendance&by=hub");
  desk_fine();
  assert_int_equal(desk_number("total.whole"), 0);
  take();
  desk_get("/api/reports/table?report=attendance&by=hub");
  desk_fine();
  assert_int_equal(desk_number("total.part"), 2);
  assert_int_equal(desk_number("total.whole"), 3);
  desk_get("/api/reports/table?report=punctuality&by=kind");
  assert_int_equal(desk_number("total.part"), 1);
  assert_int_equal(desk_number("total.whole"), 2);
  desk_get("/api/reports/table?report=completeness&by=school");
  assert_int_equal(desk_number("total.part"), 1);
  assert_int_equal(desk_number("total.whole"), 2); /* the other one is missing */
}

static void the_lead_sees_no_small_number_and_no_activity(void **state) {
  (void)state;
  take();
  desk_return(ENUM_role_lead);
  desk_get("/api/reports/table?report=attendance&by=school");
  desk_fine();
  assert_true(desk_is("total.hidden"));
  assert_null(desk_at("total.part"));
  assert_null(desk_at("rows.0.part"));
  desk_get("/api/reports/table?report=attendance&by=activity&school=none");
  desk_expect(403, "FORBIDDEN");
  desk_return(ENUM_role_office);
  desk_get("/api/reports/table?report=attendance&by=activity&school=none");
  desk_fine();
  assert_int_equal(desk_number("rows.0.whole"), 3);
  assert_string_equal(desk_text("rows.0.name"), "Strings");
}

static void what_cannot_be_is_said_in_words(void **state) {
  (void)state;
  static const char *const wrong[] = {"/api/reports/table",
                                      "/api/reports/table?report=nothing",
                                      "/api/reports/table?report=attendance&by=colour",
                                      "/api/reports/table?report=longevity&by=school",
                                      "/api/reports/table?report=attendance&by=activity",
                                      "/api/reports/table?report=attendance&period=1066",
                                      "/api/reports/table?report=attendance&school=x",
                                      "/api/reports/export?report=attendance&format=pdf",
                                      "/api/targets?year=2026-09-07x"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    desk_get(wrong[i]);
    desk_expect(400, "INVALID");
  }
  desk_get("/api/reports/table?report=attendance&period=2026-09-07");
  desk_expect(404, "NOT_FOUND");
}

static void put_term(const char *name, int month, int d, int32_t days) {
  struct op op = {.table = schema_table(TABLE_term), .units = 7};
  int32_t starts = date_to_days((struct date){2026, (uint8_t)month, (uint8_t)d});
  crypto_import_id(&op.row, &w->host.hub.id, "term", slice_text(name));
  op.values[COL(term, name)] = value_text(slice_text(name));
  op.values[COL(term, starts)] = value_int(starts);
  op.values[COL(term, ends)] = value_int(starts + days);
  hub_world_put(&w->host, &op);
}

/* Some counties begin in August: their autumn term is of the school year it runs into, under its own name. */
static void a_term_that_begins_in_august_is_of_the_year_it_runs_into(void **state) {
  (void)state;
  put_term("Autumn", 8, 27, 112);
  put_term("Autumn, second half", 11, 2, 46);
  take();
  desk_get("/api/reports/table?report=attendance&by=hub&period=2026-08-27");
  desk_fine();
  assert_string_equal(desk_text("period"), "Autumn");
  assert_string_equal(desk_text("from"), "2026-08-27");
  assert_int_equal(desk_number("total.whole"), 3);
  desk_get("/api/reports/table?report=tuition&by=hub&period=2026-08-27");
  assert_int_equal(desk_number("total.whole"), 2); /* who came in the school year */
  desk_get("/api/reports/table?report=attendance&by=hub&period=2025");
  assert_int_equal(desk_number("total.whole"), 0);
  desk_get("/api/reports/table?report=attendance&by=term&period=2026");
  desk_fine();
  assert_string_equal(desk_text("rows.0.name"), "Autumn, second half");
  assert_int_equal(desk_number("total.whole"), 3);
}

static void ask_every_cut(const struct report *r, const char *more) {
  for (int by = 0; by < BY_END; by++) {
    char target[160];
    if (!(r->by >> by & 1)) continue;
    snprintf(target, sizeof target, "/api/reports/%sreport=%s&by=%s&period=2040%s", more, r->name,
             report_by_word((enum report_by)by), by == BY_ACTIVITY ? "&school=none" : "");
    desk_get(target);
    if (desk.status != 200) fail_msg("%s: %u", target, desk.status);
  }
}

/* As on the first day of a hub. */
static void every_report_of_a_year_without_anything_is_there(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  for (int r = 0; r < REPORT_END; r++) {
    ask_every_cut(&reports[r], "table?");
    ask_every_cut(&reports[r], "export?format=csv&");
    ask_every_cut(&reports[r], "export?format=xlsx&");
  }
  desk_get("/api/reports/return?period=2040&format=csv");
  desk_fine();
  desk_send("/api/snapshots/save", json_pack("{s:s, s:s}", "title", "The first day", "period", "2040"));
  desk_fine();
}

static void a_target_is_the_leads_and_says_how_far_it_is(void **state) {
  (void)state;
  take();
  json_t *target = json_pack("{s:s, s:i, s:i}", "report", "out_of_school", "year", 2026, "goal", 450);
  desk_post("/api/targets/set", target);
  desk_expect(403, "FORBIDDEN");
  desk_return(ENUM_role_lead);
  desk_post("/api/targets/set", target);
  desk_fine();
  json_decref(target);
  desk_return(ENUM_role_office);
  desk_get("/api/targets?year=2026");
  desk_fine();
  assert_int_equal(desk_count("targets"), 1);
  assert_int_equal(desk_number("targets.0.goal"), 450);
  assert_int_equal(desk_number("targets.0.whole"), 2);
  assert_string_equal(desk_text("targets.0.state"), "not_yet");
  assert_string_equal(desk_text("targets.0.measure"), "number");
  assert_string_equal(desk_text("targets.0.function"), "inclusion");
  assert_true(strlen(desk_text("targets.0.who")) > 0);
  desk_return(ENUM_role_lead);
  desk_send("/api/targets/set", json_pack("{s:s, s:i}", "report", "out_of_school", "year", 2026));
  desk_get("/api/targets?year=2026");
  assert_int_equal(desk_count("targets"), 0);
}

static void set_target(const char *report, const char *measure, int goal, int baseline) {
  json_t *body = json_pack("{s:s, s:i, s:s, s:i, s:s}", "report", report, "year", 2026, "measure", measure,
                           "goal", goal, "note", "As agreed with the board.");
  if (baseline) json_object_set_new(body, "baseline", json_integer(baseline));
  desk_send("/api/targets/set", body);
}

static void a_target_may_be_a_number_growth_or_a_share_and_nothing_else(void **state) {
  (void)state;
  take();
  desk_return(ENUM_role_lead);
  set_target("attendance", "share", 60, 0);
  desk_fine();
  set_target("completeness", "growth", 50, 2);
  desk_fine();
  set_target("punctuality", "share", 101, 0);
  desk_expect(400, "INVALID");
  set_target("owed", "share", 50, 0);
  desk_expect(400, "INVALID");
  set_target("tuition", "growth", 50, 0);
  desk_expect(400, "INVALID");
  set_target("tuition", "number", 50, 40);
  desk_expect(400, "INVALID");
  set_target("tuition", "colour", 50, 0);
  desk_expect(400, "INVALID");
  desk_return(ENUM_role_office);
  desk_get("/api/targets?year=2026");
  assert_int_equal(desk_count("targets"), 2);
  assert_string_equal(desk_text("targets.0.report"), "completeness"); /* in the order of the reports */
  assert_string_equal(desk_text("targets.0.state"), "not_yet");       /* 1 is no growth on 2 */
  assert_int_equal(desk_number("targets.0.baseline"), 2);
  assert_string_equal(desk_text("targets.1.state"), "met"); /* 2 of 3 */
  assert_string_equal(desk_text("targets.1.note"), "As agreed with the board.");
  desk_return(ENUM_role_lead);
  desk_get("/api/targets?year=2026");
  assert_string_equal(desk_text("targets.1.state"), "hidden"); /* of three children */
  desk_return(ENUM_role_admin);
  desk_get("/api/audit");
  assert_non_null(strstr(desk.text, "attendance 2026 share 60"));
}

/* The lead sets targets: one judged by the exact number would tell it to whoever tries every goal. */
static void a_target_is_judged_by_what_is_shown(void **state) {
  (void)state;
  for (int64_t truth = 1100 - 9; truth <= 1100 + 9; truth++)
    for (int offset = 0; offset < report_small; offset++) {
      const struct report_target t = {.measure = TARGET_NUMBER, .goal = 1100};
      struct report_table now = {.rounded = true, .total = {.part = (truth + offset) / 5 * 5}};
      enum target_state judged = target_judge(&t, &now);
      assert_true(judged == TARGET_NEAR || judged == (truth >= 1100 ? TARGET_MET : TARGET_NOT_YET));
      now.total.part = truth, now.rounded = false;
      assert_int_equal(target_judge(&t, &now), truth >= 1100 ? TARGET_MET : TARGET_NOT_YET);
    }
}

static bool is_met(enum target_measure measure, int64_t goal, int64_t baseline, int64_t part, int64_t whole) {
  const struct report_target t = {.measure = measure, .goal = goal, .baseline = baseline};
  const struct report_table now = {.total = {.part = part, .whole = whole}};
  return target_judge(&t, &now) == TARGET_MET;
}

/* (n - n0) / n0 of at least ten per cent; a share of those of whom it is known. */
static void growth_and_share_are_met_at_their_edge_and_not_before(void **state) {
  (void)state;
  assert_false(is_met(TARGET_GROWTH, 10, 40, 43, 43));
  assert_true(is_met(TARGET_GROWTH, 10, 40, 44, 44));
  assert_false(is_met(TARGET_GROWTH, 10, 45, 49, 49)); /* 8.9 per cent */
  assert_true(is_met(TARGET_GROWTH, 10, 45, 50, 50));
  assert_false(is_met(TARGET_SHARE, 20, 0, 9, 50));
  assert_true(is_met(TARGET_SHARE, 20, 0, 10, 50));
  assert_false(is_met(TARGET_SHARE, 20, 0, 0, 0)); /* of nobody it is known */
}

static char *load(const char *path) {
  desk_get(path);
  desk_fine();
  char *text = strdup(desk.text);
  assert_non_null(text);
  return text;
}

static void a_late_register_changes_the_figure_and_not_the_snapshot(void **state) {
  (void)state;
  struct id id;
  desk_send("/api/snapshots/save", json_pack("{s:s, s:s, s:s}", "title", "Autumn", "words", "A quiet term.",
                                             "words_schools", "Three new ones."));
  desk_fine();
  assert_int_equal(id_parse(&id, slice_text(desk_text("id"))), ERR_OK);
  char *before = load(desk_path("/api/snapshots/", &id));
  take();
  char *after = load(desk_path("/api/snapshots/", &id));
  assert_string_equal(before, after);
  assert_int_equal(desk_count("functions"), 5);
  assert_string_equal(desk_text("functions.1.words"), "Three new ones.");
  assert_int_equal(desk_count("before"), 2);
  assert_string_equal(desk_text("before.0.period"), "2024/25");
  desk_get("/api/reports/table?report=attendance");
  assert_int_equal(desk_number("total.whole"), 3);
  char name[id_text_bytes];
  id_text(name, &id);
  desk_send("/api/snapshots/save",
            json_pack("{s:s, s:s, s:s}", "title", "Of another year", "adjusts", name, "period", "2025"));
  desk_expect(400, "INVALID");
  desk_send("/api/snapshots/save", json_pack("{s:s, s:s}", "title", "Autumn, adjusted", "adjusts", name));
  desk_fine();
  assert_string_not_equal(desk_text("id"), name);
  desk_get("/api/snapshots");
  assert_int_equal(desk_count("snapshots"), 2);
  assert_string_equal(desk_text("snapshots.0.adjusts"), name);
  desk_send("/api/snapshots/save",
            json_pack("{s:s, s:s}", "title", "Of nothing", "adjusts", "000000000000000000000000000000aa"));
  desk_expect(404, "NOT_FOUND");
  desk_send("/api/snapshots/save", json_pack("{s:s, s:s}", "title", "The first year", "period", "2001"));
  desk_fine();
  assert_int_equal(id_parse(&id, slice_text(desk_text("id"))), ERR_OK);
  desk_get(desk_path("/api/snapshots/", &id));
  assert_int_equal(desk_count("before"), 1); /* there is no year before 2000 */
  free(before);
  free(after);
}

/* More schools than a snapshot has rows for, all at once. */
static void put_many_schools(void) {
  struct office_result result;
  struct arena a = ARENA_INIT(1 << 26);
  struct op *ops = arena_take(&a, snapshot_rows_max + 1, sizeof *ops);
  assert_non_null(ops);
  for (int i = 0; i <= snapshot_rows_max; i++) {
    char ref[12];
    (void)snprintf(ref, sizeof ref, "%d", i);
    ops[i] = (struct op){.table = schema_table(TABLE_school), .units = 3};
    crypto_import_id(&ops[i].row, &w->host.hub.id, "school", slice_text(ref));
    ops[i].values[COL(school, name)] = value_text(slice_text("Sample School"));
  }
  assert_int_equal(office_apply(&result, &w->host.hub, w->host.store, &w->host.now, &w->host.hub.id, ops,
                                snapshot_rows_max + 1, false, &a, NULL),
                   ERR_OK);
  arena_finish(&a);
}

static const json_t *table_of_snapshot(const char *report, const char *by) {
  size_t i;
  const json_t *one;
  json_array_foreach(desk_at("tables"), i, one) {
    if (strcmp(json_string_value(json_object_get(one, "report")), report) == 0 &&
        strcmp(json_string_value(json_object_get(one, "by")), by) == 0)
      return one;
  }
  fail_msg("no table of %s by %s", report, by);
  return NULL;
}

static void a_snapshot_of_very_many_schools_keeps_their_sum_and_not_each_of_them(void **state) {
  (void)state;
  struct id id;
  put_many_schools();
  desk_send("/api/snapshots/save", json_pack("{s:s}", "title", "A large hub"));
  desk_fine();
  assert_int_equal(id_parse(&id, slice_text(desk_text("id"))), ERR_OK);
  desk_get(desk_path("/api/snapshots/", &id));
  desk_fine();
  assert_true(desk.text_len < 1000000);
  const json_t *schools = table_of_snapshot("coverage", "school"),
               *area = table_of_snapshot("coverage", "area");
  assert_int_equal(json_integer_value(json_object_get(schools, "left_out")), snapshot_rows_max + 1);
  assert_int_equal(json_array_size(json_object_get(schools, "rows")), 0);
  assert_int_equal(json_integer_value(json_object_get(json_object_get(schools, "total"), "whole")),
                   snapshot_rows_max + 1);
  assert_int_equal(json_array_size(json_object_get(area, "rows")), 1);
  assert_null(json_object_get(area, "left_out"));
  desk_get("/api/reports/table?report=coverage&by=school");
  assert_int_equal(desk_count("rows"), snapshot_rows_max + 1);
}

static void sessions_lead_to_the_rows(void **state) {
  (void)state;
  take();
  desk_get(desk_path("/api/reports/sessions?activity=", &w->world.strings));
  desk_fine();
  assert_int_equal(desk_count("sessions"), 1);
  assert_int_equal(desk_number("sessions.0.here"), 2);
  assert_int_equal(desk_number("sessions.0.away"), 1);
  assert_string_equal(desk_text("sessions.0.register"), "closed");
}

/* A school as it may come from anywhere, and a lesson in it. */
static struct id put_school(const char *name, const char *area) {
  struct op op = {.table = schema_table(TABLE_school), .units = 7};
  crypto_import_id(&op.row, &w->host.hub.id, "school", slice_text(name));
  op.values[COL(school, name)] = value_text(slice_text(name));
  op.values[COL(school, area)] = value_text(slice_text(area));
  hub_world_put(&w->host, &op);
  struct op at = {.table = schema_table(TABLE_activity), .row = w->world.strings, .units = 1U << 3};
  at.values[COL(activity, school)] = value_id(&op.row);
  hub_world_put(&w->host, &at);
  return op.row;
}

static void a_file_is_for_excel_and_holds_no_formula(void **state) {
  (void)state;
  struct id school = put_school("=1+1, \"Sample\" School", "@North");
  take();
  desk_get("/api/reports/export?report=attendance&by=school&format=csv");
  desk_fine();
  assert_string_equal(desk.file_name, "attendance-school-2026-27.csv");
  assert_string_equal(desk.text,
                      "\xEF\xBB\xBF\"School\",\"Area\",\"Here or late\",\"Marked\",\"Per cent\"\r\n"
                      "\"'=1+1, \"\"Sample\"\" School\",\"'@North\",\"2\",\"3\",\"66.7\"\r\n"
                      "\"All\",,\"2\",\"3\",\"66.7\"\r\n");
  desk_get("/api/reports/export?report=attendance&by=school&format=xlsx");
  desk_fine();
  assert_string_equal(desk.file_name, "attendance-school-2026-27.xlsx");
  assert_true(desk.text_len > 1000);
  assert_memory_equal(desk.text, "PK\x03\x04", 4);
  desk_get(desk_path("/api/reports/lessons?school=", &school));
  desk_fine();
  assert_non_null(strstr(desk.text, "\"60\",\"Strings\",\"Ensemble\",,\"Delivered\""));
  char target[160];
  snprintf(target, sizeof target, "%s&period=2026&format=xlsx",
           desk_path("/api/reports/lessons?school=", &school));
  desk_get(target);
  desk_fine();
  assert_memory_equal(desk.text, "PK\x03\x04", 4);
  desk_return(ENUM_role_lead);
  desk_get(desk_path("/api/reports/lessons?school=", &school));
  desk_expect(403, "FORBIDDEN");
  desk_get("/api/reports/export?report=attendance&by=school");
  desk_fine();
  assert_non_null(strstr(desk.text, "\"not shown\""));
  assert_null(strstr(desk.text, "66.7"));
}

/* Jo has a lesson at a school, which was cancelled with notice. */
static void lessons_owed_go_down_to_the_enrolment_and_the_lead_sees_schools_alone(void **state) {
  (void)state;
  struct id school = put_school("Sample School", "North");
  struct op op = {.table = schema_table(TABLE_activity), .row = w->world.strings, .units = 1U << 2};
  op.values[COL(activity, mode)] = value_int(ENUM_mode_small);
  hub_world_put(&w->host, &op);
  struct op contract = {.table = schema_table(TABLE_contract), .units = 7};
  crypto_import_id(&contract.row, &w->host.hub.id, "contract", slice_text("1"));
  contract.values[COL(contract, school)] = value_id(&school);
  contract.values[COL(contract, starts)] = value_int(w->world.today - 60);
  contract.values[COL(contract, notice_days)] = value_int(7);
  hub_world_put(&w->host, &contract);
  set_status(ENUM_session_status_cancelled);
  hub_host_pass(&w->host, INT64_C(8) * 3600000);
  desk_return(ENUM_role_office);
  desk_get("/api/owed");
  desk_fine();
  assert_int_equal(desk_number("schools.0.counts.owed"), 3); /* three places, one lesson */
  assert_int_equal(desk_number("schools.0.counts.no_cause"), 3);
  assert_int_equal(desk_number("schools.0.notice_days"), 7);
  assert_int_equal(desk_number("schools.0.lessons_a_year"), -1);
  desk_get(desk_path("/api/owed/school/", &school));
  desk_fine();
  assert_int_equal(desk_count("enrolments"), 3);
  assert_int_equal(desk_number("enrolments.0.counts.owed"), 1);
  assert_true(strlen(desk_text("enrolments.0.learner_name")) > 1);
  desk_get(desk_path("/api/owed/statement/", &school));
  desk_fine();
  assert_int_equal(desk_count("lessons"), 1);
  assert_string_equal(desk_text("lessons.0.status"), "cancelled");
  assert_null(strstr(desk.text, "Zo"));
  desk_get(desk_path("/api/owed/school/", &w->world.zoe));
  desk_expect(404, "NOT_FOUND");
  desk_return(ENUM_role_lead);
  desk_get("/api/owed");
  desk_fine();
  desk_get(desk_path("/api/owed/school/", &school));
  desk_expect(403, "FORBIDDEN");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_register_that_came_is_in_the_next_figure),
      TEST(the_lead_sees_no_small_number_and_no_activity),
      TEST(what_cannot_be_is_said_in_words),
      TEST(a_term_that_begins_in_august_is_of_the_year_it_runs_into),
      TEST(every_report_of_a_year_without_anything_is_there),
      TEST(a_target_is_the_leads_and_says_how_far_it_is),
      TEST(a_target_may_be_a_number_growth_or_a_share_and_nothing_else),
      TEST(a_target_is_judged_by_what_is_shown),
      TEST(growth_and_share_are_met_at_their_edge_and_not_before),
      TEST(a_late_register_changes_the_figure_and_not_the_snapshot),
      TEST(a_snapshot_of_very_many_schools_keeps_their_sum_and_not_each_of_them),
      TEST(sessions_lead_to_the_rows),
      TEST(lessons_owed_go_down_to_the_enrolment_and_the_lead_sees_schools_alone),
      TEST(a_file_is_for_excel_and_holds_no_formula),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
