/* retention_test.c: whose records were kept long enough, and whom a hold, a case or a running enrolment
 * keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/cases.h"
#include "server/core/erase.h"
#include "server/core/retention.h"
#include "tests/lib/ingest_world.h"

static struct ingest_world *const w = &ingest_world;

/* Zoe left ten days ago; the others play on. */
static void zoe_has_left(void) {
  hub_world_enrol(&w->host, &w->world.zoe, &w->world.strings, w->world.today - 30, w->world.today - 10);
}

static struct view_expired *expired(int32_t before, size_t *count) {
  struct view_expired *list;
  assert_int_equal(views_expired(w->host.store, before, &w->arena, &list, count), ERR_OK);
  return list;
}

static void whoever_is_enrolled_is_kept_whatever_the_rule(void **state) {
  (void)state;
  size_t count;
  (void)expired(w->world.today + 1000, &count);
  assert_int_equal(count, 0);
}

static void who_left_goes_when_the_latest_record_is_old_and_not_before(void **state) {
  (void)state;
  size_t count;
  zoe_has_left();
  (void)expired(w->world.today - 10, &count);
  assert_int_equal(count, 0);
  struct view_expired *list = expired(w->world.today - 9, &count);
  assert_int_equal(count, 1);
  assert_true(id_equal(&list[0].learner, &w->world.zoe));
  assert_int_equal(list[0].last, w->world.today - 10);
  assert_false(list[0].held);
}

static void a_later_mark_counts_though_the_enrolment_has_ended(void **state) {
  (void)state;
  size_t count;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  (void)ingest_bring(&w->device);
  zoe_has_left();
  (void)expired(w->world.today, &count);
  assert_int_equal(count, 0);
  assert_int_equal(expired(w->world.today + 1, &count)[0].last, w->world.today);
}

static void a_hold_keeps_them_and_is_said(void **state) {
  (void)state;
  size_t count;
  struct fault fault;
  const struct store_hold hold = {
      .learner = w->world.zoe, .by = w->world.ben, .reason = slice_text("evidence"), .since_ms = 1};
  zoe_has_left();
  assert_int_equal(erase_hold(&w->host.hub, w->host.store, &w->host.now, &hold, &fault), ERR_OK);
  assert_true(expired(w->world.today, &count)[0].held);
  assert_int_equal(count, 1);
}

static void an_open_case_keeps_them_too(void **state) {
  (void)state;
  size_t count;
  struct op op = {.table = schema_table(TABLE_register), .units = 3};
  crypto_row_id(&op.row, TABLE_register, &w->world.strings_today, 1);
  op.values[COL(register, session)] = value_id(&w->world.strings_today);
  op.values[COL(register, state)] = value_int(ENUM_register_state_closed);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_AU);
  (void)test_device_write(&w->device, &w->world.ada, &op);
  (void)ingest_bring(&w->device);
  zoe_has_left();
  assert_true(expired(w->world.today + 1, &count)[0].held);
}

static void an_entry_of_the_local_plan_counts_as_a_record(void **state) {
  (void)state;
  size_t count, tables = 0;
  int32_t day = w->world.today - 9;
  zoe_has_left();
  for (const struct table *t = schema_after(TABLE_voice - 1); t && t->id <= TABLE_governance;
       t = schema_after(t->id)) {
    uint8_t column;
    if (!schema_subject(t, &column)) continue;
    struct op op = hub_world_about(&w->world, t, &w->world.zoe, ++day, (uint8_t)++tables);
    hub_world_put(&w->host, &op);
    struct view_expired *list = expired(w->world.today + 1000, &count);
    assert_int_equal(count, 1);
    if (list[0].last != day) fail_msg("an entry of %s is no record", t->name);
  }
  assert_int_equal(tables, 6);
}

static void whoever_has_an_instrument_of_the_hub_is_kept_until_it_is_back(void **state) {
  (void)state;
  size_t count;
  struct op op =
      hub_world_about(&w->world, schema_table(TABLE_instrument_loan), &w->world.zoe, w->world.today - 20, 1);
  zoe_has_left();
  op.values[COL(instrument_loan, returned)] = value_null();
  hub_world_put(&w->host, &op);
  (void)expired(w->world.today + 1000, &count);
  assert_int_equal(count, 0);
  op.values[COL(instrument_loan, returned)] = value_int(w->world.today - 11);
  hub_world_put(&w->host, &op);
  (void)expired(w->world.today + 1000, &count);
  assert_int_equal(count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(whoever_is_enrolled_is_kept_whatever_the_rule),
      TEST(who_left_goes_when_the_latest_record_is_old_and_not_before),
      TEST(a_later_mark_counts_though_the_enrolment_has_ended),
      TEST(a_hold_keeps_them_and_is_said),
      TEST(an_open_case_keeps_them_too),
      TEST(an_entry_of_the_local_plan_counts_as_a_record),
      TEST(whoever_has_an_instrument_of_the_hub_is_kept_until_it_is_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
