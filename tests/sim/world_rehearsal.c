/* world_rehearsal.c: two leaders with a phone each mark the same register. */
#include "tests/sim/sim.h"

const struct sim_world sim_world_rehearsal = {
    .name = "rehearsal",
    .devices = 2,
    .steps = 60,
    .faults = {[FAULT_line] = 80,
               [FAULT_late] = 80,
               [FAULT_twice] = 8,
               [FAULT_lost] = 4,
               [FAULT_order] = 4,
               [FAULT_partition] = 20,
               [FAULT_power] = 10,
               [FAULT_hub_restart] = 20,
               [FAULT_clock] = 20,
               [FAULT_garbage] = 20,
               [FAULT_memory] = 10,
               [FAULT_hub_full] = 10},
};
