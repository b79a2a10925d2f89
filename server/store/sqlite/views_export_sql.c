/* views_export_sql.c: every mark of the registers between two dates, one row each, in a stable order. */
#include "server/store/sqlite/views.h"

enum { row_arena_bytes_max = 16777216 };

struct export {
  struct sqlite_store *q;
  struct arena arena; /* of one row */
  bool (*row)(void *ctx, const struct view_export_row *r);
  void *ctx;
};

static err read_texts(struct stmt *s, struct arena *a, struct view_export_row *out) {
  struct slice *const into[] = {&out->activity_ref, &out->activity_name, &out->school_urn, &out->school_name,
                                &out->learner_ref,  &out->first_name,    &out->last_name,  &out->section};
  for (int i = 0; i < (int)(sizeof into / sizeof *into); i++) TRY(column_text(s, 8 + i, a, into[i]));
  TRY(column_text(s, 17, a, &out->upn));
  return column_text(s, 18, a, &out->mis_id);
}

static err read_mark(struct export *x, const struct id *id, struct view_export_row *out) {
  const struct table *t = schema_table(TABLE_mark);
  struct row row;
  TRY(rows_load(x->q->rows, t, id, &x->arena, &row));
  if (!row.exists) return ERR_CORRUPT;
  out->code = (uint8_t)row.values[COL(mark, code)].i;
  out->arrived = value_minute(&row.values[COL(mark, arrived)]);
  out->departed = value_minute(&row.values[COL(mark, departed)]);
  out->comment = value_words(&row.values[COL(mark, comment)]);
  out->amend_reason = value_words(&row.values[COL(mark, amend_reason)]);
  struct id *marks;
  size_t count;
  TRY(view_child_marks(x->q, &out->session, &out->learner, &x->arena, &marks, &count, &out->conflict));
  TRY(view_explained(x->q, id, &out->code, &out->explained_by));
  const struct head *head = view_head(&row, t->columns[COL(mark, code)].unit);
  if (!head) return ERR_OK;
  out->written_ms = (int64_t)head->stamp;
  TRY(view_received(x->q, head, &out->received_ms));
  TRY(view_author(x->q, &head->author, &x->arena, &out->author_name));
  return view_device_name(x->q, &head->op.device, &x->arena, &out->device_name);
}

static err export_one(struct export *x, struct stmt *s, bool *go_on) {
  struct id mark;
  struct view_export_row out = {.date = column_day(s, 3),
                                .starts = (int32_t)stmt_column_int(s, 4),
                                .ends = (int32_t)stmt_column_int(s, 5),
                                .session_status = (uint8_t)stmt_column_int(s, 6),
                                .register_state = (uint8_t)stmt_column_int(s, 7)};
  (void)stmt_column_id(s, 0, &mark);
  (void)stmt_column_id(s, 1, &out.session);
  (void)stmt_column_id(s, 2, &out.learner);
  (void)stmt_column_id(s, 16, &out.activity);
  arena_clear(&x->arena);
  TRY(read_texts(s, &x->arena, &out));
  TRY(read_mark(x, &mark, &out));
  *go_on = x->row(x->ctx, &out);
  return ERR_OK;
}

/* Of several marks of one child at one meeting the one that counts, as in VIEW_MARK_ORDER. */
#define COUNTED_MARK                                                                                         \
  "(SELECT b.id FROM " VIEW_MARKS_OF(                                                                        \
      VIEW_CLASS_SESSION, "b") " WHERE b.learner IN " VIEW_CLASS_LEARNER                                     \
                               " AND b.code<>6 ORDER BY b.learner<>" VIEW_CANON_LEARNER                      \
                               ", b.session<>" VIEW_CANON_SESSION ", b.learner, b.session LIMIT 1)"

static const char export_sql[] =
    "SELECT m.id, " VIEW_CANON_SESSION ", " VIEW_CANON_LEARNER
    " AS child, s.date, s.starts, s.ends, s.status, r.state, a.ref, a.name, sc.urn, sc.name, l.ref,"
    " coalesce(nullif(l.known_name, ''), l.first_name), l.last_name, e.section, s.activity, " VIEW_NUMBER(
        "upn",
        "l.id") ", " VIEW_NUMBER("mis_id",
                                 "l.id") " FROM session s "
                                         "JOIN "
                                         "register r ON r.session=s.id"
                                         " CROSS JOIN mark m ON " VIEW_IS_OF(
                                             "m",
                                             "s.id") " LEFT JOIN activity a ON a.id=s.activity LEFT JOIN "
                                                     "school sc ON "
                                                     "sc.id=a.school"
                                                     " LEFT JOIN learner l ON l.id=child LEFT JOIN enrolment "
                                                     "e ON e.learner=m.learner AND "
                                                     "e.activity=s.activity AND e.removed IS NOT 1"
                                                     " LEFT JOIN learner_name n ON n.learner=child WHERE "
                                                     "s.date>=?1 AND s.date<=?2 AND m.code<>6"
                                                     " AND s.removed IS NOT 1 AND (NOT EXISTS(SELECT 1 FROM "
                                                     "alias z WHERE z.id IN (s.id, "
                                                     "m.learner)) OR "
                                                     "m.id=" COUNTED_MARK
                                                     ") ORDER BY s.date, s.starts, s.id, n.folded, m.learner";

static err export_all(struct export *x, int32_t from, int32_t to) {
  struct stmt *s;
  bool there, go_on = true;
  TRY(db_stmt(x->q->db, &s, export_sql));
  stmt_int(s, 1, from);
  stmt_int(s, 2, to);
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  while (e == ERR_OK && there && go_on) {
    e = export_one(x, s, &go_on);
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

err views_export_registers(struct store *store, int32_t from, int32_t to,
                           bool (*row)(void *ctx, const struct view_export_row *r), void *ctx) {
  struct export x = {.q = sqlite_of(store), .arena = ARENA_INIT(row_arena_bytes_max), .row = row, .ctx = ctx};
  TRY(store->ops->begin_read(store));
  err e = export_all(&x, from, to);
  store->ops->rollback(store);
  arena_finish(&x.arena);
  return e;
}
