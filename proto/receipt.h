/* receipt.h: the hub's signed word that it holds a bundle, and what became of it. */
#ifndef TUTTI_PROTO_RECEIPT_H
#define TUTTI_PROTO_RECEIPT_H

#include "proto/order.h"

/* The worst of its changesets; only applied and conflict count as "sent". */
enum receipt_status {
  RECEIPT_APPLIED = 1,
  RECEIPT_CONFLICT = 2,    /* applied, and people will be asked about something */
  RECEIPT_HELD = 3,        /* stored; an earlier bundle is missing */
  RECEIPT_QUARANTINED = 4, /* stored; some changesets wait for the office */
  RECEIPT_REFUSED = 5, /* some changesets could never be applied (values that are not allowed); kept for the
                          office to see */
};
struct receipt_exception { /* a changeset that was not simply applied */
  uint32_t changeset;      /* index in the bundle */
  enum receipt_status status;
  err reason; /* ERR_FORBIDDEN: not granted; ERR_REVOKED; ERR_INVALID …; travels by name */
};
struct receipt_pin { /* a stamp the hub capped */
  uint32_t changeset;
  uint64_t stamp;
};
struct receipt {
  struct id hub, device;
  uint32_t incarnation;
  uint64_t seq;
  uint8_t bundle_hash[hash_bytes];
  enum receipt_status status;
  int64_t received_ms;
  uint32_t epoch;
  uint64_t position; /* the hub's change number that includes it: feed checkpoints at or past it contain its
                        effect */
  const struct receipt_exception *exceptions;
  size_t exception_count;
  const struct receipt_pin *pins;
  size_t pin_count;
  uint32_t
      keep_days; /* the device keeps the bundle so long, in case the hub is restored; 0: outbox_keep_days */
};
/* msgpack array, then 64 bytes of signature under "tutti.receipt". */
MUST_USE err receipt_encode(struct buf *out, const struct receipt *r,
                            const uint8_t hub_sign_secret[sign_secret_bytes]);
/* ERR_BAD_SIGNATURE before anything is unpacked; ERR_VERSION, ERR_INVALID, ERR_TOO_BIG. Lists live in `a`. */
MUST_USE err receipt_decode(struct receipt *out, struct slice bytes, const uint8_t hub_sign_public[key_bytes],
                            struct arena *a);
/* The error a reason is named after. One this program has no name for comes from a newer hub; all it can say
 * is "not allowed": ERR_INVALID. */
err receipt_reason(struct slice name);
/* With any of the keys: a hub's signing key may have been followed by another since it was given. */
MUST_USE err receipt_decode_by(struct receipt *out, struct slice bytes, const struct sign_ring *r,
                               struct arena *a);

#endif
