/* import_shape.c: a difference as JSON, in words. */
#include "server/api/call.h"
#include "server/api/imports.h"
#include "server/api/shape.h"

static const char *const kind_words[IMPORT_KINDS] = {"new", "changed", "unchanged", "gone"};

err imports_kind(enum import_kind *out, struct slice word) {
  *out = IMPORT_NEW;
  if (word.len == 0) return ERR_OK;
  for (size_t i = 0; i < IMPORT_KINDS; i++) {
    if (!slice_equal(slice_text(kind_words[i]), word)) continue;
    *out = (enum import_kind)i;
    return ERR_OK;
  }
  return ERR_INVALID;
}

static int column_named(const struct table *t, const char *name) {
  for (uint8_t i = 0; i < t->column_count; i++) {
    if (slice_equal(slice_text(t->columns[i].name), slice_text(name))) return i;
  }
  return -1;
}

/* What a row is called that is not in the hub yet, by its own columns. */
static err line_name(struct words *w, struct slice *out, const struct import_line *line) {
  static const char *const said[] = {"first_name", "known_name", "name", "last_name", "learner",
                                     "staff",      "activity",   "date", "starts"};
  *out = (struct slice){NULL, 0};
  for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
    int column = column_named(line->table, said[i]);
    const struct value *v = column < 0 ? NULL : &line->values[column];
    bool date = line->table->id == TABLE_enrolment || line->table->id == TABLE_grant_ ||
                line->table->id == TABLE_term;
    bool passed = !v || v->kind == VALUE_NULL || slice_equal(slice_text(said[i]), slice_text("known_name")) ||
                  (date && i >= 7);
    if (passed) continue;
    struct slice one;
    TRY(words_value(w, &one, &line->table->columns[column], v));
    bool comma = out->len && i >= 4;
    TRY(words_say(w, out, "%.*s%s%.*s", TEXT(*out), comma ? ", " : out->len ? " " : "", TEXT(one)));
  }
  return out->len ? ERR_OK : words_row(w, out, line->table->id, &line->row);
}

static err put_change(struct words *w, json_t *list, const struct import_change *c) {
  struct slice before = {NULL, 0}, after = {NULL, 0};
  if (c->before.kind != VALUE_NULL) TRY(words_value(w, &before, c->column, &c->before));
  if (c->after.kind != VALUE_NULL) TRY(words_value(w, &after, c->column, &c->after));
  json_t *one = json_pack("{s:s, s:o, s:o}", "column", c->column->name, "before", shape_text(before), "after",
                          shape_text(after));
  return json_array_append_new(list, one) == 0 ? ERR_OK : ERR_NO_MEMORY;
}

static err put_line(struct words *w, json_t *list, const struct import_line *line) {
  struct slice name;
  json_t *changes = json_array();
  err e = line_name(w, &name, line);
  for (size_t i = 0; e == ERR_OK && i < line->change_count; i++) {
    bool told = slice_equal(slice_text(line->changes[i].column->name), slice_text("initial"));
    if (!told) e = put_change(w, changes, &line->changes[i]);
  }
  if (e != ERR_OK) {
    json_decref(changes);
    return e;
  }
  json_t *one = json_pack("{s:I, s:o, s:o}", "row", (json_int_t)line->number, "name", shape_text(name),
                          "changes", changes);
  return json_array_append_new(list, one) == 0 ? ERR_OK : ERR_NO_MEMORY;
}

err imports_put_look(struct words *w, json_t *object, const struct import_look *look) {
  json_t *counts = json_object(), *lines = json_array();
  int failed = 0;
  for (size_t i = 0; i < IMPORT_KINDS; i++)
    failed |= json_object_set_new(counts, kind_words[i], json_integer((json_int_t)look->counts[i]));
  failed |= json_object_set_new(object, "counts", counts);
  failed |= json_object_set_new(object, "lines", lines);
  failed |= json_object_set_new(object, "shown", json_string(kind_words[look->page.kind]));
  for (size_t i = 0; i < look->page.line_count; i++) TRY(put_line(w, lines, &look->page.lines[i]));
  size_t next = look->page.from + look->page.line_count;
  if (next < look->counts[look->page.kind])
    failed |= json_object_set_new(object, "next", json_integer((json_int_t)next));
  return failed ? ERR_NO_MEMORY : ERR_OK;
}
