/* tally_sql.c: adds up the activities that have changed, each by itself, from its sessions and their marks.
 */
#include "server/core/owed.h"
#include "server/core/reports.h"
#include "server/store/sqlite/tally.h"
#include "server/store/sqlite/views.h"

enum { tally_arena_bytes_max = 67108864, timely_ms = 86400000 };

struct contract {
  int32_t starts, ends; /* ends 0: none */
  int32_t notice_days;  /* negative: none agreed */
};
struct tally {
  struct sqlite_store *q;
  int64_t now_ms, next_ms; /* next: when a session of the activity ends; 0: none */
  struct arena arena;
  struct tally_term *terms;
  size_t term_count;
  struct id activity, school;
  bool has_school;
  uint8_t mode;
  int32_t kind;
  struct contract *contracts;
  size_t contract_count;
  struct days {
    struct tally_term *list;
    size_t count;
  } own_closed, all_closed; /* days on which its school is closed, and on which everything is */
};
struct meeting {
  struct id id;
  int32_t date, span, notice_days; /* notice_days: negative for none */
  uint8_t status, cause, state;
  bool planned, makeup, disputed;
  bool shut; /* on a closed day, and not held: nothing of it was due */
  int64_t end_ms, closed_ms;
};
struct sums { /* of one child at one activity, or of one meeting */
  int64_t here, late, told, not_told, event, due, taught, charged, disputed;
  int64_t makeup, waiting, cause[owed_causes]; /* waiting: due, and nobody has said what became of it */
};

int32_t tally_span(const struct tally_term *terms, size_t count, int32_t date) {
  struct date d = date_from_days(date);
  int16_t year = (int16_t)(d.month >= 9 ? d.year : d.year - 1);
  int32_t from = date_to_days((struct date){year, 9, 1});
  for (size_t i = 0; i < count; i++) {
    int32_t after = terms[i].ends + 1;
    if (terms[i].starts <= date && terms[i].starts > from) from = terms[i].starts;
    if (after <= date && after > from) from = after;
  }
  return from;
}

/* ---- what an activity consists of ---- */

static err read_term(struct stmt *s, struct arena *a, void *to) {
  (void)a;
  *(struct tally_term *)to = (struct tally_term){column_day(s, 0), column_day(s, 1)};
  return ERR_OK;
}

static err read_contract(struct stmt *s, struct arena *a, void *to) {
  (void)a;
  *(struct contract *)to = (struct contract){column_day(s, 0), column_day(s, 1),
                                             column_minute(s, 2) /* -1 for none, like a minute */};
  return ERR_OK;
}

static err read_meeting(struct stmt *s, struct arena *a, void *to) {
  struct meeting *m = to;
  (void)a;
  *m = (struct meeting){.date = column_day(s, 1),
                        .end_ms = uk_instant(column_day(s, 1), (int32_t)stmt_column_int(s, 2)),
                        .status = (uint8_t)stmt_column_int(s, 3),
                        .cause = (uint8_t)stmt_column_int(s, 4),
                        .notice_days = column_minute(s, 5),
                        .planned = stmt_column_int(s, 6) != 0,
                        .state = (uint8_t)stmt_column_int(s, 7),
                        .closed_ms = stmt_column_int(s, 8),
                        .disputed = stmt_column_int(s, 9) != 0,
                        .makeup = stmt_column_int(s, 10) != 0};
  return stmt_column_id(s, 0, &m->id) ? ERR_OK : ERR_CORRUPT;
}

/* A meeting entered twice has the register of whichever entry has one; its own comes first. */
#define OTHER_REGISTER(column)                                                                               \
  "(SELECT o." column " FROM register o WHERE o.session IN (SELECT z.id FROM alias z WHERE z.canon=s.id)"    \
  " ORDER BY o.state DESC, o.at DESC LIMIT 1)"

static bool lies_in(const struct days *closed, int32_t date) {
  for (size_t i = 0; i < closed->count; i++)
    if (closed->list[i].starts <= date && closed->list[i].ends >= date) return true;
  return false;
}

/* Whoever took a register was there; what is called off on such a day would not have been either. */
static bool is_shut(const struct tally *t, const struct meeting *m) {
  bool held = m->status == ENUM_session_status_delivered ||
              (m->status != ENUM_session_status_cancelled && m->state != 0);
  return !held && (lies_in(&t->own_closed, m->date) || lies_in(&t->all_closed, m->date));
}

static err read_meetings(struct tally *t, struct meeting **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(
      t->q->db, &s,
      "SELECT s.id, s.date, s.ends, s.status, s.cause, s.notice_days, s.adhoc IS NOT 1 AND s.makeup_of IS "
      "NULL, coalesce(r.state, " OTHER_REGISTER("state") "), iif(r.state IS NULL, " OTHER_REGISTER(
          "at") ", r.at), EXISTS(SELECT 1 FROM conflict c WHERE c.row=s.id AND c.tbl=10 AND c.unit=2), "
                "s.makeup_of IS NOT NULL FROM "
                "session s LEFT JOIN register r ON r.session=s.id WHERE s.activity=?1 AND " VIEW_STANDS(
                    "s")));
  stmt_id(s, 1, &t->activity);
  *out = read_list(&e, s, sizeof **out, read_meeting, &t->arena, count);
  for (size_t i = 0; e == ERR_OK && i < *count; i++) {
    (*out)[i].span = tally_span(t->terms, t->term_count, (*out)[i].date);
    (*out)[i].shut = is_shut(t, &(*out)[i]);
  }
  return e;
}
_Static_assert(TABLE_session == 10, "as in SQL");

static err read_contracts(struct tally *t) {
  struct stmt *s;
  err e;
  t->contract_count = 0;
  if (!t->has_school) return ERR_OK;
  TRY(db_stmt(t->q->db, &s,
              "SELECT starts, ends, notice_days FROM contract WHERE school=?1 ORDER BY starts DESC, id"));
  stmt_id(s, 1, &t->school);
  t->contracts = read_list(&e, s, sizeof *t->contracts, read_contract, &t->arena, &t->contract_count);
  return e;
}

static err read_own_closed(struct tally *t) {
  struct stmt *s;
  err e;
  t->own_closed.count = 0;
  if (!t->has_school) return ERR_OK;
  TRY(db_stmt(t->q->db, &s, "SELECT starts, ends FROM closure WHERE school=?1 AND removed IS NOT 1"));
  stmt_id(s, 1, &t->school);
  t->own_closed.list =
      read_list(&e, s, sizeof *t->own_closed.list, read_term, &t->arena, &t->own_closed.count);
  return e;
}

static err find_activity(struct tally *t, bool *there) {
  struct stmt *s;
  TRY(db_stmt(t->q->db, &s, "SELECT mode, setting, school FROM activity WHERE id=?1"));
  stmt_id(s, 1, &t->activity);
  TRY(stmt_step(s, there));
  if (!*there) return ERR_OK;
  t->mode = (uint8_t)stmt_column_int(s, 0);
  t->kind = report_kind(t->mode, (uint8_t)stmt_column_int(s, 1));
  t->has_school = stmt_column_id(s, 2, &t->school);
  stmt_reset(s);
  TRY(read_own_closed(t));
  return read_contracts(t);
}

/* ---- writing sums ---- */

_Static_assert(owed_causes == 6 && ENUM_cancel_cause_weather == 5, "as in SQL");
static const char add_child_sql[] =
    "INSERT INTO tally_learner(learner, activity, span, kind, school, first, last, here, late, told, "
    "not_told, "
    "event, due, taught, charged, disputed, makeup, waiting, cause0, cause1, cause2, cause3, cause4, cause5) "
    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, "
    "?21, ?22, ?23) ON CONFLICT DO UPDATE SET first=min(coalesce(first, excluded.first), "
    "coalesce(excluded.first, first)), last=max(coalesce(last, excluded.last), coalesce(excluded.last, "
    "last)), "
    "here=here+excluded.here, late=late+excluded.late, told=told+excluded.told, "
    "not_told=not_told+excluded.not_told, event=event+excluded.event, due=due+excluded.due, "
    "taught=taught+excluded.taught, charged=charged+excluded.charged, "
    "disputed=disputed+excluded.disputed, makeup=makeup+excluded.makeup, "
    "waiting=waiting+excluded.waiting, cause0=cause0+excluded.cause0, "
    "cause1=cause1+excluded.cause1, cause2=cause2+excluded.cause2, "
    "cause3=cause3+excluded.cause3, cause4=cause4+excluded.cause4, "
    "cause5=cause5+excluded.cause5";

static err add_child(struct tally *t, const struct id *learner, const struct meeting *m,
                     const struct sums *n) {
  struct stmt *s;
  TRY(db_stmt(t->q->db, &s, add_child_sql));
  const int64_t values[] = {n->here,     n->late,     n->told,     n->not_told, n->event,   n->due,
                            n->taught,   n->charged,  n->disputed, n->makeup,   n->waiting, n->cause[0],
                            n->cause[1], n->cause[2], n->cause[3], n->cause[4], n->cause[5]};
  stmt_id(s, 1, learner);
  stmt_id(s, 2, &t->activity);
  stmt_int(s, 3, m->span);
  stmt_int(s, 4, t->kind);
  stmt_id(s, 5, t->has_school ? &t->school : NULL);
  for (int i = 0; i < (int)(sizeof values / sizeof *values); i++) stmt_int(s, 7 + i, values[i]);
  stmt_null(s, 6);
  if (n->here + n->late) stmt_int(s, 6, m->date);
  return stmt_run(s);
}

static err add_meeting(struct tally *t, const struct meeting *m, const struct sums *n) {
  struct stmt *s;
  bool due = m->end_ms <= t->now_ms && m->status != ENUM_session_status_cancelled && !m->shut;
  bool closed = m->state == ENUM_register_state_closed;
  TRY(db_stmt(
      t->q->db, &s,
      "INSERT INTO tally_activity(activity, span, kind, school, due, closed, timely, delivered, here, late, "
      "told, "
      "not_told, event, people) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0) ON "
      "CONFLICT DO "
      "UPDATE SET due=due+excluded.due, closed=closed+excluded.closed, timely=timely+excluded.timely, "
      "delivered=delivered+excluded.delivered, here=here+excluded.here, late=late+excluded.late, "
      "told=told+excluded.told, not_told=not_told+excluded.not_told, event=event+excluded.event"));
  const int64_t values[] = {due,
                            due && closed,
                            due && closed && m->closed_ms > 0 && m->closed_ms <= m->end_ms + timely_ms,
                            m->status == ENUM_session_status_delivered,
                            n->here,
                            n->late,
                            n->told,
                            n->not_told,
                            n->event};
  stmt_id(s, 1, &t->activity);
  stmt_int(s, 2, m->span);
  stmt_int(s, 3, t->kind);
  stmt_id(s, 4, t->has_school ? &t->school : NULL);
  for (int i = 0; i < (int)(sizeof values / sizeof *values); i++) stmt_int(s, 5 + i, values[i]);
  return stmt_run(s);
}

/* ---- marks ---- */

static void count_mark(struct sums *n, int64_t code, bool explained) {
  switch (code) {
  case ENUM_mark_code_P: n->here++; break;
  case ENUM_mark_code_L: n->late++; break;
  case ENUM_mark_code_AN: n->told++; break;
  case ENUM_mark_code_AU: explained ? n->told++ : n->not_told++; break;
  case ENUM_mark_code_SE: n->event++; break;
  default: break;
  }
}

struct marked {
  struct id child;
  struct sums sums;
};

static err read_mark(struct stmt *s, struct arena *a, void *to) {
  struct marked *m = to;
  (void)a;
  *m = (struct marked){.sums = {.here = 0}};
  count_mark(&m->sums, stmt_column_int(s, 1), stmt_column_int(s, 2) != 0);
  return stmt_column_id(s, 0, &m->child) ? ERR_OK : ERR_CORRUPT;
}

static err add_marks(struct tally *t, const struct meeting *m, struct sums *all) {
  struct stmt *s;
  err e;
  size_t count;
  TRY(db_stmt(t->q->db, &s,
              "SELECT " VIEW_CANON_LEARNER
              " AS child, m.code, m.code=4 AND EXISTS(SELECT 1 FROM absence_notice w "
              "WHERE w.learner IN " VIEW_CLASS_LEARNER
              " AND w.removed IS NOT 1 AND w.starts<=?2 AND w.ends>=?2) FROM " VIEW_MARKS_OF(
                  VIEW_CLASS_1, "m") " WHERE m.code<>6 ORDER BY child, " VIEW_MARK_ORDER("?1", "child")));
  stmt_id(s, 1, &m->id);
  stmt_int(s, 2, m->date);
  struct marked *list = read_list(&e, s, sizeof *list, read_mark, &t->arena, &count);
  for (size_t i = 0; e == ERR_OK && i < count; i++) {
    const struct sums *n = &list[i].sums;
    if (i > 0 && id_equal(&list[i].child, &list[i - 1].child)) continue; /* another mark of the same child */
    all->here += n->here, all->late += n->late, all->told += n->told;
    all->not_told += n->not_told, all->event += n->event;
    e = add_child(t, &list[i].child, m, n);
  }
  return e;
}

/* ---- lessons that a school is owed, by enrolment ---- */

struct place {
  struct id child;
  int32_t starts, ends; /* ends 0: none */
};

static err read_place(struct stmt *s, struct arena *a, void *to) {
  struct place *p = to;
  (void)a;
  p->starts = column_day(s, 1);
  p->ends = column_day(s, 2);
  return stmt_column_id(s, 0, &p->child) ? ERR_OK : ERR_CORRUPT;
}

/* Short notice is what the contract says, where it says something and the days are known. */
static bool is_charged(const struct tally *t, const struct meeting *m) {
  bool short_notice = m->cause == ENUM_cancel_cause_school_short;
  if (m->status != ENUM_session_status_cancelled) return false;
  if (!short_notice && m->cause != ENUM_cancel_cause_school_notice) return false;
  for (size_t i = 0; i < t->contract_count; i++) {
    const struct contract *c = &t->contracts[i];
    if (c->starts > m->date || (c->ends && c->ends < m->date)) continue;
    return c->notice_days >= 0 && m->notice_days >= 0 ? m->notice_days < c->notice_days : short_notice;
  }
  return short_notice;
}

static err add_lesson(struct tally *t, const struct meeting *m, const struct place *places, size_t count) {
  bool due = m->end_ms <= t->now_ms && m->planned && !m->shut;
  bool taught = m->status == ENUM_session_status_delivered;
  bool cancelled = m->status == ENUM_session_status_cancelled;
  struct sums n = {.due = due,
                   .taught = taught,
                   .charged = due && is_charged(t, m), /* what is called off ahead is not due either */
                   .disputed = m->disputed,
                   .makeup = taught && m->makeup,
                   .waiting = due && !taught && !cancelled};
  n.cause[m->cause < owed_causes ? m->cause : 0] = due && cancelled;
  if (n.due + n.taught + n.charged + n.disputed == 0) return ERR_OK;
  const struct id *last = NULL; /* places are in the order of children: one who came back has two */
  for (size_t i = 0; i < count; i++) {
    const struct place *p = &places[i];
    if (p->starts > m->date || (p->ends && p->ends <= m->date)) continue;
    if (last && id_equal(last, &p->child)) continue;
    TRY(add_child(t, &p->child, m, &n));
    last = &p->child;
  }
  return ERR_OK;
}

static err read_places(struct tally *t, struct place **out, size_t *count) {
  struct stmt *s;
  err e = ERR_OK;
  *count = 0;
  if (!t->has_school || !report_owes(t->mode)) return ERR_OK;
  TRY(db_stmt(t->q->db, &s,
              "SELECT " VIEW_CANON(
                  "e.learner") " AS child, e.starts, e.ends FROM enrolment e WHERE e.activity=?1 AND "
                               "e.removed IS NOT 1 ORDER BY child, e.starts"));
  stmt_id(s, 1, &t->activity);
  *out = read_list(&e, s, sizeof **out, read_place, &t->arena, count);
  return e;
}

/* ---- one activity ---- */

static err forget(struct tally *t) {
  static const char *const sql[] = {"DELETE FROM tally_activity WHERE activity=?1",
                                    "DELETE FROM tally_learner WHERE activity=?1"};
  for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
    struct stmt *s;
    TRY(db_stmt(t->q->db, &s, sql[i]));
    stmt_id(s, 1, &t->activity);
    TRY(stmt_run(s));
  }
  return ERR_OK;
}

static err count_people(struct tally *t) {
  struct stmt *s;
  TRY(db_stmt(t->q->db, &s,
              "UPDATE tally_activity SET people=(SELECT count(*) FROM tally_learner l WHERE "
              "l.activity=tally_activity.activity AND l.span=tally_activity.span AND "
              "l.here+l.late+l.told+l.not_told>0) WHERE activity=?1"));
  stmt_id(s, 1, &t->activity);
  return stmt_run(s);
}

static err settle(struct tally *t) {
  struct stmt *s;
  TRY(db_stmt(t->q->db, &s,
              t->next_ms ? "UPDATE tally_due SET at=?2 WHERE activity=?1"
                         : "DELETE FROM tally_due WHERE activity=?1"));
  stmt_id(s, 1, &t->activity);
  if (t->next_ms) stmt_int(s, 2, t->next_ms);
  return stmt_run(s);
}

static err add_owed(struct tally *t, const struct meeting *meetings, size_t count) {
  struct tally_place place = {
      .activity = t->activity, .school = t->school, .kind = t->kind, .first = INT32_MAX, .last = INT32_MIN};
  if (!t->has_school || !report_owes(t->mode) || count == 0) return ERR_OK;
  for (size_t i = 0; i < count; i++) {
    if (meetings[i].date < place.first) place.first = meetings[i].date;
    if (meetings[i].date > place.last) place.last = meetings[i].date;
  }
  return tally_owed_add(t->q, &place, t->terms, t->term_count);
}

static err add_up(struct tally *t) {
  struct meeting *meetings = NULL;
  struct place *places = NULL;
  size_t meeting_count, place_count;
  TRY(read_meetings(t, &meetings, &meeting_count));
  TRY(read_places(t, &places, &place_count));
  for (size_t i = 0; i < meeting_count; i++) {
    const struct meeting *m = &meetings[i];
    struct sums all = {.here = 0};
    /* While it is open whether it took place, its marks stand outside the rates. */
    bool counts =
        m->status == ENUM_session_status_delivered && m->state == ENUM_register_state_closed && !m->disputed;
    if (m->end_ms > t->now_ms && (t->next_ms == 0 || m->end_ms < t->next_ms)) t->next_ms = m->end_ms;
    if (counts) TRY(add_marks(t, m, &all));
    TRY(add_lesson(t, m, places, place_count));
    TRY(add_meeting(t, m, &all));
  }
  TRY(add_owed(t, meetings, meeting_count));
  return count_people(t);
}

static err refresh_one(struct tally *t) {
  bool there;
  arena_clear(&t->arena);
  t->next_ms = 0;
  TRY(tally_homes_of_activity(t->q, &t->activity)); /* of who is in the old sums, */
  TRY(forget(t));
  TRY(tally_owed_forget(t->q, &t->activity));
  TRY(find_activity(t, &there));
  if (there) TRY(add_up(t));
  TRY(tally_homes_of_activity(t->q, &t->activity)); /* and of who is in the new ones */
  return settle(t);
}

/* ---- all that is due ---- */

static err read_terms(struct tally *t, struct arena *a) {
  struct stmt *s;
  err e;
  TRY(db_stmt(t->q->db, &s, "SELECT starts, ends FROM term WHERE removed IS NOT 1 ORDER BY starts, id"));
  t->terms = read_list(&e, s, sizeof *t->terms, read_term, a, &t->term_count);
  return e;
}

/* Once for all activities that are due: no index holds what is of no school. */
static err read_all_closed(struct tally *t, struct arena *a) {
  struct stmt *s;
  err e;
  TRY(db_stmt(t->q->db, &s, "SELECT starts, ends FROM closure WHERE school IS NULL AND removed IS NOT 1"));
  t->all_closed.list = read_list(&e, s, sizeof *t->all_closed.list, read_term, a, &t->all_closed.count);
  return e;
}

static err name_all(struct sqlite_store *q) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "DELETE FROM tally_due WHERE activity=zeroblob(16)"));
  TRY(stmt_run(s));
  if (db_changes(q->db) == 0) return ERR_OK;
  TRY(db_stmt(q->db, &s, "INSERT OR REPLACE INTO tally_due(activity, at) SELECT id, 0 FROM activity"));
  return stmt_run(s);
}

static err refresh(struct tally *t, size_t max, struct arena *a, bool *more) {
  struct stmt *s;
  struct id *list;
  size_t count;
  TRY(name_all(t->q));
  TRY(read_terms(t, a));
  TRY(read_all_closed(t, a));
  TRY(db_stmt(t->q->db, &s, "SELECT activity FROM tally_due WHERE at<=?1 ORDER BY at, activity LIMIT ?2"));
  stmt_int(s, 1, t->now_ms);
  stmt_int(s, 2, (int64_t)max);
  TRY(read_ids(s, a, &list, &count));
  *more = count == max;
  for (size_t i = 0; i < count; i++) {
    t->activity = list[i];
    TRY(refresh_one(t));
  }
  return *more ? ERR_OK : tally_homes_refresh(t->q, max, more);
}

err reports_are_due(struct store *store, const struct now *now, bool *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT 1 WHERE EXISTS(SELECT 1 FROM tally_due WHERE at<=?1) OR EXISTS(SELECT 1 FROM "
              "tally_home_due)"));
  stmt_int(s, 1, now->wall_ms);
  TRY(stmt_step(s, out));
  stmt_reset(s);
  return ERR_OK;
}

err reports_refresh(struct store *store, const struct now *now, size_t max, bool *more) {
  struct tally t = {
      .q = sqlite_of(store), .now_ms = now->wall_ms, .arena = ARENA_INIT(tally_arena_bytes_max)};
  struct arena lists = ARENA_INIT(tally_arena_bytes_max);
  TRY(store->ops->begin(store));
  err e = refresh(&t, max, &lists, more);
  if (e == ERR_OK) e = store->ops->commit(store);
  if (e != ERR_OK) store->ops->rollback(store);
  arena_finish(&t.arena);
  arena_finish(&lists);
  return e;
}
