/* views_register_sql.c: one register: who was expected, what was marked, by whom and when, with every
 * version. */
#include <stdlib.h>

#include "server/store/sqlite/views.h"
#include "shared/base/fold.h"
#include "shared/schema/score.h"

enum { register_rows_max = 2000 };

struct register_reader {
  struct sqlite_store *q;
  struct arena *arena;
  const struct view_register *summary;
};

/* ---- one mark ---- */

static err fill_version(const struct register_reader *r, const struct row *row, const struct store_history *h,
                        struct view_mark_version *out) {
  bool coded = h->units >> schema_table(TABLE_mark)->columns[COL(mark, code)].unit & 1;
  *out = (struct view_mark_version){.arrived = value_minute(&h->values[COL(mark, arrived)]),
                                    .departed = value_minute(&h->values[COL(mark, departed)]),
                                    .comment = value_words(&h->values[COL(mark, comment)]),
                                    .amend_reason = value_words(&h->values[COL(mark, amend_reason)]),
                                    .written_ms = (int64_t)h->stamp,
                                    .received_ms = h->received_ms};
  if (coded) out->code = (uint8_t)h->values[COL(mark, code)].i;
  for (uint8_t unit = 1; unit < row->table->unit_count; unit++) {
    const struct head *head = view_head(row, unit);
    if ((h->units >> unit & 1) && head && op_id_equal(&head->op, &h->op)) out->in_use = true;
  }
  TRY(view_author(r->q, &h->author, r->arena, &out->author_name));
  return view_device_name(r->q, &h->op.device, r->arena, &out->device_name);
}

static err fill_history(const struct register_reader *r, const struct row *row, struct view_mark *out) {
  struct store_history *list;
  size_t count, before = out->history_count;
  TRY(history_read(&r->q->base, row->table, &row->id, r->arena, &list, &count));
  struct view_mark_version *all = arena_take(r->arena, before + count + 1, sizeof *all);
  if (!all) return ERR_NO_MEMORY;
  if (before) bytes_copy(all, out->history, before * sizeof *all);
  out->history = all;
  out->history_count = before + count;
  for (size_t i = 0; i < count; i++) TRY(fill_version(r, row, &list[i], &all[before + i]));
  if (before) return ERR_OK; /* of a mark that does not count */
  const struct head *head = view_head(row, row->table->columns[COL(mark, code)].unit);
  for (size_t i = 0; head && i < count; i++) {
    if (op_id_equal(&list[i].op, &head->op)) out->received_ms = list[i].received_ms;
  }
  return ERR_OK;
}

static err fill_values(const struct register_reader *r, const struct id *id, struct view_mark *out) {
  const struct table *t = schema_table(TABLE_mark);
  struct row row;
  TRY(rows_load(r->q->rows, t, id, r->arena, &row));
  const struct value *code = &row.values[COL(mark, code)];
  if (code->kind == VALUE_INT && code->i != ENUM_mark_code_none) out->code = (uint8_t)code->i;
  out->arrived = value_minute(&row.values[COL(mark, arrived)]);
  out->departed = value_minute(&row.values[COL(mark, departed)]);
  out->comment = value_words(&row.values[COL(mark, comment)]);
  out->amend_reason = value_words(&row.values[COL(mark, amend_reason)]);
  TRY(view_explained(r->q, id, &out->code, &out->explained_by));
  const struct head *head = view_head(&row, t->columns[COL(mark, code)].unit);
  if (head) {
    out->written_ms = (int64_t)head->stamp;
    TRY(view_author(r->q, &head->author, r->arena, &out->author_name));
    TRY(view_device_name(r->q, &head->op.device, r->arena, &out->device_name));
  }
  return fill_history(r, &row, out);
}

/* The values of the mark that counts; the history of all that the child has here. */
static err fill_mark(const struct register_reader *r, struct view_mark *out) {
  struct id *marks;
  size_t count;
  out->arrived = out->departed = -1;
  TRY(view_child_marks(r->q, &r->summary->session, &out->learner, r->arena, &marks, &count, &out->conflict));
  if (count) TRY(fill_values(r, &marks[0], out));
  for (size_t i = 1; i < count; i++) {
    struct row row;
    TRY(rows_load(r->q->rows, schema_table(TABLE_mark), &marks[i], r->arena, &row));
    TRY(fill_history(r, &row, out));
  }
  return ERR_OK;
}

/* ---- who ---- */

static err read_learner(const struct register_reader *r, struct stmt *s, struct view_mark *out) {
  *out = (struct view_mark){.enrolled = stmt_column_int(s, 5) != 0};
  (void)stmt_column_id(s, 0, &out->learner);
  TRY(person_name(s, 1, 2, 3, r->arena, &out->learner_name));
  return column_text(s, 4, r->arena, &out->section);
}

#define ENROLLED_NOW "e.activity=?1 AND e.removed IS NOT 1 AND e.starts<=?3 AND (e.ends IS NULL OR e.ends>?3)"

static err read_learners(const struct register_reader *r, struct view_mark **out, size_t *count) {
  struct stmt *s;
  size_t cap = 0;
  bool there;
  TRY(db_stmt(
      r->q->db, &s,
      "SELECT c.child, l.known_name, l.first_name, l.last_name, c.section, c.enrolled, n.folded FROM ("
      "SELECT coalesce(x.canon, e.learner) AS child, max(e.section) AS section, 1 AS enrolled"
      " FROM enrolment e LEFT JOIN alias x ON x.id=e.learner WHERE " ENROLLED_NOW " GROUP BY 1"
      " UNION ALL SELECT DISTINCT coalesce(x.canon, m.learner), NULL, 0 FROM " VIEW_MARKS_OF_2
      " LEFT JOIN alias x ON x.id=m.learner WHERE NOT EXISTS(SELECT 1 FROM enrolment e WHERE e.learner "
      "IN " VIEW_CLASS_LEARNER " AND " ENROLLED_NOW ")) c"
      " LEFT JOIN learner l ON l.id=c.child LEFT JOIN learner_name n ON n.learner=c.child"
      " ORDER BY 6 DESC, 5, 7, 1"));
  stmt_id(s, 1, &r->summary->activity);
  stmt_id(s, 2, &r->summary->session);
  stmt_int(s, 3, r->summary->date);
  TRY(stmt_step(s, &there));
  while (there && *count < register_rows_max) {
    struct view_mark *list = arena_room(r->arena, *out, &cap, *count, sizeof *list);
    err e = list ? read_learner(r, s, &list[*count]) : ERR_NO_MEMORY;
    if (e != ERR_OK) {
      stmt_reset(s);
      return e;
    }
    *out = list;
    (*count)++;
    TRY(stmt_step(s, &there));
  }
  stmt_reset(s);
  return ERR_OK;
}

/* The statement put them in order of name within a section; here the sections find their places in the score.
 */
struct ranked_mark {
  bool enrolled;
  uint32_t rank;
  struct slice section; /* folded */
  size_t place;
  struct view_mark mark;
};

static int compare_ranked(const void *left, const void *right) {
  const struct ranked_mark *a = left, *b = right;
  if (a->enrolled != b->enrolled) return a->enrolled ? -1 : 1;
  if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
  return a->place < b->place ? -1 : a->place > b->place;
}

static err order_by_score(const struct register_reader *r, struct view_mark *list, size_t count) {
  struct ranked_mark *ranked = arena_take(r->arena, count + 1, sizeof *ranked);
  struct buf folded = BUF_INIT(text_bytes_max);
  enum score_kind kind = SCORE_UNTOLD;
  err e = ranked ? ERR_OK : ERR_NO_MEMORY;
  for (size_t i = 0; i < count && e == ERR_OK; i++) {
    e = text_fold(&folded, list[i].section);
    ranked[i] = (struct ranked_mark){.enrolled = list[i].enrolled,
                                     .section = arena_copy(r->arena, buf_slice(&folded)),
                                     .place = i,
                                     .mark = list[i]};
    if (!ranked[i].section.ptr) e = ERR_NO_MEMORY;
    score_meet(&kind, ranked[i].section);
    buf_clear(&folded);
  }
  buf_finish(&folded);
  TRY(e);
  for (size_t i = 0; i < count; i++) ranked[i].rank = score_rank(kind, ranked[i].section);
  qsort(ranked, count, sizeof *ranked, compare_ranked);
  for (size_t i = 0; i < count; i++) list[i] = ranked[i].mark;
  return ERR_OK;
}

/* ---- the register itself ---- */

static err read_changes(const struct register_reader *r, struct view_register_detail *out) {
  const struct table *t = schema_table(TABLE_register);
  struct store_history *list;
  size_t count;
  struct id id;
  crypto_row_id(&id, t->id, &r->summary->session, 1);
  TRY(history_read(&r->q->base, t, &id, r->arena, &list, &count));
  out->changes = arena_take(r->arena, count + 1, sizeof *out->changes);
  if (!out->changes) return ERR_NO_MEMORY;
  out->change_count = count;
  for (size_t i = 0; i < count; i++) {
    struct view_register_change *c = &out->changes[i];
    c->state = (uint8_t)list[i].values[COL(register, state)].i;
    c->reason = value_words(&list[i].values[COL(register, reason)]);
    c->written_ms = (int64_t)list[i].stamp;
    c->received_ms = list[i].received_ms;
    TRY(view_author(r->q, &list[i].author, r->arena, &c->author_name));
    TRY(view_device_name(r->q, &list[i].op.device, r->arena, &c->device_name));
  }
  return ERR_OK;
}

static err read_register(struct sqlite_store *q, const struct id *session, const struct now *now,
                         struct arena *a, struct view_register_detail *out) {
  struct stmt *s;
  struct view_place place;
  TRY(view_session_stmt(q, session, &s));
  TRY(stmt_one(s));
  err e = view_summary(s, now, a, &out->summary, &place);
  stmt_reset(s);
  TRY(e);
  TRY(view_totals(q, &out->summary));
  TRY(view_staff_names(q, &out->summary, &place, a));
  struct register_reader r = {.q = q, .arena = a, .summary = &out->summary};
  TRY(read_learners(&r, &out->marks, &out->mark_count));
  TRY(order_by_score(&r, out->marks, out->mark_count));
  for (size_t i = 0; i < out->mark_count; i++) TRY(fill_mark(&r, &out->marks[i]));
  return read_changes(&r, out);
}

err views_register(struct store *store, const struct id *session, const struct now *now, struct arena *a,
                   struct view_register_detail *out) {
  *out = (struct view_register_detail){.mark_count = 0};
  TRY(store->ops->begin_read(store));
  err e = read_register(sqlite_of(store), session, now, a, out);
  store->ops->rollback(store);
  return e;
}
