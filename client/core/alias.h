/* alias.h: rows that stand for the same child or the same meeting, as the office said: whoever reads takes an
 * id for its canonical one (PROTOCOL section 5). What is written keeps the id it was first written under. */
#ifndef TUTTI_CLIENT_ALIAS_H
#define TUTTI_CLIENT_ALIAS_H

#include "client/core/store.h"

/* False when no learner is merged and no session the same as another: most devices, most days. */
MUST_USE err alias_any(struct store *s, bool *out);
MUST_USE err alias_learner(struct store *s, const struct id *id, struct id *out);
MUST_USE err alias_session(struct store *s, const struct id *id, struct id *out);
/* A canonical id and everybody who stands behind it, itself first. */
MUST_USE err alias_learners_of(struct store *s, const struct id *id, struct arena *a, struct id **out,
                               size_t *count);
MUST_USE err alias_sessions_of(struct store *s, const struct id *id, struct arena *a, struct id **out,
                               size_t *count);
/* Which of two marks of one child at one meeting counts: negative when the first does. `learner` and
 * `session` are the canonical ids. */
int alias_compare_marks(const struct id *learner, const struct id *session, const struct id a[2],
                        const struct id b[2]);

#endif
