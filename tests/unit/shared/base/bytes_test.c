/* bytes_test.c: buffers stay under their ceiling, cursors inside their slice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/base/bytes.h"

static struct slice text(const char *s) { return slice_text(s); }

static void slices_compare_like_memcmp_and_shorter_first(void **state) {
  (void)state;
  assert_true(slice_equal(text("abc"), text("abc")));
  assert_false(slice_equal(text("abc"), text("abd")));
  assert_true(slice_equal(slice_of(NULL, 0), text("")));
  assert_true(slice_compare(text("abc"), text("abcd")) < 0);
  assert_true(slice_compare(text("b"), text("abcd")) > 0);
  assert_int_equal(slice_compare(slice_of(NULL, 0), slice_of(NULL, 0)), 0);
  assert_int_equal(slice_text(NULL).len, 0);
}

static void a_buffer_grows_to_its_ceiling_and_not_beyond(void **state) {
  (void)state;
  struct buf b = BUF_INIT(100);
  assert_int_equal(buf_append_zeros(&b, 99), ERR_OK);
  assert_int_equal(buf_put_u16(&b, 7), ERR_TOO_BIG);
  assert_int_equal(b.len, 99);
  assert_int_equal(buf_put_u8(&b, 7), ERR_OK);
  assert_int_equal(buf_put_u8(&b, 7), ERR_TOO_BIG);
  assert_int_equal(buf_reserve(&b, SIZE_MAX), ERR_TOO_BIG);
  assert_int_equal(b.len, 100);
  assert_int_equal(b.ptr[99], 7);
  buf_finish(&b);
  assert_int_equal(b.max, 100);
  assert_int_equal(buf_put_u8(&b, 1), ERR_OK);
  buf_wipe(&b);
  assert_null(b.ptr);
}

static void empty_appends_need_no_memory(void **state) {
  (void)state;
  struct buf b = BUF_INIT(0);
  assert_int_equal(buf_append(&b, slice_of(NULL, 0)), ERR_OK);
  assert_int_equal(buf_append_zeros(&b, 0), ERR_OK);
  assert_int_equal(buf_printf(&b, "%s", ""), ERR_OK);
  assert_int_equal(buf_put_u8(&b, 0), ERR_TOO_BIG);
  assert_null(b.ptr);
}

static void formatted_text_fills_a_buffer_to_the_last_byte(void **state) {
  (void)state;
  struct buf b = BUF_INIT(10);
  assert_int_equal(buf_printf(&b, "%s-%d", "abcd", 42), ERR_OK);
  assert_int_equal(buf_printf(&b, "%s", "1234"), ERR_TOO_BIG);
  assert_true(slice_equal(buf_slice(&b), text("abcd-42")));
  assert_int_equal(buf_printf(&b, "%s", "123"), ERR_OK);
  assert_true(slice_equal(buf_slice(&b), text("abcd-42123")));
  assert_int_equal(buf_put_u8(&b, 0), ERR_TOO_BIG);
  buf_finish(&b);
}

static void integers_are_little_endian_and_come_back(void **state) {
  (void)state;
  struct buf b = BUF_INIT(64);
  assert_int_equal(buf_put_u8(&b, 0xAB), ERR_OK);
  assert_int_equal(buf_put_u16(&b, 0x0102), ERR_OK);
  assert_int_equal(buf_put_u32(&b, 0x03040506), ERR_OK);
  assert_int_equal(buf_put_u64(&b, 0xF7F6F5F4F3F2F1F0), ERR_OK);
  static const uint8_t expected[] = {0xAB, 2, 1, 6, 5, 4, 3, 0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7};
  assert_true(slice_equal(buf_slice(&b), slice_of(expected, sizeof expected)));
  struct cursor c = cursor_of(buf_slice(&b));
  uint8_t u8;
  uint16_t u16;
  uint32_t u32;
  uint64_t u64;
  assert_int_equal(cursor_u8(&c, &u8), ERR_OK);
  assert_int_equal(cursor_u16(&c, &u16), ERR_OK);
  assert_int_equal(cursor_end(&c), ERR_TRAILING);
  assert_int_equal(cursor_u32(&c, &u32), ERR_OK);
  assert_int_equal(cursor_u64(&c, &u64), ERR_OK);
  assert_int_equal(cursor_end(&c), ERR_OK);
  assert_int_equal(u8, 0xAB);
  assert_int_equal(u16, 0x0102);
  assert_int_equal(u32, 0x03040506);
  assert_true(u64 == 0xF7F6F5F4F3F2F1F0);
  buf_finish(&b);
}

static void a_read_past_the_end_leaves_the_cursor(void **state) {
  (void)state;
  static const uint8_t bytes[] = {1, 2, 3};
  struct cursor c = cursor_of(slice_of(bytes, 3));
  uint32_t u32;
  uint64_t u64;
  uint8_t copy[4];
  struct slice s;
  assert_int_equal(cursor_u32(&c, &u32), ERR_TRUNCATED);
  assert_int_equal(cursor_u64(&c, &u64), ERR_TRUNCATED);
  assert_int_equal(cursor_bytes(&c, 4, &s), ERR_TRUNCATED);
  assert_int_equal(cursor_bytes(&c, SIZE_MAX, &s), ERR_TRUNCATED);
  assert_int_equal(cursor_copy(&c, copy, 4), ERR_TRUNCATED);
  assert_int_equal(cursor_left(&c), 3);
  assert_int_equal(cursor_copy(&c, copy, 3), ERR_OK);
  assert_memory_equal(copy, bytes, 3);
  struct cursor empty = cursor_of(slice_of(NULL, 0));
  assert_int_equal(cursor_u8(&empty, copy), ERR_TRUNCATED);
  assert_int_equal(cursor_bytes(&empty, 0, &s), ERR_OK);
  assert_int_equal(cursor_end(&empty), ERR_OK);
}

static void varints_of_every_width_come_back(void **state) {
  (void)state;
  for (unsigned bits = 0; bits <= 64; bits++) {
    for (int less = 0; less < 2; less++) {
      uint64_t in = (bits == 64 ? 0 : (uint64_t)1 << bits) - (uint64_t)less, out;
      struct buf b = BUF_INIT(10);
      assert_int_equal(buf_put_varint(&b, in), ERR_OK);
      for (size_t cut = 0; cut < b.len; cut++) {
        struct cursor part = cursor_of(slice_of(b.ptr, cut));
        assert_int_equal(cursor_varint(&part, &out), ERR_TRUNCATED);
        assert_int_equal(cursor_left(&part), cut);
      }
      struct cursor c = cursor_of(buf_slice(&b));
      assert_int_equal(cursor_varint(&c, &out), ERR_OK);
      assert_true(in == out);
      assert_int_equal(cursor_end(&c), ERR_OK);
      buf_finish(&b);
    }
  }
}

static void varints_longer_than_needed_or_past_64_bits_are_malformed(void **state) {
  (void)state;
  static const uint8_t padded[] = {0x81, 0x00}, padded_zero[] = {0x80, 0x80, 0x00};
  static const uint8_t bit_65[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02};
  static const uint8_t endless[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01};
  const struct slice bad[] = {slice_of(padded, sizeof padded), slice_of(padded_zero, sizeof padded_zero),
                              slice_of(bit_65, sizeof bit_65), slice_of(endless, sizeof endless)};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct cursor c = cursor_of(bad[i]);
    uint64_t v;
    assert_int_equal(cursor_varint(&c, &v), ERR_MALFORMED);
    assert_int_equal(cursor_left(&c), bad[i].len);
  }
}

static void zeros_are_recognised(void **state) {
  (void)state;
  uint8_t bytes[40] = {0};
  assert_true(bytes_are_zero(bytes, sizeof bytes));
  bytes[39] = 1;
  assert_false(bytes_are_zero(bytes, sizeof bytes));
  bytes_move(bytes, bytes + 39, 1);
  assert_int_equal(bytes[0], 1);
  bytes_zero(bytes, sizeof bytes);
  assert_true(bytes_are_zero(bytes, sizeof bytes));
  bytes_copy(NULL, NULL, 0);
  bytes_move(NULL, NULL, 0);
  bytes_zero(NULL, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(slices_compare_like_memcmp_and_shorter_first),
      cmocka_unit_test(a_buffer_grows_to_its_ceiling_and_not_beyond),
      cmocka_unit_test(empty_appends_need_no_memory),
      cmocka_unit_test(formatted_text_fills_a_buffer_to_the_last_byte),
      cmocka_unit_test(integers_are_little_endian_and_come_back),
      cmocka_unit_test(a_read_past_the_end_leaves_the_cursor),
      cmocka_unit_test(varints_of_every_width_come_back),
      cmocka_unit_test(varints_longer_than_needed_or_past_64_bits_are_malformed),
      cmocka_unit_test(zeros_are_recognised),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
