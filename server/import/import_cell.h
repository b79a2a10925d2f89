/* import_cell.h: one CSV cell -> one schema value, or a sentence that says what is wrong with it. */
#ifndef TUTTI_SERVER_IMPORT_CELL_H
#define TUTTI_SERVER_IMPORT_CELL_H

#include "shared/base/arena.h"
#include "shared/base/now.h"
#include "shared/schema/schema.h"

/* Empty cells become VALUE_NULL. Text is borrowed from `cell`. ERR_INVALID and a sentence that does not
 * repeat the cell (it may be a name); ERR_CONFLICT for a date that could be two. */
MUST_USE err import_cell(struct value *out, const struct table *t, const struct column *c, struct slice cell,
                         bool uk_dates, struct fault *fault);
/* A number of this country that a spreadsheet took for a number: 7700900123 has its zero again. */
MUST_USE err import_telephone(struct slice *text, struct arena *a);
/* "2026-02-01" and unambiguous or (with uk_dates) UK forms 1/2/2026, 1.2.26 -> days. ERR_CONFLICT: it could
 * be two dates. */
MUST_USE err import_date(int32_t *out, struct slice cell, bool uk_dates, struct fault *fault);

#endif
