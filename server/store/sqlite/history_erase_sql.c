/* history_erase_sql.c: ops on erased rows become blanks in their chunks. Each keeps its place, because places
 * are counters; who wrote it and when is about the staff member and stays. */
#include "server/store/sqlite/history_chunk.h"

enum { chunk_arena_bytes_max = 1048576, none = 0 };

struct eraser {
  struct sqlite_store *q;
  const struct row_key *rows;
  size_t count;
  struct arena arena;
  struct buf bytes; /* a chunk as it will be */
  uint64_t ops;
};

/* The chunk's bytes anew; *changed tells whether any op of it was blanked. */
static err rewrite(struct eraser *r, struct slice chunk, bool *changed) {
  struct cursor c = cursor_of(chunk);
  uint64_t read = 0, written = 0;
  *changed = false;
  buf_clear(&r->bytes);
  arena_clear(&r->arena);
  while (cursor_left(&c)) {
    struct chunk_op op = {.base_count = 0};
    TRY(chunk_get(&c, &op, &read, &r->arena));
    bool about = row_key_in(r->rows, r->count, op.table, &op.row);
    if (about) {
      op = (struct chunk_op){.table = op.table, .stamp = op.stamp, .origin = op.origin};
      r->ops++;
      *changed = true;
    }
    TRY(chunk_put(&r->bytes, &op, &written));
  }
  return ERR_OK;
}

static err save(struct eraser *r, int64_t no) {
  struct stmt *s;
  TRY(db_stmt(r->q->db, &s, "UPDATE history SET ops=?2 WHERE no=?1"));
  stmt_int(s, 1, no);
  stmt_blob(s, 2, buf_slice(&r->bytes));
  return stmt_run(s);
}

/* The next chunk with such an op behind `after`; *no none at the end. */
static err find(struct eraser *r, int64_t after, int64_t *no) {
  struct stmt *s;
  bool there;
  *no = none;
  TRY(db_stmt(r->q->db, &s, "SELECT no, ops FROM history WHERE no>?1 ORDER BY no"));
  stmt_int(s, 1, after);
  TRY(stmt_step(s, &there));
  while (there) {
    bool changed;
    err e = rewrite(r, stmt_column_blob(s, 1), &changed);
    if (e == ERR_OK && changed) *no = stmt_column_int(s, 0);
    if (e != ERR_OK || changed) {
      stmt_reset(s);
      return e;
    }
    TRY(stmt_step(s, &there));
  }
  return ERR_OK;
}

err history_erase(struct sqlite_store *q, const struct row_key *rows, size_t count, uint64_t *ops_out) {
  struct eraser r = {.q = q,
                     .rows = rows,
                     .count = count,
                     .arena = ARENA_INIT(chunk_arena_bytes_max),
                     .bytes = BUF_INIT(chunk_arena_bytes_max)};
  int64_t no = none, after;
  err e;
  do {
    after = no;
    e = find(&r, after, &no);
    if (e == ERR_OK && no != none) e = save(&r, no);
  } while (e == ERR_OK && no != none);
  arena_finish(&r.arena);
  buf_wipe(&r.bytes);
  *ops_out = r.ops;
  return e;
}
