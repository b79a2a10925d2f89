/* api_state_sql.c: every table of the hub's database, row by row, whatever tables there are. */
#include "tests/fuzz/api_state.h"

#include <stdio.h>
#include <string.h>

#include "server/store/sqlite/sqlite_store.h"

static void must(err e) { ASSERT(e == ERR_OK); }

int64_t state_writes(struct store *store) {
  struct stmt *s;
  must(db_stmt(sqlite_of(store)->db, &s, "SELECT total_changes()"));
  must(stmt_one(s));
  int64_t count = stmt_column_int(s, 0);
  stmt_reset(s);
  return count;
}

bool state_in_transaction(struct store *s) { return db_in_transaction(sqlite_of(s)->db); }

/* One value after the other, each with its length, so that none can be taken for another. */
static void put_row(struct buf *out, struct stmt *s) {
  for (int i = 0; i < stmt_column_count(s); i++) {
    struct slice v = stmt_column_blob(s, i);
    must(buf_put_u32(out, stmt_column_null(s, i) ? UINT32_MAX : (uint32_t)v.len));
    must(buf_append(out, v));
  }
}

/* The statement's text must outlive the connection, which knows it by its address. */
static void hash_table(uint8_t sum[hash_bytes], struct store *store, const char *name, char sql[64]) {
  static struct buf rows = BUF_INIT(1 << 26);
  struct stmt *s;
  bool row;
  buf_clear(&rows);
  (void)snprintf(sql, 64, "SELECT * FROM \"%s\"", name);
  must(db_stmt(sqlite_of(store)->db, &s, sql));
  for (must(stmt_step(s, &row)); row; must(stmt_step(s, &row))) put_row(&rows, s);
  const struct slice part = buf_slice(&rows);
  crypto_hash(sum, "tests.state", &part, 1);
}

void state_take(struct state *out, struct store *store) {
  static char statements[state_tables_max][64];
  struct stmt *s;
  bool row;
  *out = (struct state){.count = 0};
  must(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'sqlite_%' ORDER BY name"));
  for (must(stmt_step(s, &row)); row; must(stmt_step(s, &row))) {
    struct slice name = stmt_column_text(s, 0);
    ASSERT(out->count < state_tables_max && name.len < sizeof out->names[0]);
    bytes_copy(out->names[out->count++], name.ptr, name.len);
  }
  for (size_t i = 0; i < out->count; i++) hash_table(out->hashes[i], store, out->names[i], statements[i]);
}

static bool named(const char *const *list, const char *name) {
  for (; *list; list++)
    if (strcmp(*list, name) == 0) return true;
  return false;
}

const char *state_difference(const struct state *a, const struct state *b, const char *const *but) {
  if (a->count != b->count) return "the tables";
  for (size_t i = 0; i < a->count; i++)
    if (memcmp(a->hashes[i], b->hashes[i], hash_bytes) != 0 && !named(but, a->names[i])) return a->names[i];
  return NULL;
}
