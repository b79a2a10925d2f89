/* world_clone.c: a device's disk is copied. The copy lives on beside it, or comes back in its place a while
 * later. */
#include <stdlib.h>

#include "tests/sim/sim.h"

struct own {
  struct disk copy; /* of the first device */
  bool taken;
};

static void begin(struct sim *s) {
  s->own = calloc(1, sizeof(struct own));
  if (!s->own) abort();
}

/* Off, copied, on again. */
static void copy(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  struct sim_device *d = s->devices[0];
  (void)any;
  sim_kill_device(s, d);
  disk_boot(&d->disk);
  disk_clone(&own->copy, &d->disk);
  own->taken = true;
  d->disk.dead = true;
  sim_say(s, "the disk of 0 is copied");
}

/* Work that only the lost disk knew is lost with it, and nobody was told otherwise: what was sent is at the
 * hub. */
static void put_back(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  struct sim_device *d = s->devices[0];
  (void)any;
  if (!own->taken) return copy(s, d);
  sim_kill_device(s, d);
  disk_clone(&d->disk, &own->copy);
  d->disk.dead = true;
  d->changes = -1;
  d->forgetful = true;
  sim_say(s, "the old disk of 0 is put back");
}

/* The same identity, elsewhere. */
static void live_on(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  (void)any;
  if (!own->taken || s->device_count == 3) return copy(s, s->devices[0]);
  struct sim_device *d = sim_add_machine(s, &s->devices[0]->staff);
  d->named = 0;
  d->forgetful = s->devices[0]->forgetful = true;
  disk_clone(&d->disk, &own->copy);
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
               [FAULT_garbage] = 20},
    .actions = actions,
    .begin = begin,
};
