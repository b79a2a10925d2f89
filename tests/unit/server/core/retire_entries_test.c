/* retire_entries_test.c: register entries that are past their period go, also of somebody who still plays,
 * and do not come back; the meeting and its register stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/erase.h"
#include "server/core/reconcile.h"
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

static struct id old_meeting_of(int32_t days, uint8_t kind, size_t no) {
  struct op session = {.table = schema_table(TABLE_session),
                       .row = {{0x5E, kind, (uint8_t)(no >> 8), (uint8_t)no}},
                       .units = 7};
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

static struct id old_meeting(int32_t days, uint8_t no) { return old_meeting_of(days, no, 0); }

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

/* ---- what was asked about them ---- */

static struct op ask_ada(uint8_t no, const struct id *matter) {
  char text[id_text_bytes];
  struct op op = {.table = schema_table(TABLE_question), .row = {{0x51, no}}, .units = 3};
  id_text(text, matter);
  op.values[COL(question, staff)] = value_id(&w->world.ada);
  op.values[COL(question, item)] = value_text(arena_copy(&w->arena, slice_text(text)));
  op.values[COL(question, text)] = value_text(slice_text("Was she there?"));
  hub_world_put(&w->host, &op);
  return op;
}

static bool is_asked(const struct op *question) {
  struct row row = retire_world_load(TABLE_question, &question->row);
  const struct value *v = &row.values[COL(question, withdrawn)];
  assert_true(row.exists);
  return !(v->kind == VALUE_INT && v->i);
}

static struct store_item differ_about(const struct op *mark) {
  const struct table *t = schema_table(TABLE_mark);
  struct store_item matter = {.kind = ITEM_CONFLICT,
                              .conflict = 1,
                              .table = t,
                              .row = mark->row,
                              .unit = t->columns[COL(mark, code)].unit};
  work_item_id(&matter.id, ITEM_CONFLICT, t, &mark->row, matter.unit, NULL);
  retire_world_must(retire_world_store()->ops->work_item_set(retire_world_store(), &matter, true, NULL,
                                                             w->host.now.wall_ms),
                    NULL);
  return matter;
}

/* Nothing the tutor could say would decide anything any more. What a restored hub does not know yet is none
 * that was removed. */
static void nobody_is_asked_about_a_mark_that_is_gone(void **state) {
  static const struct id unknown = {{0x42}};
  (void)state;
  struct id old = old_meeting(old_days, 1), new = old_meeting(new_days, 2);
  struct op gone = put_mark(&old, &w->world.zoe), stays = put_mark(&new, &w->world.zoe);
  struct store_item about_gone = differ_about(&gone), about_stays = differ_about(&stays);
  struct op over = ask_ada(1, &about_gone.id), open = ask_ada(2, &about_stays.id),
            lost = ask_ada(3, &unknown);
  uint64_t asked = retire_world_load(TABLE_question, &over.row).version;
  (void)retire_world_run(RETENTION_LINE_entries, 72);
  assert_false(is_asked(&over));
  assert_true(is_asked(&open) && is_asked(&lost));
  /* And her device hears of it. */
  assert_true(retire_world_travels(&w->world.ada, &over.row, FEED_ROW));
  assert_true(retire_world_load(TABLE_question, &over.row).version > asked);
}

/* ---- one that is stopped ---- */

static struct store_retention stop(const struct store_retention *run) {
  struct fault fault = {.code = ERR_OK};
  struct store_retention out;
  retire_world_must(
      retention_stop(&out, retire_world_store(), &w->host.now, &run->id, &w->world.ben, "Ben", &fault),
      &fault);
  return out;
}

/* Ada has played with them for all those years. */
static bool is_taken(const struct op *mark) {
  hub_world_grant(&w->host, &w->world.ada, &w->world.strings, ENUM_grant_role_tutor, w->world.today - 3000,
                  0);
  (void)test_device_write(&w->device, &w->world.ada, mark);
  const struct receipt r = ingest_bring(&w->device);
  if (r.exception_count && r.exceptions[0].reason != ERR_ERASED)
    fail_msg("%s", err_name(r.exceptions[0].reason));
  assert_int_equal(r.exception_count == 0, retire_world_load(TABLE_mark, &mark->row).exists);
  return r.exception_count == 0;
}

static uint64_t first_day_left(void) {
  uint64_t day;
  retire_world_must(retire_world_store()->ops->number_load(retire_world_store(), STORE_ENTRIES, &day), NULL);
  return day;
}

/* Somebody set 12 months by mistake, and saw it at once. */
static void a_run_that_was_stopped_before_it_removed_anything_is_as_if_it_had_not_been(void **state) {
  (void)state;
  struct id old = old_meeting(new_days, 1), older = old_meeting(old_days, 2);
  struct op late = mark_of(&old, &w->world.zoe, ENUM_mark_code_P);
  struct op never = mark_of(&older, &w->world.zoe, ENUM_mark_code_P);
  (void)retire_world_run(RETENTION_LINE_entries, 72);
  const uint64_t day = first_day_left();
  struct store_retention run = retire_world_order(RETENTION_LINE_entries, 12);
  assert_false(is_taken(&late)); /* while it goes on none comes that it would have to remove */
  (void)stop(&run);
  assert_int_equal(first_day_left(), day); /* reports lack nothing that they had */
  struct op again = mark_of(&old, &w->world.jo, ENUM_mark_code_P);
  assert_true(is_taken(&again));
  assert_false(is_taken(&never)); /* an earlier run was through with those years */
}

/* Of two of the world's learners the one whom a run looks at first. */
static void in_order_of_runs(const struct id *out[2]) {
  bool swap = id_compare(&w->world.zoe, &w->world.jo) > 0;
  out[0] = swap ? &w->world.jo : &w->world.zoe;
  out[1] = swap ? &w->world.zoe : &w->world.jo;
}

/* What was removed stays so, and nothing more is: that also means of whom it had not come to. */
static void after_a_stop_entries_come_of_whoever_the_run_had_not_come_to(void **state) {
  const struct id *learners[2];
  (void)state;
  in_order_of_runs(learners);
  struct id meeting;
  for (size_t i = 0; i < retention_piece_rows_max; i++) {
    meeting = old_meeting_of(old_days + (int32_t)i, 1, i + 1);
    (void)put_mark(&meeting, learners[0]);
  }
  struct id other = old_meeting(old_days, 2);
  struct op stays = put_mark(&meeting, learners[1]), gone = mark_of(&meeting, learners[0], ENUM_mark_code_L);
  struct op late = mark_of(&other, learners[1], ENUM_mark_code_P),
            never = mark_of(&other, learners[0], ENUM_mark_code_P);
  struct store_retention run = retire_world_order(RETENTION_LINE_entries, 72);
  assert_true(retire_world_piece());
  run = stop(&run);
  assert_int_equal(run.records, retention_piece_rows_max);
  assert_false(retire_world_piece());
  assert_true(retire_world_load(TABLE_mark, &stays.row).exists);
  assert_int_equal(first_day_left(), run.before); /* some of those years are gone, and reports say so */
  assert_true(is_taken(&late));
  assert_false(is_taken(&gone) || is_taken(&never));
  (void)retire_world_run(RETENTION_LINE_entries, 72); /* somebody goes on with it after all */
  assert_false(retire_world_load(TABLE_mark, &late.row).exists);
  late.values[COL(mark, code)] = value_int(ENUM_mark_code_AN);
  assert_false(is_taken(&late));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(entries_go_six_years_after_their_day_though_somebody_still_plays),
      TEST(an_entry_that_comes_late_is_left_out_and_a_new_one_of_today_is_taken),
      TEST(entries_of_whoever_is_held_stay_and_are_counted),
      TEST(nobody_is_asked_about_a_mark_that_is_gone),
      TEST(a_run_that_was_stopped_before_it_removed_anything_is_as_if_it_had_not_been),
      TEST(after_a_stop_entries_come_of_whoever_the_run_had_not_come_to),
      TEST(nobody_is_asked_about_two_marks_that_are_gone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
