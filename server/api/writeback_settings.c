/* writeback_settings.c: a mapping's settings to and from JSON, every one of them checked. */
#include <string.h>

#include "server/api/writeback_make.h"

static const char *const whats[] = {[IN_ATTENDANCE] = "attendance", [IN_PROGRESS] = "progress"};
static const char *const formats[] = {[SHEET_CSV] = "csv", [SHEET_XLSX] = "xlsx"};
static const struct {
  const char *word;
  char delimiter;
} delimiters[] = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}};
enum { delimiter_count = sizeof delimiters / sizeof *delimiters };

/* ---- to JSON ---- */

static json_t *text_json(struct slice text) { return json_stringn((const char *)text.ptr, text.len); }

static json_t *columns_json(const struct writeback_settings *w) {
  json_t *list = json_array();
  for (size_t i = 0; i < w->column_count; i++)
    json_array_append_new(list, json_pack("{s:s, s:o}", "field", writeback_fields[w->columns[i].field].name,
                                          "heading", text_json(w->columns[i].heading)));
  return list;
}

static json_t *codes_json(const struct writeback_settings *w) {
  json_t *out = json_object();
  for (int code = 1; code < writeback_codes; code++)
    if (w->codes[code].len)
      json_object_set_new(out, schema_enum_word(schema_enum("mark_code"), code), text_json(w->codes[code]));
  return out;
}

json_t *writeback_settings_json(const struct writeback_settings *w) {
  char from[date_text_bytes];
  const char *delimiter = delimiters[0].word;
  for (size_t i = 0; i < delimiter_count; i++)
    if (delimiters[i].delimiter == w->style.delimiter) delimiter = delimiters[i].word;
  date_text(from, w->from);
  return json_pack("{s:s, s:s, s:s, s:b, s:s, s:s, s:o, s:o}", "what", whats[w->what], "format",
                   formats[w->format], "delimiter", delimiter, "bom", w->style.mark, "dates",
                   writeback_dates_words[w->dates], "from", from, "columns", columns_json(w), "codes",
                   codes_json(w));
}

/* ---- from JSON ---- */

static struct slice text_of(const json_t *object, const char *name) {
  const json_t *value = json_object_get(object, name);
  return json_is_string(value)
             ? slice_of((const uint8_t *)json_string_value(value), json_string_length(value))
             : slice_of(NULL, 0);
}

/* The place of a word in a list; absent is the first. */
static bool word_of(size_t *out, struct slice word, const char *const *list, size_t first, size_t count) {
  *out = first;
  if (word.len == 0) return true;
  for (size_t i = first; i < count; i++) {
    if (!slice_equal(word, slice_text(list[i]))) continue;
    *out = i;
    return true;
  }
  return false;
}

static err read_words(struct writeback_settings *out, const json_t *from, struct fault *fault) {
  size_t what, format, dates, delimiter = 0;
  struct slice named = text_of(from, "delimiter");
  if (!word_of(&what, text_of(from, "what"), whats, IN_ATTENDANCE, IN_PROGRESS + 1))
    return fault_set(fault, ERR_INVALID, "\"what\" is attendance or progress");
  if (!word_of(&format, text_of(from, "format"), formats, SHEET_CSV, SHEET_XLSX + 1))
    return fault_set(fault, ERR_INVALID, "\"format\" is csv or xlsx");
  if (!word_of(&dates, text_of(from, "dates"), writeback_dates_words, DATES_ISO, DATES_END))
    return fault_set(fault, ERR_INVALID,
                     "\"dates\" is how the 21st of November 2026 is written: 2026-11-21, 21/11/2026, "
                     "21.11.2026 or 20261121");
  while (named.len && delimiter < delimiter_count &&
         !slice_equal(named, slice_text(delimiters[delimiter].word)))
    delimiter++;
  if (delimiter == delimiter_count)
    return fault_set(fault, ERR_INVALID, "\"delimiter\" is comma, semicolon or tab");
  const json_t *bom = json_object_get(from, "bom");
  out->what = (enum writeback_what)what;
  out->format = (enum sheet_format)format;
  out->dates = (enum writeback_dates)dates;
  out->style = (struct sheet_style){delimiters[delimiter].delimiter, !bom || json_is_true(bom)};
  if (date_parse(&out->from, text_of(from, "from")) != ERR_OK)
    return fault_set(fault, ERR_INVALID, "\"from\" is the first day to send, like 2026-09-01");
  return ERR_OK;
}

static err copy_text(struct slice *out, struct slice text, struct arena *a) {
  *out = arena_copy(a, text);
  return text.len && !out->ptr ? ERR_NO_MEMORY : ERR_OK;
}

static err read_column(struct writeback_settings *out, const json_t *from, struct arena *a,
                       struct fault *fault) {
  struct slice name = text_of(from, "field"), heading = text_of(from, "heading");
  size_t field = 0;
  while (field < FIELD_END && !slice_equal(name, slice_text(writeback_fields[field].name))) field++;
  if (field == FIELD_END || !(writeback_fields[field].in & out->what))
    return fault_set(fault, ERR_INVALID, "there is no field %.*s in that",
                     (int)(name.len > 40 ? 40 : name.len), (const char *)name.ptr);
  if (heading.len > writeback_heading_bytes_max)
    return fault_set(fault, ERR_TOO_BIG, "a heading has at most %d bytes", writeback_heading_bytes_max);
  if (heading.len == 0) heading = slice_text(writeback_fields[field].title);
  struct writeback_column *column = &out->columns[out->column_count++];
  column->field = (enum writeback_field)field;
  return copy_text(&column->heading, heading, a);
}

static err read_columns(struct writeback_settings *out, const json_t *list, struct arena *a,
                        struct fault *fault) {
  size_t count = json_array_size(list);
  if (count == 0 || count > writeback_columns_max)
    return fault_set(fault, ERR_INVALID, "choose from 1 to %d columns", writeback_columns_max);
  for (size_t i = 0; i < count; i++) TRY(read_column(out, json_array_get(list, i), a, fault));
  return ERR_OK;
}

static err read_codes(struct writeback_settings *out, const json_t *codes, struct arena *a,
                      struct fault *fault) {
  for (int code = 1; code < writeback_codes; code++) {
    struct slice text = text_of(codes, schema_enum_word(schema_enum("mark_code"), code));
    if (text.len > writeback_heading_bytes_max)
      return fault_set(fault, ERR_TOO_BIG, "a code has at most %d bytes", writeback_heading_bytes_max);
    TRY(copy_text(&out->codes[code], text, a));
  }
  return ERR_OK;
}

err writeback_settings_read(struct writeback_settings *out, const json_t *from, struct arena *a,
                            struct fault *fault) {
  *out = (struct writeback_settings){.column_count = 0};
  TRY(read_words(out, from, fault));
  TRY(read_columns(out, json_object_get(from, "columns"), a, fault));
  return read_codes(out, json_object_get(from, "codes"), a, fault);
}
