/* lease_test.c: a device goes on for so many term days without the office, whatever its clocks say, and then
 * locks its screen alone. */
#include "client/core/lease.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its headers in this order. */
#include <cmocka.h>

#include "tests/lib/field_world.h"

static const int64_t day_ms = 86400000;
static const int64_t start_ms = 1795262400000; /* 2026-11-21T12:00:00Z, a Saturday */

static struct now clocks(int64_t wall_ms, uint64_t mono_ms, uint8_t boot) {
  return (struct now){.wall_ms = wall_ms, .mono_ms = mono_ms, .boot = {{boot}}};
}

static int64_t left_at(const struct lease *l, struct now now) {
  struct lease then = *l;
  lease_advance(&then, &now);
  return lease_days_left(&then);
}

static struct lease renewed(uint32_t days) {
  struct lease l = {.days = 0};
  struct now now = clocks(start_ms, 1000, 1);
  lease_renew(&l, days, start_ms, &now);
  return l;
}

static void every_day_counts_without_terms(void **state) {
  (void)state;
  struct lease l = renewed(20);
  assert_int_equal(left_at(&l, clocks(start_ms, 1000, 1)), 20);
  assert_int_equal(left_at(&l, clocks(start_ms + day_ms, 1000 + (uint64_t)day_ms, 1)), 19);
  assert_int_equal(left_at(&l, clocks(start_ms + 19 * day_ms, 1000, 2)), 1);
  assert_int_equal(left_at(&l, clocks(start_ms + 20 * day_ms, 1000, 2)), 0);
  assert_int_equal(left_at(&l, clocks(start_ms + 4000 * day_ms, 1000, 2)), 0);
}

static void days_between_terms_do_not_count_and_those_after_the_last_known_do(void **state) {
  (void)state;
  struct lease l = renewed(20);
  int32_t today;
  int32_t minute;
  uk_civil(start_ms, &today, &minute);
  l.term_count = 2;
  l.terms[0] = (struct lease_term){today - 60, today + 5};
  l.terms[1] = (struct lease_term){today + 20, today + 30};
  assert_int_equal(left_at(&l, clocks(start_ms + 5 * day_ms, 1, 2)), 15);
  assert_int_equal(left_at(&l, clocks(start_ms + 19 * day_ms, 1, 2)), 15);
  assert_int_equal(left_at(&l, clocks(start_ms + 20 * day_ms, 1, 2)), 14);
  assert_int_equal(left_at(&l, clocks(start_ms + 30 * day_ms, 1, 2)), 4);
  assert_int_equal(left_at(&l, clocks(start_ms + 34 * day_ms, 1, 2)), 0);
}

static void setting_the_clock_back_never_lengthens_it(void **state) {
  (void)state;
  struct lease l = renewed(20);
  struct now now = clocks(start_ms, 1000, 1);
  int64_t before = 20;
  /* Each day the clock goes back by three; each third day the device starts again. */
  for (int day = 1; day <= 25; day += 1) {
    now.wall_ms -= 2 * day_ms;
    now.mono_ms += (uint64_t)day_ms;
    lease_advance(&l, &now);
    if (day % 3 == 0) now = clocks(now.wall_ms - 100 * day_ms, 5, (uint8_t)(day + 1));
    int64_t left = lease_days_left(&l);
    assert_true(left <= before && left <= (day >= 20 ? 0 : 20 - day));
    before = left;
  }
  assert_int_equal(before, 0);
}

/* The battery was flat for three days; then somebody, or the network, sets the clock. */
static void a_phone_that_starts_in_1970_and_is_set_right_was_away_for_three_days(void **state) {
  (void)state;
  struct lease l = renewed(20);
  struct now now = clocks(5000, 1000, 2);
  for (int minute = 0; minute < 3; minute += 1) {
    lease_advance(&l, &now);
    now.wall_ms += 60000;
    now.mono_ms += 60000;
  }
  assert_int_equal(lease_days_left(&l), 20);
  now.wall_ms = start_ms + 3 * day_ms;
  lease_advance(&l, &now);
  assert_int_equal(lease_days_left(&l), 17);
  assert_int_equal(left_at(&l, clocks(start_ms + 20 * day_ms, 5, 3)), 0);
}

/* It speaks to the hub before its own clock is right. */
static void a_clock_that_was_wrong_at_the_contact_is_set_right_for_nothing(void **state) {
  (void)state;
  struct lease l = {.days = 0};
  struct now now = clocks(5000, 1000, 1);
  lease_renew(&l, 20, start_ms, &now);
  assert_int_equal(left_at(&l, clocks(5000 + 2 * day_ms, 10, 2)), 18);
  assert_int_equal(left_at(&l, clocks(start_ms + 2 * day_ms, 10, 2)), 18);
}

static void a_clock_wound_back_to_1970_goes_on_counting_from_there(void **state) {
  (void)state;
  struct lease l = renewed(20);
  for (int day = 0; day <= 20; day += 1) { /* a few seconds a day, and off the rest of it */
    struct now now = clocks(day * day_ms, 1000, (uint8_t)(day + 2));
    lease_advance(&l, &now);
    now.mono_ms += 4000;
    lease_advance(&l, &now);
  }
  assert_int_equal(lease_days_left(&l), 0);
}

/* Somebody types 2099, or the device lay in a drawer: it cannot know, so it is closed while the clock says
 * so. */
static void a_clock_far_ahead_closes_the_screen_until_it_is_right(void **state) {
  (void)state;
  struct lease l = renewed(20);
  struct now mad = clocks(start_ms + 3650 * day_ms, 2000, 1), right = clocks(start_ms + day_ms, 3000, 1);
  lease_advance(&l, &mad);
  assert_int_equal(lease_days_left(&l), 0);
  assert_true(lease_has_ended(&l));
  struct lease renewed_so = l;
  lease_renew(&renewed_so, 20, start_ms, &mad);
  assert_int_equal(left_at(&renewed_so, clocks(mad.wall_ms + day_ms, 5, 2)), 19);
  lease_advance(&l, &right);
  assert_int_equal(lease_days_left(&l), 19);
}

static void a_clock_that_runs_ahead_by_weeks_shortens_it_and_only_a_contact_mends_that(void **state) {
  (void)state;
  struct lease l = renewed(20);
  struct now ahead = clocks(start_ms + 40 * day_ms, 2000, 1);
  lease_advance(&l, &ahead);
  assert_int_equal(lease_days_left(&l), 0);
  struct now right = clocks(start_ms, 3000, 1);
  lease_advance(&l, &right);
  assert_int_equal(lease_days_left(&l), 0);
  lease_renew(&l, 20, start_ms, &right);
  assert_int_equal(lease_days_left(&l), 20);
}

/* From any hour of the day, over the days of 23 and of 25 hours. */
static void it_has_ended_when_no_day_is_left_and_not_before(void **state) {
  (void)state;
  for (uint32_t days = 0; days <= 3; days += 1) {
    for (int64_t hour = 0; hour < 24 * 366; hour += 7) {
      struct lease l = {.days = days, .from_ms = start_ms + hour * 3600000};
      for (int64_t more = 0; more < 24 * 4; more += 1) {
        l.at_ms = l.from_ms + more * 3600000;
        assert_int_equal(lease_has_ended(&l), lease_days_left(&l) == 0);
      }
    }
  }
}

static void a_code_fits_one_challenge_one_device_and_one_number_of_days(void **state) {
  (void)state;
  uint8_t secret[key_bytes] = {1}, other[key_bytes] = {2};
  uint8_t challenge[lease_challenge_bytes] = {0xff, 0x12, 0x00, 0x9c, 0x7e}, read[lease_challenge_bytes];
  uint8_t next[lease_challenge_bytes] = {0xff, 0x12, 0x00, 0x9c, 0x7f};
  char words[lease_challenge_text_bytes], code[lease_code_text_bytes];
  uint32_t days = 0;
  assert_int_equal(crypto_init(), ERR_OK);
  lease_challenge_text(words, challenge);
  assert_int_equal(strlen(words), 9);
  assert_int_equal(lease_challenge_parse(read, slice_text(words)), ERR_OK);
  assert_memory_equal(read, challenge, lease_challenge_bytes);
  assert_int_equal(lease_challenge_parse(read, slice_text("7KQ2-M0X")), ERR_MALFORMED);
  lease_code(code, secret, challenge, 20);
  assert_int_equal(strlen(code), 11);
  assert_int_equal(lease_code_check(&days, slice_text(code), secret, challenge), ERR_OK);
  assert_int_equal(days, 20);
  assert_int_equal(lease_code_check(&days, slice_text(code), other, challenge), ERR_WRONG_SECRET);
  assert_int_equal(lease_code_check(&days, slice_text(code), secret, next), ERR_WRONG_SECRET);
  for (size_t i = 0; code[i]; i += 1) {
    char typed[lease_code_text_bytes];
    bytes_copy(typed, code, sizeof typed);
    if (typed[i] == '-') continue;
    typed[i] = typed[i] == '7' ? '8' : '7';
    assert_int_equal(lease_code_check(&days, slice_text(typed), secret, challenge), ERR_WRONG_SECRET);
  }
  assert_int_equal(lease_code_check(&days, slice_text("123"), secret, challenge), ERR_MALFORMED);
}

/* ---- in a device ---- */

static int64_t days_left(struct field_world *w) {
  assert_true(core_host_call(&w->host, "device.status", ""));
  return core_host_int(w->host.result, "lease_days");
}

static bool unlocks(struct field_world *w) {
  return core_host_call(&w->host, "unlock", "staff:i pin:t", &fake_ann, "274951");
}

static void it_warns_then_locks_the_screen_alone_and_contact_renews_it(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  assert_int_equal(days_left(w), 20);
  assert_false(core_host_bool(w->host.result, "lease_warns"));
  for (int day = 0; day < 15; day += 1) core_host_pass(&w->host, day_ms);
  assert_int_equal(days_left(w), 5);
  assert_true(core_host_bool(w->host.result, "lease_warns"));
  assert_true(unlocks(w));
  for (int day = 0; day < 5; day += 1) core_host_pass(&w->host, day_ms);
  assert_int_equal(days_left(w), 0);
  assert_true(core_host_says(w->host.result, "unlocked", NULL));
  assert_false(unlocks(w));
  field_refused(w, "LEASE_ENDED");
  /* What was recorded leaves by file and by line all the same. */
  assert_true(core_host_call(&w->host, "export", ""));
  assert_int_equal(core_host_int(w->host.result, "bundles"), 1);
  field_online(w);
  assert_int_equal(w->hub.bundle_count, 1);
  assert_int_equal(days_left(w), 20);
  assert_true(unlocks(w));
}

static void restarts_and_a_clock_set_back_do_not_lengthen_it(void **state) {
  struct field_world *w = *state;
  for (int day = 0; day < 20; day += 1) {
    core_host_pass(&w->host, day_ms);
    core_host_stop(&w->host);
    w->host.now.wall_ms -= 2 * day_ms;
    w->host.now.mono_ms = 60000;
    w->host.now.boot.b[0] += 1;
    w->host.config.hold = true;
    core_host_start(&w->host);
  }
  assert_int_equal(days_left(w), 0);
  assert_false(unlocks(w));
  field_refused(w, "LEASE_ENDED");
}

/* A flat battery: 1970, until somebody sets the clock three days later. */
static void a_device_set_right_after_1970_unlocks_and_has_lost_three_days(void **state) {
  struct field_world *w = *state;
  const int64_t wall_ms = w->host.now.wall_ms;
  core_host_stop(&w->host);
  w->host.now = (struct now){.wall_ms = 5000, .mono_ms = 60000, .boot = {{9}}};
  w->host.config.hold = true;
  core_host_start(&w->host);
  assert_int_equal(days_left(w), 20);
  assert_true(unlocks(w));
  core_host_stop(&w->host); /* what was seen in 1970 is durable */
  w->host.now.wall_ms = wall_ms + 3 * day_ms;
  w->host.now.boot.b[0] += 1;
  core_host_start(&w->host);
  assert_int_equal(days_left(w), 17);
  assert_true(unlocks(w));
}

static void jump(struct field_world *w, int64_t days) {
  core_host_forget_topics(&w->host);
  w->host.now.wall_ms += days * day_ms;
  core_host_step(&w->host, EV_TICK, 0, slice_of(NULL, 0));
  assert_true(core_host_changed(&w->host, "device", NULL)); /* the screen hears of it */
}

/* Somebody sets the wrong year, and then the right one; in between it may start anew. */
static void a_device_in_2099_opens_again_when_its_clock_is_right(void **state) {
  struct field_world *w = *state;
  jump(w, INT64_C(73) * 365);
  assert_int_equal(days_left(w), 0);
  assert_false(unlocks(w));
  field_refused(w, "LEASE_ENDED");
  core_host_stop(&w->host);
  core_host_start(&w->host);
  assert_false(unlocks(w));
  jump(w, -INT64_C(73) * 365);
  assert_int_equal(days_left(w), 20);
  assert_true(unlocks(w));
}

static void end_lease(struct field_world *w) {
  for (int day = 0; day < 20; day += 1) core_host_pass(&w->host, day_ms);
  assert_false(unlocks(w));
  field_refused(w, "LEASE_ENDED");
}

static void a_code_read_over_the_telephone_renews_it_once(void **state) {
  struct field_world *w = *state;
  static const uint8_t secret[key_bytes]; /* the scripted hub gives everybody zeros */
  uint8_t challenge[lease_challenge_bytes];
  char code[lease_code_text_bytes];
  end_lease(w);
  assert_false(core_host_call(&w->host, "lease.renew", "code:t", "00000-00000"));
  field_refused(w, "CONFLICT");
  assert_true(core_host_call(&w->host, "lease.challenge", ""));
  assert_int_equal(lease_challenge_parse(challenge, core_host_text(w->host.result, "challenge")), ERR_OK);
  core_host_stop(&w->host);
  core_host_start(&w->host);
  uint8_t again[lease_challenge_bytes];
  assert_true(core_host_call(&w->host, "lease.challenge", ""));
  assert_int_equal(lease_challenge_parse(again, core_host_text(w->host.result, "challenge")), ERR_OK);
  assert_memory_equal(again, challenge, lease_challenge_bytes);
  lease_code(code, secret, challenge, 3);
  if (!core_host_call(&w->host, "lease.renew", "code:t", code)) fail_msg("%s", w->host.text);
  assert_int_equal(core_host_int(w->host.result, "lease_days"), 3);
  assert_true(unlocks(w));
  assert_false(core_host_call(&w->host, "lease.renew", "code:t", code));
  field_refused(w, "CONFLICT"); /* used; the next challenge is another */
  assert_true(core_host_call(&w->host, "lease.challenge", ""));
  assert_int_equal(lease_challenge_parse(again, core_host_text(w->host.result, "challenge")), ERR_OK);
  assert_memory_not_equal(again, challenge, lease_challenge_bytes);
  assert_false(core_host_call(&w->host, "lease.renew", "code:t", code));
  field_refused(w, "WRONG_SECRET");
}

static void guessing_codes_becomes_slow_and_stays_so_through_restarts(void **state) {
  struct field_world *w = *state;
  end_lease(w);
  assert_true(core_host_call(&w->host, "lease.challenge", ""));
  for (int i = 0; i < lease_attempts_free; i += 1) {
    assert_false(core_host_call(&w->host, "lease.renew", "code:t", "0M7KQ-2X0DM"));
    field_refused(w, "WRONG_SECRET");
  }
  assert_int_equal(w->host.wait_ms, lease_delay_first_ms);
  core_host_stop(&w->host);
  core_host_start(&w->host);
  assert_false(core_host_call(&w->host, "lease.renew", "code:t", "0M7KQ-2X0DM"));
  field_refused(w, "WAIT");
  core_host_pass(&w->host, lease_delay_first_ms);
  assert_false(core_host_call(&w->host, "lease.renew", "code:t", "0M7KQ-2X0DM"));
  field_refused(w, "WRONG_SECRET");
  assert_int_equal(w->host.wait_ms, 2 * lease_delay_first_ms);
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_day_counts_without_terms),
      cmocka_unit_test(days_between_terms_do_not_count_and_those_after_the_last_known_do),
      cmocka_unit_test(setting_the_clock_back_never_lengthens_it),
      cmocka_unit_test(a_phone_that_starts_in_1970_and_is_set_right_was_away_for_three_days),
      cmocka_unit_test(a_clock_that_was_wrong_at_the_contact_is_set_right_for_nothing),
      cmocka_unit_test(a_clock_wound_back_to_1970_goes_on_counting_from_there),
      cmocka_unit_test(a_clock_far_ahead_closes_the_screen_until_it_is_right),
      cmocka_unit_test(a_clock_that_runs_ahead_by_weeks_shortens_it_and_only_a_contact_mends_that),
      cmocka_unit_test(it_has_ended_when_no_day_is_left_and_not_before),
      cmocka_unit_test(a_code_fits_one_challenge_one_device_and_one_number_of_days),
      IN_WORLD(it_warns_then_locks_the_screen_alone_and_contact_renews_it),
      IN_WORLD(restarts_and_a_clock_set_back_do_not_lengthen_it),
      IN_WORLD(a_device_set_right_after_1970_unlocks_and_has_lost_three_days),
      IN_WORLD(a_device_in_2099_opens_again_when_its_clock_is_right),
      IN_WORLD(a_code_read_over_the_telephone_renews_it_once),
      IN_WORLD(guessing_codes_becomes_slow_and_stays_so_through_restarts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
