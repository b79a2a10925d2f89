/* attempts_test.c: who tries too often waits, whoever else tries, and nobody waits for ever. */
#include "tests/unit/server/api/office_host.h"

#include <stdio.h>

#include "server/api/attempts.h"

static void first_mistakes_are_free_and_then_waits_double(void **state) {
  (void)state;
  for (uint32_t wrong = 0; wrong <= signin_attempts_free; wrong++)
    assert_int_equal(attempts_delay_ms(wrong), 0);
  assert_int_equal(attempts_delay_ms(signin_attempts_free + 1), signin_delay_first_ms);
  assert_int_equal(attempts_delay_ms(signin_attempts_free + 2), 2 * signin_delay_first_ms);
  assert_true(attempts_delay_ms(UINT32_MAX) <= (uint64_t)signin_delay_first_ms << signin_lock_attempts);
}

static bool key_of(uint8_t out[hash_bytes], const char *address) {
  return attempts_address(out, slice_text(address));
}

static void an_ipv6_network_counts_as_one_address(void **state) {
  (void)state;
  uint8_t a[hash_bytes], b[hash_bytes];
  assert_true(key_of(a, "2001:db8:1:2::1") && key_of(b, "2001:db8:1:2:ffff::9"));
  assert_memory_equal(a, b, hash_bytes);
  assert_true(key_of(b, "2001:db8:1:3::1"));
  assert_memory_not_equal(a, b, hash_bytes);
  assert_true(key_of(a, "192.0.2.7") && key_of(b, "::ffff:192.0.2.7"));
  assert_memory_equal(a, b, hash_bytes);
}

static void this_machine_and_nonsense_have_no_key(void **state) {
  (void)state;
  uint8_t key[hash_bytes];
  const char *none[] = {"",
                        "127.0.0.1",
                        "127.9.9.9",
                        "::1",
                        "::ffff:127.0.0.1",
                        "unix",
                        "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18"};
  for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) assert_false(key_of(key, none[i]));
}

static void an_address_waits_for_the_rest_of_its_window(void **state) {
  (void)state;
  struct attempts *a = test_malloc(sizeof *a);
  uint8_t key[hash_bytes];
  attempts_init(a);
  assert_true(key_of(key, "192.0.2.7"));
  for (int i = 0; i < signin_address_attempts_max; i++) {
    assert_int_equal(attempts_address_wait(a, key, 1000), 0);
    attempts_count(a, key, 1000, signin_address_window_ms);
  }
  assert_int_equal(attempts_address_wait(a, key, 1000), signin_address_window_ms);
  /* A thread that read the clock a moment earlier waits too. */
  assert_int_equal(attempts_address_wait(a, key, 999), signin_address_window_ms);
  assert_int_equal(attempts_address_wait(a, key, 1000 + signin_address_window_ms - 1), 1);
  assert_int_equal(attempts_address_wait(a, key, 1000 + signin_address_window_ms), 0);
  attempts_count(a, key, 1000 + signin_address_window_ms, signin_address_window_ms);
  assert_int_equal(attempts_address_wait(a, key, 1000 + signin_address_window_ms), 0);
  attempts_finish(a);
  test_free(a);
}

static void one_try_from_everywhere_does_not_push_out_who_tries_often(void **state) {
  (void)state;
  struct attempts *a = test_malloc(sizeof *a);
  uint8_t often[hash_bytes], other[hash_bytes];
  char address[32];
  attempts_init(a);
  assert_true(key_of(often, "192.0.2.7"));
  for (int i = 0; i < signin_address_attempts_max; i++) attempts_count(a, often, 1, signin_address_window_ms);
  for (unsigned i = 0; i < 2 * signin_watched_max; i++) {
    snprintf(address, sizeof address, "10.0.%u.%u", i / 256, i % 256);
    assert_true(key_of(other, address));
    attempts_count(a, other, 2, signin_address_window_ms);
  }
  assert_true(attempts_address_wait(a, often, 3) > 0);
  attempts_finish(a);
  test_free(a);
}

static void what_turned_out_right_is_taken_back(void **state) {
  (void)state;
  struct attempts *a = test_malloc(sizeof *a);
  uint8_t key[hash_bytes];
  attempts_init(a);
  assert_true(key_of(key, "192.0.2.7"));
  for (int i = 0; i < 10 * signin_address_attempts_max; i++) {
    attempts_count(a, key, 1000, signin_address_window_ms);
    attempts_forgive(a, key);
  }
  assert_int_equal(attempts_address_wait(a, key, 1000), 0);
  attempts_forgive(a, key); /* of an entry that is gone: nothing happens */
  attempts_finish(a);
  test_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(first_mistakes_are_free_and_then_waits_double),
      cmocka_unit_test(an_ipv6_network_counts_as_one_address),
      cmocka_unit_test(this_machine_and_nonsense_have_no_key),
      cmocka_unit_test(an_address_waits_for_the_rest_of_its_window),
      cmocka_unit_test(one_try_from_everywhere_does_not_push_out_who_tries_often),
      cmocka_unit_test(what_turned_out_right_is_taken_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
