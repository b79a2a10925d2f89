/* read.c: lists and columns as the parts of the store read them. */
#include "server/store/sqlite/sqlite_store.h"

void *arena_room(struct arena *a, void *list, size_t *cap, size_t count, size_t size) {
  if (count < *cap) return list;
  size_t grown = *cap ? 2 * *cap : 32;
  void *moved = arena_take(a, grown, size);
  if (!moved) return NULL;
  if (count) bytes_copy(moved, list, count * size);
  *cap = grown;
  return moved;
}

err column_text(struct stmt *s, int column, struct arena *a, struct slice *out) {
  *out = (struct slice){NULL, 0};
  struct slice text = stmt_column_text(s, column);
  if (text.len == 0) return ERR_OK;
  *out = arena_copy(a, text);
  return out->ptr ? ERR_OK : ERR_NO_MEMORY;
}

/* SQLite steps, and the list grows in the arena. */
static err read_on(struct stmt *s, size_t size, row_reader *one, struct arena *a, void **list,
                   size_t *count) {
  size_t cap = 0;
  bool there;
  TRY(stmt_step(s, &there));
  while (there) {
    void *room = arena_room(a, *list, &cap, *count, size);
    if (!room) return ERR_NO_MEMORY;
    *list = room;
    TRY(one(s, a, (uint8_t *)room + *count * size));
    ++*count;
    TRY(stmt_step(s, &there));
  }
  return ERR_OK;
}

void *read_list(err *e, struct stmt *s, size_t size, row_reader *one, struct arena *a, size_t *count) {
  void *list = NULL;
  *count = 0;
  *e = read_on(s, size, one, a, &list, count);
  if (*e != ERR_OK) stmt_reset(s);
  return list;
}

static err read_id(struct stmt *s, struct arena *a, void *out) {
  (void)a;
  return stmt_column_id(s, 0, out) ? ERR_OK : ERR_CORRUPT;
}

err read_ids(struct stmt *s, struct arena *a, struct id **out, size_t *count) {
  err e;
  *out = read_list(&e, s, sizeof **out, read_id, a, count);
  return e;
}

int32_t column_day(struct stmt *s, int column) { return (int32_t)stmt_column_int(s, column); }

int32_t column_minute(struct stmt *s, int column) {
  return stmt_column_null(s, column) ? -1 : (int32_t)stmt_column_int(s, column);
}

err person_name(struct stmt *s, int known, int first, int last, struct arena *a, struct slice *out) {
  struct slice given = stmt_column_text(s, known), family = stmt_column_text(s, last);
  if (given.len == 0) given = stmt_column_text(s, first);
  uint8_t *text = arena_take(a, given.len + family.len + 2, 1);
  if (!text) return ERR_NO_MEMORY;
  bytes_copy(text, given.ptr, given.len);
  size_t len = given.len;
  if (given.len && family.len) text[len++] = ' ';
  bytes_copy(text + len, family.ptr, family.len);
  *out = slice_of(text, len + family.len);
  return ERR_OK;
}
