/* world_leaver.c: a grant ends tomorrow; a day goes by while its tutor is out of reach with unsent work. */
#include "tests/sim/sim.h"

static void end_grant(struct sim *s, struct sim_device *any) {
  struct sim_device *d = s->devices[0];
  struct disk_trouble kept;
  (void)any;
  if (d->retired) return;
  (void)core_host_call(&d->host, "sync.hold", "hold:b", true);
  sim_power(s);
  sim_mark(s, d);
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

static const struct sim_action actions[] = {
    {.name = "grant ends", .chance = 50, .act = end_grant},
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
               [FAULT_garbage] = 20},
    .actions = actions,
};
