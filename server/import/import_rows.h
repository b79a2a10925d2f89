/* import_rows.h: private to this folder: the cells of a row as the headings mean them, and rows that are none
 * of the list's. */
#ifndef TUTTI_SERVER_IMPORT_ROWS_H
#define TUTTI_SERVER_IMPORT_ROWS_H

#include "server/import/import_check.h"

enum { import_row_cells_max = csv_cells_max + 3 };

/* Headings are read: what has no column and follows from others stands behind all cells of the file. A name
 * in one column is the first and the last; whoever is to be rung first stands above the second. */
void import_rows_beside(struct import *im);
/* The row is a total or a few words alone, and is kept for what comes behind it. Otherwise what was kept so
 * far stands in the list, and each of them is a mistake. */
bool import_rows_beneath(struct import *im, size_t number, const struct slice *cells, size_t count);
/* More cells with something in them than headings, or fewer than columns that are read. */
bool import_rows_ragged(const struct import *im, const struct slice *cells, size_t count);
MUST_USE err import_rows_take(struct import *im, struct slice own[import_row_cells_max],
                              const struct slice *cells, size_t count);

#endif
