/* store_sql.c: SQL of what a device keeps beside the schema's tables: numbers, and the changesets the feed
 * does not contain yet. */
#include <stdio.h>
#include <stdlib.h>

#include "client/core/store.h"

static const char *const own_tables[] = {
    "CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS changeset(counter INTEGER PRIMARY KEY, incarnation INTEGER NOT NULL, ops "
    "INTEGER NOT NULL, stamp INTEGER NOT NULL, done INTEGER NOT NULL, stream BLOB NOT NULL, session BLOB, "
    "notes INTEGER NOT NULL, bytes BLOB NOT NULL, undo TEXT, inverse BLOB) STRICT",
    "CREATE TABLE IF NOT EXISTS stream(no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, position INTEGER NOT "
    "NULL, checkpoint INTEGER NOT NULL, audience INTEGER NOT NULL, generation INTEGER NOT NULL, granted "
    "INTEGER NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS member(tbl INTEGER NOT NULL, row BLOB NOT NULL, stream INTEGER NOT NULL,"
    " generation INTEGER NOT NULL, PRIMARY KEY(tbl, row, stream)) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS overlay(tbl INTEGER NOT NULL, row BLOB NOT NULL, bytes BLOB NOT NULL,"
    " PRIMARY KEY(tbl, row)) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS erasing(number INTEGER PRIMARY KEY) STRICT",
    "CREATE TABLE IF NOT EXISTS draft(learner BLOB NOT NULL, staff BLOB NOT NULL, text TEXT NOT NULL,"
    " PRIMARY KEY(learner, staff)) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS place(staff BLOB PRIMARY KEY, day INTEGER NOT NULL, text TEXT NOT NULL)"
    " STRICT, WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS enrolment_by_activity ON enrolment(activity)"}; /* the hub's has more in it */

err store_sql_ensure(struct db *db) {
  return rows_ensure_device(db, own_tables, sizeof own_tables / sizeof *own_tables);
}

static err compose(struct store *s, enum store_select which, const char *format, uint8_t table) {
  const char *columns;
  TRY(rows_columns(s->rows, schema_table(table), &columns));
  int len = snprintf(NULL, 0, format, columns);
  if (len < 0) return ERR_INTERNAL;
  s->selects[which] = malloc((size_t)len + 1);
  if (!s->selects[which]) return ERR_NO_MEMORY;
  (void)snprintf(s->selects[which], (size_t)len + 1, format, columns);
  return ERR_OK;
}

err store_sql_selects(struct store *s) {
  TRY(compose(s, SELECT_MARKS_OF_SESSION,
              "SELECT %s FROM mark WHERE " ROWS_BY_FIRST_KEY("id", "session", "?1"), TABLE_mark));
  TRY(compose(s, SELECT_NOTES_OF_LEARNER, "SELECT %s FROM note WHERE learner = ?1 AND removed IS NOT 1",
              TABLE_note));
  return compose(s, SELECT_PROGRESS_OF_LEARNER,
                 "SELECT %s FROM progress WHERE learner = ?1 AND removed IS NOT 1", TABLE_progress);
}

static err pragma_number(struct store *s, const char *sql, int64_t *out) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, sql));
  TRY(stmt_one(q));
  *out = stmt_column_int(q, 0);
  stmt_reset(q);
  return ERR_OK;
}

err store_sql_is_loose(struct store *s, bool *out) {
  int64_t pages = 0;
  int64_t unused = 0;
  TRY(pragma_number(s, "PRAGMA page_count", &pages));
  TRY(pragma_number(s, "PRAGMA freelist_count", &unused));
  *out = unused > device_free_pages_max && unused > pages / 4;
  return ERR_OK;
}

err store_meta_get(struct store *s, const char *name, int64_t *out) {
  struct stmt *q = NULL;
  bool row = false;
  TRY(db_stmt(s->db, &q, "SELECT value FROM meta WHERE name = ?1"));
  stmt_text(q, 1, slice_text(name));
  TRY(stmt_step(q, &row));
  *out = row ? stmt_column_int(q, 0) : 0;
  stmt_reset(q);
  return ERR_OK;
}

err store_meta_set(struct store *s, const char *name, int64_t v) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q,
              "INSERT INTO meta(name, value) VALUES (?1, ?2) ON CONFLICT(name) DO UPDATE SET value = "
              "excluded.value"));
  stmt_text(q, 1, slice_text(name));
  stmt_int(q, 2, v);
  return stmt_run(q);
}

err store_sql_highest(struct store *s, uint64_t *counter_out, uint64_t *stamp_out) {
  struct stmt *q = NULL;
  int64_t counter = 0;
  int64_t stamp = 0;
  TRY(store_meta_get(s, "counter", &counter));
  TRY(store_meta_get(s, "stamp", &stamp));
  TRY(db_stmt(s->db, &q,
              "SELECT coalesce(max(counter + ops - 1), 0), coalesce(max(stamp), 0) FROM changeset"));
  TRY(stmt_one(q));
  *counter_out = (uint64_t)(stmt_column_int(q, 0) > counter ? stmt_column_int(q, 0) : counter);
  *stamp_out = (uint64_t)(stmt_column_int(q, 1) > stamp ? stmt_column_int(q, 1) : stamp);
  stmt_reset(q);
  return ERR_OK;
}

err kept_insert(struct store *s, const struct kept *k) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q,
              "INSERT INTO changeset(counter, incarnation, ops, stamp, done, stream, session, notes, bytes, "
              "undo, inverse)"
              " VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ?8, ?9, ?10)"));
  stmt_int(q, 1, (int64_t)k->counter);
  stmt_int(q, 2, k->incarnation);
  stmt_int(q, 3, k->ops);
  stmt_int(q, 4, (int64_t)k->stamp);
  stmt_id(q, 5, &k->stream);
  stmt_id(q, 6, id_is_zero(&k->session) ? NULL : &k->session);
  stmt_int(q, 7, k->notes);
  stmt_blob(q, 8, k->bytes);
  if (k->inverse.len) {
    stmt_text(q, 9, k->undo);
    stmt_blob(q, 10, k->inverse);
  } else {
    stmt_null(q, 9);
    stmt_null(q, 10);
  }
  return stmt_run(q);
}

#define KEPT_COLUMNS "counter, incarnation, ops, stamp, done, stream, session, notes, bytes, undo, inverse"

static void kept_read(struct stmt *q, struct kept *out) {
  *out = (struct kept){.counter = (uint64_t)stmt_column_int(q, 0),
                       .incarnation = (uint32_t)stmt_column_int(q, 1),
                       .ops = (uint32_t)stmt_column_int(q, 2),
                       .stamp = (uint64_t)stmt_column_int(q, 3),
                       .done = stmt_column_int(q, 4) != 0,
                       .notes = (uint32_t)stmt_column_int(q, 7),
                       .bytes = stmt_column_blob(q, 8),
                       .undo = stmt_column_text(q, 9),
                       .inverse = stmt_column_blob(q, 10)};
  (void)stmt_column_id(q, 5, &out->stream);
  (void)stmt_column_id(q, 6, &out->session);
}

static err kept_copy(struct kept *k, struct arena *a) {
  k->bytes = arena_copy(a, k->bytes);
  k->undo = arena_copy(a, k->undo);
  k->inverse = arena_copy(a, k->inverse);
  return k->bytes.ptr && k->undo.ptr && k->inverse.ptr ? ERR_OK : ERR_NO_MEMORY;
}

err kept_load(struct store *s, uint64_t counter, struct arena *a, struct kept *out) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, "SELECT " KEPT_COLUMNS " FROM changeset WHERE counter = ?1"));
  stmt_int(q, 1, (int64_t)counter);
  TRY(stmt_one(q));
  kept_read(q, out);
  err e = kept_copy(out, a);
  stmt_reset(q);
  return e;
}

err kept_from(struct store *s, uint32_t incarnation, uint64_t counter, kept_each *each, void *ctx) {
  struct stmt *q = NULL;
  bool row = false;
  TRY(db_stmt(s->db, &q,
              "SELECT " KEPT_COLUMNS
              " FROM changeset WHERE counter >= ?1 AND (?2 = 0 OR incarnation = ?2) ORDER BY counter"));
  stmt_int(q, 1, (int64_t)counter);
  stmt_int(q, 2, incarnation);
  for (;;) {
    struct kept k;
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    kept_read(q, &k);
    err e = each(ctx, &k);
    if (e == ERR_OK) continue;
    stmt_reset(q);
    return e == ERR_TRAILING ? ERR_OK : e;
  }
}

static err run_with_counter(struct store *s, const char *sql, uint64_t counter) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, sql));
  stmt_int(q, 1, (int64_t)counter);
  return stmt_run(q);
}

err kept_done(struct store *s, uint64_t first, uint64_t last) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, "UPDATE changeset SET done = 1 WHERE counter BETWEEN ?1 AND ?2 AND done = 0"));
  stmt_int(q, 1, (int64_t)first);
  stmt_int(q, 2, (int64_t)last);
  return stmt_run(q);
}

err kept_undone(struct store *s, uint64_t counter) {
  return run_with_counter(s, "UPDATE changeset SET undo = NULL, inverse = NULL WHERE counter = ?1", counter);
}

err kept_latest(struct store *s, uint32_t count, uint64_t *out) {
  struct stmt *q = NULL;
  bool row = false;
  TRY(db_stmt(s->db, &q, "SELECT counter FROM changeset ORDER BY counter DESC LIMIT 1 OFFSET ?1"));
  stmt_int(q, 1, (int64_t)count - 1);
  TRY(stmt_step(q, &row));
  *out = row ? (uint64_t)stmt_column_int(q, 0) : 0;
  stmt_reset(q);
  return ERR_OK;
}

/* The highest counter and stamp are remembered first: numbers are never used twice. */
err kept_trim(struct store *s, uint64_t from, uint64_t below) {
  struct stmt *q = NULL;
  TRY(store_meta_set(s, "counter", (int64_t)s->counter_next - 1));
  TRY(store_meta_set(s, "stamp", (int64_t)s->stamp_last));
  TRY(db_stmt(s->db, &q, "DELETE FROM changeset WHERE done = 1 AND counter >= ?1 AND counter < ?2"));
  stmt_int(q, 1, (int64_t)from);
  stmt_int(q, 2, (int64_t)below);
  return stmt_run(q);
}

err kept_blank(struct store *s, const struct id *stream) {
  struct stmt *q = NULL;
  TRY(db_stmt(
      s->db, &q,
      "UPDATE changeset SET bytes = x'', undo = NULL, inverse = NULL WHERE stream = ?1 AND done = 1"));
  stmt_id(q, 1, stream);
  return stmt_run(q);
}

/* A changeset that was made in a register names its meeting. */
err kept_blank_meeting(struct store *s, const struct id *session) {
  struct stmt *q = NULL;
  TRY(db_stmt(
      s->db, &q,
      "UPDATE changeset SET bytes = x'', undo = NULL, inverse = NULL WHERE session = ?1 AND done = 1"));
  stmt_id(q, 1, session);
  return stmt_run(q);
}

err kept_place(struct store *s, uint32_t incarnation, uint64_t first, uint64_t counter, uint32_t *out) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q,
              "SELECT count(*) FROM changeset WHERE counter >= ?1 AND counter < ?2 AND incarnation = ?3"));
  stmt_int(q, 1, (int64_t)first);
  stmt_int(q, 2, (int64_t)counter);
  stmt_int(q, 3, incarnation);
  TRY(stmt_one(q));
  *out = (uint32_t)stmt_column_int(q, 0);
  stmt_reset(q);
  return ERR_OK;
}

err kept_replace(struct store *s, uint64_t counter, uint32_t incarnation, struct slice bytes) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, "UPDATE changeset SET incarnation = ?2, bytes = ?3 WHERE counter = ?1"));
  stmt_int(q, 1, (int64_t)counter);
  stmt_int(q, 2, incarnation);
  stmt_blob(q, 3, bytes);
  return stmt_run(q);
}

err kept_undo(struct store *s, const struct id *session, struct arena *a, struct kept *out,
              size_t *steps_out) {
  struct stmt *q = NULL;
  bool row = false;
  *out = (struct kept){.counter = 0};
  *steps_out = 0;
  TRY(db_stmt(s->db, &q,
              "SELECT " KEPT_COLUMNS
              " FROM changeset WHERE session = ?1 AND inverse IS NOT NULL ORDER BY counter DESC LIMIT ?2"));
  stmt_id(q, 1, session);
  stmt_int(q, 2, undo_steps_max);
  for (;;) {
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    *steps_out += 1;
    if (*steps_out > 1) continue;
    kept_read(q, out);
    err e = kept_copy(out, a);
    if (e == ERR_OK) continue;
    stmt_reset(q);
    return e;
  }
}

err store_sql_ids(struct stmt *q, struct id out[list_items_max], size_t *count_out) {
  bool row = false;
  stmt_int(q, 2, list_items_max);
  for (*count_out = 0;; *count_out += 1) {
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    (void)stmt_column_id(q, 0, &out[*count_out]);
  }
}
