/* sim_office.c: the office writes while the hub's power holds. */
#include "tests/sim/sim.h"

void sim_office_begin(struct sim *s, uint64_t *fail_at) {
  *fail_at = s->hub_disk.fail_at;
  s->hub_disk.fail_at = 0;
  s->office_wrote = true;
}

void sim_office_end(struct sim *s, uint64_t fail_at) {
  if (fail_at) s->hub_disk.fail_at = s->hub_disk.flushes + 1;
}

static void move_kit(struct sim *s, struct sim_device *d) {
  int32_t today = s->world.today;
  uint64_t fail_at;
  bool in = sim_below(&s->random, 2) != 0;
  (void)d;
  sim_office_begin(s, &fail_at);
  if (in)
    hub_world_enrol(&s->hub, &s->world.kit, &s->world.strings, today, 0);
  else
    hub_world_enrol(&s->hub, &s->world.kit, &s->world.strings, today - 1, today);
  sim_office_end(s, fail_at);
  s->kit_moves = true;
  sim_say(s, "the office %s Kit", in ? "enrols" : "removes");
}

const struct sim_action sim_office_actions[] = {
    {.name = "office enrols", .fault = FAULT_none, .chance = 50, .act = move_kit},
    {.name = NULL},
};
