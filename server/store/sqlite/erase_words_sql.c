/* erase_words_sql.c: questions about no one learner (a missing register, a bundle), whose words may name one
 * all the same: the question, and what somebody answered. */
#include <stdlib.h>

#include "server/store/sqlite/sqlite_store.h"
#include "shared/base/fold.h"

enum { question_words_bytes_max = 65536 };
#define THEIRS                                                                                               \
  "(SELECT activity FROM enrolment WHERE learner=?1 UNION SELECT s.activity FROM mark m JOIN session s ON "  \
  "s.id=m.session WHERE m.learner=?1)"

/* Whoever asks about a register of theirs, or asks their tutors about a bundle, may mean them under any name.
 */
static err asked_nearby(struct sqlite_store *q, const struct id *learner, struct arena *a, struct id **out,
                        size_t *count) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "SELECT id FROM question WHERE learner IS NULL AND (session IN (SELECT id FROM session WHERE "
              "activity IN " THEIRS ") OR (session IS NULL AND staff IN (SELECT staff FROM grant_ WHERE "
              "activity IN " THEIRS "))) ORDER BY id"));
  stmt_id(s, 1, learner);
  return read_ids(s, a, out, count);
}

/* ---- anywhere else their name is looked for ---- */

struct naming {
  struct buf names[3]; /* folded: first, known and last name */
  struct buf words;    /* of one question */
};

/* "Zoe's" is folded to "zoes". */
static bool is_whole_word(struct slice text, size_t at, size_t len) {
  size_t end = at + len;
  if (end < text.len && text.ptr[end] == 's') end++;
  return (at == 0 || text.ptr[at - 1] == ' ') &&
         (at + len == text.len || text.ptr[at + len] == ' ' || end == text.len || text.ptr[end] == ' ');
}

static bool says(struct slice text, struct slice name) {
  for (size_t at = 0; name.len && at + name.len <= text.len; at++) {
    if (slice_equal(slice_of(text.ptr + at, name.len), name) && is_whole_word(text, at, name.len))
      return true;
  }
  return false;
}

static err load_names(struct sqlite_store *q, const struct id *learner, struct naming *n) {
  static const size_t columns[] = {COL(learner, first_name), COL(learner, known_name),
                                   COL(learner, last_name)};
  struct arena a = ARENA_INIT(1 << 20);
  struct row row;
  err e = rows_load(q->rows, schema_table(TABLE_learner), learner, &a, &row);
  for (size_t i = 0; e == ERR_OK && i < 3; i++) {
    const struct value *v = &row.values[columns[i]];
    if (row.exists && v->kind == VALUE_TEXT) e = text_fold(&n->names[i], v->text);
  }
  arena_finish(&a);
  return e;
}

static bool is_named(const struct naming *n) {
  bool named = false;
  for (size_t i = 0; i < 3; i++) named = named || says(buf_slice(&n->words), buf_slice(&n->names[i]));
  return named;
}

static err read_words(struct naming *n, struct stmt *s) {
  buf_clear(&n->words);
  TRY(text_fold(&n->words, stmt_column_text(s, 1)));
  TRY(buf_put_u8(&n->words, ' '));
  return text_fold(&n->words, stmt_column_text(s, 2));
}

static err find_named(struct sqlite_store *q, struct naming *n, struct arena *a, struct id **out,
                      size_t *count) {
  struct stmt *s;
  size_t cap = *count;
  bool there;
  TRY(db_stmt(q->db, &s, "SELECT id, text, answer FROM question WHERE learner IS NULL ORDER BY id"));
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  while (e == ERR_OK && there) {
    e = read_words(n, s);
    if (e == ERR_OK && is_named(n)) {
      struct id *list = arena_room(a, *out, &cap, *count, sizeof *list);
      e = !list ? ERR_NO_MEMORY : stmt_column_id(s, 0, &list[*count]) ? ERR_OK : ERR_CORRUPT;
      if (list) *out = list;
      *count += e == ERR_OK;
    }
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

err questions_naming(struct store *store, const struct id *learner, struct arena *a, struct id **out,
                     size_t *count) {
  struct sqlite_store *q = sqlite_of(store);
  struct naming n = {.names = {BUF_INIT(4096), BUF_INIT(4096), BUF_INIT(4096)},
                     .words = BUF_INIT(question_words_bytes_max)};
  TRY(asked_nearby(q, learner, a, out, count));
  err e = load_names(q, learner, &n);
  if (e == ERR_OK) e = find_named(q, &n, a, out, count);
  for (size_t i = 0; i < 3; i++) buf_wipe(&n.names[i]);
  buf_wipe(&n.words);
  return e;
}
