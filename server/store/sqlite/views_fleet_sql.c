/* views_fleet_sql.c: how the devices stand: heard when, how far behind, what of theirs waits and since when.
 */
#include "server/core/views_fleet.h"
#include "server/store/sqlite/views.h"

_Static_assert(RECEIPT_HELD == 3 && QUARANTINE_WAITS == 1 && ENUM_device_status_revoked == 2, "as in SQL");

#define HELD "FROM bundle b JOIN chain h ON h.no=b.chain WHERE h.device=k.device AND b.status=3"
#define QUARANTINED                                                                                          \
  "FROM quarantine x JOIN bundle b ON b.no=x.bundle JOIN chain h ON h.no=b.chain WHERE h.device=k.device "   \
  "AND x.state=1"

static err read_device(struct stmt *s, struct arena *a, void *into) {
  struct view_fleet_device *out = into;
  int64_t held = stmt_column_int(s, 7), quarantined = stmt_column_int(s, 9);
  *out = (struct view_fleet_device){.last_contact_ms = stmt_column_int(s, 3),
                                    .last_receipt_ms = stmt_column_int(s, 4),
                                    .skew_ms = stmt_column_int(s, 5),
                                    .behind = (uint64_t)stmt_column_int(s, 6),
                                    .waiting = (uint32_t)stmt_column_int(s, 8),
                                    .waiting_since_ms =
                                        held && (!quarantined || held < quarantined) ? held : quarantined};
  (void)stmt_column_id(s, 0, &out->id);
  TRY(column_text(s, 1, a, &out->name));
  return column_text(s, 2, a, &out->program);
}

/* What a device is called, and whether it was revoked, is its row's to say. */
static err read_fleet(struct sqlite_store *q, struct arena *a, struct view_fleet_device **out,
                      size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(q->db, &s,
              "SELECT k.device, coalesce(d.name, k.name), k.program, k.contact, k.receipt, k.skew, "
              "coalesce((SELECT max(0, "
              "n.sealed-c.seq) "
              "FROM device_note n JOIN chain c ON c.device=n.device AND c.incarnation=n.incarnation WHERE "
              "n.device=k.device), 0), coalesce((SELECT min(b.received) " HELD "), 0), (SELECT count(*) " HELD
              ")+(SELECT count(*) " QUARANTINED "), coalesce((SELECT min(b.received) " QUARANTINED
              "), 0) FROM device_key k LEFT JOIN device d ON d.id=k.device WHERE "
              "coalesce(d.status, k.status)<>2 ORDER BY 2, k.device"));
  *out = read_list(&e, s, sizeof **out, read_device, a, count);
  return e;
}

err views_fleet(struct store *store, struct arena *a, struct view_fleet_device **out, size_t *count) {
  TRY(store->ops->begin_read(store));
  err e = read_fleet(sqlite_of(store), a, out, count);
  store->ops->rollback(store);
  return e;
}
