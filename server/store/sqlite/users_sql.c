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

static err read_user(struct stmt *s, struct store_user *out) {
  *out = (struct store_user){.roles = (uint32_t)stmt_column_int(s, 2),
                             .passes = (uint32_t)stmt_column_int(s, 5),
                             .memory_kib = (uint32_t)stmt_column_int(s, 6),
                             .wrong = (uint32_t)stmt_column_int(s, 7),
                             .wait_until_ms = stmt_column_int(s, 8),
                             .locked = stmt_column_int(s, 9) != 0};
  (void)stmt_column_id(s, 0, &out->id);
  copy_name(out->name, stmt_column_text(s, 1));
  TRY(copy_fixed(out->salt, salt_bytes, stmt_column_blob(s, 3)));
  return copy_fixed(out->hash, key_bytes, stmt_column_blob(s, 4));
}

err users_load(struct store *store, struct slice name, struct store_user *out) {
  struct stmt *s;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT id, name, roles, salt, hash, passes, memory, wrong, wait, locked FROM person WHERE name=?1"));
  stmt_text(s, 1, name);
  TRY(stmt_one(s));
  err e = read_user(s, out);
  stmt_reset(s);
  return e;
}

err users_save(struct store *store, const struct store_user *u) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "INSERT INTO person(id, name, roles, salt, hash, passes, memory, wrong, wait, locked) "
              "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
              " ON CONFLICT(id) DO UPDATE SET name=excluded.name, roles=excluded.roles, salt=excluded.salt, "
              "hash=excluded.hash, passes=excluded.passes,"
              " memory=excluded.memory, wrong=excluded.wrong, wait=excluded.wait, locked=excluded.locked"));
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
  return stmt_run(s);
}

err logins_save(struct store *store, const struct store_login *l) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "INSERT INTO login(cookie, person, name, roles, csrf, expires) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"
              " ON CONFLICT(cookie) DO UPDATE SET expires=excluded.expires"));
  stmt_blob(s, 1, slice_of(l->cookie_hash, hash_bytes));
  stmt_id(s, 2, &l->user);
  stmt_text(s, 3, slice_text(l->user_name));
  stmt_int(s, 4, l->roles);
  stmt_blob(s, 5, slice_of(l->csrf, sizeof l->csrf));
  stmt_int(s, 6, l->expires_ms);
  return stmt_run(s);
}

static err read_login(struct stmt *s, struct store_login *out) {
  (void)stmt_column_id(s, 0, &out->user);
  copy_name(out->user_name, stmt_column_text(s, 1));
  out->roles = (uint32_t)stmt_column_int(s, 2);
  out->expires_ms = stmt_column_int(s, 4);
  return copy_fixed(out->csrf, sizeof out->csrf, stmt_column_blob(s, 3));
}

err logins_load(struct store *store, const uint8_t cookie_hash[hash_bytes], struct store_login *out) {
  struct stmt *s;
  *out = (struct store_login){.roles = 0};
  bytes_copy(out->cookie_hash, cookie_hash, hash_bytes);
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT person, name, roles, csrf, expires FROM login WHERE cookie=?1"));
  stmt_blob(s, 1, slice_of(cookie_hash, hash_bytes));
  TRY(stmt_one(s));
  err e = read_login(s, out);
  stmt_reset(s);
  return e;
}

err logins_remove(struct store *store, const uint8_t cookie_hash[hash_bytes]) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "DELETE FROM login WHERE cookie=?1"));
  stmt_blob(s, 1, slice_of(cookie_hash, hash_bytes));
  return stmt_run(s);
}

err audit_add(struct store *store, int64_t now_ms, const struct id *actor, const char *action,
              const char *detail) {
  return audit_write(store, now_ms, actor, action, detail);
}
