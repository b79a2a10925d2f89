/* vectors_test.c: every published vector is derived again, decodes and encodes to the same bytes, and
 * survives damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/vectors/describe.h"
#include "tests/vectors/documents.h"
#include "tests/vectors/kinds.h"

enum { path_bytes_max = 1024 };

static json_t *published(const char *file) {
  char path[path_bytes_max];
  snprintf(path, sizeof path, "%s/proto/vectors/%s", TUTTI_SOURCE_DIR, file);
  json_error_t error;
  json_t *json = json_load_file(path, 0, &error);
  if (json == NULL) fail_msg("%s: %s, line %d", path, error.text, error.line);
  return json;
}

static void every_published_file_is_derived_again_from_its_names(void **state) {
  const struct samples *s = *state;
  for (size_t i = 0; i < document_count; i++) {
    json_t *file = published(documents[i].file), *derived = documents[i].make(s);
    if (!json_equal(file, derived))
      fail_msg("proto/vectors/%s differs: run vectors_print", documents[i].file);
    json_decref(file);
    json_decref(derived);
  }
}

/* Runs `check` on the bytes of each vector that stands in a file with kinds. */
static void each_published(const struct samples *s,
                           void (*check)(const struct kind *, struct slice, const struct fixture *)) {
  size_t checked = 0;
  for (size_t i = 0; i < document_count; i++) {
    json_t *file = published(documents[i].file), *one;
    size_t index;
    json_array_foreach(json_object_get(file, "vectors"), index, one) {
      if (json_object_get(one, "error") != NULL) continue; /* the refusals: checked where they are derived */
      if (json_object_get(one, "hex") == NULL) continue;   /* histories of the merge are no bytes */
      const char *hex = json_string_value(json_object_get(one, "hex"));
      uint8_t *bytes = test_malloc(strlen(hex) / 2); /* exactly sized, so that a byte read too far is seen */
      assert_int_equal(hex_decode(bytes, strlen(hex) / 2, slice_text(hex)), ERR_OK);
      const struct kind *kind = kind_named(json_string_value(json_object_get(one, "kind")));
      check(kind, slice_of(bytes, strlen(hex) / 2), &s->fixture);
      test_free(bytes);
      checked++;
    }
    json_decref(file);
  }
  assert_true(checked >= 30);
}

static void check_same_bytes(const struct kind *kind, struct slice bytes, const struct fixture *f) {
  struct buf again = BUF_INIT(export_file_bytes_max);
  assert_int_equal(kind->recode(&again, bytes, f), ERR_OK);
  assert_true(slice_equal(buf_slice(&again), bytes));
  buf_finish(&again);
}

static void every_vector_decodes_and_encodes_to_the_same_bytes(void **state) {
  each_published(*state, check_same_bytes);
}

/* Cut anywhere, all is refused; only an enrolment link ends in an address, which has no end of its own. */
static void check_truncations(const struct kind *kind, struct slice bytes, const struct fixture *f) {
  struct buf out = BUF_INIT(export_file_bytes_max);
  for (size_t len = 0; len < bytes.len; len++) {
    uint8_t *cut = test_malloc(len + 1);
    bytes_copy(cut + 1, bytes.ptr, len);
    if (kind != kind_named("enrol"))
      assert_int_not_equal(kind->recode(&out, slice_of(cut + 1, len), f), ERR_OK);
    if (len < bytes.len - kind->trailer_bytes) kind_survives(kind, slice_of(cut + 1, len), f);
    test_free(cut);
  }
  buf_finish(&out);
}

static void every_truncation_of_every_vector_is_refused(void **state) {
  each_published(*state, check_truncations);
}

static void check_flips(const struct kind *kind, struct slice bytes, const struct fixture *f) {
  struct buf flipped = BUF_INIT(export_file_bytes_max);
  size_t body = bytes.len - kind->trailer_bytes;
  assert_int_equal(buf_append(&flipped, bytes), ERR_OK);
  for (size_t bit = 0; bit < body * 8; bit++) {
    flipped.ptr[bit / 8] ^= (uint8_t)(1U << (bit % 8));
    flipped.len = body;
    kind_survives(kind, buf_slice(&flipped), f);
    flipped.ptr[bit / 8] ^= (uint8_t)(1U << (bit % 8));
  }
  buf_finish(&flipped);
}

static void every_flipped_bit_of_every_vector_is_refused_or_means_something(void **state) {
  each_published(*state, check_flips);
}

/* What is signed, sealed or hashed notices every single bit. */
static void check_flips_noticed(const struct kind *kind, struct slice bytes, const struct fixture *f) {
  struct buf flipped = BUF_INIT(export_file_bytes_max), out = BUF_INIT(export_file_bytes_max);
  if (kind->trailer_bytes == 0) return;
  assert_int_equal(buf_append(&flipped, bytes), ERR_OK);
  for (size_t byte = 0; byte < bytes.len; byte++) {
    flipped.ptr[byte] ^= (uint8_t)(1U << (byte % 8));
    assert_int_not_equal(kind->recode(&out, buf_slice(&flipped), f), ERR_OK);
    flipped.ptr[byte] ^= (uint8_t)(1U << (byte % 8));
  }
  buf_finish(&flipped);
  buf_finish(&out);
}

static void no_changed_byte_of_a_signed_vector_goes_unnoticed(void **state) {
  each_published(*state, check_flips_noticed);
}

static int make(void **state) {
  static struct samples samples;
  if (crypto_init() != ERR_OK) return -1;
  samples_make(&samples);
  *state = &samples;
  return 0;
}

static int finish(void **state) {
  samples_finish(*state);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_published_file_is_derived_again_from_its_names),
      cmocka_unit_test(every_vector_decodes_and_encodes_to_the_same_bytes),
      cmocka_unit_test(every_truncation_of_every_vector_is_refused),
      cmocka_unit_test(every_flipped_bit_of_every_vector_is_refused_or_means_something),
      cmocka_unit_test(no_changed_byte_of_a_signed_vector_goes_unnoticed),
  };
  return cmocka_run_group_tests(tests, make, finish);
}
