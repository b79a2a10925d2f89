/* retention_sql.c: since when whoever has left is gone. The latest record of a learner is found by indexes of
 * the learner; of marks, of which there are more than of all else together, by what the reports added up, and
 * for the few whom everything else lets go, mark by mark. */
#include "server/store/sqlite/retention.h"

#include <stdlib.h>

#include "server/store/sqlite/views.h"

enum { exact_learners_max = 2000, class_arena_bytes_max = 1048576 };

/* An instrument that is still with somebody is a record that goes on. Of absences at which nobody was, the
 * reports' sums know the span they lie in. */
static const char left_sql[] =
    "SELECT l.id, max("
    "coalesce((SELECT max(ends) FROM enrolment WHERE learner=l.id), 0), "
    "coalesce((SELECT max(date) FROM note WHERE learner=l.id), 0), "
    "coalesce((SELECT max(date) FROM progress WHERE learner=l.id), 0), "
    "coalesce((SELECT max(ends) FROM absence_notice WHERE learner=l.id), 0), "
    "coalesce((SELECT max(coalesce(ends, starts)) FROM mentor WHERE learner=l.id), 0), "
    "coalesce((SELECT max(coalesce(returned, 2147483647)) FROM instrument_loan WHERE learner=l.id AND "
    "removed IS NOT 1), 0), "
    "coalesce((SELECT max(date) FROM purchase WHERE learner=l.id), 0), "
    "coalesce((SELECT max(date) FROM case_study WHERE learner=l.id), 0), "
    "coalesce((SELECT max(date) FROM transition WHERE learner=l.id), 0), "
    "coalesce((SELECT max(date) FROM destination WHERE learner=l.id), 0), "
    "coalesce((SELECT max(s.date) FROM guest g JOIN session s ON s.id=g.session WHERE g.learner=l.id), 0), "
    "coalesce((SELECT max(max(coalesce(t.last, 0), iif(t.told+t.not_told+t.event>0, t.span, 0))) FROM "
    "tally_learner t WHERE t.learner=l.id), 0)), EXISTS(SELECT 1 FROM alias WHERE id=l.id) FROM learner l "
    "WHERE l.id BETWEEN ?2 AND ?3 AND NOT EXISTS(SELECT 1 FROM enrolment e WHERE e.learner=l.id AND "
    "e.removed IS NOT 1 AND (e.ends IS NULL OR e.ends>=?1)) ORDER BY l.id";

struct left {
  struct id learner;
  int32_t latest;
  bool is_class; /* somebody else is the same child */
};

static err read_left(struct stmt *s, struct arena *a, void *into) {
  struct left *out = into;
  (void)a;
  *out = (struct left){.latest = column_day(s, 1), .is_class = stmt_column_int(s, 2) != 0};
  return stmt_column_id(s, 0, &out->learner) ? ERR_OK : ERR_CORRUPT;
}

/* Whoever is enrolled in nothing since `before`, from one id to another; many of them too late. */
static err read_lefts(struct sqlite_store *q, int32_t before, const struct id *from, const struct id *to,
                      struct arena *a, struct left **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(q->db, &s, left_sql));
  stmt_int(s, 1, before);
  stmt_id(s, 2, from);
  stmt_id(s, 3, to);
  *out = read_list(&e, s, sizeof **out, read_left, a, count);
  return e;
}

static err is_held(struct sqlite_store *q, const struct id *learner, bool *out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "SELECT EXISTS(SELECT 1 FROM hold WHERE learner=?1 AND lifted IS NULL) OR EXISTS(SELECT 1 FROM "
              "absence_case WHERE learner=?1 AND state=1)"));
  stmt_id(s, 1, learner);
  TRY(stmt_one(s));
  *out = stmt_column_int(s, 0) != 0;
  stmt_reset(s);
  return ERR_OK;
}

err retention_held(struct sqlite_store *q, const struct id *learner, bool *out) {
  struct arena a = ARENA_INIT(class_arena_bytes_max);
  struct id *members;
  size_t count;
  *out = false;
  err e = same_learners(&q->base, learner, &a, &members, &count);
  for (size_t i = 0; e == ERR_OK && !*out && i < count; i++) e = is_held(q, &members[i], out);
  arena_finish(&a);
  return e;
}

/* ---- marks after everything else ---- */

struct later {
  struct id session;
  int32_t day;
};

static err read_later(struct stmt *s, struct arena *a, void *into) {
  struct later *out = into;
  (void)a;
  out->day = column_day(s, 1);
  return stmt_column_id(s, 0, &out->session) ? ERR_OK : ERR_CORRUPT;
}

/* Of sessions after `latest` the last one at which they were marked. */
static err latest_mark(struct sqlite_store *q, const struct id *learner, struct arena *a, int32_t *latest) {
  struct stmt *s;
  size_t count;
  err e;
  struct id mark;
  bool marked = false;
  TRY(db_stmt(q->db, &s,
              "SELECT s.id, s.date FROM enrolment e JOIN session s ON s.activity=e.activity WHERE "
              "e.learner=?1 AND s.date>?2 ORDER BY s.date DESC"));
  stmt_id(s, 1, learner);
  stmt_int(s, 2, *latest);
  struct later *list = read_list(&e, s, sizeof *list, read_later, a, &count);
  for (size_t i = 0; e == ERR_OK && i < count && !marked; i++) {
    e = mark_there(q, &list[i].session, learner, &mark, &marked);
    if (marked) *latest = list[i].day;
  }
  return e;
}

/* ---- who is one child ---- */

struct judging {
  struct sqlite_store *q;
  int32_t before;
  bool exact;
  struct arena arena;
};

/* One id by itself: *past when nothing of it is too late. */
static err judge_alone(struct judging *j, const struct left *one, struct view_expired *out, bool *past) {
  *out = (struct view_expired){.learner = one->learner, .last = one->latest};
  *past = one->latest > 0 && one->latest < j->before;
  if (!*past) return ERR_OK;
  TRY(is_held(j->q, &one->learner, &out->held));
  if (!j->exact) return ERR_OK;
  arena_clear(&j->arena);
  TRY(latest_mark(j->q, &one->learner, &j->arena, &out->last));
  *past = out->last < j->before;
  return ERR_OK;
}

/* All who are one child, or none of them: erasing one erases them all. One without any record of its own is
 * as old as the others are. */
static err judge_class(struct judging *j, struct view_expired *out, bool *past) {
  struct arena a = ARENA_INIT(class_arena_bytes_max);
  struct id *members;
  size_t count;
  err e = same_learners(&j->q->base, &out->learner, &a, &members, &count);
  for (size_t i = 0; e == ERR_OK && *past && i < count; i++) {
    struct left *one;
    struct view_expired member = {.last = 0};
    size_t found;
    bool own = false;
    e = read_lefts(j->q, j->before, &members[i], &members[i], &a, &one, &found);
    if (e == ERR_OK && found) e = judge_alone(j, one, &member, &own);
    *past = found && (own || one->latest == 0);
    if (member.last > out->last) out->last = member.last;
    out->held = out->held || member.held;
  }
  arena_finish(&a);
  return e;
}

static err judge(struct judging *j, const struct left *one, struct view_expired *out, bool *past) {
  TRY(judge_alone(j, one, out, past));
  return *past && one->is_class ? judge_class(j, out, past) : ERR_OK;
}

static size_t count_past(const struct left *list, size_t count, int32_t before) {
  size_t past = 0;
  for (size_t i = 0; i < count; i++) past += list[i].latest > 0 && list[i].latest < before;
  return past;
}

static err judge_all(struct sqlite_store *q, int32_t before, const struct left *list, size_t found,
                     size_t max, struct arena *a, struct view_expired **out, size_t *count) {
  size_t past = count_past(list, found, before);
  struct judging j = {.q = q,
                      .before = before,
                      .exact = past <= exact_learners_max,
                      .arena = ARENA_INIT(class_arena_bytes_max)};
  *out = arena_take(a, past + 1, sizeof **out);
  err e = *out ? ERR_OK : ERR_NO_MEMORY;
  *count = 0;
  for (size_t i = 0; e == ERR_OK && i < found && *count < max; i++) {
    struct view_expired one;
    bool goes;
    e = judge(&j, &list[i], &one, &goes);
    if (e == ERR_OK && goes) (*out)[(*count)++] = one;
  }
  arena_finish(&j.arena);
  return e;
}

err retention_left(struct sqlite_store *q, int32_t before, const struct id *from, const struct id *to,
                   size_t max, struct arena *a, struct view_expired **out, size_t *count) {
  struct left *list;
  size_t found;
  TRY(read_lefts(q, before, from, to, a, &list, &found));
  return judge_all(q, before, list, found, max, a, out, count);
}

err retention_left_with(struct sqlite_store *q, enum retention_line line, int32_t before,
                        const struct id *from, const struct id *to, struct arena *a,
                        struct view_expired **out, size_t *count) {
  struct left *list;
  size_t found, having = 0;
  TRY(read_lefts(q, before, from, to, a, &list, &found));
  for (size_t i = 0; i < found; i++) {
    uint64_t records;
    TRY(retention_count_of(q, line, &list[i].learner, &records));
    if (records) list[having++] = list[i];
  }
  return judge_all(q, before, list, having, SIZE_MAX, a, out, count);
}

const struct id retention_first = {{0}};
const struct id retention_last = {
    {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}};

err views_expired(struct store *store, int32_t before, struct arena *a, struct view_expired **out,
                  size_t *count) {
  TRY(store->ops->begin_read(store));
  err e =
      retention_left(sqlite_of(store), before, &retention_first, &retention_last, SIZE_MAX, a, out, count);
  store->ops->rollback(store);
  return e;
}
