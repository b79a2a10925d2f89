/* sim_retire.h: records that the retention schedule removes: visits, which travel to their visitor's devices,
 * and register entries of somebody who still plays, which travel with the activity. */
#ifndef TUTTI_TESTS_SIM_RETIRE_H
#define TUTTI_TESTS_SIM_RETIRE_H

#include "tests/sim/sim.h"

extern const char sim_visit_words[]; /* stand in every such visit, and nowhere else */
/* One of years ago, by whoever works on the device; an office op, so between sim_office_begin and _end. */
void sim_put_visit(struct sim *s, const struct sim_device *d, uint8_t no);
/* The same of an entry: one that the schedule has removed is not taken again, whatever backup the hub came
 * from. */
enum sim_retired { SIM_NOT_RETIRED, SIM_PERHAPS_RETIRED, SIM_RETIRED };
void sim_put_entry(struct sim *s, uint8_t no, enum sim_retired so_far);
/* Goes on with a run that is under way, or orders one, until it is over. */
MUST_USE err sim_retire(struct sim *s);
/* Or the run fails: from a device, whose database is looked through. */
void sim_visits_are_gone(struct sim *s, const struct sim_device *d);

#endif
