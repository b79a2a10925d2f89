/* erase_sql.c: everything about one learner leaves the tables, and the ledger remembers hashes. A retention
 * schedule erases thousands of learners in a year, so what one costs is what was written about them, however
 * much the hub holds: rows, history and feed are found from the learner on.
 */
#include <stdlib.h>

#include "server/store/sqlite/retention.h"
#include "server/store/sqlite/tally.h"
#include "server/store/sqlite/views.h"
#include "shared/crypto/crypto.h"

_Static_assert(TABLE_learner == 7, "as in SQL");
enum { items_found_bytes_max = 16777216 };

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

/* Every session of an activity that they were ever enrolled in, and those they visited (guests_sql.c). */
static err their_sessions(struct sqlite_store *q, const struct id *learner, struct arena *a, struct id **out,
                          size_t *count) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "SELECT s.id FROM enrolment e JOIN session s ON s.activity=e.activity WHERE e.learner=?1 UNION "
              "SELECT session FROM guest WHERE learner=?1"));
  stmt_id(s, 1, learner);
  return read_ids(s, a, out, count);
}

err mark_there(struct sqlite_store *q, const struct id *session, const struct id *learner, struct id *mark,
               bool *out) {
  struct stmt *s;
  crypto_row_id(mark, TABLE_mark, (const struct id[]){*session, *learner}, 2);
  TRY(db_stmt(q->db, &s, "SELECT 1 FROM mark WHERE id=?1"));
  stmt_id(s, 1, mark);
  TRY(stmt_step(s, out));
  stmt_reset(s);
  return ERR_OK;
}

static err marks_about(struct sqlite_store *q, const struct id *learner, struct arena *a, struct id **out,
                       size_t *count) {
  struct id *sessions;
  size_t session_count;
  *count = 0;
  TRY(their_sessions(q, learner, a, &sessions, &session_count));
  *out = arena_take(a, session_count + 1, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  for (size_t i = 0; i < session_count; i++) {
    bool there;
    TRY(mark_there(q, &sessions[i], learner, &(*out)[*count], &there));
    *count += there;
  }
  return ERR_OK;
}

static void put_keys(struct row_key *out, uint8_t table, const struct id *ids, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = (struct row_key){.table = schema_table(table), .id = ids[i]};
}

/* Of marks, which nothing finds by learner, see guests_sql.c. */
err store_rows_about(struct store *store, const struct id *learner, struct arena *a, struct row_key **out,
                     size_t *count) {
  struct sqlite_store *q = sqlite_of(store);
  struct row_key *list;
  struct id *asked, *marks;
  size_t own, more, marked;
  TRY(questions_about(q, learner, a, &asked, &more));
  TRY(marks_about(q, learner, a, &marks, &marked));
  TRY(rows_about_but(q->rows, learner, TABLE_mark, &list, &own));
  *count = own + more + marked;
  *out = arena_take(a, *count + 1, sizeof **out);
  if (*out && own) bytes_copy(*out, list, own * sizeof *list);
  free(list);
  if (!*out) return ERR_NO_MEMORY;
  put_keys(*out + own, TABLE_mark, marks, marked);
  put_keys(*out + own + marked, TABLE_question, asked, more);
  if (*count) qsort(*out, *count, sizeof **out, in_order);
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
    TRY(run_on(q, "DELETE FROM run_row WHERE tbl=7 AND row=?1 AND run IN (SELECT id FROM run)", &key->id));
    TRY(run_on(q, "DELETE FROM guest WHERE learner=?1", &key->id));
    TRY(run_on(q, "DELETE FROM tally_learner WHERE learner=?1", &key->id));
    TRY(run_on(
        q,
        "UPDATE writeback_run SET body=NULL WHERE id IN (SELECT run FROM writeback_child WHERE learner=?1)",
        &key->id));
    TRY(run_on(q, "DELETE FROM writeback_child WHERE learner=?1", &key->id));
  }
  TRY(rows_delete(q->rows, key->table, &key->id));
  return db_changes(q->db) > 0 ? row_count_add(q, key->table, -1) : ERR_OK;
}

/* ---- matters about any of the rows ---- */

static err find_items(struct sqlite_store *q, const struct row_key *key, struct arena *a, struct id **out,
                      size_t *count) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "SELECT id FROM item WHERE row=?1 AND tbl=?2 UNION SELECT id FROM item WHERE other=?1 AND "
              "tbl=?2"));
  stmt_id(s, 1, &key->id);
  stmt_int(s, 2, key->table->id);
  return read_ids(s, a, out, count);
}

static err erase_items(struct sqlite_store *q, const struct write_erasure *w) {
  struct arena a = ARENA_INIT(items_found_bytes_max);
  err e = ERR_OK;
  for (size_t i = 0; e == ERR_OK && i < w->row_count; i++) {
    struct id *found;
    size_t count;
    arena_clear(&a);
    e = find_items(q, &w->rows[i], &a, &found, &count);
    for (size_t k = 0; e == ERR_OK && k < count; k++) {
      e = run_on(q, "DELETE FROM item_event WHERE item=?1", &found[k]);
      if (e == ERR_OK) e = run_on(q, "DELETE FROM item WHERE id=?1", &found[k]);
    }
  }
  arena_finish(&a);
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

/* Where their rows travel is asked, and the history of them blanked, while they are there. */
err store_erase(struct store *store, const struct write_erasure *w, struct erased_counts *out) {
  struct sqlite_store *q = sqlite_of(store);
  TRY(tally_child_changed(q, &w->learner));
  TRY(reasons_erase(q, &w->learner, &out->words));
  TRY(feed_erase(q, w));
  TRY(history_erase(q, w->rows, w->row_count, &out->ops));
  for (size_t i = 0; i < w->row_count; i++) TRY(erase_row(q, &w->rows[i]));
  TRY(erase_items(q, w));
  TRY(run_on(q, "DELETE FROM hold WHERE learner=?1 AND lifted IS NOT NULL", &w->learner));
  /* That somebody was followed up stays; what was said about whom does not. */
  TRY(run_on(
      q, "UPDATE absence_case_event SET text=NULL WHERE id IN (SELECT id FROM absence_case WHERE learner=?1)",
      &w->learner));
  TRY(run_on(q, "UPDATE absence_case SET learner=zeroblob(16) WHERE learner=?1", &w->learner));
  TRY(save_entry(q, w));
  TRY(save_hashes(q, w));
  return tell(q, w);
}

/* By the meeting and the record that stand for those of the mark. */
#define ABOUT_BOTH_MARKS "row=" VIEW_CANON("?1") " AND other=" VIEW_CANON("?2") " AND kind=3"
_Static_assert(ITEM_TWO_MARKS == 3, "as in SQL");

/* What a mark stands behind without its row: that somebody visited, that two marks of one child differ, and
 * the sums of the reports. */
static err note_mark(struct sqlite_store *q, const struct id *mark) {
  static const char *const beside[] = {
      "DELETE FROM guest WHERE session=?1 AND learner=?2",
      "DELETE FROM item_event WHERE item IN (SELECT id FROM item WHERE " ABOUT_BOTH_MARKS ")",
      "DELETE FROM item WHERE " ABOUT_BOTH_MARKS};
  struct stmt *s;
  struct id session, learner;
  bool there;
  TRY(db_stmt(q->db, &s, "SELECT session, learner FROM mark WHERE id=?1"));
  stmt_id(s, 1, mark);
  TRY(stmt_step(s, &there));
  there = there && stmt_column_id(s, 0, &session) && stmt_column_id(s, 1, &learner);
  stmt_reset(s);
  if (there) TRY(tally_child_changed(q, &learner)); /* while it is known where they visited */
  for (size_t i = 0; there && i < sizeof beside / sizeof *beside; i++) {
    TRY(db_stmt(q->db, &s, beside[i]));
    stmt_id(s, 1, &session);
    stmt_id(s, 2, &learner);
    TRY(stmt_run(s));
  }
  return ERR_OK;
}

err retention_remove(struct store *store, const struct write_erasure *w) {
  struct sqlite_store *q = sqlite_of(store);
  uint64_t ops;
  TRY(history_erase(q, w->rows, w->row_count, &ops));
  for (size_t i = 0; i < w->row_count; i++) {
    if (w->rows[i].table->id == TABLE_mark) TRY(note_mark(q, &w->rows[i].id));
    TRY(erase_row(q, &w->rows[i]));
  }
  TRY(erase_items(q, w));
  return save_hashes(q, w);
}

err retention_forget(struct store *store, const uint8_t hash[hash_bytes]) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "DELETE FROM erased WHERE hash=?1"));
  stmt_blob(s, 1, slice_of(hash, hash_bytes));
  return stmt_run(s);
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
