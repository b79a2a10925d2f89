/* world_restore.c: the hub burns down and comes back from its oldest backup; what it had taken since then is
 * gone, and only the devices still have it. */
#include <stdlib.h>

#include "tests/sim/sim.h"

struct own {
  bool restoring; /* when the hub's power is back, its disk is the base */
};

static void begin(struct sim *s) {
  s->own = calloc(1, sizeof(struct own));
  if (!s->own) abort();
}

static void burn(struct sim *s, struct sim_device *d) {
  struct own *own = s->own;
  (void)d;
  own->restoring = true;
  sim_kill_hub(s);
}

static void restore(struct sim *s) {
  struct own *own = s->own;
  if (!own->restoring) return;
  sim_say(s, "the hub is restored from its first backup");
  disk_copy(&s->hub_disk, "hub.db", &s->base_disk, "hub.db");
  for (size_t i = 0; i < s->bundle_count; i++) s->bundles[i].stored = false;
  own->restoring = false;
  s->office_wrote = true;
}

static const struct sim_action actions[] = {
    {.name = "fire", .chance = 30, .act = burn},
    {.name = NULL},
};

const struct sim_world sim_world_restore = {
    .name = "restore",
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
    .hub_boot = restore,
};
