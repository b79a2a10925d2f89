/* changes_test.c: what several commits changed becomes one set, and who is connected is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/net/net_state.h"

static struct id numbered(uint8_t n) { return (struct id){.b = {n, (uint8_t)(n >> 1), 7}}; }

static void changes_of_two_commits_are_one_set_without_doubles(void **state) {
  (void)state;
  static struct change_set all, one, two;
  one = (struct change_set){
      .position = 9, .streams = {numbered(1), numbered(2)}, .stream_count = 2, .learners = true};
  two = (struct change_set){.position = 8,
                            .streams = {numbered(2), numbered(3)},
                            .stream_count = 2,
                            .sessions = {numbered(4)},
                            .session_count = 1};
  bytes_zero(&all, sizeof all);
  assert_true(changes_are_empty(&all));
  changes_gather(&all, &one);
  changes_gather(&all, &two);
  assert_int_equal(all.stream_count, 3);
  assert_int_equal(all.session_count, 1);
  assert_int_equal(all.position, 9);
  assert_true(all.learners && !all.devices && !all.all_streams);
  assert_false(changes_are_empty(&all));
}

/* A restored hub's new epoch ends the sessions of the old one; a receipt signed anew goes to who is online.
 */
static void nothing_that_a_commit_says_is_lost_in_gathering(void **state) {
  (void)state;
  static const struct change_set each[] = {
      {.epoch = 3},   {.all_streams = true}, {.grants = true},     {.learners = true},  {.devices = true},
      {.days = true}, {.receipts = true},    {.session_count = 1}, {.stream_count = 1},
  };
  for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
    static struct change_set all;
    bytes_zero(&all, sizeof all);
    changes_gather(&all, &each[i]);
    assert_memory_equal(&all, &each[i], sizeof all);
    assert_false(changes_are_empty(&all));
  }
  static struct change_set all;
  bytes_zero(&all, sizeof all);
  for (size_t i = 0; i < sizeof each / sizeof *each; i++) changes_gather(&all, &each[i]);
  changes_gather(&all, &(struct change_set){.epoch = 2});
  assert_int_equal(all.epoch, 3);
  assert_true(all.grants && all.receipts && all.devices && all.days && all.learners && all.all_streams);
}

static void more_streams_than_fit_means_all_streams(void **state) {
  (void)state;
  static struct change_set all, more;
  bytes_zero(&all, sizeof all);
  for (unsigned i = 0; i <= change_streams_max; i++) {
    more = (struct change_set){.stream_count = 1};
    more.streams[0] = (struct id){.b = {(uint8_t)i, (uint8_t)(i >> 8)}};
    changes_gather(&all, &more);
  }
  assert_true(all.all_streams);
  assert_int_equal(all.stream_count, change_streams_max);
}

static void a_device_is_there_until_its_last_line_is_gone(void **state) {
  (void)state;
  struct presence *p = NULL;
  struct id one = numbered(1), two = numbered(2);
  assert_int_equal(presence_create(&p), ERR_OK);
  presence_add(p, &one);
  presence_add(p, &one);
  presence_add(p, &two);
  presence_remove(p, &one);
  assert_true(presence_has(p, &one) && presence_has(p, &two));
  presence_remove(p, &one);
  assert_false(presence_has(p, &one));
  presence_remove(p, &one);
  assert_true(presence_has(p, &two));
  presence_destroy(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(changes_of_two_commits_are_one_set_without_doubles),
      cmocka_unit_test(nothing_that_a_commit_says_is_lost_in_gathering),
      cmocka_unit_test(more_streams_than_fit_means_all_streams),
      cmocka_unit_test(a_device_is_there_until_its_last_line_is_gone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
