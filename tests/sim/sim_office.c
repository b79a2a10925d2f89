/* sim_office.c: what an office does on any day. */
#include "tests/sim/sim.h"

void sim_tell(struct sim *s, const struct change_set *changes) {
  for (size_t i = 0; i < s->hub.line_count; i++) {
    struct session_event event = {.kind = SESSION_CHANGED, .now = s->hub.now, .changes = changes};
    hub_line_changed(s->hub.lines[i], &event);
  }
}

static void move_kit(struct sim *s, struct sim_device *d) {
  int32_t today = s->world.today;
  struct disk_trouble kept;
  bool in = sim_below(&s->random, 2) != 0;
  (void)d;
  sim_office_begin(s, &kept);
  s->office_wrote = true;
  if (in)
    s->build->hub->enrol(&s->hub, &s->world.kit, &s->world.strings, today, 0);
  else
    s->build->hub->enrol(&s->hub, &s->world.kit, &s->world.strings, today - 1, today);
  sim_office_end(s, &kept);
  s->kit_moves = true;
  sim_say(s, "the office %s Kit", in ? "enrols" : "removes");
}

/* As the hub's program does it once in a while: what a date changes, though nobody writes. */
void sim_keep_house(struct sim *s) { s->build->hub->keep(&s->hub); }

const struct sim_action sim_office_actions[] = {
    {.name = "office enrols", .fault = FAULT_none, .chance = 50, .act = move_kit},
    {.name = NULL},
};
