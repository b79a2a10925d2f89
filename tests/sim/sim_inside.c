/* sim_inside.c: the device's database, whose key only the core knows. */
#include "tests/sim/sim_inside.h"

#include "client/core/state.h"

err sim_inside_check(const struct core *c) { return c->store ? db_check(c->store->db) : ERR_OK; }

err sim_inside_row(const struct core *c, const struct table *t, const struct id *id, struct arena *a,
                   struct row *out) {
  return c->store ? rows_load(c->store->rows, t, id, a, out) : ERR_NOT_UNLOCKED;
}
