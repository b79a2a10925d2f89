/* password_test.c: a password's key depends on all that went in, is Argon2id's, and absurd input costs
 * nothing. */
#include <sodium.h>

#include "shared/base/limits.h"
#include "shared/crypto/crypto.h"
#include "tests/unit/shared/crypto/test_entropy.h"

static const struct password_cost cheap = {.passes = 1, .memory_kib = 8};

static void the_key_is_argon2ids(void **state) {
  (void)state;
  uint8_t ours[key_bytes], theirs[key_bytes];
  const uint8_t salt[salt_bytes] = {1, 2, 3};
  assert_int_equal(
      crypto_password_key(ours, slice_text("correct horse"), salt, (struct password_cost){3, 64}), ERR_OK);
  assert_int_equal(
      crypto_pwhash(theirs, sizeof theirs, "correct horse", 13, salt, 3, 65536, crypto_pwhash_ALG_ARGON2ID13),
      0);
  assert_memory_equal(ours, theirs, key_bytes);
}

static void every_argument_changes_the_key(void **state) {
  (void)state;
  uint8_t key[5][key_bytes];
  uint8_t salt[salt_bytes] = {0};
  assert_int_equal(crypto_password_key(key[0], slice_text("abc"), salt, cheap), ERR_OK);
  assert_int_equal(crypto_password_key(key[1], slice_text("abd"), salt, cheap), ERR_OK);
  assert_int_equal(crypto_password_key(key[2], slice_text("abc"), salt, (struct password_cost){2, 8}),
                   ERR_OK);
  assert_int_equal(crypto_password_key(key[3], slice_text("abc"), salt, (struct password_cost){1, 16}),
                   ERR_OK);
  salt[15] = 1;
  assert_int_equal(crypto_password_key(key[4], slice_text("abc"), salt, cheap), ERR_OK);
  for (size_t a = 0; a < 5; a++) {
    for (size_t b = 0; b < a; b++) assert_memory_not_equal(key[a], key[b], key_bytes);
  }
}

static void an_empty_password_is_a_password(void **state) {
  (void)state;
  uint8_t key[key_bytes];
  const uint8_t salt[salt_bytes] = {0};
  assert_int_equal(crypto_password_key(key, slice_of(NULL, 0), salt, cheap), ERR_OK);
}

static void a_huge_password_is_refused_before_hashing(void **state) {
  (void)state;
  uint8_t key[key_bytes], huge[password_bytes_max + 1] = {0};
  const uint8_t salt[salt_bytes] = {0};
  assert_int_equal(crypto_password_key(key, slice_of(huge, password_bytes_max + 1), salt, cheap),
                   ERR_TOO_BIG);
  assert_int_equal(crypto_password_key(key, slice_of(huge, password_bytes_max), salt, cheap), ERR_OK);
}

static void impossible_costs_are_refused(void **state) {
  (void)state;
  uint8_t key[key_bytes];
  const uint8_t salt[salt_bytes] = {0};
  const struct password_cost bad[] = {{0, 8},
                                      {1, 0},
                                      {1, 7},
                                      {password_passes_max + 1, 8},
                                      {1, password_memory_kib_max + 1},
                                      {UINT32_MAX, UINT32_MAX}};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(crypto_password_key(key, slice_text("x"), salt, bad[i]), ERR_INVALID);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_key_is_argon2ids),
      cmocka_unit_test(every_argument_changes_the_key),
      cmocka_unit_test(an_empty_password_is_a_password),
      cmocka_unit_test(a_huge_password_is_refused_before_hashing),
      cmocka_unit_test(impossible_costs_are_refused),
  };
  if (crypto_init() != ERR_OK) return 1;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
