/* import_cell.c: reading dates, times, yes and no, vocabulary words and text as spreadsheets write them. */
#include "server/import/import_cell.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { word_bytes_max = 64, minutes_a_day = 1440 };

static bool copy_word(char out[word_bytes_max], struct slice cell) {
  if (cell.len >= word_bytes_max) return false;
  bytes_copy(out, cell.ptr, cell.len);
  out[cell.len] = 0;
  return strlen(out) == cell.len;
}

static err date_in_order(int32_t *out, int year, int month, int day, struct fault *fault) {
  char iso[32];
  int n = snprintf(iso, sizeof iso, "%04d-%02d-%02d", year, month, day);
  err e = n == 10 ? date_parse(out, slice_of(iso, 10)) : ERR_INVALID;
  return e == ERR_OK ? e : fault_set(fault, ERR_INVALID, "there is no such date");
}

/* 1/2/26: this century's, as no learner, term or lesson of another one is imported. */
static err two_digit_year(int *year, bool uk_dates, struct fault *fault) {
  if (*year >= 1000) return ERR_OK;
  if (!uk_dates || *year > 99)
    return fault_set(fault, ERR_CONFLICT,
                     "has a year of two digits; write it as 2026-02-01, or say that the day comes first");
  *year += 2000;
  return ERR_OK;
}

/* "Feb", "february"; 0 for what is no month. */
static int month_named(const char *word) {
  static const char *const names[] = {"January", "February", "March",     "April",   "May",      "June",
                                      "July",    "August",   "September", "October", "November", "December"};
  for (int i = 0; i < 12; i++) {
    bool cut = strlen(word) == 3 || strcasecmp(word, "Sept") == 0; /* as Excel shortens it here */
    if (strcasecmp(word, names[i]) == 0 || (cut && strncasecmp(word, names[i], strlen(word)) == 0))
      return i + 1;
  }
  return 0;
}

/* "1 February 2026", and "01-Feb-26" as spreadsheets make of it: nobody writes the month in front like that.
 * ERR_NOT_FOUND: it is not written in this way. */
static err date_in_words(int32_t *out, const char *text, bool uk_dates, struct fault *fault) {
  char month[12] = "", signs[2];
  int day = 0, year = 0, end = 0;
  if (sscanf(text, "%2d%c%11[A-Za-z]%c%4d%n", &day, &signs[0], month, &signs[1], &year, &end) != 5 ||
      text[end] != 0 || signs[0] != signs[1] || strchr(" -/", signs[0]) == NULL || !month_named(month))
    return ERR_NOT_FOUND;
  TRY(two_digit_year(&year, uk_dates, fault));
  return date_in_order(out, year, month_named(month), day, fault);
}

/* Systems that know no day without a time write its midnight. */
static void cut_midnight(char *text) {
  static const char *const midnights[] = {" 00:00:00", "T00:00:00", " 00:00"};
  size_t len = strlen(text);
  for (size_t i = 0; i < sizeof midnights / sizeof *midnights; i++) {
    size_t tail = strlen(midnights[i]);
    if (len <= tail || strcmp(text + len - tail, midnights[i]) != 0) continue;
    text[len - tail] = 0;
    return;
  }
}

err import_date(int32_t *out, struct slice cell, bool uk_dates, struct fault *fault) {
  char text[word_bytes_max];
  int a = 0, b = 0, c = 0, end = 0;
  if (date_parse(out, cell) == ERR_OK) return ERR_OK; /* as nearly all are written */
  if (!copy_word(text, cell)) return fault_set(fault, ERR_INVALID, "is not a date; write it as 2026-02-01");
  cut_midnight(text);
  err words = date_in_words(out, text, uk_dates, fault);
  if (words != ERR_NOT_FOUND) return words;
  if (sscanf(text, "%4d-%2d-%2d%n", &a, &b, &c, &end) == 3 && text[end] == 0 && a >= 1000)
    return date_in_order(out, a, b, c, fault);
  end = 0;
  char one = 0, two = 0;
  if (sscanf(text, "%2d%c%2d%c%4d%n", &a, &one, &b, &two, &c, &end) != 5 || text[end] != 0 || one != two ||
      strchr(c < 1000 ? "/." : "/.-", one) == NULL) /* 26-01-01 has its year in front */
    return fault_set(fault, ERR_INVALID, "is not a date; write it as 2026-02-01");
  TRY(two_digit_year(&c, uk_dates, fault));
  if (!uk_dates && a <= 12 && b <= 12 && a != b)
    return fault_set(fault, ERR_CONFLICT,
                     "could be two dates; write it as 2026-02-01, or say that the day comes first");
  return date_in_order(out, c, b, a, fault);
}

static err minute_cell(struct value *out, struct slice cell, struct fault *fault) {
  char text[word_bytes_max];
  int hour = 0, minute = 0, end = 0;
  bool read = copy_word(text, cell) && sscanf(text, "%2d:%2d%n", &hour, &minute, &end) == 2;
  bool whole = read && (text[end] == 0 || strcmp(text + end, ":00") == 0);
  if (!whole || hour < 0 || hour > 23 || minute < 0 || minute > 59)
    return fault_set(fault, ERR_INVALID, "is not a time; write it as 15:30");
  *out = value_int(hour * 60 + minute);
  return ERR_OK;
}

/* 1, 0, or -1 for what is neither. */
static int yes_or_no(struct slice cell) {
  static const char *const yes[] = {"yes", "y", "true", "t", "1"}, *const no[] = {"no", "n", "false", "f",
                                                                                  "0"};
  char text[word_bytes_max];
  for (size_t i = 0; copy_word(text, cell) && i < sizeof yes / sizeof *yes; i++) {
    if (strcasecmp(text, yes[i]) == 0) return 1;
    if (strcasecmp(text, no[i]) == 0) return 0;
  }
  return -1;
}

static err bool_cell(struct value *out, struct slice cell, struct fault *fault) {
  int says = yes_or_no(cell);
  if (says < 0) return fault_set(fault, ERR_INVALID, "must be yes or no");
  *out = value_int(says);
  return ERR_OK;
}

/* Words and labels both do: "whole_class" and "Whole class". */
static int vocabulary_number(const struct enum_type *e, const char *text) {
  for (const struct enum_value *v = e->values; v->word != NULL; v++)
    if (strcasecmp(v->word, text) == 0 || strcasecmp(v->label, text) == 0) return v->number;
  return 0;
}

static err unknown_word(const struct enum_type *e, struct fault *fault) {
  char known[160] = "";
  size_t len = 0;
  for (const struct enum_value *v = e->values; v->word != NULL && len < sizeof known - 40; v++)
    len += (size_t)snprintf(known + len, sizeof known - len, "%s%s", len == 0 ? "" : ", ", v->word);
  return fault_set(fault, ERR_INVALID, "must be one of: %s", known);
}

static err enum_cell(struct value *out, const struct column *c, struct slice cell, struct fault *fault) {
  char text[word_bytes_max];
  int number = copy_word(text, cell) ? vocabulary_number(c->vocabulary, text) : 0;
  if (number == 0 && strcmp(c->of, "answer") == 0 && yes_or_no(cell) >= 0) /* as schools' systems write it */
    number = yes_or_no(cell) ? ENUM_answer_yes : ENUM_answer_no;
  if (number == 0) return unknown_word(c->vocabulary, fault);
  *out = value_int(number);
  return ERR_OK;
}

static err set_cell(struct value *out, const struct column *c, struct slice cell, struct fault *fault) {
  char text[word_bytes_max], *rest = text, *word;
  int64_t set = 0;
  if (!copy_word(text, cell)) return unknown_word(c->vocabulary, fault);
  while ((word = strsep(&rest, " ;|")) != NULL) {
    if (*word == 0) continue;
    int number = vocabulary_number(c->vocabulary, word);
    if (number == 0) return unknown_word(c->vocabulary, fault);
    set |= INT64_C(1) << (number - 1);
  }
  *out = value_int(set);
  return ERR_OK;
}

static err int_cell(struct value *out, struct slice cell, struct fault *fault) {
  char text[word_bytes_max];
  long long number = 0;
  int end = 0;
  if (!copy_word(text, cell) || sscanf(text, "%9lld%n", &number, &end) != 1 || text[end] != 0)
    return fault_set(fault, ERR_INVALID, "is not a whole number");
  *out = value_int(number);
  return ERR_OK;
}

/* "+44 7700 900000": a plus, digits and blanks alone, where a telephone's number stands. */
static bool is_telephone(const struct column *c, struct slice cell) {
  if (strcmp(c->name, "phone") != 0 || cell.ptr[0] != '+') return false;
  for (size_t i = 1; i < cell.len; i++) {
    if (strchr("0123456789 ()", cell.ptr[i]) == NULL || cell.ptr[i] == 0) return false;
  }
  return true;
}

/* "7.7009E+09": what a narrow column shows of a long number, and a CSV file keeps of it. */
static bool is_shortened(const struct column *c, struct slice cell) {
  static const char *const numbers[] = {"phone", "ref", "mis_id", "urn", "serial"};
  char text[word_bytes_max];
  int end = 0;
  bool number = false;
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    number = number || strcmp(c->name, numbers[i]) == 0;
  if (!number || !copy_word(text, cell)) return false;
  (void)sscanf(text, "%*1[0-9].%*15[0-9]E+%*2[0-9]%n", &end);
  if (end == 0) (void)sscanf(text, "%*1[0-9]E+%*2[0-9]%n", &end);
  return end > 0 && text[end] == 0;
}

/* Direction overrides could make one name look like another; a leading "=" would run when the list is opened
 * in a spreadsheet. */
static err text_cell(struct value *out, const struct column *c, struct slice cell, struct fault *fault) {
  if (strchr("=+@", cell.ptr[0]) != NULL && !is_telephone(c, cell))
    return fault_set(fault, ERR_INVALID, "begins with \"%c\", which a spreadsheet would run as a formula",
                     cell.ptr[0]);
  if (is_shortened(c, cell))
    return fault_set(
        fault, ERR_INVALID,
        "is a number of which Excel kept the beginning alone: make its column wider, and save again");
  for (size_t i = 0; i < cell.len; i++) {
    const uint8_t *p = cell.ptr + i;
    bool override =
        cell.len - i >= 3 && p[0] == 0xe2 &&
        ((p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) || (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));
    if (override)
      return fault_set(fault, ERR_INVALID,
                       "holds an invisible character that changes the direction of writing");
    if (*p < 0x20 || *p == 0x7f)
      return fault_set(fault, ERR_INVALID, "holds a control character or a line break");
  }
  *out = value_text(cell);
  return ERR_OK;
}

/* "Year 6", "Yr 06" and "Y6" are the year that the hub calls "6", as a new school year finds it; what is none
 * of these stays as it is. */
static struct slice plain_year(struct slice cell) {
  static const char *const names[] = {"year", "yr", "y"}, *const receptions[] = {"reception", "rec", "r",
                                                                                 "yr"};
  char text[word_bytes_max];
  if (!copy_word(text, cell)) return cell;
  size_t from = 0, digits = 0;
  for (size_t i = 0; from == 0 && i < sizeof names / sizeof *names; i++) {
    if (strncasecmp(text, names[i], strlen(names[i])) == 0) from = strlen(names[i]);
  }
  while (text[from] == ' ' || (text[from] == '0' && text[from + 1] != 0)) from++;
  for (size_t i = 0; i < sizeof receptions / sizeof *receptions; i++) {
    if (strcasecmp(text + from, receptions[i]) == 0 || strcasecmp(text, receptions[i]) == 0)
      return slice_text("R");
  }
  while (text[from + digits] >= '0' && text[from + digits] <= '9') digits++;
  bool year = digits > 0 && text[from + digits] == 0;
  return year ? slice_of(cell.ptr + from, cell.len - from) : cell;
}

err import_telephone(struct slice *text, struct arena *a) {
  enum { digits_without_zero = 10 };
  uint8_t *mended;
  if (text->len != digits_without_zero || strchr("12378", text->ptr[0]) == NULL) return ERR_OK;
  for (size_t i = 0; i < text->len; i++) {
    if (text->ptr[i] < '0' || text->ptr[i] > '9') return ERR_OK;
  }
  mended = arena_take(a, text->len + 1, 1);
  if (!mended) return ERR_NO_MEMORY;
  mended[0] = '0';
  bytes_copy(mended + 1, text->ptr, text->len);
  *text = slice_of(mended, text->len + 1);
  return ERR_OK;
}

err import_cell(struct value *out, const struct table *t, const struct column *c, struct slice cell,
                bool uk_dates, struct fault *fault) {
  *out = value_null();
  if (cell.len == 0) return ERR_OK;
  if (t->id == TABLE_learner && c == &t->columns[COL(learner, year_group)]) cell = plain_year(cell);
  int32_t days = 0;
  switch (c->type) {
  case TYPE_DATE:
    TRY(import_date(&days, cell, uk_dates, fault));
    *out = value_int(days);
    break;
  case TYPE_MINUTE: TRY(minute_cell(out, cell, fault)); break;
  case TYPE_BOOL: TRY(bool_cell(out, cell, fault)); break;
  case TYPE_ENUM: TRY(enum_cell(out, c, cell, fault)); break;
  case TYPE_SET: TRY(set_cell(out, c, cell, fault)); break;
  case TYPE_INT: TRY(int_cell(out, cell, fault)); break;
  case TYPE_TEXT: TRY(text_cell(out, c, cell, fault)); break;
  default: return fault_set(fault, ERR_INTERNAL, "%s.%s cannot be imported as a value", t->name, c->name);
  }
  ASSERT(c->type != TYPE_MINUTE || out->i < minutes_a_day);
  return value_check(t, c, out, fault);
}
