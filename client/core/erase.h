/* erase.h: a learner whom the hub erased leaves this device: rows, membership, overlays, and what was written
 * here about them, sent or not. Then the file is rewritten, and the hub is told. Each step is durable before
 * the next, so a device that stops between any two goes on where it was. */
#ifndef TUTTI_CLIENT_ERASE_H
#define TUTTI_CLIENT_ERASE_H

#include "client/core/state.h"

/* Inside the feed's transaction. What is not sealed yet is sealed first, because a bundle has no gaps; the
 * hub leaves out what is about the learner. */
MUST_USE err erase_apply(struct core *c, const struct feed_item *one);
/* Rewrites the file when something was erased or purged, and tells the hub of each erasure. Without room it
 * is tried again after a while. Outside a transaction. */
MUST_USE err erase_finish(struct core *c);
/* Right after the database was opened: an erasure that was not finished is. */
MUST_USE err erase_resume(struct core *c);

/* ---- erase_sql.c ---- */
MUST_USE err erasing_put(struct store *s, uint64_t number);
MUST_USE err erasing_list(struct store *s, struct arena *a, uint64_t **out, size_t *count);
MUST_USE err erasing_forget(struct store *s);
/* A changeset with other bytes, and nothing left to undo. Empty bytes: there is nothing in it any more. */
MUST_USE err kept_rewrite(struct store *s, uint64_t counter, struct slice bytes);

#endif
