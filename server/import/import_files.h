/* import_files.h: import.def as constant tables. */
#ifndef TUTTI_SERVER_IMPORT_FILES_H
#define TUTTI_SERVER_IMPORT_FILES_H

#include "shared/schema/schema.h"

struct import_cell {
  const char *csv;         /* the column's heading */
  const char *column_name; /* in the schema; NULL for a KEY */
  const char *of;          /* REF: the kind it refers to; NULL for a value */
  bool required, key;      /* key: only names part of the row's reference */
  const char
      *counted_of; /* the column whose rows it counts where it has no heading; NULL: it is not counted */
  bool whole_name; /* of a child, where first and last name have no column of their own */
  uint8_t beside;  /* a value of that other table, whose row is this row's own; 0: of the file's */
};
enum { import_cells_max = 16 };
struct import_file {
  const char *name; /* "learners": learners.csv */
  uint8_t table;
  const char *kind; /* of the references to its rows; "" when the natural key makes the id */
  struct import_cell cells[import_cells_max]; /* ends with csv == NULL */
};
extern const struct import_file import_files[];
extern const size_t import_file_count;

#endif
