/* crypto.h: the primitives Tutti uses, each with one purpose, on libsodium. The only user of <sodium.h> is
 * this folder. Randomness is an argument. */
#ifndef TUTTI_CRYPTO_CRYPTO_H
#define TUTTI_CRYPTO_CRYPTO_H

#include "shared/base/entropy.h"

/* Call once per process before anything else; ERR_INTERNAL when libsodium cannot start. On wasm libsodium's
 * own randomness is never used. */
MUST_USE err crypto_init(void);

enum {
  key_bytes = 32,
  hash_bytes = 32,
  hash_long_bytes = 64,
  signature_bytes = 64,
  sign_secret_bytes = 64,
  seal_overhead_bytes = 48, /* crypto_box_seal */
  aead_nonce_bytes = 24,
  aead_tag_bytes = 16,
  salt_bytes = 16,
};
struct sign_keys {
  uint8_t public_key[key_bytes], secret[sign_secret_bytes];
};
struct box_keys {
  uint8_t public_key[key_bytes], secret[key_bytes];
};

void crypto_sign_keys(struct sign_keys *out, const struct entropy *e);
void crypto_box_keys(struct box_keys *out, const struct entropy *e); /* X25519: for Noise and for sealing */
void crypto_sign_keys_from_seed(struct sign_keys *out, const uint8_t seed[key_bytes]);
void crypto_box_keys_from_secret(struct box_keys *out, const uint8_t secret[key_bytes]);

/* libsodium has functions of these two names, and a program must not hold both: ours are linked under other
 * ones. A file that needs both headers includes <sodium.h> first. */
#define crypto_hash tutti_hash
#define crypto_sign tutti_sign

/* BLAKE2b over domain label (with its length, so that labels cannot run into data) and the parts in order. */
void crypto_hash(uint8_t out[hash_bytes], const char *domain, const struct slice *parts, size_t count);
void crypto_hash_long(uint8_t out[hash_long_bytes], const char *domain, const struct slice *parts,
                      size_t count);
/* A natural key's row id: the first 4 bytes of the first key's id, then the first 12 of
 * crypto_hash("tutti.row", table id as one byte ‖ key ids). So the marks of one session are neighbours in
 * every tree that holds rows by id, however many there are. */
enum { row_id_near_bytes = 4 };
void crypto_row_id(struct id *out, uint8_t table, const struct id *keys, size_t count);
/* An id derived from the office's own reference, so that imports are idempotent: ("tutti.import", hub ‖ kind
 * ‖ one zero byte ‖ ref). */
void crypto_import_id(struct id *out, const struct id *hub, const char *kind, struct slice ref);

/* Ed25519 over BLAKE2b-512(domain, message): see crypto_hash_long. */
void crypto_sign(uint8_t out[signature_bytes], const char *domain, struct slice message,
                 const uint8_t secret[sign_secret_bytes]);
MUST_USE err crypto_verify(const uint8_t signature[signature_bytes], const char *domain, struct slice message,
                           const uint8_t public_key[key_bytes]); /* ERR_BAD_SIGNATURE */

/* crypto_box_seal's format with the ephemeral key drawn from `e`: out->len grows by message.len +
 * seal_overhead_bytes. */
MUST_USE err crypto_seal(struct buf *out, struct slice message, const uint8_t public_key[key_bytes],
                         const struct entropy *e);
MUST_USE err crypto_seal_open(struct buf *out, struct slice sealed,
                              const struct box_keys *keys); /* ERR_CRYPTO */

/* XChaCha20-Poly1305-IETF. Appends message.len + 16 bytes; decrypt appends sealed.len - 16. */
MUST_USE err crypto_encrypt(struct buf *out, struct slice message, struct slice ad,
                            const uint8_t nonce[aead_nonce_bytes], const uint8_t key[key_bytes]);
MUST_USE err crypto_decrypt(struct buf *out, struct slice sealed, struct slice ad,
                            const uint8_t nonce[aead_nonce_bytes],
                            const uint8_t key[key_bytes]); /* ERR_CRYPTO */
/* sodium_pad / sodium_unpad on a buffer: one 0x80, then zeros up to a multiple of `block`. */
MUST_USE err crypto_pad(struct buf *b, size_t block);
MUST_USE err crypto_unpad(struct slice *inout, size_t block); /* ERR_MALFORMED */

bool crypto_equal(const void *a, const void *b, size_t len); /* constant time */
void crypto_wipe(void *p, size_t len);
/* A session id or token as 43 base64url characters is made by callers from entropy; short codes (six digits
 * both sides show): */
void crypto_six_digits(char out[7], const uint8_t transcript_hash[hash_long_bytes]);

/* Argon2id. Interactive: 64 MiB, 2 passes (about 0.09 s). Office passwords and PINs both.
 * ERR_TOO_BIG above password_bytes_max, ERR_INVALID for a cost outside limits.h or below Argon2's least (8
 * KiB, 1 pass), ERR_NO_MEMORY. */
struct password_cost {
  uint32_t passes, memory_kib;
};
extern const struct password_cost password_cost_interactive;
MUST_USE err crypto_password_key(uint8_t out[key_bytes], struct slice password,
                                 const uint8_t salt[salt_bytes], struct password_cost cost);

#endif
