/* numbers_test.c: what schools and other systems call a learner: said, changed and taken away by the office,
 * one UPN for one learner, and every look in the audit. Who may is in the matrix. */
#include "tests/contract/api/matters.h"

#include <stdio.h>

static struct ingest_world *const w = &ingest_world;

#define UPN_1 "P000000000001"
#define UPN_2 "D000000000002"

static void say(const struct id *learner, const char *upn, const char *mis_id, const char *version) {
  json_t *body = json_pack("{s:s, s:s}", "upn", upn, "mis_id", mis_id);
  if (version) json_object_set_new(body, "version", json_string(version));
  desk_send(desk_path("/api/numbers/set/", learner), body);
}

static void look(const struct id *learner) {
  desk_get(desk_path("/api/numbers/", learner));
  desk_fine();
}

static void numbers_are_said_changed_and_taken_away(void **state) {
  (void)state;
  desk_sit(ENUM_role_office);
  look(&w->world.zoe);
  assert_int_equal(desk_count("records"), 1);
  assert_true(json_is_null(desk_at("records.0.upn")));
  say(&w->world.zoe, " p0000-0000 0001 ", "00017", NULL);
  desk_fine();
  assert_string_equal(desk_text("records.0.upn"), UPN_1);
  assert_string_equal(desk_text("records.0.mis_id"), "00017");
  say(&w->world.zoe, UPN_2, "", NULL);
  desk_fine();
  look(&w->world.zoe);
  assert_string_equal(desk_text("records.0.upn"), UPN_2);
  assert_true(json_is_null(desk_at("records.0.mis_id")));
  assert_int_equal(desk_audited("numbers.set"), 2);
  assert_true(desk_audited("numbers.read") > 0);
}

static void what_is_no_upn_is_refused_in_words(void **state) {
  (void)state;
  desk_sit(ENUM_role_office);
  say(&w->world.zoe, "12345", "", NULL);
  desk_expect(400, "INVALID");
  say(&w->world.zoe, "A000000000001", "", NULL);
  desk_expect(400, "INVALID");
  assert_non_null(strstr(desk_text("text"), "mistyped"));
  assert_int_equal(desk_audited("numbers.set"), 0);
}

static void nobody_gets_the_upn_of_somebody_else_or_writes_over_a_change(void **state) {
  (void)state;
  char version[24];
  desk_sit(ENUM_role_office);
  say(&w->world.zoe, UPN_1, "", NULL);
  desk_fine();
  (void)snprintf(version, sizeof version, "%lld", (long long)desk_number("records.0.version"));
  say(&w->world.jo, UPN_1, "", NULL);
  desk_expect(409, "CONFLICT");
  assert_non_null(strstr(desk_text("text"), "Zo\xc3\xab"));
  say(&w->world.zoe, UPN_2, "", version);
  desk_fine();
  say(&w->world.zoe, UPN_1, "", version);
  desk_expect(409, "CONFLICT");
  say(&w->world.jo, UPN_1, "", "0"); /* nobody has it now */
  desk_fine();
}

/* The records of one child keep what each said, and the page says that they differ. */
static void records_of_one_child_keep_both_and_say_that_they_differ(void **state) {
  (void)state;
  desk_sit(ENUM_role_office);
  say(&w->world.zoe, UPN_1, "00017", NULL);
  say(&w->world.jo, UPN_2, "", NULL);
  desk_fine();
  struct op op = {.table = schema_table(TABLE_learner), .row = w->world.jo, .units = 1U << 4};
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_merged);
  op.values[COL(learner, merged_into)] = value_id(&w->world.zoe);
  hub_world_put(&w->host, &op);
  look(&w->world.zoe);
  assert_int_equal(desk_count("records"), 2);
  assert_string_equal(desk_text("records.0.upn"), UPN_1);
  assert_string_equal(desk_text("records.1.upn"), UPN_2);
  assert_true(desk_is("differ"));
  say(&w->world.jo, UPN_1, "", NULL); /* the same child has it: nobody else does */
  desk_fine();
  assert_false(desk_is("differ"));
}

/* A school gave one for the time being, and then the right one came. */
static void a_number_for_the_time_being_says_nothing_against_another(void **state) {
  (void)state;
  desk_sit(ENUM_role_office);
  say(&w->world.zoe, UPN_1, "", NULL);
  desk_fine();
  say(&w->world.jo, "A00000000000A", "", NULL);
  desk_fine();
  struct op op = {.table = schema_table(TABLE_learner), .row = w->world.jo, .units = 1U << 4};
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_merged);
  op.values[COL(learner, merged_into)] = value_id(&w->world.zoe);
  hub_world_put(&w->host, &op);
  look(&w->world.zoe);
  assert_int_equal(desk_count("records"), 2);
  assert_false(desk_is("differ"));
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
  const struct CMUnitTest tests[] = {
      CASE(numbers_are_said_changed_and_taken_away),
      CASE(what_is_no_upn_is_refused_in_words),
      CASE(records_of_one_child_keep_both_and_say_that_they_differ),
      CASE(a_number_for_the_time_being_says_nothing_against_another),
      CASE(nobody_gets_the_upn_of_somebody_else_or_writes_over_a_change),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
