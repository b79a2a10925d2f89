/* schools_test.c: schools and visits: the list, one school, a visit said in two ways, corrections and the
 * file. */
#include "tests/contract/api/matters.h"

#include <stdio.h>

static struct ingest_world *const w = &ingest_world;
static struct id school = {{0x5c, 1}}, visit = {{0x5c, 2}};

static void put_school(void) {
  struct op op = {.table = schema_table(TABLE_school), .row = school, .units = 7};
  op.values[COL(school, urn)] = value_text(slice_text("012345"));
  op.values[COL(school, name)] = value_text(slice_text("=Sample School"));
  op.values[COL(school, phase)] = value_int(ENUM_phase_primary);
  op.values[COL(school, area)] = value_text(slice_text("North"));
  hub_world_put(&w->host, &op);
  op = (struct op){.table = schema_table(TABLE_contract), .row = {{0x5c, 3}}, .units = 7};
  op.values[COL(contract, school)] = value_id(&school);
  op.values[COL(contract, starts)] = value_int(w->world.today - 10);
  op.values[COL(contract, notice_days)] = value_int(7);
  hub_world_put(&w->host, &op);
  op = (struct op){.table = schema_table(TABLE_staff), .row = w->world.cam, .units = 1U << 3};
  op.values[COL(staff, roles)] = value_int(visiting_roles);
  op.values[COL(staff, status)] = value_int(ENUM_staff_status_active);
  hub_world_put(&w->host, &op);
}

/* Cam's, by a bundle of Cam's device. */
static void bring_visit(int status, int curriculum, int award) {
  const struct table *t = schema_table(TABLE_visit);
  struct op op = {.table = t, .row = visit, .units = 1 | 1U << 1 | 1U << 2 | 1U << 9 | 1U << 10};
  op.values[COL(visit, school)] = value_id(&school);
  op.values[COL(visit, staff)] = value_id(&w->world.cam);
  op.values[COL(visit, date)] = value_int(w->world.today);
  op.values[COL(visit, curriculum)] = value_int(curriculum);
  op.values[COL(visit, priority_1)] = value_text(slice_text("=Singing"));
  op.values[COL(visit, status)] = value_int(status);
  if (award) op.units |= 1U << 11;
  if (award) op.values[COL(visit, award)] = value_int(award);
  test_device_write(&w->device, &w->world.cam, &op);
  assert_true(ingest_bring(&w->device).status <= RECEIPT_CONFLICT);
}

static void a_school_says_what_is_agreed_and_seen_there(void **state) {
  (void)state;
  put_school();
  bring_visit(ENUM_visit_status_final, ENUM_rag_amber, ENUM_award_silver);
  desk_get("/api/schools");
  desk_fine();
  assert_int_equal(desk_count("schools"), 1);
  assert_string_equal(desk_text("schools.0.urn"), "012345");
  assert_string_equal(desk_text("schools.0.award"), "silver");
  assert_int_equal(desk_number("schools.0.visit_count"), 1);
  assert_int_equal(desk_number("most"), schools_listed_max);
  desk_get("/api/activities");
  desk_fine();
  assert_int_equal(desk_number("most"), activities_listed_max); /* a page says it where the list ends there */
  desk_get(desk_path("/api/schools/", &school));
  desk_fine();
  assert_string_equal(desk_text("phase"), "Primary");
  assert_int_equal(desk_number("contracts.0.notice_days"), 7);
  assert_string_equal(desk_text("visits.0.curriculum"), "amber");
  assert_null(desk_text("visits.0.tuition"));
  assert_string_equal(desk_text("visits.0.status"), "final");
  assert_false(desk_is("visits.0.conflict"));
  desk_get(desk_path("/api/schools/", &visit));
  desk_expect(404, "NOT_FOUND");
}

static void how_many_learn_there_is_not_for_the_lead(void **state) {
  (void)state;
  put_school();
  struct op op = {.table = schema_table(TABLE_activity), .row = w->world.strings, .units = 1U << 3};
  op.values[COL(activity, school)] = value_id(&school);
  hub_world_put(&w->host, &op);
  desk_get(desk_path("/api/schools/", &school));
  assert_string_equal(desk_text("activities.0.name"), "Strings");
  assert_int_equal(desk_number("activities.0.learners"), 3);
  desk_return(ENUM_role_lead);
  desk_get(desk_path("/api/schools/", &school));
  assert_string_equal(desk_text("activities.0.name"), "Strings");
  assert_null(desk_at("activities.0.learners"));
}

static void a_draft_counts_as_no_visit_and_one_taken_back_is_not_shown(void **state) {
  (void)state;
  put_school();
  bring_visit(ENUM_visit_status_draft, ENUM_rag_red, 0);
  desk_get(desk_path("/api/schools/", &school));
  assert_int_equal(desk_number("visit_count"), 0);
  assert_string_equal(desk_text("visits.0.status"), "draft");
  hub_host_pass(&w->host, 1000);
  bring_visit(ENUM_visit_status_dropped, ENUM_rag_red, 0);
  desk_get(desk_path("/api/schools/", &school));
  assert_int_equal(desk_count("visits"), 0);
}

static void a_colour_said_in_two_ways_is_a_card_that_settles_it(void **state) {
  (void)state;
  struct id card;
  put_school();
  bring_visit(ENUM_visit_status_final, ENUM_rag_amber, 0);
  hub_host_pass(&w->host, 1000);
  bring_visit(ENUM_visit_status_final, ENUM_rag_green, 0); /* without having seen the first */
  desk_get(desk_path("/api/schools/", &school));
  assert_true(desk_is("visits.0.conflict"));
  desk_get("/api/work?kind=conflicts");
  assert_int_equal(desk_count("items"), 1);
  assert_string_equal(desk_text("items.0.question"), "Green, or amber?");
  assert_string_equal(desk_text("items.0.name"), "=Sample School");
  assert_int_equal(id_parse(&card, slice_text(desk_text("items.0.id"))), ERR_OK);
  matter_decide(&card, 2, "Asked her");
  desk_get(desk_path("/api/schools/", &school));
  assert_false(desk_is("visits.0.conflict"));
  assert_string_equal(desk_text("visits.0.curriculum"), "amber");
}

static void the_office_corrects_what_is_finished_and_leaves_a_draft_alone(void **state) {
  (void)state;
  char path[96];
  (void)snprintf(path, sizeof path, "%s", desk_path("/api/schools/correct/", &visit));
  put_school();
  desk_send(path, json_pack("{s:s}", "tuition", "red"));
  desk_expect(404, "NOT_FOUND");
  bring_visit(ENUM_visit_status_draft, ENUM_rag_amber, 0);
  desk_send(path, json_pack("{s:s}", "tuition", "red"));
  desk_expect(409, "CONFLICT");
  hub_host_pass(&w->host, 1000);
  bring_visit(ENUM_visit_status_final, ENUM_rag_amber, ENUM_award_bronze);
  desk_send(path, json_pack("{s:s, s:s}", "tuition", "red", "award", "gold"));
  desk_fine();
  assert_string_equal(desk_text("visits.0.tuition"), "red");
  assert_string_equal(desk_text("visits.0.curriculum"), "amber");
  assert_string_equal(desk_text("visits.0.award"), "gold");
  assert_false(desk_is("visits.0.conflict"));
  desk_send(path, json_pack("{s:s}", "tuition", "mauve"));
  desk_expect(400, "INVALID");
  desk_send(path, json_object());
  desk_expect(400, "INVALID");
}

static void the_visits_are_a_file_without_formulas_and_with_leading_zeros(void **state) {
  (void)state;
  char path[160], id[id_text_bytes];
  put_school();
  bring_visit(ENUM_visit_status_final, ENUM_rag_amber, ENUM_award_silver);
  id_text(id, &school);
  (void)snprintf(path, sizeof path, "/api/export/visits?school=%s&format=csv", id);
  desk_get(path);
  desk_fine();
  assert_string_equal(desk.file_name, "visits-sample-school.csv");
  assert_non_null(strstr(desk.text, "012345"));
  assert_non_null(strstr(desk.text, "'=Sample School"));
  assert_non_null(strstr(desk.text, "'=Singing"));
  assert_non_null(strstr(desk.text, "Silver"));
  desk_get("/api/export/visits?school=none&format=csv");
  desk_expect(400, "INVALID");
  (void)snprintf(path, sizeof path, "/api/export/visits?school=%s&format=pdf", id);
  desk_get(path);
  desk_expect(400, "INVALID");
}

static void an_agreement_with_a_school_is_signed_by_both_and_its_survey_comes_back(void **state) {
  (void)state;
  struct id id;
  put_school();
  desk_send(desk_path("/api/schools/agreement/", &school),
            json_pack("{s:[s], s:s}", "functions", "schools", "starts", "2026-09-01"));
  desk_fine();
  assert_string_equal(desk_text("name"), "=Sample School");
  assert_string_equal(desk_text("agreements.0.status"), "draft");
  assert_int_equal(id_parse(&id, slice_text(desk_text("agreements.0.id"))), ERR_OK);
  static const char *const sides[] = {"hub", "school"};
  for (size_t i = 0; i < 2; i++) {
    desk_send(desk_path("/api/agreements/sign/", &id),
              json_pack("{s:s, s:s, s:s}", "side", sides[i], "name", "Sam Sample", "date", "2026-09-02"));
    desk_fine();
  }
  assert_true(desk_is("agreements.0.in_force"));
  desk_send(desk_path("/api/agreements/sign/", &id),
            json_pack("{s:s, s:s, s:s}", "side", "partner", "name", "Sam Sample", "date", "2026-09-02"));
  desk_expect(400, "INVALID");
  desk_send(desk_path("/api/agreements/edit/", &id), json_pack("{s:[s], s:s, s:s}", "functions", "schools",
                                                               "starts", "2026-09-01", "status", "ended"));
  desk_fine();
  assert_false(desk_is("agreements.0.in_force"));
  desk_send(desk_path("/api/schools/survey/", &school), json_pack("{s:s}", "due", "2026-10-01"));
  desk_fine();
  assert_int_equal(id_parse(&id, slice_text(desk_text("surveys.0.id"))), ERR_OK);
  desk_send(desk_path("/api/surveys/receive/", &id),
            json_pack("{s:s, s:s}", "received", "2026-10-02", "answers", "More singing."));
  desk_fine();
  assert_string_equal(desk_text("surveys.0.answers"), "More singing.");
  desk_send(desk_path("/api/schools/agreement/", &visit),
            json_pack("{s:[s], s:s}", "functions", "schools", "starts", "2026-09-01"));
  desk_expect(404, "NOT_FOUND");
}

static void write_contract(const char *path, const char *lessons, const char *starts, const char *version) {
  desk_send(path, json_pack("{s:s, s:s, s:s, s:s?}", "lessons_a_year", lessons, "notice_days", "0", "starts",
                            starts, "version", version));
}

static void the_office_writes_a_contract_and_puts_it_right(void **state) {
  (void)state;
  struct id contract;
  char add[64], shown[24];
  put_school();
  snprintf(add, sizeof add, "%s", desk_path("/api/schools/contract/", &school));
  write_contract(add, "33", "2026-09-01", NULL);
  desk_fine();
  assert_int_equal(desk_count("contracts"), 2);
  assert_int_equal(id_parse(&contract, slice_text(desk_text("contracts.1.id"))), ERR_OK);
  assert_int_equal(desk_number("contracts.1.lessons_a_year"), 33);
  assert_int_equal(desk_number("contracts.1.notice_days"), 0);
  struct id listed; /* as a list of contracts would have it */
  crypto_import_id(&listed, &w->host.hub.id, "contract", slice_text("012345|2026-09-01"));
  assert_true(id_equal(&contract, &listed));
  snprintf(shown, sizeof shown, "%lld", desk_number("contracts.1.version"));
  write_contract(add, "30", "2026-09-01", NULL); /* of two no one could say which counts */
  desk_expect(409, "CONFLICT");
  write_contract(desk_path("/api/contracts/edit/", &contract), "30", "2026-09-01", shown);
  desk_fine();
  assert_int_equal(desk_number("contracts.1.lessons_a_year"), 30);
  write_contract(desk_path("/api/contracts/edit/", &contract), "31", "2026-09-01", shown);
  desk_expect(409, "CONFLICT");
  write_contract(add, "many", "2027-09-01", NULL);
  desk_expect(400, "INVALID");
  write_contract(add, "401", "2027-09-01", NULL);
  desk_expect(400, "INVALID");
  write_contract(add, "30", "2026-02-31", NULL);
  desk_expect(400, "INVALID");
  write_contract(desk_path("/api/schools/contract/", &visit), "30", "2026-09-01", NULL);
  desk_expect(404, "NOT_FOUND");
  write_contract(desk_path("/api/contracts/edit/", &visit), "30", "2026-09-01", NULL);
  desk_expect(404, "NOT_FOUND");
  desk_get(desk_path("/api/schools/", &school));
  assert_int_equal(desk_count("contracts"), 2);
  assert_int_equal(desk_audited("contract.add"), 1);
  assert_int_equal(desk_audited("contract.edit"), 1);
}

/* Strings meet at the school, and their register of today is missing. */
static void miss_strings(void) {
  struct op op = {.table = schema_table(TABLE_activity), .row = w->world.strings, .units = 1U << 3};
  put_school();
  op.values[COL(activity, school)] = value_id(&school);
  hub_world_put(&w->host, &op);
  hub_host_pass(&w->host, 7LL * 3600000);
  desk_return(ENUM_role_office);
}

static void expect_strings(const char *expected, const char *why) {
  desk_get("/api/today");
  desk_fine();
  for (size_t i = 0; i < desk_count("registers"); i++) {
    char name[48], state[48], closure[48];
    snprintf(name, sizeof name, "registers.%zu.name", i);
    snprintf(state, sizeof state, "registers.%zu.state", i);
    snprintf(closure, sizeof closure, "registers.%zu.closure", i);
    if (strcmp(desk_text(name), "Strings") != 0) continue;
    assert_string_equal(desk_text(state), expected);
    if (why)
      assert_string_equal(desk_text(closure), why);
    else
      assert_null(desk_text(closure));
    return;
  }
  fail_msg("Strings are not on the board");
}

static void send_closure(const char *path, const char *where, const char *starts, const char *ends,
                         const char *reason, const char *version) {
  desk_send(path, json_pack("{s:s, s:s?, s:s?, s:s?, s:s?}", "starts", starts, "ends", ends, "reason", reason,
                            "school", where, "version", version));
}

static void what_is_closed_is_not_missing_until_the_office_takes_that_back(void **state) {
  (void)state;
  struct id closure, listed;
  char day[date_text_bytes], own[id_text_bytes], key[32], shown[24];
  miss_strings();
  expect_strings("missing", NULL);
  date_text(day, w->world.today);
  id_text(own, &school);
  send_closure("/api/closures/add", own, day, NULL, "INSET day", NULL);
  desk_fine();
  assert_int_equal(id_parse(&closure, slice_text(desk_text("id"))), ERR_OK);
  snprintf(key, sizeof key, "012345|%s", day); /* as a list of closures would have it */
  crypto_import_id(&listed, &w->host.hub.id, "closure", slice_text(key));
  assert_true(id_equal(&closure, &listed));
  assert_true(desk.changes.days); /* every open board hears of it */
  expect_strings("shut", "INSET day");
  desk_get(desk_path("/api/reports/lessons?school=", &school));
  desk_fine();
  assert_non_null(strstr(desk.text, "\"Make-up\",\"Closed day\""));
  assert_non_null(strstr(desk.text, "\"Closed\",,,,\"INSET day\""));
  desk_get("/api/work?kind=missing");
  assert_int_equal(desk_count("items"), 1); /* the brass band, which is at no school */
  desk_get(desk_path("/api/closures?school=", &school));
  desk_fine();
  assert_int_equal(desk_count("closures"), 1);
  assert_string_equal(desk_text("closures.0.school_name"), "=Sample School");
  snprintf(shown, sizeof shown, "%lld", desk_number("closures.0.version"));
  desk_get("/api/closures"); /* those of everything */
  assert_int_equal(desk_count("closures"), 0);
  send_closure(desk_path("/api/closures/edit/", &closure), NULL, day, day, "Snow", shown);
  desk_fine();
  expect_strings("shut", "Snow");
  send_closure(desk_path("/api/closures/edit/", &closure), NULL, day, day, "Ice", shown);
  desk_expect(409, "CONFLICT");
  desk_send(desk_path("/api/closures/void/", &closure), json_object());
  desk_fine();
  expect_strings("missing", NULL);
  desk_send(desk_path("/api/closures/void/", &closure), json_object());
  desk_expect(404, "NOT_FOUND");
  send_closure(desk_path("/api/closures/edit/", &closure), NULL, day, day, "Snow", NULL);
  desk_expect(404, "NOT_FOUND");
  assert_int_equal(desk_audited("closure.add") + desk_audited("closure.edit") + desk_audited("closure.void"),
                   3);
}

static void everything_is_closed_where_no_school_is_named(void **state) {
  (void)state;
  char own[id_text_bytes];
  miss_strings();
  id_text(own, &visit);
  send_closure("/api/closures/add", NULL, "2026-11-16", "2026-11-27", "Half term", NULL);
  desk_fine();
  expect_strings("shut", "Half term");
  desk_get("/api/closures");
  desk_fine();
  assert_int_equal(desk_count("closures"), 1);
  desk_get("/api/closures?from=2026-11-28");
  assert_int_equal(desk_count("closures"), 0);
  desk_get("/api/closures?from=2026-11-20&to=2026-11-20");
  assert_int_equal(desk_count("closures"), 1);
  assert_true(json_is_null(desk_at("closures.0.school")));
  desk_get("/api/closures?from=soon");
  desk_expect(400, "INVALID");
  desk_get("/api/closures?school=here");
  desk_expect(400, "INVALID");
  send_closure("/api/closures/add", NULL, "2026-11-16", "2026-11-15", "Half term", NULL);
  desk_expect(400, "INVALID");
  send_closure("/api/closures/add", NULL, "2026-11-16", "2028-11-15", "Half term", NULL);
  desk_expect(400, "INVALID");
  send_closure("/api/closures/add", NULL, "2026-11-16", NULL, NULL, NULL);
  desk_expect(400, "INVALID");
  send_closure("/api/closures/add", own, "2026-11-16", NULL, "Half term", NULL);
  desk_expect(404, "NOT_FOUND");
}

/* A list of half terms that begin on that day would have found the school's day there, and been refused. */
static void a_closed_day_of_a_school_without_a_number_is_not_everybodys(void **state) {
  (void)state;
  struct op op = {.table = schema_table(TABLE_school), .row = {{0x5d}}, .units = 3};
  struct id closure, everybodys;
  char own[id_text_bytes];
  op.values[COL(school, name)] = value_text(slice_text("New School"));
  hub_world_put(&w->host, &op);
  desk_sit(ENUM_role_office);
  id_text(own, &op.row);
  send_closure("/api/closures/add", own, "2026-10-26", NULL, "INSET day", NULL);
  desk_fine();
  assert_int_equal(id_parse(&closure, slice_text(desk_text("id"))), ERR_OK);
  crypto_import_id(&everybodys, &w->host.hub.id, "closure", slice_text("2026-10-26"));
  assert_false(id_equal(&closure, &everybodys));
  send_closure("/api/closures/add", NULL, "2026-10-26", "2026-10-30", "Half term", NULL);
  desk_fine();
  assert_int_equal(id_parse(&closure, slice_text(desk_text("id"))), ERR_OK);
  assert_true(id_equal(&closure, &everybodys));
}

/* What was asked about it is over, and nobody asks again. */
static void nobody_is_asked_about_a_register_of_a_closed_day(void **state) {
  (void)state;
  char staff[id_text_bytes];
  miss_strings();
  id_text(staff, &w->world.ada);
  for (int closed = 0; closed < 2; closed++) {
    desk_send(desk_path("/api/work/ask/", &w->world.strings_today),
              json_pack("{s:s, s:s, s:s}", "staff", staff, "text", "Did you meet?", "about", "missing"));
    if (closed)
      desk_expect(409, "CONFLICT");
    else
      desk_fine();
    if (!closed) send_closure("/api/closures/add", NULL, "2026-11-16", "2026-11-27", "Half term", NULL);
  }
  desk_get(desk_path("/api/work/missing/", &w->world.strings_today));
  desk_fine();
  assert_string_equal(desk_text("state"), "shut");
  assert_false(desk_is("can_ask"));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
  const struct CMUnitTest tests[] = {
      TEST(a_school_says_what_is_agreed_and_seen_there),
      TEST(how_many_learn_there_is_not_for_the_lead),
      TEST(a_draft_counts_as_no_visit_and_one_taken_back_is_not_shown),
      TEST(a_colour_said_in_two_ways_is_a_card_that_settles_it),
      TEST(the_office_corrects_what_is_finished_and_leaves_a_draft_alone),
      TEST(the_visits_are_a_file_without_formulas_and_with_leading_zeros),
      TEST(an_agreement_with_a_school_is_signed_by_both_and_its_survey_comes_back),
      TEST(what_is_closed_is_not_missing_until_the_office_takes_that_back),
      TEST(everything_is_closed_where_no_school_is_named),
      TEST(a_closed_day_of_a_school_without_a_number_is_not_everybodys),
      TEST(nobody_is_asked_about_a_register_of_a_closed_day),
      TEST(the_office_writes_a_contract_and_puts_it_right),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
