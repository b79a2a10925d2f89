/* visit_sql.c: SQL of visits and schools. */
#include "client/core/visit_sql.h"

_Static_assert(ENUM_visit_status_draft == 1 && ENUM_visit_status_dropped == 3, "as in SQL");

err visit_ids(struct store *s, const struct id *staff, struct id out[list_items_max], size_t *count_out) {
  struct stmt *q = NULL;
  TRY(db_stmt(
      s->db, &q,
      "SELECT id FROM visit WHERE staff = ?1 AND status <> 3 ORDER BY status, date DESC, id LIMIT ?2"));
  stmt_id(q, 1, staff);
  return store_sql_ids(q, out, count_out);
}

err visit_drafts(struct store *s, const struct id *staff, int64_t *out) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, "SELECT count(*) FROM visit WHERE staff = ?1 AND status = 1"));
  stmt_id(q, 1, staff);
  TRY(stmt_one(q));
  *out = stmt_column_int(q, 0);
  stmt_reset(q);
  return ERR_OK;
}

static err read_schools(struct stmt *q, struct arena *a, struct school_info *out, size_t *count_out) {
  bool row = false;
  for (;;) {
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    struct school_info *one = &out[*count_out];
    (void)stmt_column_id(q, 0, &one->id);
    one->name = arena_copy(a, stmt_column_text(q, 1));
    one->area = arena_copy(a, stmt_column_text(q, 2));
    if (!one->name.ptr || !one->area.ptr) return ERR_NO_MEMORY;
    *count_out += 1;
  }
}

err school_list(struct store *s, struct arena *a, struct school_info **out, size_t *count_out) {
  struct stmt *q = NULL;
  *count_out = 0;
  *out = arena_take(a, schools_listed_max, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  TRY(db_stmt(s->db, &q, "SELECT id, name, area FROM school ORDER BY name, id LIMIT ?1"));
  stmt_int(q, 1, schools_listed_max);
  err e = read_schools(q, a, *out, count_out);
  if (e != ERR_OK) stmt_reset(q);
  return e;
}
