/* crypto.c: keys, hashes, signatures and seals: libsodium behind slices, randomness from the caller. */
#include <sodium.h>
#include <string.h>

#include "shared/crypto/crypto.h"
#include "shared/crypto/random.h"

_Static_assert(key_bytes == crypto_scalarmult_BYTES, "X25519 keys");
_Static_assert(key_bytes == crypto_sign_SEEDBYTES, "Ed25519 keys");
_Static_assert(sign_secret_bytes == crypto_sign_SECRETKEYBYTES, "Ed25519 secrets");
_Static_assert(signature_bytes == crypto_sign_BYTES, "Ed25519 signatures");
_Static_assert(seal_overhead_bytes == crypto_box_SEALBYTES, "sealed boxes");
_Static_assert(aead_nonce_bytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "XChaCha20 nonces");
_Static_assert(aead_tag_bytes == crypto_aead_xchacha20poly1305_ietf_ABYTES, "Poly1305 tags");

err crypto_init(void) {
  random_source_install();
  return sodium_init() < 0 ? ERR_INTERNAL : ERR_OK;
}

/* Keys. Both kinds are made from 32 bytes of entropy by the documented deterministic constructions. */
void crypto_sign_keys_from_seed(struct sign_keys *out, const uint8_t seed[key_bytes]) {
  ASSERT(crypto_sign_seed_keypair(out->public_key, out->secret, seed) == 0);
}

void crypto_box_keys_from_secret(struct box_keys *out, const uint8_t secret[key_bytes]) {
  bytes_move(out->secret, secret, key_bytes);
  ASSERT(crypto_scalarmult_base(out->public_key, out->secret) == 0);
}

void crypto_sign_keys(struct sign_keys *out, const struct entropy *e) {
  uint8_t seed[key_bytes];
  entropy_fill(e, seed, sizeof seed);
  crypto_sign_keys_from_seed(out, seed);
  crypto_wipe(seed, sizeof seed);
}

void crypto_box_keys(struct box_keys *out, const struct entropy *e) {
  entropy_fill(e, out->secret, key_bytes);
  crypto_box_keys_from_secret(out, out->secret);
}

/* Hashes. The label goes first with its length in one byte, so no choice of label and data can imitate
 * another. */
static void hash_add(crypto_generichash_state *st, struct slice part) {
  crypto_generichash_update(st, part.ptr, part.len);
}

static void hash_begin(crypto_generichash_state *st, size_t out_len, const char *domain) {
  struct slice label = slice_of(domain, strlen(domain));
  ASSERT(label.len > 0 && label.len <= UINT8_MAX);
  uint8_t len = (uint8_t)label.len;
  crypto_generichash_init(st, NULL, 0, out_len);
  hash_add(st, slice_of(&len, 1));
  hash_add(st, label);
}

static void hash_parts(uint8_t *out, size_t out_len, const char *domain, const struct slice *parts,
                       size_t count) {
  crypto_generichash_state st;
  hash_begin(&st, out_len, domain);
  for (size_t i = 0; i < count; i++) hash_add(&st, parts[i]);
  crypto_generichash_final(&st, out, out_len);
  crypto_wipe(&st, sizeof st); /* the parts may be secrets: a PIN's key is made this way */
}

void crypto_hash(uint8_t out[hash_bytes], const char *domain, const struct slice *parts, size_t count) {
  hash_parts(out, hash_bytes, domain, parts, count);
}

void crypto_hash_long(uint8_t out[hash_long_bytes], const char *domain, const struct slice *parts,
                      size_t count) {
  hash_parts(out, hash_long_bytes, domain, parts, count);
}

void crypto_row_id(struct id *out, uint8_t table, const struct id *keys, size_t count) {
  crypto_generichash_state st;
  uint8_t hash[hash_bytes];
  hash_begin(&st, sizeof hash, "tutti.row");
  hash_add(&st, slice_of(&table, 1));
  for (size_t i = 0; i < count; i++) hash_add(&st, id_slice(&keys[i]));
  crypto_generichash_final(&st, hash, sizeof hash);
  bytes_copy(out->b, keys[0].b, row_id_near_bytes);
  bytes_copy(out->b + row_id_near_bytes, hash, id_bytes - row_id_near_bytes);
}

void crypto_import_id(struct id *out, const struct id *hub, const char *kind, struct slice ref) {
  uint8_t hash[hash_bytes];
  /* The kind goes in with its terminating zero, so that ("note", "sX") is not ("notes", "X"). */
  const struct slice parts[] = {id_slice(hub), slice_of(kind, strlen(kind) + 1), ref};
  crypto_hash(hash, "tutti.import", parts, 3);
  bytes_copy(out->b, hash, id_bytes);
}

/* Signatures: Ed25519 of the labelled BLAKE2b-512, so that a large bundle is read once and a label is always
 * bound. */
void crypto_sign(uint8_t out[signature_bytes], const char *domain, struct slice message,
                 const uint8_t secret[sign_secret_bytes]) {
  uint8_t digest[hash_long_bytes];
  crypto_hash_long(digest, domain, &message, 1);
  ASSERT(crypto_sign_detached(out, NULL, digest, sizeof digest, secret) == 0);
}

err crypto_verify(const uint8_t signature[signature_bytes], const char *domain, struct slice message,
                  const uint8_t public_key[key_bytes]) {
  uint8_t digest[hash_long_bytes];
  crypto_hash_long(digest, domain, &message, 1);
  return crypto_sign_verify_detached(signature, digest, sizeof digest, public_key) ? ERR_BAD_SIGNATURE
                                                                                   : ERR_OK;
}

/* Where the next bytes of a buffer go. NULL only when nothing is to be written. */
static uint8_t *buf_tail(struct buf *b) { return b->ptr ? b->ptr + b->len : NULL; }

/* The nonce of a sealed box is a hash of both public keys, so it needs no place in the message. */
static void seal_nonce(uint8_t nonce[crypto_box_NONCEBYTES], const uint8_t *ephemeral,
                       const uint8_t *recipient) {
  crypto_generichash_state st;
  crypto_generichash_init(&st, NULL, 0, crypto_box_NONCEBYTES);
  crypto_generichash_update(&st, ephemeral, key_bytes);
  crypto_generichash_update(&st, recipient, key_bytes);
  crypto_generichash_final(&st, nonce, crypto_box_NONCEBYTES);
}

err crypto_seal(struct buf *out, struct slice message, const uint8_t public_key[key_bytes],
                const struct entropy *e) {
  TRY(buf_reserve(out, message.len + seal_overhead_bytes));
  struct box_keys ephemeral;
  uint8_t nonce[crypto_box_NONCEBYTES];
  crypto_box_keys(&ephemeral, e);
  seal_nonce(nonce, ephemeral.public_key, public_key);
  uint8_t *to = buf_tail(out);
  bytes_copy(to, ephemeral.public_key, key_bytes);
  int failed = crypto_box_easy(to + key_bytes, message.ptr, message.len, nonce, public_key, ephemeral.secret);
  crypto_wipe(&ephemeral, sizeof ephemeral);
  if (failed) return ERR_CRYPTO; /* the recipient's key is a point of low order */
  out->len += message.len + seal_overhead_bytes;
  return ERR_OK;
}

err crypto_seal_open(struct buf *out, struct slice sealed, const struct box_keys *keys) {
  if (sealed.len < seal_overhead_bytes) return ERR_CRYPTO;
  size_t len = sealed.len - seal_overhead_bytes;
  uint8_t nonce[crypto_box_NONCEBYTES];
  seal_nonce(nonce, sealed.ptr, keys->public_key);
  TRY(buf_reserve(out, len));
  if (crypto_box_open_easy(buf_tail(out), sealed.ptr + key_bytes, sealed.len - key_bytes, nonce, sealed.ptr,
                           keys->secret)) {
    return ERR_CRYPTO;
  }
  out->len += len;
  return ERR_OK;
}

err crypto_encrypt(struct buf *out, struct slice message, struct slice ad,
                   const uint8_t nonce[aead_nonce_bytes], const uint8_t key[key_bytes]) {
  TRY(buf_reserve(out, message.len + aead_tag_bytes));
  ASSERT(crypto_aead_xchacha20poly1305_ietf_encrypt(buf_tail(out), NULL, message.ptr, message.len, ad.ptr,
                                                    ad.len, NULL, nonce, key) == 0);
  out->len += message.len + aead_tag_bytes;
  return ERR_OK;
}

err crypto_decrypt(struct buf *out, struct slice sealed, struct slice ad,
                   const uint8_t nonce[aead_nonce_bytes], const uint8_t key[key_bytes]) {
  if (sealed.len < aead_tag_bytes) return ERR_CRYPTO;
  size_t len = sealed.len - aead_tag_bytes;
  TRY(buf_reserve(out, len));
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(buf_tail(out), NULL, NULL, sealed.ptr, sealed.len, ad.ptr,
                                                 ad.len, nonce, key)) {
    return ERR_CRYPTO;
  }
  out->len += len;
  return ERR_OK;
}

err crypto_pad(struct buf *b, size_t block) {
  ASSERT(block > 0);
  size_t padded = b->len;
  TRY(buf_reserve(b, block - b->len % block));
  ASSERT(sodium_pad(&padded, b->ptr, b->len, block, b->cap) == 0);
  b->len = padded;
  return ERR_OK;
}

err crypto_unpad(struct slice *inout, size_t block) {
  ASSERT(block > 0);
  size_t len;
  if (inout->len == 0 || inout->len % block != 0) return ERR_MALFORMED;
  if (sodium_unpad(&len, inout->ptr, inout->len, block)) return ERR_MALFORMED;
  inout->len = len;
  return ERR_OK;
}

bool crypto_equal(const void *a, const void *b, size_t len) { return sodium_memcmp(a, b, len) == 0; }

void crypto_wipe(void *p, size_t len) { sodium_memzero(p, len); }

void crypto_six_digits(char out[7], const uint8_t transcript_hash[hash_long_bytes]) {
  uint8_t hash[hash_bytes];
  uint64_t n = 0;
  const struct slice part = slice_of(transcript_hash, hash_long_bytes);
  crypto_hash(hash, "tutti.digits", &part, 1);
  for (size_t i = 0; i < sizeof n; i++) n = n << 8 | hash[i];
  for (size_t i = 6; i > 0; i--, n /= 10) out[i - 1] = (char)('0' + n % 10);
  out[6] = '\0';
}
