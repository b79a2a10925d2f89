/* reports.h: the figures the hub answers for: what there is (reports.def), one table of one, and what may be
 * shown of it. The figures themselves are read by server/store. */
#ifndef TUTTI_SERVER_REPORTS_H
#define TUTTI_SERVER_REPORTS_H

#include "server/core/store.h"

enum report_by {
  BY_HUB,
  BY_TERM,
  BY_AREA,
  BY_SCHOOL,
  BY_ACTIVITY,
  BY_KIND,
  BY_PHASE,
  BY_STAGE,
  BY_PARTNER, /* whose activity it is; a learner counts once with each partner they came to */
  BY_PEOPLE,  /* groups of people */
  BY_LINE,    /* lines of plan.def */
  BY_END
};
enum {
  BY_HUB_ONLY = 1 << BY_HUB,
  BY_PARTNERS_TOO = BY_HUB_ONLY | 1 << BY_PARTNER,
  BY_PEOPLE_SUMS = BY_HUB_ONLY | 1 << BY_PEOPLE | 1 << BY_AREA,
  BY_LINES_ONLY = BY_HUB_ONLY | 1 << BY_LINE,
  BY_LEARNER_SUMS = BY_PARTNERS_TOO | 1 << BY_AREA | 1 << BY_SCHOOL,
  BY_STAGE_SUMS = BY_LEARNER_SUMS | 1 << BY_STAGE,
  BY_CASE_SUMS = BY_LEARNER_SUMS | 1 << BY_ACTIVITY | 1 << BY_KIND | 1 << BY_TERM,
  BY_SCHOOL_SUMS = BY_LEARNER_SUMS | 1 << BY_ACTIVITY | 1 << BY_KIND,
  BY_GROUP_SUMS = BY_LEARNER_SUMS | 1 << BY_KIND,
  BY_ACTIVITY_SUMS = BY_SCHOOL_SUMS | 1 << BY_TERM,
  BY_COVERAGE_SUMS = BY_HUB_ONLY | 1 << BY_AREA | 1 << BY_SCHOOL | 1 << BY_PHASE,
};
enum report_shape { REPORT_RATE, REPORT_NUMBER, REPORT_MIDDLE, REPORT_RATIO };
enum report_whose {
  OF_MARKS,
  OF_REGISTERS,
  OF_LESSONS,
  OF_LEARNERS,
  OF_GROUPS,
  OF_SCHOOLS,
  OF_INCLUSION, /* learners, by what is known of them */
  OF_PEOPLE,    /* groups of learners, which overlap */
  OF_PARTNERS,  /* nobody's own: agreements and surveys */
  OF_CASES,
  OF_PLAN, /* things and learners, by line: see plan_lines */
};
enum report_id {
#define REPORT(name, title, shape, whose, by, part, whole, sentence) REPORT_##name,
#include "server/core/reports.def"
#undef REPORT
  REPORT_END
};
struct report {
  const char *name, *title;
  enum report_shape shape;
  enum report_whose whose;
  uint32_t by; /* set of report_by */
  const char *part, *whole, *sentence;
};
extern const struct report reports[REPORT_END];
const struct report *report_named(struct slice name); /* NULL when there is none */
/* What stands beside a figure: of whom it is not known; NULL for nothing. */
const char *report_beside(const struct report *r);
/* Whether it is about children, so that small numbers of it are hidden. */
bool report_of_children(const struct report *r);
const char *report_by_word(enum report_by by);
enum report_by report_by_named(struct slice word); /* BY_END when there is none */

/* The strategic functions of a Local Plan, and of which one a report is evidence. */
enum report_function {
#define REPORT(name, title, shape, whose, by, part, whole, sentence)
#define FUNCTION(name, title) FUNCTION_##name,
#include "server/core/reports.def"
#undef REPORT
  FUNCTION_END
};
struct report_function_name {
  const char *name, *title;
};
extern const struct report_function_name report_functions[FUNCTION_END];
enum report_function report_function(enum report_id report);

/* How an activity is taught, as one number: mode and setting. */
static inline int32_t report_kind(uint8_t mode, uint8_t setting) { return mode * 16 + setting; }
static inline uint8_t report_kind_mode(int32_t kind) { return (uint8_t)(kind / 16); }
static inline uint8_t report_kind_setting(int32_t kind) { return (uint8_t)(kind % 16); }
/* Lessons are owed of tuition; a whole class or an ensemble is bought as one. */
static inline bool report_owes(uint8_t mode) {
  return mode == ENUM_mode_individual || mode == ENUM_mode_small || mode == ENUM_mode_large;
}

/* ---- one table ---- */
/* What counts as disadvantaged: the hub's setting, a set of these. */
enum { DISADVANTAGED_FSM = 1, DISADVANTAGED_PUPIL_PREMIUM = 2, DISADVANTAGED_CLA = 4, DISADVANTAGED_ANY = 7 };
enum { report_spans_max = 64, report_near_max = 3 };
struct report_ask {
  enum report_id report;
  enum report_by by;
  int32_t year;  /* the first of September */
  int32_t today; /* agreements are those of that day, and of the period's last one after it; what ends later
                    has not ended */
  uint32_t disadvantaged;
  int32_t from, to; /* spans that begin in these days count: a term, or the whole year. A term that begins in
                       August is of the year in which it ends */
  bool in_school;   /* of one school alone; zero: of no school */
  struct id school;
  int32_t entries; /* the first day whose register entries the retention schedule has not removed; 0: it has
                      removed none. No figure depends on it */
};
/* Whether register entries were removed that would have counted in it: its figures are of what is left. */
bool report_lacks_entries(const struct report_ask *ask);
/* What was added up under one key, before areas and the hub are made of it: one line a key and span. */
struct report_line {
  struct id key; /* school, activity, or zero */
  int32_t kind;  /* by kind or phase; by stage: the stage, 0 for none; by line: which */
  int32_t span;  /* 0 where the report knows no spans */
  int64_t part, whole;
  int64_t people;     /* the most children that stand behind one of the activities in it */
  int64_t beside, of; /* INCLUSION: of whom it is not known. PEOPLE: the group in the population, of all */
  int64_t near[report_near_max]; /* numbers that could be worked out from it: small ones hide it */
  struct slice area;             /* PEOPLE by area: they are no schools' sums */
};
struct report_place { /* a school, or an activity */
  struct id id;
  struct slice name, area;
};
struct report_row {
  struct id id;            /* of a school or activity, else zero */
  struct slice name, area; /* area: of a school; by line: the function's title */
  int64_t part, whole, beside, of;
  int32_t order; /* rows with a lower one come first, whatever their names */
  bool hidden;   /* too few for whoever asks */
};
struct report_table {
  struct report_row total, *rows;
  size_t count;
  struct report_line sum; /* what the total is made of, hidden or not: for another table of the same */
  bool rounded;           /* see report_table_round */
  uint32_t open;          /* PEOPLE by area: groups (a set) of which nothing covers what is hidden */
};
/* As one table: keys of a school, activity or partner get their names, the others words. Rows by name;
 * without the lines' own spans outside the period. `small`: hide what tells of fewer than five, see
 * report_hide. `hub`: the same report of the whole hub, for rows in which one learner may count twice
 * (BY_PARTNER), else NULL: its total is theirs. Everything lives in `a`. */
MUST_USE err report_table_make(struct report_table *out, const struct report_ask *ask,
                               const struct report_line *lines, size_t line_count,
                               const struct report_place *places, size_t place_count, bool small,
                               const struct report_table *hub, struct arena *a);
/* Every cut of a report adds up to the same sum: where another cut cannot show it, this one shows neither it
 * nor the rows that would add up to it. */
void report_table_agree(struct report_table *t, const struct report_table *other);
/* Of the groups of people there are two tables, of the hub and by area, and the one adds up to the other: a
 * group that either may not show is in neither. */
void report_people_agree(struct report_table *people, struct report_table *areas);
/* Every count of children becomes a multiple of five, the one below or the one above, so that of two tables
 * of different days nobody can work out what was hidden in one of them: see REPORTS.md. Which one follows
 * from `key`, a secret, and from the row alone. */
void report_table_round(struct report_table *t, const struct report_ask *ask, const uint8_t key[key_bytes]);

/* ---- the store's part ---- */
/* Adds up to `max` changed activities up, in a transaction of its own, on the writer's thread; `more`: there
 * may be others. */
MUST_USE err reports_refresh(struct store *s, const struct now *now, size_t max, bool *more);
MUST_USE err reports_are_due(struct store *s, const struct now *now, bool *out);
/* The lines of the whole year (of LESSONS and GROUPS: of the period), by what is asked; areas and the hub ask
 * for schools, kinds and terms for themselves. In a stable order. */
MUST_USE err reports_read(struct store *s, const struct report_ask *ask, struct arena *a,
                          struct report_line **out, size_t *count);
MUST_USE err reports_schools(struct store *s, struct arena *a, struct report_place **out, size_t *count);
/* Of one school; zero: of no school; NULL: all. */
MUST_USE err reports_activities(struct store *s, const struct id *school, struct arena *a,
                                struct report_place **out, size_t *count);
MUST_USE err reports_partners(struct store *s, struct arena *a, struct report_place **out, size_t *count);
struct report_period {
  struct slice name;
  int32_t from, to;
};
/* Terms by their first day. */
MUST_USE err reports_terms(struct store *s, struct arena *a, struct report_period **out, size_t *count);

/* The sessions behind a figure of one activity, or of one school (`activity` NULL): those that stand, in the
 * order of days. */
struct report_session {
  struct id session;
  struct slice activity_name, staff_name;
  struct slice closure; /* why its school, or everything, is closed that day; empty where it is not */
  int32_t date, starts, minutes, notice_days; /* notice_days: negative for none */
  uint8_t status, cause, register_state, mode;
  bool makeup;
  int64_t here, away; /* marks; counted for one activity alone */
};
MUST_USE err reports_sessions(struct store *s, const struct id *activity, const struct id *school,
                              int32_t from, int32_t to, struct arena *a, struct report_session **out,
                              size_t *count);

/* ---- targets, which the lead sets for a school year ---- */
enum { report_targets_max = 64, target_note_bytes_max = 500 };
enum target_measure {
  TARGET_NUMBER = 1, /* the part is `goal` or more */
  TARGET_GROWTH = 2, /* the part is `goal` per cent or more above `baseline` */
  TARGET_SHARE = 3,  /* the part is `goal` per cent or more of the whole */
};
struct report_target {
  int32_t year; /* the first of September */
  enum report_id report;
  enum target_measure measure;
  int64_t goal, baseline;      /* baseline: 0 where the measure is not growth */
  struct slice note, who_name; /* who_name and at_ms: of whoever set it last */
  int64_t at_ms;
};
/* In the order of reports.def. */
MUST_USE err targets_read(struct store *s, int32_t year, struct arena *a, struct report_target **out,
                          size_t *count);
/* Inside a transaction. A goal below 0 takes the target away. */
MUST_USE err target_write(struct store *s, const struct report_target *t, const struct id *who,
                          int64_t now_ms);
enum target_state { TARGET_NOT_YET, TARGET_NEAR, TARGET_MET, TARGET_HIDDEN };
/* By what is shown: NEAR where rounding leaves both possible. */
enum target_state target_judge(const struct report_target *t, const struct report_table *now);

/* ---- snapshots: figures as they were, byte for byte ---- */
struct report_snapshot {
  struct id id, adjusts; /* the first bytes of the body's hash; adjusts: zero for none */
  int64_t at_ms;
  struct slice title, who_name, body; /* body: only of snapshot_load */
};
MUST_USE err snapshots_read(struct store *s, struct arena *a, struct report_snapshot **out, size_t *count);
MUST_USE err snapshot_load(struct store *s, const struct id *id, struct arena *a,
                           struct report_snapshot *out);
/* Inside a transaction; the same body again is the same snapshot. */
MUST_USE err snapshot_write(struct store *s, const struct report_snapshot *snapshot, const struct id *who);

/* ---- small numbers ---- */
enum { report_small = 5 };
/* Which rows of a table to hide so that no number from 1 to 4 can be read from it, or worked out from what is
 * shown: `cells` is rows × columns, `groups` says which sum each row is part of, and the sums themselves are
 * shown. `hidden` comes with the rows that must be hidden in any case. A row with a small number is hidden
 * whole; then, in its group, more rows, the smallest first, until at least two are hidden and what is hidden
 * adds up in every column to none or to five at least. Where a group has not enough rows for that, all of it
 * is hidden and so must its sum be: `group_hidden`. */
void report_hide(bool *hidden, bool *group_hidden, const int64_t *cells, const size_t *groups, size_t rows,
                 size_t columns, size_t group_count);

#endif
