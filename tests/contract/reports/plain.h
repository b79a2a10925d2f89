/* plain.h: all rows that a report can be about, in memory as they are stored, and the figures of reports.def
 * worked out from them by loops over loops: slow, and with nothing in common with the hub's way. */
#ifndef TUTTI_TESTS_PLAIN_H
#define TUTTI_TESTS_PLAIN_H

#include "server/core/inclusion.h"
#include "server/core/owed.h"
#include "server/core/reports.h"

enum { plain_rows_max = 20000 };
struct plain_row { /* the values of one row, by column, as the schema has them */
  struct id id;
  struct value values[op_columns_max];
};
struct plain_table {
  struct plain_row *rows;
  size_t count;
};
struct plain_case_event {
  struct id of;
  int64_t no, kind, at_ms, outcome;
};
struct plain_case {
  struct id id, session;
  int64_t opened_ms;
};
struct plain {
  struct plain_table tables[TABLE_END];
  struct id *children, *meetings;     /* of each mark: whom and what its ids stand for */
  struct id *places;                  /* of each enrolment: whom its learner stands for */
  const struct plain_row **registers; /* of each session: the one that counts, or NULL */
  int64_t *codes;                     /* of each learner at each session, see plain_code_at */
  struct plain_case *cases;
  struct plain_case_event *events;
  size_t case_count, event_count;
  struct id *disputes; /* sessions with two outcomes */
  size_t dispute_count;
  int64_t now_ms;
  struct arena arena;
};
/* Reads every row of the tables that matter: SELECT *, nothing more (plain_sql.c). */
void plain_read(struct plain *p, struct store *store, const struct now *now);
void plain_finish(struct plain *p);
MUST_USE err plain_sql_rows(struct plain_table *out, struct store *store, const struct table *t,
                            struct arena *a);
MUST_USE err plain_sql_cases(struct plain *p, struct store *store);
MUST_USE err plain_sql_disputes(struct plain *p, struct store *store);

struct plain_figure {
  int64_t part, whole, beside, of; /* the last two of INCLUSION and PEOPLE */
};
/* Of one key of one dimension: `key` a school or an activity, `number` a kind or a stage. */
struct plain_figure plain_of(const struct plain *p, const struct report_ask *ask, const struct id *key,
                             int32_t number);
/* Of a group of people, in one area alone where `only` is not NULL. */
struct plain_figure plain_people(const struct plain *p, const struct report_ask *ask, int32_t people,
                                 const struct slice *only);
/* The return's line of one school; zeros: of no school. */
void plain_return(struct inclusion_return *out, const struct plain *p, const struct report_ask *ask,
                  const struct id *school);
/* What is owed of one enrolment, over the days of `ask`. */
struct owed_counts plain_owed(const struct plain *p, const struct report_ask *ask, const struct id *activity,
                              const struct id *child);
/* The activity, if it is one of that school of which lessons are owed; else NULL. */
const struct plain_row *plain_lessons_at(const struct plain *p, const struct id *activity,
                                         const struct id *school);
/* Whether it has a lesson in those days, or one that was charged or is disputed. */
bool plain_owes(const struct owed_counts *n);

#endif
