/* repair.h: checkpoints with a digest. */
#ifndef TUTTI_CLIENT_REPAIR_H
#define TUTTI_CLIENT_REPAIR_H

#include "client/core/state.h"

/* Compares what the device holds of the batch's stream, its own unsent work aside, with the digest in it. The
 * first time they differ its list of rows goes to the hub, the second time the stream is asked for anew;
 * after that it is left to the next session. */
MUST_USE err repair_check(struct core *c, const struct feed_batch *batch);

#endif
