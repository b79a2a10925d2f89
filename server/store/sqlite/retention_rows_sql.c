/* retention_rows_sql.c: the records of a line of the retention schedule, and how many of them are due. */
#include <stdlib.h>

#include "server/store/sqlite/retention.h"
#include "server/store/sqlite/views.h"

enum { due_arena_bytes_max = 268435456 };

/* The day of a row `r`; NULL while it cannot have gone by. Without one of their own rows go with whomever
 * they are about. */
#define WHENEVER    "0"
#define OF_SESSION  "(SELECT s.date FROM session s WHERE s.id=r.session)"
#define WHEN_CLOSED "r.closed_on"
#define WHEN_FINAL  "iif(r.status=2, r.date, NULL)"
_Static_assert(ENUM_visit_status_final == 2, "as in SQL");
/* Statements of each table of a line. */
static const struct line_table {
  enum retention_line line;
  uint8_t table;
  const char *of, *count, *by_learner, *learners; /* of tables that name a learner */
  const char *after, *sum;                        /* of tables that name none */
} tables[] = {
#define OF(line, table, day)                                                                                 \
  {RETENTION_LINE_##line,                                                                                    \
   TABLE_##table,                                                                                            \
   "SELECT r.id, " day " FROM " #table " r WHERE r.learner=?1 AND " day "<?2",                               \
   "SELECT count(*) FROM " #table " r WHERE r.learner=?1",                                                   \
   "SELECT r.learner, count(*), min(" day ") FROM " #table " r WHERE " day "<?1 GROUP BY r.learner",         \
   "SELECT DISTINCT learner FROM " #table " WHERE learner>?1 ORDER BY learner LIMIT ?2",                     \
   NULL,                                                                                                     \
   NULL},
#define MARKS(line, table, day)                                                                              \
  {RETENTION_LINE_##line,                                                                                    \
   TABLE_##table,                                                                                            \
   NULL,                                                                                                     \
   NULL,                                                                                                     \
   "SELECT r.learner, count(*), min(s.date) FROM session s CROSS JOIN " #table                               \
   " r ON " VIEW_IS_OF("r", "s.id") " WHERE s.date<?1 GROUP BY r.learner",                                   \
   "SELECT id FROM learner WHERE id>?1 ORDER BY id LIMIT ?2",                                                \
   NULL,                                                                                                     \
   NULL},
#define ALONE(line, table, day)                                                                              \
  {RETENTION_LINE_##line,                                                                                    \
   TABLE_##table,                                                                                            \
   NULL,                                                                                                     \
   NULL,                                                                                                     \
   NULL,                                                                                                     \
   NULL,                                                                                                     \
   "SELECT r.id, " day " FROM " #table " r WHERE r.id>?1 AND " day "<?2 ORDER BY r.id LIMIT ?3",             \
   "SELECT count(*), min(" day ") FROM " #table " r WHERE " day "<?1"},
#include "server/core/retention.def"
};
enum { table_count = sizeof tables / sizeof *tables };

const char *retention_learners_sql(enum retention_line line) {
  size_t i = 0;
  while (tables[i].line != line) i++;
  return tables[i].learners;
}

/* ---- rows ---- */

static err take_row(struct stmt *s, const struct table *t, struct arena *a, struct retention_rows *out) {
  struct row_key *list = arena_room(a, out->list, &out->cap, out->count, sizeof *list);
  int32_t day = column_day(s, 1);
  if (!list) return ERR_NO_MEMORY;
  out->list = list;
  list[out->count].table = t;
  if (!stmt_column_id(s, 0, &list[out->count].id)) return ERR_CORRUPT;
  out->count++;
  if (day && (out->oldest == 0 || day < out->oldest)) out->oldest = day;
  return ERR_OK;
}

static err take_rows(struct stmt *s, uint8_t table, struct arena *a, struct retention_rows *out) {
  bool there;
  TRY(stmt_step(s, &there));
  while (there) {
    err e = take_row(s, schema_table(table), a, out);
    if (e != ERR_OK) stmt_reset(s);
    TRY(e);
    TRY(stmt_step(s, &there));
  }
  return ERR_OK;
}

struct meeting {
  struct id id;
  int32_t day;
};

static err read_meeting(struct stmt *s, struct arena *a, void *into) {
  struct meeting *out = into;
  (void)a;
  out->day = column_day(s, 1);
  return stmt_column_id(s, 0, &out->id) ? ERR_OK : ERR_CORRUPT;
}

static err take_mark(const struct id *mark, int32_t day, struct arena *a, struct retention_rows *out) {
  struct row_key *list = arena_room(a, out->list, &out->cap, out->count, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  out->list = list;
  list[out->count++] = (struct row_key){.table = schema_table(TABLE_mark), .id = *mark};
  if (out->oldest == 0 || day < out->oldest) out->oldest = day;
  return ERR_OK;
}

/* As an erasure finds a learner's marks, of meetings before a day. */
static err take_marks(struct sqlite_store *q, const struct id *learner, int32_t before, struct arena *a,
                      struct retention_rows *out) {
  struct stmt *s;
  size_t count;
  err e;
  TRY(db_stmt(q->db, &s,
              "SELECT s.id, s.date FROM enrolment e JOIN session s ON s.activity=e.activity WHERE "
              "e.learner=?1 AND s.date<?2 UNION SELECT s.id, s.date FROM guest g JOIN session s ON "
              "s.id=g.session WHERE g.learner=?1 AND s.date<?2"));
  stmt_id(s, 1, learner);
  stmt_int(s, 2, before);
  const struct meeting *list = read_list(&e, s, sizeof *list, read_meeting, a, &count);
  for (size_t i = 0; e == ERR_OK && i < count; i++) {
    struct id mark;
    bool there;
    e = mark_there(q, &list[i].id, learner, &mark, &there);
    if (e == ERR_OK && there) e = take_mark(&mark, list[i].day, a, out);
  }
  return e;
}

err retention_rows_of(struct sqlite_store *q, enum retention_line line, const struct id *learner,
                      int32_t before, struct arena *a, struct retention_rows *out) {
  for (size_t i = 0; i < table_count; i++) {
    struct stmt *s;
    if (tables[i].line != line) continue;
    if (!tables[i].of) {
      TRY(take_marks(q, learner, before, a, out));
      continue;
    }
    TRY(db_stmt(q->db, &s, tables[i].of));
    stmt_id(s, 1, learner);
    stmt_int(s, 2, before);
    TRY(take_rows(s, tables[i].table, a, out));
  }
  return ERR_OK;
}

err retention_rows_after(struct sqlite_store *q, enum retention_line line, const struct id *after,
                         int32_t before, size_t max, struct arena *a, struct retention_rows *out) {
  for (size_t i = 0; i < table_count; i++) {
    struct stmt *s;
    if (tables[i].line != line) continue;
    TRY(db_stmt(q->db, &s, tables[i].after));
    stmt_id(s, 1, after);
    stmt_int(s, 2, before);
    stmt_int(s, 3, (int64_t)max);
    TRY(take_rows(s, tables[i].table, a, out));
  }
  return ERR_OK;
}

/* ---- how many ---- */

static void note_oldest(struct view_due *due, int32_t day) {
  if (day && (due->oldest == 0 || day < due->oldest)) due->oldest = day;
}

err retention_count_of(struct sqlite_store *q, enum retention_line line, const struct id *learner,
                       uint64_t *out) {
  *out = 0;
  for (size_t i = 0; i < table_count; i++) {
    struct stmt *s;
    if (tables[i].line != line) continue;
    TRY(db_stmt(q->db, &s, tables[i].count));
    stmt_id(s, 1, learner);
    TRY(stmt_one(s));
    *out += (uint64_t)stmt_column_int(s, 0);
    stmt_reset(s);
  }
  return ERR_OK;
}

/* Whoever has nothing of the line left is past it already. */
static err add_left(struct sqlite_store *q, enum retention_line line, struct view_expired *one,
                    struct view_due *due) {
  bool whole = retention_rules[line].done == RETENTION_LEARNER;
  if (!whole) TRY(retention_count_of(q, line, &one->learner, &one->records));
  if (!whole && one->records == 0) return ERR_OK;
  if (one->held) {
    due->held++;
    return ERR_OK;
  }
  due->learners++;
  due->records += one->records;
  note_oldest(due, one->last);
  return ERR_OK;
}

static err read_own(struct stmt *s, struct arena *a, void *into) {
  struct view_expired *out = into;
  (void)a;
  *out = (struct view_expired){.records = (uint64_t)stmt_column_int(s, 1), .last = column_day(s, 2)};
  return stmt_column_id(s, 0, &out->learner) ? ERR_OK : ERR_CORRUPT;
}

/* Learners of whom records of a line are old, by the records' own days; `last` is the oldest one's. */
static err read_owns(struct sqlite_store *q, enum retention_line line, int32_t before, struct arena *a,
                     struct view_expired **out, size_t *count) {
  struct stmt *s;
  err e = ERR_OK;
  *count = 0;
  *out = NULL;
  for (size_t i = 0; i < table_count; i++) {
    if (tables[i].line != line || !tables[i].by_learner) continue;
    ASSERT(*out == NULL); /* a line that counts from its records has one table */
    TRY(db_stmt(q->db, &s, tables[i].by_learner));
    stmt_int(s, 1, before);
    *out = read_list(&e, s, sizeof **out, read_own, a, count);
    for (size_t k = 0; e == ERR_OK && k < *count; k++)
      e = retention_held(q, &(*out)[k].learner, &(*out)[k].held);
  }
  return e;
}

static err sum_owns(struct sqlite_store *q, enum retention_line line, int32_t before, struct arena *a,
                    struct view_due *due) {
  struct view_expired *list;
  size_t count;
  TRY(read_owns(q, line, before, a, &list, &count));
  for (size_t i = 0; i < count; i++) {
    due->held += list[i].held;
    due->learners += !list[i].held;
    due->records += list[i].held ? 0 : list[i].records;
    if (!list[i].held) note_oldest(due, list[i].last);
  }
  return ERR_OK;
}

static err sum_alone(struct sqlite_store *q, enum retention_line line, int32_t before, struct view_due *due) {
  for (size_t i = 0; i < table_count; i++) {
    struct stmt *s;
    if (tables[i].line != line) continue;
    TRY(db_stmt(q->db, &s, tables[i].sum));
    stmt_int(s, 1, before);
    TRY(stmt_one(s));
    due->records += (uint64_t)stmt_column_int(s, 0);
    note_oldest(due, column_day(s, 1));
    stmt_reset(s);
  }
  return ERR_OK;
}

static bool counts_from_left(enum retention_line line) {
  return retention_rules[line].since == RETENTION_LEFT;
}

/* Who has left is found once for all lines, by the shortest period: a longer one asks the same of an earlier
 * day. */
static err sum_lefts(struct sqlite_store *q, const int32_t before[RETENTION_LINES], struct arena *a,
                     struct view_due out[RETENTION_LINES]) {
  struct view_expired *list;
  size_t count;
  int32_t latest = 0;
  for (int line = 0; line < RETENTION_LINES; line++)
    if (counts_from_left((enum retention_line)line) && before[line] > latest) latest = before[line];
  if (latest == 0) return ERR_OK;
  TRY(retention_left(q, latest, &retention_first, &retention_last, SIZE_MAX, a, &list, &count));
  for (size_t i = 0; i < count; i++) {
    for (int line = 0; line < RETENTION_LINES; line++) {
      if (!counts_from_left((enum retention_line)line) || list[i].last >= before[line]) continue;
      list[i].records = 0;
      TRY(add_left(q, (enum retention_line)line, &list[i], &out[line]));
    }
  }
  return ERR_OK;
}

static err sum_all(struct sqlite_store *q, const int32_t before[RETENTION_LINES], struct arena *a,
                   struct view_due out[RETENTION_LINES]) {
  TRY(sum_lefts(q, before, a, out));
  for (int i = 0; i < RETENTION_LINES; i++) {
    enum retention_line line = (enum retention_line)i;
    if (before[line] == 0 || counts_from_left(line)) continue;
    TRY(retention_is_about_learners(line) ? sum_owns(q, line, before[line], a, &out[line])
                                          : sum_alone(q, line, before[line], &out[line]));
  }
  return ERR_OK;
}

err views_due(struct store *store, const int32_t before[RETENTION_LINES],
              struct view_due out[RETENTION_LINES]) {
  struct arena a = ARENA_INIT(due_arena_bytes_max);
  bytes_zero(out, RETENTION_LINES * sizeof *out);
  TRY(store->ops->begin_read(store));
  err e = sum_all(sqlite_of(store), before, &a, out);
  store->ops->rollback(store);
  arena_finish(&a);
  return e;
}

/* ---- whom ---- */

static int oldest_first(const void *left, const void *right) {
  const struct view_expired *a = left, *b = right;
  return a->last != b->last ? (a->last < b->last ? -1 : 1) : id_compare(&a->learner, &b->learner);
}

static err keep_due(struct sqlite_store *q, enum retention_line line, struct view_expired *list,
                    size_t *count) {
  size_t kept = 0;
  for (size_t i = 0; i < *count; i++) {
    struct view_due due = {.records = 0};
    TRY(add_left(q, line, &list[i], &due));
    if (due.learners + due.held) list[kept++] = list[i];
  }
  *count = kept;
  return ERR_OK;
}

static err list_due(struct sqlite_store *q, enum retention_line line, int32_t before, struct arena *a,
                    struct view_expired **out, size_t *count) {
  *count = 0;
  if (before == 0 || !retention_is_about_learners(line)) return ERR_OK;
  if (!counts_from_left(line)) return read_owns(q, line, before, a, out, count);
  TRY(retention_left(q, before, &retention_first, &retention_last, SIZE_MAX, a, out, count));
  return keep_due(q, line, *out, count);
}

err views_due_learners(struct store *store, enum retention_line line, int32_t before, size_t max,
                       struct arena *a, struct view_expired **out, size_t *count) {
  TRY(store->ops->begin_read(store));
  err e = list_due(sqlite_of(store), line, before, a, out, count);
  store->ops->rollback(store);
  TRY(e);
  if (*count) qsort(*out, *count, sizeof **out, oldest_first);
  if (*count > max) *count = max;
  return ERR_OK;
}
