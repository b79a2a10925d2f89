/* feed_sql.c: one entry per (stream, row) at its latest position, read in order and projected for an
 * audience. */
#include "server/store/sqlite/sqlite_store.h"

enum { position_bits = 40, scan_factor = 16, value_bytes_guess = 16, piece_entries = 256 };

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

/* Where rows stood before. A register's marks stood one behind the other and are written so again: such a run
 * is taken away at once. A place belongs to one change of one row, so nothing else can stand there.
 *
 * A row that left and comes back finds its "leave" here too, unless it travelled elsewhere in between; then
 * the device reads both in order, which does no harm. */
struct run {
  struct id stream;
  uint64_t first, last; /* 0: none */
};

static err remove_run(struct sqlite_store *q, const struct run *r) {
  struct stmt *s;
  int64_t stream, first, last;
  if (r->first == 0) return ERR_OK;
  TRY(stream_number(q, &r->stream, true, &stream));
  TRY(place_of(stream, r->first, &first));
  TRY(place_of(stream, r->last, &last));
  TRY(db_stmt(q->db, &s, "DELETE FROM feed WHERE place>=?1 AND place<=?2"));
  stmt_int(s, 1, first);
  stmt_int(s, 2, last);
  return stmt_run(s);
}

static err remove_before(struct sqlite_store *q, const struct write_feed *list, size_t count) {
  struct run r = {.first = 0};
  for (size_t i = 0; i < count; i++) {
    const struct write_feed *f = &list[i];
    if (f->before == 0) continue;
    if (r.first && f->before == r.last + 1 && id_equal(&f->stream, &r.stream)) {
      r.last = f->before;
      continue;
    }
    TRY(remove_run(q, &r));
    r = (struct run){.stream = f->stream, .first = f->before, .last = f->before};
  }
  return remove_run(q, &r);
}

static err bind_one(struct sqlite_store *q, struct stmt *s, int index, const struct write_feed *f) {
  int64_t stream, place;
  TRY(stream_number(q, &f->stream, true, &stream));
  TRY(place_of(stream, f->position, &place));
  stmt_int(s, index, place);
  stmt_int(s, index + 1, f->table->id + feed_kind_step * (f->kind - FEED_ROW));
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
  TRY(remove_before(q, list, count));
  if (!any_leaves(list, count)) {
    for (; done + entries_at_once <= count; done += entries_at_once) TRY(put_many(q, list + done));
  }
  for (; done < count; done++) TRY(put_one(q, &list[done]));
  return ERR_OK;
}

/* ---- reading ---- */

_Static_assert(STORE_POSITION == 1, "as in SQL");

err feed_edges(struct store *store, const struct stream_position *from, struct feed_edges *out) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  int64_t stream, first, at, past;
  TRY(stream_number(q, &from->stream, false, &stream));
  TRY(place_of(stream, 0, &first));
  TRY(place_of(stream, from->position, &at));
  TRY(place_of(stream + 1, 0, &past));
  TRY(db_stmt(q->db, &s,
              "SELECT coalesce((SELECT v FROM number WHERE n=1), 0),"
              " coalesce((SELECT max(place) FROM feed WHERE place>?1 AND place<=?2), ?1)-?1,"
              " coalesce((SELECT max(place) FROM feed WHERE place>?1 AND place<?3), ?1)-?1"));
  stmt_int(s, 1, first);
  stmt_int(s, 2, at);
  stmt_int(s, 3, past);
  TRY(stmt_one(s));
  *out = (struct feed_edges){.position = (uint64_t)stmt_column_int(s, 0),
                             .before = (uint64_t)stmt_column_int(s, 1),
                             .last = (uint64_t)stmt_column_int(s, 2)};
  stmt_reset(s);
  return ERR_OK;
}

err feed_count(struct store *store, const struct id *stream_id, uint64_t after, uint64_t until,
               uint64_t *out) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  int64_t stream, first, last;
  TRY(stream_number(q, stream_id, false, &stream));
  TRY(place_of(stream, after, &first));
  TRY(place_of(stream, until, &last));
  TRY(db_stmt(q->db, &s, "SELECT count(*) FROM feed WHERE place>?1 AND place<=?2"));
  stmt_int(s, 1, first);
  stmt_int(s, 2, last);
  TRY(stmt_one(s));
  *out = (uint64_t)stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

size_t feed_project(struct row *row, uint8_t audience) {
  size_t bytes = 0;
  for (uint8_t i = 0; i < row->table->column_count; i++) {
    if (!(row->table->columns[i].audience & audience)) row->values[i] = value_null();
    bytes += value_bytes_guess + (row->values[i].kind == VALUE_TEXT ? row->values[i].text.len : 0);
  }
  return bytes;
}

/* Entries are looked at in pieces, and the rows of a piece are loaded together. */
struct reading {
  struct sqlite_store *q;
  struct stmt *s;
  struct arena *arena;
  struct feed_batch *out;
  struct feed_item *items; /* out->items, which is const */
  size_t rows_max, bytes, scanned;
  bool there; /* the statement stands at an entry */
};
struct piece {
  struct feed_item list[piece_entries]; /* `table` is NULL where this audience gets nothing */
  struct row *rows[piece_entries];
  size_t count, row_count;
};

static err read_entry(struct reading *r, struct piece *p) {
  int64_t code = stmt_column_int(r->s, 1);
  const struct table *t = schema_table((uint8_t)(code % feed_kind_step));
  struct feed_item *one = &p->list[p->count++];
  *one = (struct feed_item){.kind = (enum feed_kind)(code / feed_kind_step + FEED_ROW),
                            .version = (uint64_t)stmt_column_int(r->s, 0)};
  if (!t || !stmt_column_id(r->s, 2, &one->id)) return ERR_CORRUPT;
  if (!(t->audience & r->out->audience)) return ERR_OK;
  one->table = t;
  if (one->kind == FEED_ERASE) return erasure_at(r->q, one->version, &one->erasure);
  if (one->kind != FEED_ROW) return ERR_OK;
  struct row *row = arena_take(r->arena, 1, sizeof *row);
  if (!row) return ERR_NO_MEMORY;
  row->table = t;
  row->id = one->id;
  one->row = row;
  p->rows[p->row_count++] = row;
  return ERR_OK;
}

static err read_piece(struct reading *r, struct piece *p) {
  size_t room = r->rows_max - r->out->count;
  p->count = p->row_count = 0;
  while (r->there && p->count < piece_entries && p->count < room) {
    TRY(read_entry(r, p));
    r->scanned++;
    TRY(stmt_step(r->s, &r->there));
  }
  return p->row_count ? store_load_rows(&r->q->base, p->rows, p->row_count, r->arena) : ERR_OK;
}

/* What does not fit any more is read again for the next batch. */
static err take_piece(struct reading *r, const struct piece *p) {
  for (size_t i = 0; i < p->count; i++) {
    const struct feed_item *one = &p->list[i];
    if (r->bytes >= feed_batch_bytes_max) {
      r->there = true;
      return ERR_OK;
    }
    r->out->to = one->version;
    if (!one->table) continue;
    if (one->row && !one->row->exists) return ERR_CORRUPT;
    if (one->row) r->bytes += feed_project((struct row *)(uintptr_t)one->row, r->out->audience);
    r->items[r->out->count++] = *one;
  }
  return ERR_OK;
}

static err read_items(struct reading *r) {
  struct piece p;
  r->items = arena_take(r->arena, r->rows_max, sizeof *r->items);
  if (!r->items) return ERR_NO_MEMORY;
  r->out->items = r->items;
  TRY(stmt_step(r->s, &r->there));
  while (r->there && r->out->count < r->rows_max && r->bytes < feed_batch_bytes_max &&
         r->scanned < scan_factor * r->rows_max) {
    TRY(read_piece(r, &p));
    TRY(take_piece(r, &p));
  }
  r->out->checkpoint = !r->there;
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
  struct reading r = {.q = q, .s = s, .arena = a, .out = out, .rows_max = rows_max};
  err e = read_items(&r);
  stmt_reset(s);
  TRY(e);
  /* The snapshot holds every change up to the hub's number, so that is what a whole stream stands at. */
  if (out->checkpoint) out->to = position;
  return ERR_OK;
}

/* ---- learners ---- */

#define ENROLLED_NOW " AND removed IS NOT 1 AND (ends IS NULL OR ends>?2)"

/* Most stand for nobody else, and have one enrolment in each activity: then nothing has to be gathered first.
 */
err learner_streams(struct store *store, const struct id *learner, int32_t date, struct arena *a,
                    struct id **out, size_t *count) {
  struct stmt *s;
  bool alone;
  TRY(alias_is_alone(store, learner, learner, &alone));
  TRY(db_stmt(sqlite_of(store)->db, &s,
              alone ? "SELECT activity FROM enrolment WHERE learner=?1" ENROLLED_NOW
                    : "SELECT DISTINCT activity FROM enrolment WHERE learner IN (SELECT ?1 UNION SELECT y.id "
                      "FROM alias x JOIN alias y ON y.canon=x.canon WHERE x.id=?1)" ENROLLED_NOW));
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
