/* report_lines.h: private to this folder: what the files of report statements share. */
#ifndef TUTTI_SERVER_SQLITE_REPORT_LINES_H
#define TUTTI_SERVER_SQLITE_REPORT_LINES_H

#include "server/core/reports.h"
#include "server/store/sqlite/views.h"

/* Whose activities a learner came to: one line a learner and partner, NULL for the hub's own. */
#define REPORT_MET                                                                                           \
  "(SELECT DISTINCT x.learner, a.partner FROM tally_learner x JOIN activity a ON a.id=x.activity WHERE "     \
  "x.span>=?1 AND x.span<=?2 AND x.here+x.late>0)"

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
/* PLAN (plan_sql.c): one line for each of plan_lines that has anything to tell; none for the whole hub. */
MUST_USE err report_plan_read(struct sqlite_store *q, const struct report_ask *ask, enum report_by by,
                              struct arena *a, struct report_line **out, size_t *count);

#endif
