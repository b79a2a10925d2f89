/* made_up.c: invents the county and what happens in it, as the office's own ops. */
#include "tests/contract/reports/made_up.h"

#include <stdio.h>
#include <string.h>

#include "server/core/cases.h"
#include "server/core/plan.h"

static uint64_t next(struct made_up *m) {
  uint64_t z = m->random += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static int below(struct made_up *m, size_t n) { return (int)(next(m) % n); }

static struct id fresh(struct made_up *m, const char *kind) {
  char ref[24];
  struct id id;
  (void)snprintf(ref, sizeof ref, "%zu", ++m->named);
  crypto_import_id(&id, &m->host.hub.id, kind, slice_text(ref));
  return id;
}

static void put(struct made_up *m, struct op *op, uint8_t table, const struct id *row, uint32_t units) {
  op->table = schema_table(table);
  op->row = *row;
  op->units = units;
  hub_world_put(&m->host, op);
}

static struct op blank(void) { return (struct op){.units = 0}; }

static int32_t day(int year, int month, int d) {
  return date_to_days((struct date){(int16_t)year, (uint8_t)month, (uint8_t)d});
}

/* ---- what is there ---- */

static void put_terms(struct made_up *m) {
  static const char *const names[] = {"Autumn", "Autumn, first half", "Spring"};
  const int32_t days[3][2] = {
      {m->august, m->autumn_end}, {m->autumn, m->autumn + 39}, {m->spring, m->spring + 80}};
  for (int i = 0; i < 3; i++) {
    struct op op = blank();
    struct id id = fresh(m, "term");
    op.values[COL(term, name)] = value_text(slice_text(names[i]));
    op.values[COL(term, starts)] = value_int(days[i][0]);
    op.values[COL(term, ends)] = value_int(days[i][1]);
    put(m, &op, TABLE_term, &id, 7);
  }
}

/* Schools where nothing meets: with a contract that has ended, a visit, a draft of one, and nothing at all.
 */
static void put_quiet_schools(struct made_up *m) {
  for (int i = 0; i < 6; i++) {
    struct op op = blank();
    struct id school = fresh(m, "school"), row = fresh(m, "visit");
    op.values[COL(school, name)] = value_text(slice_text("Quiet School"));
    if (i) op.values[COL(school, phase)] = value_int(1 + i % 2);
    put(m, &op, TABLE_school, &school, 7);
    op = blank();
    if (i == 0) continue;
    if (i == 1) {
      op.values[COL(contract, school)] = value_id(&school);
      op.values[COL(contract, starts)] = value_int(m->year - 300);
      op.values[COL(contract, ends)] = value_int(m->year - 1);
      put(m, &op, TABLE_contract, &row, 7);
      continue;
    }
    op.values[COL(visit, school)] = value_id(&school);
    op.values[COL(visit, staff)] = value_id(&m->learners[0]); /* nobody in particular */
    op.values[COL(visit, date)] = value_int(i == 2 ? m->year - 1 : m->autumn);
    op.values[COL(visit, status)] = value_int(i == 3 ? ENUM_visit_status_draft : ENUM_visit_status_final);
    put(m, &op, TABLE_visit, &row, 1 | 1U << 1 | 1U << 10);
  }
}

static void put_schools(struct made_up *m) {
  for (size_t i = 0; i < made_schools; i++) {
    struct op op = blank();
    m->schools[i] = fresh(m, "school");
    char urn[8];
    (void)snprintf(urn, sizeof urn, "%06zu", 100000 + i);
    op.values[COL(school, urn)] = value_text(slice_text(urn));
    op.values[COL(school, name)] = value_text(slice_text(i % 2 ? "Odd School" : "Even School"));
    op.values[COL(school, area)] = value_text(slice_text(i < 2 ? "North" : "South"));
    op.values[COL(school, phase)] = value_int(i < 2 ? ENUM_phase_primary : ENUM_phase_secondary);
    put(m, &op, TABLE_school, &m->schools[i], 7);
    if (i == 0) continue; /* one without a contract */
    struct op contract = blank();
    struct id id = fresh(m, "contract");
    contract.values[COL(contract, school)] = value_id(&m->schools[i]);
    contract.values[COL(contract, starts)] = value_int(m->autumn);
    if (i != 2) contract.values[COL(contract, notice_days)] = value_int(7);
    if (i == 3) contract.values[COL(contract, ends)] = value_int(m->autumn + 30);
    if (i == 1) m->contract = id;
    put(m, &contract, TABLE_contract, &id, 7);
  }
}

static void put_activities(struct made_up *m) {
  for (size_t i = 0; i < made_activities; i++) {
    struct op op = blank();
    m->activities[i] = fresh(m, "activity");
    bool in_school = i % 3 != 2;
    op.values[COL(activity, name)] = value_text(slice_text("Activity"));
    op.values[COL(activity, mode)] = value_int(1 + (int)(i % 5));
    op.values[COL(activity, setting)] =
        value_int(in_school ? ENUM_setting_in_school : ENUM_setting_out_of_school);
    if (in_school) op.values[COL(activity, school)] = value_id(&m->schools[i % made_schools]);
    if (i % 4) op.values[COL(activity, partner)] = value_id(&m->partners[i % made_partners]);
    if (i == 8) op.values[COL(activity, ends)] = value_int(m->autumn + 60); /* a whole class */
    put(m, &op, TABLE_activity, &m->activities[i], 0x3F);
  }
}

static void put_partners(struct made_up *m) {
  for (size_t i = 0; i < made_partners; i++) {
    struct op op = blank();
    m->partners[i] = fresh(m, "partner");
    op.values[COL(partner, name)] = value_text(slice_text(i ? "Sample Trust" : "Sample Opera"));
    put(m, &op, TABLE_partner, &m->partners[i], 3);
  }
}

/* Half of them with a partner, half with a school. */
static void set_side(struct made_up *m, struct op *op, size_t partner, size_t school) {
  if (below(m, 2))
    op->values[partner] = value_id(&m->partners[below(m, made_partners)]);
  else
    op->values[school] = value_id(&m->schools[below(m, made_schools)]);
}

static void agree(struct made_up *m) {
  struct op op = blank();
  struct id id = fresh(m, "agreement");
  int32_t from = m->year - 100 + below(m, 200);
  set_side(m, &op, COL(agreement, partner), COL(agreement, school));
  op.values[COL(agreement, functions)] = value_int(below(m, 2) ? 31 : below(m, 31));
  op.values[COL(agreement, starts)] = value_int(from);
  if (below(m, 4)) op.values[COL(agreement, ends)] = value_int(from + below(m, 300));
  op.values[COL(agreement, status)] = value_int(below(m, 5) ? ENUM_agreement_status_live : 1 + below(m, 3));
  if (below(m, 6)) op.values[COL(agreement, signed_1)] = value_int(from + below(m, 30));
  if (below(m, 6)) op.values[COL(agreement, signed_2)] = value_int(from + below(m, 30));
  op.values[COL(agreement, removed)] = value_int(below(m, 8) == 0);
  put(m, &op, TABLE_agreement, &id, 0x7F);
}

static void ask_survey(struct made_up *m) {
  struct op op = blank();
  struct id id = fresh(m, "survey");
  int32_t due = m->year - 20 + below(m, 240);
  set_side(m, &op, COL(survey, partner), COL(survey, school));
  op.values[COL(survey, due)] = value_int(due);
  if (below(m, 2)) op.values[COL(survey, received)] = value_int(due - 5);
  op.values[COL(survey, removed)] = value_int(below(m, 8) == 0);
  put(m, &op, TABLE_survey, &id, 0xF);
}

/* Of two learners who are one child both may have a row, even of one day. */
static void tell_inclusion(struct made_up *m) {
  struct op op = blank();
  struct id learner = m->learners[below(m, made_learners)], id;
  crypto_row_id(&id, TABLE_inclusion, &learner, 1);
  op.values[COL(inclusion, learner)] = value_id(&learner);
  op.values[COL(inclusion, as_at)] = value_int(m->autumn - below(m, 2));
  for (size_t i = COL(inclusion, fsm); i <= COL(inclusion, cla); i++)
    if (below(m, 8)) op.values[i] = value_int(1 + below(m, below(m, 4) ? 2 : 4));
  if (below(m, 4)) op.values[COL(inclusion, send)] = value_int(1 + below(m, 3));
  if (below(m, 4)) op.values[COL(inclusion, remission)] = value_int(1 + below(m, 3));
  if (below(m, 4)) op.values[COL(inclusion, sex)] = value_int(1 + below(m, 4));
  put(m, &op, TABLE_inclusion, &id, 3);
}

static void count_people(struct made_up *m) {
  static const char *const areas[] = {"North", "South", "East"};
  struct op op = blank();
  struct id id = fresh(m, "population");
  op.values[COL(population, area)] = value_text(slice_text(areas[below(m, 3)]));
  op.values[COL(population, people)] = value_int(1 + below(m, 7));
  op.values[COL(population, number)] = value_int(below(m, 1000));
  op.values[COL(population, as_at)] = value_int(m->year - 200 + (int32_t)m->named % 700);
  op.values[COL(population, removed)] = value_int(below(m, 8) == 0);
  put(m, &op, TABLE_population, &id, 7);
}

static void put_learners(struct made_up *m) {
  static const char *const groups[] = {"8", "7", "7", "7", "R", "7", "12", "3"};
  for (size_t i = 0; i < made_learners; i++) {
    struct op op = blank();
    m->learners[i] = fresh(m, "learner");
    op.values[COL(learner, first_name)] = value_text(slice_text("Player"));
    op.values[COL(learner, status)] = value_int(ENUM_learner_status_active);
    if (i % 3 == 0) op.values[COL(learner, dob)] = value_int(day(2014 + (int)(i % 2), 8 + (int)(i % 5), 20));
    op.values[COL(learner, year_group)] = value_text(slice_text(groups[i % 8]));
    if (i % 9) op.values[COL(learner, school)] = value_id(&m->schools[i % made_schools]);
    put(m, &op, TABLE_learner, &m->learners[i], 0x1F);
    for (size_t k = 0; k < 3; k++) {
      int32_t starts = below(m, 4) ? m->autumn - 120 : m->autumn + 20,
              ends = below(m, 3) ? 0 : m->autumn + 60 * (below(m, 4) - 1);
      if (ends < starts) ends = 0;
      hub_world_enrol(&m->host, &m->learners[i], &m->activities[(i + 5 * k) % made_activities], starts, ends);
    }
  }
}

/* What a form of the Local Plan asks, answered by chance; some answers are left out, some entries taken back.
 */
static struct value any_value(struct made_up *m, const struct column *c) {
  if (c->type == TYPE_ENUM) {
    size_t words = 0;
    while (c->vocabulary->values[words].word) words++;
    return value_int(c->vocabulary->values[below(m, words)].number);
  }
  if (c->type == TYPE_DATE) return value_int(m->year - 40 + below(m, 460));
  if (c->type == TYPE_INT) return value_int(1 + below(m, 9));
  if (c->type == TYPE_TEXT) return value_text(slice_text("Said."));
  const struct id *one = strcmp(c->of, "learner") == 0   ? &m->learners[below(m, made_learners)]
                         : strcmp(c->of, "school") == 0  ? &m->schools[below(m, made_schools)]
                         : strcmp(c->of, "partner") == 0 ? &m->partners[below(m, made_partners)]
                                                         : &m->host.hub.id;
  return value_id(one);
}

static void note_plan(struct made_up *m) {
  const struct table *t = schema_table(plan_kinds[below(m, PLAN_END)].table);
  struct op op = blank();
  struct id id = fresh(m, t->name);
  for (size_t i = 0; i < t->column_count; i++) {
    bool needed =
        t->columns[i].check.kind == CHECK_REQUIRED || t->columns[i].check.kind == CHECK_LENGTH_REQUIRED;
    if (i > COL(voice, removed_why) && (needed || below(m, 3))) op.values[i] = any_value(m, &t->columns[i]);
  }
  op.values[COL(voice, removed)] = value_int(below(m, 8) == 0);
  put(m, &op, t->id, &id, (1U << t->unit_count) - 1);
}

static void put_session(struct made_up *m, size_t activity, int32_t date, const struct id *makeup_of,
                        bool adhoc) {
  struct op op = blank();
  struct id id = fresh(m, "session");
  op.values[COL(session, activity)] = value_id(&m->activities[activity]);
  op.values[COL(session, date)] = value_int(date);
  op.values[COL(session, starts)] = value_int(16 * 60);
  op.values[COL(session, ends)] = value_int(17 * 60);
  op.values[COL(session, status)] = value_int(ENUM_session_status_scheduled);
  if (makeup_of) op.values[COL(session, makeup_of)] = value_id(makeup_of);
  if (adhoc) op.values[COL(session, adhoc)] = value_int(1);
  put(m, &op, TABLE_session, &id, 7);
  if (m->session_count < sizeof m->sessions / sizeof *m->sessions) m->sessions[m->session_count++] = id;
}

/* ---- what happens ---- */

static void set_register(struct made_up *m, const struct id *session, int state, int64_t at_ms) {
  struct op op = blank();
  struct id id;
  crypto_row_id(&id, TABLE_register, session, 1);
  op.values[COL(register, session)] = value_id(session);
  op.values[COL(register, state)] = value_int(state);
  op.values[COL(register, at)] = value_int(at_ms);
  put(m, &op, TABLE_register, &id, 3);
}

static void set_status(struct made_up *m, const struct id *session, int status, int cause) {
  struct op op = blank();
  op.values[COL(session, status)] = value_int(status);
  if (cause) op.values[COL(session, cause)] = value_int(cause);
  if (cause && below(m, 3)) op.values[COL(session, notice_days)] = value_int(below(m, 15));
  put(m, &op, TABLE_session, session, 1U << 2);
}

static void mark(struct made_up *m, const struct id *session, const struct id *learner) {
  struct op op = blank();
  struct id keys[2] = {*session, *learner}, id;
  crypto_row_id(&id, TABLE_mark, keys, 2);
  op.values[COL(mark, session)] = value_id(session);
  op.values[COL(mark, learner)] = value_id(learner);
  op.values[COL(mark, code)] = value_int(below(m, 3) ? ENUM_mark_code_P : 1 + below(m, 6));
  put(m, &op, TABLE_mark, &id, 3);
}

static const struct id *some_session(struct made_up *m) { return &m->sessions[below(m, m->session_count)]; }
static const struct id *some_learner(struct made_up *m) { return &m->learners[below(m, made_learners)]; }

static void take_register(struct made_up *m) {
  const struct id *session = some_session(m);
  int players = 3 + below(m, 8), first = below(m, made_learners);
  for (int i = 0; i < players; i++) mark(m, session, &m->learners[(first + 7 * i) % made_learners]);
  int state = 1 + below(m, 8);
  set_register(m, session, state > 3 ? ENUM_register_state_closed : state,
               uk_instant(m->autumn, 17 * 60) + below(m, 100) * INT64_C(86400000));
  if (below(m, 8)) set_status(m, session, ENUM_session_status_delivered, 0);
}

static void point(struct made_up *m, uint8_t table, const struct id *row, const struct id *to) {
  struct op op = blank();
  if (id_equal(row, to)) return;
  if (table == TABLE_learner) {
    op.values[COL(learner, status)] = value_int(ENUM_learner_status_merged);
    op.values[COL(learner, merged_into)] = value_id(to);
  } else {
    op.values[COL(session, same_as)] = value_id(to);
  }
  put(m, &op, table, row, table == TABLE_learner ? 1U << 4 : 1U << 7);
}

static void unmerge(struct made_up *m, const struct id *learner) {
  struct op op = blank();
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_active);
  put(m, &op, TABLE_learner, learner, 1U << 4);
}

static void give_notice(struct made_up *m) {
  struct op op = blank();
  struct id id = fresh(m, "notice");
  int32_t from = m->autumn + below(m, 90);
  op.values[COL(absence_notice, learner)] = value_id(some_learner(m));
  op.values[COL(absence_notice, starts)] = value_int(from);
  op.values[COL(absence_notice, ends)] = value_int(from + below(m, 20));
  put(m, &op, TABLE_absence_notice, &id, 3);
}

static void assess(struct made_up *m) {
  struct op op = blank();
  struct id id = fresh(m, "progress");
  op.values[COL(progress, learner)] = value_id(some_learner(m));
  op.values[COL(progress, activity)] = value_id(&m->activities[below(m, made_activities)]);
  op.values[COL(progress, staff)] = value_id(&m->host.hub.id);
  op.values[COL(progress, date)] = value_int(m->autumn + below(m, 120));
  int kind = below(m, 3) ? ENUM_progress_kind_pos : ENUM_progress_kind_stage;
  op.values[COL(progress, kind)] = value_int(below(m, 6) ? kind : ENUM_progress_kind_solo);
  op.values[COL(progress, stage)] = value_int(1 + below(m, 5));
  op.values[COL(progress, pos)] = value_int(1 + below(m, 5));
  put(m, &op, TABLE_progress, &id, 3);
  if (below(m, 6)) return;
  struct op undo = op;
  undo.values[COL(progress, voids)] = value_id(&id);
  undo.values[COL(progress, kind)] = value_int(ENUM_progress_kind_solo);
  struct id other = fresh(m, "progress");
  put(m, &undo, TABLE_progress, &other, 3);
}

/* Somebody ends what is open at a meeting, or opens again what is over. */
static void follow_up(struct made_up *m) {
  struct arena a = ARENA_INIT(1 << 20);
  struct store_case *list;
  size_t count;
  err e = m->host.store->ops->cases_of_session(m->host.store, some_session(m), &a, &list, &count);
  ASSERT(e == ERR_OK);
  for (size_t i = 0; i < count; i++) {
    struct fault fault = {0};
    bool open = list[i].state == CASE_OPEN;
    const struct case_act act = {.id = list[i].id,
                                 .who = m->host.hub.id,
                                 .text = slice_text("Rang the family."),
                                 .kind = open ? CASE_EVENT_ENDED : CASE_EVENT_REOPENED,
                                 .outcome = (uint8_t)(1 + below(m, 5))};
    if (list[i].state != 0) e = case_do(m->host.store, &m->host.now, &act, &fault);
    ASSERT(e == ERR_OK);
  }
  arena_finish(&a);
}

/* Everything, or a school, for some days; some are taken back. */
static void close_days(struct made_up *m) {
  struct op op = blank();
  struct id id = fresh(m, "closure");
  int32_t from = m->autumn + below(m, 90);
  if (below(m, 3)) op.values[COL(closure, school)] = value_id(&m->schools[below(m, made_schools)]);
  op.values[COL(closure, starts)] = value_int(from);
  op.values[COL(closure, ends)] = value_int(from + below(m, 7));
  op.values[COL(closure, reason)] = value_text(slice_text("INSET day"));
  put(m, &op, TABLE_closure, &id, 7);
  m->closure = id;
  if (below(m, 4)) return;
  op.values[COL(closure, removed)] = value_int(1);
  put(m, &op, TABLE_closure, &id, 1U << 3);
}

static void remove_session(struct made_up *m) {
  struct op op = blank();
  op.values[COL(session, removed)] = value_int(1);
  put(m, &op, TABLE_session, some_session(m), 1U << 6);
}

/* ---- what was not so, or is so no more ---- */

static void move_closure(struct made_up *m) {
  struct op op = blank();
  int32_t from = m->autumn + below(m, 90);
  if (id_is_zero(&m->closure)) return;
  op.values[COL(closure, starts)] = value_int(from);
  op.values[COL(closure, ends)] = value_int(from + below(m, 7));
  put(m, &op, TABLE_closure, &m->closure, 1U << 1);
}

static void end_contract(struct made_up *m) {
  struct op op = blank();
  op.values[COL(contract, starts)] = value_int(m->autumn);
  if (below(m, 3)) op.values[COL(contract, ends)] = value_int(m->autumn + below(m, 90));
  put(m, &op, TABLE_contract, &m->contract, 1U << 2);
}

/* Spans get shorter, and every period that is asked for is still some of them. */
static void put_term_between(struct made_up *m) {
  struct op op = blank();
  struct id id = fresh(m, "term");
  int32_t from = m->year - 80 + below(m, 200);
  op.values[COL(term, name)] = value_text(slice_text("Between"));
  op.values[COL(term, starts)] = value_int(from);
  op.values[COL(term, ends)] = value_int(from + below(m, 30));
  put(m, &op, TABLE_term, &id, 7);
}

static void move_learner(struct made_up *m) {
  struct op op = blank();
  op.values[COL(learner, year_group)] = value_text(slice_text("7"));
  if (below(m, 4)) op.values[COL(learner, school)] = value_id(&m->schools[below(m, made_schools)]);
  put(m, &op, TABLE_learner, some_learner(m), 1U << 3);
}

static void hand_over(struct made_up *m) {
  struct op op = blank();
  if (below(m, 4)) op.values[COL(activity, partner)] = value_id(&m->partners[below(m, made_partners)]);
  put(m, &op, TABLE_activity, &m->activities[below(m, made_activities)], 1U << 5);
}

/* The first ones stay, so that every school has one. */
static void move_activity(struct made_up *m) {
  struct op op = blank();
  int which = made_schools + below(m, made_activities - made_schools);
  if (below(m, 4)) op.values[COL(activity, school)] = value_id(&m->schools[below(m, made_schools)]);
  put(m, &op, TABLE_activity, &m->activities[which], 1U << 3);
}

static void change_mind(struct made_up *m) {
  switch (below(m, 6)) {
  case 0: move_closure(m); break;
  case 1: end_contract(m); break;
  case 2: put_term_between(m); break;
  case 3: hand_over(m); break;
  case 4: move_activity(m); break;
  default:
    for (int i = 0; i < 3; i++) move_learner(m);
  }
}

void made_up_happen(struct made_up *m) {
  size_t pair = 2 * (size_t)below(m, made_learners / 2); /* an even one and the next */
  switch (below(m, 32)) {
  case 0:
  case 1:
    for (int i = 0; i < 3; i++)
      set_status(m, some_session(m), ENUM_session_status_cancelled, 1 + below(m, 5));
    break;
  case 2: point(m, TABLE_learner, &m->learners[pair + 1], &m->learners[pair]); break;
  case 3: unmerge(m, &m->learners[pair + 1]); break;
  case 4: give_notice(m); break;
  case 5:
  case 6:
    for (int i = 0; i < 3; i++) assess(m);
    break;
  case 7:
    put_session(m, (size_t)below(m, made_activities), m->autumn + below(m, 110), some_session(m), false);
    set_status(m, &m->sessions[m->session_count - 1], 1 + below(m, 2), 0);
    break;
  case 8: put_session(m, (size_t)below(m, made_activities), m->autumn + below(m, 110), NULL, true); break;
  case 9:
    if (below(m, 3) == 0) remove_session(m);
    break;
  case 20: agree(m); break;
  case 21: ask_survey(m); break;
  case 22: tell_inclusion(m); break;
  case 23: count_people(m); break;
  case 26:
    for (int i = 0; i < 8; i++) note_plan(m);
    break;
  case 27: close_days(m); break;
  case 28:
  case 29:
  case 30: change_mind(m); break;
  case 10: hub_host_pass(&m->host, INT64_C(86400000)); break;
  case 24:
  case 25:
    for (int i = 0; i < 24; i++) follow_up(m); /* most of it on the day on which it opened */
    break;
  default: take_register(m);
  }
}

/* Of one meeting in a dozen there is a second entry. */
static void enter_twice(struct made_up *m) {
  size_t count = m->session_count;
  for (size_t i = 5; i < count && m->session_count < count + 12; i += 12) {
    size_t activity = i / made_weeks;
    put_session(m, activity, m->autumn + 7 * (int32_t)(i % made_weeks), NULL, true);
    point(m, TABLE_session, &m->sessions[m->session_count - 1], &m->sessions[i]);
  }
}

/* Lessons that go on all year, so that somebody has ten. */
static void teach(struct made_up *m) {
  for (size_t i = 0; i < 2 * made_weeks; i++) {
    for (size_t k = 0; k < 4; k++) mark(m, &m->sessions[i], &m->learners[(i / made_weeks + k) * 2]);
    set_register(m, &m->sessions[i], ENUM_register_state_closed,
                 uk_instant(m->autumn + 7 * (int32_t)i, 17 * 60));
    set_status(m, &m->sessions[i], ENUM_session_status_delivered, 0);
  }
}

/* A day on which everything meets, and the first so many learners come to three activities each. */
static void teach_on(struct made_up *m, int32_t date, size_t learners) {
  size_t first = m->session_count;
  for (size_t a = 0; a < made_activities; a++) put_session(m, a, date, NULL, false);
  for (size_t i = 0; i < learners; i++)
    for (size_t k = 0; k < 3; k++)
      mark(m, &m->sessions[first + (i + 5 * k) % made_activities], &m->learners[i]);
  for (size_t a = 0; a < made_activities; a++) {
    set_register(m, &m->sessions[first + a], ENUM_register_state_closed, uk_instant(date, 17 * 60));
    set_status(m, &m->sessions[first + a], ENUM_session_status_delivered, 0);
  }
}

void made_up_open(struct made_up *m, uint64_t seed) {
  *m = (struct made_up){.random = seed};
  hub_host_open(&m->host, seed);
  m->year = day(2026, 9, 1), m->august = day(2026, 8, 27), m->autumn = day(2026, 9, 7),
  m->autumn_end = day(2026, 11, 27);
  m->spring = day(2026, 12, 14);
  m->host.now.wall_ms = uk_instant(day(2026, 12, 18), 12 * 60);
  put_terms(m);
  put_schools(m);
  put_quiet_schools(m);
  put_partners(m);
  put_activities(m);
  put_learners(m);
  for (int i = 0; i < 30; i++) tell_inclusion(m);
  for (int i = 0; i < 20; i++) agree(m), ask_survey(m), count_people(m);
  for (size_t a = 0; a < made_activities; a++)
    for (int week = 0; week < made_weeks; week++)
      put_session(m, a, m->autumn + 7 * week + (week == 11 ? 35 : 0), NULL, false);
  teach(m);
  enter_twice(m);
  teach_on(m, m->autumn - 70, made_learners); /* the last lessons of the school year before */
  teach_on(m, m->year - 1, made_learners / 3);
  teach_on(m, m->year, made_learners / 3);
}

int32_t made_up_today(const struct made_up *m) {
  int32_t date, minute;
  uk_civil(m->host.now.wall_ms, &date, &minute);
  return date;
}

void made_up_close(struct made_up *m) { hub_host_close(&m->host); }
