/* pending.h: this device's ops that the hub's feed does not contain yet. They are laid over every row the
 * feed brings, so that nothing written here is ever lost from sight. Kept in memory; the table `changeset` is
 * what it is loaded from. */
#ifndef TUTTI_CLIENT_PENDING_H
#define TUTTI_CLIENT_PENDING_H

#include "shared/schema/schema.h"

struct pending_op {
  uint8_t table;
  uint32_t incarnation;
  uint64_t changeset; /* counter of the changeset's first op */
  uint64_t counter;   /* this op's own */
  struct id row, stream;
  size_t earlier; /* 1 + index of the op before it on the same row, 0: none */
};
struct pending {
  struct pending_op *list; /* by counter */
  size_t count, cap;
  size_t *slots; /* open addressing by (table, row): 1 + index of the latest op */
  size_t slot_count;
  size_t changesets;
};
void pending_finish(struct pending *p);
/* Ops come in the order of their counters. ERR_FULL past changes_kept_max changesets. */
MUST_USE err pending_add(struct pending *p, const struct pending_op *op);
/* The latest op on a row, or NULL; and the one before it. */
const struct pending_op *pending_latest(const struct pending *p, uint8_t table, const struct id *row);
const struct pending_op *pending_earlier(const struct pending *p, const struct pending_op *op);
/* Removes every op for which `gone` says so. */
typedef bool pending_gone(void *ctx, const struct pending_op *op);
MUST_USE err pending_remove(struct pending *p, pending_gone *gone, void *ctx);

#endif
