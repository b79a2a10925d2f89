/* concern_sql.h: the concerns that were written on this device: sealed rows that nobody can read here. */
#ifndef TUTTI_CLIENT_CONCERN_SQL_H
#define TUTTI_CLIENT_CONCERN_SQL_H

#include "client/core/store.h"

typedef err concern_fn(void *ctx, const struct id *row);
MUST_USE err concern_each(struct store *s, const struct id *staff, concern_fn *each, void *ctx);

#endif
