/* partners_test.c: partners with their agreements, signatures and surveys through the API; what is known of
 * learners, for the office alone; and what a partner's own account gets of all that. */
#include <stdio.h>

#include "server/core/partners.h"
#include "tests/contract/api/desk.h"

static struct ingest_world *const w = &ingest_world;

static struct id text_id(const char *place) {
  struct id id;
  assert_non_null(desk_text(place));
  assert_int_equal(id_parse(&id, slice_text(desk_text(place))), ERR_OK);
  return id;
}

static struct id add_partner(const char *name) {
  desk_return(ENUM_role_office);
  desk_send("/api/partners/add", json_pack("{s:s, s:s, s:s, s:s}", "name", name, "kind", "arts", "stage",
                                           "agreement", "stage_on", "2026-09-01"));
  desk_fine();
  return text_id("id");
}

static struct id add_agreement(const struct id *partner) {
  desk_send(desk_path("/api/partners/agreement/", partner),
            json_pack("{s:[s, s, s, s, s], s:s, s:s}", "functions", "partnerships", "schools", "progression",
                      "inclusion", "sustainability", "starts", "2026-09-01", "ends", "2027-08-31"));
  desk_fine();
  return text_id("agreements.0.id");
}

static void sign(const struct id *agreement, const char *side) {
  desk_send(desk_path("/api/agreements/sign/", agreement),
            json_pack("{s:s, s:s, s:s}", "side", side, "name", "Sam Sample", "date", "2026-09-02"));
}

static void give(const struct id *partner, const struct id *activity, const char *own) {
  char text[id_text_bytes];
  id_text(text, activity);
  desk_send(desk_path("/api/partners/activities/", partner),
            json_pack("{s:s, s:s}", "activity", text, "own", own));
  desk_fine();
}

static json_t *about(const char *name, const char *version) {
  return json_pack("{s:s, s:s}", "name", name, "version", version);
}

static void two_people_on_one_form_lose_nothing(void **state) {
  (void)state;
  struct id partner = add_partner("Sample Trust");
  char version[24];
  snprintf(version, sizeof version, "%lld", desk_number("version"));
  desk_send(desk_path("/api/partners/edit/", &partner), about("Sample Trust Ltd", version));
  desk_fine();
  desk_send(desk_path("/api/partners/edit/", &partner), about("Sample trust", version));
  desk_expect(409, "CONFLICT");
  desk_get(desk_path("/api/partners/", &partner));
  assert_string_equal(desk_text("name"), "Sample Trust Ltd");
}

static void an_activity_is_taken_from_nobody_by_a_list_from_before(void **state) {
  (void)state;
  struct id one = add_partner("Sample Trust"), other = add_partner("Sample Centre");
  char strings[id_text_bytes];
  id_text(strings, &w->world.strings);
  give(&one, &w->world.strings, "yes");
  desk_send(desk_path("/api/partners/activities/", &other),
            json_pack("{s:s, s:s}", "activity", strings, "own", "yes"));
  desk_expect(409, "CONFLICT");
  desk_send(desk_path("/api/partners/activities/", &other),
            json_pack("{s:s, s:s}", "activity", strings, "own", "no"));
  desk_expect(409, "CONFLICT");
  desk_get(desk_path("/api/partners/", &one));
  assert_int_equal(desk_count("activities"), 1);
}

static void edit(const struct id *agreement, const char *function, const char *status, const char *version) {
  desk_send(desk_path("/api/agreements/edit/", agreement),
            json_pack("{s:[s], s:s, s:s, s:s}", "functions", function, "starts", "2026-09-01", "status",
                      status, "version", version));
}
static void edit_seen(const struct id *agreement, const char *version) {
  edit(agreement, "schools", "draft", version);
}

static void an_agreement_signed_while_its_form_was_open_is_not_written_over(void **state) {
  (void)state;
  struct id partner = add_partner("Sample Trust"), agreement = add_agreement(&partner);
  char before[24], after[24];
  snprintf(before, sizeof before, "%lld", desk_number("agreements.0.version"));
  sign(&agreement, "hub");
  snprintf(after, sizeof after, "%lld", desk_number("agreements.0.version"));
  edit_seen(&agreement, before);
  desk_expect(409, "CONFLICT");
  edit_seen(&agreement, after); /* and not after it either */
  desk_expect(409, "CONFLICT");
  assert_non_null(strstr(desk_text("text"), "signed"));
}

static void nobody_signs_another_text_than_they_were_shown(void **state) {
  (void)state;
  struct id partner = add_partner("Sample Trust"), agreement = add_agreement(&partner);
  char shown[24];
  snprintf(shown, sizeof shown, "%lld", desk_number("agreements.0.version"));
  edit_seen(&agreement, shown);
  desk_fine();
  desk_send(desk_path("/api/agreements/sign/", &agreement),
            json_pack("{s:s, s:s, s:s, s:s}", "side", "hub", "name", "Sam Sample", "date", "2026-09-02",
                      "version", shown));
  desk_expect(409, "CONFLICT");
  sign(&agreement, "hub");
  desk_send(desk_path("/api/agreements/sign/", &agreement), /* the page may not have heard of that one yet */
            json_pack("{s:s, s:s, s:s, s:s}", "side", "partner", "name", "Sam Sample", "date", "2026-09-02",
                      "version", shown));
  desk_fine();
}

/* The five functions and the days of add_agreement, with another status. */
static void say_status(const struct id *agreement, const char *status) {
  desk_send(desk_path("/api/agreements/edit/", agreement),
            json_pack("{s:[s, s, s, s, s], s:s, s:s, s:s}", "functions", "partnerships", "schools",
                      "progression", "inclusion", "sustainability", "starts", "2026-09-01", "ends",
                      "2027-08-31", "status", status));
}

static void what_is_signed_stands_and_ends_or_is_taken_back(void **state) {
  (void)state;
  struct id partner = add_partner("Sample Trust"), agreement = add_agreement(&partner);
  say_status(&agreement, "live"); /* signatures alone bring it into force */
  desk_expect(409, "CONFLICT");
  sign(&agreement, "hub");
  sign(&agreement, "partner");
  desk_fine();
  edit(&agreement, "inclusion", "live", "");
  desk_expect(409, "CONFLICT");
  say_status(&agreement, "draft");
  desk_expect(409, "CONFLICT");
  say_status(&agreement, "ended");
  desk_fine();
  assert_false(desk_is("agreements.0.in_force"));
  assert_string_equal(desk_text("agreements.0.signer_1"), "Sam Sample");
  say_status(&agreement, "live");
  desk_fine();
  assert_true(desk_is("agreements.0.in_force"));
  desk_send(desk_path("/api/agreements/void/", &agreement), json_pack("{s:s}", "reason", ""));
  desk_expect(400, "INVALID");
  desk_send(desk_path("/api/agreements/void/", &agreement),
            json_pack("{s:s, s:s}", "reason", "The wrong year.", "version", "1"));
  desk_expect(409, "CONFLICT");
  desk_send(desk_path("/api/agreements/void/", &agreement), json_pack("{s:s}", "reason", "The wrong year."));
  desk_fine();
  assert_int_equal(desk_count("agreements"), 0);
  desk_get("/api/reports/table?report=agreements");
  assert_int_equal(desk_number("total.part"), 0);
  desk_send(desk_path("/api/agreements/void/", &agreement), json_pack("{s:s}", "reason", "Again."));
  desk_expect(404, "NOT_FOUND");
  struct row row;
  assert_int_equal(
      w->host.store->ops->load_row(w->host.store, schema_table(TABLE_agreement), &agreement, &w->arena, &row),
      ERR_OK);
  assert_int_equal(row.values[COL(agreement, signed_2)].kind, VALUE_INT);
  assert_true(slice_equal(row.values[COL(agreement, removed_why)].text, slice_text("The wrong year.")));
  assert_int_equal(desk_audited("agreement.void"), 1);
}

static void an_agreement_is_in_force_with_its_second_signature(void **state) {
  (void)state;
  struct id partner = add_partner("Sample Trust");
  struct id agreement = add_agreement(&partner);
  assert_string_equal(desk_text("agreements.0.status"), "draft");
  sign(&agreement, "hub");
  desk_fine();
  assert_false(desk_is("agreements.0.in_force"));
  desk_get("/api/reports/table?report=agreements");
  assert_int_equal(desk_number("total.part"), 0);
  sign(&agreement, "partner");
  desk_fine();
  assert_true(desk_is("agreements.0.in_force"));
  assert_string_equal(desk_text("agreements.0.status"), "live");
  assert_string_equal(desk_text("agreements.0.signer_2"), "Sam Sample");
  desk_get("/api/reports/table?report=agreements&by=partner");
  assert_int_equal(desk_number("total.part"), 1);
  assert_string_equal(desk_text("rows.0.name"), "Sample Trust");
  desk_get("/api/partners");
  assert_int_equal(desk_number("partners.0.agreement_count"), 1);
}

static void a_signature_is_given_once(void **state) {
  (void)state;
  struct id partner = add_partner("Sample Trust");
  struct id agreement = add_agreement(&partner);
  sign(&agreement, "hub");
  desk_fine();
  sign(&agreement, "hub");
  desk_expect(409, "CONFLICT");
  sign(&agreement, "nobody");
  desk_expect(400, "INVALID");
  desk_send(desk_path("/api/agreements/sign/", &agreement),
            json_pack("{s:s, s:s, s:s}", "side", "partner", "name", "Sam Sample", "date", "2199-01-01"));
  desk_expect(400, "INVALID");
  sign(&partner, "hub");
  desk_expect(404, "NOT_FOUND");
}

static void receive(const struct id *survey, const char *answers, const char *version) {
  desk_send(desk_path("/api/surveys/receive/", survey),
            json_pack("{s:s, s:s, s:s}", "received", "2026-10-02", "answers", answers, "version", version));
}

static void a_survey_comes_back_once_it_is_received(void **state) {
  (void)state;
  struct id partner = add_partner("Sample Trust");
  desk_send(desk_path("/api/partners/survey/", &partner), json_pack("{s:s}", "due", "2026-10-01"));
  desk_fine();
  struct id survey = text_id("surveys.0.id");
  desk_get("/api/reports/table?report=survey_return");
  assert_int_equal(desk_number("total.part"), 0);
  assert_int_equal(desk_number("total.whole"), 1);
  desk_send(desk_path("/api/surveys/receive/", &survey),
            json_pack("{s:s, s:s}", "received", "2026-10-02", "answers", "More pans."));
  desk_fine();
  assert_string_equal(desk_text("surveys.0.answers"), "More pans.");
  char shown[24];
  snprintf(shown, sizeof shown, "%lld", desk_number("surveys.0.version"));
  receive(&survey, "Fewer pans.", shown);
  desk_fine();
  receive(&survey, "No pans.", shown); /* filled in before that */
  desk_expect(409, "CONFLICT");
  desk_get(desk_path("/api/partners/", &partner));
  assert_string_equal(desk_text("surveys.0.answers"), "Fewer pans.");
  desk_get("/api/reports/table?report=survey_return");
  assert_int_equal(desk_number("total.part"), 1);
  desk_send(desk_path("/api/partners/survey/", &partner), json_pack("{s:s}", "due", "2026-02-31"));
  desk_expect(400, "INVALID");
}

/* ---- what is known of a learner ---- */

static void say(const struct id *learner, const char *as_at, const char *fsm) {
  desk_send(desk_path("/api/inclusion/set/", learner),
            json_pack("{s:s, s:s, s:s, s:s}", "as_at", as_at, "fsm", fsm, "sex", "F", "send", "K"));
}

static void inclusion_is_the_offices_alone_and_every_look_is_audited(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  desk_get(desk_path("/api/inclusion/", &w->world.zoe));
  desk_fine();
  assert_false(desk_is("known"));
  assert_int_equal(desk_audited("inclusion.read"), 1);
  say(&w->world.zoe, "2026-09-01", "yes");
  desk_fine();
  assert_string_equal(desk_text("fsm"), "yes");
  assert_string_equal(desk_text("send"), "K");
  assert_int_equal(desk_audited("inclusion.set"), 1);
  assert_int_equal(desk_audited("inclusion.read"), 2); /* the answer to the change is a look */
  say(&w->world.zoe, "2026-08-01", "no");
  desk_expect(409, "CONFLICT");
  say(&w->world.zoe, "2026-09-01", "perhaps");
  desk_expect(400, "INVALID");
  for (int role = ENUM_role_lead; role <= ENUM_role_partner; role++) {
    desk_return(role);
    desk_get(desk_path("/api/inclusion/", &w->world.zoe));
    desk_expect(403, "FORBIDDEN");
  }
  desk_return(ENUM_role_office);
  desk_get(desk_path("/api/learners/", &w->world.zoe));
  assert_null(strstr(desk.text, "fsm"));
  desk_get(desk_path("/api/subject/", &w->world.zoe));
  assert_string_equal(desk_text("records.inclusion.0.fsm"), "Yes");
}

/* ---- figures ---- */

static void take(void) {
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_L);
  struct op op = {.table = schema_table(TABLE_register), .units = 3};
  crypto_row_id(&op.row, TABLE_register, &w->world.strings_today, 1);
  op.values[COL(register, session)] = value_id(&w->world.strings_today);
  op.values[COL(register, state)] = value_int(ENUM_register_state_closed);
  op.values[COL(register, at)] = value_int(uk_instant(w->world.today, 17 * 60));
  test_device_write(&w->device, &w->world.ada, &op);
  (void)ingest_bring(&w->device);
  struct op status = {.table = schema_table(TABLE_session), .row = w->world.strings_today, .units = 1U << 2};
  status.values[COL(session, status)] = value_int(ENUM_session_status_delivered);
  hub_world_put(&w->host, &status);
  hub_host_pass(&w->host, INT64_C(8) * 3600000);
  desk_return(ENUM_role_office);
}

static void who_is_not_known_stands_beside_the_figure(void **state) {
  (void)state;
  take();
  say(&w->world.zoe, "2026-09-01", "yes");
  desk_fine();
  desk_get("/api/reports/table?report=disadvantaged&by=school");
  desk_fine();
  assert_int_equal(desk_number("total.part"), 1);
  assert_int_equal(desk_number("total.whole"), 1);
  assert_int_equal(desk_number("total.beside"), 1); /* Jo */
  desk_get("/api/reports/learners?school=none");
  desk_fine();
  assert_int_equal(desk_count("learners"), 2);
  assert_int_equal(desk_audited("inclusion.list"), 1);
  desk_send("/api/reports/signs", json_pack("{s:[s]}", "signs", "cla"));
  desk_fine();
  desk_get("/api/reports/table?report=disadvantaged");
  assert_int_equal(desk_number("total.whole"), 0);
  assert_int_equal(desk_number("total.beside"), 2);
  desk_get("/api/reports");
  assert_string_equal(desk_text("signs.0"), "cla");
  desk_send("/api/reports/signs", json_pack("{s:[s]}", "signs", "hair"));
  desk_expect(400, "INVALID");
  desk_get("/api/reports/return?format=csv");
  desk_fine();
  assert_string_equal(desk.file_name, "return-2026-27.csv");
  assert_non_null(strstr(desk.text, "\"Pupil premium\""));
  assert_int_equal(desk_audited("inclusion.export"), 1);
}

/* Who may open a learner, and read a name, is not for that told by a sum of one what is known of them. */
static void a_sum_of_few_tells_the_office_alone_what_is_known(void **state) {
  (void)state;
  take();
  say(&w->world.zoe, "2026-09-01", "yes");
  for (int role = ENUM_role_lead; role <= ENUM_role_admin; role++) {
    desk_return(role);
    desk_get("/api/reports/table?report=disadvantaged&by=area");
    desk_fine();
    assert_true(desk_is("total.hidden"));
    assert_null(desk_at("total.beside"));
    desk_get("/api/reports/table?report=disadvantaged&by=school&school=none");
    desk_expect(403, "FORBIDDEN");
    desk_get("/api/reports/table?report=parity&by=people");
    desk_fine();
    assert_true(desk_is("rows.0.hidden"));
    assert_null(desk_at("rows.0.part"));
    desk_get("/api/reports/export?report=disadvantaged&by=school");
    desk_fine();
    assert_non_null(strstr(desk.text, "\"not shown\""));
    desk_get("/api/reports/learners?school=none");
    desk_expect(403, "FORBIDDEN");
  }
}

static struct id add_step(const struct id *partner, const char *said) {
  char id[id_text_bytes];
  id_text(id, partner);
  desk_send("/api/plan/add", json_pack("{s:s, s:{s:s, s:s, s:s, s:s}}", "kind", "partner_step", "values",
                                       "partner", id, "step", "meeting", "date", "2026-10-01", "text", said));
  desk_fine();
  return text_id("id");
}

/* What the hub noted for itself is in no answer to the partner, by page, entry or file. */
static void is_not_told(const char *path, const char *words) {
  desk_get(path);
  desk_fine();
  assert_null(strstr(desk.text, words));
  assert_null(strstr(desk.text, "What was said"));
}

static void a_partner_reads_its_own_steps_and_no_others(void **state) {
  (void)state;
  struct id trust = add_partner("Sample Trust"), other = add_partner("Sample Opera");
  struct id own = add_step(&trust, "Wants more pans."), theirs = add_step(&other, "Wants fewer.");
  char path[120], id[id_text_bytes];
  assert_int_equal(partner_give(w->host.store, &desk.people[ENUM_role_partner], &trust), ERR_OK);
  desk_return(ENUM_role_partner);
  desk_get("/api/plan");
  desk_fine();
  assert_int_equal(desk_count("kinds"), 1); /* and of the others nothing is said */
  assert_string_equal(desk_text("kinds.0.name"), "partner_step");
  assert_int_equal(desk_number("kinds.0.count"), 1);
  assert_false(desk_is("kinds.0.writes"));
  assert_null(strstr(desk.text, "What was said"));
  desk_get("/api/plan/list?kind=partner_step");
  desk_fine();
  assert_int_equal(desk_count("entries"), 1);
  assert_string_equal(desk_text("entries.0.values.step"), "meeting");
  assert_null(strstr(desk.text, "Wants more pans."));
  id_text(id, &other);
  snprintf(path, sizeof path, "/api/plan/list?kind=partner_step&partner=%s", id);
  desk_get(path);
  assert_int_equal(desk_count("entries"), 0);
  id_text(id, &own);
  snprintf(path, sizeof path, "/api/plan/entry/%s?kind=partner_step", id);
  desk_get(path);
  desk_fine();
  assert_string_equal(desk_text("values.date"), "2026-10-01");
  is_not_told(path, "Wants more pans.");
  id_text(id, &theirs);
  snprintf(path, sizeof path, "/api/plan/entry/%s?kind=partner_step", id);
  desk_get(path);
  desk_expect(404, "NOT_FOUND");
  is_not_told("/api/plan/export?kind=partner_step&format=csv", "Wants more pans.");
  assert_non_null(strstr(desk.text, "Sample Trust"));
  assert_null(strstr(desk.text, "Sample Opera"));
  desk_get("/api/plan/list?kind=cpd");
  desk_expect(403, "FORBIDDEN");
  desk_return_with(ENUM_role_partner, ENUM_role_lead); /* who is the lead, too, sees what the lead sees */
  desk_get("/api/plan/list?kind=partner_step");
  assert_int_equal(desk_count("entries"), 2);
  assert_non_null(strstr(desk.text, "Wants more pans."));
  desk_return_with(ENUM_role_partner, ENUM_role_admin);
  desk_get("/api/plan/list?kind=partner_step");
  assert_int_equal(desk_count("entries"), 1);
}

static void a_partner_sees_and_exports_its_own_and_nothing_else(void **state) {
  (void)state;
  take();
  struct id trust = add_partner("Sample Trust"), other = add_partner("Sample Opera");
  (void)add_agreement(&other);
  give(&trust, &w->world.strings, "yes");
  assert_int_equal(partner_give(w->host.store, &desk.people[ENUM_role_partner], &trust), ERR_OK);
  desk_return(ENUM_role_partner);
  desk_get("/api/partners");
  assert_int_equal(desk_count("partners"), 1);
  assert_string_equal(desk_text("partners.0.name"), "Sample Trust");
  desk_get(desk_path("/api/partners/", &trust));
  desk_fine();
  assert_string_equal(desk_text("activities.0.name"), "Strings");
  desk_get(desk_path("/api/partners/", &other));
  desk_expect(404, "NOT_FOUND");
  desk_get("/api/reports/table?report=attendance&by=activity");
  desk_fine();
  assert_int_equal(desk_count("rows"), 1);
  assert_string_equal(desk_text("rows.0.name"), "Strings");
  assert_int_equal(desk_number("total.whole"), 2);
  desk_get("/api/reports");
  for (size_t i = 0; i < desk_count("reports"); i++) {
    char place[48];
    snprintf(place, sizeof place, "reports.%zu.by.0", i);
    assert_string_equal(desk_text(place), "activity");
  }
  static const char *const others[] = {
      "/api/reports/table?report=attendance", "/api/reports/table?report=attendance&by=partner",
      "/api/reports/table?report=disadvantaged&by=activity", "/api/reports/table?report=tuition",
      "/api/reports/table?report=attendance&by=activity&school=none"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    desk_get(others[i]);
    assert_true(desk.status == 403 || desk.status == 400);
  }
  desk_get("/api/reports/export?report=attendance&by=activity&format=csv");
  desk_fine();
  assert_non_null(strstr(desk.text, "Strings"));
  assert_null(strstr(desk.text, "Brass"));
  desk_get("/api/reports/statement?period=2026");
  desk_fine();
  assert_non_null(strstr(desk.text, "Strings"));
  assert_null(strstr(desk.text, "Brass"));
  desk_get("/api/reports/statement?format=xlsx");
  desk_fine();
  assert_string_equal(desk.file_name, "lessons-2026-27.xlsx");
  desk_get("/api/today");
  assert_int_equal(desk_count("registers"), 1);
  desk_return(ENUM_role_office);
  give(&trust, &w->world.strings, "no");
  desk_return(ENUM_role_partner);
  desk_get("/api/reports/table?report=attendance&by=activity");
  assert_int_equal(desk_count("rows"), 0);
  desk_get("/api/today");
  assert_int_equal(desk_count("registers"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(two_people_on_one_form_lose_nothing),
      TEST(an_activity_is_taken_from_nobody_by_a_list_from_before),
      TEST(an_agreement_signed_while_its_form_was_open_is_not_written_over),
      TEST(nobody_signs_another_text_than_they_were_shown),
      TEST(what_is_signed_stands_and_ends_or_is_taken_back),
      TEST(an_agreement_is_in_force_with_its_second_signature),
      TEST(a_signature_is_given_once),
      TEST(a_survey_comes_back_once_it_is_received),
      TEST(inclusion_is_the_offices_alone_and_every_look_is_audited),
      TEST(who_is_not_known_stands_beside_the_figure),
      TEST(a_sum_of_few_tells_the_office_alone_what_is_known),
      TEST(a_partner_reads_its_own_steps_and_no_others),
      TEST(a_partner_sees_and_exports_its_own_and_nothing_else),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
