/* tally.h: private to this folder: what the reports add up, kept by activity so that a year of marks need not
 * be read for every page.
 *
 * tally_activity and tally_learner hold sums by span: a term, or the days between two terms. tally_due names
 * the activities whose sums are not true any more: from the moment `at`, which is 0 after a change, and the
 * end of the next session otherwise, because that is when it becomes due. Whoever changes rows says so here;
 * whoever reads asks tally_refresh first. An activity of zeros stands for all of them. */
#ifndef TUTTI_SERVER_SQLITE_TALLY_H
#define TUTTI_SERVER_SQLITE_TALLY_H

#include "server/store/sqlite/sqlite_store.h"

MUST_USE err tally_changed(struct sqlite_store *q, const struct write_feed *list, size_t count);
/* What changes figures beside the streams it travels in. */
MUST_USE err tally_row_changed(struct sqlite_store *q, const struct row *row);
/* A child or a meeting that now stands for another, or no longer does, or is erased. */
MUST_USE err tally_child_changed(struct sqlite_store *q, const struct id *learner);
MUST_USE err tally_meeting_changed(struct sqlite_store *q, const struct id *session);

/* The first day of the span that a day belongs to. A span begins on the first of September, with each term
 * and behind each: so a term that begins in August, or lies within another one, is some spans from its first
 * one on. */
struct tally_term {
  int32_t starts, ends;
};
int32_t tally_span(const struct tally_term *terms, size_t count, int32_t date);

#endif
