/* arena_test.c: memory that is freed at once, under a ceiling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdalign.h>

#include "shared/base/arena.h"

static void memory_is_zeroed_aligned_and_apart(void **state) {
  (void)state;
  struct arena a = ARENA_INIT(1 << 20);
  uint8_t *before = NULL;
  for (size_t size = 1; size < 600; size++) {
    uint8_t *p = arena_take(&a, 1, size);
    assert_non_null(p);
    assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
    assert_true(bytes_are_zero(p, size));
    (void)memset(p, 0xEE, size);
    if (before) assert_int_equal(before[0], 0xEE);
    before = p;
  }
  arena_finish(&a);
}

static void the_ceiling_and_impossible_sizes_give_null(void **state) {
  (void)state;
  struct arena a = ARENA_INIT(1024);
  assert_non_null(arena_take(&a, 10, 91));
  assert_null(arena_take(&a, 113, 1));
  assert_non_null(arena_take(&a, 97, 1));
  assert_null(arena_take(&a, 1, 1));
  assert_null(arena_take(&a, SIZE_MAX, 2));
  assert_null(arena_take(&a, 2, SIZE_MAX));
  assert_null(arena_copy(&a, slice_of("x", 1)).ptr);
  struct arena wide = ARENA_INIT(SIZE_MAX);
  assert_null(arena_take(&wide, 1, SIZE_MAX));
  assert_null(arena_take(&wide, SIZE_MAX / 2 + 1, 2));
  arena_finish(&wide);
  arena_finish(&a);
}

/* Of all blocks, not only of the one that memory is cut off now. */
static void what_was_taken_is_overwritten_before_it_is_freed(void **state) {
  (void)state;
  enum { takes = 64, bytes = 1000 };
  struct arena a = ARENA_INIT(1 << 20);
  uint8_t *taken[takes];
  for (size_t i = 0; i < takes; i++) {
    taken[i] = arena_take(&a, 1, bytes);
    assert_non_null(taken[i]);
    (void)memset(taken[i], 0xEE, bytes);
  }
  arena_wipe(&a);
  for (size_t i = 0; i < takes; i++) assert_true(bytes_are_zero(taken[i], bytes));
  arena_finish(&a);
}

static void cleared_memory_is_used_again_and_zeroed(void **state) {
  (void)state;
  struct arena a = ARENA_INIT(1 << 16);
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < 60; i++) {
      uint8_t *p = arena_take(&a, 1, 1000);
      assert_non_null(p);
      assert_true(bytes_are_zero(p, 1000));
      (void)memset(p, 0xEE, 1000);
    }
    assert_int_equal(a.used, 60 * 1008);
    arena_clear(&a);
    assert_int_equal(a.used, 0);
  }
  arena_finish(&a);
  arena_clear(&a);
  arena_finish(&a);
}

static void a_copy_ends_with_a_zero_that_is_not_counted(void **state) {
  (void)state;
  struct arena a = ARENA_INIT(1000);
  struct slice s = arena_copy(&a, slice_of("abc", 2));
  assert_int_equal(s.len, 2);
  assert_string_equal((const char *)s.ptr, "ab");
  struct slice empty = arena_copy(&a, slice_of(NULL, 0));
  assert_int_equal(empty.len, 0);
  assert_non_null(empty.ptr);
  arena_finish(&a);
}

static void one_thing_bigger_than_a_block_fits(void **state) {
  (void)state;
  struct arena a = ARENA_INIT(8 << 20);
  uint8_t *big = arena_take(&a, 1, 5 << 20);
  assert_non_null(big);
  big[(5 << 20) - 1] = 1;
  assert_non_null(arena_take(&a, 1, 10));
  assert_non_null(arena_take(&a, 0, 10));
  arena_finish(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
      cmocka_unit_test(the_ceiling_and_impossible_sizes_give_null),
      cmocka_unit_test(what_was_taken_is_overwritten_before_it_is_freed),
      cmocka_unit_test(cleared_memory_is_used_again_and_zeroed),
      cmocka_unit_test(a_copy_ends_with_a_zero_that_is_not_counted),
      cmocka_unit_test(one_thing_bigger_than_a_block_fits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
