/* report_sql.c: what the reports read: sums by activity and learner, by the key of the table asked for. */
#include <stdio.h>

#include "server/store/sqlite/report_lines.h"

/* ?1 and ?2: the spans' first and last day; ?3: 1 for one school alone, ?4: that school, or NULL for none. */
#define SPANS      "t.span>=?1 AND t.span<=?2 AND (?3=0 OR t.school IS ?4)"
#define KEYED(key) "SELECT " key
#define SCHOOL     "t.school, 0"
#define ACTIVITY   "t.activity, 0"
#define KIND       "NULL, t.kind"
#define TERM       "NULL, 0"
#define PARTNER    "(SELECT p.partner FROM activity p WHERE p.id=t.activity), 0"
#define MARKS(key, part, whole)                                                                              \
  KEYED(key)                                                                                                 \
  ", t.span, sum(" part "), sum(" whole "), max(t.people) FROM tally_activity t WHERE " SPANS                \
  " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
#define IN_TIME "t.here"
#define CAME    "t.here+t.late"
#define COUNTED "t.here+t.late+t.told+t.not_told"
/* One line an activity, added up as it is read: see report_lines_read. The period is a school year or a term.
 */
#define OWED(key)                                                                                            \
  KEYED(key)                                                                                                 \
  ", 0, t.owed, t.due, 5 FROM tally_owed t WHERE t.starts=?1 AND t.ends=?2 AND (?3=0 OR t.school IS ?4) "    \
  "AND "                                                                                                     \
  "t.due+t.taught+t.charged>0"
#define GROUPS_(key)                                                                                         \
  KEYED(key)                                                                                                 \
  ", 0, count(*), count(*), 5 FROM (SELECT activity, kind, school FROM tally_activity t WHERE " SPANS        \
  " AND delivered>0 AND kind%16=1 AND kind/16 IN (2, 3, 4, 5) GROUP BY activity) t GROUP BY 1, 2 "           \
  "ORDER BY 1, 2"
_Static_assert(ENUM_mode_individual == 1 && ENUM_mode_small == 2 && ENUM_mode_large == 3 &&
                   ENUM_mode_whole_class == 4 && ENUM_mode_ensemble == 5 && ENUM_setting_in_school == 1 &&
                   ENUM_setting_out_of_school == 2,
               "as in SQL");
#define BY_OWN_SCHOOL(part, each)                                                                            \
  "SELECT l.school, 0, 0, " part ", 1, 5 FROM (" each                                                        \
  ") t LEFT JOIN learner l ON l.id=t.learner WHERE ?3=0 OR l.school IS ?4"
/* Of the sums by home that tally_home_sql.c keeps. */
#define BY_HOME(part)                                                                                        \
  "SELECT " REPORT_HOME ", 0, 0, " part ", t.came, 5 FROM tally_home t WHERE t.year=?1 AND t.partner=x'' "   \
  "AND (?3=0 OR " REPORT_HOME " IS ?4)"
#define BY_PARTNER_OF_HOMES(part)                                                                            \
  "SELECT t.partner, 0, 0, " part ", t.came, 5 FROM tally_home t WHERE t.year=?1 AND t.partner<>x'' AND "    \
  "?3=0 AND ?4 IS NULL"
/* Once with each partner whose activity a learner came to, or was assessed in. */
#define BY_PARTNER_OF(part, each, met)                                                                       \
  "SELECT w.partner, 0, 0, " part ", 1, 5 FROM (" each ") t JOIN " met                                       \
  " w ON w.learner=t.learner WHERE ?3=0 AND ?4 IS NULL"
/* What a voided fact said does not count; assessments of one day stand in the order of their ids. */
#define ASSESSED                                                                                             \
  "SELECT learner, max(last_pos)>max(first_pos) AS rose FROM (SELECT " VIEW_CANON(                           \
      "p.learner") " AS learner, first_value(p.pos) OVER w AS first_pos, last_value(p.pos) OVER w AS "       \
                   "last_pos "                                                                               \
                   "FROM progress p WHERE p.kind=2 AND p.pos IS NOT NULL AND p.removed IS NOT 1 AND "        \
                   "p.date>=?1 "                                                                             \
                   "AND p.date<=?2 AND p.id NOT IN (SELECT voids FROM progress WHERE voids IS NOT NULL AND " \
                   "removed IS NOT 1) WINDOW w AS (PARTITION BY " VIEW_CANON(                                \
                       "p.learner") " ORDER BY p.date, p.id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED " \
                                    "FOLLOWING)) GROUP BY "                                                  \
                                    "learner HAVING count(*)>=2"
_Static_assert(ENUM_progress_kind_pos == 2, "as in SQL");
#define ASSESSED_AT                                                                                          \
  "(SELECT DISTINCT " VIEW_CANON("p.learner") " AS learner, a.partner FROM progress p JOIN activity a ON "   \
                                              "a.id=p.activity WHERE p.kind=2 AND p.pos IS NOT NULL AND "    \
                                              "p.removed IS NOT 1 AND p.date>=?1 AND p.date<=?2 AND p.id "   \
                                              "NOT IN (SELECT voids FROM progress WHERE voids IS NOT NULL "  \
                                              "AND removed IS NOT 1))"
/* The last stage of everybody who came, and 0 for those of whom none is known. */
#define STAGED "t.stage1+t.stage2+t.stage3+t.stage4+t.stage5"
#define ONE_STAGE(number)                                                                                    \
  " UNION ALL SELECT NULL, " number ", 0, s.stage" number ", s.stage" number ", 5 FROM sums s WHERE "        \
  "s.stage" number ">0"
#define BY_STAGE_OF_HOMES                                                                                    \
  "WITH sums AS MATERIALIZED (SELECT sum(t.came)-sum(" STAGED ") AS unknown, sum(t.stage1) AS stage1, "      \
  "sum(t.stage2) AS stage2, sum(t.stage3) AS stage3, sum(t.stage4) AS stage4, sum(t.stage5) AS stage5 FROM " \
  "tally_home t WHERE t.year=?1 AND t.partner=x'' AND (?3=0 OR " REPORT_HOME                                 \
  " IS ?4)) SELECT NULL, 0, 0, 0, s.unknown, 5 FROM sums s WHERE s.unknown>0" ONE_STAGE("1") ONE_STAGE("2")  \
      ONE_STAGE("3") ONE_STAGE("4") ONE_STAGE("5")
_Static_assert(ENUM_stage_beginner == 1 && ENUM_stage_lifelong_passive == 5, "as in SQL");
/* The end of a whole class is the activity's own, or that of the place in it. A span is a year at most, so
 * one with a first day before the end and a last one after it has the last one within twelve months. */
#define COMPLETIONS                                                                                          \
  "SELECT d.learner, d.partner, d.at FROM (SELECT " VIEW_CANON(                                              \
      "e.learner") " AS learner, a.id AS activity, a.partner, coalesce(a.ends, e.ends) AS at FROM activity " \
                   "a JOIN "                                                                                 \
                   "enrolment e ON e.activity=a.id WHERE a.mode=4 AND e.removed IS NOT 1 AND (a.ends IS "    \
                   "NULL OR e.ends IS NULL OR e.ends>=a.ends) AND coalesce(a.ends, e.ends)>=?1 AND "         \
                   "coalesce(a.ends, e.ends)<=min(?2, ?5)) d WHERE EXISTS(SELECT 1 FROM tally_learner w "    \
                   "WHERE w.learner=d.learner AND w.activity=d.activity AND w.here+w.late>0)"
#define COMPLETED      "SELECT learner, max(at) AS at FROM (" COMPLETIONS ") GROUP BY learner"
#define COMPLETED_WITH "(SELECT DISTINCT learner, partner FROM (" COMPLETIONS "))"
#define CONTINUED                                                                                            \
  "SELECT c.learner, EXISTS(SELECT 1 FROM tally_learner n WHERE n.learner=c.learner AND n.kind/16 IN (1, "   \
  "2, 3, 5) AND n.last>c.at AND n.first<=c.at+365) AS went_on FROM (" COMPLETED ") c"
/* ?6: the first of September before; ?7 and ?8: the birthdays of the cohort; ?9: its year group by now. The
 * cohort first, by the index of birthdays: it is a fourteenth of all children. */
#define COHORT                                                                                               \
  "(SELECT id FROM learner WHERE dob>=?7 AND dob<=?8 UNION ALL SELECT id FROM learner WHERE dob IS NULL "    \
  "AND year_group IS ?9)"
/* A place stands in July if it had begun by its last day and not ended by its first. */
#define STANDS_IN_JULY "e.removed IS NOT 1 AND e.starts<=?1-32 AND (e.ends IS NULL OR e.ends>?1-62)"
/* Under their own id, or that of a record that was merged into theirs. */
#define PLACES_IN_JULY                                                                                       \
  "SELECT e.learner, e.activity FROM (SELECT l.id AS learner, e.activity FROM " COHORT " l CROSS JOIN "      \
  "enrolment e ON e.learner=l.id WHERE NOT EXISTS(SELECT 1 FROM alias z WHERE z.id=l.id AND "                \
  "z.canon<>l.id) AND " STANDS_IN_JULY " UNION ALL SELECT l.id, e.activity FROM alias z JOIN " COHORT        \
  " l ON l.id=z.canon JOIN enrolment e ON e.learner=z.id WHERE z.id<>z.canon AND " STANDS_IN_JULY            \
  ") e WHERE EXISTS(SELECT 1 FROM tally_learner w WHERE w.learner=e.learner AND w.activity=e.activity AND "  \
  "w.span>=?6 AND w.span<?1 AND w.here+w.late>0)"
#define IN_JULY "SELECT DISTINCT learner FROM (" PLACES_IN_JULY ")"
#define IN_JULY_WITH                                                                                         \
  "(SELECT DISTINCT y.learner, a.partner FROM (" PLACES_IN_JULY ") y JOIN activity a ON a.id=y.activity)"
#define CAME_AGAIN                                                                                           \
  "SELECT j.learner, EXISTS(SELECT 1 FROM tally_learner n WHERE n.learner=j.learner AND n.span>=?1 AND "     \
  "n.first<=min(?2, ?1+60)) AS again FROM (" IN_JULY ") j"
#define MOVED_UP(key, with, kept)                                                                            \
  KEYED(key)                                                                                                 \
  ", 0, 0, sum(m.again), sum(1-m.unknown), 5, sum(m.unknown) FROM (SELECT l.id AS learner, l.school, "       \
  "t.again, "                                                                                                \
  "t.again=0 AND l.status IS NOT 2 AND coalesce(s.phase, 1)=1 AS unknown FROM (" CAME_AGAIN                  \
  ") t JOIN learner l ON l.id=t.learner LEFT JOIN school s ON s.id=l.school) m " with "WHERE " kept          \
  " GROUP BY 1 ORDER BY 1"
_Static_assert(ENUM_learner_status_left == 2 && ENUM_phase_primary == 1, "as in SQL");
/* What was last said of a case up to a day after it opened: an explanation, or an end that is one. */
#define CASE_SPAN                                                                                            \
  "max(iif(s.date>=?5, ?5, ?1), coalesce((SELECT max(t.starts) FROM term t WHERE t.removed IS NOT 1 AND "    \
  "t.starts<=s.date), ?1), "                                                                                 \
  "coalesce((SELECT max(t.ends)+1 FROM term t WHERE t.removed IS NOT 1 AND t.ends<s.date), ?1))"
#define FOLLOWED(key)                                                                                        \
  KEYED(key)                                                                                                 \
  ", t.span, sum(t.known), count(*), count(DISTINCT t.learner) FROM (SELECT s.activity, a.school, a.mode*16" \
  "+coalesce(a.setting, 0) AS kind, " CASE_SPAN                                                              \
  " AS span, c.learner, (SELECT v.kind=2 OR (v.kind=6 AND coalesce(v.outcome, 1)<4) FROM "                   \
  "absence_case_event v WHERE v.id=c.id AND v.kind IN "                                                      \
  "(1, 2, 3, 6, 7) AND v.at<=c.opened+86400000 ORDER BY v.no DESC LIMIT 1) AS known FROM absence_case c "    \
  "JOIN session s ON s.id=c.session JOIN activity a ON a.id=s.activity WHERE s.date>=?1 AND s.date<=?2 AND " \
  "(?3=0 OR a.school IS ?4)) t GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
_Static_assert(CASE_EVENT_OPENED == 1 && CASE_EVENT_EXPLAINED == 2 && CASE_EVENT_AGAIN == 3 &&
                   CASE_EVENT_ENDED == 6 && CASE_EVENT_REOPENED == 7 && case_outcomes_explain == 3,
               "as in SQL");
/* A visit that was begun and not finished is none, nor is a plan that is still being written. Each list of
 * schools is made once: to look for each school's own in it reads everything as often as there are schools.
 */
#define REACHED                                                                                              \
  "(SELECT s.id, s.phase, s.id IN (SELECT school FROM tally_activity WHERE delivered>0 AND span>=?1 AND "    \
  "span<=?2 AND school IS NOT NULL UNION SELECT school FROM visit WHERE status=2 AND date>=?1 AND "          \
  "date<=?2 AND school IS NOT NULL UNION SELECT school FROM contract WHERE starts<=?2 AND (ends IS NULL OR " \
  "ends>=?1) AND school IS NOT NULL UNION SELECT school FROM music_plan WHERE removed IS NOT 1 AND state=3 " \
  "AND date>=?1 AND date<=?2 AND school IS NOT NULL) AS reached FROM school s WHERE ?3=0 OR s.id IS ?4) t "
#define COVERED(key) KEYED(key) ", 0, sum(t.reached), count(*), 5 FROM " REACHED "GROUP BY 1, 2 ORDER BY 1, 2"
_Static_assert(ENUM_visit_status_final == 2 && ENUM_music_plan_state_in_place == 3, "as in SQL");

#define MARK_REPORT(name, part, whole)                                                                       \
  [REPORT_##name] = {[BY_SCHOOL] = MARKS(SCHOOL, part, whole),                                               \
                     [BY_ACTIVITY] = MARKS(ACTIVITY, part, whole),                                           \
                     [BY_KIND] = MARKS(KIND, part, whole),                                                   \
                     [BY_TERM] = MARKS(TERM, part, whole),                                                   \
                     [BY_PARTNER] = MARKS(PARTNER, part, whole)}
static const char *const report_sql[REPORT_END][BY_END] = {
    MARK_REPORT(attendance, CAME, COUNTED),
    MARK_REPORT(punctuality, IN_TIME, CAME),
    MARK_REPORT(completeness, "t.closed", "t.due"),
    MARK_REPORT(timely, "t.timely", "t.due"),
    [REPORT_owed] = {[BY_SCHOOL] = OWED(SCHOOL),
                     [BY_ACTIVITY] = OWED(ACTIVITY),
                     [BY_KIND] = OWED(KIND),
                     [BY_PARTNER] = OWED(PARTNER)},
    [REPORT_tuition] = {[BY_SCHOOL] = BY_HOME("t.regular"), [BY_PARTNER] = BY_PARTNER_OF_HOMES("t.regular")},
    [REPORT_out_of_school] =
        {[BY_SCHOOL] = BY_HOME("t.out_of_school"), [BY_PARTNER] = BY_PARTNER_OF_HOMES("t.out_of_school")},
    [REPORT_school_groups] =
        {[BY_SCHOOL] = GROUPS_(SCHOOL), [BY_KIND] = GROUPS_(KIND), [BY_PARTNER] = GROUPS_(PARTNER)},
    [REPORT_coverage] =
        {[BY_SCHOOL] = COVERED("t.id, 0"), [BY_PHASE] = COVERED("NULL, coalesce(t.phase, 0)")},
    [REPORT_progression] = {[BY_SCHOOL] = BY_OWN_SCHOOL("t.rose", ASSESSED),
                            [BY_PARTNER] = BY_PARTNER_OF("t.rose", ASSESSED, ASSESSED_AT)},
    [REPORT_stages] = {[BY_SCHOOL] = BY_HOME(STAGED),
                       [BY_PARTNER] = BY_PARTNER_OF_HOMES(STAGED),
                       [BY_STAGE] = BY_STAGE_OF_HOMES},
    [REPORT_continuation] = {[BY_SCHOOL] = BY_OWN_SCHOOL("t.went_on", CONTINUED),
                             [BY_PARTNER] = BY_PARTNER_OF("t.went_on", CONTINUED, COMPLETED_WITH)},
    [REPORT_moving_up] = {[BY_SCHOOL] = MOVED_UP("m.school", "", "?3=0 OR m.school IS ?4"),
                          [BY_PARTNER] =
                              MOVED_UP("w.partner", "JOIN " IN_JULY_WITH " w ON w.learner=m.learner ",
                                       "?3=0 AND ?4 IS NULL")},
    [REPORT_followed_up] = {[BY_SCHOOL] = FOLLOWED(SCHOOL),
                            [BY_ACTIVITY] = FOLLOWED(ACTIVITY),
                            [BY_KIND] = FOLLOWED(KIND),
                            [BY_TERM] = FOLLOWED(TERM),
                            [BY_PARTNER] = FOLLOWED(PARTNER)},
};

err report_line_read(struct stmt *s, struct arena *a, void *to) {
  struct report_line *out = to;
  (void)a;
  *out = (struct report_line){.kind = (int32_t)stmt_column_int(s, 1),
                              .span = (int32_t)stmt_column_int(s, 2),
                              .part = stmt_column_int(s, 3),
                              .whole = stmt_column_int(s, 4),
                              .people = stmt_column_int(s, 5),
                              .beside = stmt_column_count(s) == 7 ? stmt_column_int(s, 6) : 0};
  out->near[0] = out->beside;
  (void)stmt_column_id(s, 0, &out->key); /* zero for none */
  return ERR_OK;
}

static int32_t first_of_september(int year) { return date_to_days((struct date){(int16_t)year, 9, 1}); }

int report_school_year(int32_t day) {
  struct date d = date_from_days(day);
  return d.month >= 9 ? d.year : d.year - 1;
}

/* Who is in Year 7 in the school year asked for: born in the twelve months that end eleven years before it
 * begins, and by today in the year group that many years further on. */
static void bind_cohort(struct stmt *s, const struct report_ask *ask, struct slice year_group) {
  int year = report_school_year(ask->year);
  stmt_int(s, 6, first_of_september(year - 1));
  stmt_int(s, 7, first_of_september(year - 12));
  stmt_int(s, 8, first_of_september(year - 11) - 1);
  stmt_text(s, 9, year_group);
}

int32_t report_year_end(int32_t year) {
  struct date d = date_from_days(year);
  return date_to_days((struct date){(int16_t)(d.year + 1), 8, 31});
}

/* Which lines a table is made of: areas and the hub are made of schools. */
static enum report_by lines_by(enum report_by by) { return by == BY_AREA || by == BY_HUB ? BY_SCHOOL : by; }

/* Of a term that begins in August, what is told by span goes back to its first day. */
static bool has_earlier_days(const struct report_ask *ask) {
  enum report_whose whose = reports[ask->report].whose;
  return ask->from < ask->year && (whose == OF_MARKS || whose == OF_REGISTERS || whose == OF_CASES);
}

err reports_read(struct store *store, const struct report_ask *ask, struct arena *a, struct report_line **out,
                 size_t *count) {
  struct stmt *s;
  const char *sql = report_sql[ask->report][lines_by(ask->by)];
  enum report_whose whose = reports[ask->report].whose;
  bool whole_year = whose != OF_LESSONS && whose != OF_GROUPS;
  char group[8] = "";
  if (whose == OF_INCLUSION || whose == OF_PEOPLE || whose == OF_PARTNERS)
    return report_people_read(sqlite_of(store), ask, lines_by(ask->by), a, out, count);
  if (ask->report == REPORT_longevity)
    return report_spells_read(sqlite_of(store), ask, lines_by(ask->by), a, out, count);
  if (whose == OF_PLAN) return report_plan_read(sqlite_of(store), ask, lines_by(ask->by), a, out, count);
  if (!sql) return ERR_INVALID;
  TRY(db_stmt(sqlite_of(store)->db, &s, sql));
  stmt_int(s, 1, whole_year && !has_earlier_days(ask) ? ask->year : ask->from);
  stmt_int(s, 2, whole_year ? report_year_end(ask->year) : ask->to);
  stmt_int(s, 3, ask->in_school);
  stmt_id(s, 4, ask->in_school && !id_is_zero(&ask->school) ? &ask->school : NULL);
  if (ask->report == REPORT_continuation) stmt_int(s, 5, ask->today);
  if (whose == OF_CASES) stmt_int(s, 5, ask->year);
  if (ask->report == REPORT_moving_up) {
    (void)snprintf(group, sizeof group, "%d",
                   7 + report_school_year(ask->today) - report_school_year(ask->year));
    bind_cohort(s, ask, slice_text(group));
  }
  return report_lines_read(s, report_line_read, a, out, count);
}

/* ---- names ---- */

static err read_place(struct stmt *s, struct arena *a, void *to) {
  struct report_place *out = to;
  (void)stmt_column_id(s, 0, &out->id);
  TRY(column_text(s, 1, a, &out->name));
  return column_text(s, 2, a, &out->area);
}

err reports_schools(struct store *store, struct arena *a, struct report_place **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s, "SELECT id, name, area FROM school ORDER BY id"));
  *out = read_list(&e, s, sizeof **out, read_place, a, count);
  return e;
}

err reports_activities(struct store *store, const struct id *school, struct arena *a,
                       struct report_place **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT id, name, '' FROM activity WHERE ?2=1 OR school IS ?1 ORDER BY id"));
  stmt_id(s, 1, !school || id_is_zero(school) ? NULL : school);
  stmt_int(s, 2, school == NULL);
  *out = read_list(&e, s, sizeof **out, read_place, a, count);
  return e;
}

err reports_partners(struct store *store, struct arena *a, struct report_place **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s, "SELECT id, name, '' FROM partner ORDER BY id"));
  *out = read_list(&e, s, sizeof **out, read_place, a, count);
  return e;
}

static err read_period(struct stmt *s, struct arena *a, void *to) {
  struct report_period *out = to;
  out->from = column_day(s, 1);
  out->to = column_day(s, 2);
  return column_text(s, 0, a, &out->name);
}

err reports_terms(struct store *store, struct arena *a, struct report_period **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT name, starts, ends FROM term WHERE removed IS NOT 1 ORDER BY starts, id"));
  *out = read_list(&e, s, sizeof **out, read_period, a, count);
  return e;
}
