/* sim_question.h: what the office asks, as whoever is asked sees it. */
#ifndef TUTTI_TESTS_SIM_QUESTION_H
#define TUTTI_TESTS_SIM_QUESTION_H

#include "tests/sim/sim.h"

/* The first that waits on a device, where somebody signs in for it; false: none does, or nobody can. */
bool sim_find_question(struct sim_device *d, struct id *out);

#endif
