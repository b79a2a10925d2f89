/* stock_sql.h: see stock_sql.c. */
#ifndef TUTTI_TESTS_BENCH_STOCK_SQL_H
#define TUTTI_TESTS_BENCH_STOCK_SQL_H

#include "server/core/store.h"

MUST_USE err stock_sql_hurry(struct store *s);

#endif
