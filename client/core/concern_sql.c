/* concern_sql.c: SQL of concerns. */
#include "client/core/concern_sql.h"

err concern_each(struct store *s, const struct id *staff, concern_fn *each, void *ctx) {
  struct stmt *q = NULL;
  bool row = false;
  TRY(db_stmt(s->db, &q, "SELECT id FROM concern WHERE staff = ?1"));
  stmt_id(q, 1, staff);
  for (;;) {
    struct id id;
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    (void)stmt_column_id(q, 0, &id);
    err e = each(ctx, &id);
    if (e == ERR_OK) continue;
    stmt_reset(q);
    return e;
  }
}
