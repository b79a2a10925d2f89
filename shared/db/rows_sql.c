/* rows_sql.c: DML of schema rows, composed from the schema; and the origins. */
#include "shared/db/rows_sql.h"

#include "shared/db/rows.h"

err rows_sql_columns(struct buf *out, const struct table *t) {
  TRY(buf_printf(out, "id"));
  for (size_t i = 0; i < t->column_count; i++) TRY(buf_printf(out, ", %s", t->columns[i].name));
  TRY(buf_printf(out, ", heads, version"));
  return buf_put_u8(out, 0);
}

err rows_sql_load(struct buf *out, const struct table *t) {
  TRY(buf_printf(out, "SELECT "));
  TRY(rows_sql_columns(out, t));
  out->len--;
  TRY(buf_printf(out, " FROM %s WHERE id=?1", t->name));
  return buf_put_u8(out, 0);
}

static bool is_key(const struct table *t, size_t column) {
  for (size_t i = 0; i < t->key_count; i++) {
    if (t->key_columns[i] == column) return true;
  }
  return false;
}

static err insert(struct buf *out, const struct table *t, const char *verb, size_t rows) {
  TRY(buf_printf(out, "%s INTO %s(", verb, t->name));
  TRY(rows_sql_columns(out, t));
  out->len--;
  TRY(buf_printf(out, ") VALUES"));
  for (size_t row = 0; row < rows; row++) {
    TRY(buf_printf(out, row ? ", (?" : "(?"));
    for (int i = 1; i < t->column_count + 3; i++) TRY(buf_printf(out, ",?"));
    TRY(buf_printf(out, ")"));
  }
  return ERR_OK;
}

/* A natural key is the same in every form of the row, since the id follows from it: left alone, it leaves the
 * indexes over it alone. */
static err update(struct buf *out, const struct table *t) {
  TRY(buf_printf(out, " ON CONFLICT(id) DO UPDATE SET heads=excluded.heads, version=excluded.version"));
  for (size_t i = 0; i < t->column_count; i++) {
    if (!is_key(t, i)) TRY(buf_printf(out, ", %s=excluded.%s", t->columns[i].name, t->columns[i].name));
  }
  return ERR_OK;
}

/* Without indexes SQLite replaces a row where it stands, after one search instead of two. */
err rows_sql_save(struct buf *out, const struct table *t, bool indexed, size_t rows) {
  TRY(insert(out, t, indexed ? "INSERT" : "REPLACE", rows));
  if (indexed) TRY(update(out, t));
  return buf_put_u8(out, 0);
}

/* FAIL, not ABORT: whoever fails here rolls everything back, so SQLite need not keep a copy of every page to
 * undo one statement. */
err rows_sql_add(struct buf *out, const struct table *t, size_t rows) {
  TRY(insert(out, t, "INSERT OR FAIL", rows));
  return buf_put_u8(out, 0);
}

err rows_sql_indexed(struct db *db, bool out[TABLE_END]) {
  struct stmt *s;
  bool row;
  for (size_t i = 0; i < TABLE_END; i++) out[i] = false;
  TRY(db_stmt(db, &s, "SELECT DISTINCT tbl_name FROM sqlite_schema WHERE type='index' AND sql IS NOT NULL"));
  for (;;) {
    TRY(stmt_step(s, &row));
    if (!row) return ERR_OK;
    for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
      if (slice_equal(stmt_column_text(s, 0), slice_text(t->name))) out[t->id] = true;
    }
  }
}

err rows_sql_version(struct buf *out, const struct table *t) {
  TRY(buf_printf(out, "UPDATE %s SET version=?1 WHERE id=?2", t->name));
  return buf_put_u8(out, 0);
}

err rows_sql_delete(struct buf *out, const struct table *t) {
  TRY(buf_printf(out, "DELETE FROM %s WHERE id=?1", t->name));
  return buf_put_u8(out, 0);
}

err rows_sql_about(struct buf *out, const struct table *t, const char *column) {
  TRY(buf_printf(out, "SELECT id FROM %s WHERE %s=?1 ORDER BY id", t->name, column));
  return buf_put_u8(out, 0);
}

err origins_sql_add(struct db *db, size_t no, const struct origin *o) {
  struct stmt *s;
  TRY(db_stmt(db, &s, "INSERT INTO origin(no, device, incarnation, author) VALUES(?1, ?2, ?3, ?4)"));
  stmt_int(s, 1, (int64_t)no);
  stmt_id(s, 2, &o->device);
  stmt_int(s, 3, o->incarnation);
  stmt_id(s, 4, &o->author);
  return stmt_run(s);
}

static err read_origin(struct stmt *s, struct origin_book *book) {
  struct origin o;
  uint32_t no;
  int64_t incarnation = stmt_column_int(s, 2);
  if (stmt_column_int(s, 0) != (int64_t)book->count) return ERR_CORRUPT;
  if (!stmt_column_id(s, 1, &o.device) || !stmt_column_id(s, 3, &o.author)) return ERR_CORRUPT;
  if (incarnation < 0 || incarnation > UINT32_MAX) return ERR_CORRUPT;
  o.incarnation = (uint32_t)incarnation;
  size_t expected = book->count;
  TRY(origin_book_intern(book, &o, &no));
  return no == expected ? ERR_OK : ERR_CORRUPT;
}

err origins_sql_read(struct db *db, struct origin_book *book) {
  struct stmt *s;
  TRY(db_stmt(db, &s, "SELECT no, device, incarnation, author FROM origin WHERE no>=?1 ORDER BY no"));
  stmt_int(s, 1, (int64_t)book->count);
  bool row;
  for (;;) {
    TRY(stmt_step(s, &row));
    if (!row) return ERR_OK;
    err e = read_origin(s, book);
    if (e == ERR_OK) continue;
    stmt_reset(s);
    return e;
  }
}

err origins_sql_count(struct db *db, size_t *out) {
  struct stmt *s;
  TRY(db_stmt(db, &s, "SELECT coalesce(max(no) + 1, 0) FROM origin"));
  TRY(stmt_one(s));
  *out = (size_t)stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}
