/* quarantine_sql.c: changesets that wait for the office or were refused, and what the office did about them.
 */
#include "server/store/sqlite/sqlite_store.h"

/* Why it waited first is kept, also when its bundle's receipt is signed anew. */
err quarantine_add(struct store *store, uint64_t bundle, const struct receipt_exception *x) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "INSERT INTO quarantine(bundle, changeset, status, reason) VALUES(?1, ?2, ?3, ?4)"
              " ON CONFLICT(bundle, changeset) DO NOTHING"));
  stmt_int(s, 1, (int64_t)bundle);
  stmt_int(s, 2, x->changeset);
  stmt_int(s, 3, (int64_t)x->status);
  stmt_text(s, 4, slice_text(err_name(x->reason)));
  return stmt_run(s);
}

err quarantine_decide(struct store *store, const struct store_quarantine *q) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "UPDATE quarantine SET state=?3, who=?4, at=?5, why=?6 WHERE bundle=?1 AND changeset=?2"));
  stmt_int(s, 1, (int64_t)q->bundle);
  stmt_int(s, 2, q->changeset);
  stmt_int(s, 3, (int64_t)q->state);
  stmt_id(s, 4, &q->by);
  stmt_int(s, 5, q->at_ms);
  stmt_text(s, 6, q->why);
  return stmt_run(s);
}

static err reason_named(struct slice name) {
  for (int e = ERR_OK; e < ERR_COUNT; e++) {
    if (slice_equal(name, slice_text(err_name((err)e)))) return (err)e;
  }
  return ERR_INVALID;
}

static err read_one(struct stmt *s, struct arena *a, struct store_quarantine *out) {
  struct slice reason;
  *out = (struct store_quarantine){.bundle = (uint64_t)stmt_column_int(s, 0),
                                   .incarnation = (uint32_t)stmt_column_int(s, 2),
                                   .seq = (uint64_t)stmt_column_int(s, 3),
                                   .changeset = (uint32_t)stmt_column_int(s, 4),
                                   .status = (enum receipt_status)stmt_column_int(s, 5),
                                   .received_ms = stmt_column_int(s, 7),
                                   .state = (enum store_quarantine_state)stmt_column_int(s, 8),
                                   .at_ms = stmt_column_int(s, 10)};
  (void)stmt_column_id(s, 1, &out->device);
  (void)stmt_column_id(s, 9, &out->by);
  TRY(column_text(s, 6, a, &reason));
  out->reason = reason_named(reason);
  return column_text(s, 11, a, &out->why);
}

err quarantine_list(struct store *store, uint64_t bundle, size_t max, struct arena *a,
                    struct store_quarantine **out, size_t *count) {
  struct stmt *s;
  size_t cap = 0;
  bool there;
  *out = NULL;
  *count = 0;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT q.bundle, c.device, c.incarnation, b.seq, q.changeset, q.status, q.reason, b.received,"
              " q.state, q.who, coalesce(q.at, 0), coalesce(q.why, '')"
              " FROM quarantine q JOIN bundle b ON b.no=q.bundle JOIN chain c ON c.no=b.chain"
              " WHERE (q.bundle=?1 OR (?1=0 AND q.state=1)) ORDER BY q.bundle, q.changeset LIMIT ?2"));
  stmt_int(s, 1, (int64_t)bundle);
  stmt_int(s, 2, (int64_t)max);
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  while (e == ERR_OK && there) {
    struct store_quarantine *list = arena_room(a, *out, &cap, *count, sizeof *list);
    if (list) *out = list;
    e = list ? read_one(s, a, &list[(*count)++]) : ERR_NO_MEMORY;
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}
