/* merge.h: the pure merge: (row with heads, op) -> (row with heads, what changed for people).
 *
 * The rules stand in one table in rules.c. Per unit, heads are the ops that no accepted op replaced by naming
 * them as a base, with two refinements that follow from who may decide: under ONCE only the office's bases
 * replace (a first value stays until then), and under OFFICE a base replaces field ops only (a proposal never
 * ousts what it saw), while of the office's own ops the highest is kept. A constant unit (a natural key, or
 * unit 0 without columns) has one head, the highest op that wrote it.
 *
 * A decision is an op of the office whose bases are all the heads. Undoing it brings the heads back as new
 * ops (OP_RESTORED) that name the decision as their base and carry each head's own author, values and flags:
 * an op once replaced stays replaced, so the row remains a function of the set of ops. Under ONCE a restored
 * head's base replaces like the office's. Under OFFICE, where the highest of the office's ops counts, the
 * office's earlier value is simply written again; where there was none, the highest restored head also has
 * OP_OFFICE, so that it takes the decision's place by its height, and with both flags counts as the field's.
 *
 * Removal: whoever sets `removed` writes every unit that has a value, as it saw it, and names all heads. So a
 * head of a removed row that no removal wrote, and that says something else than the removal saw, is work
 * somebody did without knowing of the removal: that is a conflict of the unit `removed`, and the only one a
 * removed row has. */
#ifndef TUTTI_MERGE_MERGE_H
#define TUTTI_MERGE_MERGE_H

#include "shared/schema/row.h"

enum { merge_rules_version = 1 };

/* What became of one unit of an op. */
enum merge_effect {
  MERGE_IN_USE,     /* its values are the row's now */
  MERGE_NOT_IN_USE, /* kept as a head; another head is in use */
  MERGE_SUPERSEDED, /* replaced by an op that was accepted before it arrived: history only */
};
/* Why people should look at a unit, as a function of its heads alone. */
enum conflict_kind {
  CONFLICT_NONE,
  CONFLICT_HUMAN,    /* heads with different values: HUMAN; by different authors: HUMAN_AUTHORS */
  CONFLICT_ONCE,     /* a second first value */
  CONFLICT_PROPOSAL, /* the field wrote what the office owns */
  CONFLICT_UNSURE,   /* the value in use was written with an unsure clock over another */
  CONFLICT_REMOVED,  /* removed by somebody who had not seen all of it */
  CONFLICT_AWAY,     /* HUMAN or UNSURE, but all say "away": told us, or not told. No matter while an absence
                        notice     covers the date, which only who sees both rows can tell */
};
struct merge_outcome {
  enum merge_effect effect[op_units_max];   /* for units in op->units */
  uint32_t changed;                         /* units whose values in use changed */
  uint32_t conflict_before, conflict_after; /* units in conflict, as bits */
  /* Heads that gave way to this op in some unit without being named as its base. */
  size_t unnamed_count;
  struct op_id unnamed[op_units_max];
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
/* Applies one op to the row in place, the arrays of its heads included: whoever may have to go back loads the
 * row again. The op's values must have passed value_check; they are copied, so the op may go afterwards.
 * Memory comes from `a`, which must outlive the row. An op that is a head already changes nothing; one that
 * was accepted earlier and is no head any more must not be applied again. `row->version` is the caller's.
 * ERR_TOO_BIG past heads_per_unit_max or ghosts_per_unit_max (the row is as before); ERR_NO_MEMORY (the row
 * is to be dropped). */
MUST_USE err merge_apply(struct row *row, const struct merge_op *m, merge_seen *seen, void *seen_ctx,
                         struct arena *a, struct merge_outcome *out);
/* Whether the op would find room: merge_apply gives ERR_TOO_BIG where this does, and nowhere else. Changes
 * nothing. */
MUST_USE err merge_room(struct row *row, const struct merge_op *m, merge_seen *seen, void *seen_ctx);
/* True when the op is a head of some unit. */
bool merge_is_head(const struct row *row, const struct op_id *op);
/* True when the op is one of those that removed the row: a head of the unit `removed`. */
bool merge_removal_wrote(const struct row *row, const struct op_id *op);
/* The conflict of one unit now. */
enum conflict_kind merge_conflict(const struct row *row, uint8_t unit);
/* The index of the head in use: the highest (stamp, device, incarnation, counter) that no other settles away,
 * but the lowest for ONCE and the office's for OFFICE. Needs count > 0. */
size_t merge_in_use(const struct row *row, uint8_t unit);
/* Domain settlement: true when the pair needs no person (late with a time supersedes away; equal values).
 * Both have their values. */
bool merge_settles(const struct table *t, uint8_t unit, const struct head *a, const struct head *b);

#endif
