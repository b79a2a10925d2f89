/* rollover_test.c: what a new school year asks of every learner, enrolment, grant and term. */
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

#include "server/core/run.h"
#include "server/import/import_check.h"
#include "server/import/import_map.h"
#include "server/import/rollover.h"
#include "tests/lib/hub_world.h"

struct school {
  struct hub_host host;
  struct arena arena;
  struct rollover r;
  struct office_result result;
  struct fault fault;
  uint8_t runs;
};

static void run(struct school *s, const struct op *ops, size_t count) {
  struct store_run r = {.who = s->host.hub.id, .what = slice_text("test"), .name = slice_text("test")};
  r.id.b[0] = ++s->runs;
  s->host.now.wall_ms += 1000;
  assert_int_equal(
      run_apply(&s->result, &s->host.hub, s->host.store, &s->host.now, &r, ops, NULL, count, NULL, &s->fault),
      ERR_OK);
}

static void bring(struct school *s, const char *name, const char *text) {
  char path[] = "/tmp/tutti-year-XXXXXX";
  struct import im;
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  close(fd);
  import_init(&im, &s->host.hub, s->host.store, 20778, false);
  assert_int_equal(import_read(&im, import_file_named(slice_text(name)), path, &s->fault), ERR_OK);
  assert_int_equal(im.error_count, 0);
  run(s, im.ops, im.op_count);
  import_finish(&im);
  unlink(path);
}

static int setup(void **state) {
  struct school *s = calloc(1, sizeof *s);
  assert_non_null(s);
  hub_host_open(&s->host, 1);
  s->arena = (struct arena)ARENA_INIT(16000000);
  bring(s, "learners",
        "ref,first_name,year_group,status\nR,Jo,R,\nY9,Li,9,\nY13,Bo,13,\nGone,Mo,4,left\nNone,Al,,\n");
  bring(s, "staff", "ref,name,roles\nS1,Sam Sample,tutor\n");
  bring(s, "activities", "ref,name,mode\nA1,Strings,ensemble\n");
  bring(s, "enrolments",
        "learner_ref,activity_ref,starts,ends\nY9,A1,2025-09-01,\nY13,A1,2025-09-01,\nR,A1,2025-09-01,2026-"
        "03-01\n");
  bring(s, "grants", "staff_ref,activity_ref,role,starts\nS1,A1,leader,2025-09-01\n");
  *state = s;
  return 0;
}

static int teardown(void **state) {
  struct school *s = *state;
  rollover_finish(&s->r);
  arena_finish(&s->arena);
  hub_host_close(&s->host);
  free(s);
  return 0;
}

static struct rollover_wish wish(void) {
  struct rollover_wish w = {.last_year = 13};
  assert_int_equal(date_parse(&w.date, slice_text("2026-09-01")), ERR_OK);
  return w;
}

static void make(struct school *s, const struct rollover_wish *w) {
  rollover_finish(&s->r);
  assert_int_equal(rollover_make(&s->r, w, &s->host.hub, s->host.store, &s->arena), ERR_OK);
}

static struct row load(struct school *s, uint8_t table, const char *kind, const char *ref) {
  struct id id;
  struct row row;
  crypto_import_id(&id, &s->host.hub.id, kind, slice_text(ref));
  assert_int_equal(s->host.store->ops->load_row(s->host.store, schema_table(table), &id, &s->arena, &row),
                   ERR_OK);
  return row;
}

static struct row enrolment(struct school *s, const char *ref) {
  struct id keys[2], id;
  struct row row;
  crypto_import_id(&keys[0], &s->host.hub.id, "learner", slice_text(ref));
  crypto_import_id(&keys[1], &s->host.hub.id, "activity", slice_text("A1"));
  crypto_row_id(&id, TABLE_enrolment, keys, 2);
  assert_int_equal(
      s->host.store->ops->load_row(s->host.store, schema_table(TABLE_enrolment), &id, &s->arena, &row),
      ERR_OK);
  return row;
}

static bool is_in_year(struct school *s, const char *ref, const char *year) {
  struct row row = load(s, TABLE_learner, "learner", ref);
  return slice_equal(row.values[COL(learner, year_group)].text, slice_text(year));
}

static void everybody_goes_a_year_up_and_the_last_year_leaves(void **state) {
  struct school *s = *state;
  struct rollover_wish w = wish();
  w.last_year =
      9; /* two, whichever their ids are: they stand before who goes up, where the difference begins */
  make(s, &w);
  assert_int_equal(s->r.leavers, 2);
  for (size_t i = 0; i < 2; i++)
    assert_true(s->r.ops[i].values[COL(learner, status)].i == ENUM_learner_status_left);
  w.last_year = 13;
  make(s, &w);
  assert_int_equal(s->r.leavers, 1);
  run(s, s->r.ops, s->r.op_count);
  assert_true(is_in_year(s, "R", "1"));
  assert_true(is_in_year(s, "Y9", "10"));
  assert_true(is_in_year(s, "Gone", "4"));
  struct row bo = load(s, TABLE_learner, "learner", "Y13"), al = load(s, TABLE_learner, "learner", "None");
  assert_int_equal(bo.values[COL(learner, status)].i, ENUM_learner_status_left);
  assert_int_equal(al.values[COL(learner, status)].i, ENUM_learner_status_active);
}

static void enrolments_of_leavers_end_and_the_others_go_on(void **state) {
  struct school *s = *state;
  struct rollover_wish w = wish();
  make(s, &w);
  run(s, s->r.ops, s->r.op_count);
  assert_int_equal(enrolment(s, "Y13").values[COL(enrolment, ends)].i, w.date);
  assert_int_equal(enrolment(s, "Y9").values[COL(enrolment, ends)].kind, VALUE_NULL);
  assert_true(enrolment(s, "R").values[COL(enrolment, ends)].i < w.date);
}

static void what_is_to_end_ends(void **state) {
  struct school *s = *state;
  struct rollover_wish w = wish();
  w.end_enrolments = w.end_grants = true;
  make(s, &w);
  size_t grants = 0;
  for (size_t i = 0; i < s->r.op_count; i++) grants += s->r.ops[i].table->id == TABLE_grant_;
  assert_int_equal(grants, 1);
  run(s, s->r.ops, s->r.op_count);
  assert_int_equal(enrolment(s, "Y9").values[COL(enrolment, ends)].i, w.date);
}

static void terms_come_with_it_under_the_ids_of_an_import(void **state) {
  struct school *s = *state;
  struct rollover_wish w = wish();
  w.terms[0] = (struct rollover_term){slice_text("Autumn 2026"), w.date, w.date + 100};
  w.term_count = 1;
  make(s, &w);
  run(s, s->r.ops, s->r.op_count);
  assert_int_equal(s->result.inserted, 1);
  assert_true(load(s, TABLE_term, "term", "Autumn 2026").exists);
  bring(s, "terms", "name,starts,ends\nAutumn 2026,2026-09-01,2026-12-10\n");
  assert_int_equal(s->result.inserted, 0);
}

static void a_year_taken_back_is_the_year_before(void **state) {
  struct school *s = *state;
  struct rollover_wish w = wish();
  struct run_blocks blocks;
  size_t kept;
  make(s, &w);
  run(s, s->r.ops, s->r.op_count);
  struct id id = {{s->runs}};
  assert_int_equal(run_undo(&s->result, &kept, &blocks, &s->host.hub, s->host.store, &s->host.now,
                            &s->host.hub.id, &id, &s->fault),
                   ERR_OK);
  assert_true(is_in_year(s, "R", "R"));
  assert_true(is_in_year(s, "Y13", "13"));
  struct row bo = load(s, TABLE_learner, "learner", "Y13");
  assert_int_equal(bo.values[COL(learner, status)].i, ENUM_learner_status_active);
  assert_int_equal(enrolment(s, "Y13").values[COL(enrolment, ends)].kind, VALUE_NULL);
}

static void words_that_are_no_year_are_left_alone(void **state) {
  (void)state;
  assert_int_equal(rollover_year(slice_text("R")), 0);
  assert_int_equal(rollover_year(slice_text("13")), 13);
  static const char *const none[] = {"", "14", "0", "N", "1a", "007"};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    assert_int_equal(rollover_year(slice_text(none[i])), -1);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      CASE(everybody_goes_a_year_up_and_the_last_year_leaves),
      CASE(enrolments_of_leavers_end_and_the_others_go_on),
      CASE(what_is_to_end_ends),
      CASE(terms_come_with_it_under_the_ids_of_an_import),
      CASE(a_year_taken_back_is_the_year_before),
      cmocka_unit_test(words_that_are_no_year_are_left_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
