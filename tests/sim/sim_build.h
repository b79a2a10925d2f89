/* sim_build.h: one build of the product: what is compiled with its schema, behind doors. Most worlds know one
 * alone; where machines are updated the simulator itself is compiled with the newest, and the older ones are
 * behind theirs. */
#ifndef TUTTI_TESTS_SIM_BUILD_H
#define TUTTI_TESTS_SIM_BUILD_H

#include "tests/lib/core_door.h"
#include "tests/lib/hub_door.h"
#include "tests/sim/sim_inside.h"

enum { sim_builds_max = 3 };
struct sim_build {
  uint32_t schema;
  const struct core_door *core;
  const struct hub_door *hub;
  const struct sim_inside *inside;
  /* The small hub, and in it what must never leave it. */
  void (*furnish)(struct hub_world *w, struct hub_host *h);
  /* As in struct sim_inside, by the office. */
  void (*write_mark)(struct hub_host *h, const struct sim_place *at, const char *column,
                     const struct value *v);
  /* A row of a table that came with version 2, written by the office. */
  void (*lend)(struct hub_host *h, const struct id *activity, const struct id *loan, const char *what);
};
extern const struct sim_build sim_build; /* this one */

#endif
