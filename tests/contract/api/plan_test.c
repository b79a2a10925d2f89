/* plan_test.c: the small registers of the Local Plan through the API: what they ask and refuse, who sees
 * them, what is audited, and their lines in the report. What one register alone knows: plan_rules_test.c. */
#include <stdio.h>

#include "server/core/plan.h"
#include "tests/contract/api/plan_desk.h"

static struct ingest_world *const w = &ingest_world;

static void say(const char *text, const char *people) {
  plan_add("voice", json_pack("{s:s, s:s, s:s, s:s}", "date", "2026-10-01", "age_band", "from_11", "answers",
                              text, "people", people));
}

/* ---- voice ---- */

static void what_young_people_said_is_kept_without_a_name(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  say("More drums, please.", "12");
  struct id id = plan_answered();
  assert_string_equal(desk_text("values.answers"), "More drums, please.");
  assert_string_equal(desk_text("written_by"), "office person");
  uint8_t column;
  assert_false(schema_subject(schema_table(TABLE_voice), &column));
  desk_get("/api/plan/list?kind=voice");
  desk_fine();
  assert_int_equal(desk_count("entries"), 1);
  assert_int_equal(plan_line("Young people who were heard"), 12);
  assert_int_equal(plan_line("Of those, something changed"), 0);
  plan_correct(&id, "voice",
               json_pack("{s:s, s:s, s:s, s:s}", "date", "2026-10-01", "age_band", "from_11", "answers",
                         "More drums, please.", "changed", "There is a drum club."));
  desk_fine();
  assert_null(desk_text("values.people")); /* a correction says all of it */
  assert_int_equal(plan_line("Of those, something changed"), 1);
  plan_take_back(&id, "voice", "It was of another hub.");
  desk_fine();
  desk_get("/api/plan/list?kind=voice");
  assert_int_equal(desk_count("entries"), 0);
  assert_int_equal(plan_line("Times they were asked"), -1);
  plan_take_back(&id, "voice", "Again.");
  desk_expect(404, "NOT_FOUND");
  assert_int_equal(plan_audited("plan.add", "voice="), 1);
  assert_int_equal(plan_audited("plan.correct", "voice="), 1);
  assert_int_equal(plan_audited("plan.void", "voice="), 1);
}

static void what_somebody_corrected_meanwhile_is_not_written_over(void **state) {
  (void)state;
  char version[24];
  desk_return(ENUM_role_office);
  say("More drums, please.", "12");
  struct id id = plan_answered();
  snprintf(version, sizeof version, "%lld", desk_number("version"));
  json_t *body = json_pack("{s:s, s:s, s:{s:s, s:s, s:s}}", "kind", "voice", "version", version, "values",
                           "date", "2026-10-01", "age_band", "mixed", "answers", "Fewer drums, please.");
  desk_post(desk_path("/api/plan/correct/", &id), body);
  desk_fine();
  assert_string_equal(desk_text("values.age_band"), "mixed");
  desk_post(desk_path("/api/plan/correct/", &id), body);
  desk_expect(409, "CONFLICT");
  json_decref(body);
}

static void the_list_comes_in_pages_and_by_school_year(void **state) {
  (void)state;
  char target[160];
  desk_return(ENUM_role_office);
  for (int i = 0; i < plan_page_rows + 3; i++) {
    say("Something.", "6");
    desk_fine();
  }
  desk_get("/api/plan/list?kind=voice&period=2026");
  assert_int_equal(desk_count("entries"), plan_page_rows);
  snprintf(target, sizeof target, "/api/plan/list?kind=voice&after=%s", desk_text("next"));
  desk_get(target);
  desk_fine();
  assert_int_equal(desk_count("entries"), 3);
  assert_null(desk_text("next"));
  desk_get("/api/plan/list?kind=voice&period=2025");
  assert_int_equal(desk_count("entries"), 0);
  desk_get("/api/plan/list?kind=voice&period=all");
  assert_int_equal(desk_count("entries"), plan_page_rows);
  char etag[http_etag_bytes_max];
  snprintf(etag, sizeof etag, "%s", desk.etag);
  desk.if_none_match = etag;
  desk_get("/api/plan/list?kind=voice&period=all");
  desk.if_none_match = NULL;
  assert_int_equal(desk.status, 304);
  desk_get("/api/plan/list?kind=voice&after=2026-13-01.00000000000000000000000000000001");
  desk_expect(400, "INVALID");
}

static void bad_input_is_refused_in_words_and_changes_nothing(void **state) {
  (void)state;
  static const struct {
    const char *kind, *field, *text;
  } bad[] = {{"voice", "date", "2026-02-31"},
             {"voice", "age_band", "old"},
             {"voice", "people", "-3"},
             {"voice", "people", "5001"},
             {"voice", "learner", "anybody"},
             {"voice", "removed", "1"},
             {"voice", "answers", ""},
             {"voice", "activity", "xyz"},
             {"voice", "activity", "000000000000000000000000000000ff"}};
  desk_return(ENUM_role_office);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    json_t *values =
        json_pack("{s:s, s:s, s:s}", "date", "2026-10-01", "age_band", "mixed", "answers", "Yes.");
    json_object_set_new(values, bad[i].field, json_string(bad[i].text));
    plan_add(bad[i].kind, values);
    desk_expect(400, "INVALID");
  }
  plan_add("hats", json_pack("{}"));
  desk_expect(400, "INVALID");
  desk_send("/api/plan/add", json_pack("{s:s, s:s}", "kind", "voice", "values", "all"));
  desk_expect(400, "INVALID");
  desk_send("/api/plan/add", json_pack("{s:s, s:{s:[]}}", "kind", "voice", "values", "date"));
  desk_expect(400, "INVALID");
  desk_get("/api/plan/list?kind=hats");
  desk_expect(400, "INVALID");
  desk_get("/api/plan/list?kind=voice&school=1");
  desk_expect(400, "INVALID");
  desk_get("/api/plan/list?kind=voice");
  assert_int_equal(desk_count("entries"), 0);
}

/* ---- who sees what ---- */

static void registers_that_name_a_learner_are_the_offices_alone(void **state) {
  (void)state;
  size_t named = 0;
  for (size_t i = 0; i < PLAN_END; i++) {
    const struct plan_kind *kind = &plan_kinds[i];
    uint8_t column;
    bool about = schema_subject(schema_table(kind->table), &column);
    if (about != kind->named) fail_msg("%s: NAMED or OPEN in plan.def?", kind->title);
    named += about;
    if (about) assert_int_equal(kind->sees | kind->writes, 1U << (ENUM_role_office - 1));
    for (int role = ENUM_role_office; role <= ENUM_role_admin; role++) {
      char target[80];
      desk_return(role);
      snprintf(target, sizeof target, "/api/plan/list?kind=%s", schema_table(kind->table)->name);
      desk_get(target);
      bool sees = kind->sees >> (role - 1) & 1;
      if (sees != (desk.status == 200)) fail_msg("role %d and %s: %u", role, kind->title, desk.status);
      if (!sees) desk_expect(403, "FORBIDDEN");
      snprintf(target, sizeof target, "/api/plan/export?kind=%s", schema_table(kind->table)->name);
      desk_get(target);
      assert_int_equal(sees, desk.status == 200);
    }
    desk_return(ENUM_role_lead);
    plan_add(schema_table(kind->table)->name, json_object());
    desk_expect(kind->writes >> (ENUM_role_lead - 1) & 1 ? 400 : 403,
                kind->writes >> (ENUM_role_lead - 1) & 1 ? "INVALID" : "FORBIDDEN");
  }
  assert_int_equal(named, 6);
}

static void the_description_has_every_form_and_counts_what_one_sees(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  say("More drums, please.", "12");
  desk_fine();
  for (int role = ENUM_role_office; role <= ENUM_role_lead; role++) {
    desk_return(role);
    desk_get("/api/plan");
    desk_fine();
    assert_int_equal(desk_count("functions"), 5);
    assert_int_equal(desk_count("kinds"), PLAN_END);
    for (size_t i = 0; i < desk_count("kinds"); i++) {
      char place[48];
      snprintf(place, sizeof place, "kinds.%zu.name", i);
      bool voice = strcmp(desk_text(place), "voice") == 0;
      snprintf(place, sizeof place, "kinds.%zu.fields", i);
      assert_true(desk_count(place) >= 4);
      snprintf(place, sizeof place, "kinds.%zu.count", i);
      assert_int_equal(desk_number(place), voice ? 1 : plan_kinds[i].sees >> (role - 1) & 1 ? 0 : -1);
    }
  }
}

static void whatever_a_table_needs_its_form_asks_for(void **state) {
  (void)state;
  for (size_t k = 0; k < PLAN_END; k++) {
    const struct table *t = schema_table(plan_kinds[k].table);
    for (size_t i = COL(voice, removed_why) + 1; i < t->column_count; i++) {
      const struct plan_field *found = NULL;
      for (size_t f = 0; f < plan_field_count; f++)
        if (plan_fields[f].table == t->id && plan_fields[f].column == i) found = &plan_fields[f];
      if (!found) fail_msg("%s.%s has no FIELD in plan.def", t->name, t->columns[i].name);
      bool needs =
          t->columns[i].check.kind == CHECK_REQUIRED || t->columns[i].check.kind == CHECK_LENGTH_REQUIRED;
      if (needs && !found->needed) fail_msg("%s.%s is NEEDED", t->name, t->columns[i].name);
    }
  }
}

static void a_register_is_taken_as_a_file_with_names_and_labels(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  struct id cornet = plan_add_instrument("=1+1");
  plan_lend(&cornet, &w->world.zoe, "2026-09-07", NULL, "free");
  desk_fine();
  desk_get("/api/plan/export?kind=instrument_loan&format=csv");
  desk_fine();
  assert_string_equal(desk.file_name, "instrument-loan-2026-27.csv");
  assert_non_null(strstr(desk.text, "\"Due back\""));
  assert_non_null(strstr(desk.text, "Free to everybody"));
  assert_null(strstr(desk.text, plan_hex(&w->world.zoe)));
  assert_int_equal(plan_audited("plan.export", "instrument_loan"), 1);
  desk_get("/api/plan/export?kind=instrument&format=csv");
  assert_non_null(strstr(desk.text, "'=1+1"));
  desk_get("/api/plan/export?kind=instrument&format=pdf");
  desk_expect(400, "INVALID");
}

/* A file is read page by page, and ends where the register does. */
static void a_file_holds_more_entries_than_one_page_reads(void **state) {
  (void)state;
  enum { entries = 2 * plan_export_page_rows + 3 };
  char text[24];
  size_t lines = 0;
  bool seen[entries] = {false};
  desk_return(ENUM_role_office);
  for (int i = 0; i < entries; i++) { /* all of one day, so that pages end within it */
    snprintf(text, sizeof text, "Entry %d", i);
    say(text, "12");
    assert_int_equal(desk.status, 200);
  }
  desk_get("/api/plan/export?kind=voice&period=2026");
  desk_fine();
  for (char *line = strstr(desk.text, "\r\n"); line && line[2]; line = strstr(line + 2, "\r\n")) {
    const char *entry = strstr(line + 2, "\"Entry ");
    assert_non_null(entry);
    int n = atoi(entry + strlen("\"Entry "));
    assert_in_range(n, 0, entries - 1);
    assert_false(seen[n]);
    seen[n] = true;
    lines++;
  }
  assert_int_equal(lines, entries);
}

/* What the hub holds of a learner is in what they are given when they ask. */
static void a_learner_who_asks_gets_the_entries_too(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  struct id cornet = plan_add_instrument("C-4");
  plan_lend(&cornet, &w->world.zoe, "2026-09-07", NULL, NULL);
  desk_fine();
  plan_add("mentor", json_pack("{s:s, s:s, s:s}", "learner", plan_hex(&w->world.zoe), "part", "buddied",
                               "starts", "2026-09-07"));
  desk_fine();
  plan_add("purchase", json_pack("{s:s, s:s, s:s}", "learner", plan_hex(&w->world.zoe), "what", "Flute",
                                 "date", "2026-09-07"));
  desk_fine();
  plan_add("case_study", json_pack("{s:s, s:s, s:s, s:s}", "learner", plan_hex(&w->world.zoe), "title",
                                   "A year on", "text", "She plays.", "date", "2026-09-07"));
  desk_fine();
  plan_follow("y6_y7", "given");
  desk_fine();
  plan_add("destination", json_pack("{s:s, s:s, s:s}", "learner", plan_hex(&w->world.zoe), "date",
                                    "2026-09-07", "consent", "given"));
  desk_fine();
  desk_get(desk_path("/api/subject/", &w->world.zoe));
  desk_fine();
  static const char *const records[] = {"instrument_loan", "mentor",     "purchase",
                                        "case_study",      "transition", "destination"};
  for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
    char place[64];
    snprintf(place, sizeof place, "records.%s", records[i]);
    if (desk_count(place) != 1) fail_msg("%s is not in it", records[i]);
  }
  assert_string_equal(desk_text("records.instrument_loan.0.instrument"), "Cornet C-4");
}

/* ---- small numbers ---- */

static void only_the_office_sees_small_numbers_of_children_and_everybody_those_of_things(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  say("One.", "3");
  desk_fine();
  assert_int_equal(plan_line("Young people who were heard"), 3);
  for (int role = ENUM_role_lead; role <= ENUM_role_admin; role++) {
    desk_return(role);
    assert_int_equal(plan_line("Young people who were heard"), -2);
    assert_int_equal(plan_line("Times they were asked"), 1);
  }
  desk_return(ENUM_role_lead);
  say("Many.", "40");
  desk_fine();
  long long shown = plan_line("Young people who were heard");
  assert_true(shown == 40 || shown == 45);
  assert_int_equal(plan_line("Times they were asked"), 2);
  desk_get("/api/reports/export?report=plan&by=line&format=csv");
  desk_fine();
  assert_non_null(strstr(desk.text, "\"Function\""));
  assert_non_null(strstr(desk.text, "\"Inclusion\""));
  desk_send("/api/targets/set", json_pack("{s:s, s:i, s:s, s:i}", "report", "plan", "year", 2026, "measure",
                                          "number", "goal", 3));
  desk_expect(400, "INVALID");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_young_people_said_is_kept_without_a_name),
      TEST(what_somebody_corrected_meanwhile_is_not_written_over),
      TEST(the_list_comes_in_pages_and_by_school_year),
      TEST(bad_input_is_refused_in_words_and_changes_nothing),
      TEST(registers_that_name_a_learner_are_the_offices_alone),
      TEST(the_description_has_every_form_and_counts_what_one_sees),
      TEST(whatever_a_table_needs_its_form_asks_for),
      TEST(a_register_is_taken_as_a_file_with_names_and_labels),
      TEST(a_file_holds_more_entries_than_one_page_reads),
      TEST(a_learner_who_asks_gets_the_entries_too),
      TEST(only_the_office_sees_small_numbers_of_children_and_everybody_those_of_things),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
