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

enum { path_bytes = 64, kinds_max = 256 };

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

static bool is_a_number(const struct column *c) {
  static const char *const names[] = {"ref", "mis_id", "urn", "serial"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(c->name, names[i]) == 0) return true;
  return false;
}

/* What a cell is read by; columns of telephones and of numbers are told by their names. */
static bool reads_alike(const struct column *a, const struct column *b) {
  return a->type == b->type && a->vocabulary == b->vocabulary && a->check.kind == b->check.kind &&
         a->check.low == b->check.low && a->check.high == b->check.high &&
         (strcmp(a->name, "phone") == 0) == (strcmp(b->name, "phone") == 0) &&
         is_a_number(a) == is_a_number(b);
}

struct kind {
  const struct table *table;
  const struct column *column;
};

/* One column of every kind: most of the schema's read a cell as another one does. */
static size_t list_kinds(struct kind out[kinds_max]) {
  size_t count = 0;
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    for (size_t c = 0; c < t->column_count; c++) {
      size_t i = 0;
      while (i < count && !reads_alike(out[i].column, &t->columns[c])) i++;
      if (i < count) continue;
      ASSERT(count < kinds_max);
      out[count++] = (struct kind){t, &t->columns[c]};
    }
  }
  return count;
}

static void try_cell(struct slice cell) {
  static struct kind kinds[kinds_max];
  static size_t count;
  if (count == 0) count = list_kinds(kinds);
  for (size_t i = 0; i < count; i++) {
    try_column(kinds[i].table, kinds[i].column, cell, false);
    try_column(kinds[i].table, kinds[i].column, cell, true);
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
