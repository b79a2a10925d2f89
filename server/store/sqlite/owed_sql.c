/* owed_sql.c: lessons owed, from the sums that tally_sql.c keeps of every child at every activity. */
#include "server/core/owed.h"
#include "server/store/sqlite/report_lines.h"

/* Of the sums of a period that tally_owed_sql.c keeps of every activity. */
#define PERIOD(of)                                                                                           \
  "(SELECT o.school, sum(o.due) AS due, sum(o.taught) AS taught, sum(o.makeup) AS makeup, sum(o.waiting) "   \
  "AS waiting, sum(o.cause0) AS cause0, sum(o.cause1) AS cause1, sum(o.cause2) AS cause2, sum(o.cause3) AS " \
  "cause3, sum(o.cause4) AS cause4, sum(o.cause5) AS cause5, sum(o.charged) AS charged, sum(o.owed) AS "     \
  "owed, sum(o.disputed) AS disputed FROM tally_owed o WHERE o.starts=?1 AND o.ends=?2 AND " of              \
  " GROUP BY o.school)"
#define COUNTS(t, f)                                                                                         \
  f "(" t ".due), " f "(" t ".taught), " f "(" t ".makeup), " f "(" t ".waiting), " f "(" t ".cause0), " f   \
    "(" t ".cause1), " f "(" t ".cause2), " f "(" t ".cause3), " f "(" t ".cause4), " f "(" t ".cause5), " f \
    "(" t ".charged), " f "(" t ".owed), " f "(" t ".disputed)"

static void read_counts(struct stmt *s, int first, struct owed_counts *out) {
  int64_t *const head[] = {&out->due, &out->delivered, &out->makeups, &out->waiting};
  int64_t *const tail[] = {&out->charged, &out->owed, &out->disputed};
  for (int i = 0; i < 4; i++) *head[i] = stmt_column_int(s, first++);
  for (int i = 0; i < owed_causes; i++) out->cause[i] = stmt_column_int(s, first++);
  for (int i = 0; i < 3; i++) *tail[i] = stmt_column_int(s, first++);
}

static err read_school(struct stmt *s, struct arena *a, void *to) {
  struct owed_school *out = to;
  *out = (struct owed_school){.lessons_a_year = column_minute(s, 3), /* -1 for none, like a minute */
                              .notice_days = column_minute(s, 4),
                              .starts = column_day(s, 5),
                              .ends = column_day(s, 6)};
  (void)stmt_column_id(s, 0, &out->school);
  read_counts(s, 7, &out->counts);
  TRY(column_text(s, 1, a, &out->name));
  return column_text(s, 2, a, &out->area);
}

/* Of each school the contract that began last. All are ranked at once: to look for each school's own reads
 * every contract as often as there are schools. */
#define CONTRACTS                                                                                            \
  "(SELECT * FROM (SELECT k.school, k.id, k.lessons_a_year, k.notice_days, k.starts, k.ends, row_number() "  \
  "OVER (PARTITION BY k.school ORDER BY k.starts DESC, k.id) AS no FROM contract k WHERE k.starts<=?2 AND "  \
  "(k.ends IS NULL OR k.ends>=?1)) WHERE no=1)"
#define SCHOOLS(of, kept)                                                                                    \
  "SELECT h.id, h.name, h.area, c.lessons_a_year, c.notice_days, c.starts, c.ends, " COUNTS(                 \
      "t", "sum") " FROM school h LEFT JOIN " CONTRACTS                                                      \
                  " c ON c.school=h.id LEFT JOIN " PERIOD(of) " t ON t.school=h.id WHERE " kept              \
                                                              " GROUP BY h.id ORDER BY h.name, h.id"

err owed_schools(struct store *store, int32_t from, int32_t to, struct arena *a, struct owed_school **out,
                 size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s, SCHOOLS("1", "(t.school IS NOT NULL OR c.id IS NOT NULL)")));
  stmt_int(s, 1, from);
  stmt_int(s, 2, to);
  *out = read_list(&e, s, sizeof **out, read_school, a, count);
  return e;
}

/* Of a large hub's sums those of one school are few, and are found by its activities. */
#define OF_SCHOOL "activity IN (SELECT id FROM activity WHERE school=?3) AND school=?3"
#define ENROLMENTS                                                                                           \
  "(SELECT learner, activity, school, " OWED_OF_ENROLMENT " FROM tally_learner WHERE span>=?1 AND span<=?2 " \
  "AND " OF_SCHOOL " AND due+taught+charged+disputed>0 GROUP BY learner, activity)"

err owed_school(struct store *store, const struct id *school, int32_t from, int32_t to, struct arena *a,
                struct owed_school *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, SCHOOLS(OF_SCHOOL, "h.id=?3")));
  stmt_int(s, 1, from);
  stmt_int(s, 2, to);
  stmt_id(s, 3, school);
  TRY(stmt_one(s));
  err e = read_school(s, a, out);
  stmt_reset(s);
  return e;
}

static err read_enrolment(struct stmt *s, struct arena *a, void *to) {
  struct owed_enrolment *out = to;
  *out = (struct owed_enrolment){.starts = column_day(s, 5), .ends = column_day(s, 6)};
  (void)stmt_column_id(s, 0, &out->learner);
  (void)stmt_column_id(s, 1, &out->activity);
  read_counts(s, 7, &out->counts);
  TRY(column_text(s, 2, a, &out->learner_name));
  TRY(column_text(s, 3, a, &out->activity_name));
  return column_text(s, 4, a, &out->instrument);
}

/* One who came back has two places; the later one is shown. */
err owed_enrolments(struct store *store, const struct id *school, int32_t from, int32_t to, struct arena *a,
                    struct owed_enrolment **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT t.learner, t.activity, coalesce(nullif(l.known_name, ''), l.first_name)||coalesce(' '||"
              "nullif(l.last_name, ''), ''), a.name, e.instrument, e.starts, e.ends, " COUNTS(
                  "t", "") " FROM " ENROLMENTS " t JOIN learner l ON l.id=t.learner JOIN activity a ON "
                           "a.id=t.activity LEFT JOIN enrolment e ON e.id=(SELECT p.id "
                           "FROM enrolment p WHERE p.learner IN " VIEW_CLASS(
                               "t.learner") " AND p.activity=t.activity AND p.removed IS "
                                            "NOT 1 ORDER BY p.starts DESC, p.id "
                                            "LIMIT 1) ORDER BY a.name, t.activity, "
                                            "l.last_name, l.first_name, t.learner"));
  stmt_int(s, 1, from);
  stmt_int(s, 2, to);
  stmt_id(s, 3, school);
  *out = read_list(&e, s, sizeof **out, read_enrolment, a, count);
  return e;
}
