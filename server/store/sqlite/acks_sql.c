/* acks_sql.c: which device has told that an erasure or an order is carried out. */
#include "server/store/sqlite/sqlite_store.h"

static void bind(struct stmt *s, const struct ack *ack) {
  stmt_int(s, 1, (int64_t)ack->kind);
  stmt_int(s, 2, (int64_t)ack->number);
}

err ack_save(struct store *store, const struct id *device, const struct ack *ack, int64_t received_ms) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "INSERT INTO device_ack(kind, number, device, received) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO "
              "NOTHING"));
  bind(s, ack);
  stmt_id(s, 3, device);
  stmt_int(s, 4, received_ms);
  return stmt_run(s);
}

err ack_load(struct store *store, const struct id *device, const struct ack *ack, struct store_ack *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT received FROM device_ack WHERE kind=?1 AND number=?2 AND device=?3"));
  bind(s, ack);
  stmt_id(s, 3, device);
  TRY(stmt_one(s));
  *out = (struct store_ack){.device = *device, .ack = *ack, .received_ms = stmt_column_int(s, 0)};
  stmt_reset(s);
  return ERR_OK;
}

err acks_read(struct store *store, const struct ack *ack, struct arena *a, struct store_ack **out,
              size_t *count) {
  struct stmt *s;
  size_t cap = 0;
  bool there;
  *out = NULL;
  *count = 0;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT device, received FROM device_ack WHERE kind=?1 AND number=?2 ORDER BY device"));
  bind(s, ack);
  TRY(stmt_step(s, &there));
  while (there) {
    struct store_ack *list = arena_room(a, *out, &cap, *count, sizeof *list);
    if (!list) {
      stmt_reset(s);
      return ERR_NO_MEMORY;
    }
    *out = list;
    list[*count] = (struct store_ack){.ack = *ack, .received_ms = stmt_column_int(s, 1)};
    (void)stmt_column_id(s, 0, &list[*count].device);
    (*count)++;
    TRY(stmt_step(s, &there));
  }
  return ERR_OK;
}
