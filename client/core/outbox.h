/* outbox.h: the append-only file of sealed bundles and their receipts. It is the one truth about what was
 * sealed and what was receipted, so sealing and marking-as-sealed cannot fall apart; it is readable while
 * nobody is signed in.
 *
 * File: 8 bytes of magic, then records: length of the body u32 · kind u8 · body · first 16 bytes of
 * BLAKE2b("tutti.outbox", all before). BUNDLE   incarnation u32 · schema u32 · seq u64 · first counter u64 ·
 * last counter u64 · changesets u32 · notes u32 · sealed at i64 · tags u32 · tags u64… · acks u32 · acks
 * (kind u8, number u64)… · bundle RECEIPT  the hub's signed receipt OPEN     from here on the database may
 * hold work that is not sealed CLEAN    all of it is sealed ACK      kind u8 · number u64: to be told to the
 * hub A record that a power cut tore is the last one; it is cut off at the next start. */
#ifndef TUTTI_CLIENT_OUTBOX_H
#define TUTTI_CLIENT_OUTBOX_H

#include "proto/changeset.h"
#include "proto/receipt.h"
#include "shared/base/file.h"
#include "shared/base/limits.h"
#include "shared/base/now.h"

/* What a bundle holds, in the clear: numbers and the first bytes of random ids, so that a locked device can
 * say "1 register, 2 notes". */
struct outbox_facts {
  uint32_t incarnation;
  uint32_t schema; /* of its content: an older hub cannot take it */
  uint64_t seq;
  /* Without changesets the range is empty: it begins right behind what was sealed before. */
  uint64_t counter_first, counter_last;
  uint32_t changesets, notes;
  int64_t sealed_ms;
  const uint64_t *tags; /* distinct registers touched: see outbox_tag */
  uint32_t tag_count;
  const struct ack *acks; /* in it */
  uint32_t ack_count;
};
struct outbox_bundle {
  struct outbox_facts facts;
  uint64_t offset; /* of the sealed bytes in the file */
  uint32_t len;
  uint8_t hash[hash_bytes];
  enum receipt_status status; /* 0: no receipt yet */
  int64_t received_ms;
  uint32_t epoch;
  uint64_t position;
  uint32_t keep_days;                   /* from received_ms on, as its receipt says */
  struct receipt_exception *exceptions; /* as the receipt has them: changesets that were not simply applied */
  size_t exception_count;
};
struct outbox {
  const struct file_ops *ops;
  struct file *file;
  uint64_t size;
  struct outbox_bundle *list; /* in the order they were sealed */
  size_t count, cap;
  struct ack *acks; /* that were ever asked for, but for those of bundles that were left out */
  size_t ack_count, ack_cap;
  bool open; /* the database may hold unsealed work */
};
uint64_t outbox_tag(const struct id *session);
/* Opens or creates the file and reads it. `hub_keys` are the hub's signing keys. `hub_ms`: what time
 * it was when the hub last said so; 0: never. Receipted bundles that were kept long enough by then, or by the
 * newest receipt, are left out when the file is rewritten: a clock of this device's own is never believed in
 * that. What cannot be rewritten for want of room stays as it is. ERR_CORRUPT when a whole bundle behind a
 * damaged record would be lost. */
MUST_USE err outbox_load(struct outbox *out, const struct file_ops *ops, const struct sign_ring *hub_keys,
                         int64_t hub_ms, struct fault *fault);
void outbox_finish(struct outbox *o); /* closes the file */
/* Appends and returns after the bytes are durable. ERR_FULL past outbox_bytes_max; receipts still find room.
 */
MUST_USE err outbox_add(struct outbox *o, const struct outbox_facts *facts, struct slice bundle);
/* An acknowledgement for the next bundle. Durable when it returns; asked for again it does nothing. ERR_FULL
 * past acks_kept_max. */
MUST_USE err outbox_ack(struct outbox *o, const struct ack *ack);
/* Those that are in no bundle of this incarnation and in none that has a receipt: rising, at most `max`. */
size_t outbox_acks_waiting(const struct outbox *o, uint32_t incarnation, struct ack *out, size_t max);
MUST_USE err outbox_mark(struct outbox *o, bool open);
/* Appends a verified receipt; *news_out is false (and nothing is written) for one that says nothing new or
 * belongs to no bundle here. Durable after outbox_sync. */
MUST_USE err outbox_receipt(struct outbox *o, struct slice bytes, const struct receipt *r, bool *news_out);
MUST_USE err outbox_sync(struct outbox *o);
/* Reads a bundle's sealed bytes. */
MUST_USE err outbox_read(const struct outbox *o, const struct outbox_bundle *b, struct buf *out);
/* The newest bundle of an incarnation, or NULL. */
const struct outbox_bundle *outbox_last(const struct outbox *o, uint32_t incarnation);
const struct outbox_bundle *outbox_find(const struct outbox *o, uint32_t incarnation, uint64_t seq);
/* No bundle of the largest size fits any more. */
bool outbox_is_full(const struct outbox *o);
/* True when the hub has it and it counts: receipted as applied or conflict. */
static inline bool outbox_done(const struct outbox_bundle *b) {
  return b->status == RECEIPT_APPLIED || b->status == RECEIPT_CONFLICT;
}

/* The exception that stands for every changeset of a bundle: held, the other side of a fork, one that nobody
 * could read. NULL: each changeset has its own, or none. */
const struct receipt_exception *outbox_whole(const struct outbox_bundle *b);
/* Held, quarantined or refused: the hub's rows do not have it, and people should hear of it. */
bool outbox_withholds(const struct outbox_bundle *b, uint32_t changeset);
/* Whatever is withheld of it the office looked at and did not take: nothing more is to come. */
bool outbox_is_answered(const struct outbox_bundle *b);
/* Some changeset of it is withheld. */
static inline bool outbox_needs_help(const struct outbox_bundle *b) {
  return b->status == RECEIPT_HELD || b->status == RECEIPT_QUARANTINED || b->status == RECEIPT_REFUSED;
}

#endif
