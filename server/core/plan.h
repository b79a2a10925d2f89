/* plan.h: the small registers of the Local Plan: what there is (plan.def), and reading their entries. The
 * entries themselves are rows of the schema's tables, read by server/store. */
#ifndef TUTTI_SERVER_PLAN_H
#define TUTTI_SERVER_PLAN_H

#include "server/core/reports.h"

enum plan_kind_id {
#define KIND(table, function, first, last, partner, school, sees, writes, whose, title, one, says)           \
  PLAN_##table,
#include "server/core/plan.def"
  PLAN_END
};
enum plan_line_id {
#define LINE(name, table, measure, column, first, last, condition, whose, of, title) LINE_##name,
#include "server/core/plan.def"
  LINE_END
};
struct plan_field {
  uint8_t table;
  size_t column;
  const char *label, *help;
  bool needed, listed;
  bool kept; /* the hub's own words: an account that sees its own partners' entries alone is not told */
};
struct plan_kind {
  uint8_t table;
  enum report_function function;
  size_t first, last;           /* columns of days: equal for what happens on one */
  const char *partner, *school; /* names of columns; "NULL": none */
  uint32_t sees, writes;        /* sets of `role` */
  bool named;                   /* names a learner: every look is audited */
  const char *title, *one, *says;
};
struct plan_line {
  const char *name, *title;
  enum plan_kind_id kind;
  bool children;        /* small numbers of it are hidden */
  enum plan_line_id of; /* which it is a part of; itself for none */
  int64_t word;         /* that its condition compares with; 0: none */
};
extern const struct plan_kind plan_kinds[PLAN_END];
extern const struct plan_field plan_fields[];
extern const size_t plan_field_count;
extern const struct plan_line plan_lines[LINE_END];
const struct plan_kind *plan_kind_named(struct slice table); /* NULL when there is none */
/* Where an entry with a day to keep stands. */
enum plan_state { PLAN_NONE, PLAN_OPEN, PLAN_LATE, PLAN_DONE };
enum plan_state plan_state_of(const struct row *row, int32_t today);

/* ---- entries ---- */
enum { plan_page_rows = 50, plan_standing_rows_max = 20000, plan_export_page_rows = 500 };
struct plan_ask {
  const struct plan_kind *kind;
  int32_t from, to;          /* entries of these days */
  struct id partner, school; /* of one alone; zero: of all */
  struct id person;          /* of an account's own partners alone; zero: of all */
  int32_t after_day;         /* a page begins after this entry; `after` zero: at the first */
  struct id after;
  size_t max;
};
/* The latest first; those taken back are in no list. Everything lives in `a`. */
MUST_USE err plan_entries(struct store *s, const struct plan_ask *ask, struct arena *a, struct row **out,
                          size_t *count);
MUST_USE err plan_count(struct store *s, const struct plan_ask *ask, uint64_t *out);
/* Of one instrument, latest first: the loans that stand. */
MUST_USE err plan_loans(struct store *s, const struct id *instrument, struct arena *a, struct row **out,
                        size_t *count);
/* An instrument beside that one that stands under the same serial number; zero: there is none. */
MUST_USE err plan_instrument_with(struct store *s, struct slice serial, const struct id *beside,
                                  struct id *out);
#endif
