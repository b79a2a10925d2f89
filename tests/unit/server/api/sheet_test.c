/* sheet_test.c: a table as a file for a spreadsheet: no cell of it runs, and one that grows too large says
 * so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/api/sheet.h"

static void what_a_spreadsheet_would_run_begins_with_an_apostrophe(void **state) {
  (void)state;
  static const char *const cells[] = {"=1+1", "+44 1632 960000", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1"};
  static const char *const plain[] = {"", "-", "0044", "a=b", "1e3"};
  struct sheet *s;
  struct buf out = BUF_INIT(1 << 16);
  assert_int_equal(sheet_open_styled(&s, SHEET_CSV, "Test", "/tmp", (struct sheet_style){';', false}),
                   ERR_OK);
  for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) sheet_text(s, slice_text(cells[i]));
  for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) sheet_text(s, slice_text(plain[i]));
  sheet_number(s, -4, 0);
  sheet_row(s);
  assert_int_equal(sheet_close(s, &out), ERR_OK);
  assert_int_equal(buf_put_u8(&out, 0), ERR_OK);
  assert_string_equal(out.ptr,
                      "\"'=1+1\";\"'+44 1632 960000\";\"'-2+3\";\"'@SUM(A1)\";\"'\t=1+1\";\"'\r=1+1\";"
                      ";\"-\";\"0044\";\"a=b\";\"1e3\";\"-4\"\r\n");
  buf_finish(&out);
}

/* Half a file that looks whole would be worse than none. */
static void a_file_that_grows_too_large_is_none(void **state) {
  (void)state;
  enum { cell_bytes = 4000 };
  static char words[cell_bytes + 1];
  struct sheet *s;
  struct buf out = BUF_INIT(http_answer_bytes_max);
  memset(words, 'a', cell_bytes);
  assert_int_equal(sheet_open(&s, SHEET_CSV, "Test", "/tmp"), ERR_OK);
  for (size_t i = 0; i < http_answer_bytes_max / cell_bytes + 1; i++) {
    sheet_text(s, slice_text(words));
    sheet_row(s);
  }
  sheet_text(s, slice_text("and one that would fit again"));
  assert_int_equal(sheet_close(s, &out), ERR_TOO_BIG);
  assert_int_equal(out.len, 0);
  buf_finish(&out);
}

/* Excel's own limit. */
static void a_workbook_of_more_rows_than_it_may_have_is_none(void **state) {
  (void)state;
  enum { excel_rows = 1048576 };
  struct sheet *s;
  struct buf out = BUF_INIT(http_answer_bytes_max);
  assert_int_equal(sheet_open(&s, SHEET_XLSX, "Test", "/tmp"), ERR_OK);
  for (size_t i = 0; i < excel_rows; i++) sheet_row(s);
  sheet_number(s, 1, 0);
  assert_int_equal(sheet_close(s, &out), ERR_TOO_BIG);
  buf_finish(&out);
}

/* The lines of one child each, as reports have them. */
static void put_children(struct sheet *s, size_t count) {
  static char words[1001];
  memset(words, 'a', sizeof words - 1);
  for (size_t i = 0; i < count; i++) {
    sheet_text(s, slice_text(words));
    sheet_row(s);
  }
}

static size_t names_in(const char *dir) {
  size_t count = 0;
  DIR *d = opendir(dir);
  assert_non_null(d);
  for (const struct dirent *e; (e = readdir(d)) != NULL;) count += e->d_name[0] != '.';
  (void)closedir(d);
  return count;
}

/* Whatever ends the hub then: nobody finds the children in a file that it left. */
static void a_workbook_that_is_being_written_has_no_name(void **state) {
  (void)state;
  char dir[] = "/tmp/tutti-sheet-test-XXXXXX";
  struct sheet *s;
  struct buf out = BUF_INIT(http_answer_bytes_max);
  assert_non_null(mkdtemp(dir));
  assert_int_equal(sheet_open(&s, SHEET_XLSX, "Test", dir), ERR_OK);
  put_children(s, 200);
  assert_int_equal(names_in(dir), 0);
  assert_int_equal(sheet_close(s, &out), ERR_OK);
  assert_true(out.len > 1000);
  assert_memory_equal(out.ptr, "PK", 2);
  assert_int_equal(names_in(dir), 0);
  assert_int_equal(rmdir(dir), 0);
  buf_finish(&out);
}

/* Half a workbook would look whole. Files that may not grow stand for a disk that has no more room. */
static void a_workbook_that_finds_no_room_is_none(void **state) {
  (void)state;
  struct rlimit before, small;
  struct sheet *s;
  struct buf out = BUF_INIT(http_answer_bytes_max);
  (void)signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  small = before;
  small.rlim_cur = 65536;
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  assert_int_equal(sheet_open(&s, SHEET_XLSX, "Test", "/tmp"), ERR_OK);
  put_children(s, 200);
  err e = sheet_close(s, &out);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  assert_int_equal(e, ERR_FULL);
  assert_int_equal(out.len, 0);
  buf_finish(&out);
}

static void a_day_is_one_that_spreadsheets_know(void **state) {
  (void)state;
  struct sheet *s;
  int32_t day;
  struct buf out = BUF_INIT(1 << 16);
  assert_int_equal(date_parse(&day, slice_text("2026-11-21")), ERR_OK);
  assert_int_equal(sheet_open_styled(&s, SHEET_CSV, "Test", "/tmp", (struct sheet_style){',', false}),
                   ERR_OK);
  sheet_day(s, day);
  sheet_row(s);
  assert_int_equal(sheet_close(s, &out), ERR_OK);
  assert_int_equal(buf_put_u8(&out, 0), ERR_OK);
  assert_string_equal(out.ptr, "\"2026-11-21\"\r\n");
  buf_finish(&out);
}

/* A dozen statements lie in one folder: what each is called tells them apart, on every system. */
static void a_file_is_called_by_what_it_holds(void **state) {
  (void)state;
  static const struct {
    const char *what, *of, *when, *called;
  } files[] = {
      {"lessons", "Tarn End Academy", "2026/27", "lessons-tarn-end-academy-2026-27"},
      {"instrument_loan", "", "Autumn 2026/27", "instrument-loan-autumn-2026-27"},
      {"visits", "St. Zo\xc3\xab's C/E \"Primary\"", "", "visits-st-zo-s-c-e-primary"},
      {"lessons", "\xd8\xb3\xd9\x84", "2026/27", "lessons-2026-27"},
      {"lessons",
       "A school of which the name is longer than any file that people would want to have in a list",
       "2026/27", "lessons-a-school-of-which-the-name-is-longer-than-any-file-2026-27"},
  };
  char called[sheet_name_bytes];
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    sheet_called(called, files[i].what, slice_text(files[i].of), slice_text(files[i].when));
    assert_string_equal(called, files[i].called);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_a_spreadsheet_would_run_begins_with_an_apostrophe),
      cmocka_unit_test(a_file_that_grows_too_large_is_none),
      cmocka_unit_test(a_workbook_of_more_rows_than_it_may_have_is_none),
      cmocka_unit_test(a_workbook_that_is_being_written_has_no_name),
      cmocka_unit_test(a_workbook_that_finds_no_room_is_none),
      cmocka_unit_test(a_day_is_one_that_spreadsheets_know),
      cmocka_unit_test(a_file_is_called_by_what_it_holds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
