/* sim_office.c: what an office does on any day. */
#include "server/core/release.h"
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

void sim_release(struct sim *s, const struct sim_bundle *b, const char *why) {
  const struct quarantine_ref ref = {
      .device = b->device, .incarnation = b->incarnation, .seq = b->seq, .changeset = quarantine_all};
  struct change_set changes;
  struct fault fault;
  err e = quarantine_decide_by(&changes, &s->hub.hub, s->hub.store, &s->hub.now, &s->world.cam, &ref,
                               QUARANTINE_RELEASED, slice_text(why), &fault);
  s->office_wrote = true;
  if (e == ERR_OK) sim_tell(s, &changes);
  if (e != ERR_OK && e != ERR_CONFLICT) sim_fail(s, "office", "release: %s", fault.text);
}

void sim_put_term(struct sim *s, uint8_t no, int32_t starts, int32_t ends) {
  struct op op = {.table = schema_table(TABLE_term), .row = {{0x7e, no}}, .units = 1U << 1 | 1U << 2};
  op.values[COL(term, name)] = value_text(slice_text("A term"));
  op.values[COL(term, starts)] = value_int(starts);
  op.values[COL(term, ends)] = value_int(ends);
  hub_world_put(&s->hub, &op);
}

static bool is_forked(struct sim *s, struct sim_bundle *b) {
  struct arena a = ARENA_INIT(1 << 22);
  struct receipt r;
  bool forked = sim_receipt(s, b, &a, &r) && r.exception_count > 0 && r.exceptions[0].reason == ERR_FORK;
  arena_finish(&a);
  return forked;
}

void sim_release_forks(struct sim *s) {
  for (size_t i = 0; i < s->bundle_count; i++) {
    if (s->bundles[i].stored && is_forked(s, &s->bundles[i])) sim_release(s, &s->bundles[i], "it is a copy");
  }
}

/* As the hub's program does it once in a while: what a date changes, though nobody writes. */
void sim_keep_house(struct sim *s) { s->build->hub->keep(&s->hub); }

const struct sim_action sim_office_actions[] = {
    {.name = "office enrols", .fault = FAULT_none, .chance = 50, .act = move_kit},
    {.name = NULL},
};
