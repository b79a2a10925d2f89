/* tally_due_sql.c: which activities have to be added up again. */
#include "server/store/sqlite/report_lines.h"
#include "server/store/sqlite/tally.h"

#define DUE_ALL "INSERT INTO tally_due(activity, at) SELECT "
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
  TRY(tally_homes_of_child(q, learner));
  return due_by(q,
                DUE_ALL
                "activity, 0 FROM (SELECT e.activity FROM enrolment e "
                "WHERE e.learner IN " VIEW_CLASS_1
                " UNION SELECT s.activity FROM guest v JOIN session s ON s.id=v.session WHERE v.learner "
                "IN " VIEW_CLASS_1 ") WHERE activity IS NOT NULL" DUE_NOW,
                learner);
}

err tally_meeting_changed(struct sqlite_store *q, const struct id *session) {
  return due_by(q,
                DUE_ALL "DISTINCT activity, 0 FROM session WHERE id IN " VIEW_CLASS_1
                        " AND activity IS NOT NULL" DUE_NOW,
                session);
}

/* Whom a row of that table is about. */
static err learner_of(struct sqlite_store *q, const char *sql, const struct id *row, struct id *out,
                      bool *there) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, sql));
  stmt_id(s, 1, row);
  TRY(stmt_step(s, there));
  if (*there) *there = stmt_column_id(s, 0, out);
  stmt_reset(s);
  return ERR_OK;
}

static err notice_changes(struct sqlite_store *q, const struct id *notice) {
  struct id learner;
  bool there;
  TRY(learner_of(q, "SELECT learner FROM absence_notice WHERE id=?1", notice, &learner, &there));
  return there ? tally_child_changed(q, &learner) : ERR_OK;
}

static err inclusion_changes(struct sqlite_store *q, const struct id *row) {
  struct id learner;
  bool there;
  TRY(learner_of(q, "SELECT learner FROM inclusion WHERE id=?1", row, &learner, &there));
  return there ? tally_homes_of_child(q, &learner) : ERR_OK;
}

/* What meets on its days: at one school, or wherever it meets. */
static err closure_changes(struct sqlite_store *q, const struct id *closure) {
  TRY(due_by(q,
             DUE_ALL "DISTINCT s.activity, 0 FROM closure c CROSS JOIN activity a ON a.school=c.school CROSS "
                     "JOIN session s ON s.activity=a.id WHERE c.id=?1 AND s.date>=c.starts AND "
                     "s.date<=c.ends" DUE_NOW,
             closure));
  return due_by(q,
                DUE_ALL "DISTINCT s.activity, 0 FROM closure c CROSS JOIN session s WHERE c.id=?1 AND "
                        "c.school IS NULL AND s.date>=c.starts AND s.date<=c.ends AND s.activity IS NOT "
                        "NULL" DUE_NOW,
                closure);
}

static err contract_changes(struct sqlite_store *q, const struct id *contract) {
  return due_by(
      q, DUE_ALL "a.id, 0 FROM contract c CROSS JOIN activity a ON a.school=c.school WHERE c.id=?1" DUE_NOW,
      contract);
}

/* A span begins with the term's first day and behind its last one, and no span goes beyond its school year:
 * so the terms of a year in which nothing meets yet change nothing. */
static err term_changes(struct sqlite_store *q, const struct id *term) {
  struct stmt *s;
  bool there;
  int32_t starts = 0, after = 0;
  TRY(db_stmt(q->db, &s, "SELECT starts, ends+1 FROM term WHERE id=?1"));
  stmt_id(s, 1, term);
  TRY(stmt_step(s, &there));
  if (there) starts = column_day(s, 0), after = column_day(s, 1);
  stmt_reset(s);
  if (!there) return ERR_OK;
  TRY(db_stmt(q->db, &s,
              DUE_ALL "DISTINCT activity, 0 FROM session WHERE date>=?1 AND date<=?2 AND activity IS NOT "
                      "NULL" DUE_NOW));
  int year = report_school_year(starts > after ? starts : after);
  stmt_int(s, 1, starts < after ? starts : after);
  stmt_int(s, 2, date_to_days((struct date){(int16_t)(year + 1), 8, 31}));
  return stmt_run(s);
}

err tally_row_changes(struct sqlite_store *q, const struct table *t, const struct id *row) {
  switch (t->id) {
  case TABLE_term: return term_changes(q, row);
  case TABLE_closure: return closure_changes(q, row);
  case TABLE_contract: return contract_changes(q, row);
  case TABLE_activity: return due(q, row); /* its partner travels to nobody */
  case TABLE_absence_notice: return notice_changes(q, row);
  case TABLE_learner: return tally_homes_of_child(q, row);
  case TABLE_inclusion: return inclusion_changes(q, row);
  case TABLE_progress: return tally_homes_of_fact(q, row);
  default: return ERR_OK;
  }
}
