/* api_known.c: what answers taught, and the right words of a field. */
#include "tests/fuzz/api_known.h"

#include <stdio.h>
#include <string.h>

#include "shared/schema/schema.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* ---- names ---- */

/* "activities" and "activity" are one noun, so are "schools" and "school". */
static size_t singular(struct slice name, char out[ask_name_bytes_max]) {
  size_t len = name.len < ask_name_bytes_max - 1 ? name.len : ask_name_bytes_max - 1;
  bytes_copy(out, name.ptr, len);
  if (len > 3 && memcmp(out + len - 3, "ies", 3) == 0) {
    len -= 2;
    out[len - 1] = 'y';
  } else if (len > 2 && out[len - 1] == 's') {
    len--;
  }
  out[len] = 0;
  return len;
}

static bool is_named(const char *have, struct slice name) {
  char one[ask_name_bytes_max], other[ask_name_bytes_max];
  (void)singular(slice_text(have), one);
  (void)singular(name, other);
  return strcmp(one, other) == 0;
}

/* ---- what answers taught ---- */

struct learning {
  struct ask_known *known;
  char place[ask_name_bytes_max];
};

static void learn_text(struct learning *l, const char *name, const char *text, size_t len) {
  struct ask_known *k = l->known;
  if (len < 2 || len >= ask_text_bytes_max || strlen(text) != len) return;
  for (size_t i = 0; i < k->count; i++)
    if (strcmp(k->texts[i].text, text) == 0 && strcmp(k->texts[i].name, name) == 0) return;
  if (k->count == ask_texts_max) return;
  struct ask_text *t = &k->texts[k->count++];
  bytes_copy(t->text, text, len + 1);
  (void)snprintf(t->name, sizeof t->name, "%s", name);
  (void)snprintf(t->place, sizeof t->place, "%s", l->place);
}

/* `noun`: what the object is one of; its id goes by that. */
static void learn(struct learning *l, const char *noun, const char *name, const json_t *value) {
  if (json_is_string(value)) {
    learn_text(l, strcmp(name, "id") == 0 ? noun : name, json_string_value(value), json_string_length(value));
  } else if (json_is_array(value)) {
    for (size_t i = 0; i < json_array_size(value); i++) learn(l, name, name, json_array_get(value, i));
  } else if (json_is_object(value)) {
    const char *key;
    json_t *inner;
    json_object_foreach((json_t *)(uintptr_t)value, key, inner) learn(l, name, key, inner);
  }
}

void ask_learn(struct ask_known *k, const char *target, const json_t *answer) {
  struct learning l = {.known = k};
  const char *noun = strncmp(target, "/api/", 5) == 0 ? target + 5 : target;
  (void)snprintf(l.place, sizeof l.place, "%.*s", (int)strcspn(noun, "/?"), noun);
  learn(&l, l.place, l.place, answer);
}

const char *ask_known_text(const struct ask_known *k, uint8_t which) {
  return k->count ? k->texts[k->count - 1 - which % k->count].text : "";
}

static bool goes_by(const struct ask_text *t, struct slice name) {
  return is_named(t->name, name) || is_named(t->place, name);
}

const char *ask_known_named(const struct ask_known *k, struct slice name, uint8_t which) {
  size_t fit = 0;
  for (size_t i = 0; i < k->count; i++) fit += goes_by(&k->texts[i], name);
  if (fit == 0) return ask_known_text(k, which);
  size_t skip = which % fit;
  for (size_t i = k->count; i-- > 0;)
    if (goes_by(&k->texts[i], name) && skip-- == 0) return k->texts[i].text;
  return "";
}

/* ---- right words ---- */

static const char *const days[] = {"2026-11-21", "2026-11-20", "2026-09-01", "2027-08-31", "2026-12-18"};
static const char *const times[] = {"10:30", "16:05", "09:00"};
static const char *const numbers[] = {"1", "0", "7", "33", "2026"};

/* Lists that stand in no vocabulary. */
static const struct listed {
  const char *name, *word;
} lists[] = {
#define KIND(table, function, first, last, partner, school, sees, writes, whose, title, one, says)           \
  {"kind", #table},
#include "server/core/plan.def"
#undef KIND
#define REPORT(name, title, shape, whose, dimensions, part, whole, sentence) {"report", #name},
#include "server/core/reports.def"
#undef REPORT
    {"by", "school"},         {"by", "term"},         {"by", "area"},
    {"by", "line"},           {"by", "partner"},      {"period", "2026"},
    {"period", "all"},        {"period", "2025"},     {"period", "2026-autumn"},
    {"format", "csv"},        {"format", "xlsx"},     {"dates", "uk"},
    {"dates", "21/11/2026"},  {"measure", "number"},  {"measure", "growth"},
    {"measure", "share"},     {"manner", "sent"},     {"manner", "now"},
    {"what", "attendance"},   {"what", "progress"},   {"delimiter", "semicolon"},
    {"delimiter", "comma"},   {"columns", "date=On"}, {"columns", "code=Status"},
    {"columns", "stage=At"},  {"codes", "P=/"},       {"name", "a.csv"},
    {"table", "learners"},    {"table", "schools"},   {"table", "staff"},
    {"year", "2026"},         {"outcome", "found"},   {"password", "ten green bottles"},
    {"kind", "conflicts"},    {"kind", "tablet"},     {"kind", "phone"},
    {"answer", "yes"},        {"manner", "called"},   {"role", "tutor"},
    {"functions", "schools"}, {"signs", "fsm"},       {"signs", "cla"},
};

/* One after the other, and around. */
struct choice {
  size_t left, count;
  const char *chosen;
};
static void offer(struct choice *c, const char *word) {
  c->count++;
  if (!c->chosen && c->left-- == 0) c->chosen = word;
}
static void offer_all(struct choice *c, const char *const *words, size_t count) {
  for (size_t i = 0; i < count; i++) offer(c, words[i]);
}

static void offer_column(struct choice *c, const struct column *column) {
  switch (column->type) {
  case TYPE_ENUM:
  case TYPE_SET:
    for (const struct enum_value *v = column->vocabulary->values; v->word; v++) offer(c, v->word);
    return;
  case TYPE_DATE: offer_all(c, days, COUNT(days)); return;
  case TYPE_MINUTE: offer_all(c, times, COUNT(times)); return;
  case TYPE_INT:
  case TYPE_BOOL: offer_all(c, numbers, COUNT(numbers)); return;
  default: return;
  }
}

static void offer_named(struct choice *c, struct slice name) {
  for (size_t i = 0; i < COUNT(lists); i++)
    if (slice_equal(name, slice_text(lists[i].name))) offer(c, lists[i].word);
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id))
    for (uint8_t i = 0; i < t->column_count; i++)
      if (slice_equal(name, slice_text(t->columns[i].name))) offer_column(c, &t->columns[i]);
}

const char *ask_word(struct slice name, uint8_t which) {
  struct choice all = {.left = SIZE_MAX};
  offer_named(&all, name);
  if (all.count == 0) return NULL;
  struct choice one = {.left = which % all.count};
  offer_named(&one, name);
  return one.chosen;
}

const char *ask_column(const char *table, uint8_t which) {
  const struct table *t = schema_table_named(table);
  return t && which < t->column_count ? t->columns[which].name : NULL;
}
