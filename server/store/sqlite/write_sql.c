/* write_sql.c: one write set into its tables, in the order it comes. */
#include "server/store/sqlite/sqlite_store.h"

err store_load_row(struct store *s, const struct table *t, const struct id *id, struct arena *a,
                   struct row *out) {
  return rows_load(sqlite_of(s)->rows, t, id, a, out);
}

err store_load_rows(struct store *s, struct row *const *rows, size_t count, struct arena *a) {
  for (size_t i = 0; i < count; i++) {
    struct id id = rows[i]->id;
    TRY(rows_load(sqlite_of(s)->rows, rows[i]->table, &id, a, rows[i]));
  }
  return ERR_OK;
}

static err save_conflict(struct sqlite_store *q, const struct write_conflict *c, int64_t now_ms) {
  struct stmt *s;
  if (c->kind == 0) {
    TRY(db_stmt(q->db, &s, "DELETE FROM conflict WHERE row=?1 AND tbl=?2 AND unit=?3"));
  } else {
    TRY(db_stmt(q->db, &s,
                "INSERT INTO conflict(row, tbl, unit, kind, opened) VALUES(?1, ?2, ?3, ?4, ?5)"
                " ON CONFLICT(row, tbl, unit) DO UPDATE SET kind=excluded.kind"));
    stmt_int(s, 4, c->kind);
    stmt_int(s, 5, now_ms);
  }
  stmt_id(s, 1, &c->row);
  stmt_int(s, 2, c->table->id);
  stmt_int(s, 3, c->unit);
  return stmt_run(s);
}

static err save_touched(struct sqlite_store *q, const struct id *session, int64_t now_ms) {
  struct stmt *s;
  TRY(db_stmt(
      q->db, &s,
      "INSERT INTO touched(session, at) VALUES(?1, ?2) ON CONFLICT(session) DO UPDATE SET at=excluded.at"));
  stmt_id(s, 1, session);
  stmt_int(s, 2, now_ms);
  return stmt_run(s);
}

/* Origins are numbered before the first row is saved, because saving a row makes the new numbers durable; an
 * op that is history at once stands in no row. */
err store_save(struct store *s, const struct write_set *w) {
  struct sqlite_store *q = sqlite_of(s);
  struct visit_place seen = {.session = {{0}}};
  uint32_t no;
  ASSERT(w->history_count == 0 || w->row_count > 0);
  for (size_t i = 0; i < w->history_count; i++) TRY(history_origin(q, &w->history[i], &no));
  for (size_t i = 0; i < w->row_count; i++) {
    TRY(rows_save(q->rows, w->rows[i]));
    if (w->rows[i]->table->id == TABLE_learner) TRY(learner_name_save(q, w->rows[i]));
    if (w->rows[i]->table->id == TABLE_mark) TRY(visit_note(q, w->rows[i], &seen));
  }
  if (w->history_count) TRY(history_add(q, w->history, w->history_count));
  for (size_t i = 0; i < w->loose_count; i++) TRY(history_loose_add(q, &w->loose[i]));
  for (size_t i = 0; i < w->conflict_count; i++) {
    TRY(save_conflict(q, &w->conflicts[i], w->now_ms));
    TRY(work_item_note_conflict(q, &w->conflicts[i], w->now_ms));
  }
  for (size_t i = 0; i < w->seen_count; i++) TRY(seen_add(q, &w->seen[i]));
  if (w->feed_count) TRY(feed_put(q, w->feed, w->feed_count));
  for (size_t i = 0; i < w->session_count; i++) TRY(save_touched(q, &w->sessions[i], w->now_ms));
  return ERR_OK;
}
