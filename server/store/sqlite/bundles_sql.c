/* bundles_sql.c: bundles and their receipts, and what of them waits for the office. */
#include "server/store/sqlite/sqlite_store.h"

static err copy_blob(struct stmt *s, int column, struct arena *a, struct slice *out) {
  *out = (struct slice){NULL, 0};
  struct slice blob = stmt_column_blob(s, column);
  if (blob.len == 0) return ERR_OK;
  *out = arena_copy(a, blob);
  return out->ptr ? ERR_OK : ERR_NO_MEMORY;
}

static err read_bundle(struct stmt *s, struct arena *a, struct store_bundle *out) {
  struct slice hash = stmt_column_blob(s, 0);
  int64_t status = stmt_column_int(s, 1);
  if (hash.len != hash_bytes || status < RECEIPT_APPLIED || status > RECEIPT_REFUSED) return ERR_CORRUPT;
  bytes_copy(out->hash, hash.ptr, hash_bytes);
  out->status = (enum receipt_status)status;
  out->received_ms = stmt_column_int(s, 2);
  TRY(copy_blob(s, 3, a, &out->receipt));
  return copy_blob(s, 4, a, &out->raw);
}

err bundle_load(struct store *store, const struct id *device, uint32_t incarnation, uint64_t seq,
                struct arena *a, struct store_bundle *out) {
  struct stmt *s;
  *out = (struct store_bundle){.device = *device, .incarnation = incarnation, .seq = seq};
  if (seq > INT64_MAX) return ERR_NOT_FOUND;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT hash, status, received, receipt, raw, coalesce(reissued, 0), no FROM bundle"
              " WHERE chain=(SELECT no FROM chain WHERE device=?1 AND incarnation=?2) AND seq=?3"));
  stmt_id(s, 1, device);
  stmt_int(s, 2, incarnation);
  stmt_int(s, 3, (int64_t)seq);
  TRY(stmt_one(s));
  err e = read_bundle(s, a, out);
  out->reissued = (uint64_t)stmt_column_int(s, 5);
  out->number = (uint64_t)stmt_column_int(s, 6);
  stmt_reset(s);
  return e;
}

/* Of one that came before the time, or whose turn it is, or whose device went on under a later incarnation,
 * the first of its sequence: its successors wait for it. */
err bundle_held(struct store *store, const struct store_patience *until, const struct id *device,
                uint64_t *after, struct arena *a, struct store_bundle *out) {
  struct stmt *s;
  *out = (struct store_bundle){.seq = 0};
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT b.hash, b.status, b.received, b.receipt, b.raw, c.device, c.incarnation, b.seq, f.no FROM "
      "(SELECT h.no, h.chain FROM bundle h JOIN chain k ON k.no=h.chain WHERE h.status=3 AND "
      "(h.received<?1 OR h.seq=k.seq+1 OR EXISTS(SELECT 1 FROM chain l JOIN bundle o ON o.chain=l.no WHERE "
      "l.device=k.device AND l.incarnation>k.incarnation AND o.seq=1 AND o.received<?4)) AND (?2 IS NULL OR "
      "k.device=?2) AND h.no>?3 ORDER BY h.no LIMIT 1) f "
      "JOIN bundle b ON b.chain=f.chain JOIN chain c ON c.no=b.chain WHERE b.status=3 ORDER BY b.seq LIMIT "
      "1"));
  stmt_int(s, 1, until->came_ms);
  stmt_int(s, 4, until->renamed_ms);
  if (device)
    stmt_id(s, 2, device);
  else
    stmt_null(s, 2);
  stmt_int(s, 3, (int64_t)*after);
  TRY(stmt_one(s));
  err e = read_bundle(s, a, out);
  *after = (uint64_t)stmt_column_int(s, 8);
  (void)stmt_column_id(s, 5, &out->device);
  out->incarnation = (uint32_t)stmt_column_int(s, 6);
  out->seq = (uint64_t)stmt_column_int(s, 7);
  stmt_reset(s);
  return e;
}

err bundle_save(struct store *store, const struct store_bundle *b, uint64_t *number_out) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  int64_t chain;
  TRY(chain_number(q, &b->device, b->incarnation, &chain));
  TRY(db_stmt(q->db, &s,
              "INSERT INTO bundle(chain, seq, hash, status, received, receipt, raw, intake, epoch) "
              "VALUES(?1, ?2, ?3, ?4, "
              "?5, ?6, ?7, ?9, ?10)"
              " ON CONFLICT(chain, seq) DO UPDATE SET status=excluded.status, receipt=excluded.receipt, "
              "raw=excluded.raw, epoch=excluded.epoch, reissued=?8 RETURNING no"));
  stmt_int(s, 1, chain);
  stmt_int(s, 2, (int64_t)b->seq);
  stmt_blob(s, 3, slice_of(b->hash, hash_bytes));
  stmt_int(s, 4, (int64_t)b->status);
  stmt_int(s, 5, b->received_ms);
  stmt_blob(s, 6, b->receipt);
  if (b->raw.len)
    stmt_blob(s, 7, b->raw);
  else
    stmt_null(s, 7);
  stmt_int(s, 8, (int64_t)b->reissued);
  stmt_int(s, 9, b->intake);
  stmt_int(s, 10, b->epoch);
  TRY(stmt_one(s));
  *number_out = (uint64_t)stmt_column_int(s, 0);
  return stmt_run(s);
}

/* Bytes that an erasure sealed again need a later key than the one that is noted, so all later ones are
 * needed with it. */
err bundles_sealed_to(struct store *store, uint32_t intake, int64_t since_ms, uint64_t *waiting_out,
                      uint64_t *recent_out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT coalesce(sum(b.status=3 OR EXISTS(SELECT 1 FROM quarantine q WHERE q.bundle=b.no AND "
              "q.state=1)), 0), coalesce(sum(b.received>=?2), 0) FROM bundle b WHERE b.intake<=?1"));
  stmt_int(s, 1, intake);
  stmt_int(s, 2, since_ms);
  TRY(stmt_one(s));
  *waiting_out = (uint64_t)stmt_column_int(s, 0);
  *recent_out = (uint64_t)stmt_column_int(s, 1);
  stmt_reset(s);
  return ERR_OK;
}

err bundle_raw(struct store *store, uint64_t after, struct arena *a, struct store_bundle *out,
               uint64_t *number_out) {
  struct stmt *s;
  *out = (struct store_bundle){.seq = 0};
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT b.hash, b.status, b.received, b.receipt, b.raw, c.device, c.incarnation, b.seq, b.no "
              "FROM bundle b JOIN chain c ON c.no=b.chain WHERE b.no>?1 AND b.raw IS NOT NULL ORDER BY b.no "
              "LIMIT 1"));
  stmt_int(s, 1, (int64_t)after);
  TRY(stmt_one(s));
  err e = read_bundle(s, a, out);
  (void)stmt_column_id(s, 5, &out->device);
  out->incarnation = (uint32_t)stmt_column_int(s, 6);
  out->seq = (uint64_t)stmt_column_int(s, 7);
  *number_out = (uint64_t)stmt_column_int(s, 8);
  stmt_reset(s);
  return e;
}

err bundle_raw_save(struct store *store, uint64_t number, struct slice raw) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "UPDATE bundle SET raw=?2 WHERE no=?1"));
  stmt_int(s, 1, (int64_t)number);
  stmt_blob(s, 2, raw);
  return stmt_run(s);
}

/* ---- receipts that were signed anew ---- */

static err read_receipt(struct stmt *s, struct arena *a, void *out) { return copy_blob(s, 0, a, out); }

err receipts_reissued(struct store *store, const struct id *device, uint64_t after, size_t max,
                      struct arena *a, struct slice **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT b.receipt FROM bundle b JOIN chain c ON c.no=b.chain WHERE b.reissued>?1 AND "
              "c.device=?2 ORDER BY b.reissued LIMIT ?3"));
  stmt_int(s, 1, (int64_t)after);
  stmt_id(s, 2, device);
  stmt_int(s, 3, (int64_t)max);
  *out = read_list(&e, s, sizeof **out, read_receipt, a, count);
  return e;
}

err receipts_since_epoch(struct store *store, const struct id *device, const struct chain_ref *told,
                         size_t max, struct arena *a, struct slice **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT b.receipt FROM bundle b JOIN chain c ON c.no=b.chain WHERE c.device=?1 AND c.incarnation=?2 "
      "AND b.epoch>?3 ORDER BY b.no LIMIT ?4"));
  stmt_id(s, 1, device);
  stmt_int(s, 2, told->incarnation);
  stmt_int(s, 3, told->epoch);
  stmt_int(s, 4, (int64_t)max);
  *out = read_list(&e, s, sizeof **out, read_receipt, a, count);
  return e;
}
