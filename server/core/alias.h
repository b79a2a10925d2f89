/* alias.h: private to this folder: rows that stand for the same child or the same meeting. */
#ifndef TUTTI_SERVER_ALIAS_H
#define TUTTI_SERVER_ALIAS_H

#include "server/core/work.h"

/* Where a learner is merged into, or which session it is the same as; zero: nowhere. */
struct id alias_pointer(const struct row *row);
/* After the ops, before anything is saved: classes as the rows have them now, and learners into the streams
 * of their whole class. */
MUST_USE err alias_update(struct work *w);

#endif
