/* bundle.h: how work leaves a device: sealed to the hub's intake key, signed by the device, chained by hash.
 * Layout in PROTOCOL.md. */
#ifndef TUTTI_PROTO_BUNDLE_H
#define TUTTI_PROTO_BUNDLE_H

#include "shared/crypto/crypto.h"

enum { bundle_version = 1, bundle_header_bytes = 4 + 2 + 2 + 16 + 4 + 16 + 4 + 8 + 32 + 4 + 4 };
/* magic "TUTB" · version u16 · flags u16 (0) · hub id · intake key number u32 · device id · incarnation u32 ·
 * seq u64 (from 1) · previous bundle's hash (zero for the first) · length of the box u32 · length of the body
 * u32. All little-endian. Then box (80 bytes: a fresh key, sealed to the intake key), body (the padded
 * content under that key, the header as associated data), signature (64, under "tutti.bundle"). */
struct bundle_header {
  struct id hub;
  uint32_t intake_key;
  struct id device;
  uint32_t incarnation;
  uint64_t seq;
  uint8_t previous[hash_bytes];
};
struct bundle_parts { /* slices of the input */
  struct bundle_header header;
  struct slice signed_part, header_bytes, box, body;
  const uint8_t *signature;
};
/* Appends a bundle to `out`, which is left as it was on failure: ERR_TOO_BIG for more than
 * bundle_plain_bytes_max or past the buffer's own ceiling. Two draws from `e`: the key, the box's ephemeral
 * secret. */
MUST_USE err bundle_seal(struct buf *out, const struct bundle_header *h, struct slice plain,
                         const uint8_t intake_public[key_bytes],
                         const uint8_t device_sign_secret[sign_secret_bytes], const struct entropy *e);
/* Shape and caps only: ERR_TOO_BIG, ERR_TRUNCATED, ERR_TRAILING, ERR_MALFORMED, ERR_VERSION. Seq 0 and seq
 * past NUMBER_MAX are malformed. What the header claims is unproven until bundle_verify. */
MUST_USE err bundle_parse(struct bundle_parts *out, struct slice bytes);
MUST_USE err bundle_verify(const struct bundle_parts *b,
                           const uint8_t device_sign_public[key_bytes]); /* ERR_BAD_SIGNATURE */
/* Appends the content: ERR_CRYPTO when box or body was sealed to another key or under another header. */
MUST_USE err bundle_open(struct buf *plain_out, const struct bundle_parts *b, const struct box_keys *intake);
/* Of the whole bundle with its signature: names it in receipts and in the header of the next one. */
void bundle_hash(uint8_t out[hash_bytes], struct slice bytes);

#endif
