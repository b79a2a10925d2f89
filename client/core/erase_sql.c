/* erase_sql.c: SQL of erasures that are under way. */
#include "client/core/erase.h"

err erasing_put(struct store *s, uint64_t number) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, "INSERT INTO erasing(number) VALUES (?1) ON CONFLICT DO NOTHING"));
  stmt_int(q, 1, (int64_t)number);
  return stmt_run(q);
}

err erasing_list(struct store *s, struct arena *a, uint64_t **out, size_t *count) {
  struct stmt *q = NULL;
  bool row = false;
  TRY(db_stmt(s->db, &q, "SELECT count(*) FROM erasing"));
  TRY(stmt_one(q));
  size_t all = (size_t)stmt_column_int(q, 0);
  stmt_reset(q);
  *count = 0;
  *out = arena_take(a, all + 1, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  TRY(db_stmt(s->db, &q, "SELECT number FROM erasing ORDER BY number"));
  for (;;) {
    TRY(stmt_step(q, &row));
    if (!row || *count == all) break;
    (*out)[*count] = (uint64_t)stmt_column_int(q, 0);
    *count += 1;
  }
  stmt_reset(q);
  return ERR_OK;
}

err erasing_forget(struct store *s) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, "DELETE FROM erasing"));
  return stmt_run(q);
}

err kept_rewrite(struct store *s, uint64_t counter, struct slice bytes) {
  struct stmt *q = NULL;
  TRY(db_stmt(
      s->db, &q,
      "UPDATE changeset SET bytes = ?2, done = max(done, ?3), undo = NULL, inverse = NULL WHERE counter "
      "= ?1"));
  stmt_int(q, 1, (int64_t)counter);
  stmt_blob(q, 2, bytes.len ? bytes : slice_of("", 0));
  stmt_int(q, 3, bytes.len == 0);
  return stmt_run(q);
}
