/* merge.h: the pure merge. (row with heads, op) -> (row with heads, what changed for people). Rules stand in
 * one table in merge.c. */
#ifndef TUTTI_MERGE_MERGE_H
#define TUTTI_MERGE_MERGE_H

#include "shared/schema/row.h"

enum { merge_rules_version = 1 };

/* What became of one unit of an op. */
enum merge_effect {
  MERGE_IN_USE,     /* its values are the row's now */
  MERGE_NOT_IN_USE, /* kept as a head; another head is in use */
  MERGE_SUPERSEDED, /* an accepted op named it as a base before it arrived: history only */
};
/* Why people should look at a unit, as a function of its heads alone. */
enum conflict_kind {
  CONFLICT_NONE,
  CONFLICT_HUMAN, /* several heads with different values under HUMAN, or HUMAN_AUTHORS with different authors
                   */
  CONFLICT_ONCE,  /* a second first value */
  CONFLICT_PROPOSAL, /* the field wrote what the office owns */
  CONFLICT_UNSURE,   /* the value in use was written with an unsure clock over another */
};
struct merge_outcome {
  enum merge_effect effect[op_units_max];   /* for units in op->units */
  uint32_t changed;                         /* units whose values in use changed */
  uint32_t conflict_before, conflict_after; /* units in conflict, as bits */
};
/* Tells whether an op was accepted earlier (so that a base that is no head was superseded, not unseen). */
typedef bool merge_seen(void *ctx, const struct op_id *op);

struct merge_op {
  const struct op *op;
  struct op_id id;
  struct id author;
  uint64_t stamp;
  uint8_t flags;
};
/* Applies one op to the row in place. The op's values must have passed value_check. Memory comes from `a` and
 * must outlive the row. Idempotent: an op that is already a head changes nothing. Errors: ERR_NO_MEMORY,
 * ERR_TOO_BIG past heads_per_unit_max. */
MUST_USE err merge_apply(struct row *row, const struct merge_op *m, merge_seen *seen, void *seen_ctx,
                         struct arena *a, struct merge_outcome *out);
/* The conflict of one unit now. */
enum conflict_kind merge_conflict(const struct row *row, uint8_t unit);
/* The index of the head in use: highest (stamp, device, counter), but lowest for ONCE, the office's first for
 * OFFICE. Needs count > 0. */
size_t merge_in_use(const struct row *row, uint8_t unit);
/* Domain settlement: true when the pair needs no person (late with a time supersedes away; equal values). */
bool merge_settles(const struct table *t, uint8_t unit, const struct head *a, const struct head *b);

#endif
