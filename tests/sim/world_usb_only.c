/* world_usb_only.c: no line at all; files are carried by hand, get lost, damaged and used twice. */
#include "tests/sim/sim.h"

const struct sim_world sim_world_usb_only = {
    .name = "usb_only",
    .devices = 2,
    .steps = 50,
    .by_hand = true,
    .faults = {[FAULT_power] = 40,
               [FAULT_hub_power] = 20,
               [FAULT_clock] = 20,
               [FAULT_garbage] = 20,
               [FAULT_full] = 15,
               [FAULT_memory] = 10,
               [FAULT_read] = 10},
};
