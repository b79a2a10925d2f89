/* text_test.c: hexadecimal, base64 and UTF-8: what is well formed, and all the ways of not being so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/base/bytes.h"
#include "shared/base/id.h"

static void hexadecimal_comes_back_and_takes_capitals(void **state) {
  (void)state;
  static const uint8_t bytes[] = {0x00, 0x9A, 0xFF};
  char hex[7];
  uint8_t out[3];
  hex_encode(hex, slice_of(bytes, 3));
  assert_string_equal(hex, "009aff");
  assert_int_equal(hex_decode(out, 3, slice_text("009AfF")), ERR_OK);
  assert_memory_equal(out, bytes, 3);
}

static void hexadecimal_of_another_length_or_alphabet_is_malformed(void **state) {
  (void)state;
  uint8_t out[3];
  const char *const bad[] = {"", "009af", "009aff0", "009aff00", "009afg", " 09aff", "0x9aff", "009af\xC3"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_int_equal(hex_decode(out, 3, slice_text(bad[i])), ERR_MALFORMED);
  }
}

static void ids_come_back_from_text(void **state) {
  (void)state;
  struct id id, again;
  char text[id_text_bytes];
  assert_int_equal(id_parse(&id, slice_text("000102030405060708090a0b0c0d0e0f")), ERR_OK);
  id_text(text, &id);
  assert_int_equal(id_parse(&again, slice_text(text)), ERR_OK);
  assert_true(id_equal(&id, &again));
  again.b[15]++;
  assert_true(id_compare(&id, &again) < 0);
  assert_false(id_is_zero(&id));
  assert_int_equal(id_parse(&id, slice_text("000102030405060708090a0b0c0d0e")), ERR_MALFORMED);
}

static void base64_has_the_published_forms(void **state) {
  (void)state;
  static const char *const pairs[][2] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xFB\xFF\xBF", "-_-_"}};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    struct buf coded = BUF_INIT(64), plain = BUF_INIT(64);
    assert_int_equal(base64url_encode(&coded, slice_text(pairs[i][0])), ERR_OK);
    assert_true(slice_equal(buf_slice(&coded), slice_text(pairs[i][1])));
    assert_int_equal(base64url_decode(&plain, buf_slice(&coded)), ERR_OK);
    assert_true(slice_equal(buf_slice(&plain), slice_text(pairs[i][0])));
    buf_finish(&coded);
    buf_finish(&plain);
  }
}

static void base64_with_padding_stray_bits_or_other_digits_is_malformed(void **state) {
  (void)state;
  static const char *const bad[] = {"Z",      "Zg==",   "Zh",         "Zm9",  "Zm9v+w",
                                    "Zm9v/w", "Zm9v\n", "Zm9vYg Zm8", "Zm9vZ"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct buf out = BUF_INIT(64);
    assert_int_equal(buf_put_u8(&out, 'x'), ERR_OK);
    assert_int_equal(base64url_decode(&out, slice_text(bad[i])), ERR_MALFORMED);
    assert_int_equal(out.len, 1);
    buf_finish(&out);
  }
}

static void well_formed_utf8_is_accepted_and_counted(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t length;
  } good[] = {{"", 0},
              {"Anna", 4},
              {"Zoë", 3},
              {"Siân Ó Briain", 13},
              {"\xEF\xBF\xBF", 1},
              {"\xF4\x8F\xBF\xBF", 1},
              {"\xED\x9F\xBF", 1},
              {"\xEE\x80\x80", 1},
              {"\xC2\x80", 1},
              {"🎻 Vivaldi", 9},
              {"a long name of plain letters, and then é", 40}};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    assert_true(utf8_valid(slice_text(good[i].text)));
    assert_int_equal(utf8_length(slice_text(good[i].text)), good[i].length);
  }
}

/* Each stands alone, behind eight letters, and before one, so that the fast way and the slow way both see it.
 */
static void malformed_utf8_is_refused_wherever_it_stands(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t len;
  } bad[] = {
      {"\0", 1},               /* NUL */
      {"\x80", 1},             /* a tail without a head */
      {"\xC0\x80", 2},         /* overlong NUL */
      {"\xC1\xBF", 2},         /* overlong */
      {"\xE0\x9F\xBF", 3},     /* overlong */
      {"\xF0\x8F\xBF\xBF", 4}, /* overlong */
      {"\xED\xA0\x80", 3},     /* the first surrogate */
      {"\xED\xBF\xBF", 3},     /* the last one */
      {"\xF4\x90\x80\x80", 4}, /* past U+10FFFF */
      {"\xF5\x80\x80\x80", 4},
      {"\xFF", 1},
      {"\xC3", 1},
      {"\xE2\x82", 2},
      {"\xF0\x9F\x8E", 3},
      {"\xE2(\xA1", 3},
      {"\xF0\x9F\x8E"
       "A",
       4},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    for (size_t before = 0; before <= 17; before++) {
      for (size_t after = 0; after <= 9; after += 9) {
        uint8_t text[64];
        (void)memset(text, 'n', sizeof text);
        (void)memcpy(text + before, bad[i].bytes, bad[i].len);
        assert_false(utf8_valid(slice_of(text, before + bad[i].len + after)));
      }
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(hexadecimal_comes_back_and_takes_capitals),
      cmocka_unit_test(hexadecimal_of_another_length_or_alphabet_is_malformed),
      cmocka_unit_test(ids_come_back_from_text),
      cmocka_unit_test(base64_has_the_published_forms),
      cmocka_unit_test(base64_with_padding_stray_bits_or_other_digits_is_malformed),
      cmocka_unit_test(well_formed_utf8_is_accepted_and_counted),
      cmocka_unit_test(malformed_utf8_is_refused_wherever_it_stands),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
