/* csv_table_test.c: every way a CSV file can be wrong has a sentence that names the file and the row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/import/csv_table.h"

struct seen {
  struct csv_taken taken;
  size_t headings, rows, cells, last_row;
  char last[64];
};

static err on_header(void *ctx, const struct slice *cells, size_t count) {
  struct seen *s = ctx;
  (void)cells;
  s->headings = count;
  return ERR_OK;
}
static err on_row(void *ctx, size_t row, const struct slice *cells, size_t count) {
  struct seen *s = ctx;
  s->rows++;
  s->cells = count;
  s->last_row = row;
  snprintf(s->last, sizeof s->last, "%.*s", (int)cells[count - 1].len, (const char *)cells[count - 1].ptr);
  return ERR_OK;
}

static err read_bytes(struct seen *seen, struct fault *fault, const void *bytes, size_t len) {
  char path[] = "/tmp/tutti-csv-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, bytes, len), (ssize_t)len);
  close(fd);
  *seen = (struct seen){0};
  *fault = (struct fault){0};
  err e = csv_table_read(&seen->taken, path, on_header, on_row, seen, fault);
  unlink(path);
  return e;
}
#define READ(literal) read_bytes(&seen, &fault, "" literal "", sizeof literal - 1)

static void a_byte_order_mark_and_both_line_ends_are_read(void **state) {
  (void)state;
  struct seen seen;
  struct fault fault;
  assert_int_equal(READ("\xef\xbb\xbf"
                        "a,b\r\n1,2\r\n3,Zo\xc3\xab\r\n"),
                   ERR_OK);
  assert_int_equal(seen.headings, 2);
  assert_int_equal(seen.rows, 2);
  assert_int_equal(seen.last_row, 3);
  assert_string_equal(seen.last, "Zo\xc3\xab");
  assert_int_equal(READ("a,b\n1,\"x, \"\"y\"\"\"\n\n5,6"), ERR_OK);
  assert_int_equal(seen.rows, 2);
  assert_int_equal(seen.last_row, 4); /* the blank row counts, as in a spreadsheet */
}

static void what_excel_and_other_systems_write_is_read(void **state) {
  (void)state;
  struct seen seen;
  struct fault fault;
  assert_int_equal(READ("\xff\xfe"
                        "a\0\t\0b\0\n\0"
                        "1\0\t\0\xeb\0=\xd8\0\xde\n\0"),
                   ERR_OK);
  assert_int_equal(seen.taken.encoding, TEXT_UTF16_LE);
  assert_int_equal(seen.taken.delimiter, '\t');
  assert_string_equal(seen.last, "\xc3\xab\xf0\x9f\x98\x80");
  assert_int_equal(READ("\xfe\xff"
                        "\0a\0,\0b\0\n\0"
                        "1\0,\0\xe9"),
                   ERR_OK);
  assert_int_equal(seen.taken.encoding, TEXT_UTF16_BE);
  assert_string_equal(seen.last, "\xc3\xa9");
  assert_int_equal(READ("a;b\n\"1;2\";\x80 \xe9t\xe9\n"), ERR_OK);
  assert_int_equal(seen.taken.encoding, TEXT_WINDOWS_1252);
  assert_int_equal(seen.taken.delimiter, ';');
  assert_string_equal(seen.last, "\xe2\x82\xac \xc3\xa9t\xc3\xa9");
}

/* "Pupil list", "Printed on | 1 September", an empty line: as many systems print above a list. */
static void what_stands_above_the_headings_is_passed_over(void **state) {
  (void)state;
  struct seen seen;
  struct fault fault;
  assert_int_equal(
      READ("Pupil list, autumn;;;;\r\nPrinted on;01/09/2026;;;\r\n;;;;\r\na;b;c;d;e\r\n1;;;;\r\n"), ERR_OK);
  assert_int_equal(seen.taken.delimiter, ';');
  assert_int_equal(seen.taken.heading_row, 4);
  assert_int_equal(seen.headings, 5);
  assert_int_equal(seen.rows, 1);
  assert_int_equal(seen.last_row, 5);
  assert_int_equal(READ("Pupil list\n\na,b,c\n1,2,3\n"), ERR_OK); /* without signs of its own */
  assert_int_equal(seen.taken.heading_row, 3);
  assert_int_equal(READ("Pupil list,,,\nPrinted on,1 September,,\na,b,c,d\n1,2,3,4\n"), ERR_OK);
  assert_int_equal(seen.taken.heading_row, 3);
  assert_int_equal(READ("Name,UPN,,\n1,2,3,4\n"), ERR_OK); /* nobody named the other two */
  assert_int_equal(seen.taken.heading_row, 1);
  assert_int_equal(READ("a;b\n1;x, y, z\n"), ERR_OK);
  assert_int_equal(seen.taken.delimiter, ';');
  assert_int_equal(READ("a,b\n1,2\n"), ERR_OK); /* two headings are no title */
  assert_int_equal(seen.taken.heading_row, 1);
  assert_int_equal(READ("a,b,c\n1,,\n1,2,3\n"), ERR_OK); /* nor is what stands beneath them */
  assert_int_equal(seen.rows, 2);
}

static void half_a_letter_zips_and_binary_files_are_named_for_what_they_are(void **state) {
  (void)state;
  struct seen seen;
  struct fault fault;
  assert_int_equal(READ("\xff\xfe"
                        "a\0,\0b"),
                   ERR_MALFORMED);
  assert_int_equal(READ("\xff\xfe"
                        "a\0\0\xdc"),
                   ERR_MALFORMED); /* half a pair */
  assert_int_equal(READ("PK\x03\x04zipped"), ERR_MALFORMED);
  assert_non_null(strstr(fault.text, "Excel"));
  assert_int_equal(READ("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ERR_MALFORMED);
  assert_non_null(strstr(fault.text, "old Excel"));
  assert_int_equal(READ("a,b\n\0,2\n"), ERR_MALFORMED);
  assert_int_equal(READ("a,b\n\x81,2\n"), ERR_MALFORMED); /* Windows-1252 has no such letter */
  assert_int_equal(READ(""), ERR_MALFORMED);
  assert_non_null(strstr(fault.text, "empty"));
}

static void an_unclosed_quote_names_its_row(void **state) {
  (void)state;
  struct seen seen;
  struct fault fault;
  assert_int_equal(READ("a,b\n1,2\n3,\"never closed\n4,5\n"), ERR_MALFORMED);
  assert_non_null(strstr(fault.text, "row 3"));
  assert_int_equal(READ("a,b\n1,x\"y\n"), ERR_MALFORMED);
  assert_non_null(strstr(fault.text, "row 2"));
}

static void an_endless_line_stops_at_its_limit(void **state) {
  (void)state;
  struct seen seen;
  struct fault fault;
  size_t len = 4u << 20;
  char *line = malloc(len);
  assert_non_null(line);
  memset(line, 'x', len);
  bytes_copy(line, "a,b\n", 4);
  assert_int_equal(read_bytes(&seen, &fault, line, len), ERR_TOO_BIG);
  assert_non_null(strstr(fault.text, "row 2"));
  memset(line + 4, ',', len - 4);
  assert_int_equal(read_bytes(&seen, &fault, line, len), ERR_TOO_BIG);
  line[4] = '"';
  memset(line + 5, 'x', len - 5);
  assert_int_equal(read_bytes(&seen, &fault, line, len), ERR_TOO_BIG);
  free(line);
}

static void a_heading_of_empty_cells_alone_is_given_as_empty_cells(void **state) {
  (void)state;
  struct seen seen;
  struct fault fault;
  assert_int_equal(READ(",,,\n,,,\n"), ERR_OK);
  assert_int_equal(seen.headings, 4);
  assert_int_equal(seen.rows, 0);
}

static void rows_of_empty_cells_are_no_rows_and_keep_their_numbers(void **state) {
  (void)state;
  struct seen seen;
  struct fault fault;
  assert_int_equal(READ("a;b;c\n1;2;3\n;;\n\n4;5;6\n;;\n;;\n"), ERR_OK);
  assert_int_equal(seen.rows, 2);
  assert_int_equal(seen.last_row, 5);
}

static void a_missing_file_is_named(void **state) {
  (void)state;
  struct seen seen = {0};
  struct fault fault = {0};
  assert_int_equal(csv_table_read(&seen.taken, "/nonexistent/learners.csv", on_header, on_row, &seen, &fault),
                   ERR_NOT_FOUND);
  assert_non_null(strstr(fault.text, "learners.csv"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_byte_order_mark_and_both_line_ends_are_read),
      cmocka_unit_test(what_excel_and_other_systems_write_is_read),
      cmocka_unit_test(half_a_letter_zips_and_binary_files_are_named_for_what_they_are),
      cmocka_unit_test(what_stands_above_the_headings_is_passed_over),
      cmocka_unit_test(an_unclosed_quote_names_its_row),
      cmocka_unit_test(an_endless_line_stops_at_its_limit),
      cmocka_unit_test(a_heading_of_empty_cells_alone_is_given_as_empty_cells),
      cmocka_unit_test(rows_of_empty_cells_are_no_rows_and_keep_their_numbers),
      cmocka_unit_test(a_missing_file_is_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
