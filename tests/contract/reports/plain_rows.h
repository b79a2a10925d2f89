/* plain_rows.h: private to the plain figures: what several definitions ask of rows, and those in
 * plain_paths.c. */
#ifndef TUTTI_TESTS_PLAIN_ROWS_H
#define TUTTI_TESTS_PLAIN_ROWS_H

#include "tests/contract/reports/plain.h"

enum { day_ms = 86400000, any_mode = 0x3E };
int64_t plain_number(const struct plain_row *r, size_t column);
bool plain_given(const struct plain_row *r, size_t column);
bool plain_names(const struct plain_row *r, size_t column, const struct id *id);
const struct plain_row *plain_find(const struct plain *p, uint8_t table, const struct id *id);
struct id plain_child_of(const struct plain *p, const struct id *learner);
bool plain_is_meeting(const struct plain_row *s);
bool plain_is_closed(const struct plain *p, const struct plain_row *s);
bool plain_is_delivered(const struct plain_row *s);
/* Do the marks of this meeting count: it took place, nobody says otherwise, and its register is closed? */
bool plain_counts(const struct plain *p, const struct plain_row *s);
bool plain_in_days(const struct plain_row *s, int32_t from, int32_t to);
int64_t plain_code_at(const struct plain *p, const struct id *child, const struct plain_row *meeting);
bool plain_is_child(const struct plain_row *learner);
bool plain_came(int64_t code);
/* What is known of a child: 0 where nobody said it, or two of one day differ. */
int64_t plain_said(const struct plain *p, const struct id *child, size_t column);
bool plain_is_partners(const struct plain_row *activity, const struct id *key);
bool plain_fits(const struct plain *p, const struct report_ask *ask, const struct plain_row *session,
                const struct id *key, int32_t n);
int64_t plain_times(const struct plain *p, const struct report_ask *ask, const struct id *child,
                    uint32_t modes, int64_t setting);
int64_t plain_times_with(const struct plain *p, const struct report_ask *ask, const struct id *child,
                         uint32_t modes, int64_t setting, const struct id *partner);
struct plain_figure plain_learners(const struct plain *p, const struct report_ask *ask, const struct id *key,
                                   int32_t n);
/* One line of plan.def (plain_plan.c). */
struct plain_figure plain_plan(const struct plain *p, const struct report_ask *ask, int32_t line);
struct plain_figure plain_cases(const struct plain *p, const struct report_ask *ask, const struct id *key,
                                int32_t n);

#endif
