/* feed_sql.c: one entry per (stream, row) at its latest position, read in order and projected for an
 * audience. */
#include "server/store/sqlite/sqlite_store.h"

/* An entry's table and kind in one number: tables are below 32. */
enum { kind_step = 32, position_bits = 40, scan_factor = 16, value_bytes_guess = 16 };

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

/* Stream and position as one number: 2^23 streams, 2^40 changes. */
static err place_of(int64_t stream, uint64_t position, int64_t *out) {
  if (stream >> (63 - position_bits) || position >> position_bits) return ERR_TOO_BIG;
  *out = stream << position_bits | (int64_t)position;
  return ERR_OK;
}

/* A row that left and comes back finds its "leave" here too, unless it travelled elsewhere in between; then
 * the device reads both in order, which does no harm. */
static err remove_before(struct sqlite_store *q, const struct write_feed *f, int64_t stream) {
  struct stmt *s;
  int64_t place;
  TRY(place_of(stream, f->before, &place));
  TRY(db_stmt(q->db, &s, "DELETE FROM feed WHERE place=?1 AND row=?2"));
  stmt_int(s, 1, place);
  stmt_id(s, 2, &f->row);
  return stmt_run(s);
}

static err bind_one(struct sqlite_store *q, struct stmt *s, int index, const struct write_feed *f) {
  int64_t stream, place;
  TRY(stream_number(q, &f->stream, true, &stream));
  if (f->before) TRY(remove_before(q, f, stream));
  TRY(place_of(stream, f->position, &place));
  stmt_int(s, index, place);
  stmt_int(s, index + 1, f->table->id + kind_step * (f->kind - FEED_ROW));
  stmt_id(s, index + 2, &f->row);
  return ERR_OK;
}

/* Starting a statement costs as much as inserting a row, so rows go in by the dozen. FAIL, not ABORT: whoever
 * fails here rolls everything back, so SQLite need not keep pages to undo one statement. */
#define ENTRY     "(?, ?, ?)"
#define ENTRIES_4 ENTRY ", " ENTRY ", " ENTRY ", " ENTRY
enum { entries_at_once = 16, entry_values = 3 };

static err put_many(struct sqlite_store *q, const struct write_feed *list) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "INSERT OR FAIL INTO feed(place, tbl, row) VALUES " ENTRIES_4 ", " ENTRIES_4 ", " ENTRIES_4
              ", " ENTRIES_4));
  for (int i = 0; i < entries_at_once; i++) TRY(bind_one(q, s, 1 + entry_values * i, &list[i]));
  return stmt_run(s);
}

/* A learner who left and came back in one transaction has both entries at one place: the later one counts. */
static err put_one(struct sqlite_store *q, const struct write_feed *f) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "INSERT OR REPLACE INTO feed(place, tbl, row) VALUES(?1, ?2, ?3)"));
  TRY(bind_one(q, s, 1, f));
  return stmt_run(s);
}

static bool any_leaves(const struct write_feed *list, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (list[i].kind != FEED_ROW) return true;
  }
  return false;
}

err feed_put(struct sqlite_store *q, const struct write_feed *list, size_t count) {
  size_t done = 0;
  if (!any_leaves(list, count)) {
    for (; done + entries_at_once <= count; done += entries_at_once) TRY(put_many(q, list + done));
  }
  for (; done < count; done++) TRY(put_one(q, &list[done]));
  return ERR_OK;
}

/* ---- reading ---- */

size_t feed_project(struct row *row, uint8_t audience) {
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
  if (one->kind == FEED_ERASE) TRY(erasure_at(q, one->version, &one->erasure));
  if (one->kind != FEED_ROW) {
    one->table = t;
    return ERR_OK;
  }
  struct row *row = arena_take(a, 1, sizeof *row);
  if (!row) return ERR_NO_MEMORY;
  TRY(rows_load(q->rows, t, &one->id, a, row));
  if (!row->exists) return ERR_CORRUPT;
  *bytes += feed_project(row, audience);
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
  int64_t stream, first, past;
  TRY(number_load(store, STORE_POSITION, &position));
  bool unknown = from->position > position;
  uint64_t start = unknown ? 0 : from->position;
  *out = (struct feed_batch){
      .stream = from->stream, .audience = from->audience, .from = start, .to = start, .restart = unknown};
  TRY(stream_number(q, &from->stream, false, &stream));
  TRY(place_of(stream, start, &first));
  TRY(place_of(stream + 1, 0, &past));
  TRY(db_stmt(
      q->db, &s,
      "SELECT place & ((1 << 40) - 1), tbl, row FROM feed WHERE place>?1 AND place<?2 ORDER BY place"));
  stmt_int(s, 1, first);
  stmt_int(s, 2, past);
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
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT DISTINCT activity FROM enrolment WHERE learner IN (SELECT ?1 UNION SELECT y.id FROM alias "
      "x JOIN alias y ON y.canon=x.canon WHERE x.id=?1)"
      " AND removed IS NOT 1 AND (ends IS NULL OR ends>?2)"));
  stmt_id(s, 1, learner);
  stmt_int(s, 2, date);
  return read_ids(s, a, out, count);
}

err learner_rows(struct store *store, uint8_t table, const struct id *learner, struct arena *a,
                 struct id **out, size_t *count) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              table == TABLE_contact ? "SELECT id FROM contact WHERE learner=?1"
                                     : "SELECT id FROM absence_notice WHERE learner=?1"));
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
