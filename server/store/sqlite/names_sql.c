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

/* What the child is called, without the number, to find namesakes by. */
static err fold_called(struct buf *out, const struct row *row) {
  const struct value *known = &row->values[COL(learner, known_name)];
  bool has_known = known->kind == VALUE_TEXT && known->text.len;
  TRY(fold_column(out, row, has_known ? COL(learner, known_name) : COL(learner, first_name)));
  return fold_column(out, row, COL(learner, last_name));
}

err learner_name_save(struct sqlite_store *q, const struct row *learner) {
  struct stmt *s;
  struct buf called = BUF_INIT(text_bytes_max);
  TRY(fold_names(&q->folded, learner));
  err e = fold_called(&called, learner);
  if (e == ERR_OK)
    e = db_stmt(
        q->db, &s,
        "INSERT INTO learner_name(learner, folded, called) VALUES(?1, ?2, ?3) ON CONFLICT(learner) DO "
        "UPDATE SET folded=excluded.folded, called=excluded.called"
        " WHERE folded<>excluded.folded OR called<>excluded.called");
  if (e == ERR_OK) {
    stmt_id(s, 1, &learner->id);
    stmt_text(s, 2, buf_slice(&q->folded));
    stmt_text(s, 3, buf_slice(&called));
    e = stmt_run(s);
  }
  buf_finish(&called);
  return e;
}
