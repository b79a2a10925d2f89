/* roster_sql.c: SQL of a register's rows. */
#include "client/core/session_sql.h"

#define LEARNER_COLUMNS "l.known_name, l.first_name, l.last_name, l.initial, l.year_group"

static const char enrolled_sql[] = "SELECT e.learner, e.section, e.instrument, " LEARNER_COLUMNS
                                   " FROM enrolment e LEFT JOIN learner l ON l.id = e.learner"
                                   " WHERE e.activity = ?1 AND e.removed IS NOT 1 AND (e.starts IS NULL OR "
                                   "e.starts <= ?2) AND (e.ends IS NULL OR e.ends > ?2)";
static const char learner_sql[] =
    "SELECT l.id, NULL, NULL, " LEARNER_COLUMNS " FROM learner l WHERE l.id = ?1";
static const char notices_sql[] =
    "SELECT learner, reason FROM absence_notice WHERE removed IS NOT 1 AND starts <= ?1 AND ends >= ?1";
static const char arrivals_sql[] =
    "SELECT a.learner, a.way, a.at FROM arrival a WHERE a.session = ?1 AND a.voids IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM arrival v WHERE v.session = ?1 AND v.voids = a.id) ORDER BY a.at, a.way";

static err text_at(struct stmt *q, int column, struct arena *a, struct slice *out) {
  struct slice text = stmt_column_text(q, column);
  *out = slice_of(NULL, 0);
  if (text.len == 0) return ERR_OK;
  *out = arena_copy(a, text);
  return out->ptr ? ERR_OK : ERR_NO_MEMORY;
}

static err read_row(struct stmt *q, struct arena *a, struct roster_row *out) {
  struct id learner;
  (void)stmt_column_id(q, 0, &learner);
  *out = roster_row_of(&learner);
  TRY(text_at(q, 1, a, &out->section));
  TRY(text_at(q, 2, a, &out->instrument));
  TRY(learner_name(a, stmt_column_text(q, 3), stmt_column_text(q, 4), stmt_column_text(q, 5),
                   stmt_column_text(q, 6), &out->name));
  return text_at(q, 7, a, &out->year_group);
}

err roster_sql_enrolled(struct store *s, const struct session_info *info, struct arena *a, roster_each *each,
                        void *ctx) {
  struct stmt *q = NULL;
  bool row = false;
  TRY(db_stmt(s->db, &q, enrolled_sql));
  stmt_id(q, 1, &info->activity);
  stmt_int(q, 2, info->date);
  for (;;) {
    struct roster_row r;
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    err e = read_row(q, a, &r);
    r.enrolled = true;
    if (e == ERR_OK) e = each(ctx, &r);
    if (e == ERR_OK) continue;
    stmt_reset(q);
    return e;
  }
}

err roster_sql_learner(struct store *s, const struct id *learner, struct arena *a, struct roster_row *out) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, learner_sql));
  stmt_id(q, 1, learner);
  TRY(stmt_one(q));
  err e = read_row(q, a, out);
  stmt_reset(q);
  return e;
}

err roster_sql_notices(struct store *s, int32_t date, notice_each *each, void *ctx) {
  struct stmt *q = NULL;
  bool row = false;
  TRY(db_stmt(s->db, &q, notices_sql));
  stmt_int(q, 1, date);
  for (;;) {
    struct id learner;
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    (void)stmt_column_id(q, 0, &learner);
    err e = each(ctx, &learner, stmt_column_text(q, 1));
    if (e == ERR_OK) continue;
    stmt_reset(q);
    return e;
  }
}

err roster_sql_arrivals(struct store *s, const struct id *session, arrival_each *each, void *ctx) {
  struct stmt *q = NULL;
  bool row = false;
  TRY(db_stmt(s->db, &q, arrivals_sql));
  stmt_id(q, 1, session);
  for (;;) {
    struct id learner;
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    (void)stmt_column_id(q, 0, &learner);
    err e = each(ctx, &learner, stmt_column_int(q, 1), stmt_column_int(q, 2));
    if (e == ERR_OK) continue;
    stmt_reset(q);
    return e;
  }
}
