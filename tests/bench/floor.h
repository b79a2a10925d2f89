/* floor.h: what plain SQLite takes for the same rows: WAL, synchronous=FULL, a primary key and two indexes.
 */
#ifndef TUTTI_TESTS_BENCH_FLOOR_H
#define TUTTI_TESTS_BENCH_FLOOR_H

#include "shared/base/err.h"
#include <stddef.h>

/* Milliseconds for `batches` transactions of `rows` rows each, in a new file in `dir`. */
MUST_USE err floor_batches(double *ms_out, const char *dir, size_t batches, size_t rows);
/* Rows a second, one durable transaction each. */
MUST_USE err floor_single(double *per_second_out, const char *dir, size_t rows);

#endif
