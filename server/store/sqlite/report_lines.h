/* report_lines.h: private to this folder: what the files of report statements share. */
#ifndef TUTTI_SERVER_SQLITE_REPORT_LINES_H
#define TUTTI_SERVER_SQLITE_REPORT_LINES_H

#include "server/core/reports.h"
#include "server/store/sqlite/views.h"

/* Of one enrolment over the spans of a period, in the order of struct owed_counts. */
#define OWED_OF_ENROLMENT                                                                                    \
  "sum(due) AS due, sum(taught) AS taught, sum(makeup) AS makeup, sum(waiting) AS waiting, sum(cause0) AS "  \
  "cause0, sum(cause1) AS cause1, sum(cause2) AS cause2, sum(cause3) AS cause3, sum(cause4) AS cause4, "     \
  "sum(cause5) AS cause5, sum(charged) AS charged, max(0, sum(due)-sum(taught)-sum(charged)) AS owed, "      \
  "sum(disputed) AS disputed"

/* The school of a line of tally_home, NULL for one of the shares of those who have none. */
#define REPORT_HOME "iif(length(t.home)=16, t.home, NULL)"

/* Columns: key, kind, span, part, whole, people, and beside where there are seven. */
err report_line_read(struct stmt *s, struct arena *a, void *to);
/* A statement's lines, those of one key, kind and span as one, in that order (report_sum.c). `one` reads one.
 */
MUST_USE err report_lines_read(struct stmt *stmt, err (*one)(struct stmt *, struct arena *, void *),
                               struct arena *a, struct report_line **out, size_t *count);
int report_school_year(int32_t day); /* the year in which it begins */
int32_t report_year_end(int32_t year);
/* INCLUSION, PEOPLE and PARTNERS (report_people_sql.c); `by` is the one whose lines are wanted. */
MUST_USE err report_people_read(struct sqlite_store *q, const struct report_ask *ask, enum report_by by,
                                struct arena *a, struct report_line **out, size_t *count);
/* Longevity (report_spell_sql.c): one line for the whole hub, or for each partner. */
MUST_USE err report_spells_read(struct sqlite_store *q, const struct report_ask *ask, enum report_by by,
                                struct arena *a, struct report_line **out, size_t *count);
/* PLAN (plan_sql.c): one line for each of plan_lines that has anything to tell; none for the whole hub. */
MUST_USE err report_plan_read(struct sqlite_store *q, const struct report_ask *ask, enum report_by by,
                              struct arena *a, struct report_line **out, size_t *count);

#endif
