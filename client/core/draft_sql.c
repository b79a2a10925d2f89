/* draft_sql.c: SQL of notes that were begun. */
#include "client/core/draft.h"

static err drop(struct store *s, const struct id *staff, const struct id *learner) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, "DELETE FROM draft WHERE learner = ?1 AND staff = ?2"));
  stmt_id(q, 1, learner);
  stmt_id(q, 2, staff);
  return stmt_run(q);
}

err draft_put(struct store *s, const struct id *staff, const struct id *learner, struct slice text) {
  struct stmt *q = NULL;
  if (text.len == 0) return drop(s, staff, learner);
  TRY(db_stmt(s->db, &q,
              "INSERT INTO draft(learner, staff, text) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET text = "
              "excluded.text"));
  stmt_id(q, 1, learner);
  stmt_id(q, 2, staff);
  stmt_text(q, 3, text);
  return stmt_run(q);
}

err draft_get(struct store *s, const struct id *staff, const struct id *learner, struct arena *a,
              struct slice *out) {
  struct stmt *q = NULL;
  bool row = false;
  *out = slice_of(NULL, 0);
  TRY(db_stmt(s->db, &q, "SELECT text FROM draft WHERE learner = ?1 AND staff = ?2"));
  stmt_id(q, 1, learner);
  stmt_id(q, 2, staff);
  TRY(stmt_step(q, &row));
  if (row) *out = arena_copy(a, stmt_column_text(q, 0));
  stmt_reset(q);
  return row && !out->ptr ? ERR_NO_MEMORY : ERR_OK;
}

err draft_tidy(struct store *s) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, "DELETE FROM draft WHERE learner NOT IN (SELECT id FROM learner)"));
  return stmt_run(q);
}
