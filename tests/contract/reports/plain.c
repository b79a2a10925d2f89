/* plain.c: the definitions of reports.def once more, each read from its sentence, over rows in memory. */
#include "tests/contract/reports/plain.h"

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

static bool fits(const struct plain *p, const struct report_ask *ask, const struct plain_row *session,
                 const struct id *key, int32_t n) {
  const struct plain_row *a = find(p, TABLE_activity, &session->values[COL(session, activity)].id);
  if (!a) return false;
  struct id none = {{0}},
            school = given(a, COL(activity, school)) ? a->values[COL(activity, school)].id : none;
  switch (ask->by) {
  case BY_SCHOOL: return id_equal(&school, key);
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
  struct plain_figure f = {0, 0};
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

/* How often a child came, in activities of certain modes and settings. */
static int64_t times(const struct plain *p, const struct report_ask *ask, const struct id *child,
                     uint32_t modes, int64_t setting) {
  const struct plain_table *t = &p->tables[TABLE_session];
  int64_t count = 0;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *s = &t->rows[i];
    if (!is_meeting(s) || !in_days(s, ask->from, ask->to) || !is_delivered(s) || !is_closed(p, s)) continue;
    const struct plain_row *a = find(p, TABLE_activity, &s->values[COL(session, activity)].id);
    if (!(modes >> number(a, COL(activity, mode)) & 1)) continue;
    if (setting && number(a, COL(activity, setting)) != setting) continue;
    count += came(code_at(p, child, s));
  }
  return count;
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
                         struct plain_figure *f) {
  const struct plain_table *t = &p->tables[TABLE_progress];
  const struct plain_row *first = NULL, *last = NULL;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *r = &t->rows[i];
    struct id c = child_of(p, &r->values[COL(progress, learner)].id);
    int64_t date = number(r, COL(progress, date));
    if (!id_equal(&c, child) || number(r, COL(progress, kind)) != ENUM_progress_kind_pos) continue;
    if (number(r, COL(progress, removed)) == 1 || is_voided(p, &r->id) || date < ask->from || date > ask->to)
      continue;
    if (!first || comes_before(r, first)) first = r;
    if (!last || comes_before(last, r)) last = r;
  }
  if (first == last) return;
  f->whole++;
  f->part += number(last, COL(progress, pos)) > number(first, COL(progress, pos));
}

static struct plain_figure of_learners(const struct plain *p, const struct report_ask *ask,
                                       const struct id *key) {
  enum { any = 0x3E, tuition = 0xE, groups = 0x3C };
  struct plain_figure f = {0, 0};
  for (size_t i = 0; i < p->tables[TABLE_learner].count; i++) {
    const struct plain_row *l = &p->tables[TABLE_learner].rows[i];
    struct id none = {{0}},
              school = given(l, COL(learner, school)) ? l->values[COL(learner, school)].id : none;
    if (!is_child(l) || (ask->by == BY_SCHOOL && !id_equal(&school, key))) continue;
    if (ask->report == REPORT_progression) {
      add_progress(p, ask, &l->id, &f);
      continue;
    }
    f.whole += times(p, ask, &l->id, any, 0) > 0;
    if (ask->report == REPORT_tuition) f.part += times(p, ask, &l->id, tuition, 0) >= 10;
    if (ask->report == REPORT_out_of_school)
      f.part += times(p, ask, &l->id, groups, ENUM_setting_out_of_school) > 0;
  }
  return f;
}

static struct plain_figure of_groups(const struct plain *p, const struct report_ask *ask,
                                     const struct id *key, int32_t n) {
  struct plain_figure f = {0, 0};
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
  struct plain_figure f = {0, 0};
  for (size_t i = 0; i < p->tables[TABLE_school].count; i++) {
    const struct plain_row *school = &p->tables[TABLE_school].rows[i];
    if (ask->by == BY_SCHOOL && !id_equal(&school->id, key)) continue;
    if (ask->by == BY_PHASE && number(school, COL(school, phase)) != n) continue;
    f.part += is_reached(p, ask, school);
    f.whole++;
  }
  return f;
}

struct plain_figure plain_of(const struct plain *p, const struct report_ask *ask, const struct id *key,
                             int32_t n) {
  struct plain_figure f = {0, 0};
  const struct plain_table *t = &p->tables[TABLE_session];
  switch (reports[ask->report].whose) {
  case OF_LESSONS: return owed(p, ask, key, n);
  case OF_LEARNERS: return of_learners(p, ask, key);
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
