/* draft.h: a note that somebody began and has not saved yet: kept by this device alone, for whoever began it,
 * so that a screen that locks or a battery that dies takes no words away. It is never sent. */
#ifndef TUTTI_CLIENT_DRAFT_H
#define TUTTI_CLIENT_DRAFT_H

#include "client/core/store.h"

/* Empty: nothing is kept any more. */
MUST_USE err draft_put(struct store *s, const struct id *staff, const struct id *learner, struct slice text);
/* Into `a`; empty when nothing was begun. */
MUST_USE err draft_get(struct store *s, const struct id *staff, const struct id *learner, struct arena *a,
                       struct slice *out);
/* Those about learners who are not on this device any more. */
MUST_USE err draft_tidy(struct store *s);

#endif
