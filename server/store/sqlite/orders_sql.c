/* orders_sql.c: what devices were told to do, until they say that it is done. */
#include "server/store/sqlite/sqlite_store.h"

err order_last(struct store *store, const struct id *device, uint64_t *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "SELECT coalesce(max(number), 0) FROM device_order WHERE device=?1"));
  stmt_id(s, 1, device);
  TRY(stmt_one(s));
  *out = (uint64_t)stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

/* One of a kind waits at a time. */
static err drop_waiting(struct store *store, const struct store_order *o) {
  struct stmt *s;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "DELETE FROM device_order WHERE device=?1 AND kind=?2 AND NOT EXISTS(SELECT 1 FROM device_ack a "
      "WHERE a.kind=2 AND a.number=device_order.number AND a.device=?1)"));
  stmt_id(s, 1, &o->device);
  stmt_int(s, 2, o->kind);
  return stmt_run(s);
}

err order_save(struct store *store, const struct store_order *o) {
  struct stmt *s;
  TRY(drop_waiting(store, o));
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "INSERT INTO device_order(device, number, kind, bytes) VALUES(?1, ?2, ?3, ?4)"));
  stmt_id(s, 1, &o->device);
  stmt_int(s, 2, (int64_t)o->number);
  stmt_int(s, 3, o->kind);
  stmt_blob(s, 4, o->bytes);
  return stmt_run(s);
}

static err read_order(struct stmt *s, const struct id *device, struct arena *a, struct store_order *out) {
  *out = (struct store_order){.device = *device,
                              .number = (uint64_t)stmt_column_int(s, 0),
                              .kind = (uint8_t)stmt_column_int(s, 1),
                              .done = stmt_column_int(s, 3) != 0,
                              .bytes = arena_copy(a, stmt_column_blob(s, 2))};
  return out->bytes.ptr ? ERR_OK : ERR_NO_MEMORY;
}

err orders_load(struct store *store, const struct id *device, struct arena *a, struct store_order **out,
                size_t *count) {
  struct stmt *s;
  size_t cap = 0;
  bool there;
  *out = NULL;
  *count = 0;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT number, kind, bytes, EXISTS(SELECT 1 FROM device_ack a WHERE a.kind=2 AND "
              "a.number=o.number AND a.device=?1)"
              " FROM device_order o WHERE device=?1 ORDER BY number"));
  stmt_id(s, 1, device);
  TRY(stmt_step(s, &there));
  while (there) {
    struct store_order *list = arena_room(a, *out, &cap, *count, sizeof *list);
    err e = list ? read_order(s, device, a, &list[*count]) : ERR_NO_MEMORY;
    if (e != ERR_OK) {
      stmt_reset(s);
      return e;
    }
    *out = list;
    (*count)++;
    TRY(stmt_step(s, &there));
  }
  return ERR_OK;
}

err devices_behind(struct store *store, uint64_t manifest, uint64_t *out) {
  struct stmt *s;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT count(*) FROM device_key k WHERE k.manifest<?1 AND NOT EXISTS(SELECT 1 FROM device_order o "
      "JOIN device_ack a ON a.kind=2 AND a.number=o.number AND a.device=o.device"
      " WHERE o.device=k.device AND o.kind=2)"));
  stmt_int(s, 1, (int64_t)manifest);
  TRY(stmt_one(s));
  *out = (uint64_t)stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}
