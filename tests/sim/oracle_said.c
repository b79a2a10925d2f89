/* oracle_said.c: what a device said is saved is there when its power is back, and what waited to be sent
 * still waits. */
#include "tests/sim/sim.h"

static bool anybody_said(const struct sim *s, size_t learner, uint8_t code) {
  for (size_t i = 0; i < s->device_count; i++) {
    const struct sim_said *said = &s->devices[i]->said;
    if (said->ever[learner][code] || said->doubt[learner] & 1U << code) return true;
  }
  return false;
}

static void check_said(struct sim *s, struct sim_device *d, size_t learner, const item *row) {
  struct sim_said *said = &d->said;
  uint8_t code = row ? sim_row_code(row) : 0;
  if (!said->tries[learner] || (s->erased[learner] && !row)) return;
  bool alone = sim_alone(s, d, learner);
  bool fits = alone ? code == said->last[learner] || said->doubt[learner] & 1U << code
                    : code == 0 || anybody_said(s, learner, code);
  if (!fits)
    sim_fail(s, "1 said saved", "device %zu, learner %zu: said %d, shows %d", d->number, learner,
             said->last[learner], code);
  /* What was in doubt is decided now. */
  if (!alone) return;
  said->last[learner] = code;
  said->ever[learner][code] = true;
  said->doubt[learner] = 0;
}

static void check_session(struct sim *s, struct sim_device *d, const struct id *session, size_t from,
                          size_t to) {
  size_t count = 0;
  const item *rows = sim_rows_of(d, session, &count);
  /* A core whose disk failed under the question is started anew, and asked then. */
  if (d->disk.dead || d->retired || d->host.step_error != ERR_OK) return;
  if (!rows && d->said.tries[from])
    sim_fail(s, "1 said saved", "device %zu lost a register: %s", d->number, d->host.text);
  for (size_t i = from; rows && i < to; i++) check_said(s, d, i, sim_find_row(rows, count, &s->learners[i]));
}

static void check_kept(struct sim *s, struct sim_device *d) {
  check_session(s, d, &s->world.strings_today, 0, 3);
  if (d->named > 0 && !d->disk.dead) check_session(s, d, &s->world.brass_today, 3, 4);
  if (d->disk.dead || d->changes <= 0) return;
  if (!core_host_call(&d->host, "sync.status", "")) return;
  int64_t now = core_host_int(d->host.result, "changes");
  if (now < d->changes)
    sim_fail(s, "3 in the outbox", "device %zu had %lld changes to send, now %lld", d->number,
             (long long)d->changes, (long long)now);
  d->changes = -1;
}

/* What comes from the hub meanwhile takes nothing away either. */
static void look_at(struct sim *s, struct sim_device *d, const struct id *session, size_t from, size_t to) {
  size_t count = 0;
  const item *rows = sim_rows_of(d, session, &count);
  for (size_t i = from; rows && i < to; i++) check_said(s, d, i, sim_find_row(rows, count, &s->learners[i]));
}

static void look(struct sim *s, struct sim_device *d) {
  if (!d->unlocked || d->retired) return;
  look_at(s, d, &s->world.strings_today, 0, 3);
  if (d->named > 0) look_at(s, d, &s->world.brass_today, 3, 4);
}

const struct sim_oracle sim_oracle_said = {
    .number = 1, .name = "said saved", .boot = check_kept, .look = look};
