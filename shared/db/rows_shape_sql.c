/* rows_shape_sql.c: bringing a file into the shape of the schema. It is asked for whenever a file is opened,
 * so a file that is in shape says so by one number, and nothing else is looked at. */
#include "shared/crypto/crypto.h"
#include "shared/db/rows.h"
#include "shared/db/rows_sql.h"

enum { sql_bytes_max = 4096, shape_bytes_max = 65536 };

static const char create_origin[] =
    "CREATE TABLE IF NOT EXISTS origin(no INTEGER PRIMARY KEY, device BLOB NOT NULL,"
    " incarnation INTEGER NOT NULL, author BLOB NOT NULL) STRICT";

struct shape {
  bool device;
  const char *const *more;
  size_t more_count;
};

static err exec_buf(struct db *db, struct buf *sql, err composed) {
  err e = composed;
  if (e == ERR_OK) e = buf_put_u8(sql, 0);
  if (e == ERR_OK) e = db_exec(db, (const char *)sql->ptr);
  buf_finish(sql);
  return e;
}

static err index_sql(struct buf *out, const struct shape *shape, const struct schema_index *index) {
  bool unwanted = shape->device && index->hub_only;
  return unwanted ? schema_sql_index_drop(out, index) : schema_sql_index(out, index);
}

/* ---- the number that a file in shape carries ---- */

static err describe(struct buf *out, const struct shape *shape) {
  TRY(buf_printf(out, "%d;%s", schema_version, create_origin));
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) TRY(schema_sql_table(out, t));
  for (size_t i = 0; i < schema_index_count; i++) TRY(index_sql(out, shape, &schema_indexes[i]));
  for (size_t i = 0; i < shape->more_count; i++) TRY(buf_printf(out, ";%s", shape->more[i]));
  return ERR_OK;
}

/* The first 31 bits of a hash over all the statements: what SQLite keeps as an application's id is a signed
 * number, and 0 in a file that nobody marked. */
static err fingerprint(int64_t *out, const struct shape *shape) {
  struct buf text = BUF_INIT(shape_bytes_max);
  uint8_t hash[hash_bytes];
  err e = describe(&text, shape);
  if (e == ERR_OK) {
    struct slice all = buf_slice(&text);
    crypto_hash(hash, "tutti.shape", &all, 1);
    *out = (int64_t)(hash[0] & 0x7F) << 24 | hash[1] << 16 | hash[2] << 8 | hash[3];
    if (*out == 0) *out = 1;
  }
  buf_finish(&text);
  return e;
}

static err carries(struct db *db, int64_t number, bool *out) {
  struct stmt *s;
  TRY(db_stmt(db, &s, "PRAGMA application_id"));
  TRY(stmt_one(s));
  *out = stmt_column_int(s, 0) == number;
  stmt_reset(s);
  return ERR_OK;
}

/* ---- making what is missing ---- */

static err note_columns(struct stmt *s, const struct table *t, bool there[op_columns_max]) {
  for (;;) {
    bool row = false;
    TRY(stmt_step(s, &row));
    if (!row) return ERR_OK;
    struct slice name = stmt_column_text(s, 1);
    for (size_t i = 0; i < t->column_count; i++)
      there[i] = there[i] || slice_equal(slice_text(t->columns[i].name), name);
  }
}

static err look_at_columns(struct db *db, const struct table *t, bool there[op_columns_max]) {
  struct buf sql = BUF_INIT(sql_bytes_max);
  struct stmt *s = NULL;
  err e = buf_printf(&sql, "PRAGMA table_info(%s)", t->name);
  if (e == ERR_OK) e = buf_put_u8(&sql, 0);
  if (e == ERR_OK) e = stmt_create(&s, db, (const char *)sql.ptr);
  if (e == ERR_OK) e = note_columns(s, t, there);
  stmt_destroy(s);
  buf_finish(&sql);
  return e;
}

/* An older file lacks the columns that came later; they stand behind the others there, so statements always
 * name columns. */
static err ensure_table(struct db *db, const struct table *t) {
  struct buf sql = BUF_INIT(sql_bytes_max);
  bool there[op_columns_max] = {false};
  TRY(exec_buf(db, &sql, schema_sql_table(&sql, t)));
  TRY(look_at_columns(db, t, there));
  for (size_t i = 0; i < t->column_count; i++) {
    if (!there[i]) TRY(exec_buf(db, &sql, schema_sql_column(&sql, t, &t->columns[i])));
  }
  return ERR_OK;
}

static err ensure_all(struct db *db, const struct shape *shape) {
  struct buf sql = BUF_INIT(sql_bytes_max);
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) TRY(ensure_table(db, t));
  for (size_t i = 0; i < schema_index_count; i++)
    TRY(exec_buf(db, &sql, index_sql(&sql, shape, &schema_indexes[i])));
  TRY(db_exec(db, create_origin));
  for (size_t i = 0; i < shape->more_count; i++) TRY(db_exec(db, shape->more[i]));
  return exec_buf(db, &sql, buf_printf(&sql, "PRAGMA user_version=%d", schema_version));
}

static err ensure(struct db *db, const struct shape *shape) {
  struct buf sql = BUF_INIT(sql_bytes_max);
  int64_t number = 0;
  bool in_shape = false;
  ASSERT(db_in_transaction(db));
  TRY(fingerprint(&number, shape));
  TRY(carries(db, number, &in_shape));
  if (in_shape) return ERR_OK;
  TRY(ensure_all(db, shape));
  return exec_buf(db, &sql, buf_printf(&sql, "PRAGMA application_id=%lld", (long long)number));
}

err rows_ensure(struct db *db) { return ensure(db, &(struct shape){.device = false}); }

err rows_ensure_device(struct db *db, const char *const *more, size_t count) {
  return ensure(db, &(struct shape){.device = true, .more = more, .more_count = count});
}
