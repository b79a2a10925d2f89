/* job.h: private to this folder: jobs that are more than a look-up. */
#ifndef TUTTI_SERVER_JOB_H
#define TUTTI_SERVER_JOB_H

#include "server/core/hub.h"

/* Consumes the token and makes the device in one transaction; asked again with the same keys it answers the
 * same. */
MUST_USE err job_enrol(struct job *job, const struct hub *hub, struct store *store, const struct now *now);
/* JOB_KEEP: every chore has its turn, whichever fails; the first failure is the answer. */
MUST_USE err job_keep(struct job *job, const struct hub *hub, struct store *store, const struct now *now);
/* JOB_FEED, inside a read transaction: job->feed without items, but packed. */
MUST_USE err job_feed(struct job *job, struct store *store);

/* Leaves out of a batch what a device of that schema version does not know. Memory from `a`. */
MUST_USE err job_project(struct feed_batch *batch, uint32_t schema, struct arena *a);

#endif
