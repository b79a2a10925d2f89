/* sim_person.c: a person at a device, and what the screen told them. */
#include <string.h>

#include "tests/sim/sim.h"

static const struct id *session_of(const struct sim *s, size_t learner) {
  return learner == sim_learners - 1 ? &s->world.brass_today : &s->world.strings_today;
}

enum { any_code = 0xff };

/* ---- what was said ---- */

static size_t learner_number(const struct sim *s, const struct id *id) {
  for (size_t i = 0; i < sim_learners; i++) {
    if (id_equal(id, &s->learners[i])) return i;
  }
  return sim_learners;
}

static uint8_t code_of(const item *row) {
  const item *code = item_get(row, "code");
  if (!code || item_kind(code) == ITEM_NIL) return 0;
  return (uint8_t)schema_enum_number(schema_enum("mark_code"), core_host_text(row, "code"));
}

/* The machine failed under a change: it is there or it is not, and both are right. */
static void doubt(struct sim_device *d, size_t learner, uint8_t code) {
  for (size_t i = 0; i < sim_learners; i++) {
    if (learner != sim_learners && learner != i) continue;
    d->said.doubt[i] |= (uint8_t)(1U << code);
    d->said.tries[i]++;
  }
}

/* Undoing what was done to the whole register reaches those who have left it since; no row tells what they
 * have now. */
static void note_hidden(struct sim_device *d, const bool shown[sim_learners]) {
  for (size_t i = 0; i < sim_learners - 1; i++) {
    if (shown[i]) continue;
    d->said.doubt[i] = any_code;
    d->said.tries[i]++;
  }
}

/* Every row a reply shows after a change is said to be saved. Kit is followed in Brass only. */
static void note_said(struct sim *s, struct sim_device *d, size_t learner) {
  size_t followed = learner == sim_learners - 1 ? sim_learners : sim_learners - 1;
  bool shown[sim_learners] = {false};
  size_t count = 0;
  const item *rows = core_host_list(d->host.result, "rows", &count);
  for (size_t i = 0; i < count; i++) {
    struct id id = core_host_id(item_at(rows, i), "learner");
    size_t n = learner_number(s, &id);
    if (n >= followed) continue;
    d->said.last[n] = code_of(item_at(rows, i));
    d->said.ever[n][d->said.last[n]] = true;
    d->said.tries[n]++;
    shown[n] = true;
  }
  if (learner == sim_learners) note_hidden(d, shown);
}

/* Nothing but the register's own state, the end of a lease, a full disk and a learner who left keeps a person
 * from their work. */
void sim_check_refusal(struct sim *s, const struct sim_device *d, const char *what) {
  static const char *const known[] = {"CONFLICT", "NOT_UNLOCKED", "FULL"};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (strcmp(d->host.code, known[i]) == 0) return;
  }
  bool left = s->office_wrote;
  for (size_t i = 0; i < sim_learners; i++) left = left || s->erased[i];
  if (left && strcmp(d->host.code, "NOT_FOUND") == 0) return;
  sim_fail(s, "1 taken", "device %zu %s, and is told %s: %s", d->number, what, d->host.code, d->host.text);
}

static void after_change(struct sim *s, struct sim_device *d, bool ok, const char *what, size_t learner,
                         uint8_t codes) {
  bool broken = d->disk.dead || d->host.step_error != ERR_OK;
  sim_say(s, "%zu %s %zu: %s", d->number, what, learner,
          ok             ? "said saved"
          : d->disk.dead ? "no power"
          : broken       ? "no answer"
                         : d->host.code);
  if (ok) return note_said(s, d, learner);
  if (!broken) sim_check_refusal(s, d, what);
  for (uint8_t code = 0; broken && code < sim_codes; code++) {
    if (codes & 1U << code) doubt(d, learner, code);
  }
}

/* ---- a person at a device ---- */

static const char *words_about(const struct sim *s, size_t learner, const char *usual) {
  return s->words[learner] ? s->words[learner] : usual;
}

void sim_mark(struct sim *s, struct sim_device *d) {
  size_t learner = sim_below(&s->random, d->named == 0 ? 3 : sim_learners);
  uint8_t code = (uint8_t)(1 + sim_below(&s->random, 5));
  const char *word = schema_enum_word(schema_enum("mark_code"), code);
  int arrived = 960 + (int)sim_below(&s->random, 60);
  const struct id *session = session_of(s, learner), *who = &s->learners[learner];
  bool ok =
      code == ENUM_mark_code_L
          ? core_host_call(&d->host, "mark.set", "session:i learner:i code:w arrived:n comment:t", session,
                           who, word, arrived, words_about(s, learner, arrived % 2 ? "bus" : "train"))
          : core_host_call(&d->host, "mark.set", "session:i learner:i code:w", session, who, word);
  after_change(s, d, ok, "marks", learner, (uint8_t)(1U << code));
  if (ok) sim_note_written(s, d, learner);
}

void sim_mark_as(struct sim *s, struct sim_device *d, const char *word) {
  size_t learner = sim_below(&s->random, d->named == 0 ? 3 : sim_learners);
  uint8_t code = (uint8_t)schema_enum_number(schema_enum("mark_code"), slice_text(word));
  bool ok = core_host_call(&d->host, "mark.set", "session:i learner:i code:w", session_of(s, learner),
                           &s->learners[learner], word);
  after_change(s, d, ok, "marks", learner, (uint8_t)(1U << code));
  if (ok) sim_note_written(s, d, learner);
}

void sim_finish_as(struct sim *s, struct sim_device *d, const char *rest) {
  after_change(s, d,
               core_host_call(&d->host, "register.finish", "session:i rest:w", &s->world.strings_today, rest),
               "finishes", sim_learners, any_code);
}

void sim_change(struct sim *s, struct sim_device *d) {
  const struct id *session = &s->world.strings_today;
  switch (sim_below(&s->random, 8)) {
  case 0:
    after_change(s, d, core_host_call(&d->host, "mark.rest", "session:i code:w", session, "P"),
                 "marks the rest", sim_learners, any_code);
    break;
  case 1:
    after_change(s, d, core_host_call(&d->host, "undo", "session:i", session), "undoes", sim_learners,
                 any_code);
    break;
  case 2: sim_finish_as(s, d, "P"); break;
  case 3:
    after_change(s, d, core_host_call(&d->host, "register.reopen", "session:i reason:t", session, "late bus"),
                 "reopens", sim_learners, any_code);
    break;
  case 4: {
    bool ok = core_host_call(&d->host, "note.add", "learner:i activity:i text:t", &s->learners[0],
                             &s->world.strings, words_about(s, 0, "Good bow hold."));
    sim_say(s, "%zu notes: %s", d->number, ok ? "saved" : "not");
    if (ok) sim_note_added(d, 0);
    break;
  }
  default: sim_mark(s, d);
  }
}

void sim_lock_or_hold(struct sim *s, struct sim_device *d) {
  if (sim_below(&s->random, 2)) {
    d->unlocked = !core_host_call(&d->host, "lock", "");
    sim_say(s, "%zu locks", d->number);
  } else if (!s->kind->by_hand) {
    bool hold = sim_below(&s->random, 2) != 0;
    (void)core_host_call(&d->host, "sync.hold", "hold:b", hold);
    sim_say(s, "%zu %s the line", d->number, hold ? "holds" : "lets go");
  }
}
