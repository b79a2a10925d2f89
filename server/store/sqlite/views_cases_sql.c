/* views_cases_sql.c: cases as the safeguarding role reads them: the list, one with all that was done, and the
 * door against the register. */
#include "server/core/safeguarding.h"
#include "server/store/sqlite/views.h"

#define VIEW_NAME(l)                                                                                         \
  "trim(coalesce(nullif(" l ".known_name, ''), " l ".first_name) || ' ' || coalesce(" l ".last_name, ''))"
_Static_assert(ENUM_mark_code_AN == 3 && ENUM_mark_code_none == 6 && ENUM_arrival_way_in == 1 &&
                   ENUM_register_state_closed == 2 && CASE_OPEN == 1,
               "as in SQL");

#define CASES_SQL(of)                                                                                        \
  "SELECT c.id, c.session, c.learner, " VIEW_NAME(                                                           \
      "l") ", a.name, k.name, c.taken, v.date, v.starts, v.ends, c.state, "                                  \
           "c.outcome, c.opened, c.changed, " VIEW_DOOR_IN(                                                  \
               "c.session", "c.learner") ", (SELECT count(*) FROM absence_call x WHERE x.session=c.session " \
                                         "AND x.learner=c.learner), (SELECT x.outcome FROM "                 \
                                         "absence_call x WHERE x.session=c.session AND x.learner=c.learner " \
                                         "ORDER BY x.at DESC LIMIT 1), EXISTS(SELECT 1 FROM "                \
                                         "hold h WHERE h.learner=c.learner AND h.lifted IS NULL) FROM " of   \
                                         " c LEFT JOIN learner l ON l.id=c.learner "                         \
                                         "LEFT JOIN session v ON v.id=c.session LEFT JOIN activity a ON "    \
                                         "a.id=v.activity LEFT JOIN school k ON k.id=a.school"

static err read_case(struct stmt *s, struct arena *a, void *into) {
  struct view_case *out = into;
  struct slice *const texts[] = {&out->learner_name, &out->activity_name, &out->school_name, &out->taken_by};
  *out = (struct view_case){.date = column_day(s, 7),
                            .starts = column_minute(s, 8),
                            .ends = column_minute(s, 9),
                            .state = (uint8_t)stmt_column_int(s, 10),
                            .outcome = (uint8_t)stmt_column_int(s, 11),
                            .opened_ms = stmt_column_int(s, 12),
                            .changed_ms = stmt_column_int(s, 13),
                            .door_in = column_minute(s, 14),
                            .calls = (uint32_t)stmt_column_int(s, 15),
                            .last_call = (uint8_t)stmt_column_int(s, 16),
                            .held = stmt_column_int(s, 17) != 0};
  (void)stmt_column_id(s, 0, &out->id);
  (void)stmt_column_id(s, 1, &out->session);
  (void)stmt_column_id(s, 2, &out->learner);
  for (int i = 0; i < 4; i++) TRY(column_text(s, 3 + i, a, texts[i]));
  return ERR_OK;
}

static err count_open(struct sqlite_store *q, uint64_t *out) {
  struct stmt *s;
  bool there = false;
  TRY(db_stmt(q->db, &s, "SELECT count(*) FROM absence_case WHERE state=1"));
  TRY(stmt_step(s, &there));
  *out = there ? (uint64_t)stmt_column_int(s, 0) : 0;
  stmt_reset(s);
  return ERR_OK;
}

/* Open ones first, then those that were changed last; of all there ever were a page is read, from two
 * indexes.
 */
#define IN_ORDER "c.state<>1, CASE WHEN c.state=1 THEN c.opened ELSE c.changed END DESC, c.id"
#define PAGE_OF_CASES                                                                                        \
  "(SELECT * FROM (SELECT * FROM absence_case WHERE state=1 ORDER BY opened DESC LIMIT ?1) UNION ALL "       \
  "SELECT "                                                                                                  \
  "* FROM (SELECT * FROM absence_case WHERE state<>1 ORDER BY changed DESC LIMIT ?1))"

static err read_cases(struct sqlite_store *q, size_t max, struct arena *a, struct view_case **out,
                      size_t *count, uint64_t *open) {
  struct stmt *s;
  err e;
  TRY(count_open(q, open));
  TRY(db_stmt(q->db, &s, CASES_SQL(PAGE_OF_CASES) " ORDER BY " IN_ORDER " LIMIT ?1"));
  stmt_int(s, 1, (int64_t)max);
  *out = read_list(&e, s, sizeof **out, read_case, a, count);
  return e;
}

err views_cases(struct store *store, size_t max, struct arena *a, struct view_case **out, size_t *count,
                uint64_t *open) {
  TRY(store->ops->begin_read(store));
  err e = read_cases(sqlite_of(store), max, a, out, count, open);
  store->ops->rollback(store);
  return e;
}

/* ---- one case ---- */

static err read_event(struct stmt *s, struct arena *a, void *into) {
  struct view_case_event *out = into;
  *out = (struct view_case_event){.kind = (uint8_t)stmt_column_int(s, 0), .at_ms = stmt_column_int(s, 1)};
  TRY(column_text(s, 2, a, &out->by));
  return column_text(s, 3, a, &out->text);
}

static err read_call(struct stmt *s, struct arena *a, void *into) {
  struct view_case_call *out = into;
  *out = (struct view_case_call){.minute = column_minute(s, 0), .outcome = (uint8_t)stmt_column_int(s, 1)};
  TRY(column_text(s, 2, a, &out->staff_name));
  TRY(column_text(s, 3, a, &out->contact_name));
  return column_text(s, 4, a, &out->said);
}

static err read_contact(struct stmt *s, struct arena *a, void *into) {
  struct view_case_contact *out = into;
  *out = (struct view_case_contact){.do_not_contact = stmt_column_int(s, 3) != 0,
                                    .may_not_collect = stmt_column_int(s, 4) != 0};
  TRY(column_text(s, 0, a, &out->name));
  TRY(column_text(s, 1, a, &out->relation));
  return column_text(s, 2, a, &out->phone);
}

static err read_arrival(struct stmt *s, struct arena *a, void *into) {
  (void)a;
  *(struct view_case_arrival *)into =
      (struct view_case_arrival){.way = (uint8_t)stmt_column_int(s, 0), .minute = column_minute(s, 1)};
  return ERR_OK;
}

/* The lists of a case, each by its session and learner; the events by the case. */
static const char events_sql[] = "SELECT kind, at, by, text FROM absence_case_event WHERE id=?1 ORDER BY no";
static const char calls_sql[] =
    "SELECT x.at, x.outcome, p.name, k.name, x.said FROM absence_call x LEFT JOIN staff p ON p.id=x.staff "
    "LEFT JOIN "
    "contact k ON k.id=x.contact WHERE x.session=?1 AND x.learner=?2 ORDER BY x.at, x.id";
static const char contacts_sql[] = "SELECT name, relation, phone, do_not_contact, may_not_collect FROM "
                                   "contact WHERE learner=?1 AND removed IS NOT 1 "
                                   "ORDER BY coalesce(priority, 99), name, id";
static const char arrivals_sql[] =
    "SELECT d.way, d.at FROM arrival d WHERE d.session=?1 AND d.learner=?2 AND d.voids IS NULL AND NOT "
    "EXISTS(SELECT 1 "
    "FROM arrival u WHERE u.session=d.session AND u.voids=d.id) ORDER BY d.at, d.id";

static err list_of(struct sqlite_store *q, const char *sql, const struct id *one, const struct id *other,
                   size_t size, row_reader *read, struct arena *a, void *out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(q->db, &s, sql));
  stmt_id(s, 1, one);
  if (other) stmt_id(s, 2, other);
  void *list = read_list(&e, s, size, read, a, count);
  bytes_copy(out, &list, sizeof list);
  return e;
}

static err read_detail(struct sqlite_store *q, const struct id *id, struct arena *a,
                       struct view_case_detail *out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, CASES_SQL("absence_case") " WHERE c.id=?1"));
  stmt_id(s, 1, id);
  TRY(stmt_one(s));
  err e = read_case(s, a, &out->summary);
  stmt_reset(s);
  TRY(e);
  const struct id *session = &out->summary.session, *learner = &out->summary.learner;
  TRY(list_of(q, events_sql, id, NULL, sizeof *out->events, read_event, a, &out->events, &out->event_count));
  TRY(list_of(q, calls_sql, session, learner, sizeof *out->calls, read_call, a, &out->calls,
              &out->call_count));
  TRY(list_of(q, contacts_sql, learner, NULL, sizeof *out->contacts, read_contact, a, &out->contacts,
              &out->contact_count));
  return list_of(q, arrivals_sql, session, learner, sizeof *out->arrivals, read_arrival, a, &out->arrivals,
                 &out->arrival_count);
}

err views_case(struct store *store, const struct id *id, struct arena *a, struct view_case_detail *out) {
  *out = (struct view_case_detail){.event_count = 0};
  TRY(store->ops->begin_read(store));
  err e = read_detail(sqlite_of(store), id, a, out);
  store->ops->rollback(store);
  return e;
}

/* ---- the door against the register ---- */

static err read_alert(struct stmt *s, struct arena *a, void *into) {
  struct view_door_alert *out = into;
  *out = (struct view_door_alert){
      .date = column_day(s, 4), .minute = column_minute(s, 5), .code = (uint8_t)stmt_column_int(s, 6)};
  (void)stmt_column_id(s, 0, &out->session);
  (void)stmt_column_id(s, 1, &out->learner);
  TRY(column_text(s, 2, a, &out->learner_name));
  return column_text(s, 3, a, &out->activity_name);
}

/* By their days: in the order of their ids every session there ever was would be read. */
static err read_alerts(struct sqlite_store *q, int32_t from, size_t max, struct arena *a,
                       struct view_door_alert **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(
      q->db, &s,
      "SELECT v.id, d.learner, " VIEW_NAME(
          "l") ", a.name, v.date, max(d.at), coalesce(m.code, 0) FROM session v "
               "CROSS JOIN register r ON r.session=v.id AND r.state=2 JOIN arrival d ON d.session=v.id AND "
               "d.way=1 AND d.voids "
               "IS NULL LEFT JOIN mark m ON " VIEW_IS_OF(
                   "m", "v.id") " AND +m.learner=d.learner LEFT JOIN learner "
                                "l ON l.id=d.learner "
                                "LEFT JOIN activity a ON a.id=v.activity WHERE v.date>=?1 AND v.removed IS "
                                "NOT 1 AND "
                                "(m.code IS NULL OR "
                                "m.code IN (3, 4, 6)) AND NOT EXISTS(SELECT 1 FROM arrival u WHERE "
                                "u.session=d.session AND u.voids=d.id) "
                                "GROUP BY +v.id, d.learner ORDER BY v.date DESC, v.starts DESC, 3 LIMIT ?2"));
  stmt_int(s, 1, from);
  stmt_int(s, 2, (int64_t)max);
  *out = read_list(&e, s, sizeof **out, read_alert, a, count);
  return e;
}

err views_door_alerts(struct store *store, int32_t from, size_t max, struct arena *a,
                      struct view_door_alert **out, size_t *count) {
  TRY(store->ops->begin_read(store));
  err e = read_alerts(sqlite_of(store), from, max, a, out, count);
  store->ops->rollback(store);
  return e;
}
