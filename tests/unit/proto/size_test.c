/* size_test.c: what marks cost on the wire and, in a release build, in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <time.h>

#include "tests/vectors/samples.h"

enum { arena_bytes_max = 268435456, marks = 10000 };

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Encodes, seals, parses, verifies, opens and decodes; gives the bundle's size. */
static size_t journey(const struct bundle_content *c, const struct fixture *f, bool quiet) {
  struct buf plain = BUF_INIT(bundle_bytes_max), sealed = BUF_INIT(bundle_bytes_max);
  struct buf opened = BUF_INIT(bundle_bytes_max);
  struct fixture_random random = {0};
  struct entropy entropy = fixture_entropy(&random);
  struct bundle_header header = {.hub = f->hub, .device = f->device, .incarnation = 1, .seq = 1};
  struct arena a = ARENA_INIT(arena_bytes_max);
  struct bundle_parts parts;
  struct bundle_content got;
  err *refused;
  double start = seconds_now();
  assert_int_equal(content_encode(&plain, c), ERR_OK);
  double encoded = seconds_now();
  assert_int_equal(bundle_seal(&sealed, &header, buf_slice(&plain), f->hub_intake.public_key,
                               f->device_sign.secret, &entropy),
                   ERR_OK);
  assert_int_equal(bundle_parse(&parts, buf_slice(&sealed)), ERR_OK);
  assert_int_equal(bundle_verify(&parts, f->device_sign.public_key), ERR_OK);
  assert_int_equal(bundle_open(&opened, &parts, &f->hub_intake), ERR_OK);
  double open = seconds_now();
  assert_int_equal(content_decode(&got, &refused, buf_slice(&opened), &a, NULL), ERR_OK);
  double decoded = seconds_now();
  assert_int_equal(got.changeset_count, c->changeset_count);
  if (!quiet)
    print_message(
        "%zu changesets: %.2f bytes a mark, %.0f marks a second (ns a mark: encode %.0f, seal and open "
        "%.0f, decode %.0f)\n",
        c->changeset_count, (double)sealed.len / marks, marks / (decoded - start),
        (encoded - start) * 1e9 / marks, (open - encoded) * 1e9 / marks, (decoded - open) * 1e9 / marks);
  size_t len = sealed.len;
  arena_finish(&a);
  buf_finish(&plain), buf_finish(&sealed), buf_finish(&opened);
  return len;
}

static size_t attendance(bool one_each) {
  struct arena a = ARENA_INIT(arena_bytes_max);
  struct fixture f;
  fixture_make(&f);
  struct bundle_content c = sample_attendance(&a, one_each);
  journey(&c, &f, true); /* the second run finds memory warm, as a hub does */
  size_t len = journey(&c, &f, false);
  arena_finish(&a);
  return len;
}

static void a_mark_in_its_own_changeset_takes_at_most_twenty_bytes(void **state) {
  (void)state;
  assert_in_range(attendance(true), 1, 20 * marks);
}

static void a_mark_among_250_of_one_changeset_takes_at_most_ten_bytes(void **state) {
  (void)state;
  assert_in_range(attendance(false), 1, 10 * marks);
}

static int start(void **state) {
  (void)state;
  return crypto_init() == ERR_OK ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_mark_in_its_own_changeset_takes_at_most_twenty_bytes),
      cmocka_unit_test(a_mark_among_250_of_one_changeset_takes_at_most_ten_bytes),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
