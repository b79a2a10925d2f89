/* tally.h: private to this folder: what the reports add up, kept by activity so that a year of marks need not
 * be read for every page, and by school so that not every child need be.
 *
 * tally_activity and tally_learner hold sums by span: a term, or the days between two terms. tally_due names
 * the activities whose sums are not true any more: from the moment `at`, which is 0 after a change, and the
 * end of the next session otherwise, because that is when it becomes due. Whoever changes rows says so here;
 * whoever reads asks reports_refresh first. An activity of zeros stands for all of them.
 *
 * tally_owed holds what those sums make of an activity's lessons owed, for each school year and each term.
 *
 * tally_home holds, by school year, how many children of a school came to anything and what is known of them,
 * in all (partner x'') and of each partner (zeros: the hub's own); tally_spell, over all years, the days from
 * each child's first mark here or late to the last. tally_home_due names the schools whose sums are not true
 * any more. They are made of tally_learner, so they are added up when no activity is due. */
#ifndef TUTTI_SERVER_SQLITE_TALLY_H
#define TUTTI_SERVER_SQLITE_TALLY_H

#include "server/store/sqlite/sqlite_store.h"

MUST_USE err tally_changed(struct sqlite_store *q, const struct write_feed *list, size_t count);
/* What changes figures beside the streams it travels in: asked before a row is saved or erased and after it
 * was saved, for figures change by what it said, and by what it says. */
MUST_USE err tally_row_changes(struct sqlite_store *q, const struct table *t, const struct id *row);
/* A child or a meeting that now stands for another, or no longer does, or is erased. */
MUST_USE err tally_child_changed(struct sqlite_store *q, const struct id *learner);
MUST_USE err tally_meeting_changed(struct sqlite_store *q, const struct id *session);

/* tally_home_sql.c: those who stand for the child of a learner; whoever stands in the activity's sums; the
 * child of a fact of progress. */
MUST_USE err tally_homes_of_child(struct sqlite_store *q, const struct id *learner);
MUST_USE err tally_homes_of_activity(struct sqlite_store *q, const struct id *activity);
MUST_USE err tally_homes_of_fact(struct sqlite_store *q, const struct id *fact);
/* Adds up to `max` homes that are due up; `more`: there may be others. */
MUST_USE err tally_homes_refresh(struct sqlite_store *q, size_t max, bool *more);

/* The first day of the span that a day belongs to. A span begins on the first of September, with each term
 * and behind each: so a term that begins in August, or lies within another one, is some spans from its first
 * one on. */
struct tally_term {
  int32_t starts, ends;
};
int32_t tally_span(const struct tally_term *terms, size_t count, int32_t date);

/* tally_owed_sql.c */
struct tally_place { /* an activity of which lessons are owed */
  struct id activity, school;
  int32_t kind, first, last; /* days of its first session and its last */
};
MUST_USE err tally_owed_forget(struct sqlite_store *q, const struct id *activity);
MUST_USE err tally_owed_add(struct sqlite_store *q, const struct tally_place *place,
                            const struct tally_term *terms, size_t count);

#endif
