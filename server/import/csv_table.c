/* csv_table.c: libcsv in strict mode behind limits: whatever is no text, zips, ragged quotes and endless
 * lines get a sentence. */
#include "server/import/csv_table.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/import/import_map.h"

enum { chunk_bytes = 65536, title_cells_max = 2 };

struct reader {
  const char *name; /* the file's, without its folder */
  csv_header *header;
  csv_row *row;
  void *ctx;
  struct fault *fault;
  struct buf text; /* the present row's cells, one behind the other */
  size_t ends[csv_cells_max];
  size_t cell_count, row_number;
  size_t titles; /* rows above the headings that are yet to come */
  bool after_cr, header_done;
  struct csv_taken taken, *told; /* told: the caller's, who hears of the lines before the first row */
  err error;
};

static void cell_end(void *data, size_t len, void *ctx) {
  struct reader *r = ctx;
  if (r->error != ERR_OK) return;
  if (r->cell_count == csv_cells_max) {
    r->error = fault_set(r->fault, ERR_TOO_BIG, "%s, row %zu: more than %d columns", r->name, r->row_number,
                         csv_cells_max);
    return;
  }
  struct slice cell = slice_of(data, len);
  if (!utf8_valid(cell)) {
    r->error = fault_set(r->fault, ERR_MALFORMED,
                         "%s, row %zu, column %zu: not UTF-8; save the file as \"CSV UTF-8\"", r->name,
                         r->row_number, r->cell_count + 1);
    return;
  }
  if (buf_append(&r->text, cell) != ERR_OK) {
    r->error = fault_set(r->fault, ERR_TOO_BIG, "%s, row %zu: longer than %d bytes", r->name, r->row_number,
                         csv_line_bytes_max);
    return;
  }
  r->ends[r->cell_count++] = r->text.len;
}

static void give_row(struct reader *r) {
  struct slice cells[csv_cells_max];
  size_t from = 0;
  if (r->titles) {
    r->titles--;
    return;
  }
  for (size_t i = 0; i < r->cell_count; i++) {
    /* A row of empty cells alone has no text, and so no address to count from. */
    size_t len = r->ends[i] - from;
    cells[i] = len ? slice_of(r->text.ptr + from, len) : slice_of(NULL, 0);
    from = r->ends[i];
  }
  if (!r->header_done) r->told->heading_row = r->taken.heading_row = r->row_number;
  if (r->header_done)
    r->error = r->row(r->ctx, r->row_number, cells, r->cell_count);
  else
    r->error = r->header(r->ctx, cells, r->cell_count);
  r->header_done = true;
}

/* Every line end is reported, so that row numbers are the ones a spreadsheet shows; the LF of a CRLF is not
 * another row. */
static void row_end(int c, void *ctx) {
  struct reader *r = ctx;
  bool second_half = c == CSV_LF && r->after_cr && r->cell_count == 0;
  r->after_cr = c == CSV_CR;
  if (r->error != ERR_OK || second_half) return;
  if (r->row_number > csv_rows_max) {
    r->error = fault_set(r->fault, ERR_TOO_BIG, "%s has more than %d rows", r->name, csv_rows_max);
    return;
  }
  /* Spreadsheets save rows that somebody once cleared as cells with nothing in them. */
  bool blank = r->cell_count == 0 || (r->text.len == 0 && (r->cell_count == 1 || r->header_done));
  if (!blank) give_row(r);
  r->row_number++;
  r->cell_count = 0;
  buf_clear(&r->text);
}

/* A quoted cell without its end would swallow the rest of the file: libcsv's buffer stops here. */
static void *bounded_realloc(void *ptr, size_t size) {
  return size > csv_line_bytes_max ? NULL : realloc(ptr, size);
}

static err no_text(const struct reader *r) {
  return fault_set(r->fault, ERR_MALFORMED, "%s is not a text file", r->name);
}

static err not_csv(const struct reader *r, struct slice head) {
  static const uint8_t zip[] = {'P', 'K', 3, 4};
  if (head.len >= sizeof zip && memcmp(head.ptr, zip, sizeof zip) == 0)
    return fault_set(
        r->fault, ERR_MALFORMED,
        "%s is a zip or an Excel workbook, not CSV; choose it as a workbook, or save the sheet as "
        "\"CSV UTF-8\"",
        r->name);
  static const uint8_t old_workbook[] = {0xd0, 0xcf, 0x11, 0xe0};
  if (head.len >= sizeof old_workbook && memcmp(head.ptr, old_workbook, sizeof old_workbook) == 0)
    return fault_set(
        r->fault, ERR_MALFORMED,
        "%s is a workbook of an old Excel (.xls); save it as .xlsx, or the sheet as \"CSV UTF-8\"", r->name);
  return ERR_OK;
}

static size_t line_ends(struct slice text) {
  size_t count = 0;
  const uint8_t *at = text.ptr, *end = text.ptr + text.len;
  while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
    count++;
    at++;
  }
  return count;
}

/* The whole file is looked at before the first row is given: an encoding shows itself at any place. */
static err guess_encoding(struct reader *r, FILE *f) {
  uint8_t chunk[chunk_bytes];
  struct text_guess guess = {.seen = 0};
  size_t total = 0, len;
  while ((len = fread(chunk, 1, sizeof chunk, f)) > 0) {
    if (total == 0) TRY(not_csv(r, slice_of(chunk, len)));
    total += len;
    if (total > csv_file_bytes_max)
      return fault_set(r->fault, ERR_TOO_BIG, "%s is larger than %d bytes", r->name, csv_file_bytes_max);
    r->taken.lines += line_ends(slice_of(chunk, len));
    text_guess_take(&guess, slice_of(chunk, len));
  }
  if (ferror(f) || fseek(f, 0, SEEK_SET) != 0)
    return fault_set(r->fault, ERR_IO, "%s cannot be read", r->name);
  r->taken.encoding = text_guess_end(&guess);
  return ERR_OK;
}

static err parser_error(const struct reader *r, struct csv_parser *p) {
  if (csv_error(p) == CSV_EPARSE)
    return fault_set(r->fault, ERR_MALFORMED,
                     "%s, row %zu: a quotation mark is not closed or stands in the middle of a cell", r->name,
                     r->row_number);
  return fault_set(r->fault, ERR_TOO_BIG,
                   "%s, row %zu: longer than %d bytes, or a quotation mark is not closed", r->name,
                   r->row_number, csv_line_bytes_max);
}

/* ---- where the headings stand ---- */

/* Many systems print a title, a date or an empty line above the headings. */
struct scout {
  size_t full[csv_scouted_rows]; /* cells with something in them, of each of the first rows */
  bool named[csv_scouted_rows];  /* all of those are headings that systems use */
  size_t row_count, cells, filled, known;
};

/* What systems use is a list of hundreds: it is asked of the first rows alone. */
static void scout_cell(void *data, size_t len, void *ctx) {
  struct scout *s = ctx;
  s->cells++;
  s->filled += len > 0;
  bool asks = len && s->filled <= title_cells_max && s->row_count < csv_scouted_rows;
  if (asks) s->known += import_heading_is_known(slice_of(data, len));
}

static void scout_row(int c, void *ctx) {
  struct scout *s = ctx;
  (void)c;
  bool blank = s->cells == 0 || (s->cells == 1 && s->filled == 0);
  if (!blank && s->row_count < csv_scouted_rows) {
    s->named[s->row_count] = s->known == s->filled;
    s->full[s->row_count++] = s->filled;
  }
  s->cells = s->filled = s->known = 0;
}

/* A title is one cell or two above a list that is about twice as wide; two may be the headings of two columns
 * beside others that nobody named. */
static bool is_title(const struct scout *s, size_t row, size_t widest) {
  switch (s->full[row]) {
  case 0: return widest > 0;
  case 1: return widest > title_cells_max;
  case title_cells_max: return widest >= 2 * title_cells_max && !s->named[row];
  default: return false;
  }
}

static size_t titles_of(const struct scout *s) {
  size_t widest = 0, titles = 0;
  for (size_t i = 0; i < s->row_count; i++) widest = s->full[i] > widest ? s->full[i] : widest;
  while (titles < s->row_count && is_title(s, titles, widest)) titles++;
  return titles;
}

/* What is wrong with the file is said when it is read. */
static void find_headings(struct reader *r, struct slice text) {
  struct scout s = {.row_count = 0};
  struct csv_parser p;
  if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0) return;
  csv_set_realloc_func(&p, bounded_realloc);
  csv_set_delim(&p, (unsigned char)r->taken.delimiter);
  if (csv_parse(&p, text.ptr, text.len, scout_cell, scout_row, &s) == text.len)
    (void)csv_fini(&p, scout_cell, scout_row, &s);
  csv_free(&p);
  r->titles = titles_of(&s);
}

static err parse(struct reader *r, struct csv_parser *p, struct slice text) {
  if (r->taken.delimiter == 0) {
    r->taken.delimiter = text_delimiter(text);
    csv_set_delim(p, (unsigned char)r->taken.delimiter);
    find_headings(r, text);
  }
  if (text.len && memchr(text.ptr, 0, text.len) != NULL) return no_text(r);
  size_t done = csv_parse(p, text.ptr, text.len, cell_end, row_end, r);
  TRY(r->error);
  return done == text.len ? ERR_OK : parser_error(r, p);
}

static err read_chunks(struct reader *r, FILE *f, struct csv_parser *p, struct buf *text) {
  uint8_t chunk[chunk_bytes];
  struct text_decoder decoder = {.encoding = r->taken.encoding};
  size_t len;
  while ((len = fread(chunk, 1, sizeof chunk, f)) > 0) {
    buf_clear(text);
    err e = text_decode(&decoder, slice_of(chunk, len), text);
    if (e == ERR_MALFORMED) return no_text(r);
    TRY(e);
    TRY(parse(r, p, buf_slice(text)));
  }
  if (ferror(f)) return fault_set(r->fault, ERR_IO, "%s cannot be read", r->name);
  if (text_decode_end(&decoder) != ERR_OK) return no_text(r);
  if (csv_fini(p, cell_end, row_end, r) != 0) return parser_error(r, p);
  return r->error;
}

static err read_file(struct reader *r, FILE *f, struct csv_parser *p) {
  struct buf text = BUF_INIT(4 * chunk_bytes);
  err e = guess_encoding(r, f);
  r->told->lines = r->taken.lines;
  if (e == ERR_OK) e = read_chunks(r, f, p, &text);
  buf_finish(&text);
  return e;
}

/* As people know it: one that was sent in has no name of its own here. */
static const char *name_of(const char *path) {
  static const char sent[] = ".upload";
  const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
  size_t len = strlen(name), end = sizeof sent - 1;
  return len > end && strcmp(name + len - end, sent) == 0 ? "the file" : name;
}

err csv_table_read(struct csv_taken *taken, const char *path, csv_header *header, csv_row *row, void *ctx,
                   struct fault *fault) {
  struct reader r = {.name = name_of(path),
                     .header = header,
                     .row = row,
                     .ctx = ctx,
                     .fault = fault,
                     .row_number = 1,
                     .told = taken,
                     .taken = *taken};
  r.text = (struct buf)BUF_INIT(csv_line_bytes_max);
  FILE *f = fopen(path, "rb");
  if (f == NULL) return fault_set(fault, ERR_NOT_FOUND, "%.150s cannot be opened", path);
  struct csv_parser p;
  err e = ERR_NO_MEMORY;
  if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) == 0) {
    csv_set_realloc_func(&p, bounded_realloc);
    e = read_file(&r, f, &p);
    csv_free(&p);
  }
  if (e == ERR_OK && !r.header_done) e = fault_set(fault, ERR_MALFORMED, "%s is empty", r.name);
  buf_finish(&r.text);
  *taken = r.taken;
  if (fclose(f) != 0 && e == ERR_OK) e = fault_set(fault, ERR_IO, "%s cannot be read", r.name);
  return e;
}
