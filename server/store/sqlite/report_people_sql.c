/* report_people_sql.c: reports about what is known of learners, and about agreements and surveys. */
#include "server/core/inclusion.h"
#include "server/store/sqlite/report_lines.h"

_Static_assert(ENUM_answer_yes == 1 && ENUM_answer_no == 2 && ENUM_answer_unknown == 3 &&
                   ENUM_send_none == 1 && ENUM_sex_F == 1 && ENUM_sex_M == 2 && ENUM_people_all == 1 &&
                   ENUM_people_fsm == 2 && ENUM_people_pupil_premium == 3 && ENUM_people_cla == 4 &&
                   ENUM_people_send == 5 && ENUM_people_female == 6 && ENUM_people_male == 7 &&
                   ENUM_agreement_status_live == 2,
               "as in SQL");

/* Who is merged with nobody has one row at the most: most of them. Of the rows of one merged child the newest
 * day's; where two of that day disagree, nothing is known until somebody settles it. 3 is "not known", 0 what
 * nobody has said. */
#define SAID_OF                                                                                              \
  "i.as_at AS day, coalesce(i.fsm, 3) AS fsm, coalesce(i.pupil_premium, 3) AS pupil_premium, "               \
  "coalesce(i.cla, 3) AS cla, coalesce(i.send, 0) AS send, coalesce(i.sex, 0) AS sex, "                      \
  "coalesce(i.remission, 0) AS remission, coalesce(i.ethnicity, '') AS ethnicity "
/* Those who were merged are few: from them to what is known of them, and not the other way round. */
#define SAID_OF_MERGED                                                                                       \
  "said AS MATERIALIZED (SELECT z.canon AS child, " SAID_OF                                                  \
  "FROM alias z CROSS JOIN inclusion i ON i.learner=z.id)"
/* clang-format off: one column a line */
#define AGREED(column, unknown) ", iif(min(s." column ")=max(s." column "), max(s." column "), " unknown ")"
#define AGREED_ALL                                                                                           \
  AGREED("fsm", "3")                                                                                         \
  AGREED("pupil_premium", "3")                                                                               \
  AGREED("cla", "3")                                                                                         \
  AGREED("send", "0")                                                                                        \
  AGREED("sex", "0")                                                                                         \
  AGREED("remission", "0")                                                                                   \
  AGREED("ethnicity", "''")
/* clang-format on */
/* One sign is enough to be disadvantaged; who has none must have none of all. ?5: the hub's signs. */
#define SIGNS                                                                                                \
  "(?5&1 AND fsm=1 OR ?5&2 AND pupil_premium=1 OR ?5&4 AND cla=1) AS yes, (NOT ?5&1 OR fsm=2) AND (NOT "     \
  "?5&2 OR pupil_premium=2) AND (NOT ?5&4 OR cla=2) AS no"
/* Who was merged with nobody is told by the index of what is known, in the order in which they came. */
#define KNOWN(t)                                                                                             \
  "coalesce(" t ".fsm, 3) AS fsm, coalesce(" t ".pupil_premium, 3) AS pupil_premium, coalesce(" t            \
  ".cla, 3) AS cla, coalesce(" t ".send, 0) AS send, coalesce(" t ".sex, 0) AS sex, coalesce(" t             \
  ".remission, 0) AS remission"
#define MERGED                                                                                               \
  SAID_OF_MERGED                                                                                             \
  ", newest AS "                                                                                             \
  "MATERIALIZED (SELECT child, max(day) AS day FROM said GROUP BY child), merged(child, day, fsm, "          \
  "pupil_premium, cla, send, sex, remission, ethnicity) AS MATERIALIZED (SELECT s.child, "                   \
  "n.day" AGREED_ALL " FROM said s JOIN newest n ON n.child=s.child AND n.day=s.day GROUP BY s.child)"
#define CAME_OF(of)                                                                                          \
  "(SELECT sum(here+late) FROM tally_learner WHERE span>=?1 AND span<=?2 AND learner=" of ")>0"
#define ENGAGED                                                                                              \
  "engaged AS (SELECT c.learner, " KNOWN(                                                                    \
      "i") " FROM (SELECT learner FROM tally_learner WHERE span>=?1 "                                        \
           "AND span<=?2 GROUP BY learner HAVING sum(here+late)>0) c LEFT JOIN inclusion i ON "              \
           "i.learner=c.learner "                                                                            \
           "WHERE NOT EXISTS(SELECT 1 FROM alias z WHERE z.id=c.learner) UNION ALL SELECT x.canon, " KNOWN(  \
               "s") " FROM (SELECT DISTINCT canon FROM alias) x LEFT JOIN merged s ON s.child=x.canon "      \
                    "WHERE " CAME_OF("x.canon") ")"
#define WITH_ALL "WITH " MERGED ", " ENGAGED
/* ?5: the set of signs, which has columns of its own. */
#define OF_SET(column)                                                                                       \
  "CASE ?5 WHEN 1 THEN t." column "1 WHEN 2 THEN t." column "2 WHEN 3 THEN t." column                        \
  "3 WHEN 4 THEN t." column "4 WHEN 5 THEN t." column "5 WHEN 6 THEN t." column "6 WHEN 7 THEN t." column    \
  "7 ELSE 0 END"
#define SUMS(key, kept)                                                                                      \
  "SELECT " key ", 0, 0, h.yes, h.yes+h.no, 5, h.unknown, 0, h.unknown, 0, 0 FROM (SELECT " REPORT_HOME      \
  " AS school, t.partner, " OF_SET("yes") " AS yes, " OF_SET("no") " AS no, t.came-" OF_SET(                 \
      "yes") "-" OF_SET("no") " AS unknown FROM tally_home t WHERE t.year=?1) h WHERE " kept

static const char by_school[] = SUMS("h.school", "h.partner=x'' AND (?3=0 OR h.school IS ?4)");
static const char by_partner[] = SUMS("h.partner", "h.partner<>x'' AND ?3=0 AND ?4 IS NULL");

/* Of every group how many are in it, of how many it is known; then, for a sign of disadvantage, by how much
 * its two sides differ from those of all signs together: whoever has both figures can subtract them. Of each
 * area, or of all of them as one without a name. */
#define GROUP_OF(number, in, out, sign)                                                                      \
  "SELECT " number " AS people, area, " in " AS part, " in "+" out " AS whole, came-" in "-" out             \
  " AS unknown, iif(?5&" sign ", yes-" in ", 0) AS more, iif(?5&" sign ", " out "-no, 0) AS less FROM sums"
/* clang-format off: one group a line */
#define GROUPS                                                                                               \
  "groups AS (" GROUP_OF("2", "yes1", "no1", "1") " UNION ALL " GROUP_OF(                                    \
      "3", "yes2", "no2",                                                                                    \
      "2") " UNION ALL " GROUP_OF("4", "yes4", "no4",                                                        \
                                  "4") " UNION ALL " GROUP_OF("5", "supported", "not_supported",             \
                                                              "0") " UNION ALL " GROUP_OF("6", "female",     \
                                                                                          "male",            \
                                                                                          "0") " UNION "     \
                                                                                               "ALL"         \
                                                                                               " " GROUP_OF( \
                                                                                                   "7",      \
                                                                                                   "male",   \
                                                                                                   "female", \
                                                                                                   "0") ")"
/* clang-format on */
#define COUNTED                                                                                              \
  "counted AS MATERIALIZED (SELECT area, people, number FROM (SELECT area, people, number, row_number() "    \
  "OVER (PARTITION BY area, people ORDER BY as_at DESC, id) AS no FROM population WHERE removed IS NOT 1 "   \
  "AND as_at<=?2) WHERE no=1)"
#define LIVING(area)                                                                                         \
  "living AS (SELECT g.people, " area " AS area, sum(g.number) AS number, sum(a.number) AS of FROM counted " \
  "g JOIN counted a ON a.area=g.area AND a.people=1 GROUP BY 1, 2)"
/* Whose area is that of their school. */
#define SUM_OF(column) ", sum(t." column ") AS " column
#define PEOPLE_OF(area, living_area)                                                                         \
  "WITH sums AS MATERIALIZED (SELECT " area " AS area" SUM_OF("came") SUM_OF("yes1") SUM_OF("no1") SUM_OF(   \
      "yes2") SUM_OF("no2") SUM_OF("yes4") SUM_OF("no4") SUM_OF("supported") SUM_OF("not_supported")         \
      SUM_OF("female") SUM_OF("male") ", sum(" OF_SET("yes") ") AS yes, sum(" OF_SET(                        \
          "no") ") AS no FROM tally_home t LEFT JOIN school s ON s.id=t.home WHERE t.year=?1 AND "           \
                "t.partner=x'' GROUP BY 1), " GROUPS ", " COUNTED ", " LIVING(                               \
                    living_area) " SELECT NULL, g.people, 0, g.part, g.whole, 5, coalesce(l.number, 0), "    \
                                 "coalesce(l.of, 0), g.unknown, g.more, g.less, g.area FROM groups g "       \
                                 "LEFT JOIN living l ON l.people=g.people AND l.area=g.area WHERE ?3=0 "     \
                                 "AND ?4 IS NULL AND g.whole>0 ORDER BY g.people, g.area"
static const char by_people[] = PEOPLE_OF("''", "''");
static const char by_area[] = PEOPLE_OF("coalesce(s.area, '')", "g.area");

/* ?6: the day of which they are: no later than the period's last. */
#define AGREEMENTS(key)                                                                                      \
  "SELECT " key ", 0, 0, sum(t.functions&31=31), count(*), 5 FROM agreement t WHERE t.removed IS NOT 1 AND " \
  "t.status=2 AND t.signed_1<=?6 AND t.signed_2<=?6 AND t.starts<=?6 AND (t.ends IS NULL OR t.ends>=?6) "    \
  "AND ?1<=?2 AND ?5>=0 AND (?3=0 OR t.school IS ?4) GROUP BY 1 ORDER BY 1"
#define SURVEYS(key)                                                                                         \
  "SELECT " key ", 0, 0, sum(t.received IS NOT NULL), count(*), 5 FROM survey t WHERE t.removed IS NOT 1 "   \
  "AND t.due>=?1 AND t.due<=?2 AND (t.due<=?6 OR t.received IS NOT NULL) AND ?5>=0 AND (?3=0 OR t.school "   \
  "IS ?4) GROUP BY 1 ORDER BY 1"

static const char *statement(enum report_id report, enum report_by by) {
  bool partner = by == BY_PARTNER;
  switch (report) {
  case REPORT_disadvantaged: return partner ? by_partner : by == BY_SCHOOL ? by_school : NULL;
  case REPORT_parity: return by == BY_PEOPLE ? by_people : by == BY_AREA ? by_area : NULL;
  case REPORT_agreements:
    return partner ? AGREEMENTS("t.partner") : by == BY_SCHOOL ? AGREEMENTS("t.school") : NULL;
  case REPORT_survey_return:
    return partner ? SURVEYS("t.partner") : by == BY_SCHOOL ? SURVEYS("t.school") : NULL;
  default: return NULL;
  }
}

static err read_people_line(struct stmt *s, struct arena *a, void *to) {
  struct report_line *out = to;
  TRY(report_line_read(s, a, to));
  out->beside = stmt_column_int(s, 6);
  out->of = stmt_column_int(s, 7);
  for (int i = 0; i < report_near_max; i++) out->near[i] = stmt_column_int(s, 8 + i);
  return stmt_column_count(s) == 12 ? column_text(s, 11, a, &out->area) : ERR_OK;
}

err report_people_read(struct sqlite_store *q, const struct report_ask *ask, enum report_by by,
                       struct arena *a, struct report_line **out, size_t *count) {
  struct stmt *s;
  err e;
  bool partners = reports[ask->report].whose == OF_PARTNERS, people = reports[ask->report].whose == OF_PEOPLE;
  const char *sql = statement(ask->report, people ? ask->by : by); /* no area of people is made of schools */
  *out = NULL;
  *count = 0;
  if (people && ask->by == BY_HUB) return ERR_OK; /* groups overlap: there is no sum */
  if (!sql) return ERR_INVALID;
  TRY(db_stmt(q->db, &s, sql));
  stmt_int(s, 1, partners ? ask->from : ask->year);
  stmt_int(s, 2, partners ? ask->to : report_year_end(ask->year));
  stmt_int(s, 3, ask->in_school);
  stmt_id(s, 4, ask->in_school && !id_is_zero(&ask->school) ? &ask->school : NULL);
  stmt_int(s, 5, ask->disadvantaged);
  if (partners) stmt_int(s, 6, ask->today < ask->to ? ask->today : ask->to);
  if (!people) return report_lines_read(s, partners ? report_line_read : read_people_line, a, out, count);
  *out = read_list(&e, s, sizeof **out, read_people_line, a, count); /* in the order of their groups */
  return e;
}

/* ---- learner by learner: for the office alone ---- */

static err read_learner(struct stmt *s, struct arena *a, void *to) {
  struct inclusion_line *out = to;
  (void)stmt_column_id(s, 0, &out->learner);
  TRY(column_text(s, 1, a, &out->name));
  TRY(column_text(s, 2, a, &out->last_name));
  out->as_at = column_day(s, 3);
  out->fsm = (uint8_t)stmt_column_int(s, 4);
  out->pupil_premium = (uint8_t)stmt_column_int(s, 5);
  out->cla = (uint8_t)stmt_column_int(s, 6);
  out->send = (uint8_t)stmt_column_int(s, 7);
  out->sex = (uint8_t)stmt_column_int(s, 8);
  out->remission = (uint8_t)stmt_column_int(s, 9);
  out->disadvantaged = (uint8_t)stmt_column_int(s, 10);
  return column_text(s, 11, a, &out->ethnicity);
}

#define LEARNER_COLUMNS                                                                                      \
  "id, name, last_name, day, fsm, pupil_premium, cla, send, sex, remission, iif(yes, 1, iif(no, 2, 3)), "    \
  "ethnicity"
#define EITHER(column, unknown) ", coalesce(i." column ", m." column ", " unknown ") AS " column
/* From the school to its children, and from each to what is known of it: never through all that there are. */
#define LEARNERS_OF(school)                                                                                  \
  "WITH " MERGED " SELECT " LEARNER_COLUMNS " FROM (SELECT *, " SIGNS                                        \
  " FROM (SELECT l.id, coalesce(l.known_name, l.first_name) AS name, l.last_name, coalesce(i.as_at, m.day) " \
  "AS day" EITHER("fsm", "3") EITHER("pupil_premium", "3") EITHER("cla", "3") EITHER("send", "0")            \
      EITHER("sex", "0") EITHER("remission", "0")                                                            \
          EITHER("ethnicity", "''") " FROM learner l LEFT JOIN inclusion "                                   \
                                    "i ON i.learner=l.id AND NOT EXISTS(SELECT 1 FROM alias z WHERE "        \
                                    "z.id=l.id) LEFT JOIN merged m ON "                                      \
                                    "m.child=l.id WHERE " school                                             \
                                    " AND " CAME_OF("l.id") ")) ORDER BY last_name, name, id"

err inclusion_learners(struct store *store, const struct report_ask *ask, struct arena *a,
                       struct inclusion_line **out, size_t *count) {
  struct stmt *s;
  err e;
  bool nowhere = id_is_zero(&ask->school);
  TRY(db_stmt(sqlite_of(store)->db, &s,
              nowhere ? LEARNERS_OF("l.school IS NULL") : LEARNERS_OF("l.school=?3")));
  stmt_int(s, 1, ask->year);
  stmt_int(s, 2, report_year_end(ask->year));
  stmt_id(s, 3, nowhere ? NULL : &ask->school);
  stmt_int(s, 5, ask->disadvantaged);
  *out = read_list(&e, s, sizeof **out, read_learner, a, count);
  return e;
}

/* ---- the yearly return: one line a school ---- */

static err read_return(struct stmt *s, struct arena *a, void *to) {
  struct inclusion_return *out = to;
  TRY(column_text(s, 0, a, &out->urn));
  TRY(column_text(s, 1, a, &out->name));
  TRY(column_text(s, 2, a, &out->area));
  for (int i = 0; i < inclusion_counts; i++) out->counts[i] = stmt_column_int(s, 3 + i);
  return ERR_OK;
}

/* The year group of the school year asked for, ?6, as a return is made when the next one has begun: by the
 * date of birth, or where there is none by the year group of now, ?7 years back. Reception is 0. */
#define BORN_IN                                                                                              \
  "CAST(strftime('%Y', l.dob*86400, 'unixepoch', '-8 months') AS INTEGER)" /* the September before */
#define WRITTEN                                                                                              \
  "iif(l.year_group='R', 0, iif(l.year_group NOT GLOB '*[^0-9]*' AND l.year_group<>'', CAST(l.year_group "   \
  "AS INTEGER), NULL))"
#define IN_YEAR                                                                                              \
  "in_year AS (SELECT l.id, iif(l.dob IS NULL, " WRITTEN "-?7, ?6-5-" BORN_IN ") AS no FROM learner l)"
#define STAGE(from, to) "sum(y.no BETWEEN " from " AND " to ")"

/* clang-format off: a few counts a line, in the order of struct inclusion_return */
static const char returns_sql[] = WITH_ALL
    ", " IN_YEAR " SELECT s.urn, s.name, s.area, count(*), " STAGE("0", "0") ", " STAGE("1", "2") ", " STAGE(
        "3",
        "6") ", " STAGE("7",
                        "9") ", " STAGE("10",
                                        "11") ", " STAGE("12",
                                                         "13") ", "
                                                               "sum(e.sex=1), sum(e.sex=2), sum(e.sex NOT IN "
                                                               "(1, 2)), "
                                                               "sum(e.remission=2), sum(e.remission=3), "
                                                               "sum(e.remission=0), "
                                                               "sum(e.fsm=1), sum(e.pupil_premium=1), "
                                                               "sum(e.pupil_premium>2), sum(e.cla=1), "
                                                               "sum(e.send=2), sum(e.send=3), sum(e.send=0) "
                                                               "FROM engaged e JOIN learner l ON "
                                                               "l.id=e.learner JOIN in_year y ON y.id=l.id "
                                                               "LEFT JOIN school s ON s.id=l.school GROUP BY "
                                                               "l.school ORDER BY s.name IS NULL, s.name, "
                                                               "s.id";
/* clang-format on */

err inclusion_returns(struct store *store, const struct report_ask *ask, struct arena *a,
                      struct inclusion_return **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s, returns_sql));
  stmt_int(s, 1, ask->year);
  stmt_int(s, 2, report_year_end(ask->year));
  stmt_int(s, 6, report_school_year(ask->year));
  stmt_int(s, 7, report_school_year(ask->today) - report_school_year(ask->year));
  *out = read_list(&e, s, sizeof **out, read_return, a, count);
  return e;
}

/* ---- the hub's signs of disadvantage ---- */

err disadvantaged_load(struct store *store, uint32_t *out) {
  uint64_t signs;
  TRY(number_load(store, STORE_DISADVANTAGED, &signs));
  *out = signs ? (uint32_t)signs & DISADVANTAGED_ANY : DISADVANTAGED_ANY;
  return ERR_OK;
}

err disadvantaged_save(struct store *store, uint32_t signs) {
  return number_save(store, STORE_DISADVANTAGED, signs);
}
