/* limits_test.c: what happens at the limits of heads, ghosts and memory. */
#include "tests/unit/shared/merge/merge_case.h"

static void heads_past_the_limit_are_refused_and_change_nothing(void **state) {
  (void)state;
  struct test_row r;
  struct test_op first = test_number(RULES_HUMAN, 1, 1, 1, 1),
                 decision = test_number(RULES_HUMAN, OFFICE_DEVICE, 1, 999, 7);
  test_row_begin(&r, &rules_table);
  for (uint64_t i = 1; i <= heads_per_unit_max; i++) {
    struct test_op o = test_number(RULES_HUMAN, 1, i, i, (int64_t)i);
    test_row_apply(&r, &o);
    test_op_base(&decision, UNIT_HUMAN, &o);
  }
  struct test_op more = test_number(RULES_HUMAN, 2, 1, 500, 500);
  test_op_set(&more, RULES_LWW, value_int(1));
  assert_int_equal(test_row_try(&r, &more), ERR_TOO_BIG);
  assert_number(&r, RULES_HUMAN, heads_per_unit_max);
  assert_int_equal(r.row.values[RULES_LWW].kind, VALUE_NULL);
  assert_int_equal(r.row.units[UNIT_HUMAN].count, heads_per_unit_max);
  assert_int_equal(merge_conflict(&r.row, UNIT_HUMAN), CONFLICT_HUMAN);
  test_row_apply(&r, &first); /* a head already: fits */
  test_op_base(&more, UNIT_HUMAN, &first);
  test_row_apply(&r, &more); /* in the place of another: fits */
  test_op_base(&decision, UNIT_HUMAN, &more);
  test_row_apply(&r, &decision);
  assert_int_equal(r.row.units[UNIT_HUMAN].count, 1);
  test_row_finish(&r);
}

static void a_base_named_twice_makes_no_room_for_two(void **state) {
  (void)state;
  struct test_row r;
  struct test_op first = test_number(RULES_HUMAN, 1, 1, 1, 1),
                 more = test_number(RULES_HUMAN, 2, 1, 500, 500),
                 again = test_number(RULES_HUMAN, 2, 2, 501, 501);
  test_row_begin(&r, &rules_table);
  for (uint64_t i = 1; i <= heads_per_unit_max; i++) {
    struct test_op o = test_number(RULES_HUMAN, 1, i, i, (int64_t)i);
    test_row_apply(&r, &o);
  }
  test_op_base(&more, UNIT_HUMAN, &first);
  test_op_base(&more, UNIT_HUMAN, &first);
  test_row_apply(&r, &more);
  assert_int_equal(test_row_try(&r, &again), ERR_TOO_BIG);
  assert_int_equal(r.row.units[UNIT_HUMAN].count, heads_per_unit_max);
  test_row_finish(&r);
}

static void ghosts_past_the_limit_are_refused(void **state) {
  (void)state;
  struct test_row r;
  test_row_begin(&r, &rules_table);
  enum { each = 64 };
  for (uint64_t i = 0; i <= ghosts_per_unit_max / each; i++) {
    bool last = i == ghosts_per_unit_max / each;
    struct test_op o = test_number(RULES_HUMAN, 1, i + 1, i, 1),
                   previous = test_number(RULES_HUMAN, 1, i, i, 1);
    for (uint64_t k = 0; k < (last ? 1 : each); k++) {
      struct test_op unseen = test_number(RULES_HUMAN, 3, 100 + each * i + k, i, 1);
      test_op_base(&o, UNIT_HUMAN, &unseen);
    }
    if (i) test_op_base(&o, UNIT_HUMAN, &previous);
    assert_int_equal(test_row_try(&r, &o), last ? ERR_TOO_BIG : ERR_OK);
  }
  assert_int_equal(r.row.units[UNIT_HUMAN].ghost_count, ghosts_per_unit_max);
  test_row_finish(&r);
}

static void an_awaited_op_of_the_office_needs_room_too(void **state) {
  (void)state;
  struct test_row r;
  struct test_op awaited = test_number(RULES_OFFICE, OFFICE_DEVICE, 1, 1, 1);
  test_row_begin(&r, &rules_table);
  for (uint64_t i = 1; i <= heads_per_unit_max; i++) {
    struct test_op o = test_number(RULES_OFFICE, 1, i, i, (int64_t)i);
    if (i == 1) test_op_base(&o, UNIT_OFFICE, &awaited);
    test_row_apply(&r, &o);
  }
  assert_int_equal(test_row_try(&r, &awaited), ERR_TOO_BIG);
  assert_int_equal(r.row.units[UNIT_OFFICE].count, heads_per_unit_max);
  assert_int_equal(r.row.units[UNIT_OFFICE].ghost_count, 1);
  test_row_finish(&r);
}

static void memory_that_runs_out_is_reported(void **state) {
  (void)state;
  err last = ERR_NO_MEMORY;
  for (size_t max = 0; max <= 4096; max += 32) {
    struct test_row r;
    struct test_op a = test_number(RULES_LWW, 1, 1, 10, 1), b = test_number(RULES_LWW, 2, 1, 11, 2);
    test_row_begin(&r, &rules_table);
    r.arena.max = max;
    err e = test_row_try(&r, &a);
    if (e == ERR_OK) e = test_row_try(&r, &b);
    assert_true(e == last || (last == ERR_NO_MEMORY && e == ERR_OK && max > 0));
    last = e;
    test_row_finish(&r);
  }
  assert_int_equal(last, ERR_OK);
}

static void replacing_a_single_head_takes_no_memory(void **state) {
  (void)state;
  struct test_row r;
  struct test_op previous = test_number(RULES_LWW, 1, 1, 1, 1);
  test_row_begin(&r, &rules_table);
  test_row_apply(&r, &previous);
  size_t used = r.arena.used;
  for (uint64_t i = 2; i < 50; i++) {
    struct test_op o = test_number(RULES_LWW, 1, i, i, (int64_t)i);
    test_op_base(&o, UNIT_LWW, &previous);
    test_row_apply(&r, &o);
    previous = o;
  }
  assert_int_equal(r.arena.used, used);
  assert_number(&r, RULES_LWW, 49);
  test_row_finish(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(heads_past_the_limit_are_refused_and_change_nothing),
      cmocka_unit_test(a_base_named_twice_makes_no_room_for_two),
      cmocka_unit_test(ghosts_past_the_limit_are_refused),
      cmocka_unit_test(an_awaited_op_of_the_office_needs_room_too),
      cmocka_unit_test(memory_that_runs_out_is_reported),
      cmocka_unit_test(replacing_a_single_head_takes_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
