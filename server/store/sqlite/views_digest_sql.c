/* views_digest_sql.c: 32 bytes over what was accepted: rows with their heads, and open conflicts, in an order
 * and a form that no delivery changes. */
#include "server/store/sqlite/views.h"

enum { row_bytes_max = 16777216, sql_bytes_max = 2048 };

static err put_id(struct buf *out, const struct id *id) { return buf_append(out, id_slice(id)); }

static err put_value(struct buf *out, const struct value *v) {
  TRY(buf_put_u8(out, (uint8_t)v->kind));
  switch (v->kind) {
  case VALUE_NULL: return ERR_OK;
  case VALUE_INT: return buf_put_u64(out, (uint64_t)v->i);
  case VALUE_ID: return put_id(out, &v->id);
  case VALUE_TEXT: TRY(buf_put_u32(out, (uint32_t)v->text.len)); return buf_append(out, v->text);
  }
  return ERR_OK;
}

static err put_head(struct buf *out, const struct head *h) {
  TRY(put_id(out, &h->op.device));
  TRY(buf_put_u32(out, h->op.incarnation));
  TRY(buf_put_u64(out, h->op.counter));
  TRY(put_id(out, &h->author));
  TRY(buf_put_u64(out, h->stamp));
  return buf_put_u8(out, h->flags);
}

static err put_unit(struct buf *out, const struct row *row, uint8_t unit) {
  const struct unit_heads *u = &row->units[unit];
  uint8_t columns[op_columns_max];
  size_t count = unit_columns(row->table, unit, columns);
  TRY(buf_put_u32(out, (uint32_t)u->count));
  for (size_t i = 0; i < u->count; i++) {
    TRY(put_head(out, &u->heads[i]));
    for (size_t k = 0; u->heads[i].values && k < count; k++) TRY(put_value(out, &u->heads[i].values[k]));
  }
  return ERR_OK;
}

static err put_row(struct buf *out, const struct row *row) {
  TRY(buf_put_u8(out, row->table->id));
  TRY(put_id(out, &row->id));
  for (uint8_t i = 0; i < row->table->column_count; i++) TRY(put_value(out, &row->values[i]));
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++) TRY(put_unit(out, row, unit));
  return ERR_OK;
}

static void mix(uint8_t sum[hash_bytes], const struct buf *bytes) {
  struct slice parts[2] = {slice_of(sum, hash_bytes), buf_slice(bytes)};
  uint8_t next[hash_bytes];
  crypto_hash(next, "tutti.digest", parts, 2);
  bytes_copy(sum, next, hash_bytes);
}

/* The statement's text lives as long as the connection, which keeps the statement. */
err scan_sql(struct sqlite_store *q, const struct table *t, const char **out) {
  struct buf *sql = &q->scans[t->id];
  if (sql->len == 0) {
    const char *columns;
    TRY(rows_columns(q->rows, t, &columns));
    *sql = (struct buf)BUF_INIT(sql_bytes_max);
    TRY(buf_printf(sql, "SELECT %s FROM %s ORDER BY id", columns, t->name));
    TRY(buf_put_u8(sql, 0));
  }
  *out = (const char *)sql->ptr;
  return ERR_OK;
}

static err mix_table(struct sqlite_store *q, const struct table *t, struct arena *a, struct buf *bytes,
                     uint8_t sum[hash_bytes]) {
  const char *sql;
  struct stmt *s;
  bool there;
  TRY(scan_sql(q, t, &sql));
  TRY(db_stmt(q->db, &s, sql));
  TRY(stmt_step(s, &there));
  while (there) {
    struct row row = {.table = t};
    buf_clear(bytes);
    err e = rows_read(q->rows, s, 0, t, a, &row);
    if (e == ERR_OK) e = put_row(bytes, &row);
    if (e != ERR_OK) {
      stmt_reset(s);
      return e;
    }
    mix(sum, bytes);
    arena_clear(a);
    TRY(stmt_step(s, &there));
  }
  return ERR_OK;
}

static err mix_conflicts(struct sqlite_store *q, struct buf *bytes, uint8_t sum[hash_bytes]) {
  struct stmt *s;
  bool there;
  TRY(db_stmt(q->db, &s, "SELECT row, tbl, unit, kind FROM conflict ORDER BY row, tbl, unit"));
  TRY(stmt_step(s, &there));
  while (there) {
    buf_clear(bytes);
    err e = buf_append(bytes, stmt_column_blob(s, 0));
    for (int i = 1; e == ERR_OK && i < 4; i++) e = buf_put_u8(bytes, (uint8_t)stmt_column_int(s, i));
    if (e != ERR_OK) {
      stmt_reset(s);
      return e;
    }
    mix(sum, bytes);
    TRY(stmt_step(s, &there));
  }
  return ERR_OK;
}

static err digest(struct sqlite_store *q, struct arena *a, struct buf *bytes, uint8_t out[hash_bytes]) {
  bytes_zero(out, hash_bytes);
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id))
    TRY(mix_table(q, t, a, bytes, out));
  return mix_conflicts(q, bytes, out);
}

err views_digest(struct store *store, uint8_t out[hash_bytes]) {
  struct arena a = ARENA_INIT(row_bytes_max);
  struct buf bytes = BUF_INIT(row_bytes_max);
  TRY(store->ops->begin_read(store));
  err e = digest(sqlite_of(store), &a, &bytes, out);
  store->ops->rollback(store);
  arena_finish(&a);
  buf_finish(&bytes);
  return e;
}
