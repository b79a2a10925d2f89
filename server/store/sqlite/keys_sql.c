/* keys_sql.c: keys of a hub's own scripts, by their hashes. */
#include "server/store/sqlite/sqlite_store.h"

static err read_key(struct stmt *s, struct arena *a, void *at) {
  struct store_key *out = at;
  struct slice hash = stmt_column_blob(s, 1), name = stmt_column_text(s, 2);
  (void)a;
  *out = (struct store_key){.roles = (uint32_t)stmt_column_int(s, 3),
                            .created_ms = stmt_column_int(s, 4),
                            .revoked_ms = stmt_column_int(s, 5)};
  if (!stmt_column_id(s, 0, &out->id) || hash.len != hash_bytes || name.len >= sizeof out->name)
    return ERR_CORRUPT;
  bytes_copy(out->hash, hash.ptr, hash_bytes);
  bytes_copy(out->name, name.ptr, name.len);
  return ERR_OK;
}

err keys_save(struct store *store, const struct store_key *k) {
  struct stmt *s;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "INSERT INTO api_key(id, hash, name, roles, created, revoked) VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON "
      "CONFLICT(id) DO UPDATE SET revoked=excluded.revoked"));
  stmt_id(s, 1, &k->id);
  stmt_blob(s, 2, slice_of(k->hash, hash_bytes));
  stmt_text(s, 3, slice_text(k->name));
  stmt_int(s, 4, k->roles);
  stmt_int(s, 5, k->created_ms);
  stmt_int(s, 6, k->revoked_ms);
  return stmt_run(s);
}

err keys_load(struct store *store, const uint8_t hash[hash_bytes], struct store_key *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT id, hash, name, roles, created, revoked FROM api_key WHERE hash=?1"));
  stmt_blob(s, 1, slice_of(hash, hash_bytes));
  TRY(stmt_one(s));
  err e = read_key(s, NULL, out);
  stmt_reset(s);
  return e;
}

err keys_list(struct store *store, struct arena *a, struct store_key **out, size_t *count) {
  struct stmt *s;
  err e = ERR_OK;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT id, hash, name, roles, created, revoked FROM api_key ORDER BY revoked<>0, name, id"));
  *out = read_list(&e, s, sizeof **out, read_key, a, count);
  return e;
}
