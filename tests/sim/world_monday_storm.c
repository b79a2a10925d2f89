/* world_monday_storm.c: three devices, and every fault at once. */
#include "tests/sim/sim.h"

const struct sim_world sim_world_monday_storm = {
    .name = "monday_storm",
    .devices = 3,
    .steps = 80,
    .faults = {[FAULT_line] = 150,
               [FAULT_late] = 150,
               [FAULT_twice] = 15,
               [FAULT_lost] = 8,
               [FAULT_order] = 8,
               [FAULT_shortened] = 4,
               [FAULT_bits] = 8,
               [FAULT_partition] = 30,
               [FAULT_power] = 120,
               [FAULT_hub_power] = 60,
               [FAULT_hub_restart] = 20,
               [FAULT_clock] = 40,
               [FAULT_garbage] = 20,
               [FAULT_sync] = 15,
               [FAULT_read] = 10,
               [FAULT_full] = 15,
               [FAULT_hub_sync] = 15,
               [FAULT_hub_full] = 10,
               [FAULT_memory] = 15},
    .actions = sim_office_actions,
};
