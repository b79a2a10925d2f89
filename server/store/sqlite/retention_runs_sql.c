/* retention_runs_sql.c: the periods that the hub has set, runs of the retention schedule, and what each did.
 */
#include <stdlib.h>
#include <string.h>

#include "server/store/sqlite/retention.h"
#include "server/store/sqlite/views.h"

/* ---- periods ---- */

static void take_period(struct stmt *s, struct retention_period all[RETENTION_LINES]) {
  enum retention_line line = retention_named(stmt_column_text(s, 0));
  if (line == RETENTION_LINES) return; /* of a later program */
  all[line] = (struct retention_period){
      .months = (uint32_t)stmt_column_int(s, 1), .set = true, .at_ms = stmt_column_int(s, 3)};
  (void)stmt_column_id(s, 2, &all[line].who);
}

err retention_periods(struct store *store, uint32_t years, struct retention_period out[RETENTION_LINES]) {
  struct stmt *s;
  bool there;
  for (int i = 0; i < RETENTION_LINES; i++)
    out[i] = (struct retention_period){.months = retention_default((enum retention_line)i, years)};
  TRY(db_stmt(sqlite_of(store)->db, &s, "SELECT line, months, who, at FROM retention_period"));
  TRY(stmt_step(s, &there));
  while (there) {
    take_period(s, out);
    TRY(stmt_step(s, &there));
  }
  return ERR_OK;
}

static err period_set(struct store *store, enum retention_line line, const struct retention_period *p) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "INSERT OR REPLACE INTO retention_period(line, months, who, at) VALUES(?1, ?2, ?3, ?4)"));
  stmt_text(s, 1, slice_text(retention_rules[line].name));
  stmt_int(s, 2, p->months);
  stmt_id(s, 3, &p->who);
  stmt_int(s, 4, p->at_ms);
  return stmt_run(s);
}

/* ---- runs ---- */

#define RUN                                                                                                  \
  "SELECT number, id, who, by, line, months, before, at, ended, cursor, records, learners, held, stopped "   \
  "FROM retention_run "

static err read_run(struct stmt *s, struct arena *a, void *into) {
  struct store_retention *out = into;
  struct slice by = stmt_column_text(s, 3), stopped = stmt_column_text(s, 13);
  (void)a;
  *out = (struct store_retention){.number = (uint64_t)stmt_column_int(s, 0),
                                  .line = retention_named(stmt_column_text(s, 4)),
                                  .months = (uint32_t)stmt_column_int(s, 5),
                                  .before = column_day(s, 6),
                                  .at_ms = stmt_column_int(s, 7),
                                  .ended_ms = stmt_column_int(s, 8),
                                  .records = (uint64_t)stmt_column_int(s, 10),
                                  .learners = (uint64_t)stmt_column_int(s, 11),
                                  .held = (uint64_t)stmt_column_int(s, 12)};
  if (by.len < sizeof out->by) bytes_copy(out->by, by.ptr, by.len);
  if (stopped.len < sizeof out->stopped) bytes_copy(out->stopped, stopped.ptr, stopped.len);
  bool whole =
      stmt_column_id(s, 1, &out->id) && stmt_column_id(s, 2, &out->who) && stmt_column_id(s, 9, &out->cursor);
  return whole && out->line < RETENTION_LINES ? ERR_OK : ERR_CORRUPT;
}

static err one_run(struct stmt *s, struct store_retention *out) {
  TRY(stmt_one(s));
  err e = read_run(s, NULL, out);
  stmt_reset(s);
  return e;
}

static err now_running(struct store *store, struct store_retention *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, RUN "WHERE ended=0 ORDER BY number LIMIT 1"));
  return one_run(s, out);
}

err retention_run_load(struct store *store, const struct id *id, struct store_retention *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, RUN "WHERE id=?1"));
  stmt_id(s, 1, id);
  return one_run(s, out);
}

err retention_runs(struct store *store, struct arena *a, struct store_retention **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s, RUN "ORDER BY number DESC LIMIT 200"));
  *out = read_list(&e, s, sizeof **out, read_run, a, count);
  return e;
}

static err next_number(struct store *store, uint64_t *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "SELECT coalesce(max(number), 0)+1 FROM retention_run"));
  TRY(stmt_one(s));
  *out = (uint64_t)stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

static err save_run(struct store *store, const struct store_retention *run) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "INSERT OR REPLACE INTO retention_run(number, id, who, by, line, months, before, at, ended, "
              "cursor, records, learners, held, stopped) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
              "?11, ?12, ?13, ?14)"));
  stmt_int(s, 1, (int64_t)run->number);
  stmt_id(s, 2, &run->id);
  stmt_id(s, 3, &run->who);
  stmt_text(s, 4, slice_text(run->by));
  stmt_text(s, 5, slice_text(retention_rules[run->line].name));
  stmt_int(s, 6, run->months);
  stmt_int(s, 7, run->before);
  stmt_int(s, 8, run->at_ms);
  stmt_int(s, 9, run->ended_ms);
  stmt_id(s, 10, &run->cursor);
  stmt_int(s, 11, (int64_t)run->records);
  stmt_int(s, 12, (int64_t)run->learners);
  stmt_int(s, 13, (int64_t)run->held);
  stmt_text(s, 14, slice_text(run->stopped));
  return stmt_run(s);
}

static err retained_add(struct store *store, const struct id *run, const struct store_retained *kept) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "INSERT OR REPLACE INTO retention_learner(run, hash, last, held, records, erasure) VALUES(?1, "
              "?2, ?3, ?4, ?5, ?6)"));
  stmt_id(s, 1, run);
  stmt_blob(s, 2, slice_of(kept->hash, hash_bytes));
  stmt_int(s, 3, kept->last);
  stmt_int(s, 4, kept->held);
  stmt_int(s, 5, (int64_t)kept->records);
  stmt_int(s, 6, (int64_t)kept->erasure);
  return stmt_run(s);
}

static err read_retained(struct stmt *s, struct arena *a, void *into) {
  struct store_retained *out = into;
  struct slice hash = stmt_column_blob(s, 0);
  (void)a;
  *out = (struct store_retained){.last = column_day(s, 1),
                                 .held = stmt_column_int(s, 2) != 0,
                                 .records = (uint64_t)stmt_column_int(s, 3),
                                 .erasure = (uint64_t)stmt_column_int(s, 4)};
  if (hash.len != hash_bytes) return ERR_CORRUPT;
  bytes_copy(out->hash, hash.ptr, hash_bytes);
  return ERR_OK;
}

err retention_retained(struct store *store, const struct id *run, struct arena *a,
                       struct store_retained **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT hash, last, held, records, erasure FROM retention_learner WHERE run=?1 ORDER BY hash"));
  stmt_id(s, 1, run);
  *out = read_list(&e, s, sizeof **out, read_retained, a, count);
  return e;
}

/* A stopped run has its learners up to the cursor behind it; where it removed nothing it was none. */
static err entries_before(struct store *store, const struct id *learner, int32_t *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT max(0, coalesce(max(before), 0)) FROM retention_run WHERE line=?1 AND (stopped='' OR "
              "(records>0 AND cursor>=?2))"));
  stmt_text(s, 1, slice_text(retention_rules[RETENTION_LINE_entries].name));
  stmt_id(s, 2, learner ? learner : &retention_first);
  TRY(stmt_one(s));
  *out = (int32_t)stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

/* ---- what is next ---- */

static struct id id_after(struct id id) {
  for (size_t i = id_bytes; i-- > 0 && ++id.b[i] == 0;) continue;
  return id;
}

/* How far one piece looks: the learner so many places on, or the last one. */
static err find_end(struct sqlite_store *q, const struct id *from, struct id *out, bool *over) {
  struct stmt *s;
  bool there;
  TRY(db_stmt(q->db, &s, "SELECT id FROM learner WHERE id>=?1 ORDER BY id LIMIT 1 OFFSET ?2"));
  stmt_id(s, 1, from);
  stmt_int(s, 2, retention_piece_looks_max - 1);
  TRY(stmt_step(s, &there));
  *over = !there;
  *out = retention_last;
  if (there && !stmt_column_id(s, 0, out)) return ERR_CORRUPT;
  stmt_reset(s);
  return ERR_OK;
}

static err next_left(struct sqlite_store *q, const struct store_retention *run, struct arena *a,
                     struct retention_next *out) {
  const size_t max = retention_piece_learners_max;
  struct id from = id_after(run->cursor);
  TRY(find_end(q, &from, &out->looked, &out->over));
  if (retention_rules[run->line].done == RETENTION_ROWS)
    return retention_left_with(q, run->line, run->before, &from, &out->looked, a, &out->learners,
                               &out->count);
  TRY(retention_left(q, run->before, &from, &out->looked, max, a, &out->learners, &out->count));
  if (out->count < max) return ERR_OK;
  out->looked = out->learners[max - 1].learner;
  out->over = false;
  return ERR_OK;
}

static err next_own(struct sqlite_store *q, const struct store_retention *run, struct arena *a,
                    struct retention_next *out) {
  struct stmt *s;
  struct id *list;
  TRY(db_stmt(q->db, &s, retention_learners_sql(run->line)));
  stmt_id(s, 1, &run->cursor);
  stmt_int(s, 2, retention_piece_looks_max);
  TRY(read_ids(s, a, &list, &out->count));
  out->over = out->count < retention_piece_looks_max;
  out->looked = out->count ? list[out->count - 1] : retention_last;
  out->learners = arena_take(a, out->count + 1, sizeof *out->learners);
  if (!out->learners) return ERR_NO_MEMORY;
  for (size_t i = 0; i < out->count; i++) {
    out->learners[i] = (struct view_expired){.learner = list[i]};
    TRY(retention_held(q, &list[i], &out->learners[i].held));
  }
  return ERR_OK;
}

static err find_next(struct store *store, const struct store_retention *run, struct arena *a,
                     struct retention_next *out) {
  *out = (struct retention_next){.count = 0};
  return retention_rules[run->line].since == RETENTION_LEFT ? next_left(sqlite_of(store), run, a, out)
                                                            : next_own(sqlite_of(store), run, a, out);
}

enum { past_arena_bytes_max = 1048576 };

static err is_past(struct store *store, const struct store_retention *run, const struct id *learner,
                   bool *out) {
  struct arena a = ARENA_INIT(past_arena_bytes_max);
  struct view_expired *list;
  size_t count = 0;
  err e = retention_left(sqlite_of(store), run->before, learner, learner, 1, &a, &list, &count);
  *out = e == ERR_OK && count > 0;
  arena_finish(&a);
  return e;
}

static err rows(struct store *store, const struct store_retention *run, const struct id *learner,
                struct arena *a, struct row_key **out, size_t *count) {
  struct retention_rows rows = {.count = 0};
  TRY(retention_rows_of(sqlite_of(store), run->line, learner, run->before, a, &rows));
  *out = rows.list;
  *count = rows.count;
  return ERR_OK;
}

static err alone(struct store *store, const struct store_retention *run, size_t max, struct arena *a,
                 struct row_key **out, size_t *count) {
  struct retention_rows rows = {.count = 0};
  TRY(retention_rows_after(sqlite_of(store), run->line, &run->cursor, run->before, max, a, &rows));
  *out = rows.list;
  *count = rows.count;
  return ERR_OK;
}

const struct retention_ops retention_ops = {
    .periods = retention_periods,
    .period_set = period_set,
    .run_now = now_running,
    .run_number = next_number,
    .run_load = retention_run_load,
    .run_save = save_run,
    .retained_add = retained_add,
    .next = find_next,
    .past = is_past,
    .rows = rows,
    .alone = alone,
    .entries_before = entries_before,
    .remove = retention_remove,
    .forget = retention_forget,
};
