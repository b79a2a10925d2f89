/* writeback_sql.c: mappings for other systems, the runs made by them, and the facts they may hold. */
#include "server/core/writeback.h"
#include "server/store/sqlite/views.h"

enum { fact_arena_bytes_max = 1048576 };

/* ---- mappings ---- */

static err read_mapping(struct stmt *s, struct arena *a, void *to) {
  struct writeback_mapping *out = to;
  out->at_ms = stmt_column_int(s, 4);
  out->runs = (uint32_t)stmt_column_int(s, 5);
  (void)stmt_column_id(s, 0, &out->id);
  TRY(column_text(s, 1, a, &out->name));
  TRY(column_text(s, 2, a, &out->spec));
  return column_text(s, 3, a, &out->who_name);
}

#define MAPPING                                                                                              \
  "SELECT m.id, m.name, m.spec, p.name, m.at, m.runs, m.state FROM writeback m LEFT JOIN person p ON "       \
  "p.id=m.who "

err writeback_mappings(struct store *store, struct arena *a, struct writeback_mapping **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s, MAPPING "ORDER BY m.name"));
  *out = read_list(&e, s, sizeof **out, read_mapping, a, count);
  return e;
}

static err copy_blob(struct stmt *s, int column, struct arena *a, struct slice *out) {
  struct slice lent = stmt_column_blob(s, column);
  *out = arena_copy(a, lent);
  return lent.len && !out->ptr ? ERR_NO_MEMORY : ERR_OK;
}

err writeback_load(struct store *store, const struct id *id, struct arena *a, struct writeback_mapping *out) {
  struct stmt *s;
  *out = (struct writeback_mapping){.runs = 0};
  TRY(number_load(store, STORE_ERASURES, &out->erasures));
  TRY(db_stmt(sqlite_of(store)->db, &s, MAPPING "WHERE m.id=?1"));
  stmt_id(s, 1, id);
  TRY(stmt_one(s));
  err e = read_mapping(s, a, out);
  if (e == ERR_OK) e = copy_blob(s, 6, a, &out->state);
  stmt_reset(s);
  return e;
}

err writeback_named(struct store *store, struct slice name, struct id *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, "SELECT id FROM writeback WHERE name=?1"));
  stmt_text(s, 1, name);
  TRY(stmt_one(s));
  (void)stmt_column_id(s, 0, out);
  stmt_reset(s);
  return ERR_OK;
}

err writeback_save(struct store *store, const struct writeback_mapping *m, const struct id *who) {
  struct stmt *s;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "INSERT INTO writeback(id, name, spec, who, at, runs, state) VALUES(?1, ?2, ?3, ?4, ?5, 0, x'') ON "
      "CONFLICT(id) DO UPDATE SET name=excluded.name, spec=excluded.spec, who=excluded.who, "
      "at=excluded.at"));
  stmt_id(s, 1, &m->id);
  stmt_text(s, 2, m->name);
  stmt_text(s, 3, m->spec);
  stmt_id(s, 4, who);
  stmt_int(s, 5, m->at_ms);
  return stmt_run(s);
}

static err run_on(struct store *store, const char *sql, const struct id *id) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, sql));
  stmt_id(s, 1, id);
  return stmt_run(s);
}

err writeback_drop(struct store *store, const struct id *id) {
  TRY(run_on(store,
             "DELETE FROM writeback_child WHERE run IN (SELECT id FROM writeback_run WHERE mapping=?1)", id));
  TRY(run_on(store, "DELETE FROM writeback_run WHERE mapping=?1", id));
  return run_on(store, "DELETE FROM writeback WHERE id=?1", id);
}

/* ---- runs ---- */

static err read_run(struct stmt *s, struct arena *a, void *to) {
  struct writeback_run *out = to;
  *out = (struct writeback_run){.no = (uint32_t)stmt_column_int(s, 2),
                                .at_ms = stmt_column_int(s, 3),
                                .rows = (uint32_t)stmt_column_int(s, 4),
                                .fresh = (uint32_t)stmt_column_int(s, 5),
                                .changed = (uint32_t)stmt_column_int(s, 6),
                                .gone = (uint32_t)stmt_column_int(s, 7),
                                .xlsx = stmt_column_int(s, 8) != 0,
                                .kept = stmt_column_int(s, 9) != 0};
  (void)stmt_column_id(s, 0, &out->id);
  (void)stmt_column_id(s, 1, &out->mapping);
  return column_text(s, 10, a, &out->who_name);
}

#define RUN(body)                                                                                            \
  "SELECT r.id, r.mapping, r.no, r.at, r.row_count, r.fresh, r.changed, r.gone, r.xlsx, r.body IS NOT "      \
  "NULL, "                                                                                                   \
  "p.name, " body " FROM writeback_run r LEFT JOIN person p ON p.id=r.who "

err writeback_runs(struct store *store, struct arena *a, struct writeback_run **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s, RUN("NULL") "ORDER BY r.at DESC, r.no DESC, r.id"));
  *out = read_list(&e, s, sizeof **out, read_run, a, count);
  return e;
}

err writeback_run_load(struct store *store, const struct id *id, struct arena *a, struct writeback_run *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, RUN("r.body") "WHERE r.id=?1"));
  stmt_id(s, 1, id);
  TRY(stmt_one(s));
  err e = read_run(s, a, out);
  if (e == ERR_OK) e = copy_blob(s, 11, a, &out->body);
  stmt_reset(s);
  return e;
}

static err advance(struct store *store, const struct writeback_run *run, struct slice state) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  uint64_t erasures;
  TRY(number_load(store, STORE_ERASURES, &erasures));
  if (erasures != run->erasures) return ERR_CONFLICT;
  TRY(db_stmt(q->db, &s, "UPDATE writeback SET runs=runs+1, state=?3 WHERE id=?1 AND runs=?2-1"));
  stmt_id(s, 1, &run->mapping);
  stmt_int(s, 2, run->no);
  stmt_blob(s, 3, state);
  TRY(stmt_run(s));
  return db_changes(q->db) == 1 ? ERR_OK : ERR_CONFLICT;
}

static err put_run(struct store *store, const struct writeback_run *run, const struct id *who) {
  struct stmt *s;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "INSERT INTO writeback_run(id, mapping, no, at, who, row_count, fresh, changed, gone, xlsx, body) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"));
  stmt_id(s, 1, &run->id);
  stmt_id(s, 2, &run->mapping);
  stmt_int(s, 3, run->no);
  stmt_int(s, 4, run->at_ms);
  stmt_id(s, 5, who);
  stmt_int(s, 6, run->rows);
  stmt_int(s, 7, run->fresh);
  stmt_int(s, 8, run->changed);
  stmt_int(s, 9, run->gone);
  stmt_int(s, 10, run->xlsx);
  stmt_blob(s, 11, run->body);
  return stmt_run(s);
}

static err forget_old(struct store *store, const struct writeback_run *run) {
  struct stmt *s;
  static const char *const sql[] = {
      "DELETE FROM writeback_child WHERE run IN (SELECT id FROM writeback_run WHERE mapping=?1 AND no<=?2)",
      "UPDATE writeback_run SET body=NULL WHERE mapping=?1 AND no<=?2 AND body IS NOT NULL"};
  for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
    TRY(db_stmt(sqlite_of(store)->db, &s, sql[i]));
    stmt_id(s, 1, &run->mapping);
    stmt_int(s, 2, (int64_t)run->no - writeback_runs_kept);
    TRY(stmt_run(s));
  }
  return ERR_OK;
}

err writeback_run_write(struct store *store, const struct writeback_run *run, const struct id *who,
                        struct slice state, const struct id *children, size_t child_count) {
  struct stmt *s;
  TRY(advance(store, run, state));
  TRY(put_run(store, run, who));
  for (size_t i = 0; i < child_count; i++) {
    TRY(db_stmt(sqlite_of(store)->db, &s,
                "INSERT OR IGNORE INTO writeback_child(learner, run) VALUES(?1, ?2)"));
    stmt_id(s, 1, &children[i]);
    stmt_id(s, 2, &run->id);
    TRY(stmt_run(s));
  }
  return forget_old(store, run);
}

/* ---- facts ---- */

static err read_fact(struct stmt *s, struct arena *a, struct view_export_fact *out) {
  struct slice *const into[] = {&out->learner_ref,   &out->first_name, &out->last_name, &out->activity_ref,
                                &out->activity_name, &out->board,      &out->grade,     &out->result,
                                &out->comment,       &out->staff_name, &out->upn,       &out->mis_id};
  *out = (struct view_export_fact){.date = column_day(s, 2),
                                   .kind = (uint8_t)stmt_column_int(s, 3),
                                   .stage = (uint8_t)stmt_column_int(s, 4),
                                   .pos = (uint8_t)stmt_column_int(s, 5)};
  (void)stmt_column_id(s, 0, &out->id);
  (void)stmt_column_id(s, 1, &out->learner);
  for (int i = 0; i < (int)(sizeof into / sizeof *into); i++) TRY(column_text(s, 6 + i, a, into[i]));
  return ERR_OK;
}

static err export_facts(struct sqlite_store *q, int32_t from, int32_t to, struct arena *a,
                        bool (*row)(void *ctx, const struct view_export_fact *f), void *ctx) {
  struct stmt *s;
  bool there, go_on = true;
  TRY(db_stmt(q->db, &s,
              "SELECT p.id, l.id, p.date, p.kind, p.stage, p.pos, l.ref, coalesce(nullif(l.known_name, ''), "
              "l.first_name), l.last_name, a.ref, a.name, p.board, p.grade, p.result, p.comment, "
              "t.name, " VIEW_NUMBER("upn", "l.id") ", " VIEW_NUMBER(
                  "mis_id", "l.id") " FROM "
                                    "progress p JOIN learner l ON l.id=" VIEW_CANON(
                                        "p.learner") " LEFT JOIN activity a ON a.id=p.activity LEFT JOIN "
                                                     "staff t ON t.id=p.staff WHERE "
                                                     "p.date>=?1 AND p.date<=?2 AND p.removed IS NOT 1 AND "
                                                     "p.id NOT IN (SELECT voids "
                                                     "FROM progress WHERE voids IS NOT NULL AND removed IS "
                                                     "NOT 1) ORDER BY p.date, "
                                                     "l.id, p.id"));
  stmt_int(s, 1, from);
  stmt_int(s, 2, to);
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  while (e == ERR_OK && there && go_on) {
    struct view_export_fact out;
    arena_clear(a);
    e = read_fact(s, a, &out);
    if (e == ERR_OK) go_on = row(ctx, &out);
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

err views_export_facts(struct store *store, int32_t from, int32_t to,
                       bool (*row)(void *ctx, const struct view_export_fact *f), void *ctx) {
  struct arena a = ARENA_INIT(fact_arena_bytes_max);
  TRY(store->ops->begin_read(store));
  err e = export_facts(sqlite_of(store), from, to, &a, row, ctx);
  store->ops->rollback(store);
  arena_finish(&a);
  return e;
}
