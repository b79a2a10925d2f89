/* sim_act.c: what happens next, drawn from the seed: the world's own actions, bad luck, people. */
#include <string.h>

#include "tests/sim/sim.h"

static void work(struct sim *s, struct sim_device *d) {
  if (d->retired || d->at_door) return;
  if (!d->unlocked) (void)sim_unlock(d);
  if (d->unlocked && !d->disk.dead) sim_change(s, d);
  /* The lease may end while somebody is signed in. */
  if (strcmp(d->host.code, "NOT_UNLOCKED") == 0) d->unlocked = false;
}

static void usb(struct sim *s, struct sim_device *d) {
  if (sim_chance(s, s->kind->by_hand ? 200 : 20)) return sim_usb(s, d);
  work(s, d);
}

static const struct sim_action people[] = {
    {.name = "lock or hold", .chance = 80, .act = sim_lock_or_hold},
    {.name = "file or work", .chance = 1000, .act = usb},
    {.name = NULL},
};

static bool try_actions(struct sim *s, struct sim_device *d, const struct sim_action *list) {
  for (const struct sim_action *a = list; a && a->name; a++) {
    bool now = a->fault == FAULT_none ? sim_chance(s, a->chance) : sim_strikes(s, a->fault);
    if (!now) continue;
    sim_operation(s, "%s, device %zu", a->name, d->number);
    a->act(s, d);
    return true;
  }
  return false;
}

void sim_act(struct sim *s) {
  struct sim_device *d = s->devices[sim_below(&s->random, s->device_count)];
  for (size_t i = 0; i < s->device_count; i++) s->devices[i]->cut_off -= s->devices[i]->cut_off > 0;
  if (try_actions(s, d, sim_machine_actions) || try_actions(s, d, sim_trouble_actions)) return;
  if (try_actions(s, d, s->kind->actions)) return;
  (void)try_actions(s, d, people);
}
