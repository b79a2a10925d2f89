/* signed.h: the hub's documents: a msgpack array whose first field is the format's version, then a signature
 * over it. */
#ifndef TUTTI_PROTO_SIGNED_H
#define TUTTI_PROTO_SIGNED_H

#include "proto/fields.h"
#include "shared/crypto/crypto.h"

enum { document_version = 1 };
/* Signs what was appended to `out` since `start`. */
MUST_USE err signed_finish(struct buf *out, size_t start, const char *domain,
                           const uint8_t sign_secret[sign_secret_bytes]);
/* Splits into array and signature: ERR_TOO_BIG, ERR_TRUNCATED. */
MUST_USE err signed_split(struct slice *array_out, struct slice bytes, size_t bytes_max);
/* Checks the signature that follows `array`. */
MUST_USE err signed_verify(struct slice array, const char *domain, const uint8_t sign_public[key_bytes]);
/* Takes the version: anything but ours is ERR_VERSION. */
void signed_version(struct fields *f);

#endif
