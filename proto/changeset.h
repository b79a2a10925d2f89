/* changeset.h: changesets and rows as bytes. Ids are written once per list and referred to by number; a
 * natural-key row is named by its key. */
#ifndef TUTTI_PROTO_CHANGESET_H
#define TUTTI_PROTO_CHANGESET_H

#include "proto/codec.h"
#include "shared/crypto/crypto.h"
#include "shared/schema/row.h"

/* The ids of one bundle or feed batch, each once, in order of first use. */
struct id_list {
  struct id *list;
  size_t count, cap;
  uint32_t *slots;
  size_t slot_count;
};
void id_list_finish(struct id_list *l);
MUST_USE err id_list_intern(struct id_list *l, const struct id *id,
                            uint64_t *no_out); /* ERR_TOO_BIG past bundle_ids_max */

/* What a device knew about time: a reading of all its clocks, so that the hub can judge stamps. */
struct clock_sample {
  struct id boot;
  uint64_t mono_ms;
  int64_t wall_ms;
  int64_t hub_ms; /* the hub's time last learned, carried forward by mono; 0: never learned */
};
/* What a device tells beside its work. One that is not known yet comes with a newer schema. */
enum ack_kind {
  ACK_ERASED =
      1, /* an erasure: everything about the learner is gone from this device, and the file is rewritten */
  ACK_ORDER = 2, /* an order of the office is carried out */
};
struct ack {
  enum ack_kind kind;
  uint64_t number; /* the hub's number of the erasure or order, from 1 */
};
/* The order acks stand in, each once: by kind, then number. Negative when `a` comes first. */
int ack_compare(const struct ack *a, const struct ack *b);
/* The plaintext of a bundle. Counters rise through the list: cs[i].counter + cs[i].op_count ==
 * cs[i+1].counter. */
struct bundle_content {
  uint32_t schema; /* it was written with; content_encode writes content_since */
  const struct clock_sample *clocks;
  size_t clock_count;
  const struct ack *acks; /* rising, see ack_compare */
  size_t ack_count;
  const struct changeset *changesets; /* none in a bundle that only acknowledges */
  size_t changeset_count;
  uint64_t counter_end; /* after decoding: behind the last op, those of refused changesets included */
};
/* The lowest schema version that can say it all, so that an older hub takes whatever it can understand. */
uint32_t content_since(const struct bundle_content *c);
/* ERR_TOO_BIG when it is more than a bundle may hold: seal fewer changesets. */
MUST_USE err content_encode(struct buf *out, const struct bundle_content *c);
/* Enough memory for the largest content that content_decode accepts. */
enum { content_arena_bytes_max = 67108864 };
/* Everything is checked: known tables and units, natural-key ids derived, columns by value_check, bases
 * bounded, counters contiguous. A changeset whose *values* are not allowed does not spoil the others: it is
 * returned with op_count 0 and its error in `refused[i]` (array of changeset_count in the arena, ERR_OK
 * otherwise). Structure errors fail the whole. Memory from `a`; text is borrowed from `plain`. */
MUST_USE err content_decode(struct bundle_content *out, err **refused_out, struct slice plain,
                            struct arena *a, struct fault *fault);

/* ---- erasure: an op that says nothing about nobody, where one was whose learner is erased ---- */
/* It keeps its place, for counters are places: a mark of no learner at no session, unit 0 alone. */
void op_blank(struct op *op);
bool op_is_blank(const struct op *op);
/* The changeset with every op blanked that `about` says to blank. *left_out: how many ops say something now.
 * Ops are copied into `a` when any is blanked. */
typedef bool op_about(void *ctx, const struct op *op);
MUST_USE err changeset_blank(struct changeset *out, const struct changeset *cs, op_about *about, void *ctx,
                             struct arena *a, size_t *left_out);

/* One changeset alone, self-contained (own id list), as the device's database keeps it until it is sealed.
 * Decoding checks it like a content, but accepts the flags of the office and refuses bad values: ERR_INVALID.
 */
MUST_USE err changeset_encode(struct buf *out, const struct changeset *cs);
MUST_USE err changeset_decode(struct changeset *out, struct slice bytes, struct arena *a);

/* ---- feed ---- */
enum feed_kind { FEED_ROW = 1, FEED_LEAVE = 2, FEED_ERASE = 3 };
struct feed_item {
  enum feed_kind kind;
  const struct table *table;
  struct id id;
  uint64_t version;
  uint64_t erasure;      /* FEED_ERASE only: its number, to be acknowledged */
  const struct row *row; /* FEED_ROW only; columns outside the audience are VALUE_NULL */
};
/* Rows of one stream at their latest position, in order of position. A stream is an activity's id, a
 * person's, a grant's, or one of the two below. */
extern const struct id stream_reference, stream_staff; /* all zero but the last byte: 1, 2 */
/* The stream of a person's grant for an activity: what they wrote there about somebody's playing. It is the
 * grant's row id, so whoever knows both knows it. */
void stream_of_grant(struct id *out, const struct id *staff, const struct id *activity);
struct feed_batch {
  struct id stream;
  uint8_t audience;  /* mask the rows were projected for */
  uint64_t from, to; /* positions: after `from`, up to and including `to` */
  bool checkpoint;   /* the device now holds the stream as it was at `to` */
  bool restart;      /* forget what you hold of the stream first (a new audience, an unknown position) */
  bool repair;       /* the answer to MSG_REPAIR: its rows count whatever version the device has */
  bool has_digest;   /* of what the device now holds of the stream: see digest.h. With a checkpoint alone */
  uint8_t digest[hash_bytes];
  const struct feed_item *items;
  size_t count;
  uint32_t schema; /* no table or unit of a later one is in it; 0: this program's own */
  struct slice
      packed; /* the items as they travel, where that was made before; empty: they are written from `items` */
};
/* The items alone, for feed_batch.packed. */
MUST_USE err feed_encode_items(struct buf *out, const struct feed_batch *b);
/* What lies outside b->audience is not written, in rows and in heads alike, whatever the caller left in
 * them. */
MUST_USE err feed_encode(struct packer *p, const struct feed_batch *b);
/* Bounds, references and UTF-8 are checked; values are the hub's and were checked when it accepted them.
 * ERR_VERSION for what only a newer schema knows. Text borrows from the message, all else lives in `a`. */
MUST_USE err feed_decode(struct feed_batch *out, const item *i, struct arena *a);

#endif
