/* manifest.h: the hub's public, signed, numbered statement of its keys; and the certificate it gives a device
 * at enrolment. */
#ifndef TUTTI_PROTO_MANIFEST_H
#define TUTTI_PROTO_MANIFEST_H

#include "proto/order.h"
#include "shared/base/limits.h"

/* Somebody to whom safeguarding concerns are sealed: "Safeguarding lead", "Recovery key, kept offline". */
struct reader_key {
  uint32_t number; /* a concern names the keys it was sealed to; no number is used twice */
  uint8_t public_key[key_bytes];
  struct slice name;
};
struct manifest {
  struct id hub;
  uint64_t number;            /* only ever rises */
  struct slice hub_name, url; /* "wss://host:port/sync" */
  uint8_t sign_public[key_bytes];
  uint32_t noise_key, intake_key; /* the current ones' numbers */
  uint8_t noise_public[key_bytes], intake_public[key_bytes];
  uint32_t version_min; /* of the protocol */
  int64_t issued_ms;
  struct slice successions[successions_max]; /* signed documents, from the hub's first key to this one */
  size_t succession_count;
  struct slice concern_phone; /* whom to ring until a concern is receipted; empty: nobody said */
  struct reader_key readers[concern_readers_max];
  size_t reader_count;
};
/* msgpack array, then the signature under "tutti.manifest". */
MUST_USE err manifest_encode(struct buf *out, const struct manifest *m,
                             const uint8_t hub_sign_secret[sign_secret_bytes]);
/* `pinned` is a hub signing key already trusted: it must be the one inside, or one that was followed by it
 * through the successions. NULL takes the one inside; the caller then checks its fingerprint. The document
 * must be signed by the key inside either way, and every succession by the key it ends. Slices borrow from
 * `bytes`. */
MUST_USE err manifest_decode(struct manifest *out, struct slice bytes, const uint8_t *pinned,
                             struct arena *a);

/* Those keys that followed the ring's last one, in order; nothing when it is the manifest's own. */
MUST_USE err manifest_keys(struct sign_ring *ring, const struct manifest *m);

struct certificate { /* "this is a device of this hub": shown to a restored hub that forgot it */
  struct id hub, device;
  struct slice name;
  uint8_t sign_public[key_bytes], noise_public[key_bytes];
  int64_t enrolled_ms;
};
/* The same, under "tutti.certificate". */
MUST_USE err certificate_encode(struct buf *out, const struct certificate *c,
                                const uint8_t hub_sign_secret[sign_secret_bytes]);
MUST_USE err certificate_decode(struct certificate *out, struct slice bytes,
                                const uint8_t hub_sign_public[key_bytes], struct arena *a);
MUST_USE err certificate_decode_by(struct certificate *out, struct slice bytes, const struct sign_ring *r,
                                   struct arena *a);

/* ---- enrolment codes ---- */
enum { enrol_seed_bytes = 16, enrol_fingerprint_bytes = 14, enrol_typed_chars_max = 80 };
struct enrol_code {
  uint8_t seed[enrol_seed_bytes];               /* 128 random bits, used once */
  uint8_t fingerprint[enrol_fingerprint_bytes]; /* of the hub's signing key: first bytes of
                                                   crypto_hash("tutti.hub", key) */
  struct slice url;                             /* empty in a typed code: the device is told it beside */
};
/* psk and token id both derive from the seed, so that the hub stores neither seed nor link:
 * ("tutti.enrol.psk"), ("tutti.enrol.id"). */
void enrol_psk(uint8_t out[key_bytes], const uint8_t seed[enrol_seed_bytes]);
void enrol_token_id(struct id *out, const uint8_t seed[enrol_seed_bytes]);
void enrol_fingerprint(uint8_t out[enrol_fingerprint_bytes], const uint8_t hub_sign_public[key_bytes]);
/* "tutti:1:<base64url of seed and fingerprint>:<url>", for the QR. ERR_INVALID unless the URL begins with
 * ws:// or wss:// and is printable ASCII. */
MUST_USE err enrol_link(struct buf *out, const struct enrol_code *c);
/* 52 characters of Crockford base32 in groups of four, two bytes of checksum inside; "O" reads as 0, "I" and
 * "L" as 1, case and spaces do not matter. */
MUST_USE err enrol_typed(struct buf *out, const struct enrol_code *c);
/* Reads either form. ERR_MALFORMED with a sentence that says which group looks wrong; ERR_VERSION for a link
 * of a later program. `url` borrows from `text`. */
MUST_USE err enrol_parse(struct enrol_code *out, struct slice text, struct fault *fault);

#endif
