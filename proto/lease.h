/* lease.h: what is settled by telephone: a device's lease is renewed, or the one person on it chooses a new
 * PIN. The device shows a challenge, the office reads a code back. Only the hub and that device know the
 * secret both follow from. */
#ifndef TUTTI_PROTO_LEASE_H
#define TUTTI_PROTO_LEASE_H

#include "shared/crypto/crypto.h"

enum {
  lease_challenge_bytes = 5,
  lease_challenge_text_bytes = 10, /* "7KQ2-M0XD" */
  lease_code_text_bytes = 12,      /* "0M7KQ-2X0DM" */
  lease_new_pin = 0,               /* the days of a code that renews nothing, but lets a new PIN be chosen */
};
/* Eight characters of Crockford base32. */
void lease_challenge_text(char out[lease_challenge_text_bytes],
                          const uint8_t challenge[lease_challenge_bytes]);
/* Case, spaces and hyphens do not matter; O reads as 0, I and L as 1. ERR_MALFORMED unless it is eight
 * characters. */
MUST_USE err lease_challenge_parse(uint8_t out[lease_challenge_bytes], struct slice text);
/* Two characters say the days (at most lease_days_max), eight are the first 40 bits of H("tutti.lease.code",
 * secret ‖ challenge ‖ days as two bytes). */
void lease_code(char out[lease_code_text_bytes], const uint8_t secret[key_bytes],
                const uint8_t challenge[lease_challenge_bytes], uint32_t days);
/* ERR_MALFORMED when it cannot be a code at all, ERR_WRONG_SECRET when it is one of another challenge or
 * device. Compares in constant time. */
MUST_USE err lease_code_check(uint32_t *days_out, struct slice text, const uint8_t secret[key_bytes],
                              const uint8_t challenge[lease_challenge_bytes]);

#endif
