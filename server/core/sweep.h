/* sweep.h: private to this folder: housekeeping of dates. */
#ifndef TUTTI_SERVER_SWEEP_H
#define TUTTI_SERVER_SWEEP_H

#include "server/core/hub.h"

/* Enrolments that ended since the last time leave their streams, in a transaction of its own; costs one
 * number on a day that was swept. Whoever compares the hub's change number sees that something changed. */
MUST_USE err sweep_now(const struct hub *hub, struct store *store, const struct now *now);

#endif
