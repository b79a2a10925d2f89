/* door_sql.h: whom the door knows today: who is enrolled in something that meets, in what the person who
 * opened the door is granted, be it only for the door. */
#ifndef TUTTI_CLIENT_DOOR_SQL_H
#define TUTTI_CLIENT_DOOR_SQL_H

#include "client/core/store.h"

/* Text lives for the call of `each` only. */
struct door_player {
  struct id learner, session, activity;
  struct slice given, initial, instrument, session_name;
  int64_t starts, ends;
};
typedef err door_fn(void *ctx, const struct door_player *p);
/* Everybody, or `learner` alone when it is not NULL, by the session's beginning. */
MUST_USE err door_each(struct store *s, const struct id *staff, int32_t today, const struct id *learner,
                       door_fn *each, void *ctx);
/* Whether the hub's rule lets learners sign themselves out. */
MUST_USE err door_own_way(struct store *s, bool *out);

#endif
