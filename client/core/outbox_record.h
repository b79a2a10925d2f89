/* outbox_record.h: records of the outbox's file as bytes, and what they add to the index in memory. */
#ifndef TUTTI_CLIENT_OUTBOX_RECORD_H
#define TUTTI_CLIENT_OUTBOX_RECORD_H

#include "client/core/outbox.h"

enum outbox_record {
  OUTBOX_BUNDLE = 1,
  OUTBOX_RECEIPT = 2,
  OUTBOX_OPEN = 3,
  OUTBOX_CLEAN = 4,
  OUTBOX_ACK = 5
};
enum { outbox_magic_bytes = 8, outbox_head_bytes = 5, outbox_sum_bytes = 16 };
extern const char outbox_magic[];

MUST_USE err outbox_record_encode(struct buf *out, enum outbox_record kind, struct slice body);
MUST_USE err outbox_bundle_encode(struct buf *out, const struct outbox_facts *facts, struct slice bundle);
/* Reads one record at the start of `bytes`: ERR_TRUNCATED or ERR_CORRUPT when there is no whole one. */
MUST_USE err outbox_record_decode(struct slice bytes, enum outbox_record *kind_out, struct slice *body_out);
/* Sequence numbers and counters of an incarnation rise. Were they not to, sealing would begin again with what
 * is sealed already, and never end. */
bool outbox_follows(const struct outbox *o, const struct outbox_facts *f);
/* Adds a bundle whose body stands at `body_offset` of the file. */
MUST_USE err outbox_index_bundle(struct outbox *o, struct slice body, uint64_t body_offset);
MUST_USE err outbox_ack_encode(struct buf *out, const struct ack *ack);
MUST_USE err outbox_ack_decode(struct ack *out, struct slice body); /* ERR_CORRUPT */
MUST_USE err outbox_index_ack(struct outbox *o, struct slice body);
void outbox_facts_finish(struct outbox_facts *f);
MUST_USE err outbox_index_receipt(struct outbox *o, const struct receipt *r);

#endif
