/* saved_years.c: what was saved is asked of the saved bytes themselves, which say what they are of. */
#include "server/api/saved_years.h"

#include <stdio.h>
#include <string.h>

#include "server/core/reports.h"

enum { year_name_bytes = 16, snapshot_arena_bytes_max = 268435456, years_max = 120 };

static int year_of(int32_t day) {
  struct date d = date_from_days(day);
  return d.month >= 9 ? d.year : d.year - 1;
}

static void year_name(char out[year_name_bytes], int year) {
  (void)snprintf(out, year_name_bytes, "%d/%02d", year % 10000, (year + 1) % 100);
}

/* The year of a report of one, and those whose sums stand beside it. */
static void note_saved(const json_t *body, int first, bool saved[years_max]) {
  const char *asked = json_string_value(json_object_get(body, "asked"));
  const json_t *before = json_object_get(body, "before");
  for (int i = 0; i < years_max; i++) {
    char name[year_name_bytes], number[year_name_bytes];
    year_name(name, first + i);
    (void)snprintf(number, sizeof number, "%d", first + i);
    saved[i] = saved[i] || (asked && strcmp(asked, number) == 0);
    for (size_t k = 0; k < json_array_size(before); k++) {
      const char *period = json_string_value(json_object_get(json_array_get(before, k), "period"));
      saved[i] = saved[i] || (period && strcmp(period, name) == 0);
    }
  }
}

static err read_saved(struct store *s, int first, bool saved[years_max]) {
  struct arena list_arena = ARENA_INIT(snapshot_arena_bytes_max), a = ARENA_INIT(snapshot_arena_bytes_max);
  struct report_snapshot *list, one;
  size_t count = 0;
  err e = snapshots_read(s, &list_arena, &list, &count);
  for (size_t i = 0; e == ERR_OK && i < count; i++) {
    arena_clear(&a);
    e = snapshot_load(s, &list[i].id, &a, &one);
    json_t *body = e == ERR_OK ? json_loadb((const char *)one.body.ptr, one.body.len, 0, NULL) : NULL;
    note_saved(body, first, saved);
    json_decref(body);
  }
  arena_finish(&a);
  arena_finish(&list_arena);
  return e;
}

err saved_years_lacking(struct store *s, int32_t from, int32_t before, json_t **out) {
  bool saved[years_max] = {false};
  *out = json_array();
  if (!*out) return ERR_NO_MEMORY;
  if (from == 0 || before <= from) return ERR_OK;
  int first = year_of(from), last = year_of(before - 1);
  err e = read_saved(s, first, saved);
  for (int year = first; e == ERR_OK && year <= last && year - first < years_max; year++) {
    char name[year_name_bytes];
    year_name(name, year);
    if (!saved[year - first] && json_array_append_new(*out, json_string(name)) != 0) e = ERR_NO_MEMORY;
  }
  if (e == ERR_OK) return ERR_OK;
  json_decref(*out);
  *out = NULL;
  return e;
}

void saved_years_words(char out[saved_years_words_bytes], const json_t *years) {
  size_t count = json_array_size(years), len = 0;
  out[0] = 0;
  for (size_t i = 0; i < count && len + year_name_bytes + 8 < saved_years_words_bytes; i++) {
    const char *between = i == 0 ? "" : i + 1 == count ? " and " : ", ";
    int more = snprintf(out + len, saved_years_words_bytes - len, "%s%s", between,
                        json_string_value(json_array_get(years, i)));
    len += more > 0 ? (size_t)more : 0;
  }
}
