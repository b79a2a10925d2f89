/* csv_table.h: a CSV file as rows of cells, with every limit and a clear word for every way a file can be
 * wrong. Reading is libcsv's. */
#ifndef TUTTI_SERVER_IMPORT_CSV_TABLE_H
#define TUTTI_SERVER_IMPORT_CSV_TABLE_H

#include "server/import/text.h"
#include "shared/base/arena.h"
#include "shared/base/limits.h"

enum { csv_cells_max = 64, csv_scouted_rows = 16 };
/* Called for each row after the header; `row` is the number a spreadsheet shows. Titles above the header,
 * among the first csv_scouted_rows, are passed over. Cells are valid UTF-8 and live for the call. */
typedef err csv_row(void *ctx, size_t row, const struct slice *cells, size_t count);
typedef err csv_header(void *ctx, const struct slice *cells, size_t count);
/* ERR_MALFORMED, ERR_TOO_BIG, ERR_NOT_FOUND with a sentence naming file, row and what to do; or what a
 * callback returned. Blank rows are passed over. */
struct csv_taken { /* how the file was read */
  enum text_encoding encoding;
  char delimiter;     /* 0 before: the file says */
  size_t heading_row; /* as a spreadsheet counts */
  size_t lines;       /* about as many as rows: a cell may have several */
};
MUST_USE err csv_table_read(struct csv_taken *taken, const char *path, csv_header *header, csv_row *row,
                            void *ctx, struct fault *fault);

#endif
