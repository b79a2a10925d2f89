/* protection_test.c: an erasure names the devices that have not confirmed it, and says when one of them must
 * be fetched. */
#include "server/core/erase.h"
#include "tests/contract/api/matters.h"

static struct ingest_world *const w = &ingest_world;

static void erase_zoe(void) {
  struct erase_result r;
  struct fault fault;
  struct erase_order order = {
      .learner = w->world.zoe, .by = w->host.hub.id, .reason = slice_text("the family asked for it")};
  assert_int_equal(erase_learner(&r, &w->host.hub, w->host.store, &w->host.now, &order, &fault), ERR_OK);
}

static void who_has_not_confirmed_is_named_and_overdue_after_its_days(void **state) {
  (void)state;
  erase_zoe();
  desk_get("/api/erasures");
  desk_fine();
  assert_int_equal(desk_count("erasures"), 1);
  assert_int_equal(desk_number("erasures.0.confirmed"), 0);
  assert_int_equal(desk_count("erasures.0.waiting"), (size_t)desk_number("erasures.0.devices"));
  assert_true(desk_count("erasures.0.waiting") >= 1);
  assert_true(strlen(desk_text("erasures.0.waiting.0.name")) > 0);
  assert_false(desk_is("erasures.0.overdue"));
  hub_host_pass(&w->host, (int64_t)(erasure_overdue_days + 1) * 86400000);
  desk_return(ENUM_role_office);
  desk_get("/api/erasures");
  desk_fine();
  assert_true(desk_is("erasures.0.overdue"));
  assert_null(strstr(desk.text, "Zo")); /* of those who are gone nothing is left to tell */
}

static void what_the_rule_counts_is_told_with_its_day(void **state) {
  (void)state;
  desk_get("/api/retention");
  desk_fine();
  assert_int_equal(desk_number("years"), w->host.hub.retention_years);
  assert_int_equal(desk_number("due"), 0);
  assert_int_equal(strlen(desk_text("before")), 10);
}

/* Zoe left nine years ago: the dry run names her, and that somebody looked is in the audit. */
static void the_dry_run_names_whom_it_would_be_about(void **state) {
  (void)state;
  struct op ended = {.table = schema_table(TABLE_enrolment), .units = 1U | 1U << 1};
  struct id keys[2] = {w->world.zoe, w->world.strings};
  crypto_row_id(&ended.row, TABLE_enrolment, keys, 2);
  ended.values[COL(enrolment, learner)] = value_id(&keys[0]);
  ended.values[COL(enrolment, activity)] = value_id(&keys[1]);
  ended.values[COL(enrolment, starts)] = value_int(w->world.today - 4000);
  ended.values[COL(enrolment, ends)] = value_int(w->world.today - 3300);
  hub_world_put(&w->host, &ended);
  desk_get("/api/retention");
  desk_fine();
  assert_int_equal(desk_number("due"), 1);
  assert_int_equal(desk_count("learners"), 1);
  assert_non_null(strstr(desk_text("learners.0.name"), "Testing"));
  assert_int_equal(strlen(desk_text("learners.0.last")), 10);
  assert_false(desk_is("learners.0.held"));
  assert_int_equal(desk_audited("retention.read"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(who_has_not_confirmed_is_named_and_overdue_after_its_days),
      TEST(what_the_rule_counts_is_told_with_its_day),
      TEST(the_dry_run_names_whom_it_would_be_about),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
