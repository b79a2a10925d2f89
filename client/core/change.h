/* change.h: one user action as one changeset: rows, the changeset's bytes and its undo become durable in one
 * transaction. */
#ifndef TUTTI_CLIENT_CHANGE_H
#define TUTTI_CLIENT_CHANGE_H

#include "client/core/state.h"

struct change_row {
  struct row row;
  uint32_t units; /* this change sets */
  struct value values[op_columns_max];
  size_t stamp_column; /* gets the changeset's stamp as its value; op_columns_max: none */
};
struct change {
  struct core *core;
  struct change_row **rows; /* in the order of the ops; in the step's arena */
  size_t count;
  struct id stream;  /* the activity it belongs to */
  struct id session; /* zero: none */
  uint32_t notes;
  const char *undo;         /* what it did, in words; NULL: cannot be undone */
  uint64_t undoes;          /* counter of the changeset this one takes back, 0: none */
  const struct id *drafted; /* the learner whose note, begun before, this is; NULL: none */
};
MUST_USE err change_begin(struct change *ch, struct core *core, const struct id *stream,
                          const struct id *session);
/* The row with this id, loaded once; it may not exist yet. ERR_TOO_BIG past changeset_ops_max rows. */
MUST_USE err change_row(struct change *ch, uint8_t table, const struct id *id, struct change_row **out);
/* Sets one column; every other column of its unit keeps the value it has, unless it is set too. */
void change_set(struct change_row *r, size_t column, struct value v);
/* Takes the row away: says of every unit that has a value what the person saw, so that what somebody else
 * writes meanwhile is noticed and not lost. */
void change_remove(struct change_row *r);
/* Checks values, stamps, merges, saves and commits. Without any row set it does nothing. ERR_INVALID with a
 * sentence for a value that is not allowed. */
MUST_USE err change_commit(struct change *ch, struct fault *fault);
/* Says what to do when there is no room, or no right, to write; any other failure as it is. */
MUST_USE err change_unwritten(err e, struct fault *fault);

#endif
