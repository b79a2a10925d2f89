/* progress_test.c: how far long work is, told by one thread and asked by another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/api/progress.h"

static struct progress p;
static const struct id one = {{1}}, other = {{2}};

static int setup(void **state) {
  (void)state;
  progress_init(&p);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  progress_finish(&p);
  return 0;
}

static void each_work_has_its_own_stage_and_rows(void **state) {
  (void)state;
  progress_tell(&p, &one, PROGRESS_READING, 256, 1000);
  progress_tell(&p, &other, PROGRESS_WRITING, 1, 2);
  progress_tell(&p, &one, PROGRESS_COMPARING, 512, 1000);
  struct progress_work w = progress_of(&p, &one);
  assert_int_equal(w.stage, PROGRESS_COMPARING);
  assert_int_equal(w.done, 512);
  assert_int_equal(w.rows, 1000);
  assert_int_equal(progress_of(&p, &other).stage, PROGRESS_WRITING);
  progress_end(&p, &one);
  assert_int_equal(progress_of(&p, &one).stage, PROGRESS_NONE);
  assert_int_equal(progress_of(&p, &other).stage, PROGRESS_WRITING);
}

/* How many rows there are is guessed by the ends of lines, so it may be more than all. */
static void never_more_than_all(void **state) {
  (void)state;
  progress_tell(&p, &one, PROGRESS_READING, 1024, 1000);
  assert_int_equal(progress_of(&p, &one).done, 1000);
}

static void where_all_places_are_taken_one_more_works_without_a_word(void **state) {
  (void)state;
  struct id id = {{0}};
  for (uint8_t i = 1; i <= progress_works_max; i++) {
    id.b[1] = i;
    progress_tell(&p, &id, PROGRESS_READING, i, 100);
  }
  progress_tell(&p, &one, PROGRESS_READING, 5, 100);
  assert_int_equal(progress_of(&p, &one).stage, PROGRESS_NONE);
  assert_int_equal(progress_of(&p, &id).done, progress_works_max);
  progress_end(&p, &id);
  progress_tell(&p, &one, PROGRESS_READING, 5, 100);
  assert_int_equal(progress_of(&p, &one).done, 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(each_work_has_its_own_stage_and_rows),
      TEST(never_more_than_all),
      TEST(where_all_places_are_taken_one_more_works_without_a_word),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
