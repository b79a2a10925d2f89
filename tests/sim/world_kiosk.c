/* world_kiosk.c: kiosks at a wall socket that somebody switches off, and a hub in the same house. */
#include "tests/sim/sim.h"

const struct sim_world sim_world_kiosk = {
    .name = "kiosk",
    .devices = 2,
    .steps = 50,
    .faults = {[FAULT_line] = 40,
               [FAULT_late] = 40,
               [FAULT_twice] = 4,
               [FAULT_power] = 200,
               [FAULT_hub_power] = 80,
               [FAULT_hub_restart] = 20,
               [FAULT_garbage] = 20,
               [FAULT_sync] = 20,
               [FAULT_read] = 10,
               [FAULT_full] = 20,
               [FAULT_hub_sync] = 20,
               [FAULT_hub_full] = 10},
};
