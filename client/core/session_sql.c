/* session_sql.c: SQL of sessions and of how their registers stand. */
#include "client/core/session_sql.h"

#include <stdlib.h>

#include "client/core/alias.h"
#include "shared/crypto/crypto.h"
#include "shared/db/closure_sql.h"

#define SESSION_COLUMNS                                                                                      \
  "s.id, s.activity, a.name, coalesce(s.place, a.place), sc.name, s.date, s.starts, s.ends, a.mode, "        \
  "s.status, s.cause, s.adhoc, s.same_as, coalesce(s.headcount, -1), " CLOSURE_REASON("s", "a")
#define SESSION_JOINS " LEFT JOIN activity a ON a.id = s.activity LEFT JOIN school sc ON sc.id = a.school"

static const char load_sql[] = "SELECT " SESSION_COLUMNS " FROM session s" SESSION_JOINS " WHERE s.id = ?1";
static const char list_sql[] =
    "SELECT " SESSION_COLUMNS
    " FROM session s JOIN grant_ g ON g.activity = s.activity AND g.staff = ?1 AND g.role IN (1, 2)"
    " AND (g.starts IS NULL OR g.starts <= s.date) AND (g.ends IS NULL OR (g.ends > s.date AND g.ends > "
    "?4))" SESSION_JOINS
    " WHERE s.date BETWEEN ?2 AND ?3 AND s.removed IS NOT 1 ORDER BY s.date, s.starts, a.name, s.id LIMIT ?5";
static const char enrolled_sql[] = "SELECT learner FROM enrolment WHERE activity = ?1 AND removed IS NOT 1 "
                                   "AND (starts IS NULL OR starts <= ?2)"
                                   " AND (ends IS NULL OR ends > ?2) ORDER BY learner";
static const char codes_sql[] =
    "SELECT learner, code FROM mark WHERE " ROWS_BY_FIRST_KEY("id", "session", "?1") " ORDER BY learner";
static const char name_sql[] = "SELECT known_name, first_name, last_name, initial FROM learner WHERE id = ?1";
static const char register_sql[] = "SELECT state, reason FROM register WHERE id = ?1";

static err text_at(struct stmt *q, int column, struct arena *a, struct slice *out) {
  struct slice text = stmt_column_text(q, column);
  *out = slice_of(NULL, 0);
  if (text.len == 0) return ERR_OK;
  *out = arena_copy(a, text);
  return out->ptr ? ERR_OK : ERR_NO_MEMORY;
}

static err read_session(struct stmt *q, struct arena *a, struct session_info *out) {
  *out = (struct session_info){.date = (int32_t)stmt_column_int(q, 5),
                               .starts = stmt_column_int(q, 6),
                               .ends = stmt_column_int(q, 7),
                               .mode = stmt_column_int(q, 8),
                               .status = stmt_column_int(q, 9),
                               .cause = stmt_column_int(q, 10),
                               .headcount = stmt_column_int(q, 13),
                               .adhoc = stmt_column_int(q, 11) != 0};
  (void)stmt_column_id(q, 0, &out->id);
  (void)stmt_column_id(q, 1, &out->activity);
  TRY(text_at(q, 2, a, &out->name));
  TRY(text_at(q, 3, a, &out->place));
  TRY(text_at(q, 14, a, &out->closure));
  return text_at(q, 4, a, &out->school);
}

err session_load(struct store *s, const struct id *id, struct arena *a, struct session_info *out) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, load_sql));
  stmt_id(q, 1, id);
  TRY(stmt_one(q));
  err e = read_session(q, a, out);
  stmt_reset(q);
  return e;
}

/* A meeting that was entered twice is listed once: as the one that stands for both, if this device has it. */
static err is_listed(struct store *s, const struct id *id, bool *out) {
  struct id stands;
  struct stmt *q = NULL;
  bool there = false;
  TRY(alias_session(s, id, &stands));
  *out = id_equal(id, &stands);
  if (*out) return ERR_OK;
  TRY(db_stmt(s->db, &q, "SELECT 1 FROM session WHERE id = ?1 AND removed IS NOT 1"));
  stmt_id(q, 1, &stands);
  TRY(stmt_step(q, &there));
  stmt_reset(q);
  *out = !there;
  return ERR_OK;
}

err session_list(struct store *s, const struct session_query *query, size_t max, struct arena *a,
                 struct session_info **out, size_t *count_out) {
  struct stmt *q = NULL;
  bool row = false;
  struct session_info *list = arena_take(a, max, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  *out = list;
  *count_out = 0;
  TRY(db_stmt(s->db, &q, list_sql));
  stmt_id(q, 1, &query->staff);
  stmt_int(q, 2, query->first);
  stmt_int(q, 3, query->last);
  stmt_int(q, 4, query->today);
  stmt_int(q, 5, (int64_t)max);
  for (;;) {
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    bool stands = true;
    err e = read_session(q, a, &list[*count_out]);
    if (e == ERR_OK && stmt_column_id(q, 12, &(struct id){{0}}))
      e = is_listed(s, &list[*count_out].id, &stands);
    if (e != ERR_OK) {
      stmt_reset(q);
      return e;
    }
    *count_out += stands;
  }
}

err session_register(struct store *s, const struct id *session, struct arena *a, int64_t *state_out,
                     struct slice *reason_out) {
  struct stmt *q = NULL;
  struct id id;
  bool row = false;
  register_id(&id, session);
  *state_out = 0;
  *reason_out = slice_of(NULL, 0);
  TRY(db_stmt(s->db, &q, register_sql));
  stmt_id(q, 1, &id);
  TRY(stmt_step(q, &row));
  if (!row) return ERR_OK;
  *state_out = stmt_column_int(q, 0);
  err e = text_at(q, 1, a, reason_out);
  stmt_reset(q);
  return e;
}

/* ---- totals ---- */

struct enrolled {
  struct id *list;
  size_t count;
};

static err load_enrolled(struct store *s, const struct session_info *info, struct arena *a,
                         struct enrolled *out) {
  struct stmt *q = NULL;
  bool row = false;
  out->count = 0;
  out->list = arena_take(a, roster_rows_max, sizeof *out->list);
  if (!out->list) return ERR_NO_MEMORY;
  TRY(db_stmt(s->db, &q, enrolled_sql));
  stmt_id(q, 1, &info->activity);
  stmt_int(q, 2, info->date);
  for (;;) {
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    if (out->count == roster_rows_max) continue;
    (void)stmt_column_id(q, 0, &out->list[out->count]);
    out->count += 1;
  }
}

static void count_code(struct totals *t, int64_t code) {
  switch (code) {
  case ENUM_mark_code_P: t->here += 1; break;
  case ENUM_mark_code_L: t->late += 1; break;
  case ENUM_mark_code_AN:
  case ENUM_mark_code_AU: t->away += 1; break;
  case ENUM_mark_code_SE: t->event += 1; break;
  default: break;
  }
}

/* Both lists are in the order of learner ids: one walk tells who of the marked is a visitor. */
static err count_marks(struct store *s, const struct session_info *info, const struct enrolled *e,
                       struct session_state *out) {
  struct stmt *q = NULL;
  bool row = false;
  size_t at = 0;
  TRY(db_stmt(s->db, &q, codes_sql));
  stmt_id(q, 1, &info->id);
  for (;;) {
    struct id learner;
    TRY(stmt_step(q, &row));
    if (!row) break;
    (void)stmt_column_id(q, 0, &learner);
    int64_t code = stmt_column_int(q, 1);
    if (code == ENUM_mark_code_none) continue;
    while (at < e->count && id_compare(&e->list[at], &learner) < 0) at += 1;
    if (at == e->count || !id_equal(&e->list[at], &learner))
      out->totals.of += 1;
    else if (id_equal(&learner, &out->solo))
      out->solo_code = code;
    count_code(&out->totals, code);
  }
  struct totals *t = &out->totals;
  t->of += (int64_t)e->count;
  t->unmarked = t->of - t->here - t->late - t->away - t->event;
  return ERR_OK;
}

/* ---- the same with children and meetings that have two ids ---- */

struct counted {
  struct id child, mark[2]; /* mark: the learner and the session it names */
  int64_t code;
};

struct counting {
  struct store *s;
  const struct session_info *info;
  struct counted *list;
  size_t count;
};

static err read_codes(struct counting *k, const struct id *session) {
  struct stmt *q = NULL;
  bool row = false;
  TRY(db_stmt(k->s->db, &q, codes_sql));
  stmt_id(q, 1, session);
  for (;;) {
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    if (k->count == roster_rows_max || stmt_column_int(q, 1) == ENUM_mark_code_none) continue;
    struct counted *to = &k->list[k->count++];
    *to = (struct counted){.code = stmt_column_int(q, 1), .mark = {{{0}}, *session}};
    (void)stmt_column_id(q, 0, &to->mark[0]);
    err e = alias_learner(k->s, &to->mark[0], &to->child);
    if (e == ERR_OK) continue;
    stmt_reset(q);
    return e;
  }
}

/* The mark of a child that counts: no other of theirs comes before it. */
static bool counts(const struct counting *k, const struct counted *m) {
  for (size_t i = 0; i < k->count; i += 1) {
    if (id_equal(&k->list[i].child, &m->child) &&
        alias_compare_marks(&m->child, &k->info->id, k->list[i].mark, m->mark) < 0)
      return false;
  }
  return true;
}

static int compare_ids(const void *a, const void *b) { return id_compare(a, b); }

static err canonical_enrolled(struct store *s, struct enrolled *e) {
  size_t kept = 0;
  for (size_t i = 0; i < e->count; i += 1) {
    struct id to;
    TRY(alias_learner(s, &e->list[i], &to));
    e->list[i] = to;
  }
  if (e->count) qsort(e->list, e->count, sizeof *e->list, compare_ids);
  for (size_t i = 0; i < e->count; i += 1) {
    if (kept == 0 || !id_equal(&e->list[kept - 1], &e->list[i])) e->list[kept++] = e->list[i];
  }
  e->count = kept;
  return ERR_OK;
}

static bool is_enrolled(const struct enrolled *e, const struct id *id) {
  return e->count && bsearch(id, e->list, e->count, sizeof *e->list, compare_ids);
}

static err count_children(struct store *s, const struct session_info *info, const struct enrolled *e,
                          struct arena *a, struct session_state *out) {
  struct counting k = {.s = s, .info = info, .list = arena_take(a, roster_rows_max, sizeof *k.list)};
  struct id *sessions;
  size_t session_count = 0;
  if (!k.list) return ERR_NO_MEMORY;
  TRY(alias_sessions_of(s, &info->id, a, &sessions, &session_count));
  for (size_t i = 0; i < session_count; i += 1) TRY(read_codes(&k, &sessions[i]));
  for (size_t i = 0; i < k.count; i += 1) {
    if (!counts(&k, &k.list[i])) continue;
    out->totals.of += !is_enrolled(e, &k.list[i].child);
    if (id_equal(&k.list[i].child, &out->solo)) out->solo_code = k.list[i].code;
    count_code(&out->totals, k.list[i].code);
  }
  struct totals *t = &out->totals;
  t->of += (int64_t)e->count;
  t->unmarked = t->of - t->here - t->late - t->away - t->event;
  return ERR_OK;
}

static err load_name(struct store *s, const struct id *learner, struct arena *a, struct slice *out) {
  struct stmt *q = NULL;
  bool row = false;
  *out = slice_of(NULL, 0);
  TRY(db_stmt(s->db, &q, name_sql));
  stmt_id(q, 1, learner);
  TRY(stmt_step(q, &row));
  if (!row) return ERR_OK;
  err e = learner_name(a, stmt_column_text(q, 0), stmt_column_text(q, 1), stmt_column_text(q, 2),
                       stmt_column_text(q, 3), out);
  stmt_reset(q);
  return e;
}

err session_stand(struct store *s, const struct session_info *info, struct arena *a,
                  struct session_state *out) {
  struct enrolled enrolled;
  struct slice reason;
  bool aliases;
  *out = (struct session_state){.register_state = 0};
  TRY(alias_any(s, &aliases));
  TRY(session_register(s, &info->id, a, &out->register_state, &reason));
  TRY(load_enrolled(s, info, a, &enrolled));
  if (aliases) TRY(canonical_enrolled(s, &enrolled));
  if (info->mode == ENUM_mode_individual && enrolled.count == 1) {
    out->solo = enrolled.list[0];
    TRY(load_name(s, &out->solo, a, &out->solo_name));
  }
  return aliases ? count_children(s, info, &enrolled, a, out) : count_marks(s, info, &enrolled, out);
}
