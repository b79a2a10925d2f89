/* order_sql.c: counter sequences: how far each is taken, and which of its ops were accepted. */
#include "server/store/sqlite/sqlite_store.h"

err chain_find(struct sqlite_store *q, const struct id *device, uint32_t incarnation, int64_t *out) {
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

static err make_chain(struct sqlite_store *q, const struct id *device, uint32_t incarnation, int64_t *out) {
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

/* Ops and their bases mostly come from one sequence after the other, so the last one is remembered. */
err chain_number(struct sqlite_store *q, const struct id *device, uint32_t incarnation, int64_t *out) {
  *out = q->chain_no;
  if (q->chain_no && q->chain_incarnation == incarnation && id_equal(&q->chain_device, device)) return ERR_OK;
  TRY(chain_find(q, device, incarnation, out));
  if (!*out) TRY(make_chain(q, device, incarnation, out));
  q->chain_no = *out;
  q->chain_incarnation = incarnation;
  q->chain_device = *device;
  return ERR_OK;
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

static bool is_within(const struct op_range *r, const struct op_id *op) {
  bool inside = r->last && op->counter >= r->first && op->counter <= r->last;
  return inside && r->incarnation == op->incarnation && id_equal(&r->device, &op->device);
}

static err find_seen(struct sqlite_store *q, const struct op_id *op, bool *out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "SELECT first, last FROM seen WHERE chain=(SELECT no FROM chain WHERE device=?1 AND "
              "incarnation=?2) AND last>=?3"
              " ORDER BY last LIMIT 1"));
  stmt_id(s, 1, &op->device);
  stmt_int(s, 2, op->incarnation);
  stmt_int(s, 3, (int64_t)op->counter);
  TRY(stmt_step(s, out));
  if (!*out) return ERR_OK;
  struct op_range r = {.device = op->device,
                       .incarnation = op->incarnation,
                       .first = (uint64_t)stmt_column_int(s, 0),
                       .last = (uint64_t)stmt_column_int(s, 1)};
  stmt_reset(s);
  *out = r.first <= op->counter;
  if (*out) q->seen = r;
  return ERR_OK;
}

/* Whoever changed a register anew names as bases ops of one range, one behind the other. What was accepted
 * stays so, but for what is rolled back. */
err seen_test(struct store *store, const struct op_id *op, bool *out) {
  struct sqlite_store *q = sqlite_of(store);
  *out = is_within(&q->seen, op);
  return *out ? ERR_OK : find_seen(q, op, out);
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
