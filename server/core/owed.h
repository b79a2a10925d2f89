/* owed.h: lessons that schools are owed: what was due, what became of it, and what is left, by school and by
 * enrolment. A lesson counts once for each child who has a place in it on its day. */
#ifndef TUTTI_SERVER_OWED_H
#define TUTTI_SERVER_OWED_H

#include "server/core/store.h"

enum { owed_causes = 6 }; /* of cancel_cause; 0: cancelled without a cause */
struct owed_counts {
  int64_t due;       /* planned, and their time is over */
  int64_t delivered; /* make-ups and lessons outside the timetable among them */
  int64_t makeups;
  int64_t waiting; /* due, and nobody has said what became of them */
  int64_t cause[owed_causes];
  int64_t charged;  /* cancelled by the school in less time than its contract asks: as good as delivered */
  int64_t owed;     /* due, less delivered and charged; of an enrolment never below none */
  int64_t disputed; /* people have said different things about them */
};
/* A school with lessons in the period or a contract that reaches into it: the one that began last. */
struct owed_school {
  struct id school;
  struct slice name, area;
  int32_t lessons_a_year, notice_days; /* negative: the contract does not say */
  int32_t starts, ends;                /* of the contract; starts 0: there is none; ends 0: open */
  struct owed_counts counts;
};
struct owed_enrolment {
  struct id learner, activity;
  struct slice learner_name, activity_name, instrument;
  int32_t starts, ends; /* of the place; ends 0: it goes on */
  struct owed_counts counts;
};
/* Spans that begin in the days from `from` to `to`, as in reports.h; by name. ERR_NOT_FOUND: there is no such
 * school. */
MUST_USE err owed_schools(struct store *s, int32_t from, int32_t to, struct arena *a,
                          struct owed_school **out, size_t *count);
MUST_USE err owed_school(struct store *s, const struct id *school, int32_t from, int32_t to, struct arena *a,
                         struct owed_school *out);
MUST_USE err owed_enrolments(struct store *s, const struct id *school, int32_t from, int32_t to,
                             struct arena *a, struct owed_enrolment **out, size_t *count);

#endif
