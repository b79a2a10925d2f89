/* question_sql.c: SQL of questions. */
#include "client/core/question_sql.h"

err question_ids(struct store *s, const struct id *staff, struct id out[list_items_max], size_t *count_out) {
  struct stmt *q = NULL;
  TRY(db_stmt(
      s->db, &q,
      "SELECT id FROM question WHERE staff = ?1 AND withdrawn IS NOT 1 AND answer IS NULL ORDER BY id "
      "LIMIT ?2"));
  stmt_id(q, 1, staff);
  return store_sql_ids(q, out, count_out);
}
