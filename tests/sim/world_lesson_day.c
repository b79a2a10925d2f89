/* world_lesson_day.c: one tutor, one phone, and an office that moves a child in and out. */
#include "tests/sim/sim.h"

const struct sim_world sim_world_lesson_day = {
    .name = "lesson_day",
    .devices = 1,
    .steps = 60,
    .faults = {[FAULT_line] = 60,
               [FAULT_late] = 60,
               [FAULT_twice] = 6,
               [FAULT_lost] = 4,
               [FAULT_power] = 20,
               [FAULT_hub_restart] = 20,
               [FAULT_clock] = 20,
               [FAULT_garbage] = 20,
               [FAULT_memory] = 10,
               [FAULT_full] = 10},
    .actions = sim_office_actions,
};
