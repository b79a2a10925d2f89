/* csv.h: rows for a spreadsheet: RFC 4180, UTF-8 with its mark so that Excel reads it
 * as such, and no cell that a spreadsheet would take for a formula. */
#ifndef TUTTI_SERVER_API_CSV_H
#define TUTTI_SERVER_API_CSV_H

#include "shared/base/bytes.h"

/* Whether a spreadsheet would run it: then an apostrophe in front makes it text. A sign alone is none. */
bool csv_runs(struct slice cell);
MUST_USE err csv_begin(struct buf *out);
MUST_USE err csv_row(struct buf *out, const struct slice *cells, size_t count);

#endif
