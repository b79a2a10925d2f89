/* sheet.c: writes CSV itself and XLSX by libxlsxwriter, a row at a time. */
#include "server/api/sheet.h"

#include <csv.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "server/api/csv.h"

struct sheet {
  enum sheet_format format;
  struct sheet_style style;
  err failed; /* the first that failed */
  uint32_t row;
  uint16_t column;
  struct buf csv;
  /* The library writes to files alone, and takes names. What is written has none: whatever ends the hub, no
   * child's name stays behind. */
  int file; /* of the book; -1: none */
  char folder[sheet_folder_bytes_max], path[32];
  lxw_workbook *book;
  lxw_worksheet *page;
  lxw_format *heading, *day;
};

/* Excel shows it as its own country does: 21/11/2026 here. */
enum { excel_short_date = 14 };

enum sheet_format sheet_format_named(struct slice word) {
  if (word.len == 0 || slice_equal(word, slice_text("csv"))) return SHEET_CSV;
  return slice_equal(word, slice_text("xlsx")) ? SHEET_XLSX : SHEET_UNKNOWN;
}

static err open_unnamed(struct sheet *s) {
  char name[sheet_folder_bytes_max + 16];
  (void)snprintf(name, sizeof name, "%s/sheet-XXXXXX", s->folder);
  s->file = mkstemp(name);
  if (s->file < 0) return errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
  (void)unlink(name);
  (void)snprintf(s->path, sizeof s->path, "/proc/self/fd/%d", s->file);
  return ERR_OK;
}

static err open_book(struct sheet *s, const char *title) {
  TRY(open_unnamed(s));
  lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = s->folder};
  s->book = workbook_new_opt(s->path, &options);
  s->page = s->book ? workbook_add_worksheet(s->book, title) : NULL;
  s->heading = s->page ? workbook_add_format(s->book) : NULL;
  s->day = s->heading ? workbook_add_format(s->book) : NULL;
  if (!s->day) return ERR_NO_MEMORY;
  format_set_bold(s->heading);
  format_set_num_format_index(s->day, excel_short_date);
  worksheet_freeze_panes(s->page, 1, 0);
  /* A page of a workbook is written row by row, so a column cannot wait for its longest cell. */
  worksheet_set_column(s->page, 0, 1, 32, NULL);
  worksheet_set_column(s->page, 2, 40, 16, NULL);
  return ERR_OK;
}

static void destroy(struct sheet *s) {
  if (s->book) (void)workbook_close(s->book);
  if (s->file >= 0) (void)close(s->file);
  buf_finish(&s->csv);
  free(s);
}

err sheet_open(struct sheet **out, enum sheet_format format, const char *title, const char *folder) {
  return sheet_open_styled(out, format, title, folder, (struct sheet_style){',', true});
}

err sheet_open_styled(struct sheet **out, enum sheet_format format, const char *title, const char *folder,
                      struct sheet_style style) {
  static const uint8_t mark[] = {0xEF, 0xBB, 0xBF};
  *out = NULL;
  if (strlen(folder) >= sheet_folder_bytes_max) return ERR_TOO_BIG;
  struct sheet *s = calloc(1, sizeof *s);
  if (!s) return ERR_NO_MEMORY;
  s->format = format;
  s->file = -1;
  (void)snprintf(s->folder, sizeof s->folder, "%s", folder);
  s->style = style;
  s->csv = (struct buf)BUF_INIT(http_answer_bytes_max);
  err e = ERR_OK;
  if (format == SHEET_XLSX) e = open_book(s, title);
  if (format == SHEET_CSV && style.mark) e = buf_append(&s->csv, slice_of(mark, sizeof mark));
  if (e == ERR_OK)
    *out = s;
  else
    destroy(s);
  return e;
}

static void note(struct sheet *s, err e) {
  if (s->failed == ERR_OK) s->failed = e;
}
/* Excel has so many rows and columns and no more. */
static err of_book(lxw_error e) {
  if (e == LXW_NO_ERROR) return ERR_OK;
  return e == LXW_ERROR_WORKSHEET_INDEX_OUT_OF_RANGE ? ERR_TOO_BIG : ERR_NO_MEMORY;
}

static err put_quoted(struct sheet *s, const struct buf *cell) {
  size_t room = 2 * cell->len + 2;
  char *quoted = malloc(room);
  if (!quoted) return ERR_NO_MEMORY;
  err e = buf_append(&s->csv, slice_of(quoted, csv_write(quoted, room, cell->ptr, cell->len)));
  free(quoted);
  return e;
}

static void csv_cell(struct sheet *s, struct slice text, bool defuse) {
  struct buf cell = BUF_INIT(2 * text_bytes_max + 16);
  err e = s->column ? buf_put_u8(&s->csv, (uint8_t)s->style.delimiter) : ERR_OK;
  if (e == ERR_OK && defuse && csv_runs(text)) e = buf_put_u8(&cell, '\'');
  if (e == ERR_OK) e = buf_append(&cell, text);
  if (e == ERR_OK) e = put_quoted(s, &cell);
  buf_finish(&cell);
  note(s, e);
}

void sheet_text(struct sheet *s, struct slice text) {
  if (s->format == SHEET_CSV) {
    csv_cell(s, text, true);
  } else {
    char *words = strndup(text.len ? (const char *)text.ptr : "", text.len);
    note(s, words ? of_book(
                        worksheet_write_string(s->page, s->row, s->column, words, s->row ? NULL : s->heading))
                  : ERR_NO_MEMORY);
    free(words);
  }
  s->column++;
}

void sheet_number(struct sheet *s, double n, int decimals) {
  char text[40];
  snprintf(text, sizeof text, "%.*f", decimals, n);
  if (s->format == SHEET_CSV)
    csv_cell(s, slice_text(text), false);
  else
    note(s, of_book(worksheet_write_number(s->page, s->row, s->column, strtod(text, NULL), NULL)));
  s->column++;
}

void sheet_day(struct sheet *s, int32_t days) {
  struct date d = date_from_days(days);
  char text[date_text_bytes];
  date_text(text, days);
  if (s->format == SHEET_CSV) {
    csv_cell(s, slice_text(text), false);
  } else {
    lxw_datetime day = {.year = d.year, .month = d.month, .day = d.day};
    note(s, of_book(worksheet_write_datetime(s->page, s->row, s->column, &day, s->day)));
  }
  s->column++;
}

void sheet_empty(struct sheet *s) {
  if (s->format == SHEET_CSV && s->column > 0) note(s, buf_put_u8(&s->csv, (uint8_t)s->style.delimiter));
  s->column++;
}

void sheet_row(struct sheet *s) {
  if (s->format == SHEET_CSV) note(s, buf_append(&s->csv, slice_text("\r\n")));
  s->row++;
  s->column = 0;
}

/* The library passes over what it could not write, and half a workbook would look whole: its rows must be
 * written, and there must be room for the page that it makes of them and for the book. */
static err check_room(const struct sheet *s) {
  enum { beside_bytes = 1048576 };
  FILE *rows = s->page->optimize_tmpfile;
  struct statvfs disk;
  if (fflush(rows) != 0 || ferror(rows)) return ERR_FULL;
  long written = ftell(rows);
  if (written < 0 || statvfs(s->folder, &disk) != 0) return ERR_IO;
  uint64_t room = (uint64_t)disk.f_bavail * disk.f_frsize;
  return room < 2 * (uint64_t)written + beside_bytes ? ERR_FULL : ERR_OK;
}

static err read_book(struct sheet *s, struct buf *out) {
  TRY(check_room(s));
  lxw_error failed = workbook_close(s->book);
  uint8_t piece[65536];
  s->book = NULL; /* closing frees it, also when it fails */
  if (failed == LXW_ERROR_ZIP_FILE_OPERATION && errno == ENOSPC) return ERR_FULL;
  FILE *f = failed == LXW_NO_ERROR ? fopen(s->path, "rb") : NULL;
  if (!f) return ERR_IO;
  err e = ERR_OK;
  size_t n;
  while (e == ERR_OK && (n = fread(piece, 1, sizeof piece, f)) > 0) e = buf_append(out, slice_of(piece, n));
  if (ferror(f)) e = ERR_IO;
  (void)fclose(f);
  return e;
}

err sheet_close(struct sheet *s, struct buf *out) {
  err e = s->failed;
  if (e == ERR_OK) e = s->format == SHEET_XLSX ? read_book(s, out) : buf_append(out, buf_slice(&s->csv));
  destroy(s);
  return e;
}

void sheet_name(struct http_answer *answer, enum sheet_format format, const char *name, uint32_t no) {
  char number[16] = "";
  if (no) (void)snprintf(number, sizeof number, "-%u", no);
  answer->type = format == SHEET_XLSX ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                                      : "text/csv; charset=utf-8";
  (void)snprintf(answer->file_name, sizeof answer->file_name, "%s%s.%s", name, number,
                 format == SHEET_XLSX ? "xlsx" : "csv");
}

/* Letters, digits and single hyphens: what every file system takes, and no two see differently. */
static size_t put_plain(char *out, size_t len, size_t room, struct slice text) {
  bool gap = len > 0;
  for (size_t i = 0; i < text.len && len + 2 < room; i++) {
    uint8_t c = text.ptr[i];
    bool upper = c >= 'A' && c <= 'Z', plain = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain && gap) out[len++] = '-';
    if (plain) out[len++] = (char)(upper ? c + 'a' - 'A' : c);
    gap = plain ? false : c < 0x80 ? len > 0 : gap;
  }
  out[len] = 0;
  return len;
}

void sheet_called(char out[sheet_name_bytes], const char *what, struct slice of, struct slice when) {
  size_t len = put_plain(out, 0, sheet_name_bytes, slice_text(what));
  len = put_plain(out, len, sheet_name_bytes - sheet_period_bytes, of);
  (void)put_plain(out, len, sheet_name_bytes, when);
}

err sheet_no_room(struct api_call *c) {
  return fault_set(
      &c->fault, ERR_FULL,
      "there is no room for that file on the disk of the hub: free some space there, or ask for CSV");
}

err sheet_begin(struct api_call *c, struct sheet **out, enum sheet_format format, const char *title) {
  err e = sheet_open(out, format, title, sheet_folder(c));
  return e == ERR_FULL ? sheet_no_room(c) : e;
}

const char *sheet_folder(const struct api_call *c) {
  return c->api->config.uploads ? c->api->config.uploads : "/tmp";
}

err sheet_answer(struct api_call *c, struct sheet *s, enum sheet_format format, const char *name) {
  struct http_answer *answer = &c->x->answer;
  if (answer->body.max == 0) answer->body.max = http_answer_bytes_max;
  buf_wipe(&answer->body);
  err e = sheet_close(s, &answer->body);
  if (e == ERR_TOO_BIG)
    return fault_set(&c->fault, e, "that would be a larger file than is given out: choose a shorter period");
  if (e == ERR_FULL) return sheet_no_room(c);
  TRY(e);
  answer->status = 200;
  sheet_name(answer, format, name, 0);
  return ERR_OK;
}
