/* feed_sql.c: one entry per (stream, row) at its latest position, read in order and projected for an
 * audience. Entries are kept in runs, each under the place of its last one: whoever asks for what stands
 * behind a place finds it in the first run behind that, and may have to pass over the beginning of it. */
#include <stdlib.h>

#include "server/store/sqlite/sqlite_store.h"

enum { scan_factor = 16, value_bytes_guess = 16, piece_entries = 256 };

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

static err place_of(int64_t stream, uint64_t position, int64_t *out) {
  if (stream >> (63 - feed_position_bits) || position >> feed_position_bits) return ERR_TOO_BIG;
  *out = stream << feed_position_bits | (int64_t)position;
  return ERR_OK;
}

/* ---- runs ---- */

static err save_run(struct sqlite_store *q, const struct feed_entry *list, size_t count) {
  struct stmt *s;
  buf_clear(&q->blob);
  TRY(feed_run_encode(&q->blob, list, count));
  TRY(db_stmt(q->db, &s, "INSERT OR FAIL INTO feed(place, rows) VALUES(?1, ?2)"));
  stmt_int(s, 1, list[count - 1].place);
  stmt_blob(s, 2, buf_slice(&q->blob));
  return stmt_run(s);
}

static err change_run(struct sqlite_store *q, int64_t last, const struct feed_entry *list, size_t count) {
  struct stmt *s;
  buf_clear(&q->blob);
  if (count) TRY(feed_run_encode(&q->blob, list, count));
  TRY(db_stmt(q->db, &s,
              count ? "UPDATE feed SET place=?2, rows=?3 WHERE place=?1"
                    : "DELETE FROM feed WHERE place=?1"));
  stmt_int(s, 1, last);
  if (count) stmt_int(s, 2, list[count - 1].place);
  if (count) stmt_blob(s, 3, buf_slice(&q->blob));
  return stmt_run(s);
}

/* The run that reaches this place first; *last is 0 where the feed ends before. */
static err find_run(struct sqlite_store *q, int64_t place, struct feed_entry list[feed_run_entries_max],
                    size_t *count, int64_t *last) {
  struct stmt *s;
  bool there;
  *last = 0;
  TRY(db_stmt(q->db, &s, "SELECT place, rows FROM feed WHERE place>=?1 ORDER BY place LIMIT 1"));
  stmt_int(s, 1, place);
  TRY(stmt_step(s, &there));
  if (!there) return ERR_OK;
  *last = stmt_column_int(s, 0);
  err e = feed_run_decode(list, count, *last, stmt_column_blob(s, 1));
  stmt_reset(s);
  return e;
}

err feed_remove(struct sqlite_store *q, const int64_t *places, size_t count) {
  struct feed_entry list[feed_run_entries_max];
  for (size_t i = 0; i < count;) {
    size_t entries, end = i;
    int64_t last;
    TRY(find_run(q, places[i], list, &entries, &last));
    if (last == 0) return ERR_OK;
    while (end < count && places[end] <= last) end++;
    size_t left = feed_run_cut(list, entries, places + i, end - i);
    if (left < entries) TRY(change_run(q, last, list, left));
    i = end;
  }
  return ERR_OK;
}

/* ---- writing ---- */

/* What is put, and where it stood before, in the order of places: so each run is written and cut once. */
struct placed {
  int64_t place;
  const struct write_feed *entry;
};
struct putting {
  struct placed *list;
  int64_t *before;
  size_t count, before_count;
};

/* Of two at one place the later one comes later. */
static int by_place(const void *a, const void *b) {
  const struct placed *x = a, *y = b;
  if (x->place != y->place) return x->place < y->place ? -1 : 1;
  return x->entry < y->entry ? -1 : x->entry > y->entry;
}

static int by_number(const void *a, const void *b) {
  const int64_t *x = a, *y = b;
  return *x < *y ? -1 : *x > *y;
}

/* A place belongs to one change of one row, so nothing else can stand where the row stood.
 *
 * A row that left and comes back finds its "leave" there too, unless it travelled elsewhere in between; then
 * the device reads both in order, which does no harm. */
static err find_places(struct sqlite_store *q, struct putting *p, const struct write_feed *list,
                       size_t count) {
  bool sorted = true, before_sorted = true;
  for (size_t i = 0; i < count; i++) {
    const struct write_feed *f = &list[i];
    int64_t stream;
    TRY(stream_number(q, &f->stream, true, &stream));
    TRY(place_of(stream, f->position, &p->list[p->count].place));
    p->list[p->count++].entry = f;
    sorted = sorted && (i == 0 || by_place(&p->list[i - 1], &p->list[i]) < 0);
    if (f->before == 0) continue;
    TRY(place_of(stream, f->before, &p->before[p->before_count]));
    size_t k = p->before_count++;
    before_sorted = before_sorted && (k == 0 || p->before[k - 1] <= p->before[k]);
  }
  if (!sorted) qsort(p->list, p->count, sizeof *p->list, by_place);
  if (!before_sorted) qsort(p->before, p->before_count, sizeof *p->before, by_number);
  return ERR_OK;
}

/* A run may leave places out, which nobody may take later: positions only grow. */
static err check_behind(struct sqlite_store *q, int64_t place) {
  struct stmt *s;
  int64_t past;
  bool there;
  TRY(place_of((place >> feed_position_bits) + 1, 0, &past));
  TRY(db_stmt(q->db, &s, "SELECT 1 FROM feed WHERE place>=?1 AND place<?2 LIMIT 1"));
  stmt_int(s, 1, place);
  stmt_int(s, 2, past);
  TRY(stmt_step(s, &there));
  stmt_reset(s);
  return there ? ERR_CORRUPT : ERR_OK;
}

static bool same_stream(int64_t a, int64_t b) { return (a ^ b) >> feed_position_bits == 0; }

/* A learner who left and came back in one transaction has both entries at one place: the later one counts. */
static err put_all(struct sqlite_store *q, const struct putting *p) {
  struct feed_entry list[feed_run_entries_max];
  size_t n = 0;
  for (size_t i = 0; i < p->count; i++) {
    const struct placed *one = &p->list[i];
    if (i + 1 < p->count && one[1].place == one->place) continue;
    bool goes_on = n && same_stream(list[n - 1].place, one->place);
    if (!goes_on) TRY(check_behind(q, one->place));
    if (n && (!goes_on || n == feed_run_entries_max)) {
      TRY(save_run(q, list, n));
      n = 0;
    }
    const struct write_feed *f = one->entry;
    list[n++] = (struct feed_entry){.place = one->place,
                                    .code = (uint8_t)(f->table->id + feed_kind_step * (f->kind - FEED_ROW)),
                                    .row = f->row};
  }
  return n ? save_run(q, list, n) : ERR_OK;
}

err feed_put(struct sqlite_store *q, const struct write_feed *list, size_t count) {
  struct putting p = {.list = malloc((count + 1) * sizeof *p.list),
                      .before = malloc((count + 1) * sizeof *p.before)};
  err e = p.list && p.before ? find_places(q, &p, list, count) : ERR_NO_MEMORY;
  if (e == ERR_OK) e = feed_remove(q, p.before, p.before_count);
  if (e == ERR_OK) e = put_all(q, &p);
  free(p.list);
  free(p.before);
  return e;
}

/* ---- reading ---- */

_Static_assert(STORE_POSITION == 1, "as in SQL");

static err next_run(struct feed_scan *scan) {
  scan->next = scan->count = 0;
  TRY(stmt_step(scan->s, &scan->there));
  if (!scan->there) return ERR_OK;
  TRY(feed_run_decode(scan->list, &scan->count, stmt_column_int(scan->s, 0), stmt_column_blob(scan->s, 1)));
  while (scan->list[scan->next].place <= scan->after) scan->next++; /* its last one stands behind that */
  return ERR_OK;
}

err feed_scan_next(struct feed_scan *scan) {
  if (scan->next + 1 < scan->count) {
    scan->next++;
    return ERR_OK;
  }
  err e = next_run(scan);
  if (e != ERR_OK) feed_scan_end(scan);
  return e;
}

void feed_scan_end(struct feed_scan *scan) {
  stmt_reset(scan->s);
  scan->there = false;
}

err feed_scan_stream(struct feed_scan *scan, struct sqlite_store *q, int64_t stream, uint64_t after) {
  int64_t past;
  TRY(place_of(stream, after, &scan->after));
  TRY(place_of(stream + 1, 0, &past));
  TRY(db_stmt(q->db, &scan->s, "SELECT place, rows FROM feed WHERE place>?1 AND place<?2 ORDER BY place"));
  stmt_int(scan->s, 1, scan->after);
  stmt_int(scan->s, 2, past);
  scan->next = scan->count = 0;
  return feed_scan_next(scan);
}

err feed_scan_begin(struct feed_scan *scan, struct sqlite_store *q, const struct id *stream_id,
                    uint64_t after) {
  int64_t stream;
  TRY(stream_number(q, stream_id, false, &stream));
  return feed_scan_stream(scan, q, stream, after);
}

err feed_streams(struct sqlite_store *q, int64_t *last) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "SELECT coalesce(max(no), 0) FROM stream"));
  TRY(stmt_one(s));
  *last = stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

/* The reader may stand in a run, and then behind an entry of it. */
static err edge_within(struct sqlite_store *q, int64_t at, struct feed_edges *out) {
  struct feed_entry list[feed_run_entries_max];
  size_t count;
  int64_t last;
  TRY(find_run(q, at + 1, list, &count, &last));
  for (size_t i = 0; last && i < count && list[i].place <= at; i++)
    out->before = feed_position(list[i].place);
  return ERR_OK;
}

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
  return out->last > from->position ? edge_within(q, at, out) : ERR_OK;
}

err feed_count(struct store *store, const struct id *stream, uint64_t after, uint64_t until, uint64_t *out) {
  struct feed_scan scan;
  *out = 0;
  TRY(feed_scan_begin(&scan, sqlite_of(store), stream, after));
  while (scan.there && feed_position(feed_scan_at(&scan)->place) <= until) {
    ++*out;
    TRY(feed_scan_next(&scan));
  }
  feed_scan_end(&scan);
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
  struct feed_scan scan;
  struct arena *arena;
  struct feed_batch *out;
  struct feed_item *items; /* out->items, which is const */
  size_t rows_max, bytes, scanned;
  bool more; /* not all was looked at */
};
struct piece {
  struct feed_item list[piece_entries]; /* `table` is NULL where this audience gets nothing */
  struct row *rows[piece_entries];
  size_t count, row_count;
};

static err read_entry(struct reading *r, struct piece *p) {
  const struct feed_entry *entry = feed_scan_at(&r->scan);
  const struct table *t = feed_entry_table(entry);
  struct feed_item *one = &p->list[p->count++];
  *one = (struct feed_item){
      .kind = feed_entry_kind(entry), .id = entry->row, .version = feed_position(entry->place)};
  if (!t) return ERR_CORRUPT;
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
  while (r->scan.there && p->count < piece_entries && p->count < room) {
    TRY(read_entry(r, p));
    r->scanned++;
    TRY(feed_scan_next(&r->scan));
  }
  return p->row_count ? store_load_rows(&r->q->base, p->rows, p->row_count, r->arena) : ERR_OK;
}

/* What does not fit any more is read again for the next batch. */
static err take_piece(struct reading *r, const struct piece *p) {
  for (size_t i = 0; i < p->count; i++) {
    const struct feed_item *one = &p->list[i];
    if (r->bytes >= feed_batch_bytes_max) {
      r->more = true;
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
  while (r->scan.there && r->out->count < r->rows_max && r->bytes < feed_batch_bytes_max &&
         r->scanned < scan_factor * r->rows_max) {
    TRY(read_piece(r, &p));
    TRY(take_piece(r, &p));
  }
  r->out->checkpoint = !r->scan.there && !r->more;
  return ERR_OK;
}

err feed_read(struct store *store, const struct stream_position *from, size_t rows_max, struct arena *a,
              struct feed_batch *out) {
  struct reading r = {.q = sqlite_of(store), .arena = a, .out = out, .rows_max = rows_max};
  uint64_t position;
  TRY(number_load(store, STORE_POSITION, &position));
  bool unknown = from->position > position;
  uint64_t start = unknown ? 0 : from->position;
  *out = (struct feed_batch){
      .stream = from->stream, .audience = from->audience, .from = start, .to = start, .restart = unknown};
  TRY(feed_scan_begin(&r.scan, r.q, &from->stream, start));
  err e = read_items(&r);
  feed_scan_end(&r.scan);
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

static const char *rows_about_sql(uint8_t table) {
  switch (table) {
  case TABLE_contact: return "SELECT id FROM contact WHERE learner=?1";
  case TABLE_need: return "SELECT id FROM need WHERE learner=?1";
  default: return "SELECT id FROM absence_notice WHERE learner=?1";
  }
}

err learner_rows(struct store *store, uint8_t table, const struct id *learner, struct arena *a,
                 struct id **out, size_t *count) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, rows_about_sql(table)));
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
