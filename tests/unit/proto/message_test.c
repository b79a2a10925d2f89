/* message_test.c: messages and openings of the right shape pass, everything else is refused before it is
 * looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/vectors/samples.h"

enum { arena_bytes_max = 268435456 };

static err decode(struct slice bytes) {
  struct message m;
  struct arena a = ARENA_INIT(arena_bytes_max);
  err e = message_decode(&m, bytes, &a);
  arena_finish(&a);
  return e;
}

static err decode_hex(const char *hex) {
  uint8_t bytes[256];
  size_t len = strlen(hex) / 2;
  assert_int_equal(hex_decode(bytes, len, slice_text(hex)), ERR_OK);
  return decode(slice_of(bytes, len));
}

static void messages_of_another_shape_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *hex, *why;
    err expected;
  } cases[] = {
      {"920701", "BYE, right", ERR_OK},
      {"92ccc801", "type 200", ERR_MALFORMED},
      {"920001", "type 0", ERR_MALFORMED},
      {"92ff01", "type -1", ERR_INVALID},
      {"92a16101", "a type in letters", ERR_MALFORMED},
      {"9107", "BYE without a reason", ERR_MALFORMED},
      {"93070101", "BYE with two", ERR_MALFORMED},
      {"9207a161", "BYE with a reason in letters", ERR_MALFORMED},
      {"9207cd0100", "BYE with reason 256", ERR_INVALID},
      {"92070101", "a byte after the end", ERR_TRAILING},
      {"90", "an array of nothing", ERR_MALFORMED},
      {"07", "no array", ERR_MALFORMED},
      {"8107c0", "a map with a number as key", ERR_MALFORMED},
      {"", "nothing", ERR_TRUNCATED},
      {"ddffffffff", "four thousand million fields", ERR_TOO_BIG},
      {"9303009193c403000102", "a stream with an id of three bytes", ERR_TRUNCATED},
      {"930300919300c40300", "a stream that is no array of three", ERR_TRUNCATED},
      {"9303009100", "a stream that is a number", ERR_MALFORMED},
      {"920495", "CREDIT with an empty array of five", ERR_TOO_BIG},
      {"9204cf0000000100000000", "CREDIT of 2^32", ERR_INVALID},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    err e = decode_hex(cases[i].hex);
    if (e != cases[i].expected)
      fail_msg("%s: %s instead of %s", cases[i].why, err_name(e), err_name(cases[i].expected));
  }
}

static void a_reason_to_end_that_is_not_known_is_still_an_end(void **state) {
  (void)state;
  struct message m;
  struct arena a = ARENA_INIT(arena_bytes_max);
  assert_int_equal(message_decode(&m, slice_of("\x92\x07\x63", 3), &a), ERR_OK);
  assert_true(m.type == MSG_BYE && m.bye.reason == BYE_ERROR);
  arena_finish(&a);
}

static err decode_hello_at(int64_t wall_ms) {
  struct message m = {.type = MSG_HELLO, .hello = {.incarnation = 1, .schema = 1, .wall_ms = wall_ms}};
  struct buf bytes = BUF_INIT(1024);
  assert_int_equal(message_encode(&bytes, &m), ERR_OK);
  err e = decode(buf_slice(&bytes));
  buf_finish(&bytes);
  return e;
}

/* The hub takes its own time from it before it knows who speaks. */
static void a_time_that_would_overflow_a_difference_is_refused(void **state) {
  (void)state;
  assert_int_equal(decode_hello_at(INT64_MIN), ERR_INVALID);
  assert_int_equal(decode_hello_at(INT64_MAX), ERR_INVALID);
  assert_int_equal(decode_hello_at(-1000), ERR_OK);
  assert_int_equal(decode_hello_at((int64_t)NUMBER_MAX), ERR_OK);
}

static void a_message_past_the_limit_is_refused_unread(void **state) {
  (void)state;
  uint8_t *zeros = test_calloc(1, message_bytes_max + 1);
  assert_int_equal(decode(slice_of(zeros, message_bytes_max + 1)), ERR_TOO_BIG);
  test_free(zeros);
}

static void the_largest_bundle_fits_its_message(void **state) {
  (void)state;
  uint8_t *zeros = test_calloc(1, bundle_bytes_max + 1);
  for (size_t len = bundle_bytes_max; len <= bundle_bytes_max + 1; len++) {
    struct buf out = BUF_INIT(message_bytes_max);
    struct message m = {.type = MSG_BUNDLE, .bundle = {slice_of(zeros, len)}};
    assert_int_equal(message_encode(&out, &m), ERR_OK);
    assert_int_equal(decode(buf_slice(&out)), len <= bundle_bytes_max ? ERR_OK : ERR_INVALID);
    buf_finish(&out);
  }
  test_free(zeros);
}

/* ---- openings ---- */

struct opened {
  struct buf bytes;
  struct opening o;
};

static void open_as(struct opened *out, enum opening_kind kind) {
  static const uint8_t noise[noise_message1_overhead] = {7};
  *out = (struct opened){.bytes = BUF_INIT(256)};
  out->o = (struct opening){.kind = kind,
                            .hub = fixture_id("hub"),
                            .noise_key = 5,
                            .token = fixture_id("token"),
                            .noise = slice_of(noise, sizeof noise)};
  assert_int_equal(opening_encode(&out->bytes, &out->o), ERR_OK);
}

static void openings_come_back_as_written(void **state) {
  (void)state;
  static const enum opening_kind kinds[] = {OPENING_SYNC, OPENING_ENROL, OPENING_MANIFEST};
  for (size_t i = 0; i < 3; i++) {
    struct opened w;
    struct opening got;
    open_as(&w, kinds[i]);
    assert_int_equal(opening_decode(&got, buf_slice(&w.bytes)), ERR_OK);
    assert_int_equal(got.kind, kinds[i]);
    if (kinds[i] != OPENING_MANIFEST) {
      assert_true(id_equal(&got.hub, &w.o.hub) && got.noise_key == 5 && slice_equal(got.noise, w.o.noise));
    }
    if (kinds[i] == OPENING_ENROL) assert_true(id_equal(&got.token, &w.o.token));
    buf_finish(&w.bytes);
  }
}

static void openings_of_another_form_are_refused(void **state) {
  (void)state;
  struct opened w;
  struct opening got;
  open_as(&w, OPENING_SYNC);
  size_t whole = w.bytes.len;
  for (w.bytes.len = 0; w.bytes.len < whole; w.bytes.len++)
    assert_int_equal(opening_decode(&got, buf_slice(&w.bytes)), ERR_TRUNCATED);
  assert_int_equal(buf_put_u8(&w.bytes, 0), ERR_OK);
  assert_int_equal(opening_decode(&got, buf_slice(&w.bytes)), ERR_TRAILING);
  for (unsigned version = 0; version <= 99; version += 99) {
    w.bytes.ptr[1] = (uint8_t)version;
    assert_int_equal(opening_decode(&got, buf_slice(&w.bytes)), ERR_VERSION);
  }
  w.bytes.ptr[0] = 'G'; /* "GET / HTTP/1.1" */
  assert_int_equal(opening_decode(&got, buf_slice(&w.bytes)), ERR_MALFORMED);
  assert_int_equal(opening_decode(&got, slice_of("MM", 2)), ERR_TRAILING);
  buf_finish(&w.bytes);
}

static void the_prologue_binds_all_that_was_said_in_the_clear(void **state) {
  (void)state;
  struct opened w;
  struct buf prologue = BUF_INIT(256);
  open_as(&w, OPENING_ENROL);
  assert_int_equal(opening_prologue(&prologue, &w.o), ERR_OK);
  assert_int_equal(prologue.len, 5 + w.bytes.len - noise_message1_overhead);
  assert_memory_equal(prologue.ptr, "tutti", 5);
  assert_memory_equal(prologue.ptr + 5, w.bytes.ptr, prologue.len - 5);
  buf_finish(&prologue);
  buf_finish(&w.bytes);
}

static int start(void **state) {
  (void)state;
  return crypto_init() == ERR_OK ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(messages_of_another_shape_are_refused),
      cmocka_unit_test(a_reason_to_end_that_is_not_known_is_still_an_end),
      cmocka_unit_test(a_time_that_would_overflow_a_difference_is_refused),
      cmocka_unit_test(a_message_past_the_limit_is_refused_unread),
      cmocka_unit_test(the_largest_bundle_fits_its_message),
      cmocka_unit_test(openings_come_back_as_written),
      cmocka_unit_test(openings_of_another_form_are_refused),
      cmocka_unit_test(the_prologue_binds_all_that_was_said_in_the_clear),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
