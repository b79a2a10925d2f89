/* views_timetable_sql.c: what was to take place, by whom and for whom, in an order that does not depend on
 * ids. */
#include "server/store/sqlite/views.h"

static err read_slot(struct stmt *s, struct arena *a, void *to) {
  struct view_slot *out = to;
  (void)a;
  *out = (struct view_slot){.date = column_day(s, 3),
                            .starts = (int32_t)stmt_column_int(s, 4),
                            .ends = (int32_t)stmt_column_int(s, 5),
                            .mode = (uint8_t)stmt_column_int(s, 6)};
  (void)stmt_column_id(s, 0, &out->session);
  (void)stmt_column_id(s, 1, &out->activity);
  (void)stmt_column_id(s, 2, &out->staff);
  return ERR_OK;
}

err views_timetable(struct store *store, int32_t from, int32_t to, struct arena *a, struct view_slot **out,
                    size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT s.id, s.activity, s.staff, s.date, s.starts, s.ends, a.mode FROM session s JOIN activity a "
      "ON a.id=s.activity WHERE s.date>=?1 AND s.date<=?2 AND s.status=1 AND s.staff IS NOT NULL "
      "AND " VIEW_CLOSURE("s", "a") " IS NULL AND " VIEW_STANDS(
          "s") " ORDER BY s.date, s.starts, a.ref, a.name, s.id"));
  stmt_int(s, 1, from);
  stmt_int(s, 2, to);
  *out = read_list(&e, s, sizeof **out, read_slot, a, count);
  return e;
}

err views_enrolled(struct store *store, const struct id *activity, int32_t date, struct arena *a,
                   struct id **out, size_t *count) {
  struct stmt *s;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT e.learner FROM enrolment e JOIN learner l ON l.id=e.learner WHERE e.activity=?1 AND "
      "e.removed IS NOT 1 AND e.starts<=?2 AND (e.ends IS NULL OR e.ends>?2) AND l.merged_into IS NULL "
      "ORDER BY l.ref, l.id"));
  stmt_id(s, 1, activity);
  stmt_int(s, 2, date);
  return read_ids(s, a, out, count);
}
