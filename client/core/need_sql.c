/* need_sql.c: SQL of what staff must know of learners. */
#include "client/core/need_sql.h"

#define IN_FORCE "FROM need WHERE removed IS NOT 1 AND (expires IS NULL OR expires >= ?1)"
static const char count_sql[] = "SELECT count(*) " IN_FORCE;
static const char needs_sql[] =
    "SELECT id, learner, kind, text, expires " IN_FORCE " ORDER BY kind, text, id";

static err read_need(struct stmt *q, struct arena *a, struct need_info *out) {
  *out = (struct need_info){.kind = stmt_column_int(q, 2),
                            .text = arena_copy(a, stmt_column_text(q, 3)),
                            .expires = (int32_t)stmt_column_int(q, 4)};
  (void)stmt_column_id(q, 0, &out->id);
  (void)stmt_column_id(q, 1, &out->learner);
  return out->text.ptr ? ERR_OK : ERR_NO_MEMORY;
}

err need_list(struct store *s, int32_t date, struct arena *a, struct need_info **out, size_t *count) {
  struct stmt *q = NULL;
  bool row = false;
  size_t most = 0;
  *count = 0;
  TRY(db_stmt(s->db, &q, count_sql));
  stmt_int(q, 1, date);
  TRY(stmt_one(q));
  most = (size_t)stmt_column_int(q, 0);
  stmt_reset(q);
  *out = arena_take(a, most + 1, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  TRY(db_stmt(s->db, &q, needs_sql));
  stmt_int(q, 1, date);
  for (;;) {
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    err e = *count < most ? read_need(q, a, &(*out)[*count]) : ERR_CORRUPT;
    if (e != ERR_OK) {
      stmt_reset(q);
      return e;
    }
    *count += 1;
  }
}
