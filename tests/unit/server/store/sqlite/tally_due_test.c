/* tally_due_test.c: what is entered at the office has those activities added up again of which it changes the
 * sums, and no others: a hub with a year of marks answers its next report as soon as a small one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/reports.h"
#include "server/store/sqlite/sqlite_store.h"
#include "tests/lib/hub_world.h"

enum { schools = 2, days = 3 };
/* Each school has an activity that meets on the first day and the second, and one that meets on the third. */
enum activity { ONE_EARLY, ONE_LATE, OTHER_EARLY, OTHER_LATE, NOBODYS, activities };
static struct hub_host host;
static struct hub_world world;
static struct id school[schools], activity[activities];
static int32_t first; /* a year ago: everything has ended */

static struct id named(const char *kind, int no) {
  char ref[2] = {(char)('a' + no), 0};
  struct id id;
  crypto_import_id(&id, &host.hub.id, kind, slice_text(ref));
  return id;
}

static void put_session(int a, int day) {
  struct op op = {.table = schema_table(TABLE_session), .row = named("session", a * days + day), .units = 7};
  op.values[COL(session, activity)] = value_id(&activity[a]);
  op.values[COL(session, date)] = value_int(first + day);
  op.values[COL(session, starts)] = value_int(600);
  op.values[COL(session, ends)] = value_int(630);
  op.values[COL(session, status)] = value_int(ENUM_session_status_delivered);
  hub_world_put(&host, &op);
}

static void put_activity(int a) {
  struct op op = {.table = schema_table(TABLE_activity), .units = 0x1F};
  activity[a] = op.row = named("activity", a);
  op.values[COL(activity, name)] = value_text(slice_text("Flute lesson"));
  op.values[COL(activity, mode)] = value_int(ENUM_mode_individual);
  if (a != NOBODYS) op.values[COL(activity, school)] = value_id(&school[a / 2]);
  hub_world_put(&host, &op);
  if (a % 2 == 0) put_session(a, 0), put_session(a, 1);
  if (a % 2 == 1) put_session(a, 2);
}

static void refresh(void) {
  bool more = true;
  while (more) assert_int_equal(reports_refresh(host.store, &host.now, 8, &more), ERR_OK);
  assert_int_equal(reports_are_due(host.store, &host.now, &more), ERR_OK);
  assert_false(more);
}

static int setup(void **state) {
  (void)state;
  hub_host_open(&host, 12);
  hub_world_make(&world, &host);
  first = date_to_days((struct date){2025, 11, 3});
  for (int i = 0; i < schools; i++) {
    struct op op = {.table = schema_table(TABLE_school), .units = 7};
    school[i] = op.row = named("school", i);
    op.values[COL(school, name)] = value_text(slice_text("Sample School"));
    hub_world_put(&host, &op);
  }
  for (int a = 0; a < activities; a++) put_activity(a);
  refresh();
  return 0;
}

static int teardown(void **state) {
  (void)state;
  hub_host_close(&host);
  return 0;
}

/* Exactly those of the set, 1 << activity each, are to be added up, and then are. */
static void expect_due(unsigned set) {
  struct arena a = ARENA_INIT(1 << 16);
  struct stmt *s;
  struct id *list;
  size_t count;
  unsigned found = 0;
  assert_int_equal(db_stmt(sqlite_of(host.store)->db, &s, "SELECT activity FROM tally_due WHERE at=0"),
                   ERR_OK);
  assert_int_equal(read_ids(s, &a, &list, &count), ERR_OK);
  for (size_t i = 0; i < count; i++) {
    int which = 0;
    while (which < activities && !id_equal(&activity[which], &list[i])) which++;
    assert_true(which < activities);
    found |= 1U << which;
  }
  assert_int_equal(found, set);
  arena_finish(&a);
  refresh();
}

static void close_days(const char *no, const struct id *of, int32_t from, int32_t to) {
  struct op op = {.table = schema_table(TABLE_closure), .row = named("closure", no[0] - '0'), .units = 7};
  if (of) op.values[COL(closure, school)] = value_id(of);
  op.values[COL(closure, starts)] = value_int(from);
  op.values[COL(closure, ends)] = value_int(to);
  op.values[COL(closure, reason)] = value_text(slice_text("INSET day"));
  hub_world_put(&host, &op);
}

static void a_school_that_is_closed_has_what_meets_there_on_those_days_added_up(void **state) {
  (void)state;
  close_days("1", &school[0], first, first);
  expect_due(1U << ONE_EARLY);
  close_days("2", &school[1], first, first + 2);
  expect_due(1U << OTHER_EARLY | 1U << OTHER_LATE);
  close_days("3", &school[1], first + 40, first + 41);
  expect_due(0);
}

static void when_everything_is_closed_it_is_what_meets_on_those_days_anywhere(void **state) {
  (void)state;
  close_days("1", NULL, first + 1, first + 1);
  expect_due(1U << ONE_EARLY | 1U << OTHER_EARLY | 1U << NOBODYS);
}

static void a_closure_on_other_days_changes_those_it_was_on_and_those_it_is_on(void **state) {
  (void)state;
  close_days("1", &school[0], first, first);
  refresh();
  struct op op = {.table = schema_table(TABLE_closure), .row = named("closure", 1), .units = 1U << 1};
  op.values[COL(closure, starts)] = op.values[COL(closure, ends)] = value_int(first + 2);
  hub_world_put(&host, &op);
  expect_due(1U << ONE_EARLY | 1U << ONE_LATE);
  op = (struct op){.table = schema_table(TABLE_closure), .row = named("closure", 1), .units = 1U << 3};
  op.values[COL(closure, removed)] = value_int(1);
  hub_world_put(&host, &op);
  expect_due(1U << ONE_LATE);
}

static void a_contract_changes_what_its_school_is_owed_alone(void **state) {
  (void)state;
  struct op op = {.table = schema_table(TABLE_contract), .row = named("contract", 0), .units = 7};
  op.values[COL(contract, school)] = value_id(&school[1]);
  op.values[COL(contract, starts)] = value_int(first - 60);
  hub_world_put(&host, &op);
  expect_due(1U << OTHER_EARLY | 1U << OTHER_LATE);
}

static void put_term(int no, int32_t starts, int32_t ends) {
  struct op op = {.table = schema_table(TABLE_term), .row = named("term", no), .units = 7};
  op.values[COL(term, name)] = value_text(slice_text("Autumn"));
  op.values[COL(term, starts)] = value_int(starts);
  op.values[COL(term, ends)] = value_int(ends);
  hub_world_put(&host, &op);
}

static void a_term_changes_what_meets_from_its_first_day_to_the_end_of_its_school_year(void **state) {
  (void)state;
  put_term(1, first + 400, first + 470); /* of a school year in which nothing met */
  expect_due(0);
  put_term(2, first + 2, first + 30);
  expect_due(1U << ONE_LATE | 1U << OTHER_LATE);
  put_term(3, first - 40, first + 30);
  expect_due((1U << activities) - 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_school_that_is_closed_has_what_meets_there_on_those_days_added_up,
                                      setup, teardown),
      cmocka_unit_test_setup_teardown(when_everything_is_closed_it_is_what_meets_on_those_days_anywhere,
                                      setup, teardown),
      cmocka_unit_test_setup_teardown(a_closure_on_other_days_changes_those_it_was_on_and_those_it_is_on,
                                      setup, teardown),
      cmocka_unit_test_setup_teardown(a_contract_changes_what_its_school_is_owed_alone, setup, teardown),
      cmocka_unit_test_setup_teardown(
          a_term_changes_what_meets_from_its_first_day_to_the_end_of_its_school_year, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
