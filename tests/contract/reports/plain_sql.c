/* plain_sql.c: every row of a table, whole. */
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
