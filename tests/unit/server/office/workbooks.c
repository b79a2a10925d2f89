/* workbooks.c: writes the workbooks of xlsx.test.ts as libxlsxwriter makes them: "workbooks FOLDER". The test
 * compiles it. */
#include <stdio.h>
#include <stdlib.h>
#include <xlsxwriter.h>

static lxw_workbook *begin(const char *folder, const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.xlsx", folder, name);
  return workbook_new(path);
}

static void end(lxw_workbook *book) {
  if (workbook_close(book) == LXW_NO_ERROR) return;
  fputs("workbooks: a workbook could not be written\n", stderr);
  exit(1);
}

struct number {
  double value;
  const char *format; /* NULL: General */
};

static void write_numbers(lxw_workbook *book, lxw_worksheet *sheet, const struct number *numbers,
                          size_t count) {
  for (size_t i = 0; i < count; i++) {
    lxw_format *format = NULL;
    if (numbers[i].format) {
      format = workbook_add_format(book);
      format_set_num_format(format, numbers[i].format);
    }
    worksheet_write_string(sheet, (lxw_row_t)i, 0, numbers[i].format ? numbers[i].format : "General", NULL);
    worksheet_write_number(sheet, (lxw_row_t)i, 1, numbers[i].value, format);
  }
}

/* The first column says the format, the second holds the number; what is seen stands in the test. */
static void codes(const char *folder) {
  static const struct number numbers[] = {
      {12345, "0000000"},
      {12345678, "0000000"},
      {0, "0000000"},
      {1632960123, "00000 000000"},
      {7700900123, "0#### ######"},
      {1234567, "000\"/\"0000"},
      {42, "\"L\"00000"},
      {42, "[Red]00000;[Blue]-00000"},
      {-42, "00000"},
      {5550123, "[<=9999999]000-0000;(000) 000-0000"},
      {2025550123, "[<=9999999]000-0000;(000) 000-0000"},
      {12.5, "00000"},
      {36, "0 \"lessons\""},
      {1234, "#,##0"},
      {0.2, "0%"},
      {12.5, "[$\xC2\xA3-809]#,##0.00"},
      {17, "@"},
  };
  lxw_workbook *book = begin(folder, "codes");
  write_numbers(book, workbook_add_worksheet(book, NULL), numbers, sizeof numbers / sizeof *numbers);
  end(book);
}

static void large(const char *folder) {
  static const struct number numbers[] = {
      {1234567890123456.0, NULL},
      {1.5e20, NULL},
      {1e21, NULL},
      {0.1 + 0.2, NULL},
      {0.0000001, NULL},
      {-7, NULL},
      {801234567890, "0.00E+00"},
      {801234567890, "0000000000000"},
  };
  lxw_workbook *book = begin(folder, "large");
  write_numbers(book, workbook_add_worksheet(book, NULL), numbers, sizeof numbers / sizeof *numbers);
  end(book);
}

static void dates(const char *folder) {
  static const struct number numbers[] = {
      {42036, "dd/mm/yyyy"},
      {42036, "d mmm"},
      {42036, "[$-809]dddd, d mmmm yyyy"},
      {42036, "mmm-yy"},
      {42036, "yyyy\"-\"mm\"-\"dd\\T"},
      {42036.65625, "dd/mm/yyyy hh:mm"},
      {0.65625, "hh:mm"},
      {42036.65625, "h:mm AM/PM"},
      {1.0625, "[h]:mm"},
      {0.999988426, "hh:mm"},
      {1, "d/m/yyyy"},
      {61, "d/m/yyyy"},
      {-1, "d/m/yyyy"},
      {2015, "\"Year\" 0"},
      {42036, "mmmm"},
  };
  lxw_workbook *book = begin(folder, "dates");
  lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
  const size_t count = sizeof numbers / sizeof *numbers;
  write_numbers(book, sheet, numbers, count);
  /* Format 14 of the standard has no code in the file. */
  lxw_format *standard = workbook_add_format(book);
  format_set_num_format_index(standard, 14);
  worksheet_write_string(sheet, (lxw_row_t)count, 0, "14", NULL);
  worksheet_write_number(sheet, (lxw_row_t)count, 1, 42036, standard);
  end(book);
}

static void texts(const char *folder) {
  lxw_workbook *book = begin(folder, "texts");
  lxw_worksheet *hidden = workbook_add_worksheet(book, "Notes");
  lxw_worksheet *sheet = workbook_add_worksheet(book, "Learners");
  lxw_format *bold = workbook_add_format(book);
  format_set_bold(bold);
  worksheet_write_string(hidden, 0, 0, "not this one", NULL);
  worksheet_activate(sheet);
  worksheet_set_first_sheet(sheet);
  worksheet_hide(hidden);
  lxw_rich_string_tuple first = {.format = NULL, .string = "Zo"},
                        second = {.format = bold, .string = "\xC3\xAB & <Jo>"};
  lxw_rich_string_tuple *parts[] = {&first, &second, NULL};
  worksheet_write_string(sheet, 1, 1, "  000171 ", NULL);
  worksheet_write_rich_string(sheet, 1, 2, parts, NULL);
  worksheet_write_boolean(sheet, 3, 0, 1, NULL);
  worksheet_write_boolean(sheet, 3, 1, 0, NULL);
  worksheet_write_formula_str(sheet, 3, 2, "=UPPER(\"jo\")", NULL, "JO");
  worksheet_write_formula_num(sheet, 3, 3, "=40+2", NULL, 42);
  worksheet_write_blank(sheet, 3, 4, bold);
  worksheet_write_string(sheet, 3, 27, "AB4", NULL);
  worksheet_write_string(sheet, 4, 0, "two\nlines \xF0\x9F\x8E\xBB", NULL);
  end(book);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fputs("usage: workbooks FOLDER\n", stderr);
    return 2;
  }
  codes(argv[1]);
  large(argv[1]);
  dates(argv[1]);
  texts(argv[1]);
  return 0;
}
