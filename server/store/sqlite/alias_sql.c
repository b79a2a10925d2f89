/* alias_sql.c: classes of rows that stand for one child or one meeting, and who belongs to them. */
#include "server/store/sqlite/sqlite_store.h"
#include "server/store/sqlite/tally.h"

err alias_members(struct store *store, const struct id *id, struct arena *a, struct id **out, size_t *count) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT id FROM alias WHERE canon=(SELECT canon FROM alias WHERE id=?1) ORDER BY id"));
  stmt_id(s, 1, id);
  return read_ids(s, a, out, count);
}

static err figures_changed(struct sqlite_store *q, const struct id *id, uint8_t table) {
  return table == TABLE_session ? tally_meeting_changed(q, id) : tally_child_changed(q, id);
}

/* Figures change with who stood for it before, and with who does now. */
err alias_save(struct store *store, const struct id *id, uint8_t table, const struct id *canon) {
  struct stmt *s;
  TRY(figures_changed(sqlite_of(store), id, table));
  if (canon) TRY(figures_changed(sqlite_of(store), canon, table));
  if (canon) {
    TRY(db_stmt(sqlite_of(store)->db, &s,
                "INSERT INTO alias(id, tbl, canon) VALUES(?1, ?2, ?3) ON CONFLICT(id) DO UPDATE SET "
                "canon=excluded.canon"));
    stmt_int(s, 2, table);
    stmt_id(s, 3, canon);
  } else {
    TRY(db_stmt(sqlite_of(store)->db, &s, "DELETE FROM alias WHERE id=?1"));
  }
  stmt_id(s, 1, id);
  return stmt_run(s);
}

/* The id itself where it stands for nobody else. */
err alias_canonical(struct store *store, const struct id *id, struct id *out) {
  struct stmt *s;
  bool there;
  *out = *id;
  TRY(db_stmt(sqlite_of(store)->db, &s, "SELECT canon FROM alias WHERE id=?1"));
  stmt_id(s, 1, id);
  TRY(stmt_step(s, &there));
  if (there) (void)stmt_column_id(s, 0, out);
  stmt_reset(s);
  return ERR_OK;
}
