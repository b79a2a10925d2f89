/* world_term_end.c: days go by, children leave and come back, the next term begins to count, and the last
 * registers of the one before are still on the devices. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/* What people were told is saved of a meeting in the term that is over: it is at the hub in the end, wherever
 * it has left. */
struct old_register {
  struct old_said {
    bool said, doubt;
    uint8_t code; /* the last */
  } by[sim_devices_max][sim_learners - 1];
};

/* The new one has begun a while ago, and counts from the day after tomorrow on. */
static void setup(struct sim *s) {
  struct op op = {.table = schema_table(TABLE_session), .row = {{0x5e}}, .units = 7};
  s->old_meeting = op.row;
  s->turns = s->world.today + 2;
  sim_put_term(s, 1, s->world.today - 90, s->world.today - 14);
  sim_put_term(s, 2, s->turns - term_grace_days, s->world.today + 60);
  op.values[COL(session, activity)] = value_id(&s->world.strings);
  op.values[COL(session, date)] = value_int(s->world.today - 20);
  op.values[COL(session, starts)] = value_int(960);
  op.values[COL(session, ends)] = value_int(1020);
  op.values[COL(session, status)] = value_int(ENUM_session_status_scheduled);
  hub_world_put(&s->hub, &op);
  s->own = calloc(1, sizeof(struct old_register));
  if (!s->own) abort();
  sim_keep_house(s);
  sim_pass(s, 1000);
  sim_settle(s);
}

/* Once it has left, there is nothing to mark any more. */
static void mark_old(struct sim *s, struct sim_device *d) {
  struct old_register *r = s->own;
  size_t learner = sim_below(&s->random, sim_learners - 1);
  uint8_t code = sim_below(&s->random, 2) ? ENUM_mark_code_P : ENUM_mark_code_AU;
  if (d->retired) return;
  if (!d->unlocked) (void)sim_unlock(d);
  if (!d->unlocked || d->disk.dead) return;
  struct old_said *said = &r->by[d->number][learner];
  bool ok = core_host_call(&d->host, "mark.set", "session:i learner:i code:w", &s->old_meeting,
                           &s->learners[learner], schema_enum_word(schema_enum("mark_code"), code));
  bool broken = d->disk.dead || d->host.step_error != ERR_OK;
  if (strcmp(d->host.code, "NOT_UNLOCKED") == 0) d->unlocked = false;
  sim_say(s, "%zu marks %zu in the old register: %s", d->number, learner,
          ok       ? "said saved"
          : broken ? "no answer"
                   : d->host.code);
  if (ok) *said = (struct old_said){.said = true, .code = code};
  if (ok) sim_note_written_at(s, d, &s->old_meeting, learner);
  if (broken) said->doubt = true;
}

static void keep_house(struct sim *s, struct sim_device *any) {
  struct disk_trouble kept;
  (void)any;
  sim_office_begin(s, &kept);
  sim_keep_house(s);
  sim_office_end(s, &kept);
}

/* Of two who marked one child either may count. */
static void check_learner(struct sim *s, size_t learner) {
  const struct old_register *r = s->own;
  const struct old_said *last = NULL;
  struct arena a = ARENA_INIT(1 << 20);
  struct id keys[2] = {s->old_meeting, s->learners[learner]}, id;
  struct row row;
  size_t tried = 0;
  for (size_t i = 0; i < s->device_count; i++) {
    const struct old_said *one = &r->by[i][learner];
    tried += one->said || one->doubt;
    if (one->said) last = one;
  }
  if (!last) return;
  crypto_row_id(&id, TABLE_mark, keys, 2);
  if (s->hub.store->ops->load_row(s->hub.store, schema_table(TABLE_mark), &id, &a, &row) != ERR_OK)
    sim_fail(s, "7 integrity", "the hub cannot read a row");
  if (!row.exists) sim_fail(s, "1 said saved", "a mark of the old register never reached the hub");
  if (tried == 1 && !last->doubt && row.values[COL(mark, code)].i != last->code)
    sim_fail(s, "1 said saved", "the old register says %d at the hub, and %d was said saved",
             (int)row.values[COL(mark, code)].i, last->code);
  arena_finish(&a);
}

static void check(struct sim *s) {
  for (size_t i = 0; i < sim_learners - 1; i++) check_learner(s, i);
}

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
    {.name = "old register", .chance = 150, .act = mark_old},
    {.name = "housekeeping", .chance = 60, .act = keep_house},
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
    .setup = setup,
    .check = check,
};
