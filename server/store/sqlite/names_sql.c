/* names_sql.c: learners' names as people search and sort them: folded, one line a learner, kept with the row.
 */
#include "server/store/sqlite/sqlite_store.h"
#include "shared/base/fold.h"

static err fold_column(struct buf *out, const struct row *row, size_t column) {
  const struct value *v = &row->values[column];
  if (v->kind != VALUE_TEXT || v->text.len == 0) return ERR_OK;
  if (out->len) TRY(buf_put_u8(out, ' '));
  return text_fold(out, v->text);
}

/* The name people use comes first, so that the list is in its order; the others and the office's number are
 * found too. */
static err fold_names(struct buf *out, const struct row *row) {
  buf_clear(out);
  bool known = row->values[COL(learner, known_name)].kind == VALUE_TEXT &&
               row->values[COL(learner, known_name)].text.len;
  TRY(fold_column(out, row, known ? COL(learner, known_name) : COL(learner, first_name)));
  TRY(fold_column(out, row, COL(learner, last_name)));
  if (known) TRY(fold_column(out, row, COL(learner, first_name)));
  return fold_column(out, row, COL(learner, ref));
}

/* First, known and last name apart, to find who may be the same child by: see learner_parts. */
static err fold_parts(struct buf *out, const struct row *row) {
  static const size_t columns[] = {COL(learner, first_name), COL(learner, known_name),
                                   COL(learner, last_name)};
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
    const struct value *v = &row->values[columns[i]];
    if (v->kind == VALUE_TEXT && v->text.len) TRY(text_fold(out, v->text));
    TRY(buf_put_u8(out, '\n')); /* which folding leaves in no text */
  }
  return ERR_OK;
}

static struct slice next_part(struct slice *rest) {
  size_t end = 0;
  while (end < rest->len && rest->ptr[end] != '\n') end++;
  struct slice part = slice_of(rest->ptr, end);
  size_t skip = end < rest->len ? end + 1 : end;
  *rest = slice_of(rest->ptr + skip, rest->len - skip);
  return part;
}

void learner_parts(struct likeness_child *out, struct slice parts) {
  out->first = next_part(&parts);
  out->known = next_part(&parts);
  out->last = next_part(&parts);
}

size_t likeness_keys_of(int64_t out[likeness_keys_max], struct sqlite_store *q,
                        const struct likeness_child *c) {
  if (q->words.count == 0) likeness_words_make(&q->words);
  return likeness_keys(out, &q->words, c);
}

static err each_key(struct sqlite_store *q, const char *sql, const struct id *learner, struct slice parts) {
  struct likeness_child c = {.born = 0};
  int64_t keys[likeness_keys_max];
  struct stmt *s;
  learner_parts(&c, parts);
  size_t count = likeness_keys_of(keys, q, &c);
  for (size_t i = 0; i < count; i++) {
    TRY(db_stmt(q->db, &s, sql));
    stmt_int(s, 1, keys[i]);
    stmt_id(s, 2, learner);
    TRY(stmt_run(s));
  }
  return ERR_OK;
}

/* The keys of the names it had so far go. *same: it is called so already. */
static err forget_names(struct sqlite_store *q, const struct id *learner, struct slice parts, bool *same) {
  struct buf old = BUF_INIT(text_bytes_max);
  struct stmt *s;
  bool there;
  *same = false;
  TRY(db_stmt(q->db, &s, "SELECT parts, folded FROM learner_name WHERE learner=?1"));
  stmt_id(s, 1, learner);
  TRY(stmt_step(s, &there));
  if (!there) return ERR_OK;
  *same = slice_equal(stmt_column_text(s, 0), parts) &&
          slice_equal(stmt_column_text(s, 1), buf_slice(&q->folded));
  err e = buf_append(&old, stmt_column_text(s, 0));
  stmt_reset(s);
  if (e == ERR_OK && !*same)
    e = each_key(q, "DELETE FROM likeness_key WHERE key=?1 AND learner=?2", learner, buf_slice(&old));
  buf_finish(&old);
  return e;
}

static err save_names(struct sqlite_store *q, const struct id *learner, struct slice parts, bool fresh) {
  struct stmt *s;
  bool same = false;
  if (!fresh) TRY(forget_names(q, learner, parts, &same));
  if (same) return ERR_OK;
  TRY(db_stmt(q->db, &s,
              "INSERT INTO learner_name(learner, folded, parts) VALUES(?1, ?2, ?3) ON CONFLICT(learner) DO "
              "UPDATE SET folded=excluded.folded, parts=excluded.parts"));
  stmt_id(s, 1, learner);
  stmt_text(s, 2, buf_slice(&q->folded));
  stmt_text(s, 3, parts);
  TRY(stmt_run(s));
  return each_key(q, "INSERT OR IGNORE INTO likeness_key(key, learner) VALUES(?1, ?2)", learner, parts);
}

err learner_name_save(struct sqlite_store *q, const struct row *learner, enum write_row how) {
  struct buf parts = BUF_INIT(text_bytes_max);
  if (how == WRITE_ROW_AGAIN) return ERR_OK;
  TRY(fold_names(&q->folded, learner));
  err e = fold_parts(&parts, learner);
  if (e == ERR_OK) e = save_names(q, &learner->id, buf_slice(&parts), how == WRITE_ROW_FRESH);
  buf_finish(&parts);
  return e;
}
