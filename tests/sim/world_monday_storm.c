/* world_monday_storm.c: three devices, every fault at once, and a hub that brings one device at a time up to
 * date, which is often somebody else. */
#include "tests/sim/sim.h"

/* Until it is done nobody else gets in. */
static void come(struct sim *s, struct sim_device *any) {
  const struct id stranger = {{0x77}};
  (void)any;
  if (s->crowded || !gate_enter(&s->hub.gate, &stranger, s->hub.now.mono_ms)) return;
  s->crowded = true;
  sim_say(s, "a stranger catches up");
}

static void go(struct sim *s, struct sim_device *any) {
  (void)any;
  if (!s->crowded) return;
  gate_leave(&s->hub.gate, 1000);
  s->crowded = false;
  sim_say(s, "the stranger has caught up");
}

static void heal(struct sim *s) { go(s, NULL); }

static void enrol_or_remove(struct sim *s, struct sim_device *any) { sim_office_actions[0].act(s, any); }

static const struct sim_action actions[] = {
    {.name = "office enrols", .chance = 50, .act = enrol_or_remove},
    {.name = "stranger comes", .chance = 60, .act = come},
    {.name = "stranger goes", .chance = 60, .act = go},
    {.name = NULL},
};

const struct sim_world sim_world_monday_storm = {
    .name = "monday_storm",
    .devices = 3,
    .steps = 80,
    .catch_ups = 1,
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
    .actions = actions,
    .heal = heal,
};
