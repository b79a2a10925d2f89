/* document_test.c: receipts, manifests and certificates are believed only with the right signature, and only
 * in bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/vectors/samples.h"

enum { arena_bytes_max = 268435456 };

static struct receipt receipt_of(const struct fixture *f) {
  return (struct receipt){.hub = f->hub,
                          .device = f->device,
                          .incarnation = 1,
                          .seq = 4,
                          .status = RECEIPT_QUARANTINED,
                          .received_ms = 1795276805123,
                          .epoch = 2,
                          .position = 99};
}

static void a_receipt_for_every_changeset_fits_and_comes_back(void **state) {
  (void)state;
  struct fixture f;
  struct arena a = ARENA_INIT(arena_bytes_max);
  struct buf out = BUF_INIT(receipt_bytes_max);
  fixture_make(&f);
  struct receipt r = receipt_of(&f), got;
  struct receipt_exception *exceptions = arena_take(&a, bundle_changesets_max, sizeof *exceptions);
  struct receipt_pin *pins = arena_take(&a, bundle_changesets_max, sizeof *pins);
  for (uint32_t i = 0; i < bundle_changesets_max; i++) {
    exceptions[i] = (struct receipt_exception){i, RECEIPT_QUARANTINED, ERR_UNKNOWN_DEVICE};
    pins[i] = (struct receipt_pin){i, NUMBER_MAX - i};
  }
  r.exceptions = exceptions, r.exception_count = bundle_changesets_max;
  r.pins = pins, r.pin_count = bundle_changesets_max;
  assert_int_equal(receipt_encode(&out, &r, f.hub_sign.secret), ERR_OK);
  assert_int_equal(receipt_decode(&got, buf_slice(&out), f.hub_sign.public_key, &a), ERR_OK);
  assert_true(got.seq == 4 && got.position == 99 && got.status == RECEIPT_QUARANTINED);
  assert_true(got.exception_count == bundle_changesets_max && got.pin_count == bundle_changesets_max);
  assert_true(got.exceptions[19999].changeset == 19999 && got.exceptions[5].reason == ERR_UNKNOWN_DEVICE);
  assert_true(got.pins[19999].stamp == NUMBER_MAX - 19999);
  arena_finish(&a);
  buf_finish(&out);
}

static void only_the_hub_s_signature_for_that_purpose_counts(void **state) {
  (void)state;
  struct fixture f;
  struct arena a = ARENA_INIT(arena_bytes_max);
  struct buf out = BUF_INIT(receipt_bytes_max);
  fixture_make(&f);
  struct receipt r = receipt_of(&f), got;
  assert_int_equal(receipt_encode(&out, &r, f.device_sign.secret), ERR_OK);
  assert_int_equal(receipt_decode(&got, buf_slice(&out), f.hub_sign.public_key, &a), ERR_BAD_SIGNATURE);
  buf_clear(&out);
  assert_int_equal(receipt_encode(&out, &r, f.hub_sign.secret), ERR_OK);
  uint8_t signature[signature_bytes];
  out.len -= signature_bytes;
  crypto_sign(signature, "tutti.manifest", buf_slice(&out), f.hub_sign.secret);
  assert_int_equal(buf_append(&out, slice_of(signature, sizeof signature)), ERR_OK);
  assert_int_equal(receipt_decode(&got, buf_slice(&out), f.hub_sign.public_key, &a), ERR_BAD_SIGNATURE);
  arena_finish(&a);
  buf_finish(&out);
}

/* Decodes an array a hub signed that our encoder would not write. */
static err decode_signed(struct buf *array, const struct fixture *f) {
  struct receipt got;
  uint8_t signature[signature_bytes];
  struct arena a = ARENA_INIT(arena_bytes_max);
  crypto_sign(signature, "tutti.receipt", buf_slice(array), f->hub_sign.secret);
  assert_int_equal(buf_append(array, slice_of(signature, sizeof signature)), ERR_OK);
  err e = receipt_decode(&got, buf_slice(array), f->hub_sign.public_key, &a);
  arena_finish(&a);
  return e;
}

static void pack_receipt(struct buf *out, const struct fixture *f, uint64_t version, uint64_t seq,
                         uint64_t status, uint64_t changeset, const char *reason) {
  static const uint8_t hash[hash_bytes];
  struct packer p;
  buf_clear(out);
  pack_init(&p, out);
  pack_array(&p, 12);
  pack_u64(&p, version);
  pack_id(&p, &f->hub);
  pack_id(&p, &f->device);
  pack_u64(&p, 1);
  pack_u64(&p, seq);
  pack_bytes(&p, slice_of(hash, sizeof hash));
  pack_u64(&p, status);
  pack_i64(&p, 0);
  pack_u64(&p, 1);
  pack_u64(&p, 1);
  pack_array(&p, 1);
  pack_array(&p, 3);
  pack_u64(&p, changeset);
  pack_u64(&p, 5);
  pack_word(&p, reason);
  pack_array(&p, 0);
  assert_int_equal(pack_end(&p), ERR_OK);
}

static void fields_out_of_bounds_are_refused_even_when_signed(void **state) {
  (void)state;
  struct fixture f;
  struct buf out = BUF_INIT(receipt_bytes_max);
  fixture_make(&f);
  static const struct {
    uint64_t version, seq, status, changeset;
    const char *reason;
    err expected;
  } cases[] = {
      {1, 4, 5, 0, "INVALID", ERR_OK},          {0, 4, 5, 0, "INVALID", ERR_VERSION},
      {99, 4, 5, 0, "INVALID", ERR_VERSION},    {1, UINT64_MAX, 5, 0, "INVALID", ERR_INVALID},
      {1, 4, 0, 0, "INVALID", ERR_INVALID},     {1, 4, 6, 0, "INVALID", ERR_INVALID},
      {1, 4, 5, 20000, "INVALID", ERR_INVALID}, {1, 4, 5, 0, "A_REASON_OF_A_NEWER_HUB", ERR_OK},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    pack_receipt(&out, &f, cases[i].version, cases[i].seq, cases[i].status, cases[i].changeset,
                 cases[i].reason);
    assert_int_equal(decode_signed(&out, &f), cases[i].expected);
  }
  buf_clear(&out);
  assert_int_equal(buf_put_u8(&out, 0x90), ERR_OK);
  assert_int_equal(decode_signed(&out, &f), ERR_MALFORMED);
  buf_clear(&out);
  assert_int_equal(buf_append(&out, slice_of("\xdd\xff\xff\xff\xff", 5)), ERR_OK);
  assert_int_equal(decode_signed(&out, &f), ERR_TOO_BIG);
  buf_finish(&out);
}

static void documents_too_short_for_a_signature_or_too_long_are_refused(void **state) {
  (void)state;
  struct fixture f;
  struct arena a = ARENA_INIT(arena_bytes_max);
  struct receipt r;
  struct manifest m;
  struct certificate c;
  fixture_make(&f);
  uint8_t *zeros = test_calloc(1, receipt_bytes_max + 1);
  for (size_t len = 0; len <= signature_bytes; len += 16)
    assert_int_equal(receipt_decode(&r, slice_of(zeros, len), f.hub_sign.public_key, &a), ERR_TRUNCATED);
  assert_int_equal(receipt_decode(&r, slice_of(zeros, receipt_bytes_max + 1), f.hub_sign.public_key, &a),
                   ERR_TOO_BIG);
  assert_int_equal(manifest_decode(&m, slice_of(zeros, manifest_bytes_max + 1), NULL, &a), ERR_TOO_BIG);
  assert_int_equal(
      certificate_decode(&c, slice_of(zeros, certificate_bytes_max + 1), f.hub_sign.public_key, &a),
      ERR_TOO_BIG);
  test_free(zeros);
  arena_finish(&a);
}

/* A first contact knows the key by its fingerprint alone, so a manifest may bring its own; it must then be
 * signed by it. */
static void a_manifest_is_signed_by_the_pinned_key_or_by_the_one_inside(void **state) {
  (void)state;
  struct samples s;
  struct arena a = ARENA_INIT(arena_bytes_max);
  struct manifest m;
  samples_make(&s);
  struct slice bytes = samples_named(&s, "manifest")->bytes;
  assert_int_equal(manifest_decode(&m, bytes, NULL, &a), ERR_OK);
  assert_int_equal(manifest_decode(&m, bytes, s.fixture.hub_sign.public_key, &a), ERR_OK);
  assert_int_equal(manifest_decode(&m, bytes, s.fixture.device_sign.public_key, &a), ERR_BAD_SIGNATURE);
  struct manifest forged = m;
  struct buf out = BUF_INIT(manifest_bytes_max);
  assert_int_equal(manifest_encode(&out, &forged, s.fixture.device_sign.secret), ERR_OK);
  assert_int_equal(manifest_decode(&m, buf_slice(&out), NULL, &a), ERR_BAD_SIGNATURE);
  buf_finish(&out);
  arena_finish(&a);
  samples_finish(&s);
}

static int start(void **state) {
  (void)state;
  return crypto_init() == ERR_OK ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_receipt_for_every_changeset_fits_and_comes_back),
      cmocka_unit_test(only_the_hub_s_signature_for_that_purpose_counts),
      cmocka_unit_test(fields_out_of_bounds_are_refused_even_when_signed),
      cmocka_unit_test(documents_too_short_for_a_signature_or_too_long_are_refused),
      cmocka_unit_test(a_manifest_is_signed_by_the_pinned_key_or_by_the_one_inside),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
