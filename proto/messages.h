/* messages.h: what device and hub say to each other inside Noise, and the little that is said before it.
 * Encode and decode of each stand together in messages_*.c. */
#ifndef TUTTI_PROTO_MESSAGES_H
#define TUTTI_PROTO_MESSAGES_H

#include "proto/changeset.h"
#include "shared/crypto/noise.h"

enum { protocol_version = 1 };
#define PROTOCOL_SUBPROTOCOL "tutti.v1"

/* ---- before the handshake: the first byte of the client's first binary message ---- */
enum opening_kind {
  OPENING_MANIFEST = 'M', /* nothing follows: the hub answers with its manifest and closes */
  OPENING_SYNC = 'H',     /* then version u16, hub id, noise key number u32, Noise_XK message 1 */
  OPENING_ENROL = 'E', /* then version u16, hub id, noise key number u32, token id, Noise_XKpsk3 message 1 */
};
struct opening {
  enum opening_kind kind;
  struct id hub;
  uint32_t noise_key;
  struct id token;    /* OPENING_ENROL */
  struct slice noise; /* message 1 */
};
MUST_USE err opening_encode(struct buf *out, const struct opening *o);
MUST_USE err opening_decode(struct opening *out, struct slice bytes); /* ERR_VERSION, ERR_MALFORMED … */
/* The prologue both sides mix in: "tutti" ‖ everything of the opening before its Noise message. */
MUST_USE err opening_prologue(struct buf *out, const struct opening *o);

/* ---- frames: one Noise transport message; plaintext = one byte (0 last, 1 more follow) ‖ a piece of a
 * message ---- */
struct frame_joiner { /* reassembles; ERR_TOO_BIG past message_bytes_max */
  struct buf message;
  bool complete;
};
void frame_joiner_init(struct frame_joiner *j);
void frame_joiner_finish(struct frame_joiner *j);
/* Decrypts one frame; any error ends the connection. A frame that more follow must be full. When j->complete
 * is set, j->message holds a whole message until the next call. */
MUST_USE err frame_read(struct frame_joiner *j, struct noise *n, struct slice frame);
/* Encrypts a message into one or more frames, each handed to `emit` (bytes live for that call). */
MUST_USE err frame_write(struct noise *n, struct slice message, err (*emit)(void *ctx, struct slice frame),
                         void *ctx);

/* ---- messages: msgpack arrays [type, …] ---- */
enum message_type {
  /* device to hub */
  MSG_HELLO = 1, /* payload of handshake message 3 (sync) */
  MSG_BUNDLE = 2,
  MSG_SUBSCRIBE = 3,
  MSG_CREDIT = 4,
  MSG_ENROL = 5, /* payload of handshake message 3 (enrolment) */
  MSG_ENROL_CONFIRM = 6,
  MSG_BYE = 7, /* either way: the explicit end */
  MSG_REPAIR = 8,
  MSG_CARRY = 9,
  /* hub to device */
  MSG_WELCOME = 32,
  MSG_RECEIPTS = 33,
  MSG_FEED = 34,
  MSG_MANIFEST = 35,
  MSG_GRANTS = 36,
  MSG_RETRY = 37,
  MSG_ENROLLED = 38,
  MSG_ORDERS = 39,
  MSG_CARRIED = 40,
};
/* One of the device's bundles. */
struct bundle_ref {
  uint32_t incarnation;
  uint64_t seq;
};
/* The latest epoch of any receipt of one incarnation, and the highest bundle receipted in it (held ones not
 * counted); both 0: none. */
struct chain_ref {
  uint32_t incarnation;
  uint32_t epoch;
  uint64_t seq;
};
/* The last bundle in a row that the hub holds of an incarnation; zeros: none. */
struct chain_end {
  uint64_t seq;
  uint8_t hash[hash_bytes];
};
struct msg_hello {
  struct id device;
  uint32_t incarnation;
  uint64_t sealed_seq;  /* highest bundle the device has sealed */
  uint32_t epoch;       /* the latest of any receipt it holds; 0 never */
  uint64_t receipt_seq; /* highest receipted in that epoch; a hub that remembers less was restored */
  uint32_t schema;
  int64_t wall_ms;
  uint64_t manifest;    /* number it holds */
  struct slice program; /* "tutti-kiosk 0.1.0" */
  /* Bundles whose receipt says that something of them waits or was refused. The office may have decided
   * since, so the hub answers each with the receipt as it stands. */
  const struct bundle_ref *withheld;
  size_t withheld_count;
  /* What it holds of earlier incarnations; the latest ones, should there be more than hello_earlier_max. */
  const struct chain_ref *earlier;
  size_t earlier_count;
  struct slice certificate; /* for a hub that was restored from before it knew this device */
};
struct msg_bundle {
  struct slice bytes;
};
struct stream_position {
  struct id stream;
  uint64_t position; /* 0: nothing held */
  uint8_t audience;  /* it was fetched for */
};
struct msg_subscribe { /* where the device stands in each stream it holds; sent after WELCOME */
  uint32_t epoch;
  const struct stream_position *streams;
  size_t count;
};
struct msg_credit { /* that many more feed batches may be sent */
  uint32_t batches;
};
struct msg_enrol {
  uint8_t sign_public[key_bytes];
  uint8_t kind; /* ENUM_device_kind_… */
  struct slice program;
};
enum bye_reason { BYE_DONE = 1, BYE_STOPPING = 2, BYE_REVOKED = 3, BYE_UPDATE = 4, BYE_ERROR = 5 };
struct msg_bye {
  enum bye_reason reason;
};
/* The digest of a checkpoint is not what the device has: it lists its rows, piece by piece, and the hub
 * answers each with what differs between `after` and the piece's last row (or, in the last piece, the end).
 */
struct msg_repair {
  struct id stream;
  uint8_t audience;
  bool last;
  bool restart;       /* rows did not help: send the whole stream anew. No rows then */
  struct slice after; /* table and id of the last row of the piece before; empty in the first */
  struct slice rows;  /* see struct digest_entry; rising */
};
/* A piece of another device's export file: itself an export file, of one bundle or of carried_piece_bytes
 * together. The next one waits for MSG_CARRIED. */
struct msg_carry {
  struct id who; /* who is said to have taken the file to carry; zero: nobody was signed in */
  struct slice file;
};
struct staff_ref {
  struct id id;
  struct slice name;
};
struct msg_welcome {
  int64_t hub_ms;
  uint32_t epoch;
  uint64_t bundle_seq; /* highest the hub holds of this device and incarnation (held ones not counted); the
                          device resends from the next */
  uint8_t bundle_hash[hash_bytes]; /* of that one: differs from the device's own when one of the two forked */
  uint64_t manifest;
  uint32_t lease_days; /* term days */
  uint32_t feed_credit;
  uint32_t schema; /* the hub's: content of a later one has to wait */
  /* As bundle_seq and bundle_hash, of each of HELLO's earlier incarnations, in its order. */
  const struct chain_end *earlier;
  size_t earlier_count;
};
/* What the device may hold from now on: everything else is purged once nothing of it is unsent. Sent after
 * WELCOME and on every change. */
struct msg_grants {
  const struct stream_position *streams; /* position: the hub's present one */
  size_t stream_count;
  const struct staff_ref *staff; /* who may sign in on this device */
  size_t staff_count;
};
struct msg_receipts {
  const struct slice *receipts;
  size_t count;
};
struct msg_feed {
  struct feed_batch batch;
};
struct msg_manifest {
  struct slice bytes;
};
struct msg_retry {
  uint32_t ms;
};
struct msg_enrolled {
  struct id device;
  struct slice device_name, certificate, manifest;
  int64_t hub_ms;
  const struct staff_ref *staff;
  size_t staff_count;
  uint8_t lease_secret[key_bytes]; /* renews the lease by a code that a person reads aloud */
};
struct msg_orders { /* what the device has not carried out yet, by rising number */
  const struct slice *orders;
  size_t count;
};
/* What became of a carried piece. */
struct msg_carried {
  uint32_t refused; /* of its bundles */
  struct slice why; /* a name of err.def: of the first of those, or of the file; empty: nothing was refused */
  struct slice reply; /* a reply file for the piece's device; empty when the file itself was refused */
};
struct message {
  enum message_type type;
  union {
    struct msg_hello hello;
    struct msg_bundle bundle;
    struct msg_subscribe subscribe;
    struct msg_credit credit;
    struct msg_enrol enrol;
    struct msg_bye bye;
    struct msg_repair repair;
    struct msg_welcome welcome;
    struct msg_grants grants;
    struct msg_receipts receipts;
    struct msg_feed feed;
    struct msg_manifest manifest;
    struct msg_retry retry;
    struct msg_enrolled enrolled;
    struct msg_orders orders;
    struct msg_carry carry;
    struct msg_carried carried;
  };
};
MUST_USE err message_encode(struct buf *out, const struct message *m);
/* Memory from `a`, bytes and text borrowed from `bytes`. ERR_MALFORMED for an unknown type. */
MUST_USE err message_decode(struct message *out, struct slice bytes, struct arena *a);

#endif
