/* history_sql.c: every accepted op, and which counters of each sequence were accepted. */
#include "server/store/sqlite/sqlite_store.h"

/* Stamps are kept from 2024 on. Units and flags share a number: units << 2 | flags. */
static const int64_t stamp_epoch_ms = 1704067200000;
enum { flag_bits = 2, flag_mask = 3, history_rows_max = 100000 };

err history_origin(struct sqlite_store *q, const struct write_history *h, uint32_t *no_out) {
  struct origin origin = {.device = h->op.device, .incarnation = h->op.incarnation, .author = h->author};
  return origin_book_intern(rows_origins(q->rows), &origin, no_out);
}

/* The values of several ops stand in one buffer behind each other, because binding copies nothing. */
static err bind_one(struct sqlite_store *q, struct stmt *s, int index, const struct write_history *h,
                    struct slice values) {
  uint32_t no;
  TRY(history_origin(q, h, &no));
  stmt_id(s, index, &h->row);
  stmt_int(s, index + 1, h->table->id);
  stmt_int(s, index + 2, no);
  stmt_int(s, index + 3, (int64_t)h->op.counter);
  stmt_int(s, index + 4, (int64_t)h->stamp - stamp_epoch_ms);
  stmt_int(s, index + 5, (int64_t)h->units << flag_bits | (h->flags & flag_mask));
  stmt_int(s, index + 6, (int64_t)h->bundle);
  stmt_blob(s, index + 7, values);
  return ERR_OK;
}

#define OP "(?, ?, ?, ?, ?, ?, ?, ?)"
#define INSERT_OPS                                                                                           \
  "INSERT OR FAIL INTO history(row, tbl, origin, counter, stamp, units, bundle, vals) VALUES "
enum { ops_at_once = 8, op_values = 8 };

static err add_some(struct sqlite_store *q, struct stmt *s, const struct write_history *const *list,
                    size_t count) {
  size_t ends[ops_at_once], start = 0;
  buf_clear(&q->blob);
  for (size_t i = 0; i < count; i++) {
    TRY(history_values_encode(&q->blob, list[i]->table, list[i]->units, list[i]->values));
    ends[i] = q->blob.len;
  }
  for (size_t i = 0; i < count; i++) {
    TRY(bind_one(q, s, 1 + op_values * (int)i, list[i], slice_of(q->blob.ptr + start, ends[i] - start)));
    start = ends[i];
  }
  return stmt_run(s);
}

/* By the dozen, as feed entries are. */
err history_add(struct sqlite_store *q, const struct write_history *const *list, size_t count) {
  struct stmt *many, *one;
  size_t done = 0;
  TRY(db_stmt(q->db, &many, INSERT_OPS OP ", " OP ", " OP ", " OP ", " OP ", " OP ", " OP ", " OP));
  TRY(db_stmt(q->db, &one, INSERT_OPS OP));
  for (; done + ops_at_once <= count; done += ops_at_once) TRY(add_some(q, many, list + done, ops_at_once));
  for (; done < count; done++) TRY(add_some(q, one, list + done, 1));
  return ERR_OK;
}

static err read_one(struct sqlite_store *q, struct stmt *s, const struct table *t, struct arena *a,
                    struct store_history *out) {
  uint64_t no = (uint64_t)stmt_column_int(s, 0);
  const struct origin *o = origin_book_get(rows_origins(q->rows), no);
  if (!o) TRY(rows_origins_reload(q->rows));
  if (!o) o = origin_book_get(rows_origins(q->rows), no);
  struct value *values = arena_take(a, op_columns_max, sizeof *values);
  if (!values) return ERR_NO_MEMORY;
  if (!o) return ERR_CORRUPT;
  *out = (struct store_history){
      .op = {.device = o->device, .incarnation = o->incarnation, .counter = (uint64_t)stmt_column_int(s, 1)},
      .author = o->author,
      .stamp = (uint64_t)(stmt_column_int(s, 2) + stamp_epoch_ms),
      .flags = (uint8_t)(stmt_column_int(s, 3) & flag_mask),
      .units = (uint32_t)(stmt_column_int(s, 3) >> flag_bits),
      .values = values};
  out->received_ms = stmt_column_null(s, 4) ? (int64_t)out->stamp : stmt_column_int(s, 4);
  return history_values_decode(values, t, stmt_column_blob(s, 5), a);
}

err history_read(struct store *store, const struct table *t, const struct id *row, struct arena *a,
                 struct store_history **out, size_t *count) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  size_t cap = 0;
  bool there;
  *out = NULL;
  *count = 0;
  TRY(db_stmt(q->db, &s,
              "SELECT h.origin, h.counter, h.stamp, h.units, b.received, h.vals FROM history h LEFT JOIN "
              "bundle b ON b.no=h.bundle"
              " WHERE h.row=?1 AND h.tbl=?2 ORDER BY h.stamp, h.origin, h.counter"));
  stmt_id(s, 1, row);
  stmt_int(s, 2, t->id);
  TRY(stmt_step(s, &there));
  while (there && *count < history_rows_max) {
    struct store_history *list = arena_room(a, *out, &cap, *count, sizeof *list);
    err e = list ? read_one(q, s, t, a, &list[*count]) : ERR_NO_MEMORY;
    if (e != ERR_OK) {
      stmt_reset(s);
      return e;
    }
    *out = list;
    (*count)++;
    TRY(stmt_step(s, &there));
  }
  stmt_reset(s);
  return ERR_OK;
}

/* ---- counters ---- */

static err find_chain(struct sqlite_store *q, const struct id *device, uint32_t incarnation, int64_t *out) {
  struct stmt *s;
  bool there;
  *out = 0;
  TRY(db_stmt(q->db, &s, "SELECT no FROM chain WHERE device=?1 AND incarnation=?2"));
  stmt_id(s, 1, device);
  stmt_int(s, 2, incarnation);
  TRY(stmt_step(s, &there));
  if (there) *out = stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

err chain_number(struct sqlite_store *q, const struct id *device, uint32_t incarnation, int64_t *out) {
  TRY(find_chain(q, device, incarnation, out));
  if (*out) return ERR_OK;
  struct stmt *s;
  const uint8_t none[hash_bytes] = {0};
  TRY(db_stmt(q->db, &s,
              "INSERT INTO chain(device, incarnation, seq, hash) VALUES(?1, ?2, 0, ?3) RETURNING no"));
  stmt_id(s, 1, device);
  stmt_int(s, 2, incarnation);
  stmt_blob(s, 3, slice_of(none, hash_bytes));
  TRY(stmt_one(s));
  *out = stmt_column_int(s, 0);
  return stmt_run(s);
}

err seen_last(struct store *store, const struct id *device, uint32_t incarnation, uint64_t *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT coalesce(max(last), 0) FROM seen WHERE chain=(SELECT no FROM chain WHERE device=?1 AND "
              "incarnation=?2)"));
  stmt_id(s, 1, device);
  stmt_int(s, 2, incarnation);
  TRY(stmt_one(s));
  *out = (uint64_t)stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

err seen_test(struct store *store, const struct op_id *op, bool *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT first<=?3 FROM seen WHERE chain=(SELECT no FROM chain WHERE device=?1 AND "
              "incarnation=?2) AND last>=?3"
              " ORDER BY last LIMIT 1"));
  stmt_id(s, 1, &op->device);
  stmt_int(s, 2, op->incarnation);
  stmt_int(s, 3, (int64_t)op->counter);
  TRY(stmt_step(s, out));
  if (*out) *out = stmt_column_int(s, 0) != 0;
  stmt_reset(s);
  return ERR_OK;
}

/* Neighbours become one range, so a device that never leaves a gap has one row. */
err seen_add(struct sqlite_store *q, const struct op_range *r) {
  int64_t chain;
  struct stmt *s;
  bool there;
  TRY(chain_number(q, &r->device, r->incarnation, &chain));
  uint64_t first = r->first;
  TRY(db_stmt(q->db, &s, "DELETE FROM seen WHERE chain=?1 AND last=?2 RETURNING first"));
  stmt_int(s, 1, chain);
  stmt_int(s, 2, (int64_t)r->first - 1);
  TRY(stmt_step(s, &there));
  if (there) first = (uint64_t)stmt_column_int(s, 0);
  if (there) TRY(stmt_run(s));
  TRY(db_stmt(q->db, &s,
              "INSERT INTO seen(chain, last, first) VALUES(?1, ?2, ?3) ON CONFLICT(chain, last) DO UPDATE "
              "SET first=min(first, excluded.first)"));
  stmt_int(s, 1, chain);
  stmt_int(s, 2, (int64_t)r->last);
  stmt_int(s, 3, (int64_t)first);
  return stmt_run(s);
}
