/* views_schools.h: what the office reads of its schools: what is taught there, agreed, seen on visits.
 * Implemented by server/store. */
#ifndef TUTTI_SERVER_VIEWS_SCHOOLS_H
#define TUTTI_SERVER_VIEWS_SCHOOLS_H

#include "server/core/store.h"

/* All text and lists live in the arena given; dates are days, 0 for none. */
struct view_school {
  struct id id;
  struct slice name, urn, la, area;
  uint8_t phase;
  uint32_t activities; /* that have not ended */
  uint32_t visits;     /* finished ones */
  int32_t last_visit;  /* of those */
  uint8_t award;       /* of the last one that gave any */
};
struct view_contract {
  struct id id;
  uint64_t version;
  int32_t starts, ends, lessons_a_year, notice_days; /* the last two negative for none */
};
struct view_school_activity {
  struct id id;
  struct slice name;
  uint8_t mode;
  uint32_t learners; /* enrolled on the day */
};
enum { visit_items = 6 };
struct view_visit {
  struct id id;
  struct slice staff_name, priorities[3], summary;
  int32_t date;
  uint8_t rag[visit_items]; /* in the order of the schema's columns */
  uint8_t proposed, award, status;
  bool conflict; /* something of it waits for a decision */
};
struct view_school_detail {
  struct view_school summary;
  struct view_contract *contracts; /* the latest first */
  struct view_school_activity *activities;
  struct view_visit *visits; /* the latest first; those taken back are in no list */
  size_t contract_count, activity_count, visit_count;
};
struct view_closure {
  struct id id, school; /* school zero: everything is closed */
  uint64_t version;
  struct slice school_name, reason;
  int32_t starts, ends;
};
struct closures_wanted {
  struct id school; /* this one's, and those of everything; zero: those of everything alone */
  bool all;         /* every school's */
  int32_t from, to; /* that reach into these days */
};
/* The latest first, at most closures_listed_max; none that was taken back. */
MUST_USE err views_closures(struct store *s, const struct closures_wanted *wanted, struct arena *a,
                            struct view_closure **out, size_t *count);
enum { terms_listed_max = 400 };
struct view_term {
  struct id id;
  uint64_t version;
  struct slice name;
  int32_t starts, ends; /* the first and the last day */
  uint32_t surveys;     /* that are about it */
};
/* By their first day, at most terms_listed_max. */
MUST_USE err views_terms(struct store *s, struct arena *a, struct view_term **out, size_t *count);
/* By name, at most schools_listed_max. */
MUST_USE err views_schools(struct store *s, int32_t today, struct arena *a, struct view_school **out,
                           size_t *count);
MUST_USE err views_school(struct store *s, const struct id *school, int32_t today, struct arena *a,
                          struct view_school_detail *out); /* ERR_NOT_FOUND */

#endif
