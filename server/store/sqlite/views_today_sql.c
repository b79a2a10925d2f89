/* views_today_sql.c: what is told of a register in a list, with what it adds up to; and those that should be
 * closed. */
#include "server/store/sqlite/views.h"

/* The columns that view_summary reads, and the tables they come from. */
#define STATE_OF_OTHERS                                                                                      \
  "(SELECT max(o.state) FROM register o WHERE o.session IN (SELECT z.id FROM alias z WHERE z.canon=s.id))"
#define CLOSURE_OF_S VIEW_CLOSURE("s", "a")
#define VIEW_SUMMARY                                                                                         \
  "SELECT s.id, s.activity, a.name, sc.name, coalesce(s.place, a.place), s.date, s.starts, s.ends,"          \
  " s.status, s.staff, coalesce(r.state, " STATE_OF_OTHERS "), t.at, s.headcount, " CLOSURE_OF_S             \
  " FROM session s LEFT JOIN activity a ON a.id=s.activity LEFT JOIN school sc ON sc.id=a.school"            \
  " LEFT JOIN register r ON r.session=s.id LEFT JOIN touched t ON t.session=s.id"

enum { staff_names_max = 8 };

static enum register_view_state state_of(const struct view_register *r, const struct now *now) {
  if (r->status == ENUM_session_status_cancelled) return VIEW_CANCELLED;
  if (r->register_state == ENUM_register_state_closed) return VIEW_CLOSED;
  if (r->register_state) return VIEW_OPEN;
  if (r->closure.len && r->status != ENUM_session_status_delivered) return VIEW_SHUT;
  if (now->wall_ms < uk_instant(r->date, r->starts)) return VIEW_UPCOMING;
  return now->wall_ms < uk_instant(r->date, r->ends) ? VIEW_DUE : VIEW_MISSING;
}

err view_summary(struct stmt *s, const struct now *now, struct arena *a, struct view_register *out,
                 struct view_place *place) {
  *out = (struct view_register){.date = column_day(s, 5),
                                .starts = (int32_t)stmt_column_int(s, 6),
                                .ends = (int32_t)stmt_column_int(s, 7),
                                .status = (uint8_t)stmt_column_int(s, 8),
                                .register_state = (uint8_t)stmt_column_int(s, 10),
                                .updated_ms = stmt_column_int(s, 11),
                                .headcount = (uint32_t)stmt_column_int(s, 12)};
  (void)stmt_column_id(s, 0, &out->session);
  (void)stmt_column_id(s, 1, &out->activity);
  TRY(column_text(s, 2, a, &out->activity_name));
  TRY(column_text(s, 3, a, &out->school_name));
  TRY(column_text(s, 4, a, &out->place));
  TRY(column_text(s, 13, a, &out->closure));
  place->has_staff = stmt_column_id(s, 9, &place->staff);
  out->state = state_of(out, now);
  return ERR_OK;
}

static void count_code(struct view_totals *t, int64_t code, uint32_t n) {
  switch (code) {
  case ENUM_mark_code_P: t->here += n; break;
  case ENUM_mark_code_L: t->late += n; break;
  case ENUM_mark_code_AN:
  case ENUM_mark_code_AU: t->away += n; break;
  case ENUM_mark_code_SE: t->event += n; break;
  default: break;
  }
}

/* Expected are those enrolled on the day; a visitor counts once marked. A child counts once. Few stand for
 * the child of another id, so these are asked for apart: a list of them for every mark was most of a day's
 * time. */
#define HAS_PLACE "e.activity=?2 AND e.removed IS NOT 1 AND e.starts<=?3 AND (e.ends IS NULL OR e.ends>?3)"
err view_totals(struct sqlite_store *q, struct view_register *r) {
  struct stmt *s;
  bool there;
  TRY(db_stmt(
      q->db, &s,
      "SELECT count(DISTINCT coalesce(x.canon, e.learner)) FROM enrolment e LEFT JOIN alias x ON "
      "x.id=e.learner"
      " WHERE e.activity=?1 AND e.removed IS NOT 1 AND e.starts<=?2 AND (e.ends IS NULL OR e.ends>?2)"));
  stmt_id(s, 1, &r->activity);
  stmt_int(s, 2, r->date);
  TRY(stmt_one(s));
  r->totals.of = (uint32_t)stmt_column_int(s, 0);
  stmt_reset(s);
  TRY(db_stmt(
      q->db, &s,
      "SELECT coalesce(l.canon, m.learner) AS child, m.code, NOT EXISTS(SELECT 1 FROM enrolment e WHERE "
      "e.learner=m.learner AND " HAS_PLACE ") AND (l.canon IS NULL OR NOT EXISTS(SELECT 1 FROM alias y CROSS "
      "JOIN enrolment e ON e.learner=y.id WHERE "
      "y.canon=l.canon AND " HAS_PLACE ")) FROM " VIEW_MARKS_OF(
          VIEW_CLASS_1, "m") " LEFT JOIN alias l ON l.id=m.learner WHERE m.code<>6 ORDER BY child, "
                             "m.learner<>child, m.session<>?1, m.learner, m.session"));
  stmt_id(s, 1, &r->session);
  stmt_id(s, 2, &r->activity);
  stmt_int(s, 3, r->date);
  uint32_t marked = 0;
  struct id last = {{0}};
  TRY(stmt_step(s, &there));
  while (there) {
    struct id child;
    (void)stmt_column_id(s, 0, &child);
    bool again = marked && id_equal(&child, &last); /* another mark of the same child */
    last = child;
    if (!again) count_code(&r->totals, stmt_column_int(s, 1), 1);
    if (!again) r->totals.of += (uint32_t)stmt_column_int(s, 2);
    marked += !again;
    TRY(stmt_step(s, &there));
  }
  r->totals.unmarked = r->totals.of > marked ? r->totals.of - marked : 0;
  return ERR_OK;
}

/* Whom the session names, or else who is granted the activity that day. */
err view_staff_names(struct sqlite_store *q, struct view_register *r, const struct view_place *place,
                     struct arena *a) {
  struct stmt *s;
  if (place->has_staff) {
    TRY(db_stmt(q->db, &s, "SELECT name FROM staff WHERE id=?1"));
    stmt_id(s, 1, &place->staff);
  } else {
    TRY(db_stmt(q->db, &s,
                "SELECT s.name FROM grant_ g JOIN staff s ON s.id=g.staff WHERE g.activity=?1 AND "
                "g.starts<=?2 AND (g.ends IS NULL OR g.ends>?2)"
                " AND g.role<>3 ORDER BY g.role DESC, s.name"));
    stmt_id(s, 1, &r->activity);
    stmt_int(s, 2, r->date);
  }
  return view_texts(s, a, staff_names_max, &r->staff_names, &r->staff_count);
}

err view_session_stmt(struct sqlite_store *q, const struct id *session, struct stmt **out) {
  TRY(db_stmt(q->db, out, VIEW_SUMMARY " WHERE s.id=?1"));
  stmt_id(*out, 1, session);
  return ERR_OK;
}

err view_day_stmt(struct sqlite_store *q, int32_t date, struct stmt **out) {
  TRY(db_stmt(q->db, out, VIEW_SUMMARY " WHERE s.date=?1 AND " VIEW_STANDS("s")));
  stmt_int(*out, 1, date);
  return ERR_OK;
}

/* ---- registers that should be closed ---- */

/* Somebody may still be at one of today's. */
static bool is_missing(const struct view_register *r, int32_t today) {
  return r->state == VIEW_MISSING || (r->state == VIEW_OPEN && r->date < today);
}

static err read_missing(struct sqlite_store *q, int32_t from, int32_t to, size_t max, const struct now *now,
                        struct arena *a, struct view_register **out, size_t *count) {
  struct stmt *s;
  size_t cap = 0;
  int32_t today, minute;
  bool there;
  uk_civil(now->wall_ms, &today, &minute);
  TRY(db_stmt(q->db, &s,
              VIEW_SUMMARY
              " WHERE s.date BETWEEN ?1 AND ?2 AND s.status<>3 AND r.state IS NOT 2 AND " VIEW_STANDS(
                  "s") " ORDER BY s.date, s.starts, s.id"));
  stmt_int(s, 1, from);
  stmt_int(s, 2, to);
  TRY(stmt_step(s, &there));
  while (there && *count < max) {
    struct view_place place;
    struct view_register *list = arena_room(a, *out, &cap, *count, sizeof *list);
    err e = list ? view_summary(s, now, a, &list[*count], &place) : ERR_NO_MEMORY;
    if (e != ERR_OK) {
      stmt_reset(s);
      return e;
    }
    *out = list;
    *count += is_missing(&list[*count], today);
    TRY(stmt_step(s, &there));
  }
  stmt_reset(s);
  return ERR_OK;
}

err views_missing(struct store *store, int32_t from, int32_t to, size_t max, const struct now *now,
                  struct arena *a, struct view_register **out, size_t *count) {
  *out = NULL;
  *count = 0;
  TRY(store->ops->begin_read(store));
  err e = read_missing(sqlite_of(store), from, to, max, now, a, out, count);
  store->ops->rollback(store);
  return e;
}

static err read_session(struct sqlite_store *q, const struct id *session, const struct now *now,
                        struct arena *a, struct view_register *out) {
  struct stmt *s;
  struct view_place place;
  TRY(view_session_stmt(q, session, &s));
  TRY(stmt_one(s));
  err e = view_summary(s, now, a, out, &place);
  stmt_reset(s);
  TRY(e);
  TRY(view_totals(q, out));
  return view_staff_names(q, out, &place, a);
}

err views_session(struct store *store, const struct id *session, const struct now *now, struct arena *a,
                  struct view_register *out) {
  *out = (struct view_register){.date = 0};
  TRY(store->ops->begin_read(store));
  err e = read_session(sqlite_of(store), session, now, a, out);
  store->ops->rollback(store);
  return e;
}
