/* cases_sql.c: absences that nobody explained, and what was done about each. Lines are only ever added. */
#include "server/store/sqlite/views.h"

_Static_assert(ENUM_mark_code_AU == 4 && ENUM_register_state_closed == 2 &&
                   ENUM_session_status_cancelled == 3 && CASE_OPEN == 1,
               "as in SQL");

static err read_case(struct stmt *s, struct arena *a, void *into) {
  struct store_case *out = into;
  *out = (struct store_case){.state = (enum case_state)stmt_column_int(s, 3),
                             .away = stmt_column_int(s, 4) != 0,
                             .closed = stmt_column_int(s, 5) != 0,
                             .explained = stmt_column_int(s, 6) != 0,
                             .by_hand = stmt_column_int(s, 7) == CASE_EVENT_REOPENED};
  (void)stmt_column_id(s, 0, &out->id);
  (void)stmt_column_id(s, 1, &out->session);
  (void)stmt_column_id(s, 2, &out->learner);
  return column_text(s, 8, a, &out->told);
}

/* The last thing that opened it or ended it. */
#define LAST_TURN                                                                                            \
  "(SELECT e.kind FROM absence_case_event e WHERE e.id=m.id AND e.kind NOT IN (4, 5, 9) ORDER BY e.no DESC " \
  "LIMIT 1)"
_Static_assert(CASE_EVENT_STEP == 4 && CASE_EVENT_TAKEN == 5 && CASE_EVENT_RECEIPT == 9, "as in SQL");
/* What was explained on the telephone. It is no explanation where somebody of the family said later that they
 * did not know (whoever has an explanation rings nobody, so of two calls in one minute that one was the
 * last), where the office says not to ask whoever gave it, and of a child who signed in at the door: then a
 * person has to look. */
#define TOLD                                                                                                 \
  "(SELECT 'On the telephone at ' || printf('%02d:%02d', x.at/60, x.at%60) || coalesce(', ' || n.name, '') " \
  "|| ' to ' || coalesce(p.name, 'somebody') || coalesce(': ' || x.said, '') FROM absence_call x LEFT JOIN " \
  "contact n ON n.id=x.contact LEFT JOIN staff p ON p.id=x.staff WHERE x.session=m.session AND "             \
  "x.learner=m.learner AND x.outcome=1 AND n.do_not_contact IS NOT 1 AND NOT EXISTS(SELECT 1 FROM "          \
  "absence_call u WHERE u.session=x.session AND u.learner=x.learner AND u.outcome=2 AND u.at>x.at) "         \
  "AND " VIEW_DOOR_IN("m.session", "m.learner") " IS NULL ORDER BY x.at, x.id LIMIT 1)"
_Static_assert(ENUM_call_outcome_explained == 1 && ENUM_call_outcome_unaware == 2, "as in SQL");

/* The ids of a meeting's marks begin as its own does (crypto_row_id): they are read in one go, where an index
 * by meeting would lead to each on its own. */
static void find_neighbours(struct id *lowest, struct id *highest, const struct id *session) {
  for (size_t i = 0; i < id_bytes; i++) {
    lowest->b[i] = i < row_id_near_bytes ? session->b[i] : 0;
    highest->b[i] = i < row_id_near_bytes ? session->b[i] : 0xff;
  }
}

err cases_of_session(struct store *store, const struct id *session, struct arena *a, struct store_case **out,
                     size_t *count) {
  struct stmt *s;
  struct id taken, lowest, highest; /* they are lent until the last row was read */
  err e;
  find_neighbours(&lowest, &highest, session);
  crypto_row_id(&taken, TABLE_register, session, 1);
  /* In a register that is open nobody's absence is a matter: unless there is a case, its marks are not read.
   */
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT m.id, m.session, m.learner, coalesce((SELECT state FROM absence_case WHERE id=m.id), 0), "
      "m.code=4 AND v.removed IS NOT 1 AND v.status IS NOT 3, coalesce(r.state=2, 0), "
      "EXISTS " VIEW_EXPLAINED("m.id") ", " LAST_TURN ", " TOLD
                                       " FROM session v LEFT JOIN register r ON r.id=?2 CROSS JOIN mark m "
                                       "WHERE v.id=?1 AND (r.state=2 OR EXISTS(SELECT 1 FROM absence_case "
                                       "WHERE session=?1)) AND m.id BETWEEN ?3 AND ?4 AND +m.session=?1 AND "
                                       "(m.code=4 OR m.id IN (SELECT "
                                       "id FROM absence_case WHERE session=?1))"));
  stmt_id(s, 1, session);
  stmt_id(s, 2, &taken);
  stmt_id(s, 3, &lowest);
  stmt_id(s, 4, &highest);
  *out = read_list(&e, s, sizeof **out, read_case, a, count);
  return e;
}

err case_sessions(struct store *store, const struct id *learner, struct arena *a, struct id **out,
                  size_t *count) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT session FROM absence_case WHERE learner IN " VIEW_CLASS_1
              " UNION SELECT m.session FROM " VIEW_MARKS_OF(
                  VIEW_SESSIONS_OF_1, "m") " WHERE +m.code=4 AND m.learner IN " VIEW_CLASS_1));
  stmt_id(s, 1, learner);
  return read_ids(s, a, out, count);
}

static err put_state(struct sqlite_store *q, const struct write_case *w) {
  struct stmt *s;
  TRY(db_stmt(
      q->db, &s,
      "INSERT INTO absence_case(id, session, learner, state, opened, changed) VALUES(?1, ?2, ?3, ?4, ?5, ?5) "
      "ON CONFLICT(id) DO UPDATE SET state=CASE WHEN ?4=0 THEN state ELSE ?4 END, changed=?5, outcome=CASE "
      "WHEN ?6<>0 THEN ?6 WHEN ?4 IN (0, state) THEN outcome END, taken=coalesce(?7, taken)"));
  stmt_id(s, 1, &w->id);
  stmt_id(s, 2, &w->session);
  stmt_id(s, 3, &w->learner);
  stmt_int(s, 4, (int64_t)w->state);
  stmt_int(s, 5, w->at_ms);
  stmt_int(s, 6, w->outcome);
  if (w->kind == CASE_EVENT_TAKEN)
    stmt_text(s, 7, w->by);
  else
    stmt_null(s, 7);
  return stmt_run(s);
}

static void text_or_null(struct stmt *s, int at, struct slice text) {
  if (text.len)
    stmt_text(s, at, text);
  else
    stmt_null(s, at);
}

err case_write(struct store *store, const struct write_case *w) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  TRY(put_state(q, w));
  TRY(db_stmt(
      q->db, &s,
      "INSERT INTO absence_case_event(id, no, kind, at, who, by, text, outcome) VALUES(?1, (SELECT "
      "coalesce(max(no), 0)+1 FROM absence_case_event WHERE id=?1), ?2, ?3, ?4, ?5, ?6, nullif(?7, 0))"));
  stmt_int(s, 7, w->outcome);
  stmt_id(s, 1, &w->id);
  stmt_int(s, 2, (int64_t)w->kind);
  stmt_int(s, 3, w->at_ms);
  if (id_is_zero(&w->who))
    stmt_null(s, 4);
  else
    stmt_id(s, 4, &w->who);
  text_or_null(s, 5, w->by);
  text_or_null(s, 6, w->text);
  return stmt_run(s);
}

err case_stands(struct store *store, const struct id *learner, bool *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT 1 FROM absence_case WHERE state=1 AND learner IN " VIEW_CLASS_1 " LIMIT 1"));
  stmt_id(s, 1, learner);
  TRY(stmt_step(s, out));
  stmt_reset(s);
  return ERR_OK;
}
