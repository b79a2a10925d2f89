/* door_sql.c: SQL of the names at the door. What a door holds has no last name: there the initial comes as it
 * is; a leader's own device makes it from the name. */
#include "client/core/door_sql.h"

static const char players_sql[] =
    "SELECT e.learner, s.id, s.activity, coalesce(l.known_name, l.first_name), coalesce(l.initial,"
    " substr(l.last_name, 1, 1)), e.instrument, a.name, s.starts, s.ends FROM session s"
    " JOIN grant_ g ON g.activity = s.activity AND g.staff = ?1 AND (g.starts IS NULL OR g.starts <= ?2)"
    " AND (g.ends IS NULL OR g.ends > ?2) JOIN activity a ON a.id = s.activity"
    " JOIN enrolment e ON e.activity = s.activity AND e.removed IS NOT 1 AND (e.starts IS NULL OR e.starts "
    "<= ?2)"
    " AND (e.ends IS NULL OR e.ends > ?2) JOIN learner l ON l.id = e.learner"
    " WHERE s.date = ?2 AND s.removed IS NOT 1 AND s.status IS NOT 3 AND (?3 IS NULL OR e.learner = ?3)"
    " ORDER BY s.starts, s.id";

err door_each(struct store *s, const struct id *staff, int32_t today, const struct id *learner, door_fn *each,
              void *ctx) {
  struct stmt *q = NULL;
  bool row = false;
  TRY(db_stmt(s->db, &q, players_sql));
  stmt_id(q, 1, staff);
  stmt_int(q, 2, today);
  if (learner) stmt_id(q, 3, learner);
  for (;;) {
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    struct door_player p = {.given = stmt_column_text(q, 3),
                            .initial = stmt_column_text(q, 4),
                            .instrument = stmt_column_text(q, 5),
                            .session_name = stmt_column_text(q, 6),
                            .starts = stmt_column_int(q, 7),
                            .ends = stmt_column_int(q, 8)};
    (void)stmt_column_id(q, 0, &p.learner);
    (void)stmt_column_id(q, 1, &p.session);
    (void)stmt_column_id(q, 2, &p.activity);
    err e = each(ctx, &p);
    if (e == ERR_OK) continue;
    stmt_reset(q);
    return e;
  }
}

err door_own_way(struct store *s, bool *out) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, "SELECT 1 FROM hub WHERE collection = 2 LIMIT 1"));
  TRY(stmt_step(q, out));
  stmt_reset(q);
  return ERR_OK;
}
