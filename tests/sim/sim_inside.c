/* sim_inside.c: the device's database, whose key only the core knows. */
#include "tests/sim/sim_inside.h"

#include "client/core/state.h"

err sim_inside_check(const struct core *c) { return c->store ? db_check(c->store->db) : ERR_OK; }
