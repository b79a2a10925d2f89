/* erase.h: a learner's records are erased from the hub and, through the feed, from every device. The ledger
 * keeps hashes: H("tutti.erase", hub ‖ id), by which ops that still come about the learner are known and left
 * out. */
#ifndef TUTTI_SERVER_ERASE_H
#define TUTTI_SERVER_ERASE_H

#include "server/core/release.h"

struct erase_result;
struct erase_order {
  struct id learner;
  struct id by;        /* the hub's id for the command line */
  struct slice reason; /* at most erase_reason_bytes_max; the office is told to name nobody in it */
  uint64_t number;     /* of a journal that is replayed; 0: the next one */
  int64_t at_ms;       /* of that journal; 0: now */
  struct slice rows;   /* of that journal: those that erase_lists lists, a table's number and an id each */
  bool dry_run;        /* counts, and changes nothing */
  /* In the same transaction: what is asked before anything is done, for nothing is after an error; and what
   * is done beside it. NULL: nothing. */
  err (*first)(void *ctx);
  err (*also)(void *ctx, const struct erase_result *result);
  void *ctx; /* of both */
};
struct erase_result {
  uint64_t number;                /* the first of them */
  uint64_t learners;              /* that were one child by merging */
  uint64_t rows, ops, bundles;    /* rows gone, ops of the history and bundles blanked */
  uint64_t unreadable;            /* bundles whose inside nobody can read, so nobody can say what they name */
  bool before;                    /* it was done already: nothing was changed */
  struct quarantine_ref *emptied; /* changesets that waited and say nothing any more; only while it runs */
  size_t emptied_count;
  struct change_set changes;
};
/* One transaction; call erase_scrub after it. Without a number: the learner and everybody merged with them.
 * ERR_NOT_FOUND, ERR_FORBIDDEN while a safeguarding hold stands, each with a sentence. With a number, as a
 * journal replays it: that id alone, whether it is there or not, in spite of a hold (the decision was made),
 * and nothing at all when the number is done; ERR_CONFLICT when the number is another learner's. */
MUST_USE err erase_learner(struct erase_result *out, const struct hub *hub, struct store *store,
                           const struct now *now, const struct erase_order *order, struct fault *fault);
/* One that a journal replays (with its number), inside the caller's transaction. What it empties waits for
 * the rejections that follow in the journal. */
MUST_USE err erase_replay(const struct hub *hub, struct store *store, const struct now *now,
                          const struct erase_order *order);
/* Inside the transaction that erases: the files are to be rewritten. */
MUST_USE err erase_scrub_later(struct store *store);
/* Rewrites the file, and the journal, if something was erased since the last time. While somebody reads, the
 * disk is full, or another program erases meanwhile, it stays due: *done_out is false, and housekeeping tries
 * again. */
MUST_USE err erase_scrub(const struct hub *hub, struct store *store, bool *done_out);

/* A safeguarding hold: the learner cannot be erased while it stands. ERR_NOT_FOUND, ERR_EXISTS. */
MUST_USE err erase_hold(const struct hub *hub, struct store *store, const struct now *now,
                        const struct store_hold *hold, struct fault *fault);
MUST_USE err erase_lift(const struct hub *hub, struct store *store, const struct now *now,
                        const struct id *learner, const struct id *by, struct fault *fault);

void erase_hash(uint8_t out[hash_bytes], const struct id *hub, const struct id *id);

/* ---- what the files of this folder share ---- */
struct work;
enum { erase_row_bytes = 1 + id_bytes };
/* A row whose ops need not say whom it is about: the ledger, and the journal, know it by its own id. */
bool erase_lists(const struct row_key *key);
/* Is the op about somebody erased, or about nobody (op_is_blank)? */
MUST_USE err erased_op(struct work *w, const struct op *op, bool *out);
/* Of such an op of the office: does it say anew, of somebody who stands, what the retention schedule removed
 * by itself? Then the ledger forgets the row before it is written. */
MUST_USE err erased_anew(struct work *w, const struct op *op, bool *out);
MUST_USE err erased_forget(struct work *w, const struct op *op);
/* The ops of a changeset that are about nobody erased, and each one's place in it. *out is `cs` itself, and
 * *places NULL, when all are. */
MUST_USE err erased_strip(struct work *w, const struct changeset *cs, struct arena *a, struct changeset *out,
                          const uint32_t **places);
/* A bundle's bytes with the ops on these rows, and those about this learner, blanked and sealed again; signed
 * by the hub, for only its device can sign as the device. *out is empty when nothing of it was about them.
 * *whole[i]: nothing is left of changeset i. ERR_CRYPTO, ERR_MALFORMED, ERR_VERSION: nobody can read it. */
struct erase_subject {
  struct id learner;
  const struct row_key *rows;
  size_t row_count;
  struct arena *kept; /* for what outlives one bundle */
};
MUST_USE err erase_reseal(struct buf *out, bool **whole, size_t *count, const struct hub *hub,
                          struct slice raw, op_about *about, void *ctx, struct arena *a);
/* All bundles whose bytes are kept. */
MUST_USE err erase_bundles(struct erase_result *r, const struct hub *hub, struct store *store,
                           const struct erase_subject *subject);

#endif
