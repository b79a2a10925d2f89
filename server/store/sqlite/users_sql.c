/* users_sql.c: people who sign in at the office, and their browser sessions. */
#include "server/store/sqlite/sqlite_store.h"

static void copy_name(char out[101], struct slice text) {
  size_t len = text.len < 100 ? text.len : 100;
  bytes_copy(out, text.ptr, len);
  out[len] = 0;
}

static err copy_fixed(uint8_t *out, size_t len, struct slice bytes) {
  if (bytes.len != len) return ERR_CORRUPT;
  bytes_copy(out, bytes.ptr, len);
  return ERR_OK;
}

/* ---- people ---- */

#define PERSON                                                                                               \
  "SELECT id, name, roles, salt, hash, passes, memory, wrong, wait, locked, totp, next, step, drift, "       \
  "codes, last, ended FROM person "

static err read_salt(struct stmt *s, int column, bool *has, uint8_t out[salt_bytes]) {
  *has = !stmt_column_null(s, column);
  return *has ? copy_fixed(out, salt_bytes, stmt_column_blob(s, column)) : ERR_OK;
}

static err read_codes(struct stmt *s, int column, struct store_user *out) {
  struct slice codes = stmt_column_blob(s, column);
  if (codes.len % hash_bytes || codes.len > sizeof out->codes) return ERR_CORRUPT;
  out->code_count = codes.len / hash_bytes;
  bytes_copy(out->codes, codes.ptr, codes.len);
  return ERR_OK;
}

static err read_user(struct stmt *s, struct arena *a, void *at) {
  struct store_user *out = at;
  (void)a;
  *out = (struct store_user){.roles = (uint32_t)stmt_column_int(s, 2),
                             .passes = (uint32_t)stmt_column_int(s, 5),
                             .memory_kib = (uint32_t)stmt_column_int(s, 6),
                             .wrong = (uint32_t)stmt_column_int(s, 7),
                             .wait_until_ms = stmt_column_int(s, 8),
                             .locked = stmt_column_int(s, 9) != 0,
                             .totp_step = (uint64_t)stmt_column_int(s, 12),
                             .totp_drift = (int32_t)stmt_column_int(s, 13),
                             .last_ms = stmt_column_int(s, 15),
                             .ended_ms = stmt_column_int(s, 16)};
  (void)stmt_column_id(s, 0, &out->id);
  copy_name(out->name, stmt_column_text(s, 1));
  TRY(copy_fixed(out->salt, salt_bytes, stmt_column_blob(s, 3)));
  TRY(copy_fixed(out->hash, key_bytes, stmt_column_blob(s, 4)));
  TRY(read_salt(s, 10, &out->has_totp, out->totp));
  TRY(read_salt(s, 11, &out->has_next, out->next));
  return read_codes(s, 14, out);
}

static err read_one(struct stmt *s, struct store_user *out) {
  TRY(stmt_one(s));
  err e = read_user(s, NULL, out);
  stmt_reset(s);
  return e;
}

err users_load(struct store *store, struct slice name, struct store_user *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, PERSON "WHERE name=?1"));
  stmt_text(s, 1, name);
  return read_one(s, out);
}

err users_load_id(struct store *store, const struct id *id, struct store_user *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, PERSON "WHERE id=?1"));
  stmt_id(s, 1, id);
  return read_one(s, out);
}

err users_list(struct store *store, struct arena *a, struct store_user **out, size_t *count) {
  struct stmt *s;
  err e = ERR_OK;
  TRY(db_stmt(sqlite_of(store)->db, &s, PERSON "ORDER BY ended<>0, name"));
  *out = read_list(&e, s, sizeof **out, read_user, a, count);
  return e;
}

/* Who has the name already stays: one account never takes the place of another. */
err users_save(struct store *store, const struct store_user *u) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "INSERT INTO person(id, name, roles, salt, hash, passes, memory, wrong, wait, "
              "locked, totp, next, step, drift, codes, last, ended) "
              "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
              " ON CONFLICT(id) DO UPDATE SET name=excluded.name, roles=excluded.roles, salt=excluded.salt, "
              "hash=excluded.hash, passes=excluded.passes, memory=excluded.memory, wrong=excluded.wrong, "
              "wait=excluded.wait, locked=excluded.locked, totp=excluded.totp, next=excluded.next, "
              "step=excluded.step, drift=excluded.drift, codes=excluded.codes, last=excluded.last, "
              "ended=excluded.ended"));
  stmt_id(s, 1, &u->id);
  stmt_text(s, 2, slice_text(u->name));
  stmt_int(s, 3, u->roles);
  stmt_blob(s, 4, slice_of(u->salt, salt_bytes));
  stmt_blob(s, 5, slice_of(u->hash, key_bytes));
  stmt_int(s, 6, u->passes);
  stmt_int(s, 7, u->memory_kib);
  stmt_int(s, 8, u->wrong);
  stmt_int(s, 9, u->wait_until_ms);
  stmt_int(s, 10, u->locked);
  if (u->has_totp) stmt_blob(s, 11, slice_of(u->totp, salt_bytes));
  if (u->has_next) stmt_blob(s, 12, slice_of(u->next, salt_bytes));
  stmt_int(s, 13, (int64_t)u->totp_step);
  stmt_int(s, 14, u->totp_drift);
  stmt_blob(s, 15, slice_of(u->codes, u->code_count * hash_bytes));
  stmt_int(s, 16, u->last_ms);
  stmt_int(s, 17, u->ended_ms);
  return stmt_run(s);
}

/* ---- sign-ins ---- */

err logins_save(struct store *store, const struct store_login *l) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "INSERT INTO login(cookie, person, name, roles, csrf, expires, seen, limited) VALUES(?1, ?2, "
              "?3, ?4, ?5, ?6, ?7, ?8)"));
  stmt_blob(s, 1, slice_of(l->cookie_hash, hash_bytes));
  stmt_id(s, 2, &l->user);
  stmt_text(s, 3, slice_text(l->user_name));
  stmt_int(s, 4, l->roles);
  stmt_blob(s, 5, slice_of(l->csrf, sizeof l->csrf));
  stmt_int(s, 6, l->expires_ms);
  stmt_int(s, 7, l->seen_ms);
  stmt_int(s, 8, l->limited);
  return stmt_run(s);
}

static err read_login(struct stmt *s, struct store_login *out) {
  (void)stmt_column_id(s, 0, &out->user);
  copy_name(out->user_name, stmt_column_text(s, 1));
  out->roles = (uint32_t)stmt_column_int(s, 2);
  out->expires_ms = stmt_column_int(s, 4);
  out->seen_ms = stmt_column_int(s, 5);
  out->limited = stmt_column_int(s, 6) != 0;
  return copy_fixed(out->csrf, sizeof out->csrf, stmt_column_blob(s, 3));
}

err logins_load(struct store *store, const uint8_t cookie_hash[hash_bytes], struct store_login *out) {
  struct stmt *s;
  *out = (struct store_login){.roles = 0};
  bytes_copy(out->cookie_hash, cookie_hash, hash_bytes);
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT person, name, roles, csrf, expires, seen, limited FROM login WHERE cookie=?1"));
  stmt_blob(s, 1, slice_of(cookie_hash, hash_bytes));
  TRY(stmt_one(s));
  err e = read_login(s, out);
  stmt_reset(s);
  return e;
}

err logins_touch(struct store *store, const struct store_login *l) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "UPDATE login SET seen=?2, limited=?3 WHERE cookie=?1"));
  stmt_blob(s, 1, slice_of(l->cookie_hash, hash_bytes));
  stmt_int(s, 2, l->seen_ms);
  stmt_int(s, 3, l->limited);
  return stmt_run(s);
}

err logins_remove(struct store *store, const uint8_t cookie_hash[hash_bytes]) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "DELETE FROM login WHERE cookie=?1"));
  stmt_blob(s, 1, slice_of(cookie_hash, hash_bytes));
  return stmt_run(s);
}

err logins_end(struct store *store, const struct id *user, const uint8_t *except) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "DELETE FROM login WHERE person=?1 AND (?2 IS NULL OR cookie<>?2)"));
  stmt_id(s, 1, user);
  if (except) stmt_blob(s, 2, slice_of(except, hash_bytes));
  return stmt_run(s);
}

err logins_sweep(struct store *store, int64_t now_ms) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "DELETE FROM login WHERE expires<=?1 OR seen<=?2"));
  stmt_int(s, 1, now_ms);
  stmt_int(s, 2, now_ms - office_idle_ms_max);
  return stmt_run(s);
}

/* ---- what is a partner's own ---- */

err partner_activities(struct store *store, const struct id *person, struct arena *a, struct id **out,
                       size_t *count) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT activity FROM person_activity WHERE person=?1 ORDER BY activity"));
  stmt_id(s, 1, person);
  return read_ids(s, a, out, count);
}

err partner_give(struct store *store, const struct id *person, const struct id *activity) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "INSERT OR IGNORE INTO person_activity(person, activity) VALUES(?1, ?2)"));
  stmt_id(s, 1, person);
  stmt_id(s, 2, activity);
  return stmt_run(s);
}

err partner_forget(struct store *store, const struct id *person) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "DELETE FROM person_activity WHERE person=?1"));
  stmt_id(s, 1, person);
  return stmt_run(s);
}
