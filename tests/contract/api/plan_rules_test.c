/* plan_rules_test.c: what one register of the Local Plan alone knows: loans, complaints, a partner's steps,
 * schools, and consent. */
#include <stdio.h>

#include "tests/contract/api/plan_desk.h"

static struct ingest_world *const w = &ingest_world;

/* ---- loans ---- */

static void an_instrument_is_with_one_learner_at_a_time(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  struct id cornet = plan_add_instrument("C-1");
  plan_lend(&cornet, &w->world.zoe, "2026-09-07", NULL, "paid");
  struct id loan = plan_answered();
  assert_string_equal(desk_text("state"), "open");
  assert_string_equal(desk_text("names.instrument"), "Cornet C-1");
  plan_lend(&cornet, &w->world.jo, "2026-10-01", NULL, "paid");
  desk_expect(409, "CONFLICT");
  assert_non_null(strstr(desk_text("text"), "2026-09-07"));
  assert_null(strstr(desk_text("text"), "Zo"));
  plan_lend(&cornet, &w->world.jo, "2026-08-01", "2026-09-08", "paid"); /* and not before it, into it */
  desk_expect(409, "CONFLICT");
  plan_lend(&cornet, &w->world.jo, "2026-08-01", "2026-09-07", "paid");
  desk_fine();
  assert_string_equal(desk_text("state"), "done");
  plan_correct(&loan, "instrument_loan",
               json_pack("{s:s, s:s, s:s, s:s}", "starts", "2026-09-07", "due", "2026-12-18", "returned",
                         "2026-10-01", "charge", "paid"));
  desk_fine();
  plan_lend(&cornet, &w->world.jo, "2026-10-01", NULL, "paid");
  desk_fine();
  assert_int_equal(plan_line("Learners with an instrument on loan"), 2);
  plan_correct(&loan, "instrument_loan",
               json_pack("{s:s, s:s, s:s}", "starts", "2026-09-07", "due", "2026-12-18", "learner",
                         plan_hex(&w->world.jo)));
  desk_expect(409, "CONFLICT");
  plan_lend(&cornet, &w->world.jo, "2019-10-01", NULL, "paid");
  desk_expect(409, "CONFLICT");
}

static void a_number_is_one_instruments_and_a_list_finds_what_was_typed(void **state) {
  (void)state;
  struct id listed, cornet, loan;
  desk_return(ENUM_role_office);
  cornet = plan_add_instrument("007");
  crypto_import_id(&listed, &w->host.hub.id, "instrument", slice_text("007"));
  assert_true(id_equal(&cornet, &listed));
  plan_add("instrument",
           json_pack("{s:s, s:s, s:s}", "what", "Tuba", "serial", "007", "starts", "2020-09-01"));
  desk_expect(409, "CONFLICT");
  plan_add("instrument_loan",
           json_pack("{s:s, s:s, s:s, s:s}", "instrument", plan_hex(&cornet), "learner",
                     plan_hex(&w->world.zoe), "starts", "2026-09-07", "due", "2026-12-18"));
  loan = plan_answered();
  crypto_import_id(&listed, &w->host.hub.id, "instrument_loan", slice_text("007|2026-09-07"));
  assert_true(id_equal(&loan, &listed));
  plan_take_back(&cornet, "instrument", "Typed twice.");
  desk_fine();
  json_t *tuba = json_pack("{s:s, s:s, s:s}", "what", "Tuba", "serial", "007", "starts", "2020-09-01");
  plan_add("instrument", json_deep_copy(tuba));
  desk_fine();
  plan_add("instrument", json_deep_copy(tuba));
  desk_expect(409, "CONFLICT"); /* whatever its id */
  struct id other = plan_add_instrument("7");
  plan_correct(&other, "instrument", tuba);
  desk_expect(409, "CONFLICT");
}

static void a_loan_to_a_child_looked_after_is_free_where_the_office_knows(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  struct id cornet = plan_add_instrument("C-2");
  desk_send(desk_path("/api/inclusion/set/", &w->world.zoe),
            json_pack("{s:s, s:s}", "as_at", "2026-09-01", "cla", "yes"));
  desk_fine();
  plan_lend(&cornet, &w->world.zoe, "2026-09-07", NULL, "paid");
  desk_expect(409, "CONFLICT");
  plan_lend(&cornet, &w->world.zoe, "2026-09-07", NULL, NULL);
  struct id loan = plan_answered();
  assert_string_equal(desk_text("values.charge"), "looked_after");
  assert_non_null(strstr(desk_text("says.0"), "free of charge"));
  assert_int_equal(plan_line("Of those, free because looked after"), 1);
  desk_get("/api/plan/list?kind=instrument_loan");
  assert_int_equal(desk_count("entries"), 1);
  assert_int_equal(plan_audited("plan.list", "instrument_loan"), 1);
  assert_true(plan_audited("plan.read", plan_hex(&loan)) >= 1); /* the answer to a change is a look */
  desk_return(ENUM_role_lead);
  assert_int_equal(plan_line("Of those, free because looked after"), -2);
}

static void a_loan_past_its_day_is_late(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  struct id cornet = plan_add_instrument("C-3");
  plan_add("instrument_loan",
           json_pack("{s:s, s:s, s:s, s:s}", "instrument", plan_hex(&cornet), "learner",
                     plan_hex(&w->world.zoe), "starts", "2020-10-01", "due", "2020-12-18"));
  desk_fine();
  assert_string_equal(desk_text("state"), "late");
  plan_add("instrument_loan",
           json_pack("{s:s, s:s, s:s, s:s}", "instrument", plan_hex(&cornet), "learner",
                     plan_hex(&w->world.zoe), "starts", "2026-10-01", "due", "2026-09-18"));
  desk_expect(400, "INVALID");
}

/* ---- rules of single registers ---- */

static void complain(const char *manager, const char *chair, const char *closed, const char *outcome) {
  json_t *values =
      json_pack("{s:s, s:s, s:s}", "kind", "complaint", "date", "2026-10-01", "about", "Too loud.");
  if (manager) json_object_set_new(values, "manager_on", json_string(manager));
  if (chair) json_object_set_new(values, "chair_on", json_string(chair));
  if (closed) json_object_set_new(values, "closed_on", json_string(closed));
  if (outcome) json_object_set_new(values, "outcome", json_string(outcome));
  plan_add("feedback", values);
}

static void a_complaint_goes_to_the_manager_then_to_the_chair_and_closes_with_an_outcome(void **state) {
  (void)state;
  desk_return(ENUM_role_lead);
  complain(NULL, "2026-10-09", NULL, NULL);
  desk_expect(400, "INVALID");
  complain("2026-10-09", "2026-10-02", NULL, NULL);
  desk_expect(400, "INVALID");
  complain("2026-10-02", "2026-10-09", "2026-10-20", NULL);
  desk_expect(400, "INVALID");
  complain("2026-10-02", "2026-10-09", "2026-10-20", "A softer mallet.");
  desk_fine();
  assert_string_equal(desk_text("state"), "done");
  assert_int_equal(plan_line("Complaints"), 1);
  assert_int_equal(plan_line("Of those, taken to the chair"), 1);
  plan_add("feedback", json_pack("{s:s, s:s, s:s, s:s}", "kind", "compliment", "date", "2026-10-01", "about",
                                 "Fine.", "chair_on", "2026-10-02"));
  desk_expect(400, "INVALID");
}

static struct id add_partner(void) {
  desk_return(ENUM_role_office);
  desk_send("/api/partners/add", json_pack("{s:s}", "name", "Sample Trust"));
  return plan_answered();
}

static void half_of_a_projects_cost_comes_from_elsewhere_and_a_step_moves_the_partner(void **state) {
  (void)state;
  struct id partner = add_partner();
  json_t *interest =
      json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "partner", plan_hex(&partner), "step", "interest", "date",
                "2026-10-01", "cost", "1001", "elsewhere", "500", "met", "yes");
  plan_add("partner_step", json_deep_copy(interest));
  desk_expect(409, "CONFLICT");
  json_object_set_new(interest, "elsewhere", json_string("501"));
  plan_add("partner_step", json_deep_copy(interest));
  desk_fine();
  desk_get(desk_path("/api/partners/", &partner));
  assert_string_equal(desk_text("stage"), "interest");
  assert_string_equal(desk_text("stage_on"), "2026-10-01");
  json_object_del(interest, "cost");
  plan_add("partner_step", interest);
  desk_expect(400, "INVALID");
  json_t *end =
      json_pack("{s:s, s:s, s:s}", "partner", plan_hex(&partner), "step", "ended", "date", "2026-11-01");
  plan_add("partner_step", json_deep_copy(end));
  desk_expect(400, "INVALID");
  json_object_set_new(end, "text", json_string("The hall was sold."));
  plan_add("partner_step", end);
  desk_fine();
  desk_get(desk_path("/api/partners/", &partner));
  assert_string_equal(desk_text("stage"), "ended");
  char target[96];
  snprintf(target, sizeof target, "/api/plan/list?kind=partner_step&period=all&partner=%s",
           plan_hex(&partner));
  desk_get(target);
  assert_int_equal(desk_count("entries"), 2);
  assert_int_equal(plan_line("Partnerships ended early"), 1);
}

static struct id add_step(const struct id *partner, const char *step, const char *date) {
  plan_add("partner_step", json_pack("{s:s, s:s, s:s, s:s}", "partner", plan_hex(partner), "step", step,
                                     "date", date, "text", "As it was told."));
  return plan_answered();
}

static void expect_stage(const struct id *partner, const char *stage, const char *since) {
  desk_get(desk_path("/api/partners/", partner));
  desk_fine();
  assert_true(stage ? strcmp(desk_text("stage"), stage) == 0 : !desk_text("stage"));
  assert_true(since ? strcmp(desk_text("stage_on"), since) == 0 : !desk_text("stage_on"));
}

static void a_step_that_is_corrected_or_taken_back_moves_the_partner_too(void **state) {
  (void)state;
  struct id partner = add_partner();
  struct id meeting = add_step(&partner, "meeting", "2026-10-01");
  struct id end = add_step(&partner, "ended", "2026-11-01");
  expect_stage(&partner, "ended", "2026-11-01");
  plan_correct(&end, "partner_step",
               json_pack("{s:s, s:s}", "date", "2026-11-03", "text", "Two days later."));
  desk_fine();
  expect_stage(&partner, "ended", "2026-11-03");
  plan_correct(&end, "partner_step",
               json_pack("{s:s, s:s}", "date", "2026-09-03", "text", "Of another one."));
  desk_fine();
  expect_stage(&partner, "meeting", "2026-10-01"); /* that is the latest now */
  plan_correct(&end, "partner_step", json_pack("{s:s, s:s}", "date", "2026-11-03", "text", "It was ours."));
  expect_stage(&partner, "ended", "2026-11-03");
  plan_take_back(&meeting, "partner_step", "It was another partner's.");
  desk_fine();
  expect_stage(&partner, "ended", "2026-11-03"); /* it did not stand by that one */
  plan_take_back(&end, "partner_step", "It goes on.");
  desk_fine();
  expect_stage(&partner, NULL, NULL);
  struct id last = add_step(&partner, "evaluation", "2026-11-05");
  desk_send(
      desk_path("/api/partners/edit/", &partner),
      json_pack("{s:s, s:s, s:s}", "name", "Sample Trust", "stage", "agreement", "stage_on", "2026-11-10"));
  desk_fine();
  plan_take_back(&last, "partner_step", "There was none.");
  expect_stage(&partner, "agreement", "2026-11-10"); /* somebody said that without a step */
}

static struct id school(void) {
  struct id id;
  struct op op = {.table = schema_table(TABLE_school), .units = 1 | 1U << 1};
  crypto_import_id(&id, &w->host.hub.id, "school", slice_text("plan"));
  op.row = id;
  op.values[COL(school, name)] = value_text(slice_text("Sample School"));
  hub_world_put(&w->host, &op);
  return id;
}

static void a_school_has_one_area_leader_and_one_count_a_year(void **state) {
  (void)state;
  struct id at = school();
  desk_return(ENUM_role_office);
  plan_add("area_leader", json_pack("{s:s, s:s, s:s}", "school", plan_hex(&at), "staff",
                                    plan_hex(&w->world.ada), "starts", "2025-09-01"));
  desk_fine();
  plan_add("area_leader", json_pack("{s:s, s:s, s:s}", "school", plan_hex(&at), "staff",
                                    plan_hex(&w->world.ben), "starts", "2026-09-01"));
  desk_expect(409, "CONFLICT");
  assert_int_equal(plan_line("Schools with an area music leader"), 1);
  json_t *count = json_pack("{s:s, s:s, s:s, s:s, s:s}", "school", plan_hex(&at), "mode", "ensemble", "date",
                            "2026-10-01", "groups", "3", "people", "40");
  plan_add("provision", json_deep_copy(count));
  desk_fine();
  plan_add("provision", json_deep_copy(count));
  desk_expect(409, "CONFLICT");
  json_object_set_new(count, "date", json_string("2025-10-01"));
  plan_add("provision", count);
  desk_fine();
  assert_int_equal(plan_line("Groups that schools lead"), 3);
  assert_int_equal(plan_line("Learners in groups that schools lead"), 40);
}

static void a_withdrawn_consent_wins(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  plan_follow("y6_y7", "given");
  struct id first = plan_answered();
  assert_int_equal(plan_line("Followed from Year 6 to Year 7"), 1);
  plan_follow("class_on", "withdrawn");
  struct id second = plan_answered();
  assert_null(desk_text("values.outcome"));
  assert_int_equal(plan_line("Followed from Year 6 to Year 7"), -1);
  plan_follow("post_18", "given");
  desk_expect(409, "CONFLICT");
  plan_correct(&first, "transition", json_pack("{s:s, s:s}", "date", "2026-10-02", "consent", "given"));
  desk_expect(409, "CONFLICT");
  plan_correct(&second, "transition", json_pack("{s:s, s:s}", "date", "2026-10-02", "consent", "given"));
  desk_expect(409, "CONFLICT");
  plan_take_back(&second, "transition", "It was another learner.");
  desk_fine();
  plan_follow("post_18", "given");
  desk_fine();
}

/* Two records that the office found to be of one child. */
static void merge(const struct id *record, const struct id *into) {
  const struct table *t = schema_table(TABLE_learner);
  struct op op = {.table = t, .row = *record, .units = 1U << t->columns[COL(learner, merged_into)].unit};
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_merged);
  op.values[COL(learner, merged_into)] = value_id(into);
  hub_world_put(&w->host, &op);
}

static void what_is_known_of_a_child_counts_for_every_record_of_it(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  struct id cornet = plan_add_instrument("C-5");
  desk_send(desk_path("/api/inclusion/set/", &w->world.jo),
            json_pack("{s:s, s:s}", "as_at", "2026-09-01", "cla", "yes"));
  desk_fine();
  plan_add("transition", json_pack("{s:s, s:s, s:s, s:s}", "learner", plan_hex(&w->world.jo), "kind",
                                   "class_on", "date", "2026-10-01", "consent", "withdrawn"));
  desk_fine();
  merge(&w->world.jo, &w->world.zoe);
  plan_follow("y6_y7", "given");
  desk_expect(409, "CONFLICT");
  plan_lend(&cornet, &w->world.zoe, "2026-09-07", NULL, "paid");
  desk_expect(409, "CONFLICT");
  desk_send(desk_path("/api/inclusion/set/", &w->world.zoe),
            json_pack("{s:s, s:s}", "as_at", "2026-10-01", "cla", "no")); /* since then */
  desk_fine();
  plan_lend(&cornet, &w->world.zoe, "2026-09-07", NULL, "paid");
  desk_fine();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(an_instrument_is_with_one_learner_at_a_time),
      TEST(a_number_is_one_instruments_and_a_list_finds_what_was_typed),
      TEST(a_loan_to_a_child_looked_after_is_free_where_the_office_knows),
      TEST(a_loan_past_its_day_is_late),
      TEST(a_complaint_goes_to_the_manager_then_to_the_chair_and_closes_with_an_outcome),
      TEST(half_of_a_projects_cost_comes_from_elsewhere_and_a_step_moves_the_partner),
      TEST(a_step_that_is_corrected_or_taken_back_moves_the_partner_too),
      TEST(a_school_has_one_area_leader_and_one_count_a_year),
      TEST(a_withdrawn_consent_wins),
      TEST(what_is_known_of_a_child_counts_for_every_record_of_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
