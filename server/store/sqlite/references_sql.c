/* references_sql.c: what was written behind a position, with every id that it names. The three tables that a
 * year fills, meetings, registers and marks, are read by the feed, where what is new stands behind what is
 * old: nobody looks through 25 million marks because a list of forty children is taken back. What is before
 * the horizon stands there as a departure (server/core/horizon.h), and so does what was given to another
 * activity, which is then seen twice; the row says whether it is there at all. */
#include "server/store/sqlite/sqlite_store.h"

enum { ids_sql_bytes_max = 4096 };

/* "SELECT id, session, learner FROM mark WHERE id=?1": the columns that hold ids. *columns: how many. */
static err ids_sql(struct sqlite_store *q, const struct table *t, const char *where, const char **out,
                   int *columns) {
  struct buf *sql = &q->laters[t->id];
  bool fresh = sql->len == 0;
  *columns = 0;
  if (fresh) *sql = (struct buf)BUF_INIT(ids_sql_bytes_max);
  if (fresh) TRY(buf_printf(sql, "SELECT id"));
  for (uint8_t i = 0; i < t->column_count; i++) {
    if (t->columns[i].type != TYPE_ID) continue;
    ++*columns;
    if (fresh) TRY(buf_printf(sql, ", %s", t->columns[i].name));
  }
  if (fresh) TRY(buf_printf(sql, " FROM %s WHERE %s", t->name, where));
  if (fresh) TRY(buf_put_u8(sql, 0));
  *out = (const char *)sql->ptr;
  return ERR_OK;
}

struct asking {
  struct sqlite_store *q;
  const struct table *t;
  uint64_t position;
  store_reference_seen *seen;
  void *ctx;
};

/* The row at which a statement stands. */
static err see_row(const struct asking *k, struct stmt *s, int columns) {
  struct id row, to;
  if (!stmt_column_id(s, 0, &row)) return ERR_OK;
  for (int i = 1; i <= columns; i++) {
    if (stmt_column_id(s, i, &to)) TRY(k->seen(k->ctx, k->t, &row, &to));
  }
  return ERR_OK;
}

/* A table that no year fills is looked through. */
static err look_through(const struct asking *k) {
  struct stmt *s;
  const char *sql;
  int columns;
  bool there;
  TRY(ids_sql(k->q, k->t, "version>?1", &sql, &columns));
  if (columns == 0) return ERR_OK;
  TRY(db_stmt(k->q->db, &s, sql));
  stmt_int(s, 1, (int64_t)k->position);
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  while (there && e == ERR_OK) {
    e = see_row(k, s, columns);
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

/* ---- by the feed ---- */

static err see_one(const struct asking *k, const struct id *id) {
  struct stmt *s;
  const char *sql;
  int columns;
  bool there;
  TRY(ids_sql(k->q, k->t, "id=?1", &sql, &columns));
  TRY(db_stmt(k->q->db, &s, sql));
  stmt_id(s, 1, id);
  TRY(stmt_step(s, &there));
  err e = there ? see_row(k, s, columns) : ERR_OK;
  stmt_reset(s);
  return e;
}

static err see_stream(const struct asking *k, int64_t stream) {
  struct feed_scan scan;
  TRY(feed_scan_stream(&scan, k->q, stream, k->position));
  while (scan.there) {
    const struct feed_entry *entry = feed_scan_at(&scan);
    bool wanted = feed_entry_table(entry) == k->t && feed_entry_kind(entry) != FEED_ERASE;
    err e = wanted ? see_one(k, &entry->row) : ERR_OK;
    if (e != ERR_OK) feed_scan_end(&scan);
    TRY(e);
    TRY(feed_scan_next(&scan));
  }
  feed_scan_end(&scan);
  return ERR_OK;
}

static err is_later(struct sqlite_store *q, const struct id *mark, uint64_t position, bool *out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "SELECT 1 FROM mark WHERE id=?1 AND version>?2"));
  stmt_id(s, 1, mark);
  stmt_int(s, 2, (int64_t)position);
  TRY(stmt_step(s, out));
  stmt_reset(s);
  return ERR_OK;
}

/* A mark at a meeting that nobody knows travels nowhere. Whoever has one is a guest there (guests_sql.c). */
static err see_guests(const struct asking *k) {
  struct stmt *s;
  bool there, later;
  TRY(db_stmt(k->q->db, &s,
              "SELECT session, learner FROM guest WHERE NOT EXISTS (SELECT 1 FROM session WHERE "
              "session.id=guest.session)"));
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  while (there && e == ERR_OK) {
    struct id keys[2], mark;
    later = false;
    if (stmt_column_id(s, 0, &keys[0]) && stmt_column_id(s, 1, &keys[1])) {
      crypto_row_id(&mark, TABLE_mark, keys, 2);
      e = is_later(k->q, &mark, k->position, &later);
    }
    for (int i = 0; later && e == ERR_OK && i < 2; i++) e = k->seen(k->ctx, k->t, &mark, &keys[i]);
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

err references_since(struct store *store, const struct table *t, uint64_t position,
                     store_reference_seen *seen, void *ctx) {
  const struct asking k = {sqlite_of(store), t, position, seen, ctx};
  int64_t last;
  if (t->id != TABLE_session && t->id != TABLE_register && t->id != TABLE_mark) return look_through(&k);
  TRY(feed_streams(k.q, &last));
  for (int64_t stream = 1; stream <= last; stream++) TRY(see_stream(&k, stream));
  return t->id == TABLE_mark ? see_guests(&k) : ERR_OK;
}
