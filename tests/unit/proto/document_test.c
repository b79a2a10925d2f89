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
  pack_array(&p, 13);
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
  pack_u64(&p, 60);
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

static void an_order_is_for_one_device_and_only_the_hub_gives_it(void **state) {
  (void)state;
  struct fixture f;
  struct buf out = BUF_INIT(order_bytes_max);
  fixture_make(&f);
  struct order o = {f.hub, f.device, 7, ORDER_WIPE, 1795276805123, WIPE_FORCED}, got;
  assert_int_equal(order_encode(&out, &o, f.hub_sign.secret), ERR_OK);
  assert_int_equal(order_decode(&got, buf_slice(&out), f.hub_sign.public_key), ERR_OK);
  assert_true(id_equal(&got.device, &f.device) && got.number == 7 && got.kind == ORDER_WIPE);
  assert_true(got.value == WIPE_FORCED && got.issued_ms == o.issued_ms);
  assert_int_equal(order_decode(&got, buf_slice(&out), f.device_sign.public_key), ERR_BAD_SIGNATURE);
  for (size_t i = 0; i < out.len; i++) {
    out.ptr[i] ^= 1;
    assert_int_not_equal(order_decode(&got, buf_slice(&out), f.hub_sign.public_key), ERR_OK);
    out.ptr[i] ^= 1;
  }
  buf_finish(&out);
}

static void an_order_of_a_kind_or_value_that_there_is_not_is_refused(void **state) {
  (void)state;
  struct fixture f;
  fixture_make(&f);
  const struct order wrong[] = {
      {f.hub, f.device, 0, ORDER_LEASE, 0, 20},
      {f.hub, f.device, 1, (enum order_kind)0, 0, 0},
      {f.hub, f.device, 1, (enum order_kind)3, 0, 0},
      {f.hub, f.device, 1, ORDER_LEASE, 0, lease_days_max + 1},
      {f.hub, f.device, 1, ORDER_WIPE, 0, 2},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    struct buf out = BUF_INIT(order_bytes_max);
    struct order got;
    assert_int_equal(order_encode(&out, &wrong[i], f.hub_sign.secret), ERR_OK);
    assert_int_not_equal(order_decode(&got, buf_slice(&out), f.hub_sign.public_key), ERR_OK);
    buf_finish(&out);
  }
}

/* A chain of signing keys: key n is followed by key n + 1. */
enum { chain_keys = successions_max + 1 };
struct chain {
  struct sign_keys keys[chain_keys];
  struct buf documents[successions_max];
  struct manifest manifest;
};
static void chain_make(struct chain *c, const struct samples *s) {
  struct arena a = ARENA_INIT(arena_bytes_max);
  assert_int_equal(manifest_decode(&c->manifest, samples_named(s, "manifest")->bytes, NULL, &a), ERR_OK);
  arena_finish(&a);
  for (size_t i = 0; i < chain_keys; i++) {
    uint8_t seed[key_bytes] = {(uint8_t)(i + 1)};
    crypto_sign_keys_from_seed(&c->keys[i], seed);
  }
  for (size_t i = 0; i < successions_max; i++) {
    struct succession one = {.hub = s->fixture.hub, .number = i + 1, .issued_ms = 1795276805123};
    bytes_copy(one.old_public, c->keys[i].public_key, key_bytes);
    bytes_copy(one.new_public, c->keys[i + 1].public_key, key_bytes);
    c->documents[i] = (struct buf)BUF_INIT(succession_bytes_max);
    assert_int_equal(succession_encode(&c->documents[i], &one, c->keys[i].secret), ERR_OK);
    c->manifest.successions[i] = buf_slice(&c->documents[i]);
  }
  c->manifest.succession_count = successions_max;
  bytes_copy(c->manifest.sign_public, c->keys[successions_max].public_key, key_bytes);
}

static err chain_decode(const struct chain *c, const struct sign_keys *signer, const uint8_t *pinned) {
  struct arena a = ARENA_INIT(arena_bytes_max);
  struct buf out = BUF_INIT(manifest_bytes_max);
  struct manifest got;
  assert_int_equal(manifest_encode(&out, &c->manifest, signer->secret), ERR_OK);
  err e = manifest_decode(&got, buf_slice(&out), pinned, &a);
  buf_finish(&out);
  arena_finish(&a);
  return e;
}

static void a_manifest_is_believed_from_any_key_that_was_followed_by_its_own(void **state) {
  (void)state;
  struct samples s;
  struct chain c;
  samples_make(&s);
  chain_make(&c, &s);
  const struct sign_keys *last = &c.keys[successions_max];
  for (size_t i = 0; i < chain_keys; i++)
    assert_int_equal(chain_decode(&c, last, c.keys[i].public_key), ERR_OK);
  assert_int_equal(chain_decode(&c, last, NULL), ERR_OK);
  assert_int_equal(chain_decode(&c, last, s.fixture.hub_sign.public_key), ERR_BAD_SIGNATURE);
  assert_int_equal(chain_decode(&c, &c.keys[3], c.keys[3].public_key), ERR_BAD_SIGNATURE);
  for (size_t i = 0; i < successions_max; i++) buf_finish(&c.documents[i]);
  samples_finish(&s);
}

static void a_chain_of_signing_keys_with_a_link_missing_or_forged_is_refused(void **state) {
  (void)state;
  struct samples s;
  struct chain c;
  samples_make(&s);
  chain_make(&c, &s);
  const struct sign_keys *last = &c.keys[successions_max];
  struct slice kept = c.manifest.successions[7];
  c.manifest.successions[7] = c.manifest.successions[8];
  assert_int_equal(chain_decode(&c, last, c.keys[0].public_key), ERR_MALFORMED);
  c.manifest.successions[7] = kept;
  c.documents[7].ptr[c.documents[7].len - 1] ^= 1;
  assert_int_equal(chain_decode(&c, last, c.keys[0].public_key), ERR_BAD_SIGNATURE);
  c.documents[7].ptr[c.documents[7].len - 1] ^= 1;
  c.manifest.succession_count = successions_max - 1;
  assert_int_equal(chain_decode(&c, last, c.keys[0].public_key), ERR_MALFORMED);
  for (size_t i = 0; i < successions_max; i++) buf_finish(&c.documents[i]);
  samples_finish(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_receipt_for_every_changeset_fits_and_comes_back),
      cmocka_unit_test(only_the_hub_s_signature_for_that_purpose_counts),
      cmocka_unit_test(fields_out_of_bounds_are_refused_even_when_signed),
      cmocka_unit_test(documents_too_short_for_a_signature_or_too_long_are_refused),
      cmocka_unit_test(a_manifest_is_signed_by_the_pinned_key_or_by_the_one_inside),
      cmocka_unit_test(an_order_is_for_one_device_and_only_the_hub_gives_it),
      cmocka_unit_test(an_order_of_a_kind_or_value_that_there_is_not_is_refused),
      cmocka_unit_test(a_manifest_is_believed_from_any_key_that_was_followed_by_its_own),
      cmocka_unit_test(a_chain_of_signing_keys_with_a_link_missing_or_forged_is_refused),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
