/* runner.h: seeds over processes. A worker keeps a prepared process per world, which forks for each seed;
 * results come back in the order of the seeds, whatever the number of workers. */
#ifndef TUTTI_TESTS_SIM_RUNNER_H
#define TUTTI_TESTS_SIM_RUNNER_H

#include "tests/sim/sim.h"

/* builds.c: the simulator that lives the world, and all there are. */
extern const struct sim_build *const sim_builds[sim_builds_max];
const struct sim_engine *sim_engine_of(const struct sim_world *kind);

/* ---- one at a time ---- */
struct nursery { /* of one world */
  const struct sim_world *kind;
  int to, from; /* pipes to the prepared process; 0: none yet */
  int pid;
};
struct runner {
  struct sim_report *report; /* of the last run; shared with the processes that live it */
  struct nursery nurseries[64];
};
void runner_init(struct runner *r);
void runner_finish(struct runner *r);
/* True when nothing failed; r->report says what did. */
bool runner_run(struct runner *r, const struct sim_world *kind, const struct sim_plan *plan);

/* ---- many ---- */
struct job_list {
  uint64_t seeds, first;
  const struct sim_world *world; /* NULL: each seed picks one */
  size_t workers;
  bool twice, tell; /* each seed twice; the story of those that pass too */
  uint64_t deaf;    /* as in struct sim_plan */
  bool deaf_world;
};
/* Called for every seed in order; false ends it all. */
typedef bool seed_done(void *ctx, const struct sim_world *kind, uint64_t seed, bool ok,
                       const struct sim_report *report);
void run_all(const struct job_list *list, seed_done *done, void *ctx);

/* Makes the story of a failure short: the same oracle still fails with the plan that is left. */
void shrink(struct sim_plan *plan, struct runner *r, const struct sim_world *kind, int seconds_max);
void print_plan(const struct sim_plan *plan, size_t steps); /* --skip LIST --no LIST */

#endif
