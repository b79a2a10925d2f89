/* pin.h: a staff member's key on a device, wrapped under the device secret and their PIN or passphrase; the
 * database key is boxed to its public half. */
#ifndef TUTTI_CRYPTO_PIN_H
#define TUTTI_CRYPTO_PIN_H

#include "shared/crypto/crypto.h"

/* Fixed-width record kept by the device outside its database. Key = BLAKE2b("tutti.pin", device secret ‖
 * Argon2id(PIN, salt)). */
enum { pin_wrap_bytes = 16 + 8 + 24 + 32 + 16 + 32 };
struct pin_wrap {
  uint8_t bytes[pin_wrap_bytes]; /* salt, passes u32, memory_kib u32, nonce, secret + tag, public key */
};
/* Makes a fresh X25519 pair, wraps its secret, returns its public half. */
MUST_USE err pin_wrap_create(struct pin_wrap *out, uint8_t public_out[key_bytes], struct slice pin,
                             const uint8_t device_secret[key_bytes], struct password_cost cost,
                             const struct entropy *e);
/* ERR_WRONG_SECRET with a wrong PIN. The caller counts the attempt durably *before* calling. */
MUST_USE err pin_wrap_open(struct box_keys *out, const struct pin_wrap *wrap, struct slice pin,
                           const uint8_t device_secret[key_bytes]);
/* Its public half: what is boxed to it, only the PIN opens. */
void pin_wrap_public(uint8_t out[key_bytes], const struct pin_wrap *wrap);
/* ERR_INVALID with a sentence: six digits at least, not all the same and not a run, or a passphrase of eight
 * characters. */
MUST_USE err pin_check_strength(struct slice pin, struct fault *fault);

#endif
