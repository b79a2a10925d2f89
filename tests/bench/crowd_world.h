/* crowd_world.h: see crowd_world.c. */
#ifndef TUTTI_TESTS_BENCH_CROWD_WORLD_H
#define TUTTI_TESTS_BENCH_CROWD_WORLD_H

#include "tests/bench/crowd.h"

void crowd_world_make(struct crowd *c);
/* The `n`th row of a kind: "session", "learner", "staff", "activity". */
struct id crowd_id(const struct crowd *c, const char *kind, size_t n);
struct id crowd_tutor(const struct crowd *c, size_t device);

#endif
