/* feed_sql.c: SQL of streams, of which rows belong to which of them, and of the hub's form of rows that carry
 * pending ops. */
#include <stdlib.h>

#include "client/core/store.h"

struct stream *store_stream(struct store *s, const struct id *id) {
  for (size_t i = 0; i < s->stream_count; i += 1) {
    if (id_equal(&s->streams[i].id, id)) return &s->streams[i];
  }
  return NULL;
}

static err reserve_stream(struct store *s) {
  if (s->stream_count < s->stream_cap) return ERR_OK;
  if (s->stream_count >= streams_per_device_max) return ERR_TOO_BIG;
  size_t cap = s->stream_cap ? 2 * s->stream_cap : 16;
  struct stream *list = realloc(s->streams, cap * sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  s->streams = list;
  s->stream_cap = cap;
  return ERR_OK;
}

err store_streams_load(struct store *s) {
  struct stmt *q = NULL;
  bool row = false;
  TRY(db_stmt(s->db, &q,
              "SELECT no, id, position, checkpoint, audience, generation, granted FROM stream ORDER BY no"));
  for (;;) {
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    err e = reserve_stream(s);
    if (e != ERR_OK) {
      stmt_reset(q);
      return e;
    }
    struct stream *st = &s->streams[s->stream_count];
    *st = (struct stream){.no = stmt_column_int(q, 0),
                          .position = (uint64_t)stmt_column_int(q, 2),
                          .checkpoint = (uint64_t)stmt_column_int(q, 3),
                          .audience = (uint8_t)stmt_column_int(q, 4),
                          .generation = (uint32_t)stmt_column_int(q, 5),
                          .granted = stmt_column_int(q, 6) != 0};
    (void)stmt_column_id(q, 1, &st->id);
    s->stream_count += 1;
  }
}

/* Numbers are not used again while members of an older stream may still name them: they rise. */
err store_stream_add(struct store *s, const struct id *id, struct stream **out) {
  struct stmt *q = NULL;
  int64_t no = 0;
  TRY(reserve_stream(s));
  TRY(store_meta_get(s, "stream_no", &no));
  no += 1;
  TRY(store_meta_set(s, "stream_no", no));
  TRY(db_stmt(s->db, &q,
              "INSERT INTO stream(no, id, position, checkpoint, audience, generation, granted) VALUES (?1, "
              "?2, 0, 0, 0, 0, 1)"));
  stmt_int(q, 1, no);
  stmt_id(q, 2, id);
  TRY(stmt_run(q));
  struct stream *st = &s->streams[s->stream_count];
  *st = (struct stream){.no = no, .id = *id, .granted = true};
  s->stream_count += 1;
  *out = st;
  return ERR_OK;
}

err store_stream_save(struct store *s, const struct stream *st) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q,
              "UPDATE stream SET position = ?2, checkpoint = ?3, audience = ?4, generation = ?5, granted = "
              "?6 WHERE no = ?1"));
  stmt_int(q, 1, st->no);
  stmt_int(q, 2, (int64_t)st->position);
  stmt_int(q, 3, (int64_t)st->checkpoint);
  stmt_int(q, 4, st->audience);
  stmt_int(q, 5, st->generation);
  stmt_int(q, 6, st->granted);
  return stmt_run(q);
}

err store_stream_remove(struct store *s, const struct id *id) {
  struct stmt *q = NULL;
  struct stream *st = store_stream(s, id);
  if (!st) return ERR_OK;
  TRY(db_stmt(s->db, &q, "DELETE FROM stream WHERE no = ?1"));
  stmt_int(q, 1, st->no);
  TRY(stmt_run(q));
  s->stream_count -= 1;
  *st = s->streams[s->stream_count];
  return ERR_OK;
}

err store_epoch_save(struct store *s, uint32_t epoch) {
  TRY(store_meta_set(s, "feed_epoch", epoch));
  TRY(store_meta_set(s, "feed_schema", schema_version));
  s->feed_epoch = epoch;
  s->feed_schema = schema_version;
  return ERR_OK;
}

/* Starting a statement costs as much as a row of it. */
#define MEMBER "(?, ?, ?, ?)"
#define PUT_MEMBERS(members)                                                                                 \
  "INSERT INTO member(tbl, row, stream, generation) VALUES " members                                         \
  " ON CONFLICT DO UPDATE SET generation = excluded.generation WHERE generation <> excluded.generation"
enum { members_at_once = 8 };

err member_put(struct store *s, const struct stream *st, const struct row *const *rows, size_t count) {
  struct stmt *q = NULL;
  for (size_t done = 0, n; done < count; done += n) {
    bool many = count - done >= members_at_once;
    n = many ? members_at_once : 1;
    TRY(db_stmt(s->db, &q,
                many ? PUT_MEMBERS(MEMBER ", " MEMBER ", " MEMBER ", " MEMBER ", " MEMBER ", " MEMBER
                                          ", " MEMBER ", " MEMBER)
                     : PUT_MEMBERS(MEMBER)));
    for (size_t i = 0; i < n; i += 1) {
      int at = 4 * (int)i;
      stmt_int(q, at + 1, rows[done + i]->table->id);
      stmt_id(q, at + 2, &rows[done + i]->id);
      stmt_int(q, at + 3, st->no);
      stmt_int(q, at + 4, st->generation);
    }
    TRY(stmt_run(q));
  }
  return ERR_OK;
}

err member_exists(struct store *s, uint8_t table, const struct id *row, bool *out) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, "SELECT 1 FROM member WHERE tbl = ?1 AND row = ?2"));
  stmt_int(q, 1, table);
  stmt_id(q, 2, row);
  TRY(stmt_step(q, out));
  stmt_reset(q);
  return ERR_OK;
}

static uint8_t audience_of(const struct store *s, int64_t no) {
  for (size_t i = 0; i < s->stream_count; i += 1) {
    if (s->streams[i].no == no) return s->streams[i].audience ? s->streams[i].audience : UINT8_MAX;
  }
  return 0;
}

err member_audience(struct store *s, const struct stream *beside, uint8_t table, const struct id *row,
                    uint8_t *out) {
  struct stmt *q = NULL;
  bool more = false;
  *out = 0;
  TRY(db_stmt(s->db, &q, "SELECT stream FROM member WHERE tbl = ?1 AND row = ?2 AND stream <> ?3"));
  stmt_int(q, 1, table);
  stmt_id(q, 2, row);
  stmt_int(q, 3, beside->no);
  for (;;) {
    TRY(stmt_step(q, &more));
    if (!more) return ERR_OK;
    *out |= audience_of(s, stmt_column_int(q, 0));
  }
}

err member_remove(struct store *s, const struct stream *st, uint8_t table, const struct id *row,
                  bool *elsewhere_out) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, "DELETE FROM member WHERE tbl = ?1 AND row = ?2 AND stream = ?3"));
  stmt_int(q, 1, table);
  stmt_id(q, 2, row);
  stmt_int(q, 3, st->no);
  TRY(stmt_run(q));
  return member_exists(s, table, row, elsewhere_out);
}

err member_remove_all(struct store *s, uint8_t table, const struct id *row) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, "DELETE FROM member WHERE tbl = ?1 AND row = ?2"));
  stmt_int(q, 1, table);
  stmt_id(q, 2, row);
  return stmt_run(q);
}

err member_stale(struct store *s, const struct stream *st, uint32_t generation, size_t max, struct arena *a,
                 struct member **out, size_t *count_out) {
  struct stmt *q = NULL;
  bool row = false;
  struct member *list = arena_take(a, max, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  *out = list;
  *count_out = 0;
  TRY(db_stmt(s->db, &q, "SELECT tbl, row FROM member WHERE stream = ?1 AND generation < ?2 LIMIT ?3"));
  stmt_int(q, 1, st->no);
  stmt_int(q, 2, generation);
  stmt_int(q, 3, (int64_t)max);
  for (;;) {
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    list[*count_out].table = (uint8_t)stmt_column_int(q, 0);
    (void)stmt_column_id(q, 1, &list[*count_out].row);
    *count_out += 1;
  }
}

err member_each(struct store *s, const struct stream *st, member_fn *each, void *ctx) {
  struct stmt *q = NULL;
  bool row = false;
  TRY(db_stmt(s->db, &q, "SELECT tbl, row FROM member WHERE stream = ?1 ORDER BY tbl, row"));
  stmt_int(q, 1, st->no);
  for (;;) {
    struct member m;
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    m.table = (uint8_t)stmt_column_int(q, 0);
    (void)stmt_column_id(q, 1, &m.row);
    err e = each(ctx, &m);
    if (e == ERR_OK) continue;
    stmt_reset(q);
    return e;
  }
}

err overlay_look(struct store *s) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, "SELECT 1 FROM overlay LIMIT 1"));
  TRY(stmt_step(q, &s->overlays));
  stmt_reset(q);
  return ERR_OK;
}

err overlay_put(struct store *s, uint8_t table, const struct id *row, struct slice bytes) {
  struct stmt *q = NULL;
  s->overlays = true;
  TRY(db_stmt(s->db, &q,
              "INSERT INTO overlay(tbl, row, bytes) VALUES (?1, ?2, ?3) ON CONFLICT(tbl, row) DO UPDATE SET "
              "bytes = excluded.bytes"));
  stmt_int(q, 1, table);
  stmt_id(q, 2, row);
  stmt_blob(q, 3, bytes);
  return stmt_run(q);
}

err overlay_get(struct store *s, uint8_t table, const struct id *row, struct buf *out, bool *found_out) {
  struct stmt *q = NULL;
  *found_out = false;
  if (!s->overlays) return ERR_OK;
  TRY(db_stmt(s->db, &q, "SELECT bytes FROM overlay WHERE tbl = ?1 AND row = ?2"));
  stmt_int(q, 1, table);
  stmt_id(q, 2, row);
  TRY(stmt_step(q, found_out));
  err e = *found_out ? buf_append(out, stmt_column_blob(q, 0)) : ERR_OK;
  stmt_reset(q);
  return e;
}

err overlay_remove(struct store *s, uint8_t table, const struct id *row) {
  struct stmt *q = NULL;
  if (!s->overlays) return ERR_OK;
  TRY(db_stmt(s->db, &q, "DELETE FROM overlay WHERE tbl = ?1 AND row = ?2"));
  stmt_int(q, 1, table);
  stmt_id(q, 2, row);
  return stmt_run(q);
}
