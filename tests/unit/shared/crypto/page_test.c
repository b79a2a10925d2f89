/* page_test.c: pages are sealed as SQLite3 Multiple Ciphers seals them, and a changed one does not open. */
#include <sodium.h>

#include "shared/crypto/page.h"
#include "tests/unit/shared/crypto/test_entropy.h"

enum { page_bytes_max = 4096 };

static const uint8_t *counting_key(void) {
  static uint8_t key[key_bytes];
  for (uint8_t i = 0; i < key_bytes; i++) key[i] = (uint8_t)(i + 1);
  return key;
}

/* What its own functions (version 2.4.0) make of these pages, hashed. The counter comes round inside the text
 * of the second, and between the keys and the text of the fourth. */
static const struct sample {
  size_t len, clear;
  uint32_t number, counter; /* 0: what the filling says */
  const char *hash;
} samples[] = {
    {1024, 24, 1, 0, "e241607ae7c8215f16162a9db92f5664ef208b8b5361f553c0fdb9095471f326"},
    {1024, 0, 2, 0xfffffffa, "d5a3f960ebef9b8c4ea26d0da334f05b44ae6c7173c8770631cc1eb227687944"},
    {4096, 0, 77, 0, "a8ff856485bc82e964782cfe01f22c9a29cba87a7270d6ff36bad3a09209b9f5"},
    {512, 0, 3, 0xfffffffc, "621a0c58ff9634578eb6e1a69c402b148d8975447db393898f99f165d5e4aba1"},
};
enum { sample_count = sizeof samples / sizeof *samples };

static void fill(uint8_t page[page_bytes_max], size_t no) {
  const struct sample *s = &samples[no];
  for (size_t i = 0; i < s->len; i++) page[i] = (uint8_t)(i * 7 + no);
  for (size_t i = 0; i < 4 && s->counter; i++) page[s->len - 20 + i] = (uint8_t)(s->counter >> 8 * i);
}

static void pages_are_sealed_as_the_format_has_it(void **state) {
  (void)state;
  for (size_t i = 0; i < sample_count; i++) {
    const struct sample *s = &samples[i];
    uint8_t page[page_bytes_max], hash[32];
    char text[65];
    fill(page, i);
    crypto_page_seal(page, s->len, s->clear, s->number, counting_key());
    crypto_generichash(hash, sizeof hash, page, s->len, NULL, 0);
    hex_encode(text, slice_of(hash, sizeof hash));
    assert_string_equal(text, s->hash);
  }
}

static void a_sealed_page_opens_to_what_it_was(void **state) {
  (void)state;
  for (size_t i = 0; i < sample_count; i++) {
    const struct sample *s = &samples[i];
    uint8_t page[page_bytes_max], before[page_bytes_max];
    fill(page, i);
    fill(before, i);
    crypto_page_seal(page, s->len, s->clear, s->number, counting_key());
    assert_memory_equal(page, before, s->clear);
    assert_memory_not_equal(page + s->clear, before + s->clear, 64);
    assert_int_equal(crypto_page_open(page, s->len, s->clear, s->number, counting_key()), ERR_OK);
    assert_memory_equal(page, before, s->len - page_tag_bytes);
  }
}

static void a_page_that_was_changed_moved_or_cut_does_not_open(void **state) {
  (void)state;
  static const size_t touched[] = {0, 23, 24, 500, 991, 992, 1007, 1008, 1023};
  uint8_t page[page_bytes_max], sealed[page_bytes_max];
  fill(page, 0);
  crypto_page_seal(page, 1024, 24, 1, counting_key());
  bytes_copy(sealed, page, 1024);
  for (size_t i = 0; i < sizeof touched / sizeof *touched; i++) {
    page[touched[i]] ^= 0x10;
    assert_int_equal(crypto_page_open(page, 1024, 24, 1, counting_key()), ERR_CRYPTO);
    page[touched[i]] ^= 0x10;
    assert_memory_equal(page, sealed, 1024);
  }
  uint8_t other[key_bytes] = {1};
  assert_int_equal(crypto_page_open(page, 1024, 24, 1, other), ERR_CRYPTO);
  assert_int_equal(crypto_page_open(page, 1024, 24, 2, counting_key()), ERR_CRYPTO);
  assert_int_equal(crypto_page_open(page, 512, 24, 1, counting_key()), ERR_CRYPTO);
  assert_int_equal(crypto_page_open(page, 55, 24, 1, counting_key()), ERR_CRYPTO);
  assert_int_equal(crypto_page_open(page, 1024, 24, 1, counting_key()), ERR_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pages_are_sealed_as_the_format_has_it),
      cmocka_unit_test(a_sealed_page_opens_to_what_it_was),
      cmocka_unit_test(a_page_that_was_changed_moved_or_cut_does_not_open),
  };
  if (crypto_init() != ERR_OK) return 1;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
