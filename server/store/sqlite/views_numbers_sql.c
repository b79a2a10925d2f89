/* views_numbers_sql.c: what schools and other systems call one learner, record by record. */
#include "server/store/sqlite/views.h"

static err read_numbers(struct stmt *s, struct arena *a, void *into) {
  struct view_numbers *out = into;
  *out = (struct view_numbers){.version = (uint64_t)stmt_column_int(s, 7),
                               .mis_aside = stmt_column_int(s, 8) != 0};
  if (!stmt_column_id(s, 0, &out->learner)) return ERR_CORRUPT;
  TRY(person_name(s, 3, 1, 2, a, &out->name));
  TRY(column_text(s, 4, a, &out->ref));
  TRY(column_text(s, 5, a, &out->upn));
  return column_text(s, 6, a, &out->mis_id);
}

err views_numbers(struct store *store, const struct id *learner, struct arena *a, struct view_numbers **out,
                  size_t *count) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  err e = ERR_OK;
  TRY(store->ops->begin_read(store));
  e = db_stmt(q->db, &s,
              "SELECT l.id, l.first_name, l.last_name, NULL, l.ref, k.upn, k.mis_id, k.version, "
              "k.mis_id=k.mis_aside FROM learner l "
              "LEFT JOIN learner_key k ON k.learner=l.id WHERE l.id IN " VIEW_CLASS_1
              " ORDER BY l.id<>?1, l.merged_into IS NOT NULL, l.id");
  if (e == ERR_OK) {
    stmt_id(s, 1, learner);
    *out = read_list(&e, s, sizeof **out, read_numbers, a, count);
  }
  store->ops->rollback(store);
  return e;
}

err views_upn_owner(struct store *store, struct slice upn, const struct id *but, struct arena *a,
                    struct view_numbers *out, bool *found) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "SELECT l.id, l.first_name, l.last_name, NULL, l.ref, k.upn, k.mis_id, k.version, "
              "k.mis_id=k.mis_aside FROM learner_key k CROSS JOIN learner l ON l.id=k.learner WHERE k.upn=?2 "
              "AND l.id NOT "
              "IN " VIEW_CLASS_1 " LIMIT 1"));
  stmt_id(s, 1, but);
  stmt_text(s, 2, upn);
  TRY(stmt_step(s, found));
  if (!*found) return ERR_OK;
  err e = read_numbers(s, a, out);
  stmt_reset(s);
  return e;
}
