/* world_clone.c: a device's disk is copied. The copy lives on beside it, or comes back in its place a while
 * later. */
#include <stdlib.h>

#include "tests/sim/sim.h"

static void begin(struct sim *s) {
  s->own = calloc(1, sizeof(struct sim_copy)); /* of the first device */
  if (!s->own) abort();
}

static void copy(struct sim *s, struct sim_device *any) {
  (void)any;
  sim_copy_disk(s, s->own);
}

static void put_back(struct sim *s, struct sim_device *any) {
  (void)any;
  sim_put_copy_back(s, s->own);
}

/* The same identity, elsewhere. */
static void live_on(struct sim *s, struct sim_device *any) {
  struct sim_copy *from = s->own;
  (void)any;
  if (!from->taken || s->device_count == 3) return copy(s, any);
  struct sim_device *d = sim_add_machine(s, &s->devices[0]->staff);
  d->named = 0;
  d->forgetful = s->devices[0]->forgetful = true;
  disk_clone(&d->disk, &from->disk);
  sim_device_start(s, d);
  if (!sim_unlock(d)) sim_fail(s, "1 said saved", "the copy does not unlock: %s", d->host.text);
  sim_say(s, "the copy of 0 lives on as %zu", d->number);
}

static const struct sim_action actions[] = {
    {.name = "copy", .chance = 30, .act = copy},
    {.name = "old disk put back", .chance = 30, .act = put_back},
    {.name = "the copy lives on", .chance = 30, .act = live_on},
    {.name = NULL},
};

const struct sim_world sim_world_clone = {
    .name = "clone",
    .devices = 2,
    .steps = 60,
    .faults = {[FAULT_line] = 60,
               [FAULT_late] = 60,
               [FAULT_twice] = 6,
               [FAULT_power] = 30,
               [FAULT_hub_restart] = 20,
               [FAULT_garbage] = 20,
               [FAULT_sync] = 20},
    .actions = actions,
    .begin = begin,
};
