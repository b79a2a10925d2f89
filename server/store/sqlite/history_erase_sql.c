/* history_erase_sql.c: ops on erased rows become blanks in their chunks. Each keeps its place, because places
 * are counters; who wrote it and when is about the staff member and stays. They are found as a row's history
 * is read, from its heads on, so the rows must still be there: what it costs is what was written about them.
 */
#include <stdlib.h>

#include "server/store/sqlite/history_chunk.h"

enum { chunk_arena_bytes_max = 1048576, ops_arena_bytes_max = 268435456, row_arena_bytes_max = 67108864 };

struct eraser {
  struct sqlite_store *q;
  const struct row_key *rows;
  size_t count;
  struct arena arena, row_arena;
  struct chunk_base *ops; /* where they stand, each perhaps twice */
  size_t op_count, op_cap;
  struct arena ops_arena;
  struct buf bytes; /* a chunk as it will be */
  uint64_t blanked;
};

/* ---- where they are ---- */

static err find_of_row(struct eraser *r, const struct row_key *key) {
  struct chunk_base *list;
  size_t count;
  arena_clear(&r->row_arena);
  TRY(history_ops(r->q, key, &r->row_arena, &list, &count));
  for (size_t i = 0; i < count; i++) {
    struct chunk_base *ops = arena_room(&r->ops_arena, r->ops, &r->op_cap, r->op_count, sizeof *ops);
    if (!ops) return ERR_NO_MEMORY;
    r->ops = ops;
    r->ops[r->op_count++] = list[i];
  }
  return ERR_OK;
}

static int by_place(const void *left, const void *right) {
  const struct chunk_base *a = left, *b = right;
  if (a->chain != b->chain) return a->chain < b->chain ? -1 : 1;
  return (a->counter > b->counter) - (a->counter < b->counter);
}

/* ---- a chunk ---- */

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
      r->blanked++;
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

/* The chunk that has this op, or the next of its chain; *last is its last op, or that op where there is none.
 */
static err erase_at(struct eraser *r, const struct chunk_base *op, uint64_t *last) {
  struct stmt *s;
  bool there, changed = false;
  int64_t no = 0;
  *last = op->counter;
  if (op->counter > INT64_MAX) return ERR_OK; /* named by a base, and never accepted */
  TRY(db_stmt(r->q->db, &s,
              "SELECT no, first, last, ops FROM history WHERE chain=?1 AND last>=?2 ORDER BY last LIMIT 1"));
  stmt_int(s, 1, op->chain);
  stmt_int(s, 2, (int64_t)op->counter);
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  if (there && (uint64_t)stmt_column_int(s, 1) <= op->counter) {
    no = stmt_column_int(s, 0);
    *last = (uint64_t)stmt_column_int(s, 2);
    e = rewrite(r, stmt_column_blob(s, 3), &changed);
  }
  stmt_reset(s);
  return e == ERR_OK && changed ? save(r, no) : e;
}

static err erase_all(struct eraser *r) {
  for (size_t i = 0; i < r->count; i++) TRY(find_of_row(r, &r->rows[i]));
  if (r->op_count) qsort(r->ops, r->op_count, sizeof *r->ops, by_place);
  for (size_t i = 0; i < r->op_count;) {
    uint64_t last;
    int64_t chain = r->ops[i].chain;
    TRY(erase_at(r, &r->ops[i], &last));
    while (i < r->op_count && r->ops[i].chain == chain && r->ops[i].counter <= last) i++;
  }
  return ERR_OK;
}

err history_erase(struct sqlite_store *q, const struct row_key *rows, size_t count, uint64_t *ops_out) {
  struct eraser r = {.q = q,
                     .rows = rows,
                     .count = count,
                     .arena = ARENA_INIT(chunk_arena_bytes_max),
                     .row_arena = ARENA_INIT(row_arena_bytes_max),
                     .ops_arena = ARENA_INIT(ops_arena_bytes_max),
                     .bytes = BUF_INIT(chunk_arena_bytes_max)};
  err e = erase_all(&r);
  arena_finish(&r.arena);
  arena_finish(&r.row_arena);
  arena_finish(&r.ops_arena);
  buf_wipe(&r.bytes);
  *ops_out = r.blanked;
  return e;
}
