/* recall.c: what libsodium worked out once it is not asked again. In a run one process is everybody: it signs
 * and verifies the same signature, computes both halves of every exchange of keys, and its model and oracles
 * open what the hub opened, which was a third of all its work. Every answer is kept under all that it depends
 * on, byte for byte, so whatever is sent damaged, under another key or to somebody else is worked out.
 *
 * The linker sends libsodium's functions here (--wrap); what lies outside is libsodium itself. */
#include <sodium.h>
#include <string.h>

#include "shared/crypto/crypto.h"

enum { slots = 1024 }; /* a power of two; an answer takes the place of another one's */
struct signature {
  uint8_t signature[signature_bytes], message[hash_long_bytes], public_key[key_bytes];
};
struct public_half { /* of a secret */
  bool there;
  uint8_t secret[key_bytes], public_key[key_bytes];
};
struct exchange { /* between whoever has the one secret or the other: the lower public key first */
  uint8_t low[key_bytes], high[key_bytes], shared[key_bytes];
};
/* One process is one run. An empty slot is all zeros, which is nobody's public key. */
static struct {
  struct signature signatures[slots];
  struct public_half halves[slots];
  struct exchange noise[slots], boxes[slots];
} known;

/* Everything here is as good as random. */
static size_t slot_of(const uint8_t *a, const uint8_t *b) {
  return ((size_t)(a[0] ^ b[2]) | (size_t)(a[1] ^ b[3]) << 8) & (slots - 1);
}

/* ---- signatures ---- */

int __real_crypto_sign_detached(uint8_t *out, unsigned long long *len_out, const uint8_t *message,
                                unsigned long long len, const uint8_t *secret);
int __wrap_crypto_sign_detached(uint8_t *out, unsigned long long *len_out, const uint8_t *message,
                                unsigned long long len, const uint8_t *secret);
int __real_crypto_sign_verify_detached(const uint8_t *signature, const uint8_t *message,
                                       unsigned long long len, const uint8_t *public_key);
int __wrap_crypto_sign_verify_detached(const uint8_t *signature, const uint8_t *message,
                                       unsigned long long len, const uint8_t *public_key);

static void know_signature(const uint8_t *signature, const uint8_t *message, const uint8_t *public_key) {
  struct signature *k = &known.signatures[slot_of(signature, public_key)];
  bytes_copy(k->signature, signature, sizeof k->signature);
  bytes_copy(k->message, message, sizeof k->message);
  bytes_copy(k->public_key, public_key, sizeof k->public_key);
}

/* The second half of libsodium's secret key is the public one. */
int __wrap_crypto_sign_detached(uint8_t *out, unsigned long long *len_out, const uint8_t *message,
                                unsigned long long len, const uint8_t *secret) {
  int result = __real_crypto_sign_detached(out, len_out, message, len, secret);
  if (result == 0 && len == hash_long_bytes) know_signature(out, message, secret + key_bytes);
  return result;
}

int __wrap_crypto_sign_verify_detached(const uint8_t *signature, const uint8_t *message,
                                       unsigned long long len, const uint8_t *public_key) {
  const struct signature *k = &known.signatures[slot_of(signature, public_key)];
  if (len == hash_long_bytes && memcmp(k->signature, signature, sizeof k->signature) == 0 &&
      memcmp(k->message, message, sizeof k->message) == 0 &&
      memcmp(k->public_key, public_key, sizeof k->public_key) == 0)
    return 0;
  int result = __real_crypto_sign_verify_detached(signature, message, len, public_key);
  if (result == 0 && len == hash_long_bytes) know_signature(signature, message, public_key);
  return result;
}

/* ---- exchanges of keys ---- */

int __real_crypto_scalarmult_base(uint8_t *out, const uint8_t *secret);
int __wrap_crypto_scalarmult_base(uint8_t *out, const uint8_t *secret);
int __real_crypto_scalarmult(uint8_t *out, const uint8_t *secret, const uint8_t *public_key);
int __wrap_crypto_scalarmult(uint8_t *out, const uint8_t *secret, const uint8_t *public_key);
int __wrap_crypto_box_easy(uint8_t *out, const uint8_t *message, unsigned long long len, const uint8_t *nonce,
                           const uint8_t *public_key, const uint8_t *secret);
int __wrap_crypto_box_open_easy(uint8_t *out, const uint8_t *sealed, unsigned long long len,
                                const uint8_t *nonce, const uint8_t *public_key, const uint8_t *secret);

int __wrap_crypto_scalarmult_base(uint8_t *out, const uint8_t *secret) {
  struct public_half *k = &known.halves[slot_of(secret, secret)];
  if (!k->there || memcmp(k->secret, secret, sizeof k->secret) != 0) {
    if (__real_crypto_scalarmult_base(k->public_key, secret) != 0) return -1;
    k->there = true;
    bytes_copy(k->secret, secret, sizeof k->secret);
  }
  bytes_copy(out, k->public_key, key_bytes);
  return 0;
}

/* Either side of an exchange works out the same, so that only the first one has to. */
static int exchange(uint8_t *out, const uint8_t *secret, const uint8_t *public_key, struct exchange *list,
                    int (*work_out)(uint8_t *out, const uint8_t *secret, const uint8_t *public_key)) {
  uint8_t own[key_bytes];
  if (__wrap_crypto_scalarmult_base(own, secret) != 0) return -1;
  bool lower = memcmp(own, public_key, key_bytes) < 0;
  const uint8_t *low = lower ? own : public_key, *high = lower ? public_key : own;
  struct exchange *k = &list[slot_of(low, high)];
  if (memcmp(k->low, low, key_bytes) != 0 || memcmp(k->high, high, key_bytes) != 0) {
    uint8_t shared[key_bytes];
    int result = work_out(shared, secret, public_key);
    if (result != 0) return result; /* somebody sent a point of low order */
    bytes_copy(k->low, low, key_bytes);
    bytes_copy(k->high, high, key_bytes);
    bytes_copy(k->shared, shared, key_bytes);
  }
  bytes_copy(out, k->shared, key_bytes);
  return 0;
}

int __wrap_crypto_scalarmult(uint8_t *out, const uint8_t *secret, const uint8_t *public_key) {
  return exchange(out, secret, public_key, known.noise, __real_crypto_scalarmult);
}

/* libsodium's box is these two steps. */
static int before(uint8_t *out, const uint8_t *secret, const uint8_t *public_key) {
  return crypto_box_beforenm(out, public_key, secret);
}

int __wrap_crypto_box_easy(uint8_t *out, const uint8_t *message, unsigned long long len, const uint8_t *nonce,
                           const uint8_t *public_key, const uint8_t *secret) {
  uint8_t shared[key_bytes];
  if (exchange(shared, secret, public_key, known.boxes, before) != 0) return -1;
  return crypto_box_easy_afternm(out, message, len, nonce, shared);
}

int __wrap_crypto_box_open_easy(uint8_t *out, const uint8_t *sealed, unsigned long long len,
                                const uint8_t *nonce, const uint8_t *public_key, const uint8_t *secret) {
  uint8_t shared[key_bytes];
  if (exchange(shared, secret, public_key, known.boxes, before) != 0) return -1;
  return crypto_box_open_easy_afternm(out, sealed, len, nonce, shared);
}
