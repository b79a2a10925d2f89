/* devices_sql.c: devices, their counter sequences, and the tokens that become devices. */
#include "server/store/sqlite/sqlite_store.h"

static void copy_text(char *out, size_t size, struct slice text) {
  size_t len = text.len < size ? text.len : size - 1;
  bytes_copy(out, text.ptr, len);
  out[len] = 0;
}

static err copy_fixed(uint8_t *out, size_t len, struct slice bytes) {
  if (bytes.len != len) return ERR_CORRUPT;
  bytes_copy(out, bytes.ptr, len);
  return ERR_OK;
}

static err read_device(struct stmt *s, struct store_device *out) {
  *out = (struct store_device){.kind = (uint8_t)stmt_column_int(s, 2),
                               .status = (uint8_t)stmt_column_int(s, 3),
                               .incarnation = (uint32_t)stmt_column_int(s, 6),
                               .enrolled_ms = stmt_column_int(s, 7),
                               .last_contact_ms = stmt_column_int(s, 8),
                               .last_receipt_ms = stmt_column_int(s, 9),
                               .skew_ms = stmt_column_int(s, 10),
                               .manifest = (uint64_t)stmt_column_int(s, 13)};
  if (!stmt_column_id(s, 0, &out->id)) return ERR_CORRUPT;
  copy_text(out->name, sizeof out->name, stmt_column_text(s, 1));
  TRY(copy_fixed(out->sign_public, key_bytes, stmt_column_blob(s, 4)));
  TRY(copy_fixed(out->noise_public, key_bytes, stmt_column_blob(s, 5)));
  copy_text(out->program, sizeof out->program, stmt_column_text(s, 11));
  copy_text(out->digits, sizeof out->digits, stmt_column_text(s, 12));
  return ERR_OK;
}

/* The office renames, revokes and readmits by the schema's row, which is merged and has a history. */
err device_load(struct store *store, const struct id *device, struct store_device *out) {
  struct stmt *s;
  struct store_chain chain;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT k.device, coalesce(d.name, k.name), coalesce(d.kind, k.kind), coalesce(d.status, "
              "k.status), k.sign, k.noise, k.incarnation,"
              " k.enrolled, k.contact, k.receipt, k.skew, k.program, k.digits, k.manifest FROM device_key k "
              "LEFT JOIN "
              "device d ON d.id=k.device WHERE k.device=?1"));
  stmt_id(s, 1, device);
  TRY(stmt_one(s));
  err e = read_device(s, out);
  stmt_reset(s);
  TRY(e);
  TRY(chain_load(store, device, out->incarnation, &chain));
  out->seq = chain.seq;
  bytes_copy(out->hash, chain.hash, hash_bytes);
  return ERR_OK;
}

/* `seq` and `hash` belong to the chain; name, kind and status of a known device to its row. An incarnation
 * only rises. */
err device_save(struct store *store, const struct store_device *d) {
  struct stmt *s;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "INSERT INTO device_key(device, name, kind, status, sign, noise, incarnation, enrolled, contact,"
      " receipt, skew, program, digits, manifest)"
      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
      " ON CONFLICT(device) DO UPDATE SET sign=excluded.sign, noise=excluded.noise,"
      " incarnation=max(incarnation, excluded.incarnation), enrolled=excluded.enrolled,"
      " contact=max(contact, excluded.contact), receipt=max(receipt, excluded.receipt),"
      " skew=excluded.skew, program=excluded.program, digits=excluded.digits, manifest=max(manifest, "
      "excluded.manifest)"));
  stmt_id(s, 1, &d->id);
  stmt_text(s, 2, slice_text(d->name));
  stmt_int(s, 3, d->kind);
  stmt_int(s, 4, d->status);
  stmt_blob(s, 5, slice_of(d->sign_public, key_bytes));
  stmt_blob(s, 6, slice_of(d->noise_public, key_bytes));
  stmt_int(s, 7, d->incarnation);
  stmt_int(s, 8, d->enrolled_ms);
  stmt_int(s, 9, d->last_contact_ms);
  stmt_int(s, 10, d->last_receipt_ms);
  stmt_int(s, 11, d->skew_ms);
  stmt_text(s, 12, slice_text(d->program));
  stmt_text(s, 13, slice_text(d->digits));
  stmt_int(s, 14, (int64_t)d->manifest);
  return stmt_run(s);
}

err chain_load(struct store *store, const struct id *device, uint32_t incarnation, struct store_chain *out) {
  struct stmt *s;
  bool there;
  *out = (struct store_chain){.device = *device, .incarnation = incarnation};
  TRY(db_stmt(sqlite_of(store)->db, &s, "SELECT seq, hash FROM chain WHERE device=?1 AND incarnation=?2"));
  stmt_id(s, 1, device);
  stmt_int(s, 2, incarnation);
  TRY(stmt_step(s, &there));
  if (!there) return ERR_OK;
  out->seq = (uint64_t)stmt_column_int(s, 0);
  err e = copy_fixed(out->hash, hash_bytes, stmt_column_blob(s, 1));
  stmt_reset(s);
  return e;
}

err chain_save(struct store *store, const struct store_chain *c) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "INSERT INTO chain(device, incarnation, seq, hash) VALUES(?1, ?2, ?3, ?4)"
              " ON CONFLICT(device, incarnation) DO UPDATE SET seq=excluded.seq, hash=excluded.hash"));
  stmt_id(s, 1, &c->device);
  stmt_int(s, 2, c->incarnation);
  stmt_int(s, 3, (int64_t)c->seq);
  stmt_blob(s, 4, slice_of(c->hash, hash_bytes));
  return stmt_run(s);
}

static err read_token(struct stmt *s, struct store_token *out) {
  struct slice staff = stmt_column_blob(s, 3);
  if (staff.len % id_bytes || staff.len / id_bytes > staff_on_device_max) return ERR_CORRUPT;
  TRY(copy_fixed(out->psk, key_bytes, stmt_column_blob(s, 0)));
  copy_text(out->name, sizeof out->name, stmt_column_text(s, 1));
  out->kind = (uint8_t)stmt_column_int(s, 2);
  out->staff_count = staff.len / id_bytes;
  bytes_copy(out->staff, staff.ptr, staff.len);
  out->expires_ms = stmt_column_int(s, 4);
  (void)stmt_column_id(s, 5, &out->used_by);
  return ERR_OK;
}

err token_load(struct store *store, const struct id *token, struct store_token *out) {
  struct stmt *s;
  *out = (struct store_token){.id = *token};
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT psk, name, kind, staff, expires, used FROM token WHERE id=?1"));
  stmt_id(s, 1, token);
  TRY(stmt_one(s));
  err e = read_token(s, out);
  stmt_reset(s);
  return e;
}

err token_save(struct store *store, const struct store_token *t) {
  struct stmt *s;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "INSERT INTO token(id, psk, name, kind, staff, expires, used) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"
      " ON CONFLICT(id) DO UPDATE SET used=excluded.used"));
  stmt_id(s, 1, &t->id);
  stmt_blob(s, 2, slice_of(t->psk, key_bytes));
  stmt_text(s, 3, slice_text(t->name));
  stmt_int(s, 4, t->kind);
  stmt_blob(s, 5, slice_of(t->staff, t->staff_count * id_bytes));
  stmt_int(s, 6, t->expires_ms);
  stmt_id(s, 7, id_is_zero(&t->used_by) ? NULL : &t->used_by);
  return stmt_run(s);
}
