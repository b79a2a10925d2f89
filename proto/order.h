/* order.h: what the hub tells one device to do, as a signed document: it is the same on the line and in a
 * reply file, and a device carries each out once. And how the hub's signing key is followed by another. */
#ifndef TUTTI_PROTO_ORDER_H
#define TUTTI_PROTO_ORDER_H

#include "proto/codec.h"
#include "shared/base/limits.h"
#include "shared/crypto/crypto.h"

enum order_kind {
  ORDER_LEASE = 1, /* value: so many term days from now */
  ORDER_WIPE = 2,  /* value: an enum wipe_manner */
};
enum wipe_manner {
  WIPE_SENT = 0,   /* once everything is receipted, and the device has said that it goes */
  WIPE_FORCED = 1, /* at once: it was stolen, and what it did not send is given up */
};
struct order {
  struct id hub, device;
  uint64_t number; /* rises for each device, from 1 */
  enum order_kind kind;
  int64_t issued_ms;
  uint64_t value;
};
/* msgpack array, then the signature under "tutti.order". */
MUST_USE err order_encode(struct buf *out, const struct order *o,
                          const uint8_t hub_sign_secret[sign_secret_bytes]);
/* ERR_BAD_SIGNATURE, ERR_VERSION, ERR_MALFORMED; ERR_INVALID for a kind or value that there is not. */
MUST_USE err order_decode(struct order *out, struct slice bytes, const uint8_t hub_sign_public[key_bytes]);

/* The signing keys of a hub that somebody trusts: the last one is current, the others signed what is older.
 */
struct sign_ring {
  uint8_t keys[successions_max + 1][key_bytes];
  size_t count;
};
void sign_ring_add(struct sign_ring *r, const uint8_t key[key_bytes]); /* the current one from now on */
bool sign_ring_has(const struct sign_ring *r, const uint8_t key[key_bytes]);
/* With any of the keys. ERR_BAD_SIGNATURE when none signed it. */
MUST_USE err order_decode_by(struct order *out, struct slice bytes, const struct sign_ring *r);

/* "What I signed with `old` I sign with `next` from now on", signed with `old`. */
struct succession {
  struct id hub;
  uint8_t old_public[key_bytes], new_public[key_bytes];
  uint64_t number; /* from 1: the n-th key that was followed by another */
  int64_t issued_ms;
};
/* msgpack array, then the signature under "tutti.succession". */
MUST_USE err succession_encode(struct buf *out, const struct succession *s,
                               const uint8_t old_secret[sign_secret_bytes]);
/* Checks it with the old key inside it: the caller asks whether that one is trusted. */
MUST_USE err succession_decode(struct succession *out, struct slice bytes);

#endif
