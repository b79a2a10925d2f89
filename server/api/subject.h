/* subject.h: everything the hub holds about one learner, in the words people use: for a request of theirs. */
#ifndef TUTTI_SERVER_API_SUBJECT_H
#define TUTTI_SERVER_API_SUBJECT_H

#include <jansson.h>

#include "server/core/views.h"

/* {"learner": id, "hub_name": …, "at": ms, "records": {table: [{column: value, …}, …], …}, "not_included":
 * […]}; a new reference. ERR_NOT_FOUND. Concerns are not in it: the hub cannot read them, and whom they are
 * about it does not know. */
MUST_USE err subject_json(json_t **out, const char *hub_name, struct store *store, const struct now *now,
                          const struct id *learner, struct arena *a);

#endif
