/* world_clock_chaos.c: clocks that are ten years off, stand still or run backwards. */
#include "tests/sim/sim.h"

const struct sim_world sim_world_clock_chaos = {
    .name = "clock_chaos",
    .devices = 3,
    .steps = 60,
    .faults = {[FAULT_line] = 60,
               [FAULT_late] = 60,
               [FAULT_twice] = 6,
               [FAULT_power] = 60,
               [FAULT_hub_restart] = 20,
               [FAULT_clock] = 300,
               [FAULT_garbage] = 20},
};
