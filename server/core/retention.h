/* retention.h: whose records have been kept for as long as the hub's rule says. Implemented by server/store.
 */
#ifndef TUTTI_SERVER_RETENTION_H
#define TUTTI_SERVER_RETENTION_H

#include "server/core/store.h"

struct view_expired {
  struct id learner;
  int32_t last; /* the day of their latest record: a mark, a note, a fact, the end of an enrolment */
  bool held;    /* a hold stands on them, or a case is open: nothing is erased */
};
/* Learners who are enrolled in nothing and whose latest record is from before `before`, by id. Who has no
 * dated record at all is not among them: nobody can say since when they are kept. */
MUST_USE err views_expired(struct store *s, int32_t before, struct arena *a, struct view_expired **out,
                           size_t *count);

#endif
