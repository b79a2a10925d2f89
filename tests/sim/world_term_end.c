/* world_term_end.c: days go by, children leave and come back, the next term begins to count, and the last
 * registers of the one before are still on the devices. */
#include "tests/sim/sim.h"

static void day(struct sim *s, struct sim_device *any) {
  (void)any;
  sim_say(s, "a day goes by");
  sim_pass(s, 86400000);
}

static int32_t day_now(const struct sim *s) {
  int32_t date, minute;
  uk_civil(s->hub.now.wall_ms, &date, &minute);
  return date;
}

static void leave(struct sim *s, struct sim_device *any) {
  struct disk_trouble kept;
  size_t learner = sim_below(&s->random, 3);
  (void)any;
  sim_office_begin(s, &kept);
  s->office_wrote = true;
  hub_world_enrol(&s->hub, &s->learners[learner], &s->world.strings, s->world.today - 30,
                  day_now(s) + (int32_t)sim_below(&s->random, 2));
  sim_office_end(s, &kept);
  sim_say(s, "learner %zu leaves", learner);
}

static void come_back(struct sim *s, struct sim_device *any) {
  struct disk_trouble kept;
  size_t learner = sim_below(&s->random, 3);
  (void)any;
  sim_office_begin(s, &kept);
  s->office_wrote = true;
  hub_world_enrol(&s->hub, &s->learners[learner], &s->world.strings, s->world.today - 30, 0);
  sim_office_end(s, &kept);
  sim_say(s, "learner %zu comes back", learner);
}

static const struct sim_action actions[] = {
    {.name = "day", .chance = 100, .act = day},
    {.name = "leave", .chance = 60, .act = leave},
    {.name = "come back", .chance = 40, .act = come_back},
    {.name = "old register", .chance = 150, .act = sim_old_mark},
    {.name = "housekeeping", .chance = 60, .act = sim_old_house},
    {.name = NULL},
};

const struct sim_world sim_world_term_end = {
    .name = "term_end",
    .devices = 2,
    .steps = 50,
    .faults = {[FAULT_line] = 80,
               [FAULT_late] = 60,
               [FAULT_twice] = 6,
               [FAULT_partition] = 20,
               [FAULT_power] = 30,
               [FAULT_hub_power] = 20,
               [FAULT_hub_restart] = 20,
               [FAULT_garbage] = 20},
    .actions = actions,
    .setup = sim_old_setup,
    .check = sim_old_check,
};
