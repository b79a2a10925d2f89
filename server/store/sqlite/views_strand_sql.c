/* views_strand_sql.c: what would be stranded if a device were revoked or lost now: work that has not come,
 * work that waits, erasures it has not confirmed, activities that nobody else's device serves. */
#include "server/store/sqlite/views.h"

enum { day_ms = 86400000 };

static err count_of(struct sqlite_store *q, const char *sql, const struct id *device, int64_t n,
                    uint32_t *out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, sql));
  stmt_id(s, 1, device);
  stmt_int(s, 2, n);
  TRY(stmt_one(s));
  *out = (uint32_t)stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

/* What the device said it has sealed when it was last here; what it has sealed since nobody knows. */
static err count_work(struct sqlite_store *q, const struct id *device, struct view_strand *out) {
  struct store_device_note note;
  struct store_chain chain;
  uint32_t ahead;
  TRY(device_note_load(&q->base, device, &note));
  TRY(chain_load(&q->base, device, note.incarnation, &chain));
  TRY(count_of(
      q,
      "SELECT count(*) FROM bundle b JOIN chain c ON c.no=b.chain WHERE c.device=?1 AND c.incarnation=?2 "
      "AND b.seq>c.seq",
      device, note.incarnation, &ahead));
  uint64_t behind = note.sealed > chain.seq ? note.sealed - chain.seq : 0;
  out->unreceived = behind > ahead ? behind - ahead : 0;
  TRY(count_of(q,
               "SELECT count(*) FROM bundle b JOIN chain c ON c.no=b.chain WHERE c.device=?1 AND b.status=?2",
               device, RECEIPT_HELD, &out->held));
  return count_of(
      q,
      "SELECT count(*) FROM quarantine x JOIN bundle b ON b.no=x.bundle JOIN chain c ON c.no=b.chain "
      "WHERE c.device=?1 AND x.state=?2",
      device, QUARANTINE_WAITS, &out->quarantined);
}

static err count_erasures(struct sqlite_store *q, const struct id *device, struct view_strand *out) {
  return count_of(
      q,
      "SELECT count(*) FROM erasure e JOIN device_key k ON k.device=?1 WHERE k.enrolled<=e.at AND NOT "
      "EXISTS (SELECT 1 FROM device_ack x WHERE x.kind=?2 AND x.number=e.number AND x.device=?1)",
      device, ACK_ERASED, &out->erasures);
}

/* Of two devices that would serve an activity, one that is revoked serves nothing. */
static err read_alone(struct sqlite_store *q, const struct id *device, int32_t today, struct arena *a,
                      struct view_strand *out) {
  struct stmt *s;
  TRY(db_stmt(
      q->db, &s,
      "SELECT DISTINCT v.name FROM device_staff d JOIN staff s ON s.id=d.staff JOIN grant_ g ON "
      "g.staff=d.staff "
      "JOIN activity v ON v.id=g.activity WHERE d.device=?1 AND d.starts<=?2 AND (d.ends IS NULL OR "
      "d.ends>?2) AND "
      "g.starts<=?2 AND (g.ends IS NULL OR g.ends>?2) AND coalesce(s.status, 1)=1 AND NOT EXISTS (SELECT 1 "
      "FROM "
      "grant_ h JOIN device_staff e ON e.staff=h.staff JOIN staff t ON t.id=e.staff LEFT JOIN device w ON "
      "w.id=e.device WHERE h.activity=g.activity AND e.device<>?1 AND e.starts<=?2 AND (e.ends IS NULL OR "
      "e.ends>?2) AND h.starts<=?2 AND (h.ends IS NULL OR h.ends>?2) AND coalesce(t.status, 1)=1 AND "
      "coalesce(w.status, 1)=1) ORDER BY v.name"));
  stmt_id(s, 1, device);
  stmt_int(s, 2, today);
  return view_texts(s, a, session_streams_max, &out->alone, &out->alone_count);
}

static err read(struct sqlite_store *q, const struct id *device, const struct now *now, struct arena *a,
                struct view_strand *out) {
  int32_t today, minute;
  uk_civil(now->wall_ms, &today, &minute);
  *out = (struct view_strand){.held = 0};
  TRY(device_load(&q->base, device, &out->device));
  int64_t away = now->wall_ms - out->device.last_contact_ms;
  out->days_away = away > 0 ? (uint32_t)(away / day_ms) : 0;
  TRY(count_work(q, device, out));
  TRY(count_erasures(q, device, out));
  return read_alone(q, device, today, a, out);
}

err views_strand(struct store *store, const struct id *device, const struct now *now, struct arena *a,
                 struct view_strand *out) {
  TRY(store->ops->begin_read(store));
  err e = read(sqlite_of(store), device, now, a, out);
  store->ops->rollback(store);
  return e;
}
