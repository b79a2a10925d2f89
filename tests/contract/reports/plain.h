/* plain.h: all rows that a report can be about, in memory as they are stored, and the figures of reports.def
 * worked out from them by loops over loops: slow, and with nothing in common with the hub's way. */
#ifndef TUTTI_TESTS_PLAIN_H
#define TUTTI_TESTS_PLAIN_H

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
struct plain {
  struct plain_table tables[TABLE_END];
  struct id *children, *meetings; /* of each mark: whom and what its ids stand for */
  int64_t now_ms;
  struct arena arena;
};
/* Reads every row of the tables that matter: SELECT *, nothing more (plain_sql.c). */
void plain_read(struct plain *p, struct store *store, const struct now *now);
void plain_finish(struct plain *p);
MUST_USE err plain_sql_rows(struct plain_table *out, struct store *store, const struct table *t,
                            struct arena *a);

struct plain_figure {
  int64_t part, whole, beside, of; /* the last two of INCLUSION and PEOPLE */
};
/* Of one key of one dimension: `key` a school or an activity, `kind` or a term's first day as the table has
 * it. */
struct plain_figure plain_of(const struct plain *p, const struct report_ask *ask, const struct id *key,
                             int32_t number);

#endif
