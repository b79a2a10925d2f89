/* matters.h: what people disagree about, in the small hub: matters made by real bundles, for tests of the
 * desk. */
#ifndef TUTTI_TESTS_API_MATTERS_H
#define TUTTI_TESTS_API_MATTERS_H

#include "server/core/reconcile.h"
#include "tests/contract/api/desk.h"

/* Ada says one thing on her device, Ben eighteen minutes later another on his; both are brought. */
struct id matter_of_marks(const struct id *learner, int adas, int bens);
/* The matter of a mark's code at today's Strings. */
struct id matter_of_mark(const struct id *learner);
/* Ada enters a child at the door; the name is like one that is known. */
struct id matter_walk_in(const char *first, const char *last);
struct id matter_duplicate(const struct id *a, const struct id *b);
/* Today's Strings was delivered, and its register is closed. */
void matter_close_register(void);
/* Decides by the API as a page does: looks, and chooses. The answer stays the desk's. */
void matter_decide(const struct id *id, int choice, const char *reason);
void matter_undo(const struct id *id, const char *reason);

#endif
