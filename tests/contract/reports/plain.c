/* plain.c: the definitions of reports.def once more, each read from its sentence, over rows in memory. */
#include "tests/contract/reports/plain.h"

#include <stdlib.h>

enum { day_ms = 86400000 };

void plain_finish(struct plain *p) { arena_finish(&p->arena); }

static int64_t number(const struct plain_row *r, size_t column) {
  return r->values[column].kind == VALUE_INT ? r->values[column].i : 0;
}
static bool given(const struct plain_row *r, size_t column) { return r->values[column].kind != VALUE_NULL; }
static bool names(const struct plain_row *r, size_t column, const struct id *id) {
  return r->values[column].kind == VALUE_ID && id_equal(&r->values[column].id, id);
}
static const struct plain_row *find(const struct plain *p, uint8_t table, const struct id *id) {
  const struct plain_table *t = &p->tables[table];
  for (size_t i = 0; i < t->count; i++)
    if (id_equal(&t->rows[i].id, id)) return &t->rows[i];
  return NULL;
}

/* Who stands for a row: pointers are followed to their end. */
static struct id stands_for(const struct plain *p, uint8_t table, size_t column, const struct id *id) {
  struct id at = *id;
  for (int steps = 0; steps < 8; steps++) {
    const struct plain_row *r = find(p, table, &at);
    if (!r || r->values[column].kind != VALUE_ID) break;
    at = r->values[column].id;
  }
  return at;
}
static struct id child_of(const struct plain *p, const struct id *learner) {
  return stands_for(p, TABLE_learner, COL(learner, merged_into), learner);
}
static struct id meeting_of(const struct plain *p, const struct id *session) {
  return stands_for(p, TABLE_session, COL(session, same_as), session);
}

void plain_read(struct plain *p, struct store *store, const struct now *now) {
  *p = (struct plain){.now_ms = now->wall_ms, .arena = ARENA_INIT(1 << 30)};
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    err e = plain_sql_rows(&p->tables[t->id], store, t, &p->arena);
    ASSERT(e == ERR_OK);
  }
  const struct plain_table *marks = &p->tables[TABLE_mark];
  p->children = arena_take(&p->arena, marks->count + 1, sizeof *p->children);
  p->meetings = arena_take(&p->arena, marks->count + 1, sizeof *p->meetings);
  ASSERT(p->children && p->meetings);
  for (size_t i = 0; i < marks->count; i++) {
    p->children[i] = child_of(p, &marks->rows[i].values[COL(mark, learner)].id);
    p->meetings[i] = meeting_of(p, &marks->rows[i].values[COL(mark, session)].id);
  }
}

/* ---- sessions ---- */

static bool is_meeting(const struct plain_row *s) {
  return number(s, COL(session, removed)) != 1 && !given(s, COL(session, same_as));
}
static int64_t end_of(const struct plain_row *s) {
  return uk_instant((int32_t)number(s, COL(session, date)), (int32_t)number(s, COL(session, ends)));
}
static const struct plain_row *register_of(const struct plain *p, const struct plain_row *s) {
  const struct plain_table *t = &p->tables[TABLE_register];
  const struct plain_row *other = NULL;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *r = &t->rows[i];
    if (names(r, COL(register, session), &s->id)) return r;
    struct id meeting = meeting_of(p, &r->values[COL(register, session)].id);
    if (!id_equal(&meeting, &s->id)) continue;
    if (!other || number(r, COL(register, state)) > number(other, COL(register, state))) other = r;
  }
  return other;
}
static bool is_closed(const struct plain *p, const struct plain_row *s) {
  const struct plain_row *r = register_of(p, s);
  return r && number(r, COL(register, state)) == ENUM_register_state_closed;
}
static bool is_delivered(const struct plain_row *s) {
  return number(s, COL(session, status)) == ENUM_session_status_delivered;
}
static bool in_days(const struct plain_row *s, int32_t from, int32_t to) {
  int64_t date = number(s, COL(session, date));
  return date >= from && date <= to;
}

/* ---- which marks count ---- */

/* The code a child has at a meeting: of several marks the child's own record's at the meeting's own entry,
 * and so on down, see VIEW_MARK_ORDER. */
static int64_t code_at(const struct plain *p, const struct id *child, const struct plain_row *meeting) {
  const struct plain_table *t = &p->tables[TABLE_mark];
  const struct plain_row *best = NULL;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *m = &t->rows[i];
    const struct id *learner = &m->values[COL(mark, learner)].id,
                    *session = &m->values[COL(mark, session)].id;
    if (!id_equal(&p->children[i], child) || !id_equal(&p->meetings[i], &meeting->id)) continue;
    if (number(m, COL(mark, code)) == ENUM_mark_code_none) continue;
    if (!best) {
      best = m;
      continue;
    }
    const struct id *bl = &best->values[COL(mark, learner)].id, *bs = &best->values[COL(mark, session)].id;
    int mine[2] = {!id_equal(learner, child), !id_equal(session, &meeting->id)};
    int theirs[2] = {!id_equal(bl, child), !id_equal(bs, &meeting->id)};
    int order = mine[0] != theirs[0]      ? mine[0] - theirs[0]
                : mine[1] != theirs[1]    ? mine[1] - theirs[1]
                : id_compare(learner, bl) ? id_compare(learner, bl)
                                          : id_compare(session, bs);
    if (order < 0) best = m;
  }
  return best ? number(best, COL(mark, code)) : 0;
}

static bool is_child(const struct plain_row *learner) { return !given(learner, COL(learner, merged_into)); }
static bool came(int64_t code) { return code == ENUM_mark_code_P || code == ENUM_mark_code_L; }
static bool away(int64_t code) { return code == ENUM_mark_code_AN || code == ENUM_mark_code_AU; }

/* ---- the dimension ---- */

/* A key of zeros: of no partner. */
static bool is_partners(const struct plain_row *activity, const struct id *key) {
  struct id none = {{0}};
  const struct value *v = &activity->values[COL(activity, partner)];
  return id_equal(v->kind == VALUE_ID ? &v->id : &none, key);
}

static bool fits(const struct plain *p, const struct report_ask *ask, const struct plain_row *session,
                 const struct id *key, int32_t n) {
  const struct plain_row *a = find(p, TABLE_activity, &session->values[COL(session, activity)].id);
  if (!a) return false;
  struct id none = {{0}},
            school = given(a, COL(activity, school)) ? a->values[COL(activity, school)].id : none;
  switch (ask->by) {
  case BY_SCHOOL: return id_equal(&school, key);
  case BY_PARTNER: return is_partners(a, key);
  case BY_ACTIVITY: return id_equal(&a->id, key);
  case BY_KIND:
    return report_kind((uint8_t)number(a, COL(activity, mode)), (uint8_t)number(a, COL(activity, setting))) ==
           n;
  default: return true;
  }
}

/* ---- the reports ---- */

static void add_marks(const struct plain *p, const struct plain_row *s, enum report_id report,
                      struct plain_figure *f) {
  const struct plain_table *t = &p->tables[TABLE_learner];
  if (!is_delivered(s) || !is_closed(p, s)) return;
  for (size_t i = 0; i < t->count; i++) {
    if (!is_child(&t->rows[i])) continue;
    int64_t code = code_at(p, &t->rows[i].id, s);
    if (report == REPORT_attendance) f->part += came(code), f->whole += came(code) || away(code);
    if (report == REPORT_punctuality) f->part += code == ENUM_mark_code_P, f->whole += came(code);
  }
}

static void add_register(const struct plain *p, const struct plain_row *s, enum report_id report,
                         struct plain_figure *f) {
  if (end_of(s) > p->now_ms || number(s, COL(session, status)) == ENUM_session_status_cancelled) return;
  bool closed = is_closed(p, s);
  int64_t at = closed ? number(register_of(p, s), COL(register, at)) : 0;
  f->whole++;
  if (report == REPORT_completeness) f->part += closed;
  if (report == REPORT_timely) f->part += closed && at > 0 && at <= end_of(s) + day_ms;
}

static bool enrolled(const struct plain *p, const struct id *child, const struct plain_row *s) {
  const struct plain_table *t = &p->tables[TABLE_enrolment];
  int64_t date = number(s, COL(session, date));
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *e = &t->rows[i];
    struct id c = child_of(p, &e->values[COL(enrolment, learner)].id);
    if (!id_equal(&c, child) || !names(e, COL(enrolment, activity), &s->values[COL(session, activity)].id))
      continue;
    if (number(e, COL(enrolment, removed)) == 1 || number(e, COL(enrolment, starts)) > date) continue;
    if (!given(e, COL(enrolment, ends)) || number(e, COL(enrolment, ends)) > date) return true;
  }
  return false;
}

static bool charged(const struct plain *p, const struct plain_row *s, const struct id *school) {
  const struct plain_table *t = &p->tables[TABLE_contract];
  int64_t cause = number(s, COL(session, cause)), date = number(s, COL(session, date)), from = -1;
  const struct plain_row *contract = NULL;
  if (number(s, COL(session, status)) != ENUM_session_status_cancelled) return false;
  if (cause != ENUM_cancel_cause_school_notice && cause != ENUM_cancel_cause_school_short) return false;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *c = &t->rows[i];
    if (!names(c, COL(contract, school), school) || number(c, COL(contract, starts)) > date) continue;
    if (given(c, COL(contract, ends)) && number(c, COL(contract, ends)) < date) continue;
    if (number(c, COL(contract, starts)) > from) contract = c, from = number(c, COL(contract, starts));
  }
  if (contract && given(contract, COL(contract, notice_days)) && given(s, COL(session, notice_days)))
    return number(s, COL(session, notice_days)) < number(contract, COL(contract, notice_days));
  return cause == ENUM_cancel_cause_school_short;
}

static void add_owed(const struct plain *p, const struct report_ask *ask, const struct plain_row *activity,
                     const struct id *child, struct plain_figure *f) {
  const struct plain_table *t = &p->tables[TABLE_session];
  int64_t due = 0, done = 0;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *s = &t->rows[i];
    if (!is_meeting(s) || !names(s, COL(session, activity), &activity->id) || !in_days(s, ask->from, ask->to))
      continue;
    if (!enrolled(p, child, s)) continue;
    bool planned = number(s, COL(session, adhoc)) != 1 && !given(s, COL(session, makeup_of));
    due += planned && end_of(s) <= p->now_ms;
    done += is_delivered(s) || (planned && charged(p, s, &activity->values[COL(activity, school)].id));
  }
  f->part += due > done ? due - done : 0;
  f->whole += due;
}

static struct plain_figure owed(const struct plain *p, const struct report_ask *ask, const struct id *key,
                                int32_t n) {
  struct plain_figure f = {.part = 0};
  for (size_t i = 0; i < p->tables[TABLE_activity].count; i++) {
    const struct plain_row *a = &p->tables[TABLE_activity].rows[i];
    struct plain_row any = {.id = a->id};
    any.values[COL(session, activity)] = value_id(&a->id);
    int64_t mode = number(a, COL(activity, mode));
    if (!given(a, COL(activity, school)) || mode > ENUM_mode_large || !fits(p, ask, &any, key, n)) continue;
    for (size_t l = 0; l < p->tables[TABLE_learner].count; l++) {
      const struct plain_row *learner = &p->tables[TABLE_learner].rows[l];
      if (is_child(learner)) add_owed(p, ask, a, &learner->id, &f);
    }
  }
  return f;
}

/* How often a child came, in activities of certain modes and settings; of one partner, where `partner` is not
 * NULL. */
static int64_t times_with(const struct plain *p, const struct report_ask *ask, const struct id *child,
                          uint32_t modes, int64_t setting, const struct id *partner) {
  const struct plain_table *t = &p->tables[TABLE_session];
  int64_t count = 0;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *s = &t->rows[i];
    if (!is_meeting(s) || !in_days(s, ask->from, ask->to) || !is_delivered(s) || !is_closed(p, s)) continue;
    const struct plain_row *a = find(p, TABLE_activity, &s->values[COL(session, activity)].id);
    if (!(modes >> number(a, COL(activity, mode)) & 1)) continue;
    if (setting && number(a, COL(activity, setting)) != setting) continue;
    if (partner && !is_partners(a, partner)) continue;
    count += came(code_at(p, child, s));
  }
  return count;
}

static int64_t times(const struct plain *p, const struct report_ask *ask, const struct id *child,
                     uint32_t modes, int64_t setting) {
  return times_with(p, ask, child, modes, setting, NULL);
}

static bool is_voided(const struct plain *p, const struct id *fact) {
  const struct plain_table *t = &p->tables[TABLE_progress];
  for (size_t i = 0; i < t->count; i++)
    if (names(&t->rows[i], COL(progress, voids), fact) && number(&t->rows[i], COL(progress, removed)) != 1)
      return true;
  return false;
}

static bool comes_before(const struct plain_row *x, const struct plain_row *y) {
  int64_t a = number(x, COL(progress, date)), b = number(y, COL(progress, date));
  return a != b ? a < b : id_compare(&x->id, &y->id) < 0;
}

static void add_progress(const struct plain *p, const struct report_ask *ask, const struct id *child,
                         const struct id *partner, struct plain_figure *f) {
  const struct plain_table *t = &p->tables[TABLE_progress];
  const struct plain_row *first = NULL, *last = NULL;
  bool with = partner == NULL;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *r = &t->rows[i];
    struct id c = child_of(p, &r->values[COL(progress, learner)].id);
    int64_t date = number(r, COL(progress, date));
    if (!id_equal(&c, child) || number(r, COL(progress, kind)) != ENUM_progress_kind_pos) continue;
    if (number(r, COL(progress, removed)) == 1 || is_voided(p, &r->id) || date < ask->from || date > ask->to)
      continue;
    const struct plain_row *a = find(p, TABLE_activity, &r->values[COL(progress, activity)].id);
    with = with || (a && is_partners(a, partner));
    if (!first || comes_before(r, first)) first = r;
    if (!last || comes_before(last, r)) last = r;
  }
  if (first == last || !with) return;
  f->whole++;
  f->part += number(last, COL(progress, pos)) > number(first, COL(progress, pos));
}

static struct plain_figure of_learners(const struct plain *p, const struct report_ask *ask,
                                       const struct id *key) {
  enum { any = 0x3E, tuition = 0xE, groups = 0x3C };
  struct plain_figure f = {.part = 0};
  for (size_t i = 0; i < p->tables[TABLE_learner].count; i++) {
    const struct plain_row *l = &p->tables[TABLE_learner].rows[i];
    struct id none = {{0}},
              school = given(l, COL(learner, school)) ? l->values[COL(learner, school)].id : none;
    if (!is_child(l) || (ask->by == BY_SCHOOL && !id_equal(&school, key))) continue;
    const struct id *partner = ask->by == BY_PARTNER ? key : NULL;
    if (ask->report == REPORT_progression) {
      add_progress(p, ask, &l->id, partner, &f);
      continue;
    }
    if (partner && times_with(p, ask, &l->id, any, 0, partner) == 0) continue;
    f.whole += times(p, ask, &l->id, any, 0) > 0;
    if (ask->report == REPORT_tuition) f.part += times(p, ask, &l->id, tuition, 0) >= 10;
    if (ask->report == REPORT_out_of_school)
      f.part += times(p, ask, &l->id, groups, ENUM_setting_out_of_school) > 0;
  }
  return f;
}

static struct plain_figure of_groups(const struct plain *p, const struct report_ask *ask,
                                     const struct id *key, int32_t n) {
  struct plain_figure f = {.part = 0};
  for (size_t i = 0; i < p->tables[TABLE_activity].count; i++) {
    const struct plain_row *a = &p->tables[TABLE_activity].rows[i];
    bool met = false;
    if (number(a, COL(activity, mode)) == ENUM_mode_individual) continue;
    if (number(a, COL(activity, setting)) != ENUM_setting_in_school) continue;
    for (size_t k = 0; k < p->tables[TABLE_session].count; k++) {
      const struct plain_row *s = &p->tables[TABLE_session].rows[k];
      met = met || (is_meeting(s) && is_delivered(s) && names(s, COL(session, activity), &a->id) &&
                    in_days(s, ask->from, ask->to) && fits(p, ask, s, key, n));
    }
    f.part += met;
    f.whole += met;
  }
  return f;
}

/* One school: taught at, visited, or agreed with in the school year. */
static bool is_reached(const struct plain *p, const struct report_ask *ask, const struct plain_row *school) {
  const struct plain_table *contracts = &p->tables[TABLE_contract], *visits = &p->tables[TABLE_visit];
  int32_t last = ask->year + 364;
  struct report_ask at = {.by = BY_SCHOOL};
  for (size_t i = 0; i < contracts->count; i++) {
    const struct plain_row *c = &contracts->rows[i];
    bool over = given(c, COL(contract, ends)) && number(c, COL(contract, ends)) < ask->year;
    if (names(c, COL(contract, school), &school->id) && !over && number(c, COL(contract, starts)) <= last)
      return true;
  }
  for (size_t i = 0; i < visits->count; i++) {
    const struct plain_row *v = &visits->rows[i];
    int64_t date = number(v, COL(visit, date));
    if (!names(v, COL(visit, school), &school->id) || date < ask->year || date > last) continue;
    if (number(v, COL(visit, status)) == ENUM_visit_status_final) return true;
  }
  for (size_t i = 0; i < p->tables[TABLE_session].count; i++) {
    const struct plain_row *s = &p->tables[TABLE_session].rows[i];
    if (is_meeting(s) && is_delivered(s) && in_days(s, ask->year, last) && fits(p, &at, s, &school->id, 0))
      return true;
  }
  return false;
}

static struct plain_figure of_schools(const struct plain *p, const struct report_ask *ask,
                                      const struct id *key, int32_t n) {
  struct plain_figure f = {.part = 0};
  for (size_t i = 0; i < p->tables[TABLE_school].count; i++) {
    const struct plain_row *school = &p->tables[TABLE_school].rows[i];
    if (ask->by == BY_SCHOOL && !id_equal(&school->id, key)) continue;
    if (ask->by == BY_PHASE && number(school, COL(school, phase)) != n) continue;
    f.part += is_reached(p, ask, school);
    f.whole++;
  }
  return f;
}

/* ---- what is known of learners ---- */

/* The newest day's rows of everybody who stands for a child; of several of that day, all must say it. */
static int64_t said(const struct plain *p, const struct id *child, size_t column) {
  const struct plain_table *t = &p->tables[TABLE_inclusion];
  int64_t newest = INT64_MIN, found = -1;
  for (int pass = 0; pass < 2; pass++) {
    for (size_t i = 0; i < t->count; i++) {
      struct id c = child_of(p, &t->rows[i].values[COL(inclusion, learner)].id);
      int64_t day = number(&t->rows[i], COL(inclusion, as_at)), value = number(&t->rows[i], column);
      if (!id_equal(&c, child)) continue;
      if (pass == 0 && day > newest) newest = day;
      if (pass == 1 && day == newest) found = found == -1 || found == value ? value : 0;
    }
  }
  return found < 0 ? 0 : found;
}

enum { signs_known = 1, signs_yes = 2 };
static int signs(const struct plain *p, const struct report_ask *ask, const struct id *child) {
  static const size_t columns[] = {COL(inclusion, fsm), COL(inclusion, pupil_premium), COL(inclusion, cla)};
  bool yes = false, all_no = true;
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
    if (!(ask->disadvantaged >> i & 1)) continue;
    int64_t value = said(p, child, columns[i]);
    yes = yes || value == ENUM_answer_yes;
    all_no = all_no && value == ENUM_answer_no;
  }
  return yes ? signs_known | signs_yes : all_no ? signs_known : 0;
}

static struct plain_figure of_inclusion(const struct plain *p, const struct report_ask *ask,
                                        const struct id *key) {
  struct plain_figure f = {.part = 0};
  for (size_t i = 0; i < p->tables[TABLE_learner].count; i++) {
    const struct plain_row *l = &p->tables[TABLE_learner].rows[i];
    struct id none = {{0}},
              school = given(l, COL(learner, school)) ? l->values[COL(learner, school)].id : none;
    const struct id *partner = ask->by == BY_PARTNER ? key : NULL;
    if (!is_child(l) || (ask->by == BY_SCHOOL && !id_equal(&school, key))) continue;
    if (times_with(p, ask, &l->id, 0x3E, 0, partner) == 0) continue;
    int known = signs(p, ask, &l->id);
    f.whole += (known & signs_known) != 0;
    f.part += (known & signs_yes) != 0;
    f.beside += known == 0;
  }
  return f;
}

/* 1 in the group, 0 not in it, -1 not known. */
static int is_of(const struct plain *p, const struct id *child, int32_t people) {
  static const size_t columns[] = {
      [ENUM_people_fsm] = COL(inclusion, fsm),    [ENUM_people_pupil_premium] = COL(inclusion, pupil_premium),
      [ENUM_people_cla] = COL(inclusion, cla),    [ENUM_people_send] = COL(inclusion, send),
      [ENUM_people_female] = COL(inclusion, sex), [ENUM_people_male] = COL(inclusion, sex)};
  int64_t value = said(p, child, columns[people]);
  switch (people) {
  case ENUM_people_send: return value == 0 ? -1 : value != ENUM_send_none;
  case ENUM_people_female: return value == ENUM_sex_F ? 1 : value == ENUM_sex_M ? 0 : -1;
  case ENUM_people_male: return value == ENUM_sex_M ? 1 : value == ENUM_sex_F ? 0 : -1;
  default: return value == ENUM_answer_yes ? 1 : value == ENUM_answer_no ? 0 : -1;
  }
}

/* The number of an area's group by its newest row; -1 when it never counted it. */
static int64_t living(const struct plain *p, const struct value *area, int64_t people, int32_t until) {
  const struct plain_table *t = &p->tables[TABLE_population];
  const struct plain_row *best = NULL;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *r = &t->rows[i];
    if (!value_equal(&r->values[COL(population, area)], area)) continue;
    if (number(r, COL(population, people)) != people || number(r, COL(population, removed)) == 1) continue;
    if (number(r, COL(population, as_at)) > until) continue;
    if (!best || number(r, COL(population, as_at)) > number(best, COL(population, as_at))) best = r;
  }
  return best ? number(best, COL(population, number)) : -1;
}

static struct plain_figure of_people(const struct plain *p, const struct report_ask *ask, int32_t people) {
  struct plain_figure f = {.part = 0};
  const struct plain_table *t = &p->tables[TABLE_population];
  for (size_t i = 0; i < p->tables[TABLE_learner].count; i++) {
    const struct plain_row *l = &p->tables[TABLE_learner].rows[i];
    if (!is_child(l) || times(p, ask, &l->id, 0x3E, 0) == 0) continue;
    int in = is_of(p, &l->id, people);
    f.part += in == 1;
    f.whole += in >= 0;
  }
  for (size_t i = 0; i < t->count; i++) { /* each area where its first row stands */
    const struct value *area = &t->rows[i].values[COL(population, area)];
    bool first = true;
    for (size_t k = 0; k < i; k++)
      first = first && !value_equal(&t->rows[k].values[COL(population, area)], area);
    int64_t group = living(p, area, people, ask->to), all = living(p, area, ENUM_people_all, ask->to);
    if (!first || group < 0 || all < 0) continue;
    f.beside += group;
    f.of += all;
  }
  return f;
}

/* ---- partners ---- */

static bool in_force(const struct plain_row *g, int64_t day) {
  if (number(g, COL(agreement, removed)) == 1) return false;
  if (number(g, COL(agreement, status)) != ENUM_agreement_status_live) return false;
  if (number(g, COL(agreement, starts)) > day) return false;
  if (given(g, COL(agreement, ends)) && number(g, COL(agreement, ends)) < day) return false;
  if (!given(g, COL(agreement, signed_1)) || number(g, COL(agreement, signed_1)) > day) return false;
  return given(g, COL(agreement, signed_2)) && number(g, COL(agreement, signed_2)) <= day;
}

static bool with(const struct report_ask *ask, const struct plain_row *r, size_t partner, size_t school,
                 const struct id *key) {
  size_t column = ask->by == BY_PARTNER ? partner : school;
  struct id none = {{0}};
  if (ask->by != BY_PARTNER && ask->by != BY_SCHOOL) return true;
  return id_equal(given(r, column) ? &r->values[column].id : &none, key);
}

static struct plain_figure of_partners(const struct plain *p, const struct report_ask *ask,
                                       const struct id *key) {
  struct plain_figure f = {.part = 0};
  int32_t day = ask->today < ask->to ? ask->today : ask->to;
  bool surveys = ask->report == REPORT_survey_return;
  const struct plain_table *t = &p->tables[surveys ? TABLE_survey : TABLE_agreement];
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *r = &t->rows[i];
    if (surveys) {
      int64_t due = number(r, COL(survey, due));
      bool back = given(r, COL(survey, received));
      if (!with(ask, r, COL(survey, partner), COL(survey, school), key)) continue;
      if (number(r, COL(survey, removed)) == 1 || due < ask->from || due > ask->to) continue;
      f.whole += back || due <= day;
      f.part += back;
    } else if (with(ask, r, COL(agreement, partner), COL(agreement, school), key) && in_force(r, day)) {
      f.whole++;
      f.part += number(r, COL(agreement, functions)) == 31;
    }
  }
  return f;
}

/* ---- how long they stay ---- */

/* The days between the first time a child came and the last, with one partner; -1 for never. */
static int64_t lasting(const struct plain *p, const struct id *child, const struct id *partner) {
  const struct plain_table *t = &p->tables[TABLE_session];
  int64_t first = INT64_MAX, last = INT64_MIN;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *s = &t->rows[i];
    const struct plain_row *a = find(p, TABLE_activity, &s->values[COL(session, activity)].id);
    if (!is_meeting(s) || !is_delivered(s) || !is_closed(p, s) || !is_partners(a, partner)) continue;
    if (!came(code_at(p, child, s))) continue;
    int64_t date = number(s, COL(session, date));
    first = date < first ? date : first;
    last = date > last ? date : last;
  }
  return last == INT64_MIN ? -1 : last - first;
}

static int by_days(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return x < y ? -1 : x > y;
}

static struct plain_figure of_lasting(const struct plain *p, const struct id *partner) {
  const struct plain_table *t = &p->tables[TABLE_learner];
  int64_t *days = calloc(t->count + 1, sizeof *days);
  size_t count = 0;
  ASSERT(days);
  for (size_t i = 0; i < t->count; i++) {
    int64_t one = is_child(&t->rows[i]) ? lasting(p, &t->rows[i].id, partner) : -1;
    if (one >= 0) days[count++] = one;
  }
  qsort(days, count, sizeof *days, by_days);
  struct plain_figure f = {.part = count ? (days[(count + 1) / 2 - 1] * 12 + 182) / 365 : 0,
                           .whole = (int64_t)count};
  free(days);
  return f;
}

struct plain_figure plain_of(const struct plain *p, const struct report_ask *ask, const struct id *key,
                             int32_t n) {
  struct plain_figure f = {.part = 0};
  const struct plain_table *t = &p->tables[TABLE_session];
  switch (reports[ask->report].whose) {
  case OF_LESSONS: return owed(p, ask, key, n);
  case OF_LEARNERS: return ask->report == REPORT_longevity ? of_lasting(p, key) : of_learners(p, ask, key);
  case OF_INCLUSION: return of_inclusion(p, ask, key);
  case OF_PEOPLE: return of_people(p, ask, n);
  case OF_PARTNERS: return of_partners(p, ask, key);
  case OF_GROUPS: return of_groups(p, ask, key, n);
  case OF_SCHOOLS: return of_schools(p, ask, key, n);
  default: break;
  }
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *s = &t->rows[i];
    if (!is_meeting(s) || !in_days(s, ask->from, ask->to) || !fits(p, ask, s, key, n)) continue;
    if (reports[ask->report].whose == OF_MARKS) add_marks(p, s, ask->report, &f);
    if (reports[ask->report].whose == OF_REGISTERS) add_register(p, s, ask->report, &f);
  }
  return f;
}
