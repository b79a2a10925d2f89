/* authored_sql.c: a hub older than the streams of grants has what people wrote about a learner's playing in
 * the stream of its activity alone. It gets its place in theirs too: nobody has read of those yet, so each
 * row stands there at the position it has. */
#include <stdlib.h>

#include "server/store/sqlite/sqlite_store.h"

static err read_one(struct stmt *s, struct write_feed *out) {
  struct id staff, activity;
  *out = (struct write_feed){.table = schema_table((uint8_t)stmt_column_int(s, 0)),
                             .kind = FEED_ROW,
                             .position = (uint64_t)stmt_column_int(s, 4)};
  bool known =
      stmt_column_id(s, 1, &out->row) && stmt_column_id(s, 2, &staff) && stmt_column_id(s, 3, &activity);
  if (!known) return ERR_CORRUPT;
  stream_of_grant(&out->stream, &staff, &activity);
  return ERR_OK;
}

static err read_all(struct sqlite_store *q, struct write_feed **list, size_t *count) {
  struct stmt *s;
  size_t cap = 0;
  bool there;
  TRY(db_stmt(q->db, &s,
              "SELECT ?1, id, staff, activity, version FROM note WHERE staff IS NOT NULL AND activity IS NOT "
              "NULL UNION ALL SELECT ?2, id, staff, activity, version FROM progress WHERE staff IS NOT NULL "
              "AND activity IS NOT NULL"));
  stmt_int(s, 1, TABLE_note);
  stmt_int(s, 2, TABLE_progress);
  TRY(stmt_step(s, &there));
  while (there) {
    if (*count == cap) {
      struct write_feed *grown = realloc(*list, (cap = 2 * cap + 64) * sizeof *grown);
      if (grown) *list = grown;
      if (!grown) stmt_reset(s);
      if (!grown) return ERR_NO_MEMORY;
    }
    err e = read_one(s, &(*list)[*count]);
    ++*count;
    if (e == ERR_OK) e = stmt_step(s, &there);
    if (e == ERR_OK) continue;
    stmt_reset(s);
    return e;
  }
  return ERR_OK;
}

static int by_stream(const void *a, const void *b) {
  const struct write_feed *x = a, *y = b;
  int order = id_compare(&x->stream, &y->stream);
  return order ? order : x->position < y->position ? -1 : x->position > y->position;
}

err authored_fill(struct sqlite_store *q) {
  struct write_feed *list = NULL;
  size_t count = 0;
  err e = read_all(q, &list, &count);
  if (e == ERR_OK && count) {
    qsort(list, count, sizeof *list, by_stream);
    e = feed_put(q, list, count);
  }
  free(list);
  return e;
}
