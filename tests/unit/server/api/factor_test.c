/* factor_test.c: codes of the second step: which are taken, which are refused, and that none is taken twice.
 */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <string.h>

#include "server/api/factor.h"

enum { step_ms = 1000 * totp_step_s };
/* RFC 6238, appendix B: this secret, these times, the last six of its eight digits. */
static const uint8_t rfc_secret[] = "12345678901234567890";
static const struct {
  int64_t second;
  const char *digits;
} published[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                 {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};

static void the_published_codes_are_taken_at_their_times(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
    const struct store_user u = {.passes = 1};
    uint64_t step = 0;
    struct slice typed = slice_text(published[i].digits);
    assert_int_equal(factor_step(&step, rfc_secret, typed, &u, published[i].second * 1000), ERR_OK);
    assert_true(step == (uint64_t)published[i].second / totp_step_s);
  }
}

/* The code of 1111111109 s at other times, by a record with that drift and that last step. */
static err at(int64_t off_ms, int32_t drift, uint64_t last) {
  const struct store_user u = {.totp_drift = drift, .totp_step = last};
  uint64_t step = 0;
  return factor_step(&step, rfc_secret, slice_text("081 804"), &u, INT64_C(1111111109000) + off_ms);
}

static void one_step_to_each_side_is_forgiven_and_no_more(void **state) {
  (void)state;
  assert_int_equal(at(-step_ms, 0, 0), ERR_OK);
  assert_int_equal(at(step_ms, 0, 0), ERR_OK);
  assert_int_equal(at(-2 * step_ms, 0, 0), ERR_WRONG_SECRET);
  assert_int_equal(at(2 * step_ms, 0, 0), ERR_WRONG_SECRET);
}

/* A phone whose clock goes wrong slowly keeps its window; one that is five minutes off does not. */
static void the_window_follows_the_phones_clock(void **state) {
  (void)state;
  assert_int_equal(at(-2 * step_ms, 1, 0), ERR_OK);
  assert_int_equal(at(-2 * step_ms, 3, 0), ERR_OK);
  assert_int_equal(at(0, 3, 0), ERR_WRONG_SECRET);
  assert_int_equal(at(-totp_drift_steps_max * step_ms, totp_drift_steps_max, 0), ERR_OK);
  assert_int_equal(at(-(totp_drift_steps_max + 1) * step_ms, totp_drift_steps_max, 0), ERR_WRONG_SECRET);
}

static void a_code_that_was_used_and_every_earlier_one_is_refused(void **state) {
  (void)state;
  const uint64_t step = 1111111109 / totp_step_s;
  assert_int_equal(at(0, 0, step - 1), ERR_OK);
  assert_int_equal(at(0, 0, step), ERR_WRONG_SECRET);
  assert_int_equal(at(0, 0, step + 1), ERR_WRONG_SECRET);
}

static void what_is_no_code_is_refused(void **state) {
  (void)state;
  const char *typed[] = {"", "0", "08180", "0818044", "08180a", "-81804", "081804081804", "    "};
  const struct store_user u = {.passes = 1};
  uint64_t step;
  for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
    assert_int_equal(factor_step(&step, rfc_secret, slice_text(typed[i]), &u, INT64_C(1111111109000)),
                     ERR_WRONG_SECRET);
}

static void the_secret_follows_from_hub_person_and_salt_alone(void **state) {
  (void)state;
  struct hub one = {.lease_root = {1}}, other = {.lease_root = {2}};
  const struct id ruth = {{1}}, max = {{2}};
  const uint8_t salt[salt_bytes] = {3}, fresh[salt_bytes] = {4};
  uint8_t a[factor_secret_bytes], b[factor_secret_bytes];
  factor_secret(a, &one, &ruth, salt);
  factor_secret(b, &one, &ruth, salt);
  assert_memory_equal(a, b, sizeof a);
  factor_secret(b, &other, &ruth, salt);
  assert_memory_not_equal(a, b, sizeof a);
  factor_secret(b, &one, &max, salt);
  assert_memory_not_equal(a, b, sizeof a);
  factor_secret(b, &one, &ruth, fresh);
  assert_memory_not_equal(a, b, sizeof a);
}

static void the_link_names_hub_and_person_and_escapes_them(void **state) {
  (void)state;
  struct hub hub = {.name = "Kent & Sea"};
  struct buf uri = BUF_INIT(factor_uri_bytes);
  assert_int_equal(factor_uri(&uri, &hub, "zo\xc3\xab", rfc_secret), ERR_OK);
  assert_int_equal(buf_put_u8(&uri, 0), ERR_OK);
  assert_string_equal((const char *)uri.ptr,
                      "otpauth://totp/Kent%20%26%20Sea:zo%C3%AB?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                      "&issuer=Kent%20%26%20Sea");
  buf_finish(&uri);
}

static void count_up(void *ctx, void *out, size_t len) {
  uint8_t *next = ctx, *p = out;
  for (size_t i = 0; i < len; i++) p[i] = (*next)++;
  (*next)++;
}

static void a_recovery_code_is_taken_once_however_it_is_typed(void **state) {
  (void)state;
  uint8_t drawn = 0;
  const struct entropy entropy = {&drawn, count_up};
  const struct hub hub = {.lease_root = {1}};
  struct store_user u = {.id = {{7}}};
  char codes[recovery_codes_max][recovery_text_bytes], lower[recovery_text_bytes];
  bool recovery = false;
  factor_new_codes(&u, codes, &entropy);
  assert_string_equal(codes[0], "0123-4567-89AB-CDEF");
  assert_int_equal(u.code_count, recovery_codes_max);
  assert_int_equal(factor_take(&u, &recovery, &hub, slice_text(codes[3]), 0), ERR_OK);
  assert_true(recovery && u.code_count == recovery_codes_max - 1);
  assert_int_equal(factor_take(&u, &recovery, &hub, slice_text(codes[3]), 0), ERR_WRONG_SECRET);
  snprintf(lower, sizeof lower, "%s", "o123 4567 89ab cdef");
  assert_int_equal(factor_take(&u, &recovery, &hub, slice_text(lower), 0), ERR_OK);
  assert_int_equal(factor_take(&u, &recovery, &hub, slice_text("0123-4567-89AB"), 0), ERR_WRONG_SECRET);
  /* Another person's code is not this one's, even where both have the same letters. */
  struct store_user other = {.id = {{8}}, .code_count = u.code_count};
  bytes_copy(other.codes, u.codes, sizeof u.codes);
  assert_int_equal(factor_take(&other, &recovery, &hub, slice_text(codes[1]), 0), ERR_WRONG_SECRET);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_published_codes_are_taken_at_their_times),
      cmocka_unit_test(one_step_to_each_side_is_forgiven_and_no_more),
      cmocka_unit_test(the_window_follows_the_phones_clock),
      cmocka_unit_test(a_code_that_was_used_and_every_earlier_one_is_refused),
      cmocka_unit_test(what_is_no_code_is_refused),
      cmocka_unit_test(the_secret_follows_from_hub_person_and_salt_alone),
      cmocka_unit_test(the_link_names_hub_and_person_and_escapes_them),
      cmocka_unit_test(a_recovery_code_is_taken_once_however_it_is_typed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
