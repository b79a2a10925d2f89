/* views_needs_sql.c: what staff must know of one learner. */
#include "server/store/sqlite/views.h"

static err read_need(struct stmt *s, struct arena *a, void *into) {
  struct view_need *out = into;
  *out = (struct view_need){.kind = (uint8_t)stmt_column_int(s, 1),
                            .expires = column_day(s, 3),
                            .version = (uint64_t)stmt_column_int(s, 4)};
  if (!stmt_column_id(s, 0, &out->id)) return ERR_CORRUPT;
  return column_text(s, 2, a, &out->text);
}

err views_needs(struct store *store, const struct id *learner, struct arena *a, struct view_need **out,
                size_t *count) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  err e = ERR_OK;
  TRY(store->ops->begin_read(store));
  e = db_stmt(q->db, &s,
              "SELECT n.id, n.kind, n.text, n.expires, n.version FROM need n WHERE n.learner IN " VIEW_CLASS_1
              " AND n.removed IS NOT 1 ORDER BY n.kind, n.text, n.id");
  if (e == ERR_OK) {
    stmt_id(s, 1, learner);
    *out = read_list(&e, s, sizeof **out, read_need, a, count);
  }
  store->ops->rollback(store);
  return e;
}
