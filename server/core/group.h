/* group.h: private to this folder: the bundles of one write transaction on their way in. */
#ifndef TUTTI_SERVER_GROUP_H
#define TUTTI_SERVER_GROUP_H

#include "proto/bundle.h"
#include "server/core/admit.h"

/* One bundle: from a job, or a held one that a job's bundle released. */
struct entry {
  struct job *job; /* whose answer carries its receipt */
  bool released;   /* it came earlier and was held */
  struct bundle_parts parts;
  uint8_t hash[hash_bytes];
  struct slice bytes;
  int64_t received_ms; /* first */
  enum receipt_status status;
  struct receipt_exception *exceptions;
  size_t exception_count, exception_cap;
  struct receipt_pin *pins;
  size_t pin_count, pin_cap;
  bool erased;            /* something of it was about somebody who was erased */
  const struct ack *acks; /* in `arena` */
  size_t ack_count;
  struct buf plain;   /* texts of its ops point here until the group is saved */
  struct arena arena; /* its ops */
  struct slice receipt;
  size_t no;       /* its place in the group, from 1: the mark of its ops */
  uint64_t number; /* bundle_save's */
};
/* A device's counter sequence, as this transaction leaves it. */
struct sequence {
  struct store_device device;
  struct store_chain chain;
  uint64_t seen_last; /* highest op counter accepted */
  bool changed;
};
struct group {
  const struct hub *hub;
  struct store *store;
  struct now now;
  uint64_t epoch;
  struct work work;
  struct admit admit;
  struct arena arena;
  struct entry **entries;
  size_t entry_count, entry_cap;
  struct sequence *sequences[ingest_group_bundles_max];
  size_t sequence_count;
  struct sequence *unfinished; /* has more held bundles than one transaction takes */
  struct job *unfinished_job;
};

/* Begins the transaction; whoever fails rolls it back, and finishes in any case. */
MUST_USE err group_begin(struct group *g, const struct hub *hub, struct store *store, const struct now *now);
void group_finish(struct group *g);
/* Signs receipts and writes everything; the caller commits. */
MUST_USE err group_save(struct group *g);

MUST_USE err entry_add(struct entry **out, struct group *g, struct job *job);
void entry_drop_last(struct group *g);
/* Opens the bundle and applies what is admitted. *refused: ERR_OK, or why the bundle cannot be taken now
 * (ERR_VERSION): nothing of it is stored then. */
MUST_USE err entry_accept(struct group *g, struct entry *e, struct sequence *s, err *refused);
/* The bundle's inside. *reason: what is wrong with it, ERR_OK when nothing is; refused[i]: what is wrong with
 * changeset i. */
MUST_USE err entry_open(struct group *g, struct entry *e, struct bundle_content *out, err **refused,
                        err *reason);
/* Applies one changeset by the office's permission. *reason: why that cannot be. An op that was accepted
 * before is not applied again. */
MUST_USE err entry_release(struct group *g, struct entry *e, uint32_t index, const struct changeset *cs,
                           err *reason);
MUST_USE err entry_except(struct entry *e, uint32_t changeset, enum receipt_status status, err reason);
MUST_USE err entry_pin(struct entry *e, uint32_t changeset, uint64_t stamp);
/* The intake keys by their number; NULL when the hub has none of that number. */
const struct hub_box_key *hub_intake(const struct hub *hub, uint32_t number);
/* Caps, signature, order; then entry_accept, also for bundles held until now. What is wrong with the bundle
 * goes to job->result. */
MUST_USE err group_take(struct group *g, struct job *job);
MUST_USE err group_release(struct group *g, struct sequence *s, struct job *job);
MUST_USE err group_sequence(struct sequence **out, struct group *g, const struct id *device,
                            uint32_t incarnation);

#endif
