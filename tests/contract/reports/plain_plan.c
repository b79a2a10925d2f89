/* plain_plan.c: the lines of plan.def once more, each read from its title, over rows in memory. */
#include "server/core/plan.h"
#include "tests/contract/reports/plain_rows.h"

/* Which entries of a table: those that touch the school year, and say something in a column. */
struct looking {
  const struct plain *p;
  int32_t from, to;
  uint8_t table;
  size_t first, last;
  size_t column; /* SIZE_MAX: whatever they say */
  int64_t word;  /* 0: that it is given is enough */
};

static bool fits(const struct looking *l, const struct plain_row *r) {
  if (plain_number(r, COL(voice, removed)) == 1 || plain_number(r, l->first) > l->to) return false;
  if (plain_given(r, l->last) && plain_number(r, l->last) < l->from) return false;
  if (l->column == SIZE_MAX) return true;
  return l->word ? plain_number(r, l->column) == l->word : plain_given(r, l->column);
}

static int64_t entries(const struct looking *l) {
  const struct plain_table *t = &l->p->tables[l->table];
  int64_t n = 0;
  for (size_t i = 0; i < t->count; i++) n += fits(l, &t->rows[i]);
  return n;
}

static int64_t sum(const struct looking *l, size_t column) {
  const struct plain_table *t = &l->p->tables[l->table];
  int64_t n = 0;
  for (size_t i = 0; i < t->count; i++)
    if (fits(l, &t->rows[i])) n += plain_number(&t->rows[i], column);
  return n;
}

static bool names_child(const struct looking *l, const struct plain_row *r, size_t column,
                        const struct id *child) {
  if (!plain_given(r, column)) return false;
  struct id who = plain_child_of(l->p, &r->values[column].id);
  return id_equal(&who, child);
}

/* Children with an entry; none that has withdrawn in any entry of the table, where `consent` is a column. */
static int64_t children(const struct looking *l, size_t learner, size_t consent) {
  const struct plain_table *all = &l->p->tables[TABLE_learner], *t = &l->p->tables[l->table];
  int64_t n = 0;
  for (size_t k = 0; k < all->count; k++) {
    bool has = false, withdrew = false;
    if (!plain_is_child(&all->rows[k])) continue;
    for (size_t i = 0; i < t->count; i++) {
      const struct plain_row *r = &t->rows[i];
      if (!names_child(l, r, learner, &all->rows[k].id)) continue;
      has = has || fits(l, r);
      if (consent != SIZE_MAX && plain_number(r, COL(voice, removed)) != 1)
        withdrew = withdrew || plain_number(r, consent) == ENUM_consent_withdrawn;
    }
    n += has && !withdrew;
  }
  return n;
}

static int64_t schools(const struct looking *l, size_t school) {
  const struct plain_table *all = &l->p->tables[TABLE_school], *t = &l->p->tables[l->table];
  int64_t n = 0;
  for (size_t k = 0; k < all->count; k++) {
    bool has = false;
    for (size_t i = 0; i < t->count; i++)
      has = has || (fits(l, &t->rows[i]) && plain_names(&t->rows[i], school, &all->rows[k].id));
    n += has;
  }
  return n;
}

#define FOR(name, opens, ends, field, value)                                                                 \
  (&(const struct looking){.p = p,                                                                           \
                           .from = ask->year,                                                                \
                           .to = ask->year + 364,                                                            \
                           .table = TABLE_##name,                                                            \
                           .first = COL(name, opens),                                                        \
                           .last = COL(name, ends),                                                          \
                           .column = (field),                                                                \
                           .word = (value)})
#define ALL(name, opens, ends) FOR(name, opens, ends, SIZE_MAX, 0)
#define STEP(word)             FOR(partner_step, date, date, COL(partner_step, step), ENUM_partner_stage_##word)
#define SAID(word)             FOR(feedback, date, date, COL(feedback, kind), ENUM_feedback_kind_##word)
#define RULE(word)             FOR(governance, date, date, COL(governance, kind), ENUM_governance_kind_##word)
#define WENT_ON(word)          FOR(transition, date, date, COL(transition, kind), ENUM_transition_kind_##word)

static int64_t of_things(const struct plain *p, const struct report_ask *ask, enum plan_line_id line) {
  switch (line) {
  case LINE_interests: return entries(STEP(interest));
  case LINE_introductions: return entries(STEP(meeting));
  case LINE_standards: return entries(STEP(standards));
  case LINE_evaluations: return entries(STEP(evaluation));
  case LINE_early_ends: return entries(STEP(ended));
  case LINE_led_schools: return schools(ALL(area_leader, starts, ends), COL(area_leader, school));
  case LINE_planned_schools:
    return schools(FOR(music_plan, date, date, COL(music_plan, state), ENUM_music_plan_state_in_place),
                   COL(music_plan, school));
  case LINE_telling_schools: return schools(ALL(provision, date, date), COL(provision, school));
  case LINE_own_groups: return sum(ALL(provision, date, date), COL(provision, groups));
  case LINE_trainings: return entries(ALL(cpd, date, date));
  case LINE_trained: return sum(ALL(cpd, date, date), COL(cpd, people));
  case LINE_signposted: return entries(ALL(signpost, date, date));
  case LINE_voice_times: return entries(ALL(voice, date, date));
  case LINE_voice_acted: return entries(FOR(voice, date, date, COL(voice, changed), 0));
  case LINE_case_studies: return entries(ALL(case_study, date, date));
  case LINE_attended:
    return entries(FOR(case_study, date, date, COL(case_study, attendance), ENUM_outcome_better));
  case LINE_facilities: return entries(ALL(facility, starts, ends));
  case LINE_instruments: return entries(ALL(instrument, starts, ends));
  case LINE_compliments: return entries(SAID(compliment));
  case LINE_complaints: return entries(SAID(complaint));
  case LINE_to_chair: return entries(FOR(feedback, date, date, COL(feedback, chair_on), 0));
  case LINE_meetings: return entries(RULE(meeting));
  case LINE_reviews: return entries(RULE(review));
  case LINE_raised: return sum(RULE(funding), COL(governance, amount));
  default: return -1;
  }
}

static int64_t of_children(const struct plain *p, const struct report_ask *ask, enum plan_line_id line) {
  const size_t withdrawing = COL(transition, consent), leaving = COL(destination, consent);
  switch (line) {
  case LINE_own_learners: return sum(ALL(provision, date, date), COL(provision, people));
  case LINE_sent_on: return sum(ALL(signpost, date, date), COL(signpost, people));
  case LINE_voices: return sum(ALL(voice, date, date), COL(voice, people));
  case LINE_mentored: return children(ALL(mentor, starts, ends), COL(mentor, learner), SIZE_MAX);
  case LINE_class_on: return children(WENT_ON(class_on), COL(transition, learner), withdrawing);
  case LINE_y6_y7: return children(WENT_ON(y6_y7), COL(transition, learner), withdrawing);
  case LINE_post_18: return children(WENT_ON(post_18), COL(transition, learner), withdrawing);
  case LINE_destinations: return children(ALL(destination, date, date), COL(destination, learner), leaving);
  case LINE_music_study:
    return children(FOR(destination, date, date, COL(destination, went), ENUM_went_music_study),
                    COL(destination, learner), leaving);
  case LINE_lent_to:
    return children(ALL(instrument_loan, starts, returned), COL(instrument_loan, learner), SIZE_MAX);
  case LINE_lent_free:
    return children(
        FOR(instrument_loan, starts, returned, COL(instrument_loan, charge), ENUM_charge_looked_after),
        COL(instrument_loan, learner), SIZE_MAX);
  case LINE_purchases: return children(ALL(purchase, date, date), COL(purchase, learner), SIZE_MAX);
  default: return -1;
  }
}

/* Which line is a part of which. */
static enum plan_line_id whole_of(enum plan_line_id line) {
  switch (line) {
  case LINE_music_study: return LINE_destinations;
  case LINE_voice_acted: return LINE_voice_times;
  case LINE_attended: return LINE_case_studies;
  case LINE_lent_free: return LINE_lent_to;
  case LINE_to_chair: return LINE_complaints;
  default: return line;
  }
}

static int64_t value_of(const struct plain *p, const struct report_ask *ask, enum plan_line_id line) {
  int64_t things = of_things(p, ask, line), n = things < 0 ? of_children(p, ask, line) : things;
  ASSERT(n >= 0 && plan_lines[line].children == (things < 0));
  return n;
}

struct plain_figure plain_plan(const struct plain *p, const struct report_ask *ask, int32_t line) {
  return (struct plain_figure){.part = value_of(p, ask, (enum plan_line_id)line),
                               .whole = value_of(p, ask, whole_of((enum plan_line_id)line))};
}
