/* now_test.c: the calendar over centuries, and the United Kingdom over its two changes a year. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/base/now.h"

static int32_t day(const char *text) {
  int32_t days = 0;
  assert_int_equal(date_parse(&days, slice_text(text)), ERR_OK);
  return days;
}

static int64_t instant(const char *date, int hour, int minute) {
  return (int64_t)day(date) * 86400000 + ((int64_t)hour * 60 + minute) * 60000;
}

static void every_day_of_three_centuries_comes_back(void **state) {
  (void)state;
  int weekday = date_weekday(day("1900-01-01"));
  assert_int_equal(weekday, 0);
  for (int32_t days = day("1900-01-01"); days <= day("2199-12-31"); days++) {
    struct date d = date_from_days(days);
    assert_int_equal(date_to_days(d), days);
    char text[date_text_bytes];
    date_text(text, days);
    assert_int_equal(day(text), days);
    assert_int_equal(date_weekday(days), weekday);
    weekday = (weekday + 1) % 7;
  }
}

static void known_days_have_their_numbers(void **state) {
  (void)state;
  assert_int_equal(day("1970-01-01"), 0);
  assert_int_equal(day("2000-02-29"), 11016);
  assert_int_equal(day("2026-11-21"), 20778);
  assert_int_equal(date_weekday(day("2026-11-21")), 5);
  assert_int_equal(date_weekday(-1), 2);
}

static void days_that_do_not_exist_are_invalid(void **state) {
  (void)state;
  static const char *const bad[] = {"2026-02-31", "2026-02-29", "2100-02-29",  "2026-04-31",  "2026-13-01",
                                    "2026-00-10", "2026-01-00", "2026-01-32",  "1899-12-31",  "2200-01-01",
                                    "2026-1-1",   "2026/01/01", "2026-01-01 ", " 2026-01-01", "",
                                    "2026-01-0x", "-026-01-01", "20260101"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    int32_t days = 77;
    assert_int_equal(date_parse(&days, slice_text(bad[i])), ERR_INVALID);
    assert_int_equal(days, 77);
  }
}

static void instants_are_written_in_utc(void **state) {
  (void)state;
  char text[time_text_bytes];
  time_text(text, instant("2026-11-21", 16, 5) + 9999);
  assert_string_equal(text, "2026-11-21T16:05:09Z");
  time_text(text, -1);
  assert_string_equal(text, "1969-12-31T23:59:59Z");
}

/* A device whose clock is lost says so with a date, not with a crash. */
static void lost_clocks_are_held_within_the_calendar(void **state) {
  (void)state;
  char text[time_text_bytes];
  int32_t days, minute;
  time_text(text, INT64_MAX);
  assert_string_equal(text, "9999-12-31T23:59:59Z");
  time_text(text, INT64_MIN);
  assert_string_equal(text, "0001-01-01T00:00:00Z");
  uk_civil(INT64_MAX, &days, &minute);
  assert_int_equal(minute, 1439);
  uk_civil(INT64_MIN, &days, &minute);
  assert_int_equal(minute, 0);
  assert_int_equal(uk_offset_minutes(INT64_MIN), 0);
}

static void summer_time_begins_and_ends_at_one_utc_on_the_last_sunday(void **state) {
  (void)state;
  static const char *const spring[] = {"2024-03-31", "2025-03-30", "2026-03-29", "2027-03-28", "2030-03-31"};
  static const char *const autumn[] = {"2024-10-27", "2025-10-26", "2026-10-25", "2027-10-31", "2030-10-27"};
  for (size_t i = 0; i < 5; i++) {
    int64_t begins = instant(spring[i], 1, 0), ends = instant(autumn[i], 1, 0);
    assert_int_equal(uk_offset_minutes(begins - 1), 0);
    assert_int_equal(uk_offset_minutes(begins), 60);
    assert_int_equal(uk_offset_minutes(ends - 1), 60);
    assert_int_equal(uk_offset_minutes(ends), 0);
  }
}

static void civil_time_moves_the_date_at_midnight_in_summer(void **state) {
  (void)state;
  int32_t days, minute;
  uk_civil(instant("2026-07-01", 23, 30), &days, &minute);
  assert_int_equal(days, day("2026-07-02"));
  assert_int_equal(minute, 30);
  uk_civil(instant("2026-12-01", 23, 30), &days, &minute);
  assert_int_equal(days, day("2026-12-01"));
  assert_int_equal(minute, 23 * 60 + 30);
}

static void every_civil_minute_of_a_change_day_comes_back(void **state) {
  (void)state;
  static const char *const dates[] = {"2026-03-29", "2026-10-25", "2026-07-01", "2026-01-10"};
  for (size_t i = 0; i < 4; i++) {
    for (int32_t minute = 0; minute < 1440; minute++) {
      bool skipped = i == 0 && minute >= 60 && minute < 120;
      int32_t days_back, minute_back;
      uk_civil(uk_instant(day(dates[i]), minute), &days_back, &minute_back);
      assert_int_equal(days_back, day(dates[i]));
      assert_int_equal(minute_back, skipped ? minute + 60 : minute);
    }
  }
}

static void a_repeated_hour_means_the_earlier_one(void **state) {
  (void)state;
  assert_int_equal(uk_instant(day("2026-10-25"), 90), instant("2026-10-25", 0, 30));
  assert_int_equal(uk_instant(day("2026-10-25"), 120), instant("2026-10-25", 2, 0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_day_of_three_centuries_comes_back),
      cmocka_unit_test(known_days_have_their_numbers),
      cmocka_unit_test(days_that_do_not_exist_are_invalid),
      cmocka_unit_test(instants_are_written_in_utc),
      cmocka_unit_test(lost_clocks_are_held_within_the_calendar),
      cmocka_unit_test(summer_time_begins_and_ends_at_one_utc_on_the_last_sunday),
      cmocka_unit_test(civil_time_moves_the_date_at_midnight_in_summer),
      cmocka_unit_test(every_civil_minute_of_a_change_day_comes_back),
      cmocka_unit_test(a_repeated_hour_means_the_earlier_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
