/* retire_entries_test.c: register entries that are past their period go, also of somebody who still plays,
 * and do not come back; the meeting and its register stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/erase.h"
#include "server/core/reports.h"
#include "server/core/retention.h"
#include "tests/lib/retire_world.h"

static struct ingest_world *const w = &ingest_world;
enum { new_days = 500 };

static void add_up(void) {
  bool more = true;
  while (more) retire_world_must(reports_refresh(retire_world_store(), &w->host.now, 32, &more), NULL);
}

static bool sums_are_due(void) {
  bool due;
  retire_world_must(reports_are_due(retire_world_store(), &w->host.now, &due), NULL);
  return due;
}

enum { old_days = 2600 }; /* more than seven years */

static struct id old_meeting(int32_t days, uint8_t no) {
  struct op session = {.table = schema_table(TABLE_session), .row = {{0x5E, no}}, .units = 7};
  session.values[COL(session, activity)] = value_id(&w->world.strings);
  session.values[COL(session, date)] = value_int(w->world.today - days);
  session.values[COL(session, starts)] = value_int(960);
  session.values[COL(session, ends)] = value_int(1020);
  session.values[COL(session, status)] = value_int(ENUM_session_status_delivered);
  hub_world_put(&w->host, &session);
  struct op closed = {.table = schema_table(TABLE_register), .units = 3};
  crypto_row_id(&closed.row, TABLE_register, &session.row, 1);
  closed.values[COL(register, session)] = value_id(&session.row);
  closed.values[COL(register, state)] = value_int(ENUM_register_state_closed);
  hub_world_put(&w->host, &closed);
  return session.row;
}

static struct op mark_of(const struct id *session, const struct id *learner, int code) {
  struct op mark = {.table = schema_table(TABLE_mark), .units = 3};
  crypto_row_id(&mark.row, TABLE_mark, (const struct id[]){*session, *learner}, 2);
  mark.values[COL(mark, session)] = value_id(session);
  mark.values[COL(mark, learner)] = value_id(learner);
  mark.values[COL(mark, code)] = value_int(code);
  return mark;
}

static struct op put_mark(const struct id *session, const struct id *learner) {
  struct op mark = mark_of(session, learner, ENUM_mark_code_P);
  hub_world_put(&w->host, &mark);
  return mark;
}

static void entries_go_six_years_after_their_day_though_somebody_still_plays(void **state) {
  struct store_retained *list;
  (void)state;
  struct id old = old_meeting(old_days, 1), new = old_meeting(new_days, 2), register_row;
  struct op gone = put_mark(&old, &w->world.zoe), stays = put_mark(&new, &w->world.zoe);
  int32_t before[RETENTION_LINES] = {0};
  struct view_due due[RETENTION_LINES];
  before[RETENTION_LINE_entries] = retention_before(w->world.today, 72);
  retire_world_must(views_due(retire_world_store(), before, due), NULL);
  assert_int_equal(due[RETENTION_LINE_entries].records, 1);
  assert_int_equal(due[RETENTION_LINE_entries].learners, 1);
  assert_int_equal(due[RETENTION_LINE_entries].oldest, w->world.today - old_days);
  add_up();
  struct store_retention r = retire_world_run(RETENTION_LINE_entries, 72);
  assert_true(sums_are_due()); /* reports count what is there */
  assert_int_equal(r.records, 1);
  assert_int_equal(retire_world_retained(&r, &list), 1);
  assert_int_equal(list[0].records, 1);
  assert_false(retire_world_load(TABLE_mark, &gone.row).exists);
  assert_true(retire_world_load(TABLE_mark, &stays.row).exists);
  assert_true(retire_world_travels(&w->world.strings, &gone.row, FEED_LEAVE));
  assert_true(retire_world_travels(&w->world.strings, &stays.row, FEED_ROW));
  /* That it took place, and that its register was closed. */
  crypto_row_id(&register_row, TABLE_register, &old, 1);
  assert_true(retire_world_load(TABLE_session, &old).exists &&
              retire_world_load(TABLE_register, &register_row).exists);
  retire_world_must(views_due(retire_world_store(), before, due), NULL);
  assert_int_equal(due[RETENTION_LINE_entries].records, 0);
}

static void an_entry_that_comes_late_is_left_out_and_a_new_one_of_today_is_taken(void **state) {
  (void)state;
  struct id old = old_meeting(old_days, 1);
  struct op gone = put_mark(&old, &w->world.zoe), never = mark_of(&old, &w->world.jo, ENUM_mark_code_AU);
  (void)retire_world_run(RETENTION_LINE_entries, 72);
  gone.values[COL(mark, code)] = value_int(ENUM_mark_code_L);
  (void)test_device_write(&w->device, &w->world.ada, &gone);
  (void)test_device_write(&w->device, &w->world.ada, &never);
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_P);
  struct receipt r = ingest_bring(&w->device);
  assert_int_equal(r.exception_count, 2);
  assert_int_equal(r.exceptions[0].reason, ERR_ERASED);
  assert_int_equal(r.exceptions[1].reason, ERR_ERASED);
  assert_false(retire_world_load(TABLE_mark, &gone.row).exists ||
               retire_world_load(TABLE_mark, &never.row).exists);
  assert_true(ingest_load_mark(&w->world.jo).exists);
}

/* Evidence stays, and can be put right. */
static void entries_of_whoever_is_held_stay_and_are_counted(void **state) {
  struct store_retained *list;
  (void)state;
  struct id old = old_meeting(old_days, 1);
  struct op held = put_mark(&old, &w->world.zoe), gone = put_mark(&old, &w->world.jo);
  retire_world_hold_zoe();
  struct store_retention r = retire_world_run(RETENTION_LINE_entries, 72);
  assert_true(r.records == 1 && r.learners == 1 && r.held == 1);
  assert_int_equal(retire_world_retained(&r, &list), 2);
  assert_true(retire_world_load(TABLE_mark, &held.row).exists);
  assert_false(retire_world_load(TABLE_mark, &gone.row).exists);
  held.values[COL(mark, code)] = value_int(ENUM_mark_code_AN);
  hub_world_put(&w->host, &held);
  assert_int_equal(retire_world_load(TABLE_mark, &held.row).values[COL(mark, code)].i, ENUM_mark_code_AN);
}

static void merge_into_zoe(const struct id *learner) {
  struct op op = {.table = schema_table(TABLE_learner), .row = *learner, .units = 1U << 4};
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_merged);
  op.values[COL(learner, merged_into)] = value_id(&w->world.zoe);
  hub_world_put(&w->host, &op);
}

static size_t matters_of_two_marks(void) {
  struct store_item *list;
  size_t count, found = 0;
  retire_world_must(
      retire_world_store()->ops->work_item_list(retire_world_store(), 1000, &w->arena, &list, &count), NULL);
  for (size_t i = 0; i < count; i++) found += list[i].kind == ITEM_TWO_MARKS;
  return found;
}

/* The matter stands under the record that stands for the child, and the marks under the others. */
static void nobody_is_asked_about_two_marks_that_are_gone(void **state) {
  (void)state;
  struct id old = old_meeting(old_days, 1);
  struct op one = put_mark(&old, &w->world.jo), other = mark_of(&old, &w->world.li, ENUM_mark_code_AN);
  hub_world_put(&w->host, &other);
  merge_into_zoe(&w->world.jo);
  merge_into_zoe(&w->world.li);
  assert_int_equal(matters_of_two_marks(), 1);
  assert_int_equal(retire_world_run(RETENTION_LINE_entries, 72).records, 2);
  assert_false(retire_world_load(TABLE_mark, &one.row).exists ||
               retire_world_load(TABLE_mark, &other.row).exists);
  assert_int_equal(matters_of_two_marks(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(entries_go_six_years_after_their_day_though_somebody_still_plays),
      TEST(an_entry_that_comes_late_is_left_out_and_a_new_one_of_today_is_taken),
      TEST(entries_of_whoever_is_held_stay_and_are_counted),
      TEST(nobody_is_asked_about_two_marks_that_are_gone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
