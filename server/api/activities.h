/* activities.h: private to this folder: what the files about activities share. */
#ifndef TUTTI_SERVER_API_ACTIVITIES_H
#define TUTTI_SERVER_API_ACTIVITIES_H

#include "server/api/acts.h"
#include "server/core/views_activities.h"

/* ERR_NOT_FOUND with a sentence. */
MUST_USE err activity_load(struct api_call *c, const struct id *activity, struct row *out);
/* The activity c->id as its page has it, for the answer to a change: read by a reader, so that it is what was
 * committed. */
err activity_answer(struct api_call *c);
/* The last step of a change: goes on to the answer. `action` is static; `reason` (empty for none) is about
 * `about`; `into`: where somebody was moved to, or NULL. */
MUST_USE err activity_write(struct api_call *c, const struct op *ops, size_t count, const char *action,
                            struct slice reason, const struct id *about, const struct id *into);
/* An enrolment of a learner, whatever there was of it before; units 0 of its key alone. */
struct op enrolment_op(const struct id *learner, const struct id *activity);

#endif
