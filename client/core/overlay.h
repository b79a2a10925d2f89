/* overlay.h: this device's pending ops laid over rows of the hub. */
#ifndef TUTTI_CLIENT_OVERLAY_H
#define TUTTI_CLIENT_OVERLAY_H

#include "client/core/state.h"

/* The bundle an op was sealed in, or NULL while it is not. */
const struct outbox_bundle *overlay_bundle(const struct core *c, const struct pending_op *op);
/* The newest bundle that holds the changeset, whichever incarnation it was numbered in; NULL: none is kept.
 * *counts_out: its receipt says that the hub's rows have the changeset. */
const struct outbox_bundle *overlay_delivered(const struct core *c, uint64_t changeset, bool *counts_out);
/* True when a feed that stands at `position` contains the op: it is receipted, not withheld, and its
 * receipt's position is reached. */
bool overlay_contained(const struct core *c, const struct pending_op *op, uint64_t position);
/* Nothing of this device's lies over the hub's form of a row: a feed at `position` contains all of it. */
bool overlay_is_none(const struct core *c, const struct row *hub, uint64_t position);
/* Saves the hub's form of a row with those pending ops over it that a feed at `position` does not contain,
 * and remembers the hub's form as long as there are any. */
MUST_USE err overlay_save(struct core *c, const struct feed_batch *batch, const struct feed_item *i,
                          const struct row *row);
/* The row left this device's scopes, or was erased: it goes, at the latest when nothing of it is pending. */
MUST_USE err overlay_leave(struct core *c, uint8_t table, const struct id *row);
/* After some ops of a row stopped being pending: the hub's form with the rest over it. */
MUST_USE err overlay_rebuild(struct core *c, uint8_t table, const struct id *row);

#endif
