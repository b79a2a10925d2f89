/* plain_paths.c: what became of learners: stages, levels, where they went on, and absences followed up. */
#include "tests/contract/reports/plain_rows.h"

#include <stdio.h>

static bool is_voided(const struct plain *p, const struct id *fact) {
  const struct plain_table *t = &p->tables[TABLE_progress];
  for (size_t i = 0; i < t->count; i++)
    if (plain_names(&t->rows[i], COL(progress, voids), fact) &&
        plain_number(&t->rows[i], COL(progress, removed)) != 1)
      return true;
  return false;
}

static bool comes_before(const struct plain_row *x, const struct plain_row *y) {
  int64_t a = plain_number(x, COL(progress, date)), b = plain_number(y, COL(progress, date));
  return a != b ? a < b : id_compare(&x->id, &y->id) < 0;
}

/* A fact of that kind about a child which still stands, of the days that count. */
static bool is_fact(const struct plain *p, const struct plain_row *r, const struct id *child, int64_t kind,
                    int32_t from, int32_t to) {
  struct id c = plain_child_of(p, &r->values[COL(progress, learner)].id);
  int64_t date = plain_number(r, COL(progress, date));
  if (!id_equal(&c, child) || plain_number(r, COL(progress, kind)) != kind) return false;
  return plain_number(r, COL(progress, removed)) != 1 && !is_voided(p, &r->id) && date >= from && date <= to;
}

static void add_progress(const struct plain *p, const struct report_ask *ask, const struct id *child,
                         const struct id *partner, struct plain_figure *f) {
  const struct plain_table *t = &p->tables[TABLE_progress];
  const struct plain_row *first = NULL, *last = NULL;
  bool with = partner == NULL;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *r = &t->rows[i];
    if (!is_fact(p, r, child, ENUM_progress_kind_pos, ask->from, ask->to)) continue;
    const struct plain_row *a = plain_find(p, TABLE_activity, &r->values[COL(progress, activity)].id);
    with = with || (a && plain_is_partners(a, partner));
    if (!first || comes_before(r, first)) first = r;
    if (!last || comes_before(last, r)) last = r;
  }
  if (first == last || !with) return;
  f->whole++;
  f->part += plain_number(last, COL(progress, pos)) > plain_number(first, COL(progress, pos));
}

static int64_t stage_of(const struct plain *p, const struct id *child, int32_t until) {
  const struct plain_table *t = &p->tables[TABLE_progress];
  const struct plain_row *last = NULL;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *r = &t->rows[i];
    if (!is_fact(p, r, child, ENUM_progress_kind_stage, 0, until) || !plain_given(r, COL(progress, stage)))
      continue;
    if (!last || comes_before(last, r)) last = r;
  }
  return last ? plain_number(last, COL(progress, stage)) : 0;
}

static void add_stage(const struct plain *p, const struct report_ask *ask, const struct id *child, int32_t n,
                      const struct id *partner, struct plain_figure *f) {
  int64_t stage = stage_of(p, child, ask->to);
  if (plain_times_with(p, ask, child, any_mode, 0, partner) == 0 || (ask->by == BY_STAGE && stage != n))
    return;
  f->whole++;
  f->part += stage != 0;
}

/* Did a child come to something of these modes within days, both of them counted; to one activity alone? */
static bool came_between(const struct plain *p, const struct id *child, const struct id *activity,
                         uint32_t modes, int64_t from, int64_t to) {
  const struct plain_table *t = &p->tables[TABLE_session];
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *s = &t->rows[i];
    if (from > to || !plain_is_meeting(s) || !plain_in_days(s, (int32_t)from, (int32_t)to)) continue;
    if (!plain_counts(p, s)) continue;
    const struct plain_row *a = plain_find(p, TABLE_activity, &s->values[COL(session, activity)].id);
    if (activity ? !id_equal(&a->id, activity) : !(modes >> plain_number(a, COL(activity, mode)) & 1))
      continue;
    if (plain_came(plain_code_at(p, child, s))) return true;
  }
  return false;
}

enum { days_least = 0, days_most = 100000 };

/* The day on which a child completed a whole class in the year, the last of several; -1 for none. Of one
 * partner, where `partner` is not NULL. */
static int64_t completed(const struct plain *p, const struct report_ask *ask, const struct id *child,
                         const struct id *partner) {
  const struct plain_table *t = &p->tables[TABLE_enrolment];
  int64_t last = -1;
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *e = &t->rows[i];
    struct id c = plain_child_of(p, &e->values[COL(enrolment, learner)].id);
    const struct plain_row *a = plain_find(p, TABLE_activity, &e->values[COL(enrolment, activity)].id);
    if (!id_equal(&c, child) || !a || plain_number(a, COL(activity, mode)) != ENUM_mode_whole_class) continue;
    if (plain_number(e, COL(enrolment, removed)) == 1 || (partner && !plain_is_partners(a, partner)))
      continue;
    bool whole_ends = plain_given(a, COL(activity, ends)), place_ends = plain_given(e, COL(enrolment, ends));
    int64_t at = whole_ends ? plain_number(a, COL(activity, ends)) : plain_number(e, COL(enrolment, ends));
    if (!whole_ends && !place_ends) continue;
    if (whole_ends && place_ends && plain_number(e, COL(enrolment, ends)) < at)
      continue; /* left before the end */
    if (at < ask->from || at > ask->to || at > ask->today) continue;
    if (at > last && came_between(p, child, &a->id, 0, days_least, days_most)) last = at;
  }
  return last;
}

static void add_continued(const struct plain *p, const struct report_ask *ask, const struct id *child,
                          const struct id *partner, struct plain_figure *f) {
  uint32_t others = any_mode & ~(1U << ENUM_mode_whole_class);
  int64_t at = completed(p, ask, child, NULL);
  if (at < 0 || (partner && completed(p, ask, child, partner) < 0)) return;
  f->whole++;
  f->part += came_between(p, child, NULL, others, at + 1, at + 365);
}

static int32_t day_of(int year, int month, int day) {
  return date_to_days((struct date){(int16_t)year, (uint8_t)month, (uint8_t)day});
}

/* In the seventh year from the September of `year` on. */
static bool in_year_7(const struct plain_row *l, const struct report_ask *ask, int year) {
  struct date now = date_from_days(ask->today);
  char group[8];
  int64_t born = plain_number(l, COL(learner, dob));
  if (plain_given(l, COL(learner, dob)))
    return born >= day_of(year - 12, 9, 1) && born <= day_of(year - 11, 8, 31);
  int years = (now.month >= 9 ? now.year : now.year - 1) - year;
  (void)snprintf(group, sizeof group, "%d", 7 + years);
  const struct value *v = &l->values[COL(learner, year_group)];
  return v->kind == VALUE_TEXT && slice_equal(v->text, slice_text(group));
}

static bool active_in_july(const struct plain *p, const struct id *child, int year,
                           const struct id *partner) {
  const struct plain_table *t = &p->tables[TABLE_enrolment];
  for (size_t i = 0; i < t->count; i++) {
    const struct plain_row *e = &t->rows[i];
    struct id c = plain_child_of(p, &e->values[COL(enrolment, learner)].id);
    const struct plain_row *a = plain_find(p, TABLE_activity, &e->values[COL(enrolment, activity)].id);
    if (!id_equal(&c, child) || plain_number(e, COL(enrolment, removed)) == 1) continue;
    if (partner && !plain_is_partners(a, partner)) continue;
    if (plain_number(e, COL(enrolment, starts)) > day_of(year, 7, 31)) continue;
    if (plain_given(e, COL(enrolment, ends)) && plain_number(e, COL(enrolment, ends)) <= day_of(year, 7, 1))
      continue;
    if (came_between(p, child, &e->values[COL(enrolment, activity)].id, 0, day_of(year - 1, 9, 1),
                     day_of(year, 8, 31)))
      return true;
  }
  return false;
}

static void add_moved_up(const struct plain *p, const struct report_ask *ask, const struct plain_row *l,
                         const struct id *partner, struct plain_figure *f) {
  int year = date_from_days(ask->year).year;
  if (!in_year_7(l, ask, year) || !active_in_july(p, &l->id, year, partner)) return;
  const struct plain_row *school = plain_given(l, COL(learner, school))
                                       ? plain_find(p, TABLE_school, &l->values[COL(learner, school)].id)
                                       : NULL;
  int64_t phase = school ? plain_number(school, COL(school, phase)) : 0;
  bool again = came_between(p, &l->id, NULL, any_mode, day_of(year, 9, 1), day_of(year, 10, 31));
  bool elsewhere = phase != 0 && phase != ENUM_phase_primary;
  bool left = plain_number(l, COL(learner, status)) == ENUM_learner_status_left;
  f->part += again;
  f->whole += again || elsewhere || left;
  f->beside += !again && !elsewhere && !left;
}

static void add_learner(const struct plain *p, const struct report_ask *ask, const struct plain_row *l,
                        int32_t n, const struct id *partner, struct plain_figure *f) {
  enum { tuition = 0xE, groups = 0x3C };
  switch (ask->report) {
  case REPORT_progression: add_progress(p, ask, &l->id, partner, f); return;
  case REPORT_stages: add_stage(p, ask, &l->id, n, partner, f); return;
  case REPORT_continuation: add_continued(p, ask, &l->id, partner, f); return;
  case REPORT_moving_up: add_moved_up(p, ask, l, partner, f); return;
  default: break;
  }
  if (partner && plain_times_with(p, ask, &l->id, any_mode, 0, partner) == 0) return;
  f->whole += plain_times(p, ask, &l->id, any_mode, 0) > 0;
  if (ask->report == REPORT_tuition) f->part += plain_times(p, ask, &l->id, tuition, 0) >= 10;
  if (ask->report == REPORT_out_of_school)
    f->part += plain_times(p, ask, &l->id, groups, ENUM_setting_out_of_school) > 0;
}

struct plain_figure plain_learners(const struct plain *p, const struct report_ask *ask, const struct id *key,
                                   int32_t n) {
  struct plain_figure f = {.part = 0};
  for (size_t i = 0; i < p->tables[TABLE_learner].count; i++) {
    const struct plain_row *l = &p->tables[TABLE_learner].rows[i];
    struct id none = {{0}},
              school = plain_given(l, COL(learner, school)) ? l->values[COL(learner, school)].id : none;
    if (!plain_is_child(l) || (ask->by == BY_SCHOOL && !id_equal(&school, key))) continue;
    add_learner(p, ask, l, n, ask->by == BY_PARTNER ? key : NULL, &f);
  }
  return f;
}

/* ---- cases ---- */

/* As the page lists them: the family explained it, found elsewhere, the register was wrong; then those who
 * follow it up instead of us. */
static bool tells_where(int64_t outcome) { return outcome == 1 || outcome == 2 || outcome == 3; }

static bool followed_up(const struct plain *p, const struct plain_case *c) {
  const struct plain_case_event *last = NULL;
  for (size_t i = 0; i < p->event_count; i++) {
    const struct plain_case_event *e = &p->events[i];
    if (!id_equal(&e->of, &c->id) || e->at_ms > c->opened_ms + day_ms) continue;
    if (e->kind == CASE_EVENT_STEP || e->kind == CASE_EVENT_TAKEN) continue;
    if (e->kind == CASE_EVENT_HANDED_OVER || e->kind == CASE_EVENT_RECEIPT) continue;
    if (!last || e->no > last->no) last = e;
  }
  if (!last) return false;
  return last->kind == CASE_EVENT_EXPLAINED || (last->kind == CASE_EVENT_ENDED && tells_where(last->outcome));
}

struct plain_figure plain_cases(const struct plain *p, const struct report_ask *ask, const struct id *key,
                                int32_t n) {
  struct plain_figure f = {.part = 0};
  for (size_t i = 0; i < p->case_count; i++) {
    const struct plain_row *s = plain_find(p, TABLE_session, &p->cases[i].session);
    if (!plain_in_days(s, ask->from, ask->to) || !plain_fits(p, ask, s, key, n)) continue;
    f.whole++;
    f.part += followed_up(p, &p->cases[i]);
  }
  return f;
}
