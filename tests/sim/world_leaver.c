/* world_leaver.c: a grant ends tomorrow; a day goes by while its tutor is out of reach with unsent work. And
 * Cam, who has a PIN on another tutor's device, leaves it: then the device's database gets a new key. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"
#include "tests/sim/sim_inside.h"

static const char cams_pin[] = "850266";
struct leaver {
  struct id device;
  uint8_t old_key[32];
  bool left;
};

static void end_grant(struct sim *s, struct sim_device *any) {
  struct sim_device *d = s->devices[0];
  struct disk_trouble kept;
  (void)any;
  if (d->retired) return;
  (void)core_host_call(&d->host, "sync.hold", "hold:b", true);
  sim_power(s);
  sim_mark(s, d);
  if (sim_below(&s->random, 2)) sim_kill_device(s, d); /* it has to know what is unsent after a start too */
  sim_power(s);
  sim_office_begin(s, &kept);
  s->office_wrote = true;
  hub_world_grant(&s->hub, &s->world.ada, &s->world.strings, ENUM_grant_role_tutor, s->world.today - 30,
                  s->world.today + 1);
  sim_office_end(s, &kept);
  d->retired = true;
  sim_say(s, "the grant of 0 ends");
  sim_pass(s, 86400000);
  (void)core_host_call(&d->host, "sync.hold", "hold:b", false);
}

/* At once, and what was just written is not sealed yet. */
static void dismiss(struct sim *s, struct sim_device *any) {
  struct sim_device *d = s->devices[0];
  struct disk_trouble kept;
  (void)any;
  if (d->retired || !d->unlocked) return;
  sim_mark(s, d);
  sim_power(s);
  sim_office_begin(s, &kept);
  s->office_wrote = true;
  hub_world_grant(&s->hub, &s->world.ada, &s->world.strings, ENUM_grant_role_tutor, s->world.today - 30,
                  s->world.today);
  sim_office_end(s, &kept);
  d->retired = true;
  sim_say(s, "the grant of 0 has ended");
}

/* ---- Cam ---- */

static struct sim_device *shared_device(struct sim *s) { return s->devices[1]; }

static void assign(struct sim *s, int32_t ends) {
  const struct leaver *l = s->own;
  hub_world_assign(&s->hub, &l->device, &s->world.cam, s->world.today - 30, ends);
}

static void setup(struct sim *s) {
  struct sim_device *d = shared_device(s);
  struct leaver *l = calloc(1, sizeof *l);
  if (!l) abort();
  s->own = l;
  d->build->inside->device(d->host.core, &l->device);
  assign(s, 0);
  sim_line_down(s, d);
  sim_pass(s, reconnect_max_ms);
  sim_settle(s);
  if (!core_host_call(&d->host, "pin.set", "staff:i pin:t", &s->world.cam, cams_pin))
    sim_fail(s, "setup", "Cam's PIN: %s", d->host.text);
  d->build->inside->key(d->host.core, l->old_key);
}

static void cam_leaves(struct sim *s, struct sim_device *any) {
  struct leaver *l = s->own;
  struct disk_trouble kept;
  (void)any;
  if (l->left) return;
  l->left = true;
  sim_office_begin(s, &kept);
  s->office_wrote = true;
  assign(s, s->world.today);
  sim_office_end(s, &kept);
  sim_say(s, "Cam leaves device 1");
  if (shared_device(s)->up) sim_line_down(s, shared_device(s));
}

static bool is_there(struct sim_device *d, const char *name) {
  const struct disk_file *f = disk_find(&d->disk, name, false);
  return f && f->now.exists;
}

static void check(struct sim *s) {
  struct leaver *l = s->own;
  struct sim_device *d = shared_device(s);
  uint8_t key[32];
  if (!l->left) return;
  if (core_host_call(&d->host, "unlock", "staff:i pin:t", &s->world.cam, cams_pin))
    sim_fail(s, "15 leaver cut off", "Cam's PIN still opens device 1");
  d->build->inside->key(d->host.core, key);
  if (memcmp(key, l->old_key, sizeof key) == 0)
    sim_fail(s, "15 leaver cut off", "the key that Cam could open is still in use");
  if (is_there(d, "core.db") == is_there(d, "core.db.2"))
    sim_fail(s, "15 leaver cut off", "not just the one database is there");
}

static const struct sim_action actions[] = {
    {.name = "Cam leaves", .chance = 50, .act = cam_leaves},
    {.name = "grant ends", .chance = 50, .act = end_grant},
    {.name = "grant has ended", .chance = 15, .act = dismiss},
    {.name = NULL},
};

const struct sim_world sim_world_leaver = {
    .name = "leaver",
    .devices = 2,
    .steps = 50,
    .faults = {[FAULT_line] = 70,
               [FAULT_late] = 70,
               [FAULT_twice] = 7,
               [FAULT_power] = 60,
               [FAULT_hub_power] = 20,
               [FAULT_hub_restart] = 20,
               [FAULT_clock] = 10,
               [FAULT_garbage] = 20,
               [FAULT_sync] = 20},
    .actions = actions,
    .setup = setup,
    .check = check,
    .oracle = "15 leaver cut off",
};
