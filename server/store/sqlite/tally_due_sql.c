/* tally_due_sql.c: which activities have to be added up again. */
#include "server/store/sqlite/tally.h"
#include "server/store/sqlite/views.h"

#define DUE_NOW " ON CONFLICT(activity) DO UPDATE SET at=0 WHERE at<>0"

static err due(struct sqlite_store *q, const struct id *activity) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "INSERT INTO tally_due(activity, at) VALUES(?1, 0)" DUE_NOW));
  stmt_id(s, 1, activity);
  return stmt_run(s);
}

/* Rows of one bundle mostly travel in one stream. */
err tally_changed(struct sqlite_store *q, const struct write_feed *list, size_t count) {
  struct id last = {{0}};
  for (size_t i = 0; i < count; i++) {
    const struct id *stream = &list[i].stream;
    if (id_equal(stream, &last) || id_equal(stream, &stream_reference) || id_equal(stream, &stream_staff))
      continue;
    TRY(due(q, stream));
    last = *stream;
  }
  return ERR_OK;
}

static err due_by(struct sqlite_store *q, const char *sql, const struct id *id) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, sql));
  stmt_id(s, 1, id);
  return stmt_run(s);
}

err tally_child_changed(struct sqlite_store *q, const struct id *learner) {
  return due_by(
      q,
      "INSERT INTO tally_due(activity, at) SELECT activity, 0 FROM (SELECT e.activity FROM enrolment e "
      "WHERE e.learner IN " VIEW_CLASS_1
      " UNION SELECT s.activity FROM guest v JOIN session s ON s.id=v.session WHERE v.learner "
      "IN " VIEW_CLASS_1 ") WHERE activity IS NOT NULL" DUE_NOW,
      learner);
}

err tally_meeting_changed(struct sqlite_store *q, const struct id *session) {
  return due_by(q,
                "INSERT INTO tally_due(activity, at) SELECT DISTINCT activity, 0 FROM session WHERE id "
                "IN " VIEW_CLASS_1 " AND activity IS NOT NULL" DUE_NOW,
                session);
}

err tally_row_changed(struct sqlite_store *q, const struct row *row) {
  static const struct id all = {{0}};
  switch (row->table->id) {
  case TABLE_term:
  case TABLE_closure:
  case TABLE_contract: return due(q, &all);
  case TABLE_absence_notice: return tally_child_changed(q, &row->values[COL(absence_notice, learner)].id);
  default: return ERR_OK;
  }
}
