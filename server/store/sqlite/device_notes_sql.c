/* device_notes_sql.c: what a device told of itself, and how often it was repaired. */
#include "server/store/sqlite/sqlite_store.h"

/* A device that began anew under a later incarnation has sealed nothing of it yet. */
err device_sealed(struct store *store, const struct id *device, uint32_t incarnation, uint64_t seq) {
  struct stmt *s;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "INSERT INTO device_note(device, incarnation, sealed) VALUES(?1, ?2, ?3) ON CONFLICT(device) DO "
      "UPDATE SET sealed=CASE WHEN excluded.incarnation=incarnation THEN max(sealed, excluded.sealed) "
      "ELSE excluded.sealed END, incarnation=excluded.incarnation WHERE "
      "excluded.incarnation>=incarnation"));
  stmt_id(s, 1, device);
  stmt_int(s, 2, incarnation);
  stmt_int(s, 3, (int64_t)seq);
  return stmt_run(s);
}

err device_repaired(struct store *store, const struct id *device, bool restarted) {
  struct stmt *s;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "INSERT INTO device_note(device, repairs, restarts) VALUES(?1, ?2, ?3) ON CONFLICT(device) DO UPDATE "
      "SET repairs=repairs+excluded.repairs, restarts=restarts+excluded.restarts"));
  stmt_id(s, 1, device);
  stmt_int(s, 2, !restarted);
  stmt_int(s, 3, restarted);
  return stmt_run(s);
}

err device_note_load(struct store *store, const struct id *device, struct store_device_note *out) {
  struct stmt *s;
  bool there;
  *out = (struct store_device_note){.sealed = 0};
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT incarnation, sealed, repairs, restarts FROM device_note WHERE device=?1"));
  stmt_id(s, 1, device);
  TRY(stmt_step(s, &there));
  if (there)
    *out = (struct store_device_note){.incarnation = (uint32_t)stmt_column_int(s, 0),
                                      .sealed = (uint64_t)stmt_column_int(s, 1),
                                      .repairs = (uint32_t)stmt_column_int(s, 2),
                                      .restarts = (uint32_t)stmt_column_int(s, 3)};
  stmt_reset(s);
  return ERR_OK;
}
