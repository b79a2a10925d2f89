/* bundle_test.c: a bundle that was damaged, cut, lengthened or put together from two is refused for the right
 * reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/vectors/samples.h"

struct sealed {
  struct fixture f;
  struct bundle_header header;
  struct buf bytes;
};
enum { at_version = 4, at_flags = 6, at_seq = 48, at_box_len = 88, at_body_len = 92 };

static void seal(struct sealed *s, const char *plain) {
  struct fixture_random random = {0};
  struct entropy entropy = fixture_entropy(&random);
  fixture_make(&s->f);
  s->header = (struct bundle_header){
      .hub = s->f.hub, .intake_key = 3, .device = s->f.device, .incarnation = 1, .seq = 7};
  s->bytes = (struct buf)BUF_INIT(bundle_bytes_max + 1);
  assert_int_equal(bundle_seal(&s->bytes, &s->header, slice_text(plain), s->f.hub_intake.public_key,
                               s->f.device_sign.secret, &entropy),
                   ERR_OK);
}

static void put_number(struct sealed *s, size_t at, size_t width, uint64_t v) {
  for (size_t i = 0; i < width; i++) s->bytes.ptr[at + i] = (uint8_t)(v >> (8 * i));
}

static err parse(const struct sealed *s) {
  struct bundle_parts parts;
  return bundle_parse(&parts, buf_slice(&s->bytes));
}

static void what_was_sealed_is_opened(void **state) {
  (void)state;
  struct sealed s;
  struct bundle_parts parts;
  struct buf plain = BUF_INIT(bundle_bytes_max);
  seal(&s, "content");
  assert_int_equal(bundle_parse(&parts, buf_slice(&s.bytes)), ERR_OK);
  assert_int_equal(bundle_verify(&parts, s.f.device_sign.public_key), ERR_OK);
  assert_int_equal(bundle_open(&plain, &parts, &s.f.hub_intake), ERR_OK);
  assert_true(slice_equal(buf_slice(&plain), slice_text("content")));
  assert_true(id_equal(&parts.header.device, &s.f.device) && parts.header.seq == 7 &&
              parts.header.intake_key == 3);
  buf_finish(&plain);
  buf_finish(&s.bytes);
}

static void a_bundle_of_nothing_and_one_of_a_block_exactly_are_opened(void **state) {
  (void)state;
  static const char block[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
                              "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  const char *plains[] = {"", block};
  for (size_t i = 0; i < 2; i++) {
    struct sealed s;
    struct bundle_parts parts;
    struct buf plain = BUF_INIT(bundle_bytes_max);
    seal(&s, plains[i]);
    assert_int_equal(bundle_parse(&parts, buf_slice(&s.bytes)), ERR_OK);
    assert_int_equal(bundle_open(&plain, &parts, &s.f.hub_intake), ERR_OK);
    assert_true(slice_equal(buf_slice(&plain), slice_text(plains[i])));
    buf_finish(&plain);
    buf_finish(&s.bytes);
  }
}

static void small_changes_do_not_show_in_the_size(void **state) {
  (void)state;
  struct sealed one, other;
  seal(&one, "a mark");
  seal(&other, "a mark and a somewhat longer comment");
  assert_int_equal(one.bytes.len, other.bytes.len);
  buf_finish(&one.bytes);
  buf_finish(&other.bytes);
}

static void a_flipped_byte_anywhere_is_noticed(void **state) {
  (void)state;
  struct sealed s;
  struct bundle_parts parts;
  seal(&s, "content");
  for (size_t i = 0; i < s.bytes.len; i++) {
    s.bytes.ptr[i] ^= 0x10;
    err e = bundle_parse(&parts, buf_slice(&s.bytes));
    if (e == ERR_OK) e = bundle_verify(&parts, s.f.device_sign.public_key);
    assert_int_not_equal(e, ERR_OK);
    s.bytes.ptr[i] ^= 0x10;
  }
  buf_finish(&s.bytes);
}

static void cut_and_lengthened_bundles_are_refused(void **state) {
  (void)state;
  struct sealed s;
  seal(&s, "content");
  size_t whole = s.bytes.len;
  for (s.bytes.len = 0; s.bytes.len < whole; s.bytes.len++) assert_int_equal(parse(&s), ERR_TRUNCATED);
  assert_int_equal(buf_put_u8(&s.bytes, 0), ERR_OK);
  assert_int_equal(parse(&s), ERR_TRAILING);
  buf_finish(&s.bytes);
}

static void more_than_a_mebibyte_is_refused_unread(void **state) {
  (void)state;
  struct sealed s;
  seal(&s, "content");
  assert_int_equal(buf_append_zeros(&s.bytes, bundle_bytes_max + 1 - s.bytes.len), ERR_OK);
  assert_int_equal(parse(&s), ERR_TOO_BIG);
  buf_finish(&s.bytes);
}

static void header_fields_out_of_bounds_are_refused(void **state) {
  (void)state;
  static const struct {
    size_t at, width;
    uint64_t v;
    err expected;
  } cases[] = {
      {0, 1, 'X', ERR_MALFORMED},
      {at_version, 2, 0, ERR_VERSION},
      {at_version, 2, 99, ERR_VERSION},
      {at_flags, 2, 1, ERR_MALFORMED},
      {at_seq, 8, 0, ERR_MALFORMED},
      {at_seq, 8, UINT64_MAX, ERR_MALFORMED},
      {at_box_len, 4, 79, ERR_MALFORMED},
      {at_box_len, 4, UINT32_MAX, ERR_MALFORMED},
      {at_body_len, 4, 0, ERR_MALFORMED},
      {at_body_len, 4, 16 + 127, ERR_MALFORMED},
      {at_body_len, 4, 16 + 256, ERR_TRUNCATED},
      {at_body_len, 4, UINT32_MAX - 111, ERR_TRUNCATED},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct sealed s;
    seal(&s, "content");
    put_number(&s, cases[i].at, cases[i].width, cases[i].v);
    assert_int_equal(parse(&s), cases[i].expected);
    buf_finish(&s.bytes);
  }
}

/* The same device signs a bundle whose content stood under another header: it cannot be opened there. */
static void content_moved_under_another_header_cannot_be_opened(void **state) {
  (void)state;
  struct sealed s;
  struct bundle_parts parts;
  struct buf plain = BUF_INIT(bundle_bytes_max);
  seal(&s, "content");
  put_number(&s, at_seq, 8, 8);
  s.bytes.len -= signature_bytes;
  uint8_t signature[signature_bytes];
  crypto_sign(signature, "tutti.bundle", buf_slice(&s.bytes), s.f.device_sign.secret);
  assert_int_equal(buf_append(&s.bytes, slice_of(signature, sizeof signature)), ERR_OK);
  assert_int_equal(bundle_parse(&parts, buf_slice(&s.bytes)), ERR_OK);
  assert_int_equal(bundle_verify(&parts, s.f.device_sign.public_key), ERR_OK);
  assert_int_equal(bundle_open(&plain, &parts, &s.f.hub_intake), ERR_CRYPTO);
  assert_int_equal(plain.len, 0);
  buf_finish(&plain);
  buf_finish(&s.bytes);
}

static void another_key_neither_verifies_nor_opens(void **state) {
  (void)state;
  struct sealed s;
  struct bundle_parts parts;
  struct buf plain = BUF_INIT(bundle_bytes_max);
  seal(&s, "content");
  assert_int_equal(bundle_parse(&parts, buf_slice(&s.bytes)), ERR_OK);
  assert_int_equal(bundle_verify(&parts, s.f.hub_sign.public_key), ERR_BAD_SIGNATURE);
  assert_int_equal(bundle_open(&plain, &parts, &s.f.hub_noise), ERR_CRYPTO);
  buf_finish(&plain);
  buf_finish(&s.bytes);
}

static void too_much_content_is_refused_and_leaves_the_buffer_as_it_was(void **state) {
  (void)state;
  struct sealed s;
  struct buf plain = BUF_INIT(bundle_plain_bytes_max + 1);
  struct fixture_random random = {0};
  struct entropy entropy = fixture_entropy(&random);
  seal(&s, "content");
  size_t before = s.bytes.len;
  assert_int_equal(buf_append_zeros(&plain, bundle_plain_bytes_max + 1), ERR_OK);
  assert_int_equal(bundle_seal(&s.bytes, &s.header, buf_slice(&plain), s.f.hub_intake.public_key,
                               s.f.device_sign.secret, &entropy),
                   ERR_TOO_BIG);
  plain.len--; /* fits a bundle, but not into what is left of this buffer */
  assert_int_equal(bundle_seal(&s.bytes, &s.header, buf_slice(&plain), s.f.hub_intake.public_key,
                               s.f.device_sign.secret, &entropy),
                   ERR_OK);
  size_t with = s.bytes.len;
  assert_int_equal(bundle_seal(&s.bytes, &s.header, buf_slice(&plain), s.f.hub_intake.public_key,
                               s.f.device_sign.secret, &entropy),
                   ERR_TOO_BIG);
  assert_true(s.bytes.len == with && with > before && with - before <= bundle_bytes_max);
  buf_finish(&plain);
  buf_finish(&s.bytes);
}

static void the_hash_names_the_whole_bundle(void **state) {
  (void)state;
  struct sealed s;
  uint8_t one[hash_bytes], other[hash_bytes];
  seal(&s, "content");
  bundle_hash(one, buf_slice(&s.bytes));
  s.bytes.ptr[s.bytes.len - 1] ^= 1;
  bundle_hash(other, buf_slice(&s.bytes));
  assert_memory_not_equal(one, other, hash_bytes);
  buf_finish(&s.bytes);
}

static int start(void **state) {
  (void)state;
  return crypto_init() == ERR_OK ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_was_sealed_is_opened),
      cmocka_unit_test(a_bundle_of_nothing_and_one_of_a_block_exactly_are_opened),
      cmocka_unit_test(small_changes_do_not_show_in_the_size),
      cmocka_unit_test(a_flipped_byte_anywhere_is_noticed),
      cmocka_unit_test(cut_and_lengthened_bundles_are_refused),
      cmocka_unit_test(more_than_a_mebibyte_is_refused_unread),
      cmocka_unit_test(header_fields_out_of_bounds_are_refused),
      cmocka_unit_test(content_moved_under_another_header_cannot_be_opened),
      cmocka_unit_test(another_key_neither_verifies_nor_opens),
      cmocka_unit_test(too_much_content_is_refused_and_leaves_the_buffer_as_it_was),
      cmocka_unit_test(the_hash_names_the_whole_bundle),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
