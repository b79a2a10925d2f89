/* world_restore.c: the hub burns down and comes back from a backup, the first or a later one; what it had
 * taken since then is gone, and only the devices still have it. */
#include <stdlib.h>

#include "tests/sim/sim.h"
#include "tests/sim/sim_inside.h"

struct own {
  struct disk later; /* the latest backup, if there is one */
  bool is_later, kept[sim_bundles_max];
  bool restoring; /* when the hub's power is back, its disk is the backup */
  uint32_t lost;  /* highest epoch of which some device holds a receipt that the hub forgot */
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

/* A copy of a store that is closed is whole. */
static void back_up(struct sim *s, struct sim_device *d) {
  struct own *own = s->own;
  (void)d;
  for (size_t i = 0; i < s->device_count; i++) {
    if (s->devices[i]->up) sim_line_down(s, s->devices[i]);
  }
  s->hub.store->ops->close(s->hub.store);
  s->hub.store = NULL;
  disk_copy(&own->later, "hub.db", &s->hub_disk, "hub.db");
  sim_hub_store(s, &s->hub, false);
  own->is_later = true;
  for (size_t i = 0; i < sim_bundles_max; i++) own->kept[i] = i < s->bundle_count && s->bundles[i].stored;
  sim_say(s, "the hub is backed up");
}

/* Whoever holds a receipt that the hub forgot tells it of an epoch that is over. */
static void note_lost(struct sim *s) {
  struct own *own = s->own;
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    uint32_t incarnation, epoch;
    uint64_t seq;
    if (d->disk.dead || d->host.step_error != ERR_OK) continue;
    if (!sim_inside_receipted(d->host.core, &incarnation, &seq, &epoch)) continue;
    struct id device;
    sim_inside_device(d->host.core, &device);
    for (size_t k = 0; k < s->bundle_count; k++) {
      const struct sim_bundle *b = &s->bundles[k];
      bool latest = b->seq == seq && b->incarnation == incarnation && id_equal(&b->device, &device);
      if (latest && !b->stored && epoch > own->lost) own->lost = epoch;
    }
  }
}

static void restore(struct sim *s) {
  struct own *own = s->own;
  if (!own->restoring) return;
  bool later = own->is_later && sim_below(&s->random, 2);
  sim_say(s, "the hub is restored from its %s backup", later ? "latest" : "first");
  disk_copy(&s->hub_disk, "hub.db", later ? &own->later : &s->base_disk, "hub.db");
  for (size_t i = 0; i < s->bundle_count; i++) s->bundles[i].stored = later && own->kept[i];
  own->restoring = false;
  s->office_wrote = s->forgot = true;
  own->lost = 0; /* a later backup may have what an earlier one lacked */
  note_lost(s);
}

/* Positions of two histories must not be taken for one another. */
static void check(struct sim *s) {
  const struct own *own = s->own;
  uint64_t epoch;
  if (s->hub.store->ops->number_load(s->hub.store, STORE_EPOCH, &epoch) != ERR_OK)
    sim_fail(s, "7 integrity", "the hub does not know its epoch");
  if (own->lost && epoch <= own->lost)
    sim_fail(s, "5 epoch", "a device holds a receipt of epoch %u that the hub forgot, and its epoch is %llu",
             (unsigned)own->lost, (unsigned long long)epoch);
}

static const struct sim_action actions[] = {
    {.name = "fire", .chance = 30, .act = burn},
    {.name = "backup", .chance = 20, .act = back_up},
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
    .check = check,
};
