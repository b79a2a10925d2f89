/* import_map.h: which column of a file is which of an import: guessed from the headings, corrected by a
 * person, remembered by the hub for the next file with the same headings. */
#ifndef TUTTI_SERVER_IMPORT_MAP_H
#define TUTTI_SERVER_IMPORT_MAP_H

#include "server/core/store.h"
#include "server/import/csv_table.h"
#include "server/import/import_files.h"

enum { import_sample_rows = 4 };
struct import_peek {
  struct csv_taken taken;
  struct slice *headings;
  size_t heading_count;
  struct slice *rows[import_sample_rows]; /* as many cells as headings; missing ones are empty */
  size_t row_count;
};
/* The headings and the first rows, in the arena. The errors of csv_table_read. */
MUST_USE err import_peek(struct import_peek *out, const char *path, struct arena *a, struct fault *fault);

/* Of each heading: the cell of `file` it is (from 1), or 0; and how whoever writes such files writes days. */
struct import_map {
  uint8_t cells[csv_cells_max];
  size_t count;
  bool day_first; /* 1/2/2026 is of February */
};
void import_map_guess(struct import_map *out, const struct import_file *file, const struct slice *headings,
                      size_t count);
/* A column of any list, or what another system calls one. */
bool import_heading_is_known(struct slice heading);
/* The file of import.def that most of the headings belong to. */
const struct import_file *import_file_guess(const struct slice *headings, size_t count);
const struct import_file *import_file_named(struct slice name); /* NULL: there is none */
/* By the names of the file's columns, "" for one that is left out. ERR_INVALID for a name it has not. */
MUST_USE err import_map_named(struct import_map *out, const struct import_file *file,
                              const struct slice *names, size_t count);
/* The same headings have the same hash, whatever their case. */
MUST_USE err import_map_hash(uint8_t out[hash_bytes], const struct slice *headings, size_t count);
/* ERR_NOT_FOUND when the hub has none for them that still fits. */
MUST_USE err import_map_recall(struct import_map *out, const struct import_file **file, struct store *store,
                               const struct slice *headings, size_t count, struct arena *a);
MUST_USE err import_map_keep(struct store *store, const struct import_map *map,
                             const struct import_file *file, const struct slice *headings, size_t count);

#endif
