/* views_day_test.c: the board of a day whose list has more than a page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/views_day.h"
#include "tests/lib/hub_world.h"

enum { meetings = 40, page = 7, noon = 12 * 60 };

static struct hub_host host;
static struct hub_world world;
static struct arena arena;
static struct day_wanted wanted;
static struct view_day day;

static struct id meeting(const struct id *activity, uint8_t no, int32_t starts, int status) {
  struct op op = {.table = schema_table(TABLE_session), .row = {{0x51, no}}, .units = 7};
  op.values[COL(session, activity)] = value_id(activity);
  op.values[COL(session, date)] = value_int(world.today);
  op.values[COL(session, starts)] = value_int(starts);
  op.values[COL(session, ends)] = value_int(starts + 30);
  op.values[COL(session, status)] = value_int(status);
  hub_world_put(&host, &op);
  return op.row;
}

static void take(const struct id *session, int register_state) {
  struct op op = {.table = schema_table(TABLE_register), .units = 3};
  crypto_row_id(&op.row, TABLE_register, session, 1);
  op.values[COL(register, session)] = value_id(session);
  op.values[COL(register, state)] = value_int(register_state);
  hub_world_put(&host, &op);
}

/* Noon has passed: of forty meetings from eight o'clock on, a quarter of an hour apart, every fourth was
 * taken, every fourth is open and every tenth was cancelled. */
static int setup(void **state) {
  (void)state;
  arena = (struct arena)ARENA_INIT(1 << 26);
  hub_host_open(&host, 6);
  hub_world_make(&world, &host);
  for (uint8_t i = 0; i < meetings; i++) {
    struct id id = meeting(i % 2 ? &world.brass : &world.strings, i, 480 + 15 * i,
                           i % 10 == 9 ? ENUM_session_status_cancelled : ENUM_session_status_scheduled);
    if (i % 4 == 0) take(&id, ENUM_register_state_closed);
    if (i % 4 == 1 && i % 10 != 9) take(&id, ENUM_register_state_open);
  }
  wanted = (struct day_wanted){.date = world.today, .limit = page};
  host.now.wall_ms = uk_instant(world.today, noon);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  arena_finish(&arena);
  hub_host_close(&host);
  return 0;
}

static void ask(void) { assert_int_equal(views_day(host.store, &wanted, &host.now, &arena, &day), ERR_OK); }

/* All pages one after the other: how many came, none of them twice. */
static size_t walk(struct view_register *all) {
  size_t count = 0;
  char cursor[sizeof day.next];
  for (wanted.after = (struct slice){NULL, 0};; wanted.after = slice_text(cursor)) {
    ask();
    assert_true(day.count <= page && count + day.count <= day.total);
    for (size_t i = 0; i < day.count; i++) {
      for (size_t k = 0; k < count; k++) assert_false(id_equal(&all[k].session, &day.list[i].session));
      all[count++] = day.list[i];
    }
    if (day.next[0] == 0) break;
    (void)snprintf(cursor, sizeof cursor, "%s", day.next);
  }
  wanted.after = (struct slice){NULL, 0};
  return count;
}

static unsigned sum(void) {
  unsigned all = 0;
  for (size_t i = 0; i <= VIEW_SHUT; i++) all += day.counts[i];
  return all;
}

static void the_figures_are_of_the_whole_day_and_the_pages_of_all_of_it(void **state) {
  struct view_register all[64];
  (void)state;
  assert_int_equal(walk(all), meetings + 2);
  assert_int_equal(day.total, meetings + 2);
  assert_int_equal(sum(), meetings + 2);
  assert_int_equal(day.counts[VIEW_CLOSED], 10);
  unsigned seen[VIEW_SHUT + 1] = {0};
  for (size_t i = 0; i < meetings + 2; i++) seen[all[i].state]++;
  for (size_t i = 0; i <= VIEW_SHUT; i++) assert_int_equal(seen[i], day.counts[i]);
}

static unsigned turn(const struct view_register *r) {
  switch (r->state) {
  case VIEW_MISSING: return 0;
  case VIEW_OPEN: return host.now.wall_ms >= uk_instant(r->date, r->ends) ? 1 : 3;
  case VIEW_DUE: return 2;
  case VIEW_UPCOMING: return 4;
  case VIEW_CLOSED: return 5;
  default: return 6;
  }
}

static void what_needs_somebody_comes_first_and_then_by_time(void **state) {
  struct view_register all[64];
  (void)state;
  size_t count = walk(all), late = 0;
  assert_int_equal(all[0].state, VIEW_MISSING);
  for (size_t i = 0; i < count; i++) late += turn(&all[i]) == 1;
  for (size_t i = 1; i < count; i++) {
    assert_true(turn(&all[i - 1]) <= turn(&all[i]));
    if (turn(&all[i - 1]) == turn(&all[i])) assert_true(all[i - 1].starts <= all[i].starts);
  }
  assert_true(late > 0 && late < day.counts[VIEW_OPEN]);
  assert_int_equal(day.late, late);
}

static void a_list_that_is_narrowed_leaves_the_figures_as_they_are(void **state) {
  struct view_register all[64];
  (void)state;
  ask();
  unsigned missing = day.counts[VIEW_MISSING], late = day.late;
  wanted.states = 1U << VIEW_MISSING;
  assert_int_equal(walk(all), missing);
  assert_int_equal(day.total, missing);
  assert_int_equal(sum(), meetings + 2);
  wanted.states = 0;
  wanted.late = true;
  assert_int_equal(walk(all), late);
  for (size_t i = 0; i < late; i++) assert_int_equal(turn(&all[i]), 1);
  wanted.late = false;
  wanted.text = slice_text("BRA");
  assert_int_equal(walk(all), meetings / 2 + 1);
  for (size_t i = 0; i < meetings / 2 + 1; i++)
    assert_true(slice_equal(all[i].activity_name, slice_text("Brass")));
  assert_int_equal(sum(), meetings + 2);
  wanted.text = slice_text("nothing of that name");
  assert_int_equal(walk(all), 0);
}

static void a_page_has_what_the_register_adds_up_to_and_who_holds_it(void **state) {
  (void)state;
  wanted.text = slice_text("strings");
  wanted.limit = 1;
  ask();
  assert_int_equal(day.count, 1);
  assert_int_equal(day.list[0].totals.of, 3);
  assert_int_equal(day.list[0].staff_count, 2);
}

static bool is_brass(const void *who, const struct id *activity) {
  return id_equal(activity, &((const struct hub_world *)who)->brass);
}

static void what_somebody_does_not_see_is_in_no_figure(void **state) {
  struct view_register all[64];
  (void)state;
  wanted.sees = is_brass;
  wanted.who = &world;
  assert_int_equal(walk(all), meetings / 2 + 1);
  assert_int_equal(sum(), meetings / 2 + 1);
}

/* The one that the page before ended with is closed, and so stands elsewhere now: nothing is left out. */
static void a_page_goes_on_from_where_the_last_one_stood(void **state) {
  enum { few = 3 };
  char cursor[sizeof day.next];
  (void)state;
  wanted.states = 1U << VIEW_MISSING;
  wanted.limit = few;
  ask();
  unsigned missing = day.counts[VIEW_MISSING];
  (void)snprintf(cursor, sizeof cursor, "%s", day.next);
  take(&day.list[few - 1].session, ENUM_register_state_closed);
  wanted.after = slice_text(cursor);
  wanted.limit = 99;
  ask();
  assert_int_equal(day.counts[VIEW_MISSING], missing - 1);
  assert_true(day.count > 0);
  assert_int_equal(day.count, missing - few);
  assert_string_equal(day.next, "");
}

static void a_cursor_of_nobodys_is_refused(void **state) {
  static const char *const bad[] = {"x",
                                    "0",
                                    "0.480",
                                    "0.480.51",
                                    "9.480.51000000000000000000000000000000",
                                    "0.480.51000000000000000000000000000000.",
                                    "0.480.510000000000000000000000000000zz",
                                    "0.48000000.51000000000000000000000000000000"};
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    wanted.after = slice_text(bad[i]);
    assert_int_equal(views_day(host.store, &wanted, &host.now, &arena, &day), ERR_INVALID);
  }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(the_figures_are_of_the_whole_day_and_the_pages_of_all_of_it),
      TEST(what_needs_somebody_comes_first_and_then_by_time),
      TEST(a_list_that_is_narrowed_leaves_the_figures_as_they_are),
      TEST(a_page_has_what_the_register_adds_up_to_and_who_holds_it),
      TEST(what_somebody_does_not_see_is_in_no_figure),
      TEST(a_page_goes_on_from_where_the_last_one_stood),
      TEST(a_cursor_of_nobodys_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
