/* questions_sql.c: questions about a matter, and which of them are over. */
#include <stdlib.h>

#include "server/core/views_questions.h"
#include "server/store/sqlite/views.h"

err questions_open(struct store *store, struct slice matter, struct arena *a, struct id **out,
                   size_t *count) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT id FROM question WHERE item=?1 AND withdrawn IS NOT 1 ORDER BY id"));
  stmt_text(s, 1, matter);
  return read_ids(s, a, out, count);
}

/* Asked every few seconds, so without those that were answered in all the years. */
#define OPEN_ONES "question q INDEXED BY hub_question_open"

static err read_asked(struct stmt *s, struct arena *a, void *at) {
  struct store_asked *out = at;
  (void)a;
  return stmt_column_id(s, 0, &out->question) && stmt_column_id(s, 1, &out->about) ? ERR_OK : ERR_CORRUPT;
}

err questions_asked(struct store *store, struct arena *a, struct store_asked **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT q.id, item.id FROM " OPEN_ONES
              " JOIN item ON item.id=unhex(q.item) WHERE q.withdrawn IS "
              "NOT 1 AND q.answer IS NULL ORDER BY q.id"));
  *out = read_list(&e, s, sizeof **out, read_asked, a, count);
  return e;
}

/* ---- what is over ---- */

/* 1 is ITEM_OPEN, 6 CONFLICT_AWAY, as in items_sql.c. A matter that a restored hub does not know yet is none
 * that is over. What was asked about a missing register names its session, and is over with it. */
#define CLOSED VIEW_CLOSURE("s", "a")
static err matters_over(struct sqlite_store *q, struct arena *a, struct id **out, size_t *count) {
  struct stmt *s;
  TRY(db_stmt(
      q->db, &s,
      "SELECT q.id FROM " OPEN_ONES " JOIN item ON item.id=unhex(q.item) WHERE q.withdrawn IS NOT 1 AND"
      " q.answer IS NULL AND (item.state<>1 OR (item.conflict=6 AND EXISTS " VIEW_EXPLAINED_ITEM
      ")) UNION SELECT q.id FROM " OPEN_ONES " JOIN session s ON s.id=unhex(q.item) LEFT JOIN register r"
      " ON r.session=s.id LEFT JOIN activity a ON a.id=s.activity WHERE q.withdrawn IS NOT 1 AND"
      " q.answer IS NULL AND (s.status=3 OR r.state=2 OR (r.state IS NULL AND s.status=1 AND " CLOSED
      " IS NOT NULL)) ORDER BY 1"));
  return read_ids(s, a, out, count);
}
_Static_assert(ENUM_session_status_scheduled == 1 && ENUM_session_status_cancelled == 3 &&
                   ENUM_register_state_closed == 2,
               "as in SQL");

/* Of bundles that wait: nothing of it does any more, whoever judged it. */
static err is_judged(struct sqlite_store *q, const struct id *bundle, bool *out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "SELECT coalesce(max(q.state=1)=0, 0) FROM quarantine q JOIN bundle b ON b.no=q.bundle WHERE "
              "substr(b.hash, 1, 8)=?1"));
  stmt_blob(s, 1, slice_of(bundle->b + id_bytes / 2, id_bytes / 2));
  TRY(stmt_one(s));
  *out = stmt_column_int(s, 0) != 0;
  stmt_reset(s);
  return ERR_OK;
}

/* A bundle is named by the beginning of its hash, in the last half of an id: see quarantine_matter. */
static err bundles_asked(struct sqlite_store *q, struct arena *a, struct store_asked **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(q->db, &s,
              "SELECT q.id, unhex(q.item) FROM " OPEN_ONES " WHERE q.item>='0000000000000000' AND "
              "q.item<'0000000000000001' AND q.withdrawn IS NOT 1 AND q.answer IS NULL ORDER BY q.id"));
  *out = read_list(&e, s, sizeof **out, read_asked, a, count);
  return e;
}

err questions_over(struct store *store, struct arena *a, struct id **out, size_t *count) {
  struct sqlite_store *q = sqlite_of(store);
  struct id *matters;
  struct store_asked *bundles;
  size_t bundle_count;
  TRY(matters_over(q, a, &matters, count));
  TRY(bundles_asked(q, a, &bundles, &bundle_count));
  *out = arena_take(a, *count + bundle_count + 1, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  if (*count) bytes_copy(*out, matters, *count * sizeof *matters);
  for (size_t i = 0; i < bundle_count; i++) {
    bool judged;
    TRY(is_judged(q, &bundles[i].about, &judged));
    if (judged) (*out)[(*count)++] = bundles[i].question;
  }
  return ERR_OK;
}

/* ---- reading ---- */

static int64_t written_ms(const struct row *row, size_t column) {
  const struct head *h = view_head(row, row->table->columns[column].unit);
  return h ? (int64_t)h->stamp : 0;
}

static err read_one(struct sqlite_store *q, const struct id *id, struct arena *a, struct view_question *out) {
  struct row row;
  TRY(rows_load(q->rows, schema_table(TABLE_question), id, a, &row));
  const struct value *v = row.values;
  *out = (struct view_question){.id = *id,
                                .staff = v[COL(question, staff)].id,
                                .text = value_words(&v[COL(question, text)]),
                                .asked_by = value_words(&v[COL(question, asked_by)]),
                                .answer = value_words(&v[COL(question, answer)]),
                                .asked_ms = written_ms(&row, COL(question, text)),
                                .withdrawn = v[COL(question, withdrawn)].kind == VALUE_INT &&
                                             v[COL(question, withdrawn)].i};
  if (out->answer.len) out->answered_ms = written_ms(&row, COL(question, answer));
  return view_author(q, &out->staff, a, &out->staff_name);
}

static int by_time(const void *a, const void *b) {
  const struct view_question *x = a, *y = b;
  if (x->asked_ms != y->asked_ms) return x->asked_ms < y->asked_ms ? -1 : 1;
  return id_compare(&x->id, &y->id);
}

err views_questions(struct store *store, const struct id *matter, struct arena *a, struct view_question **out,
                    size_t *count) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  struct id *ids;
  char text[id_text_bytes];
  id_text(text, matter);
  TRY(db_stmt(q->db, &s, "SELECT id FROM question WHERE item=?1 ORDER BY id"));
  stmt_text(s, 1, slice_text(text));
  TRY(read_ids(s, a, &ids, count));
  *out = arena_take(a, *count + 1, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  for (size_t i = 0; i < *count; i++) TRY(read_one(q, &ids[i], a, &(*out)[i]));
  if (*count > 1) qsort(*out, *count, sizeof **out, by_time);
  return ERR_OK;
}

/* ---- which bundle ---- */

err views_bundle_asked(struct store *store, const struct id *matter, uint64_t *number_out) {
  struct stmt *s;
  if (!bytes_are_zero(matter->b, id_bytes / 2)) return ERR_NOT_FOUND;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT q.bundle FROM quarantine q JOIN bundle b ON b.no=q.bundle WHERE substr(b.hash, 1, 8)=?1 "
      "ORDER BY q.bundle LIMIT 1"));
  stmt_blob(s, 1, slice_of(matter->b + id_bytes / 2, id_bytes / 2));
  err e = stmt_one(s);
  if (e == ERR_OK) *number_out = (uint64_t)stmt_column_int(s, 0);
  stmt_reset(s);
  return e;
}

err views_bundle_hash(struct store *store, uint64_t number, uint8_t out[hash_bytes]) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "SELECT hash FROM bundle WHERE no=?1"));
  stmt_int(s, 1, (int64_t)number);
  TRY(stmt_one(s));
  const struct slice hash = stmt_column_blob(s, 0);
  const bool whole = hash.len == hash_bytes;
  if (whole) bytes_copy(out, hash.ptr, hash_bytes);
  stmt_reset(s);
  return whole ? ERR_OK : ERR_CORRUPT;
}
