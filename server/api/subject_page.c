/* subject_page.c: one section for each kind of record, in the order of subject_page.def; days as people write
 * them. */
#include "server/api/subject_page.h"

#include <stdlib.h>
#include <string.h>

#include "shared/base/now.h"
#include "shared/schema/schema.h"

static const struct {
  const char *table, *title, *says;
} sections[] = {
#define SECTION(table, title, says) {#table, title, says},
#define HEAD(column, words)
#include "server/api/subject_page.def"
#undef SECTION
#undef HEAD
};
static const struct {
  const char *column, *words;
} heads[] = {
#define SECTION(table, title, says)
#define HEAD(column, words) {#column, words},
#include "server/api/subject_page.def"
#undef SECTION
#undef HEAD
};
enum { section_count = sizeof sections / sizeof *sections, head_count = sizeof heads / sizeof *heads };

/* ---- words ---- */

static err put_escaped(struct buf *out, const char *text, size_t len) {
  for (size_t i = 0; i < len; i++) {
    switch (text[i]) {
    case '<': TRY(buf_append(out, slice_text("&lt;"))); break;
    case '>': TRY(buf_append(out, slice_text("&gt;"))); break;
    case '&': TRY(buf_append(out, slice_text("&amp;"))); break;
    case '"': TRY(buf_append(out, slice_text("&quot;"))); break;
    default: TRY(buf_put_u8(out, (uint8_t)text[i]));
    }
  }
  return ERR_OK;
}

static err put_day(struct buf *out, int32_t days) {
  static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                       "July",    "August",   "September", "October", "November", "December"};
  struct date d = date_from_days(days);
  return buf_printf(out, "%d %s %d", d.day, months[d.month - 1], d.year);
}

static int digits(const char *text, size_t from, size_t count) {
  int n = 0;
  for (size_t i = from; i < from + count; i++) n = 10 * n + (text[i] - '0');
  return n;
}

static bool looks_like(const char *text, const char *pattern) {
  for (; *pattern; text++, pattern++) {
    bool fits = *pattern == '0' ? *text >= '0' && *text <= '9' : *text == *pattern;
    if (!fits) return false;
  }
  return true;
}

/* "2026-11-21" and "2026-11-21T16:00:00Z", wherever they stand; times as clocks in the United Kingdom show
 * them. Gives how many letters it took; 0: there is no day here. */
static err put_date(struct buf *out, const char *text, size_t *took) {
  int32_t days, minute;
  *took = 0;
  if (!looks_like(text, "0000-00-00") || date_parse(&days, slice_of(text, 10)) != ERR_OK) return ERR_OK;
  if (!looks_like(text + 10, "T00:00:00Z")) {
    *took = 10;
    return put_day(out, days);
  }
  *took = 20;
  int64_t wall_ms = ((int64_t)days * 1440 + digits(text, 11, 2) * 60 + digits(text, 14, 2)) * 60000;
  uk_civil(wall_ms, &days, &minute);
  TRY(put_day(out, days));
  return buf_printf(out, ", %02d:%02d", minute / 60, minute % 60);
}

static err put_words(struct buf *out, const char *text) {
  while (*text) {
    size_t took;
    TRY(put_date(out, text, &took));
    if (took == 0) {
      took = strcspn(text + 1, "0123456789") + 1;
      TRY(put_escaped(out, text, took));
    }
    text += took;
  }
  return ERR_OK;
}

/* "told_by" is "Told by"; NULL: it is not shown. */
static const char *head_of(char room[64], const char *column) {
  for (size_t i = 0; i < head_count; i++)
    if (strcmp(heads[i].column, column) == 0) return *heads[i].words ? heads[i].words : NULL;
  size_t len = strlen(column) < 63 ? strlen(column) : 63;
  for (size_t i = 0; i < len; i++) room[i] = column[i] == '_' ? ' ' : column[i];
  room[len] = 0;
  if (room[0] >= 'a' && room[0] <= 'z') room[0] = (char)(room[0] - 'a' + 'A');
  return room;
}

/* ---- values ---- */

static err put_value(struct buf *out, const json_t *v);

static err put_written(struct buf *out, const json_t *one) {
  const char *name;
  json_t *value;
  char room[64];
  bool more = false;
  json_object_foreach((json_t *)(uintptr_t)one, name, value) {
    const char *head = head_of(room, name);
    if (!head) continue;
    TRY(buf_printf(out, "%s%s: ", more ? "; " : "", head));
    TRY(json_is_null(value) ? buf_append(out, slice_text("nothing")) : put_value(out, value));
    more = true;
  }
  return ERR_OK;
}

static err put_value(struct buf *out, const json_t *v) {
  json_t *one;
  size_t i;
  if (json_is_string(v)) return put_words(out, json_string_value(v));
  if (json_is_boolean(v)) return buf_append(out, slice_text(json_is_true(v) ? "yes" : "no"));
  if (json_is_integer(v)) return buf_printf(out, "%lld", (long long)json_integer_value(v));
  json_array_foreach(v, i, one) {
    bool object = json_is_object(one);
    TRY(buf_append(out, slice_text(object ? "<p>" : i ? ", " : "")));
    TRY(object ? put_written(out, one) : put_value(out, one));
    if (object) TRY(buf_append(out, slice_text("</p>")));
  }
  return ERR_OK;
}

/* ---- rows ---- */

/* By the first day that a row names, so that it reads as a diary. */
static const char *day_of(const json_t *row) {
  const char *name;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)row, name, value) {
    for (const char *text = json_string_value(value); text && *text; text++)
      if (looks_like(text, "0000-00-00")) return text;
  }
  return "";
}

static int compare_rows(const void *left, const void *right) {
  return strcmp(day_of(*(json_t *const *)left), day_of(*(json_t *const *)right));
}

struct column_shown {
  const char *name, *head;
};

/* Those that say something in any row; whose record it is, the page says. */
static size_t columns_of(struct column_shown *out, char room[][64], const struct table *t, json_t **rows,
                         size_t count) {
  size_t shown = 0;
  for (size_t c = 0; c <= t->column_count; c++) {
    const char *name = c < t->column_count ? t->columns[c].name : "also_written";
    const char *head = strcmp(name, "learner") == 0 ? NULL : head_of(room[c], name);
    bool said = false;
    for (size_t i = 0; head && !said && i < count; i++) {
      const json_t *v = json_object_get(rows[i], name);
      said = v && !json_is_false(v) && !json_is_null(v);
    }
    if (said) out[shown++] = (struct column_shown){name, head};
  }
  return shown;
}

static err put_rows(struct buf *out, const struct table *t, json_t **rows, size_t count) {
  struct column_shown columns[op_columns_max + 1];
  char room[op_columns_max + 1][64];
  size_t shown = columns_of(columns, room, t, rows, count);
  TRY(buf_append(out, slice_text("<table><thead><tr>")));
  for (size_t c = 0; c < shown; c++) TRY(buf_printf(out, "<th scope=\"col\">%s</th>", columns[c].head));
  TRY(buf_append(out, slice_text("</tr></thead><tbody>")));
  for (size_t i = 0; i < count; i++) {
    TRY(buf_append(out, slice_text("<tr>")));
    for (size_t c = 0; c < shown; c++) {
      const json_t *v = json_object_get(rows[i], columns[c].name);
      TRY(buf_append(out, slice_text("<td>")));
      if (v) TRY(put_value(out, v));
      TRY(buf_append(out, slice_text("</td>")));
    }
    TRY(buf_append(out, slice_text("</tr>")));
  }
  return buf_append(out, slice_text("</tbody></table></section>\n"));
}

static err put_section(struct buf *out, const struct table *t, const char *title, const char *says,
                       const json_t *list) {
  size_t count = json_array_size(list);
  json_t **rows = calloc(count ? count : 1, sizeof *rows);
  if (!rows) return ERR_NO_MEMORY;
  for (size_t i = 0; i < count; i++) rows[i] = json_array_get(list, i);
  qsort(rows, count, sizeof *rows, compare_rows);
  err e = buf_printf(out, "<section><h2>%s <small>%zu</small></h2>", title, count);
  if (e == ERR_OK && says) e = buf_printf(out, "<p>%s</p>", says);
  if (e == ERR_OK) e = put_rows(out, t, rows, count);
  free(rows);
  return e;
}

static bool is_a_section(const char *table) {
  for (size_t i = 0; i < section_count; i++)
    if (strcmp(sections[i].table, table) == 0) return true;
  return false;
}

static err put_sections(struct buf *out, const json_t *records) {
  char room[64];
  for (size_t i = 0; i < section_count; i++) {
    const json_t *list = json_object_get(records, sections[i].table);
    const struct table *t = schema_table_named(sections[i].table);
    if (list && t) TRY(put_section(out, t, sections[i].title, sections[i].says, list));
  }
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    const json_t *list = json_object_get(records, t->name);
    if (list && !is_a_section(t->name)) TRY(put_section(out, t, head_of(room, t->name), NULL, list));
  }
  return ERR_OK;
}

/* ---- the page ---- */

static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;padding:0 1rem;max-width:70rem;color:#201a17;"
    "background:#fff}h1,h2{font-family:Georgia,serif;line-height:1.2}h2{margin:2rem 0 .25rem;border-top:2px "
    "solid #b8862b;padding-top:1rem}h2 small{font:400 1rem "
    "system-ui,sans-serif;color:#5d5450}p{margin:.25rem 0 "
    ".75rem;max-width:45rem}table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid "
    "#c9bfb3;padding:.4rem .75rem .4rem 0;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "th{color:#5d5450;font-weight:600;overflow-wrap:normal}td{min-width:4em}td p{margin:0}"
    "thead{display:table-header-group}@page{size:A4 landscape;margin:12mm}@media "
    "print{body{font-size:10pt;margin:0;max-width:none}tr{break-inside:avoid}h2{break-after:avoid}}";

static err put_head(struct buf *out, const json_t *all) {
  const json_t *me = json_array_get(json_object_get(json_object_get(all, "records"), "learner"), 0);
  const char *first = json_string_value(json_object_get(me, "first_name"));
  const char *last = json_string_value(json_object_get(me, "last_name"));
  const char *hub = json_string_value(json_object_get(all, "hub_name"));
  int32_t days, minute;
  uk_civil(json_integer_value(json_object_get(all, "at")), &days, &minute);
  TRY(buf_printf(
      out,
      "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>What we hold about you</title><style>%s</style></head>"
      "<body><main><h1>What ",
      style));
  TRY(put_escaped(out, hub, strlen(hub)));
  TRY(buf_append(out, slice_text(" holds about ")));
  if (first) TRY(put_escaped(out, first, strlen(first)));
  if (first && last) TRY(buf_put_u8(out, ' '));
  if (last) TRY(put_escaped(out, last, strlen(last)));
  TRY(buf_append(out,
                 slice_text("</h1><p>This is everything in the hub's records about you, as they stood on ")));
  TRY(put_day(out, days));
  return buf_printf(out,
                    " at %02d:%02d. If something is wrong, tell the hub: it is put right, and what was there "
                    "before is kept beside it. You may also ask for it to be erased.</p>\n",
                    minute / 60, minute % 60);
}

err subject_page(struct buf *out, const json_t *all) {
  const json_t *left_out = json_object_get(all, "not_included");
  TRY(put_head(out, all));
  TRY(put_sections(out, json_object_get(all, "records")));
  TRY(buf_append(out, slice_text("<section><h2>What is not on this page</h2><ul>")));
  for (size_t i = 0; i < json_array_size(left_out); i++) {
    const char *text = json_string_value(json_array_get(left_out, i));
    TRY(buf_append(out, slice_text("<li>")));
    TRY(put_escaped(out, text, strlen(text)));
    TRY(buf_append(out, slice_text("</li>")));
  }
  return buf_append(out, slice_text("</ul></section></main></body></html>\n"));
}
