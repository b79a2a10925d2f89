/* stmt.c: statements prepared once per connection, bound without copies, and read as the schema has it. */
#include <stdlib.h>
#include <string.h>

#include "shared/db/connection.h"

enum { slots_first = 64 };

err stmt_create(struct stmt **out, struct db *db, const char *sql) {
  struct stmt *s = calloc(1, sizeof *s);
  if (!s) return ERR_NO_MEMORY;
  s->db = db;
  s->sql = sql;
  int result = sqlite3_prepare_v3(db->raw, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->raw, NULL);
  if (result != SQLITE_OK) {
    free(s);
    return db_error(db, result);
  }
  *out = s;
  return ERR_OK;
}

void stmt_destroy(struct stmt *s) {
  if (!s) return;
  (void)sqlite3_finalize(s->raw);
  free(s);
}

/* At least half of the slots are free. */
static size_t find_slot(struct stmt **slots, size_t slot_count, const char *sql) {
  size_t slot = (size_t)((uint64_t)(uintptr_t)sql * 0x9E3779B97F4A7C15U >> 32) & (slot_count - 1);
  while (slots[slot] && slots[slot]->sql != sql) slot = (slot + 1) & (slot_count - 1);
  return slot;
}

static err grow(struct db *db) {
  size_t slot_count = db->slot_count ? 2 * db->slot_count : slots_first;
  struct stmt **slots = calloc(slot_count, sizeof *slots);
  if (!slots) return ERR_NO_MEMORY;
  for (size_t i = 0; i < db->slot_count; i++) {
    if (db->slots[i]) slots[find_slot(slots, slot_count, db->slots[i]->sql)] = db->slots[i];
  }
  free(db->slots);
  db->slots = slots;
  db->slot_count = slot_count;
  return ERR_OK;
}

/* An address that came back with other text would run the wrong statement: better none. */
err db_stmt(struct db *db, struct stmt **out, const char *sql) {
  if (2 * (db->stmt_count + 1) > db->slot_count) TRY(grow(db));
  size_t slot = find_slot(db->slots, db->slot_count, sql);
  if (!db->slots[slot]) {
    ASSERT(db->stmt_count < statements_max);
    TRY(stmt_create(&db->slots[slot], db, sql));
    db->stmt_count++;
  }
  struct stmt *s = db->slots[slot];
  ASSERT(strcmp(sqlite3_sql(s->raw), sql) == 0);
  stmt_reset(s);
  (void)sqlite3_clear_bindings(s->raw);
  *out = s;
  return ERR_OK;
}

void stmt_cache_finish(struct db *db) {
  for (size_t i = 0; i < db->slot_count; i++) stmt_destroy(db->slots[i]);
  free(db->slots);
  db->slots = NULL;
  db->slot_count = db->stmt_count = 0;
}

static void bound(struct stmt *s, int result) {
  if (s->bind_result == SQLITE_OK) s->bind_result = result;
}

void stmt_int(struct stmt *s, int index, int64_t v) { bound(s, sqlite3_bind_int64(s->raw, index, v)); }

/* A NULL pointer would bind NULL; an empty text is a value. */
void stmt_text(struct stmt *s, int index, struct slice v) {
  const char *text = v.ptr ? (const char *)v.ptr : "";
  bound(s, sqlite3_bind_text64(s->raw, index, text, v.len, SQLITE_STATIC, SQLITE_UTF8));
}

void stmt_blob(struct stmt *s, int index, struct slice v) {
  bound(s, sqlite3_bind_blob64(s->raw, index, v.ptr ? (const void *)v.ptr : "", v.len, SQLITE_STATIC));
}

void stmt_id(struct stmt *s, int index, const struct id *v) {
  if (!v) {
    stmt_null(s, index);
    return;
  }
  bound(s, sqlite3_bind_blob(s->raw, index, v->b, id_bytes, SQLITE_STATIC));
}

void stmt_null(struct stmt *s, int index) { bound(s, sqlite3_bind_null(s->raw, index)); }

void stmt_value(struct stmt *s, int index, const struct value *v) {
  switch (v->kind) {
  case VALUE_NULL: stmt_null(s, index); return;
  case VALUE_INT: stmt_int(s, index, v->i); return;
  case VALUE_TEXT: stmt_text(s, index, v->text); return;
  case VALUE_ID: stmt_id(s, index, &v->id); return;
  }
}

void db_note_lost(struct db *db, err e) {
  if (e != ERR_OK && db->begun && !db_in_transaction(db)) db->lost = e;
}

err stmt_step(struct stmt *s, bool *row_out) {
  *row_out = false;
  if (s->db->lost != ERR_OK) return s->db->lost;
  int result = s->bind_result == SQLITE_OK ? sqlite3_step(s->raw) : s->bind_result;
  if (result == SQLITE_ROW) {
    *row_out = true;
    return ERR_OK;
  }
  err e = db_error(s->db, result);
  db_note_lost(s->db, e);
  stmt_reset(s);
  return e;
}

err stmt_run(struct stmt *s) {
  bool row = true;
  while (row) TRY(stmt_step(s, &row));
  return ERR_OK;
}

err stmt_one(struct stmt *s) {
  bool row;
  TRY(stmt_step(s, &row));
  return row ? ERR_OK : ERR_NOT_FOUND;
}

void stmt_reset(struct stmt *s) {
  s->bind_result = SQLITE_OK;
  (void)sqlite3_reset(s->raw); /* it repeats the step's error, which was told already */
}

int64_t stmt_column_int(struct stmt *s, int column) { return sqlite3_column_int64(s->raw, column); }

struct slice stmt_column_text(struct stmt *s, int column) {
  const unsigned char *text = sqlite3_column_text(s->raw, column);
  return slice_of(text, text ? (size_t)sqlite3_column_bytes(s->raw, column) : 0);
}

struct slice stmt_column_blob(struct stmt *s, int column) {
  const void *blob = sqlite3_column_blob(s->raw, column);
  return slice_of(blob, blob ? (size_t)sqlite3_column_bytes(s->raw, column) : 0);
}

bool stmt_column_null(struct stmt *s, int column) {
  return sqlite3_column_type(s->raw, column) == SQLITE_NULL;
}

bool stmt_column_id(struct stmt *s, int column, struct id *out) {
  struct slice blob = stmt_column_blob(s, column);
  if (blob.len != id_bytes) {
    *out = (struct id){{0}};
    return false;
  }
  bytes_copy(out->b, blob.ptr, id_bytes);
  return true;
}

static err read_text(struct stmt *s, int column, struct arena *a, struct value *out) {
  struct slice text = stmt_column_text(s, column);
  if (text.len > text_bytes_max || !utf8_valid(text)) return ERR_CORRUPT;
  const struct value borrowed = value_text(text);
  return value_copy(out, a, &borrowed);
}

/* The file is not trusted: what it holds under a column must be of the column's kind. */
err stmt_column_value(struct stmt *s, int column, const struct column *c, struct arena *a,
                      struct value *out) {
  *out = value_null();
  enum value_kind kind = value_kind_of(c->type);
  switch (sqlite3_column_type(s->raw, column)) {
  case SQLITE_NULL: return ERR_OK;
  case SQLITE_INTEGER:
    if (kind != VALUE_INT) return ERR_CORRUPT;
    *out = value_int(stmt_column_int(s, column));
    return ERR_OK;
  case SQLITE_TEXT: return kind == VALUE_TEXT ? read_text(s, column, a, out) : ERR_CORRUPT;
  case SQLITE_BLOB:
    out->kind = VALUE_ID;
    return kind == VALUE_ID && stmt_column_id(s, column, &out->id) ? ERR_OK : ERR_CORRUPT;
  default: return ERR_CORRUPT;
  }
}

int stmt_column_count(struct stmt *s) { return sqlite3_column_count(s->raw); }
