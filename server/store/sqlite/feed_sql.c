/* feed_sql.c: one entry per (stream, row) at its latest position, read in order and projected for an
 * audience. */
#include "server/store/sqlite/sqlite_store.h"

/* An entry's table and kind in one number: tables are below 32. */
enum { kind_step = 32, scan_factor = 16, value_bytes_guess = 16 };

static err stream_number(struct sqlite_store *q, const struct id *stream, bool make, int64_t *out) {
  struct stmt *s;
  bool there;
  *out = q->stream_no;
  if (q->stream_no && id_equal(&q->stream, stream)) return ERR_OK;
  TRY(db_stmt(q->db, &s, "SELECT no FROM stream WHERE id=?1"));
  stmt_id(s, 1, stream);
  TRY(stmt_step(s, &there));
  *out = there ? stmt_column_int(s, 0) : 0;
  stmt_reset(s);
  if (!there && make) {
    TRY(db_stmt(q->db, &s, "INSERT INTO stream(id) VALUES(?1) RETURNING no"));
    stmt_id(s, 1, stream);
    TRY(stmt_one(s));
    *out = stmt_column_int(s, 0);
    TRY(stmt_run(s));
  }
  if (make) {
    q->stream = *stream;
    q->stream_no = *out;
  }
  return ERR_OK;
}

static err remove_before(struct sqlite_store *q, const struct write_feed *f, int64_t stream) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "DELETE FROM feed WHERE stream=?1 AND position=?2 AND row=?3"));
  stmt_int(s, 1, stream);
  stmt_int(s, 2, (int64_t)f->before);
  stmt_id(s, 3, &f->row);
  return stmt_run(s);
}

/* Only rows that follow enrolments come back to a stream they left. */
static err remove_gone(struct sqlite_store *q, const struct write_feed *f, int64_t stream) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "DELETE FROM feed WHERE stream=?1 AND row=?2 AND tbl>=32"));
  stmt_int(s, 1, stream);
  stmt_id(s, 2, &f->row);
  return stmt_run(s);
}

static err put_one(struct sqlite_store *q, struct stmt *s, const struct write_feed *f) {
  int64_t stream;
  TRY(stream_number(q, &f->stream, true, &stream));
  if (f->before) TRY(remove_before(q, f, stream));
  if (f->before && f->table->scope == SCOPE_LEARNER) TRY(remove_gone(q, f, stream));
  stmt_int(s, 1, stream);
  stmt_int(s, 2, (int64_t)f->position);
  stmt_int(s, 3, f->table->id + kind_step * (f->kind - FEED_ROW));
  stmt_id(s, 4, &f->row);
  return stmt_run(s);
}

err feed_put(struct sqlite_store *q, const struct write_feed *list, size_t count) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "INSERT INTO feed(stream, position, tbl, row) VALUES(?1, ?2, ?3, ?4)"
              " ON CONFLICT(stream, position) DO UPDATE SET tbl=excluded.tbl, row=excluded.row"));
  for (size_t i = 0; i < count; i++) TRY(put_one(q, s, &list[i]));
  return ERR_OK;
}

/* ---- reading ---- */

static size_t project(struct row *row, uint8_t audience) {
  size_t bytes = 0;
  for (uint8_t i = 0; i < row->table->column_count; i++) {
    if (!(row->table->columns[i].audience & audience)) row->values[i] = value_null();
    bytes += value_bytes_guess + (row->values[i].kind == VALUE_TEXT ? row->values[i].text.len : 0);
  }
  return bytes;
}

/* one->table stays NULL for an entry this audience does not get. */
static err read_item(struct sqlite_store *q, struct stmt *s, uint8_t audience, struct arena *a,
                     struct feed_item *one, size_t *bytes) {
  int64_t code = stmt_column_int(s, 1);
  const struct table *t = schema_table((uint8_t)(code % kind_step));
  *one = (struct feed_item){.kind = (enum feed_kind)(code / kind_step + FEED_ROW),
                            .version = (uint64_t)stmt_column_int(s, 0)};
  if (!t || !stmt_column_id(s, 2, &one->id)) return ERR_CORRUPT;
  if (!(t->audience & audience)) return ERR_OK;
  if (one->kind != FEED_ROW) {
    one->table = t;
    return ERR_OK;
  }
  struct row *row = arena_take(a, 1, sizeof *row);
  if (!row) return ERR_NO_MEMORY;
  TRY(rows_load(q->rows, t, &one->id, a, row));
  if (!row->exists) return ERR_CORRUPT;
  *bytes += project(row, audience);
  one->row = row;
  one->table = t;
  return ERR_OK;
}

static err read_items(struct sqlite_store *q, struct stmt *s, size_t rows_max, struct arena *a,
                      struct feed_batch *out) {
  struct feed_item *items = arena_take(a, rows_max, sizeof *items);
  size_t bytes = 0, scanned = 0;
  bool there;
  if (!items) return ERR_NO_MEMORY;
  out->items = items;
  TRY(stmt_step(s, &there));
  while (there && out->count < rows_max && bytes < feed_batch_bytes_max && scanned < scan_factor * rows_max) {
    err e = read_item(q, s, out->audience, a, &items[out->count], &bytes);
    if (e != ERR_OK) return e;
    out->to = items[out->count].version;
    if (items[out->count].table) out->count++;
    scanned++;
    TRY(stmt_step(s, &there));
  }
  out->checkpoint = !there;
  return ERR_OK;
}

err feed_read(struct store *store, const struct stream_position *from, size_t rows_max, struct arena *a,
              struct feed_batch *out) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  uint64_t position;
  int64_t stream;
  TRY(number_load(store, STORE_POSITION, &position));
  bool unknown = from->position > position;
  uint64_t start = unknown ? 0 : from->position;
  *out = (struct feed_batch){
      .stream = from->stream, .audience = from->audience, .from = start, .to = start, .restart = unknown};
  TRY(stream_number(q, &from->stream, false, &stream));
  TRY(db_stmt(q->db, &s,
              "SELECT position, tbl, row FROM feed WHERE stream=?1 AND position>?2 ORDER BY position"));
  stmt_int(s, 1, stream);
  stmt_int(s, 2, (int64_t)start);
  err e = read_items(q, s, rows_max, a, out);
  stmt_reset(s);
  TRY(e);
  /* The snapshot holds every change up to the hub's number, so that is what a whole stream stands at. */
  if (out->checkpoint) out->to = position;
  return ERR_OK;
}

/* ---- learners ---- */

err learner_streams(struct store *store, const struct id *learner, int32_t date, struct arena *a,
                    struct id **out, size_t *count) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT activity FROM enrolment WHERE learner=?1 AND (ends IS NULL OR ends>?2)"));
  stmt_id(s, 1, learner);
  stmt_int(s, 2, date);
  return read_ids(s, a, out, count);
}

err learner_notices(struct store *store, const struct id *learner, struct arena *a, struct id **out,
                    size_t *count) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "SELECT id FROM absence_notice WHERE learner=?1"));
  stmt_id(s, 1, learner);
  return read_ids(s, a, out, count);
}

err enrolments_ended(struct store *store, int32_t after, int32_t until, struct arena *a, struct id **out,
                     size_t *count) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "SELECT id FROM enrolment WHERE ends>?1 AND ends<=?2"));
  stmt_int(s, 1, after);
  stmt_int(s, 2, until);
  return read_ids(s, a, out, count);
}
