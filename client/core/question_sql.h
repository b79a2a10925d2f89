/* question_sql.h: the questions that wait for one person on this device. */
#ifndef TUTTI_CLIENT_QUESTION_SQL_H
#define TUTTI_CLIENT_QUESTION_SQL_H

#include "client/core/store.h"

MUST_USE err question_ids(struct store *s, const struct id *staff, struct id out[list_items_max],
                          size_t *count_out);

#endif
