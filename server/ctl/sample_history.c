/* sample_history.c: how a term may have gone, session by session, told by the devices that were there. */
#include <stdlib.h>

#include "server/core/cases.h"
#include "server/core/safeguarding.h"
#include "server/core/views.h"
#include "server/ctl/ctl.h"
#include "server/ctl/sample.h"
#include "server/ctl/sample_device.h"

enum {
  history_arena_bytes_max = 67108864, /* the sessions of a year; nothing grows with what is recorded */
  session_arena_bytes_max = 4194304,
  hour_ms = 3600000,
  evening_minute = 22 * 60 + 30,
  morning_minute = 9 * 60,
  weekend = 5,
  cases_a_morning = 100,
  per_mille = 1000
};

struct history {
  struct data_dir *dir;
  struct sample_tally *tally;
  uint64_t random;
  struct arena arena; /* the timetable, to the end */
  struct arena work;  /* one session's, cleared before the next */
  struct view_slot *slots;
  size_t slot_count;
  struct sample_device *devices;
  size_t device_count, device_cap;
  int64_t until_ms; /* when the day begins before which it plays: nothing is written or sent later */
};

/* splitmix64, as in sample_county.c. */
static uint64_t next(struct history *h) {
  uint64_t z = h->random += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static int below(struct history *h, int n) { return (int)(next(h) % (uint64_t)n); }

/* ---- what may happen: how often of a thousand, the first line that fits ---- */

struct chance {
  int of_thousand, value;
};
static int draw(struct history *h, const struct chance *list) {
  int at = below(h, per_mille);
  while (list->of_thousand != 0 && (at -= list->of_thousand) >= 0) list++;
  return list->value;
}
static const struct chance marks[] = {{60, ENUM_mark_code_L},
                                      {35, ENUM_mark_code_AN},
                                      {25, ENUM_mark_code_AU},
                                      {10, ENUM_mark_code_SE},
                                      {0, ENUM_mark_code_P}};
/* What came of ringing home about an absence that nobody explained; 0: nobody rang. */
static const struct chance calls[] = {{90, ENUM_call_outcome_no_answer},
                                      {60, ENUM_call_outcome_message},
                                      {20, ENUM_call_outcome_unaware},
                                      {30, 0},
                                      {0, ENUM_call_outcome_explained}};
static const char *const reasons[] = {"Ill at home", "At the dentist", "They forgot to tell us",
                                      "The train was late, they are on their way home"};
/* What becomes of a case on a morning on which the office looks at it: its number in case_outcomes; 0: nobody
 * was reached, and it is looked at again on the next one. */
static const struct chance ends[] = {{350, 1}, {150, 2}, {120, 3}, {80, 4}, {0, 0}};
enum { GOES_WELL, NEVER_TAKEN, LEFT_OPEN, CLOSED_LATE, SCHOOL_TOLD, SCHOOL_SHORT, TUTOR_ILL, SNOW };
static const struct chance fates[] = {{25, NEVER_TAKEN}, {12, LEFT_OPEN},    {50, CLOSED_LATE},
                                      {20, SCHOOL_TOLD}, {15, SCHOOL_SHORT}, {18, TUTOR_ILL},
                                      {5, SNOW},         {0, GOES_WELL}};
static const struct {
  int cause, notice_days_max;
} causes[] = {[SCHOOL_TOLD] = {ENUM_cancel_cause_school_notice, 20},
              [SCHOOL_SHORT] = {ENUM_cancel_cause_school_short, 3},
              [TUTOR_ILL] = {ENUM_cancel_cause_tutor_absent, 0},
              [SNOW] = {ENUM_cancel_cause_weather, 0}};

/* ---- one session ---- */

static err session_status(struct history *h, struct sample_device *d, const struct view_slot *slot,
                          struct op *op) {
  struct row row = {0};
  *op = (struct op){.table = schema_table(TABLE_session), .row = slot->session, .units = 1U << 2};
  TRY(h->dir->store->ops->load_row(h->dir->store, op->table, &slot->session, &h->work, &row));
  if (!row.exists || row.units[2].count == 0) return ERR_NOT_FOUND;
  return sample_device_base(d, op, 2, &row.units[2].heads[0].op);
}

static err cancel(struct history *h, struct sample_device *d, const struct view_slot *slot, int fate) {
  struct op op;
  int most = causes[fate].notice_days_max;
  TRY(session_status(h, d, slot, &op));
  op.values[COL(session, status)] = value_int(ENUM_session_status_cancelled);
  op.values[COL(session, cause)] = value_int(causes[fate].cause);
  op.values[COL(session, notice_days)] = value_int(most == 0 ? 0 : below(h, most));
  return sample_device_write(d, uk_instant(slot->date, slot->starts) - hour_ms, &op, 1);
}

static void mark_op(struct op *op, const struct view_slot *slot, const struct id *learner, int code,
                    int late) {
  struct id keys[2] = {slot->session, *learner};
  *op = (struct op){.table = schema_table(TABLE_mark), .units = 3};
  crypto_row_id(&op->row, TABLE_mark, keys, 2);
  op->values[COL(mark, session)] = value_id(&keys[0]);
  op->values[COL(mark, learner)] = value_id(&keys[1]);
  op->values[COL(mark, code)] = value_int(code);
  if (code == ENUM_mark_code_L) op->values[COL(mark, arrived)] = value_int(slot->starts + late);
}

static void register_op(struct op *op, const struct view_slot *slot, int state, int64_t at_ms) {
  *op = (struct op){.table = schema_table(TABLE_register), .units = 3};
  crypto_row_id(&op->row, TABLE_register, &slot->session, 1);
  op->values[COL(register, session)] = value_id(&slot->session);
  op->values[COL(register, state)] = value_int(state);
  op->values[COL(register, at)] = value_int(at_ms);
}

static err close_register(struct history *h, struct sample_device *d, const struct view_slot *slot,
                          int64_t at_ms) {
  struct op ops[2];
  register_op(&ops[0], slot, ENUM_register_state_closed, at_ms);
  TRY(session_status(h, d, slot, &ops[1]));
  ops[1].values[COL(session, status)] = value_int(ENUM_session_status_delivered);
  h->tally->registers++;
  return sample_device_write(d, at_ms, ops, 2);
}

/* Of one mark in a hundred somebody thinks better after the register was closed. */
static err amend(struct history *h, struct sample_device *d, const struct view_slot *slot,
                 const struct op *was, const struct op_id *seen, int64_t at_ms) {
  struct op op = *was;
  if (below(h, 100) != 0 || was->values[COL(mark, code)].i == ENUM_mark_code_AU) return ERR_OK;
  op.units = 1U | 1U << 1;
  op.values[COL(mark, code)] = value_int(ENUM_mark_code_L);
  op.values[COL(mark, arrived)] = value_int(slot->starts + 1 + below(h, 10));
  op.values[COL(mark, amend_reason)] = value_text(slice_text("Came in at the back"));
  TRY(sample_device_base(d, &op, 1, seen));
  return sample_device_write(d, at_ms, &op, 1);
}

/* Somebody who is away without a word is rung about; what the family explains ends the case. */
static err ring_home(struct history *h, struct sample_device *d, const struct view_slot *slot,
                     const struct op *mark, int64_t at_ms) {
  struct op op = {
      .table = schema_table(TABLE_absence_call), .row = entropy_id(&h->dir->hub.entropy), .units = 3};
  int32_t day, minute;
  if (mark->values[COL(mark, code)].i != ENUM_mark_code_AU) return ERR_OK;
  int outcome = draw(h, calls);
  if (outcome == 0 || at_ms >= h->until_ms) return ERR_OK;
  uk_civil(at_ms, &day, &minute);
  op.values[COL(absence_call, session)] = value_id(&slot->session);
  op.values[COL(absence_call, learner)] = mark->values[COL(mark, learner)];
  op.values[COL(absence_call, staff)] = value_id(&d->staff);
  op.values[COL(absence_call, outcome)] = value_int(outcome);
  op.values[COL(absence_call, at)] = value_int(minute);
  if (outcome == ENUM_call_outcome_explained)
    op.values[COL(absence_call, said)] = value_text(slice_text(reasons[below(h, 4)]));
  return sample_device_write(d, at_ms, &op, 1);
}

static err take_register(struct history *h, struct sample_device *d, const struct view_slot *slot, int fate,
                         const struct id *learners, size_t count) {
  struct op *ops = arena_take(&h->work, count, sizeof *ops);
  if (ops == NULL) return ERR_NO_MEMORY;
  int64_t start = uk_instant(slot->date, slot->starts), end = uk_instant(slot->date, slot->ends);
  int64_t closed =
      end + (fate == CLOSED_LATE ? (25 + below(h, 24)) * (int64_t)hour_ms : below(h, 30) * 60000);
  if (closed + hour_ms > h->until_ms) fate = LEFT_OPEN; /* nobody has come to it yet */
  size_t marked = fate == LEFT_OPEN ? count / 2 : count;
  for (size_t i = 0; i < marked; i++) mark_op(&ops[i], slot, &learners[i], draw(h, marks), 1 + below(h, 15));
  struct op_id first = sample_device_last(d);
  if (marked > 0) TRY(sample_device_write(d, start + 60000, ops, marked));
  h->tally->marks += marked;
  if (fate == LEFT_OPEN) {
    register_op(&ops[0], slot, ENUM_register_state_open, start + 60000);
    return sample_device_write(d, start + 60000, ops, 1);
  }
  TRY(close_register(h, d, slot, closed));
  for (size_t i = 0; i < marked; i++) {
    struct op_id seen = first;
    seen.counter += i + 1;
    TRY(amend(h, d, slot, &ops[i], &seen, closed + hour_ms));
    TRY(ring_home(h, d, slot, &ops[i], closed + (2 + below(h, 240)) * (int64_t)60000));
  }
  return ERR_OK;
}

/* ---- notes and progress, of lessons alone ---- */

static void signed_op(struct history *h, struct op *op, uint8_t table, const struct sample_device *d,
                      const struct view_slot *slot, const struct id *learner) {
  size_t keys[4] = {COL(note, learner), COL(note, activity), COL(note, staff), COL(note, date)};
  if (table == TABLE_progress) {
    keys[0] = COL(progress, learner), keys[1] = COL(progress, activity);
    keys[2] = COL(progress, staff), keys[3] = COL(progress, date);
  }
  *op = (struct op){.table = schema_table(table), .row = entropy_id(&h->dir->hub.entropy), .units = 3};
  op->values[keys[0]] = value_id(learner);
  op->values[keys[1]] = value_id(&slot->activity);
  op->values[keys[2]] = value_id(&d->staff);
  op->values[keys[3]] = value_int(slot->date);
}

static err write_note(struct history *h, struct sample_device *d, const struct view_slot *slot,
                      const struct id *learner) {
  static const char *const texts[] = {"Even tone in the slow movement", "Counts rests aloud now",
                                      "Scale of G by heart, hands together next", "Took the repeat at once"};
  struct op op;
  signed_op(h, &op, TABLE_note, d, slot, learner);
  op.values[COL(note, areas)] = value_int(1 << below(h, ENUM_area_practice));
  op.values[COL(note, text)] = value_text(slice_text(texts[below(h, 4)]));
  op.values[COL(note, visibility)] = value_int(ENUM_visibility_office);
  h->tally->notes++;
  return sample_device_write(d, uk_instant(slot->date, slot->ends), &op, 1);
}

static err write_fact(struct history *h, struct sample_device *d, const struct view_slot *slot,
                      const struct id *learner, int kind, int value) {
  struct op op;
  signed_op(h, &op, TABLE_progress, d, slot, learner);
  op.values[COL(progress, kind)] = value_int(kind);
  op.values[kind == ENUM_progress_kind_pos ? COL(progress, pos) : COL(progress, stage)] = value_int(value);
  h->tally->facts++;
  return sample_device_write(d, uk_instant(slot->date, slot->ends), &op, 1);
}

static err write_words(struct history *h, struct sample_device *d, const struct view_slot *slot,
                       const struct id *learner) {
  if (below(h, 5) < 2) TRY(write_note(h, d, slot, learner));
  if (below(h, 5) == 0) TRY(write_fact(h, d, slot, learner, ENUM_progress_kind_pos, 1 + below(h, 5)));
  if (below(h, 12) == 0) return write_fact(h, d, slot, learner, ENUM_progress_kind_stage, 1 + below(h, 3));
  return ERR_OK;
}

static bool lesson(const struct view_slot *slot) {
  return slot->mode == ENUM_mode_individual || slot->mode == ENUM_mode_small;
}

static err play_session(struct history *h, struct sample_device *d, const struct view_slot *slot) {
  struct id *learners;
  size_t count;
  int fate = draw(h, fates);
  TRY(views_enrolled(h->dir->store, &slot->activity, slot->date, &h->work, &learners, &count));
  if (fate == NEVER_TAKEN || count == 0) return ERR_OK;
  if (fate >= SCHOOL_TOLD) return cancel(h, d, slot, fate);
  if (count > changeset_ops_max) count = changeset_ops_max;
  TRY(take_register(h, d, slot, fate, learners, count));
  for (size_t i = 0; lesson(slot) && i < count; i++) TRY(write_words(h, d, slot, &learners[i]));
  return ERR_OK;
}

/* ---- the term ---- */

static struct sample_device *device_of(struct history *h, const struct id *staff) {
  for (size_t i = 0; i < h->device_count; i++)
    if (id_equal(&h->devices[i].staff, staff)) return &h->devices[i];
  return NULL;
}

static err find_device(struct sample_device **out, struct history *h, const struct view_slot *slot) {
  *out = device_of(h, &slot->staff);
  if (*out != NULL) return ERR_OK;
  if (h->device_count == h->device_cap) return ERR_TOO_BIG;
  *out = &h->devices[h->device_count++];
  h->tally->devices++;
  return sample_device_enrol(*out, h->dir, &slot->staff, uk_instant(slot->date, 8 * 60));
}

/* What was written since each last sent. Whoever closed a register days later had no line until then. */
static err send_all(struct history *h, int64_t at_ms) {
  for (size_t i = 0; i < h->device_count; i++) {
    struct sample_device *d = &h->devices[i];
    if (d->count == 0 || d->latest_ms > at_ms) continue;
    h->tally->bundles++;
    TRY(sample_device_send(d, at_ms));
  }
  return ERR_OK;
}

static err follow_up(struct history *h, const struct view_case *one, const struct now *now) {
  struct fault fault = {0};
  int outcome = draw(h, ends);
  const struct case_act act = {.id = one->id,
                               .who = h->dir->hub.id,
                               .by = slice_text("Safeguarding lead"),
                               .text = slice_text(outcome ? "Rang the family and the school" : "Rang again"),
                               .kind = outcome ? CASE_EVENT_ENDED : CASE_EVENT_STEP,
                               .outcome = (uint8_t)outcome};
  return case_do(h->dir->store, now, &act, &fault);
}

/* On a school day's morning the office takes up what is still open. */
static err follow_up_all(struct history *h, int32_t date) {
  struct now now = {.wall_ms = uk_instant(date, morning_minute)};
  struct view_case *list;
  size_t count;
  uint64_t open;
  if (date_weekday(date) >= weekend || now.wall_ms >= h->until_ms) return ERR_OK;
  arena_clear(&h->work);
  TRY(views_cases(h->dir->store, cases_a_morning, &h->work, &list, &count, &open));
  for (size_t i = 0; i < count; i++) {
    now.wall_ms += 120000;
    bool is_there = list[i].opened_ms <= now.wall_ms; /* of a history that is played on, some come later */
    if (list[i].state == CASE_OPEN && is_there) TRY(follow_up(h, &list[i], &now));
  }
  return ERR_OK;
}

static err pass_days(struct history *h, int32_t from, int32_t to) {
  for (int32_t day = from; day < to; day++) {
    TRY(send_all(h, uk_instant(day, evening_minute)));
    TRY(follow_up_all(h, day + 1));
  }
  return ERR_OK;
}

static err play(struct history *h, int32_t today) {
  struct sample_device *d;
  int32_t date = h->slots[0].date;
  for (size_t i = 0; i < h->slot_count; i++) {
    const struct view_slot *slot = &h->slots[i];
    TRY(pass_days(h, date, slot->date));
    date = slot->date;
    TRY(find_device(&d, h, slot));
    arena_clear(&h->work);
    TRY(play_session(h, d, slot));
  }
  TRY(pass_days(h, date, today));
  return send_all(h, h->until_ms);
}

/* As many as there are people who hold sessions. */
static err make_room(struct history *h) {
  h->device_cap = h->slot_count < staff_of_hub_max ? h->slot_count : staff_of_hub_max;
  h->devices = calloc(h->device_cap + 1, sizeof *h->devices);
  return h->devices == NULL ? ERR_NO_MEMORY : ERR_OK;
}

err sample_history(struct sample_tally *out, struct data_dir *d, uint64_t seed, int32_t date,
                   struct fault *fault) {
  struct history h = {.dir = d,
                      .tally = out,
                      .random = seed,
                      .arena = ARENA_INIT(history_arena_bytes_max),
                      .work = ARENA_INIT(session_arena_bytes_max),
                      .until_ms = uk_instant(date, 0)};
  *out = (struct sample_tally){.devices = 0};
  err e = views_timetable(d->store, 0, date - 1, &h.arena, &h.slots, &h.slot_count);
  if (e == ERR_OK && h.slot_count == 0)
    e = fault_set(fault, ERR_NOT_FOUND,
                  "the hub has no session before that day: import a sample with --weeks");
  if (e == ERR_OK) e = make_room(&h);
  if (e == ERR_OK) e = play(&h, date);
  for (size_t i = 0; i < h.device_count; i++) sample_device_finish(&h.devices[i]);
  free(h.devices);
  arena_finish(&h.work);
  arena_finish(&h.arena);
  return e;
}
