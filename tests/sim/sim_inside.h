/* sim_inside.h: what only a look into the core's memory can tell. */
#ifndef TUTTI_TESTS_SIM_INSIDE_H
#define TUTTI_TESTS_SIM_INSIDE_H

#include "client/core/core.h"

/* integrity_check of the database that is open; ERR_OK when nobody is signed in. */
MUST_USE err sim_inside_check(const struct core *c);

#endif
