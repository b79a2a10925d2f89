/* need_sql.h: what staff must know of learners, as it stands on a day. */
#ifndef TUTTI_CLIENT_NEED_SQL_H
#define TUTTI_CLIENT_NEED_SQL_H

#include "client/core/store.h"

struct need_info {
  struct id id, learner;
  struct slice name, text; /* name: the learner's, which stands elsewhere; empty here */
  int64_t kind;
  int32_t expires; /* 0: never */
};
/* All on this device that are in force on `date`, by kind, their text copied into `a`. */
MUST_USE err need_list(struct store *s, int32_t date, struct arena *a, struct need_info **out, size_t *count);

#endif
