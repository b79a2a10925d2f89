/* erase_sql.c: everything about one learner leaves the tables, and the ledger remembers hashes. The feed and
 * the history are looked through whole: an erasure is rare, and nothing may be missed for want of an index.
 */
#include <stdlib.h>

#include "server/store/sqlite/sqlite_store.h"
#include "server/store/sqlite/tally.h"

enum { feed_page_rows = 1024, items_found_bytes_max = 16777216 };

/* Downwards to whoever was merged into the learner, upwards to whom the learner was merged into. */
err same_learners(struct store *store, const struct id *learner, struct arena *a, struct id **out,
                  size_t *count) {
  struct stmt *s;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "WITH RECURSIVE same(id) AS (VALUES(?1) UNION SELECT l.id FROM same JOIN learner l ON "
      "l.merged_into=same.id UNION SELECT l.merged_into FROM same JOIN learner l ON l.id=same.id WHERE "
      "l.merged_into IS NOT NULL) SELECT id FROM same ORDER BY id"));
  stmt_id(s, 1, learner);
  return read_ids(s, a, out, count);
}

/* What was asked about a matter of two children names the other one too, and is kept under one of them. */
static err questions_about(struct sqlite_store *q, const struct id *learner, struct arena *a, struct id **out,
                           size_t *count) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "SELECT q.id FROM question q JOIN item ON item.id=unhex(q.item) WHERE q.learner IS NOT ?1"
              " AND (item.row=?1 OR item.other=?1) ORDER BY q.id"));
  stmt_id(s, 1, learner);
  return read_ids(s, a, out, count);
}

static int in_order(const void *a, const void *b) { return row_key_compare(a, b); }

err store_rows_about(struct store *store, const struct id *learner, struct arena *a, struct row_key **out,
                     size_t *count) {
  struct row_key *list;
  struct id *asked;
  size_t own, more;
  TRY(questions_about(sqlite_of(store), learner, a, &asked, &more));
  TRY(rows_about(sqlite_of(store)->rows, learner, &list, &own));
  *out = arena_take(a, own + more + 1, sizeof **out);
  if (*out && own) bytes_copy(*out, list, own * sizeof *list);
  free(list);
  if (!*out) return ERR_NO_MEMORY;
  for (size_t i = 0; i < more; i++)
    (*out)[own + i] = (struct row_key){.table = schema_table(TABLE_question), .id = asked[i]};
  *count = own + more;
  if (more) qsort(*out, *count, sizeof **out, in_order);
  return ERR_OK;
}

/* ---- rows, and what stands beside them ---- */

static err run_on(struct sqlite_store *q, const char *sql, const struct id *id) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, sql));
  stmt_id(s, 1, id);
  return stmt_run(s);
}

static err erase_row(struct sqlite_store *q, const struct row_key *key) {
  TRY(tally_row_changes(q, key->table, &key->id));
  TRY(run_on(q, "DELETE FROM conflict WHERE row=?1", &key->id));
  TRY(run_on(q, "DELETE FROM loose WHERE row=?1", &key->id));
  /* Who stood for the same child stands alone again, under a name of their own. */
  q->aliases = ALIAS_NOT_ASKED;
  TRY(run_on(q, "DELETE FROM alias WHERE canon=(SELECT canon FROM alias WHERE id=?1)", &key->id));
  if (key->table->id == TABLE_learner) {
    TRY(run_on(q, "DELETE FROM learner_name WHERE learner=?1", &key->id));
    TRY(run_on(q, "DELETE FROM likeness_key WHERE learner=?1", &key->id));
    TRY(run_on(q, "DELETE FROM run_row WHERE row=?1", &key->id));
    TRY(run_on(q, "DELETE FROM guest WHERE learner=?1", &key->id));
    TRY(run_on(q, "DELETE FROM tally_learner WHERE learner=?1", &key->id));
    TRY(run_on(
        q,
        "UPDATE writeback_run SET body=NULL WHERE id IN (SELECT run FROM writeback_child WHERE learner=?1)",
        &key->id));
    TRY(run_on(q, "DELETE FROM writeback_child WHERE learner=?1", &key->id));
  }
  return rows_delete(q->rows, key->table, &key->id);
}

/* ---- matters about any of the rows ---- */

static bool is_about(const struct write_erasure *w, const struct table *t, struct stmt *s, int column) {
  struct id id;
  return t && stmt_column_id(s, column, &id) && row_key_in(w->rows, w->row_count, t, &id);
}

static err find_items(struct sqlite_store *q, const struct write_erasure *w, struct buf *found) {
  struct stmt *s;
  bool there;
  TRY(db_stmt(q->db, &s, "SELECT id, tbl, row, other FROM item"));
  err e = stmt_step(s, &there);
  while (e == ERR_OK && there) {
    int64_t number = stmt_column_int(s, 1);
    const struct table *t = number > 0 && number <= UINT8_MAX ? schema_table((uint8_t)number) : NULL;
    if (is_about(w, t, s, 2) || is_about(w, t, s, 3)) e = buf_append(found, stmt_column_blob(s, 0));
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

/* All that there ever were are looked through once, and not for each row: hundreds of rows are of one
 * learner, and an index would cost every conflict more than an erasure is worth. */
static err erase_items(struct sqlite_store *q, const struct write_erasure *w) {
  struct buf found = BUF_INIT(items_found_bytes_max);
  err e = find_items(q, w, &found);
  struct cursor c = cursor_of(buf_slice(&found));
  while (e == ERR_OK && cursor_left(&c) > 0) {
    struct id matter;
    e = cursor_copy(&c, &matter, id_bytes);
    if (e == ERR_OK) e = run_on(q, "DELETE FROM item_event WHERE item=?1", &matter);
    if (e == ERR_OK) e = run_on(q, "DELETE FROM item WHERE id=?1", &matter);
  }
  buf_finish(&found);
  return e;
}

/* ---- the feed: one page of entries after the other ---- */

struct feed_page {
  int64_t places[feed_page_rows];
  size_t count;
  int64_t last;
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
  TRY(db_stmt(q->db, &s, "SELECT place, rows FROM feed WHERE place>?1 ORDER BY place"));
  stmt_int(s, 1, p->last);
  TRY(stmt_step(s, &p->more));
  while (e == ERR_OK && p->more && p->count + feed_run_entries_max <= feed_page_rows) {
    p->last = stmt_column_int(s, 0);
    e = look_through(p, w, stmt_column_blob(s, 1));
    if (e == ERR_OK) e = stmt_step(s, &p->more);
  }
  stmt_reset(s);
  return e;
}

static err erase_feed(struct sqlite_store *q, const struct write_erasure *w) {
  struct feed_page *p = malloc(sizeof *p);
  if (!p) return ERR_NO_MEMORY;
  *p = (struct feed_page){.more = true};
  err e = ERR_OK;
  while (e == ERR_OK && p->more) {
    e = read_page(q, w, p);
    if (e == ERR_OK) e = feed_remove(q, p->places, p->count);
  }
  free(p);
  return e;
}

/* ---- the ledger ---- */

static err save_entry(struct sqlite_store *q, const struct write_erasure *w) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "INSERT INTO erasure(number, at, actor, reason, position) VALUES(?1, ?2, ?3, ?4, ?5)"));
  stmt_int(s, 1, (int64_t)w->entry.number);
  stmt_int(s, 2, w->entry.at_ms);
  stmt_id(s, 3, &w->entry.by);
  stmt_text(s, 4, w->entry.reason);
  stmt_int(s, 5, (int64_t)w->position);
  return stmt_run(s);
}

static err save_hashes(struct sqlite_store *q, const struct write_erasure *w) {
  for (size_t i = 0; i < w->hash_count; i++) {
    struct stmt *s;
    TRY(db_stmt(q->db, &s, "INSERT INTO erased(hash, number) VALUES(?1, ?2) ON CONFLICT DO NOTHING"));
    stmt_blob(s, 1, slice_of(w->hashes[i], hash_bytes));
    stmt_int(s, 2, (int64_t)w->entry.number);
    TRY(stmt_run(s));
  }
  return ERR_OK;
}

/* Every device hears of the learner, and of questions: of these it cannot tell by itself that they go. They
 * have the positions before the learner's, and a stream is written from its front to its end. */
static err tell(struct sqlite_store *q, const struct write_erasure *w) {
  const struct table *question = schema_table(TABLE_question);
  struct write_feed one = {.stream = stream_reference, .table = question, .kind = FEED_ERASE};
  one.position = w->position;
  for (size_t i = 0; i < w->row_count; i++) one.position -= w->rows[i].table == question;
  for (size_t i = 0; i < w->row_count; i++) {
    if (w->rows[i].table != question) continue;
    one.row = w->rows[i].id;
    TRY(feed_put(q, &one, 1));
    one.position++;
  }
  one.table = schema_table(TABLE_learner);
  one.row = w->learner;
  return feed_put(q, &one, 1);
}

err store_erase(struct store *store, const struct write_erasure *w, struct erased_counts *out) {
  struct sqlite_store *q = sqlite_of(store);
  TRY(tally_child_changed(q, &w->learner));
  TRY(reasons_erase(q, &w->learner, &out->words));
  for (size_t i = 0; i < w->row_count; i++) TRY(erase_row(q, &w->rows[i]));
  TRY(erase_items(q, w));
  TRY(run_on(q, "DELETE FROM hold WHERE learner=?1 AND lifted IS NOT NULL", &w->learner));
  /* That somebody was followed up stays; what was said about whom does not. */
  TRY(run_on(
      q, "UPDATE absence_case_event SET text=NULL WHERE id IN (SELECT id FROM absence_case WHERE learner=?1)",
      &w->learner));
  TRY(run_on(q, "UPDATE absence_case SET learner=zeroblob(16) WHERE learner=?1", &w->learner));
  TRY(erase_feed(q, w));
  TRY(history_erase(q, w->rows, w->row_count, &out->ops));
  TRY(save_entry(q, w));
  TRY(save_hashes(q, w));
  return tell(q, w);
}

err erased_find(struct store *store, const uint8_t hash[hash_bytes], uint64_t *number_out) {
  struct stmt *s;
  bool there;
  TRY(db_stmt(sqlite_of(store)->db, &s, "SELECT number FROM erased WHERE hash=?1"));
  stmt_blob(s, 1, slice_of(hash, hash_bytes));
  TRY(stmt_step(s, &there));
  *number_out = there ? (uint64_t)stmt_column_int(s, 0) : 0;
  stmt_reset(s);
  return ERR_OK;
}

err erasure_at(struct sqlite_store *q, uint64_t position, uint64_t *number_out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "SELECT number FROM erasure WHERE position>=?1 ORDER BY position LIMIT 1"));
  stmt_int(s, 1, (int64_t)position);
  err e = stmt_one(s);
  if (e == ERR_OK) *number_out = (uint64_t)stmt_column_int(s, 0);
  stmt_reset(s);
  return e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
}
