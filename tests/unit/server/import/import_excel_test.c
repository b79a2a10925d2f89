/* import_excel_test.c: lists as people have them in Excel, out of Arbor, SIMS, Bromcom and SpeedAdmin. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
/* clang-format on */

#include "server/import/import_map.h"
#include "tests/unit/server/import/import_desk.h"

#define SCHOOLS "urn,name\n100001,Riverside Primary\n100002,Hill Top\n100003,Hill Top\n"

/* As the page does: the columns are guessed. Gives the number of mistakes; the ops wait in d->im. */
static size_t read_guessed(struct desk *d, const char *text, const char *list, bool uk_dates) {
  char path[] = "/tmp/tutti-excel-XXXXXX";
  static struct import_peek peek;
  static struct import_map map;
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  close(fd);
  assert_int_equal(import_peek(&peek, path, &d->arena, &d->fault), ERR_OK);
  const struct import_file *file = import_file_guess(peek.headings, peek.heading_count);
  assert_string_equal(file->name, list);
  import_map_guess(&map, file, peek.headings, peek.heading_count);
  import_finish(&d->im);
  import_init(&d->im, &d->host.hub, d->host.store, 20778, uk_dates);
  d->im.map = map.cells;
  d->im.map_count = map.count;
  assert_int_equal(import_read(&d->im, file, path, &d->fault), ERR_OK);
  unlink(path);
  for (size_t i = 0; i < d->im.error_count && i < 5; i++)
    print_message("row %zu, %s: %s\n", d->im.errors[i].row, d->im.errors[i].column, d->im.errors[i].text);
  return d->im.error_count;
}

static struct slice given(const struct desk *d, size_t op, size_t column) {
  return d->im.ops[op].values[column].text;
}
#define SAYS(op, column, words) assert_true(slice_equal(given(d, op, column), slice_text(words)))

static void an_arbor_list_with_a_title_and_a_total_is_read(void **state) {
  struct desk *d = *state;
  desk_apply(d, "schools", SCHOOLS);
  assert_int_equal(read_guessed(d,
                                "Custom report: Year 5 strings, autumn,,,,,,,\n"
                                "Run on,28 Nov 2026,,,,,,,\n"
                                ",,,,,,,,\n"
                                "First name,Last name,Preferred first name,Date of birth,Year group,Arbor "
                                "Student ID,School name,,\n"
                                "Zo\xc3\xab,Sampleton,,1-Sept-16,Year 5,0017,Riverside Primary,,\n"
                                "Li,Testing,Lee,12-Mar-17,Year 4,18,RIVERSIDE PRIMARY\n"
                                ",,,,,,,,\n"
                                "Total students: 2,,,,,,,,\n"
                                "Printed by the office,,,,,,,,\n",
                                "learners", true),
                   0);
  assert_int_equal(d->im.file_rows, 2);
  assert_int_equal(d->im.beneath_count, 2);
  assert_int_equal(d->im.beneath[0].row, 8);
  assert_int_equal(d->im.taken.heading_row, 4);
  assert_int_equal(d->im.ops[0].values[COL(learner, dob)].i, desk_day("2016-09-01"));
  SAYS(0, COL(learner, year_group), "5");
  SAYS(0, COL(learner, ref), "100001/0017");
}

static void a_sims_list_with_the_name_in_one_column_is_read(void **state) {
  struct desk *d = *state;
  assert_int_equal(read_guessed(d,
                                "Adno;Name;Yr;DOB\n"
                                "004211;\"Sampleton, Jo Ann\";5;01/02/2016\n"
                                "004212;Ada Bee Testing;R;03/04/2021\n"
                                "004213;Kit;6;05/06/2015\n",
                                "learners", true),
                   0);
  SAYS(0, COL(learner, first_name), "Jo Ann");
  SAYS(0, COL(learner, last_name), "Sampleton");
  SAYS(2, COL(learner, first_name), "Ada Bee");
  SAYS(2, COL(learner, last_name), "Testing");
  SAYS(4, COL(learner, first_name), "Kit");
  assert_int_equal(d->im.ops[4].values[COL(learner, last_name)].kind, VALUE_NULL);
}

static void first_and_last_name_come_before_the_whole(void **state) {
  struct desk *d = *state;
  assert_int_equal(
      read_guessed(d, "UPN,Name,Forename,Surname\nP000000000001,\"B, A\",Jo,Sampleton\n", "learners", true),
      0);
  SAYS(0, COL(learner, first_name), "Jo");
}

/* Most systems list them in the order in which they are to be rung, and say no number. */
static void contacts_without_a_priority_are_rung_in_the_order_of_the_list(void **state) {
  static const char list[] = "Student,Contact name,Relationship,Telephone\n"
                             "L1,Ann Sampleton,Mother,07700 900123\n"
                             "L2,Cy Testing,Father,07700 900125\n"
                             "L1,Bob Sampleton,Father,07700 900124\n";
  struct desk *d = *state;
  desk_apply(d, "learners", "ref,first_name\nL1,Jo\nL2,Li\n");
  assert_int_equal(read_guessed(d, list, "contacts", true), 0);
  assert_int_equal(d->im.ops[0].values[COL(contact, priority)].i, 1);
  assert_int_equal(d->im.ops[1].values[COL(contact, priority)].i, 1);
  assert_int_equal(d->im.ops[2].values[COL(contact, priority)].i, 2);
  struct id second = d->im.ops[2].row;
  assert_int_equal(read_guessed(d, list, "contacts", true), 0);
  assert_true(id_equal(&second, &d->im.ops[2].row)); /* the same list names the same rows */
  assert_int_equal(desk_read(d, "contacts", "learner_ref,name,priority\nL1,Ann,1\nL1,Bob,\n"), 1);
  assert_string_equal(d->im.errors[0].column, "priority"); /* where some are said, all are */
}

static void telephones_have_their_zero_again_and_shortened_ones_are_said(void **state) {
  struct desk *d = *state;
  desk_apply(d, "learners", "ref,first_name\nL1,Jo\n");
  assert_int_equal(desk_read(d, "contacts",
                             "learner_ref,name,phone,priority\nL1,Ann,7700900123,1\nL1,Bob,07700 900124,2\n"
                             "L1,Cy,+447700900125,3\n"),
                   0);
  SAYS(0, COL(contact, phone), "07700900123");
  SAYS(1, COL(contact, phone), "07700 900124");
  SAYS(2, COL(contact, phone), "+447700900125");
  assert_int_equal(desk_read(d, "contacts", "learner_ref,name,phone,priority\nL1,Ann,7.7009E+09,1\n"), 1);
  assert_non_null(strstr(d->im.errors[0].text, "Excel"));
  assert_string_equal(d->im.errors[0].column, "phone");
}

static void of_a_name_and_a_number_side_by_side_the_number_is_meant(void **state) {
  struct desk *d = *state;
  desk_apply(d, "learners", "ref,first_name\nS1,Jo\n");
  desk_apply(d, "activities", "ref,name,mode\nA1,Monday Strings,ensemble\n");
  assert_int_equal(
      read_guessed(d, "Student;Student no;Course;Start date\nJo Sampleton;S1;Monday Strings;2026-09-01\n",
                   "enrolments", false),
      0);
}

/* A name is a reference's second best, and leads to the same row as the reference does. */
static void schools_activities_and_staff_may_be_named(void **state) {
  struct desk *d = *state;
  desk_apply(d, "schools", SCHOOLS);
  desk_apply(d, "staff", "ref,name,email,roles\nT1,Ada Example,ada@hub.example,tutor\n");
  desk_apply(d, "activities", "ref,name,mode,school_urn\nA1,Monday Strings,ensemble,riverside primary\n");
  desk_apply(d, "timetable", "activity_ref,date,starts,ends,staff_ref\nA1,2026-12-01,15:00,16:00,T1\n");
  assert_int_equal(
      desk_read(
          d, "timetable",
          "activity_ref,date,starts,ends,staff_ref\nmonday strings,2026-12-01,15:00,16:00,Ada Example\n"),
      0);
  assert_int_equal(desk_look(d, IMPORT_UNCHANGED).counts[IMPORT_UNCHANGED], 1); /* the same meeting */
  assert_int_equal(
      desk_read(d, "grants",
                "staff_ref,activity_ref,role,starts\nADA@hub.example,Monday Strings,tutor,2026-09-01\n"),
      0);
  assert_int_equal(desk_read(d, "learners", "ref,first_name,school_urn\nL1,Jo,Hill Top\nL2,Li,Nowhere\n"), 2);
  assert_non_null(strstr(d->im.errors[0].text, "several"));
  assert_non_null(strstr(d->im.errors[1].text, "or name"));
  char text[2048];
  (void)snprintf(text, sizeof text, "ref,first_name,school_urn\nL1,Jo,%01500d\n",
                 0); /* too long for a name */
  assert_int_equal(desk_read(d, "learners", text), 1);
  assert_int_equal(d->im.errors[0].row, 2);
}

static void a_total_among_the_rows_is_a_mistake(void **state) {
  struct desk *d = *state;
  assert_int_equal(desk_read(d, "schools",
                             "urn,name,area\n100001,Riverside,North\nTotal,,1\n100002,Hill Top,South\nNorth "
                             "of the river,,\n100003,Moor,\n"),
                   2);
  assert_int_equal(d->im.errors[0].row, 3);
  assert_non_null(strstr(d->im.errors[0].text, "total"));
  assert_int_equal(d->im.errors[1].row, 5);
  assert_int_equal(desk_read(d, "schools", "urn,name,area\n100001,Total Music School,North\nTotal,,1\n"), 0);
  assert_int_equal(d->im.file_rows, 1);
  assert_int_equal(desk_read(d, "schools", "urn,name,area\n100001,Riverside,North\n100002\n"),
                   1); /* cut off */
}

static void cells_that_nobody_filled_are_nobodys_mistake(void **state) {
  struct desk *d = *state;
  assert_int_equal(desk_read(d, "schools", "urn,name\n100001,Riverside,,,\n100002,Hill Top\n"), 0);
  assert_int_equal(desk_read(d, "schools", "urn,name\n100001,Riverside,,x\n"), 1);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
  const struct CMUnitTest tests[] = {
      CASE(an_arbor_list_with_a_title_and_a_total_is_read),
      CASE(a_sims_list_with_the_name_in_one_column_is_read),
      CASE(first_and_last_name_come_before_the_whole),
      CASE(contacts_without_a_priority_are_rung_in_the_order_of_the_list),
      CASE(telephones_have_their_zero_again_and_shortened_ones_are_said),
      CASE(of_a_name_and_a_number_side_by_side_the_number_is_meant),
      CASE(schools_activities_and_staff_may_be_named),
      CASE(a_total_among_the_rows_is_a_mistake),
      CASE(cells_that_nobody_filled_are_nobodys_mistake),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
