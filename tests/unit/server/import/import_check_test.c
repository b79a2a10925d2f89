/* import_check_test.c: a folder of CSV files becomes a hub, whole or not at all, and the second time changes
 * nothing. */
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

#include "server/core/ingest.h"
#include "server/import/import_check.h"
#include "server/store/sqlite/store_sqlite.h"

enum { today = 20778 }; /* 2026-11-21 */
struct desk {
  char dir[32], path[64];
  struct hub hub;
  struct store *store;
  struct now now;
  uint8_t drawn;
  /* of the last run */
  struct import im;
  struct office_result result;
};

static void draw(void *ctx, void *out, size_t len) {
  struct desk *d = ctx;
  uint8_t *p = out;
  for (size_t i = 0; i < len; i++) p[i] = (uint8_t)(d->drawn += 77);
}

static void open_desk(struct desk *d) {
  *d = (struct desk){.now = {.wall_ms = 1795276800000, .mono_ms = 1000}};
  struct entropy entropy = {d, draw};
  struct fault fault = {0};
  assert_int_equal(crypto_init(), ERR_OK);
  snprintf(d->dir, sizeof d->dir, "/tmp/tutti-import-XXXXXX");
  assert_non_null(mkdtemp(d->dir));
  assert_int_equal(hub_keys_generate(&d->hub, "Test Hub", "wss://localhost:8443/sync", &entropy, &d->now),
                   ERR_OK);
  snprintf(d->path, sizeof d->path, "%s/hub.db", d->dir);
  struct store_sqlite_config config = {.path = d->path, .create = true};
  assert_int_equal(store_sqlite_open(&d->store, &config, &fault), ERR_OK);
  import_init(&d->im, &d->hub, d->store, today, false);
}

static void csv_path(char out[96], const struct desk *d, const char *name) {
  snprintf(out, 96, "%s/%s.csv", d->dir, name);
}

static void close_desk(struct desk *d) {
  static const char *const suffixes[] = {"", "-wal", "-shm"};
  char path[96];
  import_finish(&d->im);
  d->store->ops->close(d->store);
  hub_finish(&d->hub);
  for (size_t i = 0; i < import_file_count; i++) {
    csv_path(path, d, import_files[i].name);
    (void)unlink(path);
  }
  for (size_t i = 0; i < 3; i++) {
    snprintf(path, sizeof path, "%s%s", d->path, suffixes[i]);
    (void)unlink(path);
  }
  assert_int_equal(rmdir(d->dir), 0);
}

static void put(const struct desk *d, const char *name, const char *text) {
  char path[96];
  csv_path(path, d, name);
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
  assert_int_equal(fclose(f), 0);
}

static void forget(const struct desk *d, const char *name) {
  char path[96];
  csv_path(path, d, name);
  assert_int_equal(unlink(path), 0);
}

/* Reads every file that is there, and applies what has no mistake. Gives the number of mistakes. */
static size_t run_with(struct desk *d, bool apply, bool uk_dates) {
  struct fault fault = {0};
  import_finish(&d->im);
  import_init(&d->im, &d->hub, d->store, today, uk_dates);
  d->result = (struct office_result){0};
  for (size_t i = 0; i < import_file_count; i++) {
    char path[96];
    csv_path(path, d, import_files[i].name);
    if (access(path, F_OK) == 0)
      assert_int_equal(import_read(&d->im, &import_files[i], path, &fault), ERR_OK);
  }
  if (d->im.error_count > 0) return d->im.error_count;
  struct arena arena = ARENA_INIT(import_bytes_max);
  err e = office_apply(&d->result, &d->hub, d->store, &d->now, &d->hub.id, d->im.ops, d->im.op_count, !apply,
                       &arena, &fault);
  if (e != ERR_OK) fail_msg("%s", fault.text);
  arena_finish(&arena);
  d->now.wall_ms += 1000;
  return 0;
}
static size_t run(struct desk *d) { return run_with(d, true, false); }

/* Fails unless that is among the last run's mistakes. */
static void expect(const struct desk *d, const char *file, size_t row, const char *column, const char *says) {
  size_t shown = d->im.error_count < csv_errors_shown_max ? d->im.error_count : csv_errors_shown_max;
  for (size_t i = 0; i < shown; i++) {
    const struct import_error *e = &d->im.errors[i];
    if (strcmp(e->file, file) == 0 && e->row == row && strcmp(e->column, column) == 0 &&
        strstr(e->text, says))
      return;
  }
  for (size_t i = 0; i < shown; i++)
    print_message("%s %zu %s: %s\n", d->im.errors[i].file, d->im.errors[i].row, d->im.errors[i].column,
                  d->im.errors[i].text);
  fail_msg("no mistake in %s, row %zu, column \"%s\" says \"%s\"", file, row, column, says);
}

static void digest(const struct desk *d, uint8_t out[hash_bytes]) {
  assert_int_equal(views_digest(d->store, out), ERR_OK);
}

static struct view_counts counts(const struct desk *d) {
  struct view_counts c;
  assert_int_equal(views_counts(d->store, &c), ERR_OK);
  return c;
}

#define SCHOOLS "urn,name,phase,rural\n100001,Riverside,primary,no\n100002,Hill Top,secondary,yes\n"
#define LEARNERS                                                                                             \
  "ref,first_name,last_name,known_name,dob,year_group,school_urn\n"                                          \
  "L1,Zo\xc3\xab,\xc3\x89vans,,2015-03-09,6,100001\nL2,Jo,,,2015-02-01,6,100001\n"
static void put_county(const struct desk *d) {
  put(d, "schools", SCHOOLS);
  put(d, "terms", "name,starts,ends\nAutumn 2026,2026-09-01,2026-12-18\n");
  put(d, "staff", "ref,name,email,roles\nS1,Viola Minim,,leader\n");
  put(d, "learners", LEARNERS);
  put(d, "activities",
      "ref,name,mode,setting,family,school_urn,place\nA1,Strings,ensemble,in_school,strings,100001,Hall\n");
  put(d, "enrolments",
      "learner_ref,activity_ref,starts,ends,instrument,section\nL1,A1,2026-09-01,,violin,Violin "
      "I\nL2,A1,2026-09-01,,cello,Cello\n");
  put(d, "grants", "staff_ref,activity_ref,role,starts,ends\nS1,A1,leader,2026-09-01,\n");
  put(d, "timetable", "activity_ref,date,starts,ends,staff_ref,place\nA1,2026-11-21,10:00,12:00,S1,\n");
}

/* They come back by standing in the list of staff; what is over may be told all the same. */
static void a_grant_to_staff_who_left_is_refused_until_they_are_back(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d);
  put_county(&d);
  assert_int_equal(run(&d), 0);
  put(&d, "staff", "ref,name,email,roles,status\nS1,Viola Minim,,leader,left\n");
  put(&d, "grants", "staff_ref,activity_ref,role,starts,ends\nS1,A1,leader,2026-09-01,2026-11-21\n");
  assert_int_equal(run(&d), 0);
  forget(&d, "staff");
  put(&d, "grants", "staff_ref,activity_ref,role,starts,ends\nS1,A1,leader,2026-11-21,\n");
  assert_int_equal(run(&d), 1);
  expect(&d, "grants", 2, "staff_ref", "has left");
  put(&d, "staff", "ref,name,email,roles\nS1,Viola Minim,,leader\n");
  assert_int_equal(run(&d), 0);
  close_desk(&d);
}

static void the_second_import_of_the_same_files_changes_nothing(void **state) {
  (void)state;
  struct desk d;
  uint8_t before[hash_bytes], after[hash_bytes];
  open_desk(&d);
  put_county(&d);
  assert_int_equal(run(&d), 0);
  assert_int_equal(d.result.inserted, d.im.op_count);
  assert_int_equal(d.result.unchanged, 0);
  struct view_counts c = counts(&d);
  assert_int_equal(c.schools, 2);
  assert_int_equal(c.learners, 2);
  assert_int_equal(c.enrolments, 2);
  assert_int_equal(c.sessions, 1);
  digest(&d, before);
  assert_int_equal(run(&d), 0);
  assert_int_equal(d.result.inserted + d.result.changed, 0);
  assert_int_equal(d.result.unchanged, d.im.op_count);
  digest(&d, after);
  assert_memory_equal(before, after, hash_bytes);
  close_desk(&d);
}

static void a_preview_counts_what_an_import_then_does(void **state) {
  (void)state;
  struct desk d;
  uint8_t before[hash_bytes], after[hash_bytes];
  open_desk(&d);
  put_county(&d);
  digest(&d, before);
  assert_int_equal(run_with(&d, false, false), 0);
  struct office_result preview = d.result;
  digest(&d, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(counts(&d).learners, 0);
  assert_int_equal(run(&d), 0);
  assert_int_equal(d.result.inserted, preview.inserted);
  assert_int_equal(d.result.changed, preview.changed);
  close_desk(&d);
}

static void one_mistake_anywhere_and_nothing_is_applied(void **state) {
  (void)state;
  struct desk d;
  uint8_t before[hash_bytes], after[hash_bytes];
  open_desk(&d);
  put_county(&d);
  digest(&d, before);
  put(&d, "timetable", "activity_ref,date,starts,ends\nA1,2026-02-31,10:00,12:00\n");
  assert_int_equal(run(&d), 1);
  expect(&d, "timetable", 2, "date", "no such date");
  digest(&d, after);
  assert_memory_equal(before, after, hash_bytes);
  close_desk(&d);
}

static void every_ragged_row_is_named(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d);
  put(&d, "schools", "urn,name\n100001,Riverside\n100002\n100003,Hill Top,primary\n100004,Moor End\n");
  assert_int_equal(run(&d), 2);
  expect(&d, "schools", 3, "", "1 cells, the heading has 2");
  expect(&d, "schools", 4, "", "3 cells, the heading has 2");
  close_desk(&d);
}

static void references_must_lead_somewhere(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d);
  put(&d, "schools", SCHOOLS);
  put(&d, "learners", "ref,first_name,school_urn\nL1,Zo\xc3\xab,999999\nL2,Jo,100001\n");
  put(&d, "enrolments", "learner_ref,activity_ref,starts\nL2,A9,2026-09-01\n");
  assert_int_equal(run(&d), 2);
  expect(&d, "learners", 2, "school_urn", "no school");
  expect(&d, "enrolments", 2, "activity_ref", "no activity");
  close_desk(&d);
}

static void references_may_lead_to_what_an_earlier_import_brought(void **state) {
  (void)state;
  struct desk d;
  char path[96];
  open_desk(&d);
  put(&d, "schools", SCHOOLS);
  assert_int_equal(run(&d), 0);
  csv_path(path, &d, "schools");
  assert_int_equal(unlink(path), 0);
  put(&d, "learners", LEARNERS);
  assert_int_equal(run(&d), 0);
  assert_int_equal(d.result.inserted, 2);
  close_desk(&d);
}

static void the_same_reference_twice_is_refused_with_both_rows(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d);
  put(&d, "learners", "ref,first_name\nL1,Zo\xc3\xab\nL2,Jo\nL1,Li\n");
  put(&d, "terms", "name,starts,ends\nAutumn,2026-09-01,2026-12-18\nAutumn,2026-09-02,2026-12-18\n");
  assert_int_equal(run(&d), 2);
  expect(&d, "learners", 4, "", "row 2");
  expect(&d, "terms", 3, "", "row 2");
  close_desk(&d);
}

static void twins_are_two_learners(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d);
  put(&d, "schools", SCHOOLS);
  put(&d, "learners",
      "ref,first_name,last_name,dob,year_group,school_urn\nL1,Li,Chen,2015-03-09,6,100001\nL2,Li,Chen,2015-"
      "03-09,6,100001\n");
  assert_int_equal(run(&d), 0);
  assert_int_equal(counts(&d).learners, 2);
  close_desk(&d);
}

static void nobody_is_born_today_or_later(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d);
  put(&d, "learners", "ref,first_name,dob\nL1,Jo,2026-11-21\nL2,Li,2031-01-01\nL3,Bo,2026-11-20\n");
  assert_int_equal(run(&d), 2);
  expect(&d, "learners", 2, "dob", "past");
  expect(&d, "learners", 3, "dob", "past");
  close_desk(&d);
}

static void what_ends_before_it_starts_is_refused(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d);
  put_county(&d);
  put(&d, "terms", "name,starts,ends\nAutumn,2026-12-18,2026-09-01\n");
  put(&d, "enrolments", "learner_ref,activity_ref,starts,ends\nL1,A1,2026-09-02,2026-09-01\n");
  put(&d, "timetable", "activity_ref,date,starts,ends\nA1,2026-11-21,12:00,12:00\n");
  assert_int_equal(run(&d), 3);
  expect(&d, "terms", 2, "ends", "before");
  expect(&d, "enrolments", 2, "ends", "before");
  expect(&d, "timetable", 2, "ends", "before");
  close_desk(&d);
}

static void a_date_with_two_readings_needs_a_word(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d);
  put(&d, "learners", "ref,first_name,dob\nL1,Jo,1/2/2015\nL2,Li,1/2/15\n");
  assert_int_equal(run(&d), 2);
  expect(&d, "learners", 2, "dob", "two dates");
  expect(&d, "learners", 3, "dob", "two digits");
  put(&d, "learners", "ref,first_name,dob\nL1,Jo,1/2/2015\n");
  assert_int_equal(run_with(&d, true, true), 0);
  const struct value *dob = &d.im.ops[0].values[COL(learner, dob)];
  assert_int_equal(dob->kind, VALUE_INT);
  assert_true(dob->i == 16467); /* 1 February */
  close_desk(&d);
}

static void a_upn_keeps_its_zeros_and_has_the_right_letter(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d);
  put(&d, "learners", "ref,first_name\nA012345678901,Jo\nX012345678901,Li\n00017,Bo\n");
  assert_int_equal(run(&d), 1);
  expect(&d, "learners", 2, "ref", "UPN");
  close_desk(&d);
}

static void headings_are_checked_before_any_row(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d);
  put(&d, "schools", "urn,name,name,headteacher\n100001,Riverside,Riverside,x\n");
  put(&d, "learners", "ref,last_name\nL1,Chen\n");
  assert_int_equal(run(&d), 3);
  expect(&d, "schools", 1, "name", "twice");
  expect(&d, "schools", 1, "", "column 4");
  expect(&d, "learners", 1, "first_name", "missing");
  close_desk(&d);
}

/* The reference is part of the row's key and a value of it too: to a person it is one column. */
static void what_is_wrong_with_a_column_is_said_once(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d);
  put(&d, "learners", "first_name\nJo\n");
  assert_int_equal(run(&d), 1);
  expect(&d, "learners", 1, "ref", "missing");
  put(&d, "learners", "ref,first_name\n,Jo\n");
  assert_int_equal(run(&d), 1);
  expect(&d, "learners", 2, "ref", "empty");
  put(&d, "learners", "ref,ref,first_name\nL1,L1,Jo\n");
  assert_int_equal(run(&d), 1);
  expect(&d, "learners", 1, "ref", "twice");
  close_desk(&d);
}

static void a_file_that_is_no_csv_is_one_mistake(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d);
  put(&d, "schools", "PK\x03\x04zipped");
  assert_int_equal(run(&d), 1);
  expect(&d, "schools", 0, "", "Excel");
  close_desk(&d);
}

static void all_mistakes_are_counted_and_the_first_are_shown(void **state) {
  (void)state;
  struct desk d;
  enum { rows = csv_errors_shown_max + 50 };
  char *text = calloc(rows + 2, 16), *end = text;
  assert_non_null(text);
  open_desk(&d);
  end += sprintf(end, "ref,first_name\n");
  for (int i = 0; i < rows; i++) end += sprintf(end, "L%d,\n", i);
  put(&d, "learners", text);
  assert_int_equal(run(&d), rows);
  expect(&d, "learners", csv_errors_shown_max + 1, "first_name", "empty");
  free(text);
  close_desk(&d);
}

static void a_changed_cell_changes_its_row_and_leaves_what_is_not_given(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d);
  put_county(&d);
  assert_int_equal(run(&d), 0);
  put(&d, "learners", "ref,first_name\nL1,Zoey\nL2,Jo\n");
  assert_int_equal(run(&d), 0);
  assert_int_equal(d.result.inserted, 0);
  assert_int_equal(d.result.changed, 1);
  struct arena a = ARENA_INIT(1 << 20);
  struct row row = {0};
  struct id id;
  crypto_import_id(&id, &d.hub.id, "learner", slice_text("L1"));
  assert_int_equal(d.store->ops->load_row(d.store, schema_table(TABLE_learner), &id, &a, &row), ERR_OK);
  assert_true(slice_equal(row.values[COL(learner, first_name)].text, slice_text("Zoey")));
  assert_true(slice_equal(row.values[COL(learner, last_name)].text, slice_text("\xc3\x89vans")));
  assert_true(slice_equal(row.values[COL(learner, initial)].text, slice_text("\xc3\x89")));
  assert_true(row.values[COL(learner, dob)].i == 16503);
  arena_finish(&a);
  close_desk(&d);
}

static struct value imported(const struct desk *d, const char *ref, size_t column) {
  struct id id;
  crypto_import_id(&id, &d->hub.id, "learner", slice_text(ref));
  for (size_t i = 0; i < d->im.op_count; i++) {
    if (id_equal(&d->im.ops[i].row, &id)) return d->im.ops[i].values[column];
  }
  fail_msg("%s was not imported", ref);
  return value_null();
}

static void the_door_shows_the_first_letter_of_the_last_name(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d);
  put(&d, "schools", SCHOOLS);
  put(&d, "learners", LEARNERS);
  assert_int_equal(run(&d), 0);
  struct value shown = imported(&d, "L1", COL(learner, initial));
  assert_int_equal(shown.kind, VALUE_TEXT);
  assert_true(slice_equal(shown.text, slice_text("\xc3\x89")));
  assert_int_equal(imported(&d, "L2", COL(learner, initial)).kind, VALUE_NULL);
  /* Without the last name, its letter goes too. */
  put(&d, "learners", "ref,first_name,last_name\nL1,Zo\xc3\xab,\n");
  assert_int_equal(run(&d), 0);
  assert_int_equal(d.result.changed, 1);
  assert_int_equal(imported(&d, "L1", COL(learner, initial)).kind, VALUE_NULL);
  close_desk(&d);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_grant_to_staff_who_left_is_refused_until_they_are_back),
      cmocka_unit_test(the_second_import_of_the_same_files_changes_nothing),
      cmocka_unit_test(a_preview_counts_what_an_import_then_does),
      cmocka_unit_test(one_mistake_anywhere_and_nothing_is_applied),
      cmocka_unit_test(every_ragged_row_is_named),
      cmocka_unit_test(references_must_lead_somewhere),
      cmocka_unit_test(references_may_lead_to_what_an_earlier_import_brought),
      cmocka_unit_test(the_same_reference_twice_is_refused_with_both_rows),
      cmocka_unit_test(twins_are_two_learners),
      cmocka_unit_test(nobody_is_born_today_or_later),
      cmocka_unit_test(what_ends_before_it_starts_is_refused),
      cmocka_unit_test(a_date_with_two_readings_needs_a_word),
      cmocka_unit_test(a_upn_keeps_its_zeros_and_has_the_right_letter),
      cmocka_unit_test(headings_are_checked_before_any_row),
      cmocka_unit_test(what_is_wrong_with_a_column_is_said_once),
      cmocka_unit_test(a_file_that_is_no_csv_is_one_mistake),
      cmocka_unit_test(all_mistakes_are_counted_and_the_first_are_shown),
      cmocka_unit_test(a_changed_cell_changes_its_row_and_leaves_what_is_not_given),
      cmocka_unit_test(the_door_shows_the_first_letter_of_the_last_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
