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

err learner_name_save(struct sqlite_store *q, const struct row *learner) {
  struct stmt *s;
  TRY(fold_names(&q->folded, learner));
  TRY(db_stmt(q->db, &s,
              "INSERT INTO learner_name(learner, folded) VALUES(?1, ?2) ON CONFLICT(learner) DO UPDATE SET "
              "folded=excluded.folded"
              " WHERE folded<>excluded.folded"));
  stmt_id(s, 1, &learner->id);
  stmt_text(s, 2, buf_slice(&q->folded));
  return stmt_run(s);
}
