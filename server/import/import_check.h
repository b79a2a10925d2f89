/* import_check.h: CSV cells -> checked office ops. Every mistake is kept with file, row and column; nothing
 * is applied here. */
#ifndef TUTTI_SERVER_IMPORT_CHECK_H
#define TUTTI_SERVER_IMPORT_CHECK_H

#include "server/core/hub.h"
#include "server/import/csv_table.h"
#include "server/import/id_set.h"
#include "server/import/import_files.h"

enum {
  import_told_rows = 256,
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
/* Who has a number elsewhere; `row` is of this import, or 0. `several` learners may have it. */
struct import_owner {
  struct id learner;
  size_t row;
  bool several;
};
struct import_keys {
  bool loaded, several_schools; /* have numbers of their own */
  struct id school;             /* that had one first */
  struct id_set places;         /* of each number: where its owner stands, from 1 */
  struct import_owner *owners;
  size_t count, cap;
};
/* A learner's number that the list changes. */
struct import_rekey {
  size_t row;
  const char *column;
  struct slice first_name, last_name, before, after;
};
enum { import_rekeys_shown_max = 50 };
struct import_names { /* import_names.c */
  uint32_t loaded;    /* of which kinds, as bits */
  struct id_set places;
  struct import_name *list;
  size_t count, cap;
};
/* A row that is a total, or has a few words alone: with rows behind it, it is a mistake, beneath the list it
 * is left out. */
struct import_beneath {
  size_t row;
  bool total;
};
enum { import_beneath_max = 8 };
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
    bool beside; /* of the same row of the file as the op before */
  } * sources;
  size_t op_count, op_cap;
  struct id_set known;            /* every row met in this import or found in the store */
  struct id_set in_file, counted; /* of the file being read: its rows; places in its order */
  struct import_keys keys;
  struct import_rekey *rekeys; /* the first import_rekeys_shown_max */
  size_t rekey_count;
  struct id_set gone;          /* staff who have left, and whom this import does not bring back */
  struct import_error *errors; /* the first csv_errors_shown_max */
  size_t error_count;
  struct import_names names;
  struct import_beneath beneath[import_beneath_max]; /* the rows so far that nothing stands behind */
  size_t beneath_count;
  size_t ambiguous; /* cells that could be two dates */
  /* Which cell of the file's description (from 1) each column of the CSV is, 0 for one that is left out;
   * NULL: the headings are the description's own names, all of them. */
  const uint8_t *map;
  size_t map_count;
  /* Sees the headings and the first rows as they are; NULL: nobody asks. */
  err (*see)(void *ctx, size_t row, const struct slice *cells, size_t count);
  void *see_ctx;
  /* Hears now and then how many rows are read, of about how many; NULL: nobody asks. */
  void (*told)(void *ctx, size_t done, size_t rows);
  void *told_ctx;
  /* the file being read */
  struct csv_taken taken;
  const struct import_file *file;
  int position[import_cells_max]; /* of each cell in the CSV's columns, -1 when absent */
  size_t heading_count, file_rows;
};
void import_init(struct import *im, const struct hub *hub, struct store *store, int32_t today, bool uk_dates);
void import_finish(struct import *im);
/* Counts a mistake and keeps the first ones; `row` as a spreadsheet counts, `column` a heading or "". */
void import_note(struct import *im, size_t row, const char *column, const char *text);
/* Is that row of a kind in the hub, or in this import? */
MUST_USE err import_known(struct import *im, const char *kind, const struct id *id, bool *out);
void import_keys_finish(struct import_keys *k);
/* Loans from the op `first` on, all of one list (import_loans.c); of another table nothing. */
MUST_USE err import_loans_check(struct import *im, size_t first);
/* Reads one CSV file into ops and errors. Fails only when memory or the store fails. */
MUST_USE err import_read(struct import *im, const struct import_file *file, const char *path,
                         struct fault *fault);

#endif
