/* plain_sql.c: every row of a table, whole, and every case with what was said of it. */
#include "server/store/sqlite/sqlite_store.h"
#include "tests/contract/reports/plain.h"

err plain_sql_rows(struct plain_table *out, struct store *store, const struct table *t, struct arena *a) {
  struct db *db = sqlite_of(store)->db;
  struct buf sql = BUF_INIT(4096);
  struct stmt *s;
  struct id *ids;
  size_t count;
  TRY(buf_printf(&sql, "SELECT id FROM %s", t->name));
  struct slice text = arena_copy(a, buf_slice(&sql));
  buf_finish(&sql);
  TRY(db_stmt(db, &s, (const char *)text.ptr));
  TRY(read_ids(s, a, &ids, &count));
  out->rows = arena_take(a, count + 1, sizeof *out->rows);
  if (!out->rows) return ERR_NO_MEMORY;
  for (size_t i = 0; i < count; i++) {
    struct row row;
    TRY(store->ops->load_row(store, t, &ids[i], a, &row));
    out->rows[i].id = ids[i];
    for (size_t c = 0; c < t->column_count; c++) out->rows[i].values[c] = row.values[c];
  }
  out->count = count;
  return ERR_OK;
}

static err read_case(struct stmt *s, struct arena *a, void *to) {
  struct plain_case *out = to;
  (void)a;
  (void)stmt_column_id(s, 0, &out->id);
  (void)stmt_column_id(s, 1, &out->session);
  out->opened_ms = stmt_column_int(s, 2);
  return ERR_OK;
}

static err read_event(struct stmt *s, struct arena *a, void *to) {
  struct plain_case_event *out = to;
  (void)a;
  (void)stmt_column_id(s, 0, &out->of);
  out->no = stmt_column_int(s, 1);
  out->kind = stmt_column_int(s, 2);
  out->at_ms = stmt_column_int(s, 3);
  out->outcome = stmt_column_int(s, 4);
  return ERR_OK;
}

err plain_sql_cases(struct plain *p, struct store *store) {
  struct db *db = sqlite_of(store)->db;
  struct stmt *s;
  err e;
  TRY(db_stmt(db, &s, "SELECT id, session, opened FROM absence_case"));
  p->cases = read_list(&e, s, sizeof *p->cases, read_case, &p->arena, &p->case_count);
  TRY(e);
  TRY(db_stmt(db, &s, "SELECT id, no, kind, at, outcome FROM absence_case_event"));
  p->events = read_list(&e, s, sizeof *p->events, read_event, &p->arena, &p->event_count);
  return e;
}

err plain_sql_disputes(struct plain *p, struct store *store) {
  const struct table *t = schema_table(TABLE_session);
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "SELECT row FROM conflict WHERE tbl=?1 AND unit=?2"));
  stmt_int(s, 1, TABLE_session);
  stmt_int(s, 2, t->columns[COL(session, status)].unit);
  return read_ids(s, &p->arena, &p->disputes, &p->dispute_count);
}
