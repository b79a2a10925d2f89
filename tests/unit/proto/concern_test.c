/* concern_test.c: a concern opens for its readers and for nobody else, the hub included. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "proto/concern.h"
#include "tests/vectors/samples.h"

struct world {
  struct samples samples;
  struct slice sealed;
  struct id row;
  struct arena arena;
};

static int open_world(void **state) {
  struct world *w = calloc(1, sizeof *w);
  if (!w || crypto_init() != ERR_OK) return -1;
  samples_make(&w->samples);
  w->sealed = samples_named(&w->samples, "concern")->bytes;
  w->row = fixture_id("concern");
  w->arena = (struct arena)ARENA_INIT(1048576);
  *state = w;
  return 0;
}

static int close_world(void **state) {
  struct world *w = *state;
  arena_finish(&w->arena);
  samples_finish(&w->samples);
  free(w);
  return 0;
}

static err open_with(struct world *w, struct slice sealed, const struct id *row, uint32_t number,
                     const struct box_keys *keys) {
  struct concern c;
  return concern_open(&c, sealed, &w->samples.fixture.hub, row, number, keys, &w->arena);
}

static void each_reader_opens_it_with_their_own_key(void **state) {
  struct world *w = *state;
  const struct fixture *f = &w->samples.fixture;
  const struct box_keys *keys[] = {&f->recovery, &f->safeguarding};
  for (uint32_t number = 1; number <= 2; number++) {
    struct concern c;
    assert_int_equal(concern_open(&c, w->sealed, &f->hub, &w->row, number, keys[number - 1], &w->arena),
                     ERR_OK);
    assert_true(slice_equal(c.text, slice_text("She said that she does not want to go home.")));
    assert_true(slice_equal(c.learner_name, slice_text("Zoë Sample")));
  }
}

static void no_key_of_the_hub_or_of_the_device_opens_it(void **state) {
  struct world *w = *state;
  const struct fixture *f = &w->samples.fixture;
  const struct box_keys *others[] = {&f->hub_noise, &f->hub_intake, &f->device_noise};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    for (uint32_t number = 1; number <= 2; number++)
      assert_int_equal(open_with(w, w->sealed, &w->row, number, others[i]), ERR_CRYPTO);
  }
}

static void one_readers_key_does_not_open_the_others_box(void **state) {
  struct world *w = *state;
  assert_int_equal(open_with(w, w->sealed, &w->row, 1, &w->samples.fixture.safeguarding), ERR_CRYPTO);
  assert_int_equal(open_with(w, w->sealed, &w->row, 3, &w->samples.fixture.safeguarding), ERR_UNKNOWN_KEY);
}

static void it_cannot_be_put_into_another_row(void **state) {
  struct world *w = *state;
  struct id other = fixture_id("another concern");
  assert_int_equal(open_with(w, w->sealed, &other, 2, &w->samples.fixture.safeguarding), ERR_CRYPTO);
}

static void no_changed_byte_goes_unnoticed(void **state) {
  struct world *w = *state;
  uint8_t *copy = malloc(w->sealed.len);
  assert_non_null(copy);
  for (size_t i = 0; i < w->sealed.len; i++) {
    memcpy(copy, w->sealed.ptr, w->sealed.len);
    copy[i] ^= 1;
    assert_int_not_equal(
        open_with(w, slice_of(copy, w->sealed.len), &w->row, 2, &w->samples.fixture.safeguarding), ERR_OK);
  }
  free(copy);
}

static struct manifest full_manifest(const struct fixture *f) {
  struct manifest m = {.hub = f->hub, .reader_count = concern_readers_max};
  for (uint32_t i = 0; i < concern_readers_max; i++) {
    m.readers[i].number = i + 1;
    bytes_copy(m.readers[i].public_key, f->safeguarding.public_key, key_bytes);
  }
  return m;
}

static err seal(struct world *w, struct buf *out, const struct manifest *m, struct slice text) {
  struct fixture_random random = {0};
  struct entropy entropy = fixture_entropy(&random);
  struct concern c = {.author = fixture_id("author"), .author_name = slice_text("A"), .text = text};
  return concern_seal(out, &c, m, &w->row, &entropy);
}

static void the_longest_one_for_all_readers_fits_into_a_row(void **state) {
  struct world *w = *state;
  static char text[concern_text_bytes_max + 1];
  struct manifest m = full_manifest(&w->samples.fixture);
  struct buf out = BUF_INIT(text_bytes_max), column = BUF_INIT(text_bytes_max);
  memset(text, 'x', sizeof text);
  assert_int_equal(seal(w, &out, &m, slice_of(text, concern_text_bytes_max)), ERR_OK);
  assert_int_equal(base64url_encode(&column, buf_slice(&out)), ERR_OK);
  assert_int_equal(open_with(w, buf_slice(&out), &w->row, 4, &w->samples.fixture.safeguarding), ERR_OK);
  buf_clear(&out);
  assert_int_equal(seal(w, &out, &m, slice_of(text, sizeof text)), ERR_TOO_BIG);
  buf_finish(&out);
  buf_finish(&column);
}

static void short_ones_are_all_of_one_length(void **state) {
  struct world *w = *state;
  struct manifest m = full_manifest(&w->samples.fixture);
  struct buf one = BUF_INIT(text_bytes_max), other = BUF_INIT(text_bytes_max);
  assert_int_equal(seal(w, &one, &m, slice_text("He was hit.")), ERR_OK);
  assert_int_equal(seal(w, &other, &m, slice_text("He told me that he had been hit, and by whom, and when.")),
                   ERR_OK);
  assert_int_equal(one.len, other.len);
  buf_finish(&one);
  buf_finish(&other);
}

static void without_readers_nothing_is_sealed(void **state) {
  struct world *w = *state;
  struct manifest m = {.hub = w->samples.fixture.hub};
  struct buf out = BUF_INIT(text_bytes_max);
  assert_int_equal(seal(w, &out, &m, slice_text("x")), ERR_NOT_FOUND);
  assert_int_equal(out.len, 0);
  buf_finish(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_reader_opens_it_with_their_own_key),
      cmocka_unit_test(no_key_of_the_hub_or_of_the_device_opens_it),
      cmocka_unit_test(one_readers_key_does_not_open_the_others_box),
      cmocka_unit_test(it_cannot_be_put_into_another_row),
      cmocka_unit_test(no_changed_byte_goes_unnoticed),
      cmocka_unit_test(the_longest_one_for_all_readers_fits_into_a_row),
      cmocka_unit_test(short_ones_are_all_of_one_length),
      cmocka_unit_test(without_readers_nothing_is_sealed),
  };
  return cmocka_run_group_tests(tests, open_world, close_world);
}
