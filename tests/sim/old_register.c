/* old_register.c: a meeting of a term that is over soon, the registers that people still fill in for it, and
 * what has to come of them. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/* The new one has begun a while ago, and counts from the day after tomorrow on. */
void sim_old_setup(struct sim *s) {
  struct op op = {.table = schema_table(TABLE_session), .row = {{0x5e}}, .units = 7};
  s->old = calloc(1, sizeof *s->old);
  if (!s->old) abort();
  s->old->meeting = op.row;
  s->old->turns = s->world.today + 2;
  sim_put_term(s, 1, s->world.today - 90, s->world.today - 14);
  sim_put_term(s, 2, s->old->turns - term_grace_days, s->world.today + 60);
  op.values[COL(session, activity)] = value_id(&s->world.strings);
  op.values[COL(session, date)] = value_int(s->world.today - 20);
  op.values[COL(session, starts)] = value_int(960);
  op.values[COL(session, ends)] = value_int(1020);
  op.values[COL(session, status)] = value_int(ENUM_session_status_scheduled);
  hub_world_put(&s->hub, &op);
  sim_keep_house(s);
  sim_pass(s, 1000);
  sim_settle(s);
}

/* Once it has left, there is nothing to mark any more. */
void sim_old_mark(struct sim *s, struct sim_device *d) {
  const struct id *meeting = &s->old->meeting;
  size_t learner = sim_below(&s->random, sim_learners - 1);
  uint8_t code = sim_below(&s->random, 2) ? ENUM_mark_code_P : ENUM_mark_code_AU;
  if (d->retired) return;
  if (!d->unlocked) (void)sim_unlock(d);
  if (!d->unlocked || d->disk.dead) return;
  struct old_said *said = &s->old->by[d->number][learner];
  bool ok = core_host_call(&d->host, "mark.set", "session:i learner:i code:w", meeting, &s->learners[learner],
                           schema_enum_word(schema_enum("mark_code"), code));
  bool broken = d->disk.dead || d->host.step_error != ERR_OK;
  if (strcmp(d->host.code, "NOT_UNLOCKED") == 0) d->unlocked = false;
  sim_say(s, "%zu marks %zu in the old register: %s", d->number, learner,
          ok       ? "said saved"
          : broken ? "no answer"
                   : d->host.code);
  if (ok) sim_note_written_at(s, d, meeting, learner);
  bool theirs = ok && d->wrote.counter == 0; /* the tap found it so: it is another's word that stands */
  if (ok && !theirs) *said = (struct old_said){.said = true, .code = code};
  if (broken || theirs) said->doubt = true;
}

void sim_old_house(struct sim *s, struct sim_device *any) {
  struct disk_trouble kept;
  (void)any;
  sim_office_begin(s, &kept);
  sim_keep_house(s);
  sim_office_end(s, &kept);
}

/* Of two who marked one child either may count; who was set back may have lost what they said. */
static void check_learner(struct sim *s, size_t learner) {
  const struct old_register *r = s->old;
  const struct old_said *last = NULL;
  struct arena a = ARENA_INIT(1 << 20);
  struct id keys[2] = {r->meeting, s->learners[learner]}, id;
  struct row row;
  size_t tried = 0;
  for (size_t i = 0; i < s->device_count; i++) {
    const struct old_said *one = &r->by[i][learner];
    tried += one->said || one->doubt;
    if (one->said && !s->devices[i]->forgetful) last = one;
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

/* What people were told is saved is at the hub in the end, wherever the meeting has left. */
void sim_old_check(struct sim *s) {
  for (size_t i = 0; i < sim_learners - 1; i++) check_learner(s, i);
}
