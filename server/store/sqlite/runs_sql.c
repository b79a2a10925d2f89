/* runs_sql.c: lists that were brought in at once: what each wrote, and what was written about that since; and
 * how the headings of a system were mapped. */
#include "server/store/sqlite/views.h"

#define RUN_COLUMNS                                                                                          \
  "id, at, who, what, name, first, last, position, inserted, changed, undone, undo_first, undo_last"

err run_save(struct store *store, const struct store_run *r) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "INSERT INTO run(" RUN_COLUMNS
              ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
              " ON CONFLICT(id) DO UPDATE SET undone=excluded.undone, undo_first=excluded.undo_first, "
              "undo_last=excluded.undo_last"));
  stmt_id(s, 1, &r->id);
  stmt_int(s, 2, r->at_ms);
  stmt_id(s, 3, &r->who);
  stmt_text(s, 4, r->what);
  stmt_text(s, 5, r->name);
  stmt_int(s, 6, (int64_t)r->first);
  stmt_int(s, 7, (int64_t)r->last);
  stmt_int(s, 8, (int64_t)r->position);
  stmt_int(s, 9, (int64_t)r->inserted);
  stmt_int(s, 10, (int64_t)r->changed);
  stmt_int(s, 11, r->undone_ms);
  stmt_int(s, 12, (int64_t)r->undo_first);
  stmt_int(s, 13, (int64_t)r->undo_last);
  return stmt_run(s);
}

static err read_run(struct stmt *s, struct arena *a, void *out) {
  struct store_run *r = out;
  *r = (struct store_run){.at_ms = stmt_column_int(s, 1),
                          .first = (uint64_t)stmt_column_int(s, 5),
                          .last = (uint64_t)stmt_column_int(s, 6),
                          .position = (uint64_t)stmt_column_int(s, 7),
                          .inserted = (uint64_t)stmt_column_int(s, 8),
                          .changed = (uint64_t)stmt_column_int(s, 9),
                          .undone_ms = stmt_column_int(s, 10),
                          .undo_first = (uint64_t)stmt_column_int(s, 11),
                          .undo_last = (uint64_t)stmt_column_int(s, 12)};
  (void)stmt_column_id(s, 0, &r->id);
  (void)stmt_column_id(s, 2, &r->who);
  TRY(column_text(s, 3, a, &r->what));
  return column_text(s, 4, a, &r->name);
}

err run_load(struct store *store, const struct id *id, struct arena *a, struct store_run *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "SELECT " RUN_COLUMNS " FROM run WHERE id=?1"));
  stmt_id(s, 1, id);
  TRY(stmt_one(s));
  err e = read_run(s, a, out);
  stmt_reset(s);
  return e;
}

err run_list(struct store *store, size_t max, struct arena *a, struct store_run **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT " RUN_COLUMNS " FROM run ORDER BY at DESC, first DESC LIMIT ?1"));
  stmt_int(s, 1, (int64_t)max);
  *out = read_list(&e, s, sizeof **out, read_run, a, count);
  return e;
}

/* By the dozen: see put_many in feed_sql.c. */
#define ROW    "(?, ?, ?, ?)"
#define ROWS_4 ROW ", " ROW ", " ROW ", " ROW
enum { run_rows_at_once = 16, run_row_values = 4 };

static void bind_run_row(struct stmt *s, int index, const struct id *run, const struct store_run_row *r) {
  stmt_id(s, index, run);
  stmt_int(s, index + 1, r->table->id);
  stmt_id(s, index + 2, &r->row);
  stmt_int(s, index + 3, r->fresh);
}

err run_rows_add(struct store *store, const struct id *run, const struct store_run_row *rows, size_t count) {
  struct db *db = sqlite_of(store)->db;
  struct stmt *s;
  size_t done = 0;
  for (; done + run_rows_at_once <= count; done += run_rows_at_once) {
    TRY(db_stmt(db, &s,
                "INSERT OR FAIL INTO run_row(run, tbl, row, fresh) VALUES " ROWS_4 ", " ROWS_4 ", " ROWS_4
                ", " ROWS_4));
    for (int i = 0; i < run_rows_at_once; i++)
      bind_run_row(s, 1 + run_row_values * i, run, &rows[done + (size_t)i]);
    TRY(stmt_run(s));
  }
  for (; done < count; done++) {
    TRY(db_stmt(db, &s, "INSERT INTO run_row(run, tbl, row, fresh) VALUES " ROW));
    bind_run_row(s, 1, run, &rows[done]);
    TRY(stmt_run(s));
  }
  return ERR_OK;
}

static err read_run_row(struct stmt *s, struct arena *a, void *out) {
  struct store_run_row *r = out;
  (void)a;
  r->table = schema_table((uint8_t)stmt_column_int(s, 0));
  r->fresh = stmt_column_int(s, 2) != 0;
  return r->table && stmt_column_id(s, 1, &r->row) ? ERR_OK : ERR_CORRUPT;
}

err run_rows(struct store *store, const struct id *run, struct arena *a, struct store_run_row **out,
             size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT tbl, row, fresh FROM run_row WHERE run=?1 ORDER BY tbl, row"));
  stmt_id(s, 1, run);
  *out = read_list(&e, s, sizeof **out, read_run_row, a, count);
  return e;
}

/* ---- every row ---- */

err each_row(struct store *store, const struct table *t, struct arena *a, store_row_seen *seen, void *ctx) {
  struct sqlite_store *q = sqlite_of(store);
  const char *sql;
  struct stmt *s;
  bool there;
  TRY(scan_sql(q, t, &sql));
  TRY(db_stmt(q->db, &s, sql));
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  while (there && e == ERR_OK) {
    struct row row = {.table = t};
    arena_clear(a);
    e = rows_read(q->rows, s, 0, t, a, &row);
    if (e == ERR_OK) e = seen(ctx, &row);
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

/* ---- mappings ---- */

err heading_map_load(struct store *store, const uint8_t hash[hash_bytes], struct arena *a,
                     struct slice *table, struct slice *map, bool *day_first) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "SELECT tbl, map, day_first FROM heading_map WHERE hash=?1"));
  stmt_blob(s, 1, slice_of(hash, hash_bytes));
  TRY(stmt_one(s));
  err e = column_text(s, 0, a, table);
  if (e == ERR_OK) e = column_text(s, 1, a, map);
  *day_first = stmt_column_int(s, 2) != 0;
  stmt_reset(s);
  return e;
}

err heading_map_save(struct store *store, const uint8_t hash[hash_bytes], struct slice table,
                     struct slice map, bool day_first) {
  struct stmt *s;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "INSERT INTO heading_map(hash, tbl, map, day_first) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(hash) DO "
      "UPDATE SET tbl=excluded.tbl, map=excluded.map, day_first=excluded.day_first"));
  stmt_blob(s, 1, slice_of(hash, hash_bytes));
  stmt_text(s, 2, table);
  stmt_text(s, 3, map);
  stmt_int(s, 4, day_first);
  return stmt_run(s);
}
