/* erase_words_sql.c: words that stand on no learner's record and may name one all the same: questions about a
 * register or a bundle with what somebody answered, and the reasons that the office typed. */
#include <stdlib.h>

#include "server/store/sqlite/sqlite_store.h"
#include "shared/base/fold.h"

enum { question_words_bytes_max = 65536 };
/* Where they have a place or had one, and what they visited: every mark of theirs is in one of these. */
#define THEIRS                                                                                               \
  "(SELECT activity FROM enrolment WHERE learner=?1 UNION SELECT s.activity FROM guest v JOIN session s ON " \
  "s.id=v.session WHERE v.learner=?1)"

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

static err take_names(struct sqlite_store *q, const struct id *learner, struct naming *n) {
  *n = (struct naming){.names = {BUF_INIT(4096), BUF_INIT(4096), BUF_INIT(4096)},
                       .words = BUF_INIT(question_words_bytes_max)};
  return load_names(q, learner, n);
}

static void wipe_names(struct naming *n) {
  for (size_t i = 0; i < 3; i++) buf_wipe(&n->names[i]);
  buf_wipe(&n->words);
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
  struct naming n;
  TRY(asked_nearby(q, learner, a, out, count));
  err e = take_names(q, learner, &n);
  if (e == ERR_OK) e = find_named(q, &n, a, out, count);
  wipe_names(&n);
  return e;
}

/* ---- reasons ---- */

#define THEIR_SESSION "IN (SELECT id FROM session WHERE activity IN " THEIRS ")"
/* Where the office types one: all of them, each with its key, its text, and whether it is about them, an
 * activity or a session of theirs, whatever it says; and how one is blanked. That something was done, when
 * and by whom stays. */
static const struct reasons {
  const char *all, *blank;
  bool asks, by_id; /* whose sessions; the key begins with an id */
  size_t numbers;   /* of the key */
} reasons[] = {
    {"SELECT no, words, about=?1 OR about IN " THEIRS " OR about " THEIR_SESSION
     " FROM audit_said WHERE words IS NOT NULL ORDER BY no",
     "UPDATE audit_said SET salt=NULL, words=NULL WHERE no=?1", true, false, 1},
    {"SELECT e.item, e.no, e.why, i.tbl=10 AND i.row " THEIR_SESSION
     " FROM item_event e LEFT JOIN item i ON i.id=e.item WHERE e.why IS NOT NULL ORDER BY e.item, e.no",
     "UPDATE item_event SET why=NULL WHERE item=?1 AND no=?2", true, true, 1},
    {"SELECT bundle, changeset, why, 0 FROM quarantine WHERE why IS NOT NULL ORDER BY bundle, changeset",
     "UPDATE quarantine SET why=NULL WHERE bundle=?1 AND changeset=?2", false, false, 2},
};
_Static_assert(TABLE_session == 10, "as in SQL");
enum { reasons_of_audit = 0, reason_numbers_max = 2 };
struct reason_key {
  struct id id;
  int64_t numbers[reason_numbers_max];
};

/* *column: the one behind the key. */
static bool read_key(const struct reasons *r, struct stmt *s, struct reason_key *out, int *column) {
  *column = 0;
  if (r->by_id && !stmt_column_id(s, (*column)++, &out->id)) return false;
  for (size_t i = 0; i < r->numbers; i++) out->numbers[i] = stmt_column_int(s, (*column)++);
  return true;
}

static err find_reasons(struct sqlite_store *q, const struct reasons *r, const struct id *learner,
                        struct naming *n, struct arena *a, struct reason_key **out, size_t *count) {
  struct stmt *s;
  size_t cap = 0;
  bool there;
  TRY(db_stmt(q->db, &s, r->all));
  if (r->asks) stmt_id(s, 1, learner);
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  while (e == ERR_OK && there) {
    struct reason_key key = {.numbers = {0}};
    int column;
    e = read_key(r, s, &key, &column) ? ERR_OK : ERR_CORRUPT;
    buf_clear(&n->words);
    if (e == ERR_OK) e = text_fold(&n->words, stmt_column_text(s, column));
    if (e == ERR_OK && (stmt_column_int(s, column + 1) != 0 || is_named(n))) {
      struct reason_key *list = arena_room(a, *out, &cap, *count, sizeof *list);
      if (list) *out = list;
      if (list) list[(*count)++] = key;
      e = list ? ERR_OK : ERR_NO_MEMORY;
    }
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

static err blank_reason(struct sqlite_store *q, const struct reasons *r, const struct reason_key *key) {
  struct stmt *s;
  int column = 1;
  TRY(db_stmt(q->db, &s, r->blank));
  if (r->by_id) stmt_id(s, column++, &key->id);
  for (size_t i = 0; i < r->numbers; i++) stmt_int(s, column++, key->numbers[i]);
  return stmt_run(s);
}

err reasons_erase(struct sqlite_store *q, const struct id *learner, uint64_t *count_out) {
  struct naming n;
  struct arena a = ARENA_INIT(1 << 26);
  err e = take_names(q, learner, &n);
  *count_out = 0;
  for (size_t i = 0; e == ERR_OK && i < sizeof reasons / sizeof *reasons; i++) {
    struct reason_key *list = NULL;
    size_t count = 0;
    e = find_reasons(q, &reasons[i], learner, &n, &a, &list, &count);
    for (size_t k = 0; e == ERR_OK && k < count; k++) e = blank_reason(q, &reasons[i], &list[k]);
    if (i == reasons_of_audit) *count_out = count;
  }
  arena_finish(&a);
  wipe_names(&n);
  return e;
}
