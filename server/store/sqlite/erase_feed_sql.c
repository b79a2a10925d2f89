/* erase_feed_sql.c: entries of erased rows leave the feed. They stand in the streams of the activities that
 * the learner was ever in, and of whoever wrote about them, and only those are looked through. Whoever is, or
 * once was, one child with somebody travelled in the other one's streams too, and what a journal replays may
 * meet any order of merging: then every stream is looked through.
 */
#include <stdlib.h>

#include "server/store/sqlite/sqlite_store.h"

enum { feed_page_rows = 1024, streams_arena_bytes_max = 16777216 };

/* ---- one page of entries after the other ---- */

struct feed_page {
  int64_t places[feed_page_rows];
  size_t count;
  int64_t last, end; /* up to and with that place */
  bool more;
};

static err look_through(struct feed_page *p, const struct write_erasure *w, struct slice run) {
  struct feed_entry list[feed_run_entries_max];
  size_t count;
  TRY(feed_run_decode(list, &count, p->last, run));
  for (size_t i = 0; i < count; i++) {
    const struct table *t = feed_entry_table(&list[i]);
    if (t && row_key_in(w->rows, w->row_count, t, &list[i].row)) p->places[p->count++] = list[i].place;
  }
  return ERR_OK;
}

static err read_page(struct sqlite_store *q, const struct write_erasure *w, struct feed_page *p) {
  struct stmt *s;
  err e = ERR_OK;
  p->count = 0;
  TRY(db_stmt(q->db, &s, "SELECT place, rows FROM feed WHERE place>?1 AND place<=?2 ORDER BY place"));
  stmt_int(s, 1, p->last);
  stmt_int(s, 2, p->end);
  TRY(stmt_step(s, &p->more));
  while (e == ERR_OK && p->more && p->count + feed_run_entries_max <= feed_page_rows) {
    p->last = stmt_column_int(s, 0);
    e = look_through(p, w, stmt_column_blob(s, 1));
    if (e == ERR_OK) e = stmt_step(s, &p->more);
  }
  stmt_reset(s);
  return e;
}

static err erase_between(struct sqlite_store *q, const struct write_erasure *w, int64_t from, int64_t end) {
  struct feed_page *p = malloc(sizeof *p);
  if (!p) return ERR_NO_MEMORY;
  *p = (struct feed_page){.last = from, .end = end, .more = true};
  err e = ERR_OK;
  while (e == ERR_OK && p->more) {
    e = read_page(q, w, p);
    if (e == ERR_OK) e = feed_remove(q, p->places, p->count);
  }
  free(p);
  return e;
}

/* ---- which streams ---- */

static err in_activities(struct sqlite_store *q, const struct id *learner, struct arena *a, struct id **out,
                         size_t *count) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "SELECT activity FROM enrolment WHERE learner=?1 UNION SELECT s.activity FROM guest g JOIN "
              "session s ON s.id=g.session WHERE g.learner=?1 UNION SELECT activity FROM note WHERE "
              "learner=?1 UNION SELECT activity FROM progress WHERE learner=?1 UNION SELECT s.activity FROM "
              "arrival r JOIN session s ON s.id=r.session WHERE r.learner=?1 UNION SELECT s.activity FROM "
              "absence_call c JOIN session s ON s.id=c.session WHERE c.learner=?1"));
  stmt_id(s, 1, learner);
  return read_ids(s, a, out, count);
}

struct written {
  struct id staff, activity;
};

static err read_written(struct stmt *s, struct arena *a, void *into) {
  struct written *out = into;
  (void)a;
  return stmt_column_id(s, 0, &out->staff) && stmt_column_id(s, 1, &out->activity) ? ERR_OK : ERR_CORRUPT;
}

static err written_about(struct sqlite_store *q, const struct id *learner, struct arena *a,
                         struct written **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(q->db, &s,
              "SELECT staff, activity FROM note WHERE learner=?1 UNION SELECT staff, activity FROM progress "
              "WHERE learner=?1"));
  stmt_id(s, 1, learner);
  *out = read_list(&e, s, sizeof **out, read_written, a, count);
  return e;
}

static err erase_stream(struct sqlite_store *q, const struct write_erasure *w, const struct id *stream) {
  struct stmt *s;
  bool there;
  TRY(db_stmt(q->db, &s, "SELECT no FROM stream WHERE id=?1"));
  stmt_id(s, 1, stream);
  TRY(stmt_step(s, &there));
  int64_t no = there ? stmt_column_int(s, 0) : 0;
  stmt_reset(s);
  if (!there) return ERR_OK;
  const int64_t first = no << feed_position_bits;
  return erase_between(q, w, first, first + ((INT64_C(1) << feed_position_bits) - 1));
}

static err asked_whom(struct sqlite_store *q, const struct id *question, struct id *staff, bool *there) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "SELECT staff FROM question WHERE id=?1"));
  stmt_id(s, 1, question);
  TRY(stmt_step(s, there));
  *there = *there && stmt_column_id(s, 0, staff);
  stmt_reset(s);
  return ERR_OK;
}

static err erase_questions(struct sqlite_store *q, const struct write_erasure *w) {
  for (size_t i = 0; i < w->row_count; i++) {
    struct id staff;
    bool there;
    if (w->rows[i].table->id != TABLE_question) continue;
    TRY(asked_whom(q, &w->rows[i].id, &staff, &there));
    if (there) TRY(erase_stream(q, w, &staff));
  }
  return ERR_OK;
}

static err erase_theirs(struct sqlite_store *q, const struct write_erasure *w, struct arena *a) {
  struct id *activities, grant;
  struct written *written;
  size_t count, written_count;
  TRY(in_activities(q, &w->learner, a, &activities, &count));
  TRY(written_about(q, &w->learner, a, &written, &written_count));
  for (size_t i = 0; i < count; i++) TRY(erase_stream(q, w, &activities[i]));
  for (size_t i = 0; i < written_count; i++) {
    stream_of_grant(&grant, &written[i].staff, &written[i].activity);
    TRY(erase_stream(q, w, &grant));
  }
  return erase_questions(q, w);
}

/* Matters of two who may be one child that somebody settled: some of them as one. */
static err has_settled(struct sqlite_store *q, const struct id *learner, bool *out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "SELECT EXISTS(SELECT 1 FROM (SELECT id, kind FROM item WHERE row=?1 UNION ALL SELECT id, kind "
              "FROM item WHERE other=?1) i WHERE i.kind=2 AND (SELECT count(*) FROM item_event e WHERE "
              "e.item=i.id)>1)"));
  stmt_id(s, 1, learner);
  TRY(stmt_one(s));
  *out = stmt_column_int(s, 0) != 0;
  stmt_reset(s);
  return ERR_OK;
}
_Static_assert(ITEM_DUPLICATE == 2, "as in SQL");

static err was_another(struct sqlite_store *q, const struct id *learner, struct arena *a, bool *out) {
  struct store_history *list;
  size_t count;
  TRY(has_settled(q, learner, out));
  if (*out) return ERR_OK;
  TRY(history_read(&q->base, schema_table(TABLE_learner), learner, a, &list, &count));
  for (size_t i = 0; i < count; i++)
    *out = *out || list[i].values[COL(learner, merged_into)].kind == VALUE_ID;
  return ERR_OK;
}

err feed_erase(struct sqlite_store *q, const struct write_erasure *w) {
  struct arena a = ARENA_INIT(streams_arena_bytes_max);
  bool everywhere = w->everywhere;
  err e = everywhere ? ERR_OK : was_another(q, &w->learner, &a, &everywhere);
  if (e == ERR_OK) e = everywhere ? erase_between(q, w, 0, INT64_MAX) : erase_theirs(q, w, &a);
  arena_finish(&a);
  return e;
}
