/* transfer_test.c: files that came by hand are read whole or not at all, and say what is the matter with
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/vectors/samples.h"

enum { arena_bytes_max = 268435456 };
struct bench {
  struct samples s;
  struct arena a;
  struct buf copy;
  struct export_file got;
  struct fault fault;
};

static void bench_init(struct bench *b) {
  samples_make(&b->s);
  b->a = (struct arena)ARENA_INIT(arena_bytes_max);
  b->copy = (struct buf)BUF_INIT(export_file_bytes_max);
  assert_int_equal(buf_append(&b->copy, samples_named(&b->s, "export file")->bytes), ERR_OK);
}

static void bench_finish(struct bench *b) {
  samples_finish(&b->s);
  arena_finish(&b->a);
  buf_finish(&b->copy);
}

static err decode(struct bench *b) { return export_decode(&b->got, buf_slice(&b->copy), &b->a, &b->fault); }

static void an_export_comes_back_with_its_bundles(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  assert_int_equal(decode(&b), ERR_OK);
  assert_int_equal(b.got.count, 1);
  assert_true(slice_equal(b.got.bundles[0], samples_named(&b.s, "bundle")->bytes));
  assert_true(slice_equal(b.got.certificate, samples_named(&b.s, "certificate")->bytes));
  assert_true(id_equal(&b.got.device, &b.s.fixture.device));
  bench_finish(&b);
}

static void a_half_copied_file_asks_to_be_copied_again(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  for (size_t len = 8; len < samples_named(&b.s, "export file")->bytes.len; len += 7) {
    b.copy.len = len;
    assert_int_equal(decode(&b), ERR_CORRUPT);
    assert_non_null(strstr(b.fault.text, "copy it again"));
  }
  bench_finish(&b);
}

static void the_wrong_one_of_the_two_files_is_named(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  buf_clear(&b.copy);
  assert_int_equal(buf_append(&b.copy, samples_named(&b.s, "reply file")->bytes), ERR_OK);
  assert_int_equal(decode(&b), ERR_MALFORMED);
  assert_non_null(strstr(b.fault.text, "choose the other one"));
  struct reply_file reply;
  assert_int_equal(reply_decode(&reply, samples_named(&b.s, "export file")->bytes, &b.a, &b.fault),
                   ERR_MALFORMED);
  assert_non_null(strstr(b.fault.text, "choose the other one"));
  bench_finish(&b);
}

static void something_else_altogether_is_refused_in_words(void **state) {
  (void)state;
  static const char *const files[] = {"", "T", "PK\x03\x04 a zip", "%PDF-1.7 a letter to parents",
                                      "TUTTIEX2"};
  struct bench b;
  bench_init(&b);
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    buf_clear(&b.copy);
    assert_int_equal(buf_append(&b.copy, slice_text(files[i])), ERR_OK);
    assert_int_equal(decode(&b), ERR_MALFORMED);
    assert_non_null(strstr(b.fault.text, "not an export"));
  }
  bench_finish(&b);
}

static void a_file_past_the_limit_is_refused_unread(void **state) {
  (void)state;
  struct bench b;
  uint8_t byte = 'T';
  bench_init(&b);
  /* Nothing of the slice but its length is looked at. */
  assert_int_equal(export_decode(&b.got, slice_of(&byte, export_file_bytes_max + 1U), &b.a, &b.fault),
                   ERR_TOO_BIG);
  bench_finish(&b);
}

static void more_bundles_than_a_file_holds_are_told_to_the_writer(void **state) {
  (void)state;
  struct bench b;
  bench_init(&b);
  struct slice *bundles = test_calloc(bundles_per_file_max + 1, sizeof *bundles);
  struct export_file f = {.bundles = bundles, .count = bundles_per_file_max + 1};
  buf_clear(&b.copy);
  assert_int_equal(export_encode(&b.copy, &f), ERR_TOO_BIG);
  f.count--;
  assert_int_equal(export_encode(&b.copy, &f), ERR_OK);
  assert_int_equal(decode(&b), ERR_OK);
  assert_int_equal(b.got.count, bundles_per_file_max);
  test_free(bundles);
  bench_finish(&b);
}

static int start(void **state) {
  (void)state;
  return crypto_init() == ERR_OK ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_export_comes_back_with_its_bundles),
      cmocka_unit_test(a_half_copied_file_asks_to_be_copied_again),
      cmocka_unit_test(the_wrong_one_of_the_two_files_is_named),
      cmocka_unit_test(something_else_altogether_is_refused_in_words),
      cmocka_unit_test(a_file_past_the_limit_is_refused_unread),
      cmocka_unit_test(more_bundles_than_a_file_holds_are_told_to_the_writer),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
