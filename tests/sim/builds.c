/* builds.c: all builds that a world may hold, oldest first: the product, and two with schemas that go on from
 * its. */
#include "tests/sim/runner.h"

extern const struct sim_build between_sim_build, next_sim_build;
extern const struct sim_engine next_sim_engine;

const struct sim_build *const sim_builds[sim_builds_max] = {&sim_build, &between_sim_build, &next_sim_build};

const struct sim_engine *sim_engine_of(const struct sim_world *kind) {
  return kind->updates ? &next_sim_engine : &sim_engine;
}
