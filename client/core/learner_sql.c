/* learner_sql.c: SQL of activities, learners, terms and grants. */
#include "client/core/learner_sql.h"

#include "client/core/roster.h"
#include "shared/crypto/crypto.h"

/* ?1 the staff member, ?2 today; a door's grant opens nothing. */
#define GRANTED_NOW                                                                                          \
  "g.staff = ?1 AND g.role IN (1, 2) AND (g.starts IS NULL OR g.starts <= ?2) AND (g.ends IS NULL OR "       \
  "g.ends > ?2)"

static const char activity_count_sql[] =
    "SELECT count(*) FROM grant_ g JOIN activity a ON a.id = g.activity WHERE " GRANTED_NOW
    " AND (a.ends IS NULL OR a.ends > ?2)";
#define ENROLLED_NOW                                                                                         \
  "FROM enrolment e WHERE e.activity = a.id AND e.removed IS NOT 1 AND (e.starts IS NULL OR e.starts <= "    \
  "?2) "                                                                                                     \
  "AND (e.ends IS NULL OR e.ends > ?2)"
/* ?3 the mode of a lesson: several lessons of one tutor may have the same name, and who comes tells them
 * apart. */
static const char activity_sql[] =
    "SELECT a.id, a.name, sc.name, a.place, a.mode, (SELECT count(*) " ENROLLED_NOW "),"
    " l.known_name, l.first_name, l.last_name, l.initial"
    " FROM grant_ g JOIN activity a ON a.id = g.activity LEFT JOIN school sc ON sc.id = a.school"
    " LEFT JOIN learner l ON a.mode = ?3 AND l.id = (SELECT e.learner " ENROLLED_NOW " LIMIT 1)"
    " WHERE " GRANTED_NOW " AND (a.ends IS NULL OR a.ends > ?2) ORDER BY a.name, a.id";
static const char term_sql[] = "SELECT name, starts, ends FROM term WHERE starts <= ?1 AND ends >= ?1 AND "
                               "removed IS NOT 1 ORDER BY starts DESC LIMIT 1";
/* One that covers the day before one that is over. */
static const char latest_term_sql[] =
    "SELECT starts, ends FROM term WHERE starts <= ?1 AND ends >= starts AND removed IS NOT 1"
    " ORDER BY ends >= ?1 DESC, starts DESC LIMIT 1";
#define LEARNER_COLUMNS "l.id, l.known_name, l.first_name, l.last_name, l.initial, l.year_group, sc.name"
static const char learners_sql[] =
    "SELECT " LEARNER_COLUMNS " FROM learner l LEFT JOIN school sc ON sc.id = l.school WHERE l.id IN"
    " (SELECT coalesce(x.merged_into, e.learner) FROM enrolment e JOIN grant_ g ON g.activity = e.activity "
    "LEFT JOIN "
    "learner x ON x.id = e.learner WHERE e.removed IS NOT 1 AND " GRANTED_NOW ") LIMIT ?3";
static const char learner_sql[] =
    "SELECT " LEARNER_COLUMNS " FROM learner l LEFT JOIN school sc ON sc.id = l.school WHERE l.id = ?1";
static const char enrolments_sql[] =
    "SELECT e.activity, a.name, e.instrument, e.section, (e.starts IS NULL OR e.starts <= ?2) AND (e.ends IS "
    "NULL OR e.ends > ?2),"
    " (SELECT g.role FROM grant_ g WHERE g.activity = e.activity AND " GRANTED_NOW ")"
    " FROM activity a JOIN enrolment e ON e.activity = a.id WHERE e.learner = ?3 AND e.removed IS NOT 1 "
    "ORDER BY a.name, a.id";
static const char sessions_between_sql[] =
    "SELECT id FROM session WHERE date BETWEEN ?1 AND ?2 AND removed IS NOT 1";
static const char mark_code_sql[] = "SELECT coalesce(code, 0) FROM mark WHERE id = ?1";
#define MARKS_OF_1 ROWS_BY_FIRST_KEY("m.id", "m.session", "?1")
static const char visitor_sql[] =
    "SELECT l.id FROM mark m CROSS JOIN learner l ON l.id = m.learner WHERE " MARKS_OF_1
    " AND coalesce(m.code, ?2) = ?2 AND l.status = ?3 AND l.first_name = ?4 AND l.last_name IS ?5"
    " ORDER BY l.id LIMIT 1";
static const char grant_sql[] =
    "SELECT 1 FROM grant_ WHERE id = ?1 AND role IN (1, 2) AND (starts IS NULL OR starts <= ?2)"
    " AND (ends IS NULL OR (ends > ?2 AND ends > ?3))";
static const char staff_sql[] = "SELECT name FROM staff WHERE id = ?1";

/* The first column of the first row, copied; empty where there is none. */
static err first_text(struct stmt *q, struct arena *a, struct slice *out) {
  bool row = false;
  *out = slice_of(NULL, 0);
  TRY(stmt_step(q, &row));
  if (!row) return ERR_OK;
  struct slice text = stmt_column_text(q, 0);
  if (text.len) *out = arena_copy(a, text);
  err e = text.len && !out->ptr ? ERR_NO_MEMORY : ERR_OK;
  stmt_reset(q);
  return e;
}

err activity_count(struct store *s, const struct id *staff, int32_t today, size_t *out) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, activity_count_sql));
  stmt_id(q, 1, staff);
  stmt_int(q, 2, today);
  TRY(stmt_one(q));
  *out = (size_t)stmt_column_int(q, 0);
  stmt_reset(q);
  return ERR_OK;
}

static err read_activity(struct stmt *q, struct arena *a, struct activity_info *out) {
  *out = (struct activity_info){.name = stmt_column_text(q, 1),
                                .school = stmt_column_text(q, 2),
                                .place = stmt_column_text(q, 3),
                                .mode = stmt_column_int(q, 4),
                                .learners = stmt_column_int(q, 5)};
  (void)stmt_column_id(q, 0, &out->id);
  if (out->learners != 1) return ERR_OK;
  return learner_name(a, stmt_column_text(q, 6), stmt_column_text(q, 7), stmt_column_text(q, 8),
                      stmt_column_text(q, 9), &out->solo_name);
}

err activity_each(struct store *s, const struct id *staff, int32_t today, struct arena *arena,
                  activity_fn *each, void *ctx) {
  struct stmt *q = NULL;
  bool row = false;
  TRY(db_stmt(s->db, &q, activity_sql));
  stmt_id(q, 1, staff);
  stmt_int(q, 2, today);
  stmt_int(q, 3, ENUM_mode_individual);
  for (;;) {
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    struct activity_info a;
    err e = read_activity(q, arena, &a);
    if (e == ERR_OK) e = each(ctx, &a);
    if (e == ERR_OK) continue;
    stmt_reset(q);
    return e;
  }
}

err term_name(struct store *s, int32_t date, struct arena *a, struct slice *out) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, term_sql));
  stmt_int(q, 1, date);
  return first_text(q, a, out);
}

static int32_t year_begins(int32_t date) {
  struct date d = date_from_days(date);
  int32_t begins = date_to_days((struct date){d.year, 9, 1});
  return begins <= date ? begins : date_to_days((struct date){(int16_t)(d.year - 1), 9, 1});
}

/* In the holidays the term that is over; where no term of this school year is known, the last sixty days of
 * it. The meetings of all these days are here: the hub's horizon (PROTOCOL.md section 13) lies before them.
 */
err term_days(struct store *s, int32_t date, int32_t *first_out, int32_t *last_out) {
  struct stmt *q = NULL;
  bool row = false;
  const int32_t year = year_begins(date);
  *first_out = date - 60 > year ? date - 60 : year;
  *last_out = date;
  TRY(db_stmt(s->db, &q, latest_term_sql));
  stmt_int(q, 1, date);
  TRY(stmt_step(q, &row));
  if (!row) return ERR_OK;
  int32_t starts = (int32_t)stmt_column_int(q, 0), ends = (int32_t)stmt_column_int(q, 1);
  stmt_reset(q);
  if (ends < year) return ERR_OK;
  *first_out = starts;
  *last_out = ends > date ? ends : date;
  return ERR_OK;
}

err term_list(struct store *s, struct lease_term *out, size_t max, uint8_t *count_out) {
  struct stmt *q = NULL;
  bool row = false;
  *count_out = 0;
  TRY(db_stmt(s->db, &q,
              "SELECT starts, ends FROM term WHERE ends >= starts AND removed IS NOT 1 ORDER BY ends DESC, "
              "starts DESC"));
  TRY(stmt_step(q, &row));
  while (row && *count_out < max) {
    out[*count_out] = (struct lease_term){(int32_t)stmt_column_int(q, 0), (int32_t)stmt_column_int(q, 1)};
    *count_out += 1;
    TRY(stmt_step(q, &row));
  }
  stmt_reset(q);
  return ERR_OK;
}

static struct learner_info read_learner(struct stmt *q) {
  struct learner_info l = {.known = stmt_column_text(q, 1),
                           .first = stmt_column_text(q, 2),
                           .last = stmt_column_text(q, 3),
                           .initial = stmt_column_text(q, 4),
                           .year_group = stmt_column_text(q, 5),
                           .school = stmt_column_text(q, 6)};
  (void)stmt_column_id(q, 0, &l.id);
  return l;
}

err learner_each(struct store *s, const struct id *staff, int32_t today, learner_fn *each, void *ctx) {
  struct stmt *q = NULL;
  bool row = false;
  TRY(db_stmt(s->db, &q, learners_sql));
  stmt_id(q, 1, staff);
  stmt_int(q, 2, today);
  stmt_int(q, 3, learners_searched_max);
  for (;;) {
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    struct learner_info l = read_learner(q);
    err e = each(ctx, &l);
    if (e == ERR_OK) continue;
    stmt_reset(q);
    return e;
  }
}

static err copy_learner(struct learner_info *l, struct arena *a) {
  struct slice *texts[] = {&l->known, &l->first, &l->last, &l->initial, &l->year_group, &l->school};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i += 1) {
    *texts[i] = arena_copy(a, *texts[i]);
    if (!texts[i]->ptr) return ERR_NO_MEMORY;
  }
  return ERR_OK;
}

err learner_load(struct store *s, const struct id *learner, struct arena *a, struct learner_info *out) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, learner_sql));
  stmt_id(q, 1, learner);
  TRY(stmt_one(q));
  *out = read_learner(q);
  err e = copy_learner(out, a);
  stmt_reset(q);
  return e;
}

err enrolment_each(struct store *s, const struct id *learner, const struct id *staff, int32_t today,
                   enrolment_fn *each, void *ctx) {
  struct stmt *q = NULL;
  bool row = false;
  TRY(db_stmt(s->db, &q, enrolments_sql));
  stmt_id(q, 1, staff);
  stmt_int(q, 2, today);
  stmt_id(q, 3, learner);
  for (;;) {
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    struct enrolment_info e = {.name = stmt_column_text(q, 1),
                               .instrument = stmt_column_text(q, 2),
                               .section = stmt_column_text(q, 3),
                               .current = stmt_column_int(q, 4) != 0,
                               .granted = stmt_column_int(q, 5) != 0,
                               .teaches = stmt_column_int(q, 5) == ENUM_grant_role_tutor};
    (void)stmt_column_id(q, 0, &e.activity);
    err result = each(ctx, &e);
    if (result == ERR_OK) continue;
    stmt_reset(q);
    return result;
  }
}

static err mark_code(struct store *s, const struct id *session, const struct id *learner, int64_t *out) {
  struct stmt *q = NULL;
  bool there = false;
  struct id keys[2] = {*session, *learner};
  struct id id;
  crypto_row_id(&id, TABLE_mark, keys, 2);
  TRY(db_stmt(s->db, &q, mark_code_sql));
  stmt_id(q, 1, &id);
  TRY(stmt_step(q, &there));
  *out = there ? stmt_column_int(q, 0) : 0;
  stmt_reset(q);
  return ERR_OK;
}

/* A mark's id follows from its session and learner, so a device needs no index of marks by learner. */
err learner_attendance(struct store *s, const struct id *ids, size_t id_count, int32_t first, int32_t last,
                       int64_t *here_out, int64_t *away_out) {
  struct stmt *q = NULL;
  bool row = false;
  *here_out = *away_out = 0;
  TRY(db_stmt(s->db, &q, sessions_between_sql));
  stmt_int(q, 1, first);
  stmt_int(q, 2, last);
  for (;;) {
    struct id session;
    int64_t code = 0;
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    (void)stmt_column_id(q, 0, &session);
    err e = ERR_OK;
    for (size_t i = 0; e == ERR_OK && i < id_count && (code == 0 || code == ENUM_mark_code_none); i += 1)
      e = mark_code(s, &session, &ids[i], &code);
    if (e != ERR_OK) {
      stmt_reset(q);
      return e;
    }
    *here_out += code == ENUM_mark_code_P || code == ENUM_mark_code_L;
    *away_out += code == ENUM_mark_code_AN || code == ENUM_mark_code_AU;
  }
}

err grant_find(struct store *s, const struct id *staff, const struct id *activity, int32_t date,
               int32_t today, bool *out) {
  struct stmt *q = NULL;
  struct id keys[2] = {*staff, *activity};
  struct id id;
  crypto_row_id(&id, TABLE_grant_, keys, 2);
  TRY(db_stmt(s->db, &q, grant_sql));
  stmt_id(q, 1, &id);
  stmt_int(q, 2, date);
  stmt_int(q, 3, today);
  TRY(stmt_step(q, out));
  stmt_reset(q);
  return ERR_OK;
}

err visitor_find(struct store *s, const struct id *session, struct slice first, struct slice last,
                 struct id *out, bool *found_out) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, visitor_sql));
  stmt_id(q, 1, session);
  stmt_int(q, 2, ENUM_mark_code_none);
  stmt_int(q, 3, ENUM_learner_status_provisional);
  stmt_text(q, 4, first);
  if (last.len)
    stmt_text(q, 5, last);
  else
    stmt_null(q, 5);
  TRY(stmt_step(q, found_out));
  if (*found_out) (void)stmt_column_id(q, 0, out);
  stmt_reset(q);
  return ERR_OK;
}

err staff_name_load(struct store *s, const struct id *staff, struct arena *a, struct slice *out) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, staff_sql));
  stmt_id(q, 1, staff);
  return first_text(q, a, out);
}
