/* report_saved_sql.c: targets and snapshots, and the sessions behind a figure. */
#include <stdlib.h>

#include "server/core/reports.h"
#include "server/store/sqlite/views.h"

static err read_session(struct stmt *s, struct arena *a, void *to) {
  struct report_session *out = to;
  *out = (struct report_session){.date = column_day(s, 1),
                                 .starts = (int32_t)stmt_column_int(s, 2),
                                 .minutes = (int32_t)(stmt_column_int(s, 3) - stmt_column_int(s, 2)),
                                 .status = (uint8_t)stmt_column_int(s, 4),
                                 .cause = (uint8_t)stmt_column_int(s, 5),
                                 .notice_days = column_minute(s, 6),
                                 .makeup = !stmt_column_null(s, 7),
                                 .register_state = (uint8_t)stmt_column_int(s, 8),
                                 .mode = (uint8_t)stmt_column_int(s, 10),
                                 .here = stmt_column_int(s, 12),
                                 .away = stmt_column_int(s, 13)};
  (void)stmt_column_id(s, 0, &out->session);
  TRY(column_text(s, 9, a, &out->activity_name));
  TRY(column_text(s, 14, a, &out->closure));
  return column_text(s, 11, a, &out->staff_name);
}

/* Marks of a session, a child once: as in tally_sql.c, asked of one session. */
#define COUNT_CODES(codes)                                                                                   \
  "(SELECT count(DISTINCT " VIEW_CANON("m.learner") ") FROM " VIEW_MARKS_OF(                                 \
      VIEW_CLASS("s.id"), "m") " WHERE m.code IN " codes                                                     \
                               " AND m.id=(SELECT b.id FROM " VIEW_MARKS_OF(                                 \
                                   VIEW_CLASS_SESSION,                                                       \
                                   "b") " WHERE b.learner IN " VIEW_CLASS_LEARNER                            \
                                        " AND b.code<>6 ORDER BY b.learner<>" VIEW_CANON_LEARNER             \
                                        ", b.session<>" VIEW_CANON_SESSION                                   \
                                        ", b.learner, b.session LIMIT 1))"

#define SESSIONS(of, here, away)                                                                             \
  "SELECT s.id, s.date, s.starts, s.ends, s.status, s.cause, s.notice_days, s.makeup_of, coalesce(r.state, " \
  "(SELECT "                                                                                                 \
  "max(o.state) FROM register o WHERE o.session IN (SELECT z.id FROM alias z WHERE z.canon=s.id))), "        \
  "a.name, a.mode, "                                                                                         \
  "t.name, " here ", " away                                                                                  \
  ", " VIEW_CLOSURE("s", "a") " FROM activity a JOIN session s ON s.activity=a.id LEFT JOIN register r ON "  \
                              "r.session=s.id LEFT JOIN staff t ON t.id=s.staff WHERE " of                   \
                              " AND s.date>=?2 AND s.date<=?3 AND " VIEW_STANDS(                             \
                                  "s") " ORDER BY s.date, s.starts, a.name, s.id"

err reports_sessions(struct store *store, const struct id *activity, const struct id *school, int32_t from,
                     int32_t to, struct arena *a, struct report_session **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              activity ? SESSIONS("a.id=?1", COUNT_CODES("(1, 2)"), COUNT_CODES("(3, 4)"))
                       : SESSIONS("a.school=?1", "0", "0")));
  stmt_id(s, 1, activity ? activity : school);
  stmt_int(s, 2, from);
  stmt_int(s, 3, to);
  *out = read_list(&e, s, sizeof **out, read_session, a, count);
  return e;
}

/* ---- targets ---- */

static err read_target(struct stmt *s, struct arena *a, void *to) {
  struct report_target *out = to;
  const struct report *report = report_named(stmt_column_text(s, 1));
  *out = (struct report_target){.year = column_day(s, 0),
                                .report = report ? (enum report_id)(report - reports) : REPORT_END,
                                .measure = (enum target_measure)stmt_column_int(s, 2),
                                .goal = stmt_column_int(s, 3),
                                .baseline = stmt_column_int(s, 4),
                                .at_ms = stmt_column_int(s, 5)};
  TRY(column_text(s, 6, a, &out->note));
  return column_text(s, 7, a, &out->who_name);
}

static int by_report(const void *a, const void *b) {
  const struct report_target *x = a, *y = b;
  return (int)x->report - (int)y->report;
}

err targets_read(struct store *store, int32_t year, struct arena *a, struct report_target **out,
                 size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT t.year, t.report, t.measure, t.goal, t.baseline, t.at, t.note, p.name FROM target t LEFT "
      "JOIN person p ON p.id=t.who WHERE t.year=?1 ORDER BY t.report"));
  stmt_int(s, 1, year);
  *out = read_list(&e, s, sizeof **out, read_target, a, count);
  if (e == ERR_OK && *count > 1) qsort(*out, *count, sizeof **out, by_report);
  return e;
}

err target_write(struct store *store, const struct report_target *t, const struct id *who, int64_t now_ms) {
  struct stmt *s;
  if (t->goal < 0) {
    TRY(db_stmt(sqlite_of(store)->db, &s, "DELETE FROM target WHERE year=?1 AND report=?2"));
  } else {
    TRY(db_stmt(sqlite_of(store)->db, &s,
                "INSERT OR REPLACE INTO target(year, report, measure, goal, baseline, note, who, at) "
                "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
    stmt_int(s, 3, t->measure);
    stmt_int(s, 4, t->goal);
    stmt_int(s, 5, t->baseline);
    stmt_text(s, 6, t->note);
    stmt_id(s, 7, who);
    stmt_int(s, 8, now_ms);
  }
  stmt_int(s, 1, t->year);
  stmt_text(s, 2, slice_text(reports[t->report].name));
  return stmt_run(s);
}

/* ---- snapshots ---- */

static err read_snapshot(struct stmt *s, struct arena *a, void *to) {
  struct report_snapshot *out = to;
  *out = (struct report_snapshot){.at_ms = stmt_column_int(s, 1)};
  (void)stmt_column_id(s, 0, &out->id);
  (void)stmt_column_id(s, 2, &out->adjusts);
  TRY(column_text(s, 3, a, &out->title));
  TRY(column_text(s, 4, a, &out->who_name));
  return column_text(s, 5, a, &out->body);
}

#define SNAPSHOT(body)                                                                                       \
  "SELECT s.id, s.at, s.adjusts, s.title, p.name, " body " FROM snapshot s LEFT JOIN person p ON "           \
  "p.id=s.who "

err snapshots_read(struct store *store, struct arena *a, struct report_snapshot **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s, SNAPSHOT("''") "ORDER BY s.no DESC"));
  *out = read_list(&e, s, sizeof **out, read_snapshot, a, count);
  return e;
}

err snapshot_load(struct store *store, const struct id *id, struct arena *a, struct report_snapshot *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, SNAPSHOT("s.body") "WHERE s.id=?1"));
  stmt_id(s, 1, id);
  TRY(stmt_one(s));
  err e = read_snapshot(s, a, out);
  stmt_reset(s);
  return e;
}

err snapshot_write(struct store *store, const struct report_snapshot *snapshot, const struct id *who) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "INSERT OR IGNORE INTO snapshot(id, at, who, title, adjusts, body) VALUES(?1, ?2, ?3, ?4, ?5, "
              "?6)"));
  stmt_id(s, 1, &snapshot->id);
  stmt_int(s, 2, snapshot->at_ms);
  stmt_id(s, 3, who);
  stmt_text(s, 4, snapshot->title);
  stmt_id(s, 5, id_is_zero(&snapshot->adjusts) ? NULL : &snapshot->adjusts);
  stmt_text(s, 6, snapshot->body);
  return stmt_run(s);
}
