/* import_check.h: CSV cells -> checked office ops. Every mistake is kept with file, row and column; nothing
 * is applied here. */
#ifndef TUTTI_SERVER_CTL_IMPORT_CHECK_H
#define TUTTI_SERVER_CTL_IMPORT_CHECK_H

#include "server/core/hub.h"
#include "server/ctl/id_set.h"
#include "server/ctl/import_files.h"

enum { import_message_bytes_max = 200, import_bytes_max = 2000000000 };
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
  size_t op_count, op_cap;
  struct id_set known; /* every row met in this import or found in the store */
  struct id_set in_file;
  struct import_error *errors; /* the first csv_errors_shown_max */
  size_t error_count;
  /* the file being read */
  const struct import_file *file;
  int position[import_cells_max]; /* of each cell in the CSV's columns, -1 when absent */
  size_t heading_count, file_rows;
};
void import_init(struct import *im, const struct hub *hub, struct store *store, int32_t today, bool uk_dates);
void import_finish(struct import *im);
/* Reads one CSV file into ops and errors. Fails only when memory or the store fails. */
MUST_USE err import_read(struct import *im, const struct import_file *file, const char *path,
                         struct fault *fault);

#endif
