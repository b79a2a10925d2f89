/* clock_test.c: stamps, and when they are unsure; sections in score order. */
#include "client/core/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "client/core/roster.h"
#include "shared/base/limits.h"

static const int64_t noon = 1795262400000;

static struct now at(int64_t wall, uint64_t mono, uint8_t boot) {
  return (struct now){.wall_ms = wall, .mono_ms = mono, .boot = {{boot}}};
}

static struct clock learned(int64_t ahead) {
  struct clock c = {.known = false};
  struct now now = at(noon, 5000, 1);
  clock_learn(&c, &now, &now, noon + ahead);
  return c;
}

static void stamps_rise_even_when_the_clock_stands_still(void **state) {
  (void)state;
  struct clock c = learned(0);
  struct now now = at(noon, 5000, 1);
  uint64_t first = clock_stamp(&c, &now, 0);
  assert_int_equal(first, noon);
  c.stamp_last = first;
  assert_int_equal(clock_stamp(&c, &now, 0), noon + 1);
  assert_int_equal(clock_stamp(&c, &now, (uint64_t)noon + 500), noon + 501);
}

static void stamps_follow_the_hub_not_the_wall(void **state) {
  (void)state;
  struct clock c = learned(-3600000);
  struct now now = at(noon + 60000, 65000, 1);
  assert_int_equal(clock_stamp(&c, &now, 0), noon + 60000 - 3600000);
  assert_false(clock_unsure(&c, &now));
}

static void half_the_journey_is_taken_off(void **state) {
  (void)state;
  struct clock c = {.known = false};
  struct now sent = at(noon, 5000, 1);
  struct now now = at(noon + 400, 5400, 1);
  clock_learn(&c, &sent, &now, noon + 200);
  assert_int_equal(c.offset_ms, 0);
}

static void a_device_that_never_heard_of_hub_time_is_unsure(void **state) {
  (void)state;
  struct clock c = {.known = false};
  struct now now = at(noon, 5000, 1);
  assert_true(clock_unsure(&c, &now));
}

static void a_jump_of_the_wall_clock_makes_stamps_unsure(void **state) {
  (void)state;
  struct clock c = learned(0);
  struct now steady = at(noon + 7200000, 5000 + 7200000, 1);
  struct now forward = at(noon + clock_jump_ms_max + 2, 5001, 1);
  struct now back = at(noon - clock_jump_ms_max, 5001, 1);
  assert_false(clock_unsure(&c, &steady));
  assert_true(clock_unsure(&c, &forward));
  assert_true(clock_unsure(&c, &back));
}

static void after_a_restart_only_a_clock_that_went_back_is_unsure(void **state) {
  (void)state;
  struct clock c = learned(0);
  struct now later = at(noon + 100000000, 10, 2);
  struct now before = at(noon - 1, 10, 2);
  assert_false(clock_unsure(&c, &later));
  assert_true(clock_unsure(&c, &before));
  c.stamp_last = (uint64_t)noon + 200000000;
  assert_true(clock_unsure(&c, &later));
}

static void hub_time_is_always_a_date_however_mad_the_clocks_are(void **state) {
  (void)state;
  struct clock ahead = {.known = true, .offset_ms = (int64_t)NUMBER_MAX};
  struct clock behind = {.known = true, .offset_ms = -(int64_t)NUMBER_MAX};
  struct now now = {.wall_ms = 1795262400000};
  int32_t days = 0, minute = 0;
  assert_int_equal(clock_hub_ms(&behind, &now), 0);
  uk_civil(clock_hub_ms(&ahead, &now), &days, &minute);
  assert_int_equal(date_from_days(days).year, 2199);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(stamps_rise_even_when_the_clock_stands_still),
      cmocka_unit_test(stamps_follow_the_hub_not_the_wall),
      cmocka_unit_test(half_the_journey_is_taken_off),
      cmocka_unit_test(a_device_that_never_heard_of_hub_time_is_unsure),
      cmocka_unit_test(a_jump_of_the_wall_clock_makes_stamps_unsure),
      cmocka_unit_test(after_a_restart_only_a_clock_that_went_back_is_unsure),
      cmocka_unit_test(hub_time_is_always_a_date_however_mad_the_clocks_are),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
