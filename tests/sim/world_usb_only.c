/* world_usb_only.c: no line at all; files are carried by hand, get lost, damaged and used twice. */
#include "tests/sim/sim.h"

static const struct sim_action actions[] = {
    {.name = "a file for the office", .chance = 100, .act = sim_bring_to_office},
    {.name = NULL},
};

const struct sim_world sim_world_usb_only = {
    .name = "usb_only",
    .devices = 2,
    .steps = 50,
    .by_hand = true,
    .actions = actions,
    .faults = {[FAULT_power] = 40,
               [FAULT_hub_power] = 20,
               [FAULT_clock] = 20,
               [FAULT_garbage] = 20,
               [FAULT_full] = 15,
               [FAULT_memory] = 10,
               [FAULT_read] = 10},
};
