/* report_call.h: private to this folder: which table of which report a request asks for, and reading it. */
#ifndef TUTTI_SERVER_API_REPORT_CALL_H
#define TUTTI_SERVER_API_REPORT_CALL_H

#include "server/api/access.h"
#include "server/core/reports.h"

/* What one table is made of while it is made: that of England's 24,453 schools takes 20 MB. */
enum { report_bytes_max = 268435456 };
enum { snapshot_rows_max = 3000 }; /* of one table: seventeen of so many schools are half of an answer */
enum { report_year_first = 2000, report_year_last = 2100 }; /* in which a school year may begin */
struct report_call {
  struct report_ask ask;
  struct slice period_name;
  struct report_table table;
  err (*next)(struct api_call *c);
};
/* Reads "report", "by", "period" and "school" in that order of the route's parameters; `c->own` is it from
 * then on. Whoever may not see rows gets neither activities nor one school alone. */
MUST_USE err report_call_read(struct api_call *c);
/* "2026": the school year from then on; "2026-09-07": the term that begins that day; empty: this school year.
 */
MUST_USE err report_period_read(struct api_call *c, struct slice text, struct report_ask *out,
                                struct slice *name);
/* Goes on with `next`, on a reader, once the sums are true. */
err report_when_fresh(struct api_call *c, struct report_call *r, err (*next)(struct api_call *c));
/* One table, named, and with what the caller may not see taken out of it. */
MUST_USE err report_table_load(struct api_call *c, const struct report_ask *ask, bool small, struct arena *a,
                               struct report_table *out); /* it lives in `a` */
/* Whether whoever asks sees every number of that report as it is, and one school alone. */
bool report_sees_rows(const struct api_call *c, const struct report *r);
json_t *report_table_json(const struct report_ask *ask, struct slice period, const struct report_table *t);
/* The last line of a file, where register entries that would have counted in it were removed. */
struct sheet;
void report_say_lacking(struct sheet *s, const struct report_ask *ask);
/* Of what a partner sees of its own, the one cut there is. */
json_t *report_json(const struct report *r, bool own_alone);
/* A report that a partner sees of its own activities. */
bool report_is_own(const struct report *r);
/* The hub's signs of disadvantage, by word (inclusion.c). */
json_t *disadvantaged_json(uint32_t signs);
/* Whether whoever asks sees its own activities alone, as a partner does. */
bool report_own_alone(const struct api_call *c);
json_t *report_sessions_json(const struct report_session *list, size_t count); /* reports.c */
/* Adds the targets of a school year with what there is (targets.c). `small`: hide small numbers from
 * everybody. */
MUST_USE err targets_add(struct api_call *c, const struct report_ask *year, bool small, json_t *list);

#endif
