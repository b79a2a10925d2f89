/* import_check.h: CSV cells -> checked office ops. Every mistake is kept with file, row and column; nothing
 * is applied here. */
#ifndef TUTTI_SERVER_IMPORT_CHECK_H
#define TUTTI_SERVER_IMPORT_CHECK_H

#include "server/core/hub.h"
#include "server/import/csv_table.h"
#include "server/import/id_set.h"
#include "server/import/import_files.h"

enum {
  import_message_bytes_max = 200,
  import_bytes_max = 2000000000,
  import_reference_bytes_max = 511, /* of what names a row: what is behind that counts for nothing */
};
struct import_error {
  const char *file;
  size_t row;      /* as a spreadsheet counts; 0: the file as a whole */
  char column[32]; /* heading; "" for the row as a whole */
  char text[import_message_bytes_max];
};
struct import {
  const struct hub *hub;
  struct store *store;
  int32_t today;
  bool uk_dates;      /* 1/2/2026 is 1 February; otherwise ambiguous dates are errors */
  struct arena arena; /* texts of the ops */
  struct op *ops;
  struct import_source { /* of each op: its row in the file, and which version of the hub's row it was made
                            from */
    size_t number;
    uint64_t version;
  } * sources;
  size_t op_count, op_cap;
  struct id_set known; /* every row met in this import or found in the store */
  struct id_set in_file;
  struct id_set gone;          /* staff who have left, and whom this import does not bring back */
  struct import_error *errors; /* the first csv_errors_shown_max */
  size_t error_count;
  size_t ambiguous; /* cells that could be two dates */
  /* Which cell of the file's description (from 1) each column of the CSV is, 0 for one that is left out;
   * NULL: the headings are the description's own names, all of them. */
  const uint8_t *map;
  size_t map_count;
  /* Sees the headings and the first rows as they are; NULL: nobody asks. */
  err (*see)(void *ctx, size_t row, const struct slice *cells, size_t count);
  void *see_ctx;
  /* the file being read */
  struct csv_taken taken;
  const struct import_file *file;
  int position[import_cells_max]; /* of each cell in the CSV's columns, -1 when absent */
  size_t heading_count, file_rows;
};
void import_init(struct import *im, const struct hub *hub, struct store *store, int32_t today, bool uk_dates);
void import_finish(struct import *im);
/* A UPN (a letter, eleven digits, a digit or letter) has the check letter that its digits give: DfE, "Unique
 * pupil numbers: guide for schools". Whatever does not look like one is not one. */
bool import_is_upn(struct slice text);
bool import_upn_is_right(struct slice text);
/* Counts a mistake and keeps the first ones; `row` as a spreadsheet counts, `column` a heading or "". */
void import_note(struct import *im, size_t row, const char *column, const char *text);
/* Loans from the op `first` on, all of one list (import_loans.c); of another table nothing. */
MUST_USE err import_loans_check(struct import *im, size_t first);
/* Reads one CSV file into ops and errors. Fails only when memory or the store fails. */
MUST_USE err import_read(struct import *im, const struct import_file *file, const char *path,
                         struct fault *fault);

#endif
