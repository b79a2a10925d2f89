/* holds_sql.c: safeguarding holds: which learners cannot be erased, who says so and why. */
#include "server/store/sqlite/views.h"

static err read_hold(struct stmt *s, struct arena *a, void *into) {
  struct store_hold *out = into;
  *out = (struct store_hold){.since_ms = stmt_column_int(s, 3), .lifted_ms = stmt_column_int(s, 4)};
  (void)stmt_column_id(s, 0, &out->learner);
  (void)stmt_column_id(s, 1, &out->by);
  return column_text(s, 2, a, &out->reason);
}

err hold_load(struct store *store, const struct id *learner, struct arena *a, struct store_hold *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT learner, actor, reason, since, lifted FROM hold WHERE learner=?1 AND lifted IS NULL"));
  stmt_id(s, 1, learner);
  TRY(stmt_one(s));
  err e = read_hold(s, a, out);
  stmt_reset(s);
  return e;
}

err hold_save(struct store *store, const struct store_hold *hold) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "INSERT INTO hold(learner, actor, reason, since) VALUES(?1, ?2, ?3, ?4)"));
  stmt_id(s, 1, &hold->learner);
  stmt_id(s, 2, &hold->by);
  stmt_text(s, 3, hold->reason);
  stmt_int(s, 4, hold->since_ms);
  return stmt_run(s);
}

err hold_lift(struct store *store, const struct id *learner, int64_t now_ms) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "UPDATE hold SET lifted=?2 WHERE learner=?1 AND lifted IS NULL"));
  stmt_id(s, 1, learner);
  stmt_int(s, 2, now_ms);
  TRY(stmt_run(s));
  return db_changes(q->db) > 0 ? ERR_OK : ERR_NOT_FOUND;
}

static err read_holds(struct sqlite_store *q, struct arena *a, struct store_hold **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(q->db, &s, "SELECT learner, actor, reason, since, lifted FROM hold ORDER BY no"));
  *out = read_list(&e, s, sizeof **out, read_hold, a, count);
  return e;
}

err views_holds(struct store *store, struct arena *a, struct store_hold **out, size_t *count) {
  TRY(store->ops->begin_read(store));
  err e = read_holds(sqlite_of(store), a, out, count);
  store->ops->rollback(store);
  return e;
}
