/* codec_test.c: the scan refuses what a strict writer would not have written, and accessors check kind and
 * bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "proto/codec.h"

struct refusal {
  const char *hex;
  err expected;
  const char *why;
};

static err scan_hex(const char *hex) {
  size_t len = strlen(hex) / 2;
  uint8_t *bytes = test_malloc(len + 1); /* shifted by one and exactly sized: a byte read too far is seen */
  assert_int_equal(hex_decode(bytes + 1, len, slice_text(hex)), ERR_OK);
  err e = codec_scan(slice_of(bytes + 1, len), codec_items_max);
  test_free(bytes);
  return e;
}

static void check_refusals(const struct refusal *list, size_t count) {
  for (size_t i = 0; i < count; i++) {
    err e = scan_hex(list[i].hex);
    if (e != list[i].expected)
      fail_msg("%s (%s): %s instead of %s", list[i].why, list[i].hex, err_name(e),
               err_name(list[i].expected));
  }
}
#define CHECK(list) check_refusals(list, sizeof(list) / sizeof *(list))

static void damaged_messages_are_refused(void **state) {
  (void)state;
  static const struct refusal list[] = {
      {"", ERR_TRUNCATED, "zero length"},
      {"0000", ERR_TRAILING, "two objects"},
      {"c0c0", ERR_TRAILING, "two nils"},
      {"cd01", ERR_TRUNCATED, "half an integer"},
      {"a261", ERR_TRUNCATED, "half a text"},
      {"c40261", ERR_TRUNCATED, "half of bytes"},
      {"c6ffffffff", ERR_TRUNCATED, "four gigabytes of bytes"},
      {"dbffffffff", ERR_TRUNCATED, "four gigabytes of text"},
  };
  CHECK(list);
}

static void counts_that_the_rest_cannot_hold_are_refused_before_anything_is_reserved(void **state) {
  (void)state;
  static const struct refusal list[] = {
      {"ddffffffff", ERR_TOO_BIG, "an array of four thousand million"},
      {"dfffffffff", ERR_TOO_BIG, "a map of as many"},
      {"dcffff", ERR_TOO_BIG, "an array of 65,535"},
      {"9301", ERR_TOO_BIG, "three promised, one there"},
      {"81a161", ERR_TRUNCATED, "a key without its value"},
  };
  CHECK(list);
}

static void forms_that_are_longer_than_needed_are_refused(void **state) {
  (void)state;
  static const struct refusal list[] = {
      {"cc7f", ERR_MALFORMED, "127 in two bytes"},
      {"cd00ff", ERR_MALFORMED, "255 in three"},
      {"ce0000ffff", ERR_MALFORMED, "65,535 in five"},
      {"cf00000000ffffffff", ERR_MALFORMED, "2^32 - 1 in nine"},
      {"d0e0", ERR_MALFORMED, "-32 in two"},
      {"d005", ERR_MALFORMED, "5 as a signed byte"},
      {"d1ff80", ERR_MALFORMED, "-128 in three"},
      {"d10100", ERR_MALFORMED, "256 as a signed word"},
      {"d2ffff8000", ERR_MALFORMED, "-32,768 in five"},
      {"d3ffffffff80000000", ERR_MALFORMED, "-2^31 in nine"},
      {"d90161", ERR_MALFORMED, "one letter with a length byte"},
      {"da000161", ERR_MALFORMED, "one letter with two"},
      {"c5000161", ERR_MALFORMED, "one byte with two of length"},
      {"c60000000161", ERR_MALFORMED, "one byte with four"},
      {"dc000101", ERR_MALFORMED, "an array of one with two"},
      {"dd0000000101", ERR_MALFORMED, "an array of one with four"},
      {"de0001a16101", ERR_MALFORMED, "a map of one with two"},
  };
  CHECK(list);
  assert_int_equal(scan_hex("cc80"), ERR_OK);
  assert_int_equal(scan_hex("d0df"), ERR_OK);
  assert_int_equal(scan_hex("d1ff7f"), ERR_OK);
  assert_int_equal(scan_hex("d38000000000000000"), ERR_OK);
  assert_int_equal(scan_hex("cfffffffffffffffff"), ERR_OK);
}

static void kinds_the_protocol_does_not_use_are_refused(void **state) {
  (void)state;
  static const struct refusal list[] = {
      {"ca7fc00000", ERR_MALFORMED, "NaN"},
      {"ca3f800000", ERR_MALFORMED, "1.0 in single precision"},
      {"cb3ff0000000000000", ERR_MALFORMED, "1.0 in double precision"},
      {"c1", ERR_MALFORMED, "the tag nobody uses"},
      {"d40100", ERR_MALFORMED, "an extension"},
      {"c7000100", ERR_MALFORMED, "an extension with a length"},
      {"d6ff00000000", ERR_MALFORMED, "a timestamp"},
  };
  CHECK(list);
}

static void text_is_utf8_without_nul(void **state) {
  (void)state;
  static const struct refusal list[] = {
      {"a180", ERR_MALFORMED, "a continuation byte alone"},
      {"a2c080", ERR_MALFORMED, "NUL in two bytes"},
      {"a100", ERR_MALFORMED, "NUL"},
      {"a3eda080", ERR_MALFORMED, "a surrogate"},
      {"a4f4908080", ERR_MALFORMED, "past U+10FFFF"},
      {"a2c3", ERR_TRUNCATED, "half a letter at the end"},
  };
  CHECK(list);
  assert_int_equal(scan_hex("a7596e7973c3b4"), ERR_TRUNCATED);
  assert_int_equal(scan_hex("a6596e7973c3b4"), ERR_OK);
}

static void maps_have_each_text_key_once(void **state) {
  (void)state;
  static const struct refusal list[] = {
      {"82a16101a16102", ERR_MALFORMED, "the same key twice"},
      {"810102", ERR_MALFORMED, "a number as key"},
      {"8190c0", ERR_MALFORMED, "an array as key"},
  };
  CHECK(list);
  assert_int_equal(scan_hex("82a16101a16282a16101a16202"), ERR_OK); /* the same keys, one level down */
}

/* Depth counts containers: sixteen in each other are the most. */
static err scan_nested(size_t depth) {
  uint8_t bytes[64];
  for (size_t i = 0; i < depth; i++) bytes[i] = 0x91;
  bytes[depth] = 0xc0;
  return codec_scan(slice_of(bytes, depth + 1), codec_items_max);
}

static void nesting_is_bounded(void **state) {
  (void)state;
  assert_int_equal(scan_nested(codec_depth_max), ERR_OK);
  assert_int_equal(scan_nested(codec_depth_max + 1), ERR_MALFORMED);
  assert_int_equal(scan_nested(33), ERR_MALFORMED);
}

static void the_number_of_objects_is_bounded(void **state) {
  (void)state;
  static const uint8_t five[] = {0x94, 0, 0, 0, 0};
  assert_int_equal(codec_scan(slice_of(five, sizeof five), 5), ERR_OK);
  assert_int_equal(codec_scan(slice_of(five, sizeof five), 4), ERR_TOO_BIG);
  assert_int_equal(codec_scan(slice_of(five, sizeof five), 0), ERR_TOO_BIG);
}

static void a_map_holds_at_most_its_limit_of_keys(void **state) {
  (void)state;
  for (size_t keys = codec_map_keys_max; keys <= codec_map_keys_max + 1; keys++) {
    struct buf out = BUF_INIT(4096);
    struct packer p;
    pack_init(&p, &out);
    pack_map(&p, keys);
    for (size_t i = 0; i < keys; i++) {
      char key[3] = {(char)('a' + i / 10), (char)('0' + i % 10), 0};
      pack_word(&p, key);
      pack_nil(&p);
    }
    assert_int_equal(pack_end(&p), ERR_OK);
    assert_int_equal(codec_scan(buf_slice(&out), 1000), keys <= codec_map_keys_max ? ERR_OK : ERR_TOO_BIG);
    buf_finish(&out);
  }
}

static void what_is_packed_is_read_back(void **state) {
  (void)state;
  static const int64_t numbers[] = {0,   1,   127,  128,  255,       256,       65535,     65536,    -1,
                                    -32, -33, -128, -129, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN};
  enum { count = sizeof numbers / sizeof *numbers };
  struct buf out = BUF_INIT(4096);
  struct packer p;
  struct unpacked *u;
  int64_t got;
  pack_init(&p, &out);
  pack_array(&p, count);
  for (size_t i = 0; i < count; i++) pack_i64(&p, numbers[i]);
  assert_int_equal(pack_end(&p), ERR_OK);
  assert_int_equal(unpack(&u, buf_slice(&out), 100), ERR_OK);
  for (size_t i = 0; i < count; i++) {
    assert_int_equal(item_i64(item_at(unpack_root(u), i), INT64_MIN, INT64_MAX, &got), ERR_OK);
    assert_true(got == numbers[i]);
  }
  unpack_finish(u);
  buf_finish(&out);
}

static const item *unpack_hex(struct unpacked **u, uint8_t *bytes, const char *hex) {
  size_t len = strlen(hex) / 2;
  assert_int_equal(hex_decode(bytes, len, slice_text(hex)), ERR_OK);
  assert_int_equal(unpack(u, slice_of(bytes, len), 100), ERR_OK);
  return unpack_root(*u);
}

static void accessors_check_kind_and_bounds(void **state) {
  (void)state;
  uint8_t bytes[64];
  struct unpacked *u;
  uint64_t number;
  int64_t sign;
  bool flag;
  struct slice text;
  struct id id;
  const item *i = unpack_hex(&u, bytes, "93ff05a3616263");
  assert_int_equal(item_u64(item_at(i, 0), 10, &number), ERR_INVALID);
  assert_int_equal(item_u64(item_at(i, 1), 4, &number), ERR_INVALID);
  assert_int_equal(item_u64(item_at(i, 1), 5, &number), ERR_OK);
  assert_int_equal(item_i64(item_at(i, 0), 0, 5, &sign), ERR_INVALID);
  assert_int_equal(item_i64(item_at(i, 0), -1, 5, &sign), ERR_OK);
  assert_int_equal(item_bool(item_at(i, 0), &flag), ERR_MALFORMED);
  assert_int_equal(item_text(item_at(i, 2), 2, &text), ERR_INVALID);
  assert_int_equal(item_text(item_at(i, 2), 3, &text), ERR_OK);
  assert_int_equal(item_text(item_at(i, 1), 3, &text), ERR_MALFORMED);
  assert_int_equal(item_bytes(item_at(i, 2), 0, 9, &text), ERR_MALFORMED);
  assert_int_equal(item_id(item_at(i, 2), &id), ERR_MALFORMED);
  assert_int_equal(item_id_hex(item_at(i, 2), &id), ERR_MALFORMED);
  assert_null(item_get(i, "abc"));
  unpack_finish(u);
}

static void a_map_is_asked_by_key(void **state) {
  (void)state;
  uint8_t bytes[64];
  struct unpacked *u;
  bool flag = false;
  const item *i = unpack_hex(&u, bytes, "82a16101a2616fc3");
  assert_int_equal(item_map_count(i), 2);
  assert_null(item_get(i, "b"));
  assert_non_null(item_get(i, "a"));
  assert_int_equal(item_bool(item_get(i, "ao"), &flag), ERR_OK);
  assert_true(flag);
  assert_int_equal(item_kind(item_map_key(i, 0)), ITEM_TEXT);
  assert_int_equal(item_kind(item_map_value(i, 0)), ITEM_INT);
  unpack_finish(u);
}

static void a_full_buffer_is_told_at_the_end_of_packing(void **state) {
  (void)state;
  struct buf out = BUF_INIT(4);
  struct packer p;
  pack_init(&p, &out);
  pack_array(&p, 2);
  pack_word(&p, "too long for four bytes");
  pack_u64(&p, 1);
  assert_int_equal(pack_end(&p), ERR_TOO_BIG);
  buf_finish(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(damaged_messages_are_refused),
      cmocka_unit_test(counts_that_the_rest_cannot_hold_are_refused_before_anything_is_reserved),
      cmocka_unit_test(forms_that_are_longer_than_needed_are_refused),
      cmocka_unit_test(kinds_the_protocol_does_not_use_are_refused),
      cmocka_unit_test(text_is_utf8_without_nul),
      cmocka_unit_test(maps_have_each_text_key_once),
      cmocka_unit_test(nesting_is_bounded),
      cmocka_unit_test(the_number_of_objects_is_bounded),
      cmocka_unit_test(a_map_holds_at_most_its_limit_of_keys),
      cmocka_unit_test(what_is_packed_is_read_back),
      cmocka_unit_test(accessors_check_kind_and_bounds),
      cmocka_unit_test(a_map_is_asked_by_key),
      cmocka_unit_test(a_full_buffer_is_told_at_the_end_of_packing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
