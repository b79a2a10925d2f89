/* place_sql.c: SQL of where somebody was. */
#include "client/core/place.h"

/* Nobody comes back to another day's: with each new one those go. */
static err drop(struct store *s, const struct id *staff, int32_t day) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, "DELETE FROM place WHERE staff = ?1 OR day <> ?2"));
  stmt_id(q, 1, staff);
  stmt_int(q, 2, day);
  return stmt_run(q);
}

err place_put(struct store *s, const struct id *staff, int32_t day, struct slice text) {
  struct stmt *q = NULL;
  TRY(drop(s, staff, day));
  if (text.len == 0) return ERR_OK;
  TRY(db_stmt(s->db, &q, "INSERT INTO place(staff, day, text) VALUES (?1, ?2, ?3)"));
  stmt_id(q, 1, staff);
  stmt_int(q, 2, day);
  stmt_text(q, 3, text);
  return stmt_run(q);
}

err place_get(struct store *s, const struct id *staff, int32_t day, struct arena *a, struct slice *out) {
  struct stmt *q = NULL;
  bool row = false;
  *out = slice_of(NULL, 0);
  TRY(db_stmt(s->db, &q, "SELECT text FROM place WHERE staff = ?1 AND day = ?2"));
  stmt_id(q, 1, staff);
  stmt_int(q, 2, day);
  TRY(stmt_step(q, &row));
  if (row) *out = arena_copy(a, stmt_column_text(q, 0));
  stmt_reset(q);
  return row && !out->ptr ? ERR_NO_MEMORY : ERR_OK;
}
