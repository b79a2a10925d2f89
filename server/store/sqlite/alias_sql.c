/* alias_sql.c: classes of rows that stand for one child or one meeting, and who belongs to them. */
#include "server/store/sqlite/sqlite_store.h"
#include "server/store/sqlite/tally.h"

/* Asked once a transaction, which sees one state of the table; most hubs have merged nobody, or few. */
static err look(struct sqlite_store *q) {
  struct stmt *s;
  bool there;
  if (q->aliases != ALIAS_NOT_ASKED) return ERR_OK;
  TRY(db_stmt(q->db, &s, "SELECT 1 FROM alias LIMIT 1"));
  TRY(stmt_step(s, &there));
  stmt_reset(s);
  q->aliases = there ? ALIAS_SOME : ALIAS_NONE;
  return ERR_OK;
}

err alias_there(struct store *store, bool *out) {
  struct sqlite_store *q = sqlite_of(store);
  TRY(look(q));
  *out = q->aliases == ALIAS_SOME;
  if (!db_in_transaction(q->db)) q->aliases = ALIAS_NOT_ASKED;
  return ERR_OK;
}

/* Every member of a class stands in the table, the canonical one too. */
err alias_is_alone(struct store *store, const struct id *session, const struct id *learner, bool *out) {
  struct stmt *s;
  bool any, there;
  TRY(alias_there(store, &any));
  *out = !any;
  if (!any) return ERR_OK;
  TRY(db_stmt(
      sqlite_of(store)->db, &s, /* IN would fill a table for the two, every time */
      "SELECT 1 WHERE EXISTS(SELECT 1 FROM alias WHERE id=?1) OR EXISTS(SELECT 1 FROM alias WHERE id=?2)"));
  stmt_id(s, 1, session);
  stmt_id(s, 2, learner);
  TRY(stmt_step(s, &there));
  stmt_reset(s);
  *out = !there;
  return ERR_OK;
}

err alias_members(struct store *store, const struct id *id, struct arena *a, struct id **out, size_t *count) {
  struct stmt *s;
  bool any;
  *out = NULL;
  *count = 0;
  TRY(alias_there(store, &any));
  if (!any) return ERR_OK;
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
  sqlite_of(store)->aliases = ALIAS_NOT_ASKED;
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
