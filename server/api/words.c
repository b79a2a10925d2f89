/* words.c: rows, values and times as a person at the office says them. */
#include "server/api/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- texts ---- */

err words_say(struct words *w, struct slice *out, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int len = vsnprintf(NULL, 0, format, arguments);
  char *text = len >= 0 ? arena_take(w->arena, (size_t)len + 1, 1) : NULL;
  if (text) (void)vsnprintf(text, (size_t)len + 1, format, again);
  va_end(again);
  va_end(arguments);
  *out = slice_of(text, text ? (size_t)len : 0);
  return text ? ERR_OK : ERR_NO_MEMORY;
}

/* The words with something in the place of a mark of two signs; as they are without the mark. */
static err put_in(struct words *w, struct slice *out, const char *words, const char *mark,
                  struct slice something) {
  const char *at = strstr(words, mark);
  if (!at) return words_say(w, out, "%s", words);
  return words_say(w, out, "%.*s%.*s%s", (int)(at - words), words, TEXT(something), at + strlen(mark));
}

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

err words_day(struct words *w, struct slice *out, int32_t date) {
  struct date d = date_from_days(date);
  return words_say(w, out, "%s %u %s", weekdays[date_weekday(date)], d.day, months[d.month - 1]);
}

static err say_date(struct words *w, struct slice *out, int32_t date) {
  struct date d = date_from_days(date);
  return words_say(w, out, "%u %s %d", d.day, months[d.month - 1], d.year);
}

err words_span(struct words *w, struct slice *out, int64_t from_ms, int64_t to_ms) {
  static const struct {
    int64_t ms;
    const char *name;
  } units[] = {{86400000, "day"}, {3600000, "hour"}, {60000, "minute"}, {1000, "second"}};
  int64_t ms = to_ms > from_ms ? to_ms - from_ms : from_ms - to_ms;
  if (ms < 1000) return words_say(w, out, "less than a second");
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    int64_t count = ms / units[i].ms;
    /* "90 minutes" says more than "1 hour". */
    if (count < 2 && i + 1 < sizeof units / sizeof *units) continue;
    return words_say(w, out, "%lld %s%s", (long long)count, units[i].name, count == 1 ? "" : "s");
  }
  return ERR_INTERNAL;
}

/* ---- rows ---- */

static err say_session(struct words *w, struct slice *out, const struct id *id) {
  struct view_register r;
  struct slice day;
  err e = views_session(w->store, id, &w->now, w->arena, &r);
  if (e == ERR_NOT_FOUND) return words_say(w, out, "a session that is not known");
  TRY(e);
  TRY(words_day(w, &day, r.date));
  return words_say(w, out, "%.*s on %.*s", TEXT(r.activity_name), TEXT(day));
}

err words_row(struct words *w, struct slice *out, uint8_t table, const struct id *id) {
  if (table == TABLE_session) return say_session(w, out, id);
  TRY(views_row_name(w->store, table, id, w->arena, out));
  return out->len ? ERR_OK : words_say(w, out, "a %s that is not known", schema_table(table)->name);
}

/* ---- values ---- */

struct saying {
  uint8_t table, column;
  const char *words; /* NULL: a note */
};
#define NOTE NULL
#define ASK(table, unit, topic, question)
#define SAY(table, column, words) {TABLE_##table, COL(table, column), words},
static const struct saying sayings[] = {
#include "server/api/words.def"
};
#undef ASK
#undef SAY

static const struct saying *find_saying(uint8_t table, uint8_t column) {
  for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++) {
    if (sayings[i].table == table && sayings[i].column == column) return &sayings[i];
  }
  return NULL;
}

/* A moment on the hub's wall. */
static err say_time(struct words *w, struct slice *out, int64_t ms) {
  int32_t date, minute;
  struct slice day;
  uk_civil(ms, &date, &minute);
  TRY(words_day(w, &day, date));
  return words_say(w, out, "%.*s, %02d:%02d", TEXT(day), minute / 60, minute % 60);
}

static err say_set(struct words *w, struct slice *out, const struct column *c, int64_t set) {
  *out = (struct slice){NULL, 0};
  for (int64_t number = 1; number <= 32; number++) {
    const char *label = set >> (number - 1) & 1 ? schema_enum_label(c->vocabulary, number) : NULL;
    if (label) TRY(words_say(w, out, "%.*s%s%s", TEXT(*out), out->len ? ", " : "", label));
  }
  return out->len ? ERR_OK : words_say(w, out, "none");
}

static err say_number(struct words *w, struct slice *out, const struct column *c, int64_t v) {
  const char *label = c->type == TYPE_ENUM ? schema_enum_label(c->vocabulary, v) : NULL;
  switch (c->type) {
  case TYPE_ENUM: return words_say(w, out, "%s", label ? label : "a word that is not known");
  case TYPE_BOOL: return words_say(w, out, "%s", v ? "yes" : "no");
  case TYPE_DATE: return say_date(w, out, (int32_t)v);
  case TYPE_MINUTE: return words_say(w, out, "%02d:%02d", (int)v / 60, (int)v % 60);
  case TYPE_SET: return say_set(w, out, c, v);
  case TYPE_TIME: return say_time(w, out, v);
  case TYPE_ID:
  case TYPE_TEXT:
  case TYPE_INT: break;
  }
  return words_say(w, out, "%lld", (long long)v);
}

static err say_value(struct words *w, struct slice *out, const struct column *c, const struct value *v) {
  switch (v->kind) {
  case VALUE_INT: return say_number(w, out, c, v->i);
  case VALUE_ID: return words_row(w, out, schema_table_named(c->of)->id, &v->id);
  case VALUE_TEXT: *out = v->text; return ERR_OK;
  case VALUE_NULL: break;
  }
  return words_say(w, out, "nothing");
}

err words_value(struct words *w, struct slice *out, const struct column *c, const struct value *v) {
  return say_value(w, out, c, v);
}

/* The first letter as it stands inside a sentence, or at its beginning; names keep theirs. */
static err with_case(struct words *w, struct slice *out, struct slice text, bool upper) {
  struct slice copy = arena_copy(w->arena, text);
  if (text.len && !copy.ptr) return ERR_NO_MEMORY;
  if (text.len) {
    uint8_t *first = (uint8_t *)(uintptr_t)copy.ptr; /* our own copy */
    bool flip = upper ? *first >= 'a' && *first <= 'z' : *first >= 'A' && *first <= 'Z';
    if (flip) *first ^= 0x20;
  }
  *out = copy;
  return ERR_OK;
}

err words_upper(struct words *w, struct slice *text) { return with_case(w, text, *text, true); }

/* "Away, not told" is "away" in short. */
static struct slice up_to_comma(struct slice text) {
  size_t len = 0;
  while (len < text.len && text.ptr[len] != ',') len++;
  return slice_of(text.ptr, len);
}

static err add_value(struct words *w, struct value_words *out, const struct table *t, uint8_t column,
                     const struct value *v) {
  const struct column *c = &t->columns[column];
  const struct saying *s = find_saying(t->id, column);
  struct slice said;
  TRY(say_value(w, &said, c, v));
  if (s && !s->words) {
    if (c->type == TYPE_TEXT) out->note = said;
    return ERR_OK;
  }
  if (c->type == TYPE_ENUM) TRY(with_case(w, &said, said, false));
  if (out->brief.len == 0) out->brief = c->type == TYPE_ENUM ? up_to_comma(said) : said;
  if (s) TRY(put_in(w, &said, s->words, "{}", said));
  if (out->label.len == 0) {
    out->label = said;
    return ERR_OK;
  }
  return words_say(w, &out->label, "%.*s, %.*s", TEXT(out->label), TEXT(said));
}

err words_values(struct words *w, struct value_words *out, const struct table *t, uint8_t unit,
                 const struct value *values) {
  uint8_t columns[op_columns_max];
  size_t count = unit_columns(t, unit, columns);
  *out = (struct value_words){.label = {NULL, 0}};
  for (size_t i = 0; i < count; i++) {
    if (values[i].kind != VALUE_NULL) TRY(add_value(w, out, t, columns[i], &values[i]));
  }
  if (out->label.len == 0) TRY(words_say(w, &out->label, "nothing"));
  if (out->brief.len == 0) out->brief = out->label;
  out->inside = out->label;
  return with_case(w, &out->label, out->label, true);
}
