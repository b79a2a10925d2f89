/* sim_upns.h: three learners of the office's own, whom no device knows: it says UPNs and school numbers of
 * them, merges them and parts them again, and is asked where one child has two. */
#ifndef TUTTI_TESTS_SIM_UPNS_H
#define TUTTI_TESTS_SIM_UPNS_H

#include "tests/sim/sim.h"

/* Office ops, so between sim_office_begin and _end. */
void sim_say_upn(struct sim *s);
void sim_say_number(struct sim *s); /* or another school */
void sim_merge_upns(struct sim *s);
/* Or the run fails: a matter is open where the records say two, by brute force, and nowhere else. */
void sim_check_upns(struct sim *s);

#endif
