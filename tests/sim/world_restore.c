/* world_restore.c: the hub burns down and comes back from a backup, the first or a later one; what it had
 * taken since then is gone, and only the devices still have it. One of them is set back itself at times, and
 * goes on under another incarnation. */
#include <stdlib.h>

#include "tests/sim/sim.h"
#include "tests/sim/sim_inside.h"

enum { clock_odds_usual = 20, clock_odds_twice = 1 };
struct own {
  struct disk later; /* the latest backup, if there is one */
  bool is_later, kept[sim_bundles_max];
  bool restoring; /* when the hub's power is back, its disk is the backup */
  struct sim_copy copy;
  uint32_t lost[2];        /* of each device: the highest epoch of a receipt it holds that the hub forgot */
  bool behind, was_behind; /* the hub's clock is half a day behind; was, once in a life */
  uint64_t clock_odds;     /* one in so many of the next restore */
};

static void begin(struct sim *s) {
  struct own *own = s->own = calloc(1, sizeof *own);
  if (!own) abort();
  own->clock_odds = clock_odds_usual;
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

static bool is_of(const struct sim_bundle *b, const struct id *device, uint32_t incarnation) {
  return b->incarnation == incarnation && id_equal(&b->device, device);
}

/* Who is set back gives a number to another bundle, and one of the two is with the hub. */
static bool is_lost(const struct sim *s, const struct id *device, uint32_t incarnation, uint64_t seq) {
  bool known = false;
  for (size_t k = 0; k < s->bundle_count; k++) {
    const struct sim_bundle *b = &s->bundles[k];
    if (b->seq != seq || !is_of(b, device, incarnation)) continue;
    if (b->stored) return false;
    known = true;
  }
  return known;
}

/* Whoever holds a receipt that the hub forgot tells it of an epoch that is over. */
static void note_lost_of(struct sim *s, const struct sim_device *d, uint32_t *lost) {
  uint32_t incarnation, epoch;
  uint64_t seq;
  struct id device;
  d->build->inside->device(d->host.core, &device);
  for (size_t i = 0; d->build->inside->receipted(d->host.core, i, &incarnation, &seq, &epoch); i++) {
    if (epoch > *lost && is_lost(s, &device, incarnation, seq)) *lost = epoch;
  }
}

/* A later backup may have what an earlier one lacked. */
static void note_lost(struct sim *s) {
  struct own *own = s->own;
  for (size_t i = 0; i < s->device_count; i++) {
    const struct sim_device *d = s->devices[i];
    own->lost[i] = 0;
    if (!d->disk.dead && d->host.step_error == ERR_OK) note_lost_of(s, d, &own->lost[i]);
  }
}

/* Once in a life the machine that takes the hub's place believes in the wrong half of the day, until the next
 * one does. What begins an epoch is then no clock, but what its devices tell. */
static void set_clock(struct sim *s) {
  enum { half_day_ms = 43200000 };
  struct own *own = s->own;
  if (own->behind) s->hub.now.wall_ms += half_day_ms;
  own->behind = !own->was_behind && sim_below(&s->random, own->clock_odds) == 0;
  own->was_behind = own->was_behind || own->behind;
  own->clock_odds = clock_odds_usual;
  if (!own->behind) return;
  s->hub.now.wall_ms -= half_day_ms;
  sim_say(s, "its clock is half a day behind");
}

static void restore(struct sim *s) {
  struct own *own = s->own;
  if (!own->restoring) return;
  bool later = own->is_later && sim_below(&s->random, 2);
  sim_say(s, "the hub is restored from its %s backup", later ? "latest" : "first");
  disk_copy(&s->hub_disk, "hub.db", later ? &own->later : &s->base_disk, "hub.db");
  for (size_t i = 0; i < s->bundle_count; i++) s->bundles[i].stored = later && own->kept[i];
  own->restoring = false;
  sim_restored(s);
  set_clock(s);
  note_lost(s);
}

/* Whatever a device was told the hub has, of this incarnation or an earlier one, it has again. */
static void check_returned(struct sim *s, const struct sim_device *d) {
  uint32_t incarnation, epoch;
  uint64_t seq;
  struct id device;
  d->build->inside->device(d->host.core, &device);
  for (size_t i = 0; d->build->inside->receipted(d->host.core, i, &incarnation, &seq, &epoch); i++) {
    if (is_lost(s, &device, incarnation, seq))
      sim_fail(s, "2 receipted", "device %zu has a receipt of bundle %llu of incarnation %u, the hub has not",
               d->number, (unsigned long long)seq, (unsigned)incarnation);
  }
}

/* Positions of two histories must not be taken for one another. */
static void check(struct sim *s) {
  const struct own *own = s->own;
  uint64_t epoch;
  if (s->hub.store->ops->number_load(s->hub.store, STORE_EPOCH, &epoch) != ERR_OK)
    sim_fail(s, "7 integrity", "the hub does not know its epoch");
  for (size_t i = 0; i < s->device_count; i++) {
    if (own->lost[i] && epoch <= own->lost[i])
      sim_fail(s, "5 epoch",
               "device %zu holds a receipt of epoch %u that the hub forgot, whose epoch is %llu", i,
               (unsigned)own->lost[i], (unsigned long long)epoch);
    check_returned(s, s->devices[i]);
  }
  sim_old_check(s);
}

/* The hub that comes back believes in the term before once more, and every stream begins anew. */
static void days(struct sim *s, struct sim_device *any) {
  sim_say(s, "two days go by");
  sim_pass(s, 2 * INT64_C(86400000));
  sim_old_house(s, any);
}

static void copy(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  (void)any;
  sim_copy_disk(s, &own->copy);
}

static void put_back(struct sim *s, struct sim_device *any) {
  struct own *own = s->own;
  (void)any;
  sim_put_copy_back(s, &own->copy);
  own->lost[0] = 0; /* it holds them no more */
  /* Were the hub first to forget what this one lost, and then to have it again, what was numbered in between
   * could never follow: that is not played. */
  own->is_later = false;
}

/* One night takes both back, and neither can tell the other what it knew. */
static void put_both_back(struct sim *s, struct sim_device *any) {
  put_back(s, any);
  burn(s, any);
}

static void talk(struct sim *s, uint64_t rounds) {
  sim_power(s);
  for (; rounds && !s->hub_disk.dead && sim_round(s); rounds--) sim_power(s);
  sim_power(s);
}

/* Notes, each of them a bundle of its own with a receipt. */
static void work_for_a_while(struct sim *s, struct sim_device *d) {
  enum { notes = 6, rounds = 8 };
  for (int i = 0; i < notes && (d->unlocked || sim_unlock(d)); i++) {
    bool ok = core_host_call(&d->host, "note.add", "learner:i activity:i text:t", &s->learners[0],
                             &s->world.strings, "Third position.");
    sim_say(s, "%zu notes: %s", d->number, ok ? "saved" : "not");
    if (ok) sim_note_added(d, 0);
    sim_pass(s, seal_pause_ms + 1);
    talk(s, rounds);
  }
}

/* It burns again while a device still gives back what it had lost: of its bundles the first have receipts of
 * one history then, and the rest of another. */
static void burn_again(struct sim *s, struct sim_device *d) {
  struct own *own = s->own;
  work_for_a_while(s, d);
  burn(s, d);
  sim_pass(s, 2 * (int64_t)reconnect_first_ms);
  d->disk.trouble.flush = d->disk.flushes + 1 + sim_below(&s->random, 4);
  talk(s, 6 + sim_below(&s->random, 6));
  burn(s, d);
  own->clock_odds = clock_odds_twice;
}

/* What it was told is there, of before it began to number anew, the hub forgets when that is long over. */
static void put_back_and_burn(struct sim *s, struct sim_device *any) {
  enum { rounds = 12 };
  struct own *own = s->own;
  work_for_a_while(s, s->devices[0]);
  if (!own->copy.taken) copy(s, any);
  work_for_a_while(s, s->devices[0]);
  put_back(s, any);
  sim_pass(s, 2 * (int64_t)reconnect_first_ms);
  talk(s, rounds);
  burn(s, any);
}

static const struct sim_action actions[] = {
    {.name = "fire", .chance = 20, .act = burn},
    {.name = "fire, and again", .chance = 30, .act = burn_again},
    {.name = "backup", .chance = 20, .act = back_up},
    {.name = "copy", .chance = 15, .act = copy},
    {.name = "old disk put back", .chance = 15, .act = put_back},
    {.name = "both put back", .chance = 15, .act = put_both_back},
    {.name = "old disk put back, then fire", .chance = 20, .act = put_back_and_burn},
    {.name = "old register", .chance = 40, .act = sim_old_mark},
    {.name = "days", .chance = 15, .act = days},
    {.name = "a file for the office", .chance = 30, .act = sim_bring_to_office},
    {.name = NULL},
};

const struct sim_world sim_world_restore = {
    .name = "restore",
    .devices = 2,
    .steps = 60,
    .faults = {[FAULT_line] = 60,
               [FAULT_late] = 60,
               [FAULT_twice] = 6,
               [FAULT_lost] = 8,
               [FAULT_power] = 30,
               [FAULT_hub_restart] = 20,
               [FAULT_garbage] = 20},
    .actions = actions,
    .setup = sim_old_setup,
    .begin = begin,
    .hub_boot = restore,
    .check = check,
    .oracle = "5 epoch",
};
