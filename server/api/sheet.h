/* sheet.h: private to this folder: one table as a file for a spreadsheet, CSV or XLSX, written row by row.
 * Nothing in it is ever a formula: CSV text that a spreadsheet would take for one gets an apostrophe before
 * it (a sign that stands alone is none), and XLSX cells have a type. CSV begins with a byte order mark,
 * without which Excel takes it for Windows-1252. */
#ifndef TUTTI_SERVER_API_SHEET_H
#define TUTTI_SERVER_API_SHEET_H

#include "server/api/call.h"

enum sheet_format { SHEET_CSV, SHEET_XLSX, SHEET_UNKNOWN };
enum sheet_format sheet_format_named(struct slice word); /* empty: CSV */
struct sheet;
/* How CSV is written: by default with commas and a byte order mark. */
struct sheet_style {
  char delimiter;
  bool mark;
};
enum { sheet_folder_bytes_max = 512 };
/* `title` names the XLSX's only sheet; static. It is written to files without a name on the disk of `folder`.
 * ERR_FULL, then or when it is closed: that has no room for it. */
MUST_USE err sheet_open(struct sheet **out, enum sheet_format format, const char *title, const char *folder);
MUST_USE err sheet_open_styled(struct sheet **out, enum sheet_format format, const char *title,
                               const char *folder, struct sheet_style style);
/* Of a request: where files on their way in are, too; with a sentence when it is full. */
const char *sheet_folder(const struct api_call *c);
MUST_USE err sheet_no_room(struct api_call *c); /* the sentence */
MUST_USE err sheet_begin(struct api_call *c, struct sheet **out, enum sheet_format format, const char *title);
void sheet_text(struct sheet *s, struct slice text); /* kept as it is: leading zeros, dates, long numbers */
void sheet_number(struct sheet *s, double n, int decimals);
void sheet_day(struct sheet *s, int32_t days); /* a date that Excel sorts and filters by; in CSV 2026-11-21 */
void sheet_empty(struct sheet *s);
void sheet_row(struct sheet *s); /* the cells so far are a row */
/* Appends the file to `out`, and destroys the sheet also when it fails. */
MUST_USE err sheet_close(struct sheet *s, struct buf *out);
/* What the file is called, and its type: NAME-NO.csv, or NAME.csv where `no` is 0. */
void sheet_name(struct http_answer *answer, enum sheet_format format, const char *name, uint32_t no);
/* A file is called by what it holds, of whom and when: "lessons-tarn-end-academy-2026-27". Several of them
 * lie in one folder. */
enum { sheet_name_bytes = 80, sheet_period_bytes = 20 };
void sheet_called(char out[sheet_name_bytes], const char *what, struct slice of, struct slice when);
/* The request's answer: the file, to be saved as NAME.csv or NAME.xlsx. */
MUST_USE err sheet_answer(struct api_call *c, struct sheet *s, enum sheet_format format, const char *name);

#endif
