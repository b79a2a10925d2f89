/* views_notes_sql.c: every note between two dates that is not between tutors alone, one row each, in a stable
 * order. */
#include "server/store/sqlite/views.h"

enum { note_arena_bytes_max = 1048576 };

static err read_note(struct sqlite_store *q, struct stmt *s, struct arena *a, struct view_export_note *out) {
  const struct table *t = schema_table(TABLE_note);
  struct slice *const into[] = {&out->learner_ref,        &out->learner_name, &out->note.author_name,
                                &out->note.activity_name, &out->note.text,    &out->note.next_step,
                                &out->note.learner_words};
  (void)stmt_column_id(s, 0, &out->id);
  (void)stmt_column_id(s, 1, &out->learner);
  out->note.date = column_day(s, 2);
  out->note.areas = (uint32_t)stmt_column_int(s, 3);
  for (int i = 0; i < (int)(sizeof into / sizeof *into); i++) TRY(column_text(s, 4 + i, a, into[i]));
  struct row row;
  TRY(rows_load(q->rows, t, &out->id, a, &row));
  if (!row.exists) return ERR_CORRUPT;
  const struct head *head = view_head(&row, t->columns[COL(note, text)].unit);
  return head != NULL ? view_received(q, head, &out->received_ms) : ERR_OK;
}

static err export_notes(struct sqlite_store *q, int32_t from, int32_t to, struct arena *a,
                        bool (*row)(void *ctx, const struct view_export_note *n), void *ctx) {
  struct stmt *s;
  bool there, go_on = true;
  TRY(db_stmt(
      q->db, &s,
      "SELECT n.id, n.learner, n.date, n.areas, l.ref,"
      " trim(coalesce(nullif(l.known_name, ''), l.first_name) || ' ' || coalesce(l.last_name, '')),"
      " p.name, a.name, n.text, n.next_step, n.learner_words FROM note n"
      " LEFT JOIN learner l ON l.id=n.learner LEFT JOIN staff p ON p.id=n.staff"
      " LEFT JOIN activity a ON a.id=n.activity WHERE n.date>=?1 AND n.date<=?2 AND " VIEW_NOTE_FOR_OFFICE(
          "n") " ORDER BY n.date, n.learner, n.id"));
  stmt_int(s, 1, from);
  stmt_int(s, 2, to);
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  while (e == ERR_OK && there && go_on) {
    struct view_export_note out = {0};
    arena_clear(a);
    e = read_note(q, s, a, &out);
    if (e == ERR_OK) go_on = row(ctx, &out);
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

err views_export_notes(struct store *store, int32_t from, int32_t to,
                       bool (*row)(void *ctx, const struct view_export_note *n), void *ctx) {
  struct arena a = ARENA_INIT(note_arena_bytes_max);
  TRY(store->ops->begin_read(store));
  err e = export_notes(sqlite_of(store), from, to, &a, row, ctx);
  store->ops->rollback(store);
  arena_finish(&a);
  return e;
}
