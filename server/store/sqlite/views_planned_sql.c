/* views_planned_sql.c: what of an activity may still be changed, and what ends with it. */
#include "server/core/views_activities.h"
#include "server/store/sqlite/views.h"

err view_rows_on(struct sqlite_store *q, const char *sql, const struct id *about, int32_t day, size_t most,
                 size_t size, row_reader *one, struct arena *a, void **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(q->db, &s, sql));
  stmt_int(s, 1, day);
  stmt_id(s, 2, about);
  stmt_int(s, 3, (int64_t)most);
  *out = read_list(&e, s, size, one, a, count);
  return e;
}

static err read_planned(struct stmt *s, struct arena *a, void *at) {
  struct view_planned *out = at;
  *out = (struct view_planned){.date = column_day(s, 1),
                               .starts = (int32_t)stmt_column_int(s, 2),
                               .ends = (int32_t)stmt_column_int(s, 3)};
  if (!stmt_column_id(s, 0, &out->session)) return ERR_CORRUPT;
  (void)stmt_column_id(s, 4, &out->staff);
  return column_text(s, 5, a, &out->place);
}

#define IN_SLOT VIEW_PLANNED " AND (?3=0 OR ((s.date+3)%7+1=?3 AND s.starts=?4))"

static void bind_slot(struct stmt *s, const struct id *activity, int32_t from,
                      const struct planned_slot *slot) {
  stmt_int(s, 1, from);
  stmt_id(s, 2, activity);
  stmt_int(s, 3, slot ? slot->weekday : 0);
  stmt_int(s, 4, slot ? slot->starts : 0);
}

static err count_of(struct stmt *s, int64_t *out) {
  TRY(stmt_one(s));
  *out = stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

/* Whose register was taken. */
static err count_held(struct sqlite_store *q, const struct id *activity, int32_t from, uint32_t *out) {
  struct stmt *s;
  int64_t held;
  TRY(db_stmt(
      q->db, &s,
      "SELECT count(*) FROM session s WHERE s.activity=?2 AND s.date>=?1 AND " VIEW_STANDS(
          "s") " AND (s.status=2 OR EXISTS (SELECT 1 FROM register r WHERE " VIEW_IS_OF("r", "s.id") "))"));
  stmt_int(s, 1, from);
  stmt_id(s, 2, activity);
  TRY(count_of(s, &held));
  *out = (uint32_t)held;
  return ERR_OK;
}

err views_planned(struct store *store, const struct id *activity, int32_t from,
                  const struct planned_slot *slot, struct arena *a, struct view_planned_list *out) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  err e;
  int64_t total;
  TRY(db_stmt(q->db, &s,
              "SELECT s.id, s.date, s.starts, s.ends, s.staff, s.place FROM session s WHERE " IN_SLOT
              " ORDER BY s.date, s.starts, s.id LIMIT ?5"));
  bind_slot(s, activity, from, slot);
  stmt_int(s, 5, meetings_at_once_max);
  out->list = read_list(&e, s, sizeof *out->list, read_planned, a, &out->count);
  TRY(e);
  TRY(db_stmt(q->db, &s, "SELECT count(*) FROM session s WHERE " IN_SLOT));
  bind_slot(s, activity, from, slot);
  TRY(count_of(s, &total));
  out->total = (size_t)total;
  return count_held(q, activity, from, &out->held);
}

/* ---- what ends with it ---- */

static err read_session(struct stmt *s, struct arena *a, void *at) {
  (void)a;
  return stmt_column_id(s, 0, at) ? ERR_OK : ERR_CORRUPT;
}

static err read_ending(struct stmt *s, struct arena *a, void *at) {
  struct view_ending *out = at;
  (void)a;
  *out = (struct view_ending){.starts = column_day(s, 1), .role = (uint8_t)stmt_column_int(s, 2)};
  return stmt_column_id(s, 0, &out->who) ? ERR_OK : ERR_CORRUPT;
}

/* What has not begun ends on the day on which it would have begun. */
#define GOES_ON(x) "(" x ".ends IS NULL OR " x ".ends>max(" x ".starts, ?1))"

static err read_endings(struct sqlite_store *q, const struct id *activity, int32_t date, struct arena *a,
                        struct view_endings *out) {
  size_t most = closing_rows_max + 1;
  void *places, *grants, *sessions;
  TRY(view_rows_on(
      q,
      "SELECT e.learner, e.starts, 0 FROM enrolment e WHERE e.activity=?2 AND e.removed IS NOT 1 "
      "AND " GOES_ON("e") " LIMIT ?3",
      activity, date, most, sizeof *out->enrolments, read_ending, a, &places, &out->enrolment_count));
  TRY(view_rows_on(
      q, "SELECT g.staff, g.starts, g.role FROM grant_ g WHERE g.activity=?2 AND " GOES_ON("g") " LIMIT ?3",
      activity, date, most, sizeof *out->grants, read_ending, a, &grants, &out->grant_count));
  TRY(view_rows_on(q, "SELECT s.id FROM session s WHERE " VIEW_PLANNED " LIMIT ?3", activity, date, most,
                   sizeof *out->sessions, read_session, a, &sessions, &out->session_count));
  out->enrolments = places;
  out->grants = grants;
  out->sessions = sessions;
  return count_held(q, activity, date, &out->held);
}

/* Those who have left the hub since do not come back with it. */
static err read_ended(struct sqlite_store *q, const struct id *activity, int32_t date, struct arena *a,
                      struct view_endings *out) {
  size_t most = closing_rows_max + 1;
  void *places, *grants;
  TRY(view_rows_on(
      q,
      "SELECT e.learner, e.starts, 0 FROM enrolment e WHERE e.activity=?2 AND e.removed IS NOT 1 "
      "AND e.ends=?1 AND (SELECT l.status FROM learner l WHERE l.id=e.learner) IS NOT 2 LIMIT ?3",
      activity, date, most, sizeof *out->enrolments, read_ending, a, &places, &out->enrolment_count));
  TRY(view_rows_on(q,
                   "SELECT g.staff, g.starts, g.role FROM grant_ g LEFT JOIN staff t ON t.id=g.staff WHERE "
                   "g.activity=?2 AND g.ends=?1 AND t.status IS NOT 2 LIMIT ?3",
                   activity, date, most, sizeof *out->grants, read_ending, a, &grants, &out->grant_count));
  out->enrolments = places;
  out->grants = grants;
  return ERR_OK;
}
_Static_assert(ENUM_staff_status_left == 2 && ENUM_learner_status_left == 2, "as in SQL");

err views_endings(struct store *store, const struct id *activity, int32_t date, bool back, struct arena *a,
                  struct view_endings *out) {
  struct sqlite_store *q = sqlite_of(store);
  *out = (struct view_endings){.held = 0};
  TRY(back ? read_ended(q, activity, date, a, out) : read_endings(q, activity, date, a, out));
  out->too_many = out->enrolment_count + out->grant_count + out->session_count > closing_rows_max;
  return ERR_OK;
}
