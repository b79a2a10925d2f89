/* csv_fuzz.c: files for the import: any bytes as a CSV file, and every cell that comes out of it as a value
 * of every column. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "server/import/csv_table.h"
#include "server/import/import_cell.h"
#include "shared/schema/schema.h"
#include "tests/lib/fuzz_input.h"

enum { path_bytes = 64 };

static bool has_nul(struct slice s) { return s.len > 0 && memchr(s.ptr, 0, s.len) != NULL; }

static void try_column(const struct table *t, const struct column *c, struct slice cell, bool uk_dates) {
  struct value v;
  struct fault fault = {.code = ERR_OK};
  if (c->type == TYPE_ID) return; /* references are looked up, not read */
  if (import_cell(&v, t, c, cell, uk_dates, &fault) == ERR_OK) {
    ASSERT(v.kind != VALUE_TEXT || !has_nul(v.text));
    return;
  }
  ASSERT(fault.code != ERR_OK && fault.text[0] != 0);
}

static void try_cell(struct slice cell) {
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    for (size_t c = 0; c < t->column_count; c++) {
      try_column(t, &t->columns[c], cell, false);
      try_column(t, &t->columns[c], cell, true);
    }
  }
}

static err on_header(void *ctx, const struct slice *cells, size_t count) {
  (void)ctx;
  ASSERT(count <= csv_cells_max);
  for (size_t i = 0; i < count; i++) ASSERT(cells[i].len <= csv_line_bytes_max);
  return ERR_OK;
}

static err on_row(void *ctx, size_t row, const struct slice *cells, size_t count) {
  size_t *tried = ctx;
  ASSERT(row >= 1);
  TRY(on_header(NULL, cells, count));
  for (size_t i = 0; i < count && *tried < 64; i++, ++*tried) try_cell(cells[i]);
  return ERR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char path[path_bytes];
  size_t tried = 0;
  struct csv_taken taken = {.delimiter = 0};
  struct fault fault = {.code = ERR_OK};
  int fd = memfd_create("csv", MFD_CLOEXEC);
  ASSERT(fd >= 0 && write(fd, data, size) == (ssize_t)size);
  (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  err e = csv_table_read(&taken, path, on_header, on_row, &tried, &fault);
  ASSERT(e == ERR_OK || (fault.code == e && fault.text[0] != 0));
  (void)close(fd);
  try_cell(slice_of(data, size));
  return 0;
}
