/* guests_sql.c: a learner's marks are found through their enrolments: activity, sessions, marks. Here stand
 * the few of learners who came without being enrolled. An index of all marks by learner touched a page of its
 * own for every mark, which with millions stored cost more than the mark. */
#include "server/store/sqlite/sqlite_store.h"

static err find_activity(struct sqlite_store *q, const struct id *session, struct guest_place *out) {
  struct stmt *s;
  bool there;
  *out = (struct guest_place){.session = *session};
  TRY(db_stmt(q->db, &s, "SELECT activity FROM session WHERE id=?1"));
  stmt_id(s, 1, session);
  TRY(stmt_step(s, &there));
  if (there) (void)stmt_column_id(s, 0, &out->activity);
  stmt_reset(s);
  return ERR_OK;
}

/* Ever: an enrolment that ended leads to the activity's sessions too. */
static err is_enrolled(struct sqlite_store *q, const struct id *learner, const struct id *activity,
                       bool *out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "SELECT 1 FROM enrolment WHERE learner=?1 AND activity=?2"));
  stmt_id(s, 1, learner);
  stmt_id(s, 2, activity);
  TRY(stmt_step(s, out));
  stmt_reset(s);
  return ERR_OK;
}

err guest_note(struct sqlite_store *q, const struct row *mark, struct guest_place *seen) {
  struct stmt *s;
  const struct value *session = &mark->values[COL(mark, session)];
  const struct value *learner = &mark->values[COL(mark, learner)];
  bool enrolled = false;
  if (session->kind != VALUE_ID || learner->kind != VALUE_ID) return ERR_OK;
  if (!id_equal(&seen->session, &session->id)) TRY(find_activity(q, &session->id, seen));
  if (!id_is_zero(&seen->activity)) TRY(is_enrolled(q, &learner->id, &seen->activity, &enrolled));
  if (enrolled) return ERR_OK;
  TRY(db_stmt(q->db, &s, "INSERT INTO guest(learner, session) VALUES(?1, ?2) ON CONFLICT DO NOTHING"));
  stmt_id(s, 1, &learner->id);
  stmt_id(s, 2, &session->id);
  return stmt_run(s);
}
