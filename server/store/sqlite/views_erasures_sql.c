/* views_erasures_sql.c: what was erased, and which devices have yet to confirm it: every device that was
 * enrolled by then and is not revoked, for nobody can know what one that was away still holds. */
#include "server/store/sqlite/views.h"

static err read_erasure(struct stmt *s, struct arena *a, void *into) {
  struct view_erasure *out = into;
  *out = (struct view_erasure){
      .entry = {.number = (uint64_t)stmt_column_int(s, 0), .at_ms = stmt_column_int(s, 1)},
      .devices = (uint32_t)stmt_column_int(s, 4),
      .confirmed = (uint32_t)stmt_column_int(s, 5),
      .revoked = (uint32_t)stmt_column_int(s, 6)};
  out->devices -= out->revoked;
  (void)stmt_column_id(s, 2, &out->entry.by);
  return column_text(s, 3, a, &out->entry.reason);
}

static err read_all(struct sqlite_store *q, struct arena *a, struct view_erasure **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(
      q->db, &s,
      "SELECT e.number, e.at, e.actor, e.reason, (SELECT count(*) FROM device_key k WHERE "
      "k.enrolled<=e.at), (SELECT count(*) FROM device_key k JOIN device_ack x ON x.device=k.device "
      "WHERE k.enrolled<=e.at AND x.kind=1 AND x.number=e.number), (SELECT count(*) FROM device_key k "
      "JOIN device d ON d.id=k.device WHERE k.enrolled<=e.at AND d.status=2 AND NOT EXISTS (SELECT 1 "
      "FROM device_ack x WHERE x.kind=1 AND x.number=e.number AND x.device=k.device)) FROM erasure e "
      "ORDER BY e.number DESC"));
  *out = read_list(&e, s, sizeof **out, read_erasure, a, count);
  return e;
}

err views_erasures(struct store *store, struct arena *a, struct view_erasure **out, size_t *count) {
  TRY(store->ops->begin_read(store));
  err e = read_all(sqlite_of(store), a, out, count);
  store->ops->rollback(store);
  return e;
}

static err read_waiting(struct sqlite_store *q, uint64_t number, struct arena *a, struct store_device **out,
                        size_t *count) {
  struct stmt *s;
  struct id *ids;
  TRY(db_stmt(q->db, &s, "SELECT 1 FROM erasure WHERE number=?1"));
  stmt_int(s, 1, (int64_t)number);
  TRY(stmt_one(s));
  stmt_reset(s);
  TRY(db_stmt(q->db, &s,
              "SELECT k.device FROM device_key k LEFT JOIN device d ON d.id=k.device, erasure e WHERE "
              "e.number=?1 AND "
              "k.enrolled<=e.at AND coalesce(d.status, 1)<>2 AND NOT EXISTS (SELECT 1 FROM device_ack x "
              "WHERE x.kind=1 "
              "AND x.number=?1 AND x.device=k.device) ORDER BY k.name, k.device"));
  stmt_int(s, 1, (int64_t)number);
  TRY(read_ids(s, a, &ids, count));
  *out = arena_take(a, *count + 1, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  for (size_t i = 0; i < *count; i++) TRY(device_load(&q->base, &ids[i], &(*out)[i]));
  return ERR_OK;
}

err views_erasure_waiting(struct store *store, uint64_t number, struct arena *a, struct store_device **out,
                          size_t *count) {
  TRY(store->ops->begin_read(store));
  err e = read_waiting(sqlite_of(store), number, a, out, count);
  store->ops->rollback(store);
  return e;
}
