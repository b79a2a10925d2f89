/* world_clock_chaos.c: clocks that are ten years off, stand still or run backwards; batteries that are flat,
 * so that a device starts in 1970, and people who set the clock. Hardly a day goes by: a device whose clock
 * is right is not closed (25). */
#include "tests/sim/sim.h"

static void flat_battery(struct sim *s, struct sim_device *d) {
  sim_say(s, "the battery of %zu is flat: it starts in 1970", d->number);
  d->host.now.wall_ms = (int64_t)sim_below(&s->random, 100000);
  d->changes = -1;
  sim_kill_device(s, d);
}

static void must_be_open(struct sim *s, struct sim_device *d) {
  if (!sim_hears_world(s) || !core_host_call(&d->host, "device.status", ""))
    return; /* it has no power again */
  if (core_host_int(d->host.result, "lease_days") <= 0)
    sim_fail(s, "25 lease", "device %zu is closed, though its clock is right and no week went by", d->number);
}

static void set_right(struct sim *s, struct sim_device *d) {
  sim_say(s, "somebody sets the clock of %zu", d->number);
  d->host.now.wall_ms = s->hub.now.wall_ms;
  must_be_open(s, d);
}

static void check(struct sim *s) {
  for (size_t i = 0; i < s->device_count; i++) set_right(s, s->devices[i]);
}

static const struct sim_action actions[] = {
    {.name = "flat battery", .fault = FAULT_none, .chance = 30, .act = flat_battery},
    {.name = "clock set right", .fault = FAULT_none, .chance = 60, .act = set_right},
    {.name = NULL},
};

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
    .actions = actions,
    .check = check,
    .oracle = "25 lease",
};
