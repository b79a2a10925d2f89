/* plain.c: the definitions of reports.def once more, each read from its sentence, over rows in memory. */
#include "tests/contract/reports/plain_rows.h"

#include <math.h>
#include <stdlib.h>

void plain_finish(struct plain *p) { arena_finish(&p->arena); }

int64_t plain_number(const struct plain_row *r, size_t column) {
  return r->values[column].kind == VALUE_INT ? r->values[column].i : 0;
}
bool plain_given(const struct plain_row *r, size_t column) { return r->values[column].kind != VALUE_NULL; }
bool plain_names(const struct plain_row *r, size_t column, const struct id *id) {
  return r->values[column].kind == VALUE_ID && id_equal(&r->values[column].id, id);
}
const struct plain_row *plain_find(const struct plain *p, uint8_t table, const struct id *id) {
  const struct plain_table *t = &p->tables[table];
  for (size_t i = 0; i < t->count; i++)
    if (id_equal(&t->rows[i].id, id)) return &t->rows[i];
  return NULL;
}

/* ---- sessions ---- */

bool plain_is_meeting(const struct plain_row *s) {
  return plain_number(s, COL(session, removed)) != 1 && !plain_given(s, COL(session, same_as));
}
static int64_t end_of(const struct plain_row *s) {
  return uk_instant((int32_t)plain_number(s, COL(session, date)),
                    (int32_t)plain_number(s, COL(session, ends)));
}
/* `s` is a row of the table itself. */
static const struct plain_row *register_of(const struct plain *p, const struct plain_row *s) {
  return p->registers[s - p->tables[TABLE_session].rows];
}
bool plain_is_closed(const struct plain *p, const struct plain_row *s) {
  const struct plain_row *r = register_of(p, s);
  return r && plain_number(r, COL(register, state)) == ENUM_register_state_closed;
}
bool plain_is_delivered(const struct plain_row *s) {
  return plain_number(s, COL(session, status)) == ENUM_session_status_delivered;
}
/* People have said different things about its outcome. */
static bool disputed(const struct plain *p, const struct plain_row *s) {
  for (size_t i = 0; i < p->dispute_count; i++)
    if (id_equal(&p->disputes[i], &s->id)) return true;
  return false;
}

bool plain_counts(const struct plain *p, const struct plain_row *s) {
  return plain_is_delivered(s) && plain_is_closed(p, s) && !disputed(p, s);
}
bool plain_in_days(const struct plain_row *s, int32_t from, int32_t to) {
  int64_t date = plain_number(s, COL(session, date));
  return date >= from && date <= to;
}

/* ---- which marks count ---- */

int64_t plain_code_at(const struct plain *p, const struct id *child, const struct plain_row *meeting) {
  const struct plain_table *learners = &p->tables[TABLE_learner], *sessions = &p->tables[TABLE_session];
  const struct plain_row *learner = plain_find(p, TABLE_learner, child);
  ASSERT(learner);
  return p->codes[(size_t)(learner - learners->rows) * sessions->count + (size_t)(meeting - sessions->rows)];
}

bool plain_is_child(const struct plain_row *learner) {
  return !plain_given(learner, COL(learner, merged_into));
}
bool plain_came(int64_t code) { return code == ENUM_mark_code_P || code == ENUM_mark_code_L; }
static bool away(int64_t code) { return code == ENUM_mark_code_AN || code == ENUM_mark_code_AU; }

/* ---- the dimension ---- */

/* A key of zeros: of no partner. */
bool plain_is_partners(const struct plain_row *activity, const struct id *key) {
  struct id none = {{0}};
  const struct value *v = &activity->values[COL(activity, partner)];
  return id_equal(v->kind == VALUE_ID ? &v->id : &none, key);
}

bool plain_fits(const struct plain *p, const struct report_ask *ask, const struct plain_row *session,
                const struct id *key, int32_t n) {
  const struct plain_row *a = plain_find(p, TABLE_activity, &session->values[COL(session, activity)].id);
  if (!a) return false;
  struct id none = {{0}},
            school = plain_given(a, COL(activity, school)) ? a->values[COL(activity, school)].id : none;
  switch (ask->by) {
  case BY_SCHOOL: return id_equal(&school, key);
  case BY_PARTNER: return plain_is_partners(a, key);
  case BY_ACTIVITY: return id_equal(&a->id, key);
  case BY_KIND:
    return report_kind((uint8_t)plain_number(a, COL(activity, mode)),
                       (uint8_t)plain_number(a, COL(activity, setting))) == n;
  default: return true;
  }
}

/* ---- the reports ---- */

static void add_marks(const struct plain *p, const struct plain_row *s, enum report_id report,
                      struct plain_figure *f) {
  const struct plain_table *t = &p->tables[TABLE_learner];
  if (!plain_counts(p, s)) return;
  for (size_t i = 0; i < t->count; i++) {
    if (!plain_is_child(&t->rows[i])) continue;
    int64_t code = plain_code_at(p, &t->rows[i].id, s);
    if (report == REPORT_attendance) f->part += plain_came(code), f->whole += plain_came(code) || away(code);
    if (report == REPORT_punctuality) f->part += code == ENUM_mark_code_P, f->whole += plain_came(code);
  }
}

/* Its school, or everything, was closed that day, and nobody was there: it was not held, and no register
 * begun. */
static bool is_shut(const struct plain *p, const struct plain_row *s) {
  const struct plain_table *t = &p->tables[TABLE_closure];
  const struct plain_row *a = plain_find(p, TABLE_activity, &s->values[COL(session, activity)].id),
                         *r = register_of(p, s);
  int64_t date = plain_number(s, COL(session, date)), status = plain_number(s, COL(session, status));
  bool begun = r && plain_given(r, COL(register, state));
  if (plain_is_delivered(s) || (begun && status != ENUM_session_status_cancelled)) return false;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *c = &t->rows[i];
    if (plain_number(c, COL(closure, removed)) == 1) continue;
    if (plain_number(c, COL(closure, starts)) > date || plain_number(c, COL(closure, ends)) < date) continue;
    if (!plain_given(c, COL(closure, school))) return true;
    if (a && plain_names(a, COL(activity, school), &c->values[COL(closure, school)].id)) return true;
  }
  return false;
}

static void add_register(const struct plain *p, const struct plain_row *s, enum report_id report,
                         struct plain_figure *f) {
  if (end_of(s) > p->now_ms || plain_number(s, COL(session, status)) == ENUM_session_status_cancelled) return;
  if (is_shut(p, s)) return;
  bool closed = plain_is_closed(p, s);
  int64_t at = closed ? plain_number(register_of(p, s), COL(register, at)) : 0;
  f->whole++;
  if (report == REPORT_completeness) f->part += closed;
  if (report == REPORT_timely) f->part += closed && at > 0 && at <= end_of(s) + day_ms;
}

static bool enrolled(const struct plain *p, const struct id *child, const struct plain_row *s) {
  const struct plain_table *t = &p->tables[TABLE_enrolment];
  int64_t date = plain_number(s, COL(session, date));
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *e = &t->rows[i];
    if (!id_equal(&p->places[i], child) ||
        !plain_names(e, COL(enrolment, activity), &s->values[COL(session, activity)].id))
      continue;
    if (plain_number(e, COL(enrolment, removed)) == 1 || plain_number(e, COL(enrolment, starts)) > date)
      continue;
    if (!plain_given(e, COL(enrolment, ends)) || plain_number(e, COL(enrolment, ends)) > date) return true;
  }
  return false;
}

static bool charged(const struct plain *p, const struct plain_row *s, const struct id *school) {
  const struct plain_table *t = &p->tables[TABLE_contract];
  int64_t cause = plain_number(s, COL(session, cause)), date = plain_number(s, COL(session, date)), from = -1;
  const struct plain_row *contract = NULL;
  if (plain_number(s, COL(session, status)) != ENUM_session_status_cancelled) return false;
  if (cause != ENUM_cancel_cause_school_notice && cause != ENUM_cancel_cause_school_short) return false;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *c = &t->rows[i];
    if (!plain_names(c, COL(contract, school), school) || plain_number(c, COL(contract, starts)) > date)
      continue;
    if (plain_given(c, COL(contract, ends)) && plain_number(c, COL(contract, ends)) < date) continue;
    if (plain_number(c, COL(contract, starts)) > from)
      contract = c, from = plain_number(c, COL(contract, starts));
  }
  if (contract && plain_given(contract, COL(contract, notice_days)) &&
      plain_given(s, COL(session, notice_days)))
    return plain_number(s, COL(session, notice_days)) < plain_number(contract, COL(contract, notice_days));
  return cause == ENUM_cancel_cause_school_short;
}

struct owed_counts plain_owed(const struct plain *p, const struct report_ask *ask, const struct id *activity,
                              const struct id *child) {
  const struct plain_table *t = &p->tables[TABLE_session];
  const struct plain_row *a = plain_find(p, TABLE_activity, activity);
  struct owed_counts n = {.due = 0};
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *s = &t->rows[i];
    if (!plain_is_meeting(s) || !plain_names(s, COL(session, activity), activity) ||
        !plain_in_days(s, ask->from, ask->to))
      continue;
    if (!enrolled(p, child, s)) continue;
    int64_t status = plain_number(s, COL(session, status));
    bool planned = plain_number(s, COL(session, adhoc)) != 1 && !plain_given(s, COL(session, makeup_of));
    bool due = planned && end_of(s) <= p->now_ms && !is_shut(p, s);
    n.due += due;
    n.delivered += plain_is_delivered(s);
    n.makeups += plain_is_delivered(s) && plain_given(s, COL(session, makeup_of));
    n.charged += due && charged(p, s, &a->values[COL(activity, school)].id);
    n.waiting += due && status != ENUM_session_status_delivered && status != ENUM_session_status_cancelled;
    if (due && status == ENUM_session_status_cancelled) n.cause[plain_number(s, COL(session, cause))]++;
    n.disputed += disputed(p, s);
  }
  int64_t done = n.delivered + n.charged;
  n.owed = n.due > done ? n.due - done : 0;
  return n;
}

bool plain_owes(const struct owed_counts *n) { return n->due + n->delivered + n->charged + n->disputed > 0; }

const struct plain_row *plain_lessons_at(const struct plain *p, const struct id *activity,
                                         const struct id *school) {
  const struct plain_row *a = plain_find(p, TABLE_activity, activity);
  return a && plain_names(a, COL(activity, school), school) &&
                 plain_number(a, COL(activity, mode)) <= ENUM_mode_large
             ? a
             : NULL;
}

static struct plain_figure owed(const struct plain *p, const struct report_ask *ask, const struct id *key,
                                int32_t n) {
  struct plain_figure f = {.part = 0};
  for (size_t i = 0; i < p->tables[TABLE_activity].count; i++) {
    const struct plain_row *a = &p->tables[TABLE_activity].rows[i];
    struct plain_row any = {.id = a->id};
    any.values[COL(session, activity)] = value_id(&a->id);
    int64_t mode = plain_number(a, COL(activity, mode));
    if (!plain_given(a, COL(activity, school)) || mode > ENUM_mode_large || !plain_fits(p, ask, &any, key, n))
      continue;
    for (size_t l = 0; l < p->tables[TABLE_learner].count; l++) {
      const struct plain_row *learner = &p->tables[TABLE_learner].rows[l];
      if (!plain_is_child(learner)) continue;
      struct owed_counts counts = plain_owed(p, ask, &a->id, &learner->id);
      f.part += counts.owed;
      f.whole += counts.due;
    }
  }
  return f;
}

/* How often a child came, in activities of certain modes and settings; of one partner, where `partner` is not
 * NULL. */
int64_t plain_times_with(const struct plain *p, const struct report_ask *ask, const struct id *child,
                         uint32_t modes, int64_t setting, const struct id *partner) {
  const struct plain_table *t = &p->tables[TABLE_session];
  int64_t count = 0;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *s = &t->rows[i];
    if (!plain_is_meeting(s) || !plain_in_days(s, ask->from, ask->to) || !plain_counts(p, s)) continue;
    const struct plain_row *a = plain_find(p, TABLE_activity, &s->values[COL(session, activity)].id);
    if (!(modes >> plain_number(a, COL(activity, mode)) & 1)) continue;
    if (setting && plain_number(a, COL(activity, setting)) != setting) continue;
    if (partner && !plain_is_partners(a, partner)) continue;
    count += plain_came(plain_code_at(p, child, s));
  }
  return count;
}

int64_t plain_times(const struct plain *p, const struct report_ask *ask, const struct id *child,
                    uint32_t modes, int64_t setting) {
  return plain_times_with(p, ask, child, modes, setting, NULL);
}

static struct plain_figure of_groups(const struct plain *p, const struct report_ask *ask,
                                     const struct id *key, int32_t n) {
  struct plain_figure f = {.part = 0};
  for (size_t i = 0; i < p->tables[TABLE_activity].count; i++) {
    const struct plain_row *a = &p->tables[TABLE_activity].rows[i];
    bool met = false;
    if (plain_number(a, COL(activity, mode)) == ENUM_mode_individual) continue;
    if (plain_number(a, COL(activity, setting)) != ENUM_setting_in_school) continue;
    for (size_t k = 0; k < p->tables[TABLE_session].count; k++) {
      const struct plain_row *s = &p->tables[TABLE_session].rows[k];
      met = met ||
            (plain_is_meeting(s) && plain_is_delivered(s) && plain_names(s, COL(session, activity), &a->id) &&
             plain_in_days(s, ask->from, ask->to) && plain_fits(p, ask, s, key, n));
    }
    f.part += met;
    f.whole += met;
  }
  return f;
}

static bool has_music_plan(const struct plain *p, const struct id *school, int32_t first, int32_t last) {
  const struct plain_table *plans = &p->tables[TABLE_music_plan];
  for (size_t i = 0; i < plans->count; i++) {
    const struct plain_row *m = &plans->rows[i];
    int64_t date = plain_number(m, COL(music_plan, date));
    bool stands = plain_number(m, COL(music_plan, removed)) != 1 &&
                  plain_number(m, COL(music_plan, state)) == ENUM_music_plan_state_in_place;
    if (stands && plain_names(m, COL(music_plan, school), school) && date >= first && date <= last)
      return true;
  }
  return false;
}

/* One school: taught at, visited, agreed with, or with a plan of its own in the school year. */
static bool is_reached(const struct plain *p, const struct report_ask *ask, const struct plain_row *school) {
  const struct plain_table *contracts = &p->tables[TABLE_contract], *visits = &p->tables[TABLE_visit];
  int32_t last = ask->year + 364;
  struct report_ask at = {.by = BY_SCHOOL};
  if (has_music_plan(p, &school->id, ask->year, last)) return true;
  for (size_t i = 0; i < contracts->count; i++) {
    const struct plain_row *c = &contracts->rows[i];
    bool over = plain_given(c, COL(contract, ends)) && plain_number(c, COL(contract, ends)) < ask->year;
    if (plain_names(c, COL(contract, school), &school->id) && !over &&
        plain_number(c, COL(contract, starts)) <= last)
      return true;
  }
  for (size_t i = 0; i < visits->count; i++) {
    const struct plain_row *v = &visits->rows[i];
    int64_t date = plain_number(v, COL(visit, date));
    if (!plain_names(v, COL(visit, school), &school->id) || date < ask->year || date > last) continue;
    if (plain_number(v, COL(visit, status)) == ENUM_visit_status_final) return true;
  }
  for (size_t i = 0; i < p->tables[TABLE_session].count; i++) {
    const struct plain_row *s = &p->tables[TABLE_session].rows[i];
    if (plain_is_meeting(s) && plain_is_delivered(s) && plain_in_days(s, ask->year, last) &&
        plain_fits(p, &at, s, &school->id, 0))
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
    if (ask->by == BY_PHASE && plain_number(school, COL(school, phase)) != n) continue;
    f.part += is_reached(p, ask, school);
    f.whole++;
  }
  return f;
}

/* ---- what is known of learners ---- */

/* The newest day's rows of everybody who stands for a child; of several of that day, all must say it. */
int64_t plain_said(const struct plain *p, const struct id *child, size_t column) {
  const struct plain_table *t = &p->tables[TABLE_inclusion];
  int64_t newest = INT64_MIN, found = -1;
  for (int pass = 0; pass < 2; pass++) {
    for (size_t i = 0; i < t->count; i++) {
      struct id c = plain_child_of(p, &t->rows[i].values[COL(inclusion, learner)].id);
      int64_t day = plain_number(&t->rows[i], COL(inclusion, as_at)),
              value = plain_number(&t->rows[i], column);
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
    int64_t value = plain_said(p, child, columns[i]);
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
              school = plain_given(l, COL(learner, school)) ? l->values[COL(learner, school)].id : none;
    const struct id *partner = ask->by == BY_PARTNER ? key : NULL;
    if (!plain_is_child(l) || (ask->by == BY_SCHOOL && !id_equal(&school, key))) continue;
    if (plain_times_with(p, ask, &l->id, 0x3E, 0, partner) == 0) continue;
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
  int64_t value = plain_said(p, child, columns[people]);
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
    if (plain_number(r, COL(population, people)) != people || plain_number(r, COL(population, removed)) == 1)
      continue;
    if (plain_number(r, COL(population, as_at)) > until) continue;
    if (!best || plain_number(r, COL(population, as_at)) > plain_number(best, COL(population, as_at)))
      best = r;
  }
  return best ? plain_number(best, COL(population, number)) : -1;
}

/* The area of a child's school; none is an area too, without a name. */
static struct slice area_of(const struct plain *p, const struct plain_row *learner) {
  const struct value *school = &learner->values[COL(learner, school)];
  const struct plain_row *s = school->kind == VALUE_ID ? plain_find(p, TABLE_school, &school->id) : NULL;
  return s && plain_given(s, COL(school, area)) ? s->values[COL(school, area)].text : slice_of(NULL, 0);
}

struct plain_figure plain_people(const struct plain *p, const struct report_ask *ask, int32_t people,
                                 const struct slice *only) {
  struct plain_figure f = {.part = 0};
  const struct plain_table *t = &p->tables[TABLE_population];
  for (size_t i = 0; i < p->tables[TABLE_learner].count; i++) {
    const struct plain_row *l = &p->tables[TABLE_learner].rows[i];
    if (!plain_is_child(l) || plain_times(p, ask, &l->id, 0x3E, 0) == 0) continue;
    if (only && !slice_equal(area_of(p, l), *only)) continue;
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
    if (!first || group < 0 || all < 0 || (only && !slice_equal(area->text, *only))) continue;
    f.beside += group;
    f.of += all;
  }
  return f;
}

/* ---- partners ---- */

static bool in_force(const struct plain_row *g, int64_t day) {
  if (plain_number(g, COL(agreement, removed)) == 1) return false;
  if (plain_number(g, COL(agreement, status)) != ENUM_agreement_status_live) return false;
  if (plain_number(g, COL(agreement, starts)) > day) return false;
  if (plain_given(g, COL(agreement, ends)) && plain_number(g, COL(agreement, ends)) < day) return false;
  if (!plain_given(g, COL(agreement, signed_1)) || plain_number(g, COL(agreement, signed_1)) > day)
    return false;
  return plain_given(g, COL(agreement, signed_2)) && plain_number(g, COL(agreement, signed_2)) <= day;
}

static bool with(const struct report_ask *ask, const struct plain_row *r, size_t partner, size_t school,
                 const struct id *key) {
  size_t column = ask->by == BY_PARTNER ? partner : school;
  struct id none = {{0}};
  if (ask->by != BY_PARTNER && ask->by != BY_SCHOOL) return true;
  return id_equal(plain_given(r, column) ? &r->values[column].id : &none, key);
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
      int64_t due = plain_number(r, COL(survey, due));
      bool back = plain_given(r, COL(survey, received));
      if (!with(ask, r, COL(survey, partner), COL(survey, school), key)) continue;
      if (plain_number(r, COL(survey, removed)) == 1 || due < ask->from || due > ask->to) continue;
      f.whole += back || due <= day;
      f.part += back;
    } else if (with(ask, r, COL(agreement, partner), COL(agreement, school), key) && in_force(r, day)) {
      f.whole++;
      f.part += plain_number(r, COL(agreement, functions)) == 31;
    }
  }
  return f;
}

/* ---- how long they stay ---- */

/* The days between the first time a child came and the last, with one partner or (NULL) anywhere; -1: never.
 */
static int64_t lasting(const struct plain *p, const struct id *child, const struct id *partner) {
  const struct plain_table *t = &p->tables[TABLE_session];
  int64_t first = INT64_MAX, last = INT64_MIN;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *s = &t->rows[i];
    const struct plain_row *a = plain_find(p, TABLE_activity, &s->values[COL(session, activity)].id);
    if (!plain_is_meeting(s) || !plain_counts(p, s) || (partner && !plain_is_partners(a, partner))) continue;
    if (!plain_came(plain_code_at(p, child, s))) continue;
    int64_t date = plain_number(s, COL(session, date));
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
    int64_t one = plain_is_child(&t->rows[i]) ? lasting(p, &t->rows[i].id, partner) : -1;
    if (one >= 0) days[count++] = one;
  }
  qsort(days, count, sizeof *days, by_days);
  size_t upper = count / 2,
         lower = count % 2 ? upper : upper - 1; /* the same where there is one in the middle */
  double middle = count ? (double)(days[lower] + days[upper]) / 2 : 0;
  struct plain_figure f = {.part = llround(middle * 12 / 365), .whole = (int64_t)count};
  free(days);
  return f;
}

struct plain_figure plain_of(const struct plain *p, const struct report_ask *ask, const struct id *key,
                             int32_t n) {
  struct plain_figure f = {.part = 0};
  const struct plain_table *t = &p->tables[TABLE_session];
  switch (reports[ask->report].whose) {
  case OF_LESSONS: return owed(p, ask, key, n);
  case OF_LEARNERS:
    return ask->report == REPORT_longevity ? of_lasting(p, ask->by == BY_PARTNER ? key : NULL)
                                           : plain_learners(p, ask, key, n);
  case OF_CASES: return plain_cases(p, ask, key, n);
  case OF_INCLUSION: return of_inclusion(p, ask, key);
  case OF_PEOPLE: return plain_people(p, ask, n, NULL);
  case OF_PARTNERS: return of_partners(p, ask, key);
  case OF_PLAN: return plain_plan(p, ask, n);
  case OF_GROUPS: return of_groups(p, ask, key, n);
  case OF_SCHOOLS: return of_schools(p, ask, key, n);
  default: break;
  }
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *s = &t->rows[i];
    if (!plain_is_meeting(s) || !plain_in_days(s, ask->from, ask->to) || !plain_fits(p, ask, s, key, n))
      continue;
    if (reports[ask->report].whose == OF_MARKS) add_marks(p, s, ask->report, &f);
    if (reports[ask->report].whose == OF_REGISTERS) add_register(p, s, ask->report, &f);
  }
  return f;
}
