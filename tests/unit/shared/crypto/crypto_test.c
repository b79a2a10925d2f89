/* crypto_test.c: our formats are libsodium's, labels separate domains, and no byte is drawn but from the
 * caller's entropy. */
#include <sodium.h>

#include "shared/crypto/crypto.h"
#include "tests/unit/shared/crypto/test_entropy.h"

static const uint8_t zero_key[key_bytes];

static struct slice text(const char *s) { return slice_text(s); }

static void hashes_to(const char *domain, struct slice part, uint8_t out[hash_bytes]) {
  crypto_hash(out, domain, &part, 1);
}

static void a_hash_is_blake2b_of_length_label_and_parts(void **state) {
  (void)state;
  const char flat[] = "\x05label"
                      "one"
                      "two";
  const struct slice parts[] = {text("one"), slice_of(NULL, 0), text("two")};
  uint8_t ours[hash_long_bytes], theirs[hash_long_bytes];
  crypto_hash(ours, "label", parts, 3);
  crypto_generichash(theirs, hash_bytes, (const uint8_t *)flat, sizeof flat - 1, NULL, 0);
  assert_memory_equal(ours, theirs, hash_bytes);
  crypto_hash_long(ours, "label", parts, 3);
  crypto_generichash(theirs, hash_long_bytes, (const uint8_t *)flat, sizeof flat - 1, NULL, 0);
  assert_memory_equal(ours, theirs, hash_long_bytes);
}

static void a_label_cannot_run_into_the_data(void **state) {
  (void)state;
  uint8_t a[hash_bytes], b[hash_bytes], c[hash_bytes];
  hashes_to("ab", text("cd"), a);
  hashes_to("abc", text("d"), b);
  hashes_to("ab", text("ce"), c);
  assert_memory_not_equal(a, b, sizeof a);
  assert_memory_not_equal(a, c, sizeof a);
}

static void a_row_id_depends_on_table_and_keys_in_order(void **state) {
  (void)state;
  const struct id keys[2] = {{{1}}, {{2}}}, swapped[2] = {{{2}}, {{1}}};
  struct id a, b, c, d;
  crypto_row_id(&a, 12, keys, 2);
  crypto_row_id(&b, 12, keys, 2);
  crypto_row_id(&c, 12, swapped, 2);
  crypto_row_id(&d, 9, keys, 2);
  assert_true(id_equal(&a, &b));
  assert_false(id_equal(&a, &c));
  assert_false(id_equal(&a, &d));

  uint8_t hash[hash_bytes];
  const uint8_t table = 12;
  const struct slice parts[] = {slice_of(&table, 1), id_slice(&keys[0]), id_slice(&keys[1])};
  crypto_hash(hash, "tutti.row", parts, 3);
  assert_memory_equal(a.b, keys[0].b, 4);
  assert_memory_equal(a.b + 4, hash, 12);
}

static void an_import_id_keeps_kind_and_reference_apart(void **state) {
  (void)state;
  const struct id hub = {{7}}, other = {{8}};
  struct id a, b, c, d;
  crypto_import_id(&a, &hub, "learner", text("s1"));
  crypto_import_id(&b, &hub, "learners", text("1"));
  crypto_import_id(&c, &other, "learner", text("s1"));
  crypto_import_id(&d, &hub, "learner", text("s1"));
  assert_false(id_equal(&a, &b));
  assert_false(id_equal(&a, &c));
  assert_true(id_equal(&a, &d));
}

static void a_signature_is_bound_to_label_message_and_key(void **state) {
  (void)state;
  struct test_entropy t;
  struct entropy e = test_entropy(&t, 1);
  struct sign_keys keys, others;
  uint8_t signature[signature_bytes], digest[hash_long_bytes];
  const struct slice message = text("a bundle");
  crypto_sign_keys(&keys, &e);
  crypto_sign_keys(&others, &e);
  crypto_sign(signature, "tutti.bundle", message, keys.secret);
  assert_int_equal(crypto_verify(signature, "tutti.bundle", message, keys.public_key), ERR_OK);
  assert_int_equal(crypto_verify(signature, "tutti.receipt", message, keys.public_key), ERR_BAD_SIGNATURE);
  assert_int_equal(crypto_verify(signature, "tutti.bundle", text("a bundlf"), keys.public_key),
                   ERR_BAD_SIGNATURE);
  assert_int_equal(crypto_verify(signature, "tutti.bundle", message, others.public_key), ERR_BAD_SIGNATURE);

  crypto_hash_long(digest, "tutti.bundle", &message, 1);
  assert_int_equal(crypto_sign_verify_detached(signature, digest, sizeof digest, keys.public_key), 0);
}

static void no_flipped_bit_of_a_signature_verifies(void **state) {
  (void)state;
  struct test_entropy t;
  struct entropy e = test_entropy(&t, 2);
  struct sign_keys keys;
  uint8_t signature[signature_bytes];
  crypto_sign_keys(&keys, &e);
  crypto_sign(signature, "tutti.receipt", text("x"), keys.secret);
  for (size_t i = 0; i < sizeof signature; i++) {
    signature[i] ^= 0x40;
    assert_int_equal(crypto_verify(signature, "tutti.receipt", text("x"), keys.public_key),
                     ERR_BAD_SIGNATURE);
    signature[i] ^= 0x40;
  }
}

static void keys_follow_from_their_seeds(void **state) {
  (void)state;
  uint8_t seed[key_bytes] = {9}, public_key[key_bytes];
  struct sign_keys a, b;
  struct box_keys box;
  crypto_sign_keys_from_seed(&a, seed);
  crypto_sign_keys_from_seed(&b, seed);
  assert_memory_equal(&a, &b, sizeof a);
  crypto_box_keys_from_secret(&box, seed);
  crypto_scalarmult_base(public_key, seed);
  assert_memory_equal(box.secret, seed, key_bytes);
  assert_memory_equal(box.public_key, public_key, key_bytes);
}

static void our_seal_opens_with_libsodium(void **state) {
  (void)state;
  struct test_entropy t;
  struct entropy e = test_entropy(&t, 3);
  struct box_keys keys;
  struct buf sealed = BUF_INIT(1024);
  uint8_t opened[11];
  crypto_box_keys(&keys, &e);
  assert_int_equal(buf_append(&sealed, text("before")), ERR_OK);
  assert_int_equal(crypto_seal(&sealed, text("hello there"), keys.public_key, &e), ERR_OK);
  assert_int_equal(sealed.len, 6 + 11 + seal_overhead_bytes);
  assert_int_equal(crypto_box_seal_open(opened, sealed.ptr + 6, sealed.len - 6, keys.public_key, keys.secret),
                   0);
  assert_memory_equal(opened, "hello there", 11);
  buf_finish(&sealed);
}

static void libsodiums_seal_opens_with_ours(void **state) {
  (void)state;
  struct test_entropy t;
  struct entropy e = test_entropy(&t, 4);
  struct box_keys keys;
  uint8_t sealed[11 + seal_overhead_bytes];
  struct buf opened = BUF_INIT(64);
  crypto_box_keys(&keys, &e);
  crypto_box_seal(sealed, (const uint8_t *)"hello there", 11, keys.public_key);
  assert_int_equal(crypto_seal_open(&opened, slice_of(sealed, sizeof sealed), &keys), ERR_OK);
  assert_true(slice_equal(buf_slice(&opened), text("hello there")));
  for (size_t i = 0; i < sizeof sealed; i++) {
    sealed[i] ^= 1;
    assert_int_equal(crypto_seal_open(&opened, slice_of(sealed, sizeof sealed), &keys), ERR_CRYPTO);
    sealed[i] ^= 1;
    assert_int_equal(crypto_seal_open(&opened, slice_of(sealed, i), &keys), ERR_CRYPTO);
  }
  assert_int_equal(opened.len, 11);
  buf_finish(&opened);
}

static void an_empty_message_can_be_sealed(void **state) {
  (void)state;
  struct test_entropy t;
  struct entropy e = test_entropy(&t, 5);
  struct box_keys keys;
  struct buf sealed = BUF_INIT(64), opened = BUF_INIT(64);
  crypto_box_keys(&keys, &e);
  assert_int_equal(crypto_seal(&sealed, slice_of(NULL, 0), keys.public_key, &e), ERR_OK);
  assert_int_equal(crypto_seal_open(&opened, buf_slice(&sealed), &keys), ERR_OK);
  assert_int_equal(opened.len, 0);
  buf_finish(&sealed);
  buf_finish(&opened);
}

static void sealing_to_a_low_order_key_is_refused(void **state) {
  (void)state;
  struct test_entropy t;
  struct entropy e = test_entropy(&t, 6);
  struct buf sealed = BUF_INIT(64);
  assert_int_equal(crypto_seal(&sealed, text("x"), zero_key, &e), ERR_CRYPTO);
  assert_int_equal(sealed.len, 0);
  buf_finish(&sealed);
}

static void sealing_past_the_ceiling_changes_nothing(void **state) {
  (void)state;
  struct test_entropy t;
  struct entropy e = test_entropy(&t, 7);
  struct box_keys keys;
  struct buf small = BUF_INIT(16);
  crypto_box_keys(&keys, &e);
  assert_int_equal(crypto_seal(&small, text("x"), keys.public_key, &e), ERR_TOO_BIG);
  assert_int_equal(crypto_encrypt(&small, text("x"), text(""), zero_key, zero_key), ERR_TOO_BIG);
  assert_int_equal(small.len, 0);
  buf_finish(&small);
}

static void encryption_authenticates_text_data_nonce_and_key(void **state) {
  (void)state;
  uint8_t key[key_bytes] = {1}, nonce[aead_nonce_bytes] = {2};
  struct buf sealed = BUF_INIT(256), plain = BUF_INIT(256);
  assert_int_equal(crypto_encrypt(&sealed, text("a secret"), text("header"), nonce, key), ERR_OK);
  assert_int_equal(sealed.len, 8 + aead_tag_bytes);
  assert_int_equal(crypto_decrypt(&plain, buf_slice(&sealed), text("header"), nonce, key), ERR_OK);
  assert_true(slice_equal(buf_slice(&plain), text("a secret")));
  assert_int_equal(crypto_decrypt(&plain, buf_slice(&sealed), text("Header"), nonce, key), ERR_CRYPTO);
  for (size_t i = 0; i < sealed.len; i++) {
    sealed.ptr[i] ^= 0x80;
    assert_int_equal(crypto_decrypt(&plain, buf_slice(&sealed), text("header"), nonce, key), ERR_CRYPTO);
    sealed.ptr[i] ^= 0x80;
    assert_int_equal(crypto_decrypt(&plain, slice_of(sealed.ptr, i), text("header"), nonce, key), ERR_CRYPTO);
  }
  nonce[23] ^= 1;
  assert_int_equal(crypto_decrypt(&plain, buf_slice(&sealed), text("header"), nonce, key), ERR_CRYPTO);
  nonce[23] ^= 1, key[31] ^= 1;
  assert_int_equal(crypto_decrypt(&plain, buf_slice(&sealed), text("header"), nonce, key), ERR_CRYPTO);
  assert_int_equal(plain.len, 8);
  buf_finish(&sealed);
  buf_finish(&plain);
}

static void padding_hides_the_length_and_comes_off_again(void **state) {
  (void)state;
  for (size_t len = 0; len <= 600; len++) {
    struct buf b = BUF_INIT(1024);
    assert_int_equal(buf_append_zeros(&b, len), ERR_OK);
    assert_int_equal(crypto_pad(&b, 256), ERR_OK);
    assert_int_equal(b.len, (len / 256 + 1) * 256);
    struct slice s = buf_slice(&b);
    assert_int_equal(crypto_unpad(&s, 256), ERR_OK);
    assert_int_equal(s.len, len);
    buf_finish(&b);
  }
}

static void bad_padding_is_malformed(void **state) {
  (void)state;
  uint8_t zeros[64] = {0}, whole[64] = {[40] = 0x80};
  struct slice none = slice_of(zeros, sizeof zeros), odd = slice_of(whole, 63), empty = slice_of(NULL, 0);
  assert_int_equal(crypto_unpad(&none, 32), ERR_MALFORMED);
  assert_int_equal(crypto_unpad(&odd, 32), ERR_MALFORMED);
  assert_int_equal(crypto_unpad(&empty, 32), ERR_MALFORMED);
  whole[63] = 1;
  struct slice dirty = slice_of(whole, 64);
  assert_int_equal(crypto_unpad(&dirty, 32), ERR_MALFORMED);
}

static void padding_needs_no_more_room_than_it_fills(void **state) {
  (void)state;
  struct buf exact = BUF_INIT(64), full = BUF_INIT(64);
  assert_int_equal(buf_append_zeros(&exact, 63), ERR_OK);
  assert_int_equal(crypto_pad(&exact, 64), ERR_OK);
  assert_int_equal(exact.len, 64);
  assert_int_equal(buf_append_zeros(&full, 64), ERR_OK);
  assert_int_equal(crypto_pad(&full, 64), ERR_TOO_BIG);
  buf_finish(&exact);
  buf_finish(&full);
}

static void both_sides_read_the_same_six_digits(void **state) {
  (void)state;
  uint8_t transcript[hash_long_bytes] = {1};
  char a[7], b[7];
  crypto_six_digits(a, transcript);
  crypto_six_digits(b, transcript);
  assert_string_equal(a, b);
  for (size_t i = 0; i < 6; i++) assert_in_range(a[i], '0', '9');
  transcript[63] ^= 1;
  crypto_six_digits(b, transcript);
  assert_string_not_equal(a, b);
}

static void libsodium_is_never_asked_for_its_own_randomness(void **state) {
  (void)state;
  struct test_entropy t;
  struct entropy e = test_entropy(&t, 8);
  struct sign_keys sign;
  struct box_keys box;
  uint8_t signature[signature_bytes];
  struct buf out = BUF_INIT(256);
  sodium_draws_watch();
  crypto_sign_keys(&sign, &e);
  crypto_box_keys(&box, &e);
  crypto_sign(signature, "tutti.test", text("x"), sign.secret);
  assert_int_equal(crypto_seal(&out, text("x"), box.public_key, &e), ERR_OK);
  assert_int_equal(sodium_draws(), 0);
  assert_int_equal(t.drawn, 3 * key_bytes);
  uint8_t byte[1];
  randombytes_buf(byte, 1); /* the watch works */
  assert_int_equal(sodium_draws(), 1);
  buf_finish(&out);
}

static void wiping_overwrites_and_comparing_compares(void **state) {
  (void)state;
  uint8_t a[4] = {1, 2, 3, 4}, b[4] = {1, 2, 3, 4};
  assert_true(crypto_equal(a, b, 4));
  b[3] = 5;
  assert_false(crypto_equal(a, b, 4));
  crypto_wipe(a, 4);
  assert_true(bytes_are_zero(a, 4));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_hash_is_blake2b_of_length_label_and_parts),
      cmocka_unit_test(a_label_cannot_run_into_the_data),
      cmocka_unit_test(a_row_id_depends_on_table_and_keys_in_order),
      cmocka_unit_test(an_import_id_keeps_kind_and_reference_apart),
      cmocka_unit_test(a_signature_is_bound_to_label_message_and_key),
      cmocka_unit_test(no_flipped_bit_of_a_signature_verifies),
      cmocka_unit_test(keys_follow_from_their_seeds),
      cmocka_unit_test(our_seal_opens_with_libsodium),
      cmocka_unit_test(libsodiums_seal_opens_with_ours),
      cmocka_unit_test(an_empty_message_can_be_sealed),
      cmocka_unit_test(sealing_to_a_low_order_key_is_refused),
      cmocka_unit_test(sealing_past_the_ceiling_changes_nothing),
      cmocka_unit_test(encryption_authenticates_text_data_nonce_and_key),
      cmocka_unit_test(padding_hides_the_length_and_comes_off_again),
      cmocka_unit_test(bad_padding_is_malformed),
      cmocka_unit_test(padding_needs_no_more_room_than_it_fills),
      cmocka_unit_test(both_sides_read_the_same_six_digits),
      cmocka_unit_test(wiping_overwrites_and_comparing_compares),
      cmocka_unit_test(libsodium_is_never_asked_for_its_own_randomness),
  };
  if (crypto_init() != ERR_OK) return 1;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
