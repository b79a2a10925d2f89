/* write_sql.c: rows in memory from their tables, and one write set into its tables, in the order it comes. */
#include <stdlib.h>

#include "server/store/sqlite/sqlite_store.h"
#include "server/store/sqlite/tally.h"

err store_load_row(struct store *s, const struct table *t, const struct id *id, struct arena *a,
                   struct row *out) {
  return rows_load(sqlite_of(s)->rows, t, id, a, out);
}

/* ---- many rows ---- */

enum { run_rows_min = 4, strangers_max = 64, run_sql_bytes_max = 4096 };
enum { list_rows_min = 256, strangers_each = 4 };

/* Found in the order of their ids, one search leads to all of them. */
static err run_sql(struct sqlite_store *q, const struct table *t, const char **out) {
  struct buf *sql = &q->runs[t->id];
  if (sql->len == 0) {
    const char *columns;
    TRY(rows_columns(q->rows, t, &columns));
    *sql = (struct buf)BUF_INIT(run_sql_bytes_max);
    TRY(buf_printf(sql, "SELECT %s FROM %s WHERE id>=?1 AND id<=?2 ORDER BY id", columns, t->name));
    TRY(buf_put_u8(sql, 0));
  }
  *out = (const char *)sql->ptr;
  return ERR_OK;
}

static void set_absent(struct row *row) { *row = (struct row){.table = row->table, .id = row->id}; }

/* What stands between two of them may be of others: so many, and `each` for every one that is looked up.
 * *done: how many were before there were too many of those. */
static err read_run(struct sqlite_store *q, struct stmt *s, struct row *const *rows, size_t count,
                    size_t each, struct arena *a, size_t *done) {
  size_t strangers = 0;
  bool there = true;
  for (*done = 0; *done < count && strangers <= strangers_max + each * *done;) {
    struct id id;
    if (there) TRY(stmt_step(s, &there));
    if (there && !stmt_column_id(s, 0, &id)) return ERR_CORRUPT;
    for (; *done < count && (!there || id_compare(&rows[*done]->id, &id) < 0); (*done)++)
      set_absent(rows[*done]);
    bool wanted = *done < count && id_equal(&rows[*done]->id, &id);
    if (wanted) TRY(rows_read(q->rows, s, 0, rows[*done]->table, a, rows[*done]));
    *done += wanted;
    strangers += !wanted;
  }
  return ERR_OK;
}

static err try_run(struct sqlite_store *q, struct row *const *rows, size_t count, size_t each,
                   struct arena *a, size_t *done) {
  struct stmt *s;
  const char *sql;
  TRY(run_sql(q, rows[0]->table, &sql));
  TRY(db_stmt(q->db, &s, sql));
  stmt_id(s, 1, &rows[0]->id);
  stmt_id(s, 2, &rows[count - 1]->id);
  err e = read_run(q, s, rows, count, each, a, done);
  stmt_reset(s);
  return e;
}

static err load_run(struct sqlite_store *q, struct row *const *rows, size_t count, struct arena *a) {
  size_t done = 0;
  if (count >= run_rows_min) TRY(try_run(q, rows, count, 0, a, &done));
  for (; done < count; done++) {
    struct id id = rows[done]->id;
    TRY(rows_load(q->rows, rows[done]->table, &id, a, rows[done]));
  }
  return ERR_OK;
}

static int by_key(const void *a, const void *b) {
  const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;
  if (x->table->id != y->table->id) return x->table->id < y->table->id ? -1 : 1;
  return id_compare(&x->id, &y->id);
}

/* Neighbours, such as the marks of one register: see crypto_row_id. What is named twice is looked up twice.
 */
static bool are_near(const struct row *a, const struct row *b) {
  return a->table == b->table && !id_equal(&a->id, &b->id) &&
         slice_equal(slice_of(a->id.b, row_id_near_bytes), slice_of(b->id.b, row_id_near_bytes));
}

static size_t run_of(struct row *const *rows, size_t count) {
  size_t n = 1;
  while (n < count && are_near(rows[n - 1], rows[n])) n++;
  return n;
}

/* What the feed asks for stands in the order in which it was saved, which is most often this one. */
static bool is_sorted(struct row **rows, size_t count) {
  for (size_t i = 1; i < count; i++) {
    if (by_key(&rows[i - 1], &rows[i]) > 0) return false;
  }
  return true;
}

static size_t same_table(struct row *const *rows, size_t count) {
  size_t n = 1;
  while (n < count && rows[n]->table == rows[0]->table) n++;
  return n;
}

/* A list of rows anywhere in a table: where they are a good part of it, as the lists of an import are, the
 * table is read from one end to the other. */
static err load_list(struct sqlite_store *q, struct row *const *rows, size_t count, struct arena *a) {
  size_t done = 0;
  if (count >= list_rows_min) TRY(try_run(q, rows, count, strangers_each, a, &done));
  while (done < count) {
    size_t n = run_of(rows + done, count - done);
    TRY(load_run(q, rows + done, n, a));
    done += n;
  }
  return ERR_OK;
}

err store_load_rows(struct store *store, struct row **rows, size_t count, struct arena *a) {
  if (!is_sorted(rows, count)) qsort(rows, count, sizeof *rows, by_key);
  for (size_t done = 0, n; done < count; done += n) {
    n = same_table(rows + done, count - done);
    TRY(load_list(sqlite_of(store), rows + done, n, a));
  }
  return ERR_OK;
}

/* ---- saving ---- */

static err save_touched(struct sqlite_store *q, const struct id *session, int64_t now_ms) {
  struct stmt *s;
  TRY(db_stmt(
      q->db, &s,
      "INSERT INTO touched(session, at) VALUES(?1, ?2) ON CONFLICT(session) DO UPDATE SET at=excluded.at"));
  stmt_id(s, 1, session);
  stmt_int(s, 2, now_ms);
  return stmt_run(s);
}

/* They stand beside each other, for rows come in the order of their tables. */
static err note_guests(struct sqlite_store *q, const struct write_set *w) {
  size_t first = 0, end;
  while (first < w->row_count && w->rows[first]->table->id != TABLE_mark) first++;
  for (end = first; end < w->row_count && w->rows[end]->table->id == TABLE_mark;) end++;
  return end > first ? guests_note(q, w->rows + first, end - first) : ERR_OK;
}

static enum write_row how_of(const struct write_set *w, size_t i) {
  return w->how ? (enum write_row)w->how[i] : WRITE_ROW_CHANGED;
}

static err save_stretch(struct sqlite_store *q, const struct row *const *rows, size_t count,
                        enum write_row how) {
  if (how == WRITE_ROW_FRESH) return rows_add_all(q->rows, rows, count);
  if (how == WRITE_ROW_CHANGED) return rows_save_all(q->rows, rows, count);
  for (size_t i = 0; i < count; i++) TRY(rows_save_version(q->rows, rows[i]));
  return ERR_OK;
}

/* In stretches of rows that are new, of such as were there, and of such as only travel again. */
static err save_rows(struct sqlite_store *q, const struct write_set *w) {
  for (size_t i = 0; i < w->row_count; i++)
    if (how_of(w, i) == WRITE_ROW_CHANGED) TRY(tally_row_changes(q, w->rows[i]->table, &w->rows[i]->id));
  for (size_t done = 0, n; done < w->row_count; done += n) {
    enum write_row how = how_of(w, done);
    for (n = 1; done + n < w->row_count && how_of(w, done + n) == how;) n++;
    TRY(save_stretch(q, w->rows + done, n, how));
  }
  for (size_t i = 0; i < w->row_count; i++) {
    if (w->rows[i]->table->id == TABLE_learner) TRY(learner_name_save(q, w->rows[i], how_of(w, i)));
    if (how_of(w, i) != WRITE_ROW_AGAIN) TRY(tally_row_changes(q, w->rows[i]->table, &w->rows[i]->id));
  }
  return ERR_OK;
}

err row_count_add(struct sqlite_store *q, const struct table *t, int64_t more) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "UPDATE row_count SET rows=rows+?2 WHERE tbl=?1"));
  stmt_int(s, 1, t->id);
  stmt_int(s, 2, more);
  return stmt_run(s);
}

/* Rows come in the order of their tables. */
static err count_fresh(struct sqlite_store *q, const struct write_set *w) {
  for (size_t done = 0, n; done < w->row_count; done += n) {
    const struct table *t = w->rows[done]->table;
    int64_t fresh = 0;
    for (n = 0; done + n < w->row_count && w->rows[done + n]->table == t; n++)
      fresh += how_of(w, done + n) == WRITE_ROW_FRESH;
    if (fresh) TRY(row_count_add(q, t, fresh));
  }
  return ERR_OK;
}

/* Origins are numbered before the first row is saved, because saving a row makes the new numbers durable; an
 * op that is history at once stands in no row. */
err store_save(struct store *s, const struct write_set *w) {
  struct sqlite_store *q = sqlite_of(s);
  uint32_t no;
  ASSERT(w->history_count == 0 || w->row_count > 0);
  for (size_t i = 0; i < w->history_count; i++) TRY(history_origin(q, &w->history[i], &no));
  TRY(save_rows(q, w));
  TRY(count_fresh(q, w));
  TRY(note_guests(q, w));
  if (w->history_count) TRY(history_add(q, w->history, w->history_count));
  for (size_t i = 0; i < w->loose_count; i++) TRY(history_loose_add(q, &w->loose[i]));
  TRY(conflicts_save(q, w->conflicts, w->conflict_count, w->now_ms));
  for (size_t i = 0; i < w->seen_count; i++) TRY(seen_add(q, &w->seen[i]));
  if (w->feed_count) TRY(feed_put(q, w->feed, w->feed_count));
  if (!w->moves_only) TRY(tally_changed(q, w->feed, w->feed_count));
  for (size_t i = 0; i < w->session_count; i++) TRY(save_touched(q, &w->sessions[i], w->now_ms));
  return ERR_OK;
}
