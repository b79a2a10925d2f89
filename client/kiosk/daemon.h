/* daemon.h: the kiosk as a whole: one loop, the core in the middle, the pages on one side and the hub's line
 * on the other. */
#ifndef TUTTI_KIOSK_DAEMON_H
#define TUTTI_KIOSK_DAEMON_H

#include "client/kiosk/data_dir.h"
#include "client/kiosk/options.h"

/* Runs until it is told to stop by SIGTERM, SIGINT or SIGHUP, or until it cannot go on. `fault` then says
 * why. */
MUST_USE err daemon_run(const struct options *options, struct data_dir *dir, const struct log_sink *log,
                        struct fault *fault);

#endif
