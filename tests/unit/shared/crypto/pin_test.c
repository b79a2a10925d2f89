/* pin_test.c: a wrap opens with its own PIN on its own device only, and PINs that are guessed first are
 * refused. */
#include "shared/base/limits.h"
#include "shared/crypto/pin.h"
#include "tests/unit/shared/crypto/test_entropy.h"

static const struct password_cost cheap = {.passes = 1, .memory_kib = 8};
static const uint8_t device_secret[key_bytes] = {5, 6, 7};

static struct pin_wrap wrap_for(const char *pin, uint8_t public_key[key_bytes]) {
  struct test_entropy t;
  struct entropy e = test_entropy(&t, 42);
  struct pin_wrap wrap;
  assert_int_equal(pin_wrap_create(&wrap, public_key, slice_text(pin), device_secret, cheap, &e), ERR_OK);
  return wrap;
}

static void the_right_pin_gives_the_pair_back(void **state) {
  (void)state;
  uint8_t public_key[key_bytes];
  struct pin_wrap wrap = wrap_for("493817", public_key);
  struct box_keys keys, derived;
  assert_int_equal(pin_wrap_open(&keys, &wrap, slice_text("493817"), device_secret), ERR_OK);
  assert_memory_equal(keys.public_key, public_key, key_bytes);
  crypto_box_keys_from_secret(&derived, keys.secret);
  assert_memory_equal(derived.public_key, public_key, key_bytes);
}

static void a_wrong_pin_is_told_apart(void **state) {
  (void)state;
  uint8_t public_key[key_bytes];
  struct pin_wrap wrap = wrap_for("493817", public_key);
  const char *wrong[] = {"493818", "49381", "4938170", "", "Wrong passphrase"};
  struct box_keys keys;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    assert_int_equal(pin_wrap_open(&keys, &wrap, slice_text(wrong[i]), device_secret), ERR_WRONG_SECRET);
  }
  char huge[password_bytes_max + 2] = {0};
  assert_int_equal(pin_wrap_open(&keys, &wrap, slice_of(huge, sizeof huge), device_secret), ERR_WRONG_SECRET);
}

static void a_wrap_is_worth_nothing_on_another_device(void **state) {
  (void)state;
  uint8_t public_key[key_bytes], other[key_bytes] = {5, 6, 8};
  struct pin_wrap wrap = wrap_for("493817", public_key);
  struct box_keys keys;
  assert_int_equal(pin_wrap_open(&keys, &wrap, slice_text("493817"), other), ERR_WRONG_SECRET);
}

static void no_damaged_wrap_opens(void **state) {
  (void)state;
  uint8_t public_key[key_bytes];
  struct pin_wrap wrap = wrap_for("493817", public_key);
  struct box_keys keys;
  for (size_t i = 0; i < pin_wrap_bytes; i++) {
    wrap.bytes[i] ^= 0x10;
    err e = pin_wrap_open(&keys, &wrap, slice_text("493817"), device_secret);
    assert_true(e == ERR_WRONG_SECRET || e == ERR_CORRUPT);
    wrap.bytes[i] ^= 0x10;
  }
  assert_int_equal(pin_wrap_open(&keys, &wrap, slice_text("493817"), device_secret), ERR_OK);
}

static void an_absurd_cost_in_a_record_is_damage_not_a_hang(void **state) {
  (void)state;
  uint8_t public_key[key_bytes];
  struct pin_wrap wrap = wrap_for("493817", public_key);
  struct box_keys keys;
  for (size_t i = 16; i < 24; i++) wrap.bytes[i] = 0xff;
  assert_int_equal(pin_wrap_open(&keys, &wrap, slice_text("493817"), device_secret), ERR_CORRUPT);
}

static void an_impossible_cost_makes_no_wrap(void **state) {
  (void)state;
  struct test_entropy t;
  struct entropy e = test_entropy(&t, 1);
  struct pin_wrap wrap;
  uint8_t public_key[key_bytes];
  assert_int_equal(pin_wrap_create(&wrap, public_key, slice_text("493817"), device_secret,
                                   (struct password_cost){0, 0}, &e),
                   ERR_INVALID);
}

static void two_wraps_of_one_pin_share_nothing(void **state) {
  (void)state;
  struct test_entropy t;
  struct entropy e = test_entropy(&t, 1);
  struct pin_wrap a, b;
  uint8_t pa[key_bytes], pb[key_bytes];
  assert_int_equal(pin_wrap_create(&a, pa, slice_text("493817"), device_secret, cheap, &e), ERR_OK);
  assert_int_equal(pin_wrap_create(&b, pb, slice_text("493817"), device_secret, cheap, &e), ERR_OK);
  assert_memory_not_equal(a.bytes, b.bytes, 16);
  assert_memory_not_equal(pa, pb, key_bytes);
}

static void guessable_pins_are_refused_with_a_sentence(void **state) {
  (void)state;
  const char *refused[] = {"",        "1",        "12345",       "111111",
                           "000000",  "123456",   "654321",      "234567",
                           "987654",  "01234567", "87654321",    "567890",
                           "789012",  "210987",   "short",       "1234567",
                           "seven77", "aaaaaaaa", "ab\377defgh", "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"};
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    struct fault fault = {0};
    assert_int_equal(pin_check_strength(slice_text(refused[i]), &fault), ERR_INVALID);
    assert_true(fault.code == ERR_INVALID && fault.text[0] != '\0');
  }
  char huge[password_bytes_max + 1];
  for (size_t i = 0; i < sizeof huge; i++) huge[i] = (char)('a' + i % 26);
  assert_int_equal(pin_check_strength(slice_of(huge, sizeof huge), NULL), ERR_INVALID);
}

static void good_pins_and_passphrases_pass(void **state) {
  (void)state;
  const char *good[] = {"493817",    "112233",           "123457",
                        "246813579", "a kettle of fish", "p\xc3\xa2t\xc3\xa9 maison"};
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    assert_int_equal(pin_check_strength(slice_text(good[i]), NULL), ERR_OK);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_right_pin_gives_the_pair_back),
      cmocka_unit_test(a_wrong_pin_is_told_apart),
      cmocka_unit_test(a_wrap_is_worth_nothing_on_another_device),
      cmocka_unit_test(no_damaged_wrap_opens),
      cmocka_unit_test(an_absurd_cost_in_a_record_is_damage_not_a_hang),
      cmocka_unit_test(an_impossible_cost_makes_no_wrap),
      cmocka_unit_test(two_wraps_of_one_pin_share_nothing),
      cmocka_unit_test(guessable_pins_are_refused_with_a_sentence),
      cmocka_unit_test(good_pins_and_passphrases_pass),
  };
  if (crypto_init() != ERR_OK) return 1;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
