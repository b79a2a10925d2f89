/* roster.c: building the register in view, and keeping it true while marks change. */
#include "client/core/roster.h"

#include <stdlib.h>

#include "client/core/alias.h"
#include "client/core/session_sql.h"
#include "client/core/state.h"
#include "shared/base/fold.h"
#include "shared/merge/merge.h"
#include "shared/schema/score.h"

enum { roster_memory_bytes_max = 16777216, roster_memory_tired = 8388608 };

void roster_init(struct roster *r) { *r = (struct roster){.memory = ARENA_INIT(roster_memory_bytes_max)}; }

void roster_finish(struct roster *r) {
  arena_finish(&r->memory);
  roster_init(r);
}

void roster_forget(struct roster *r) { r->valid = false; }

void register_id(struct id *out, const struct id *session) { crypto_row_id(out, TABLE_register, session, 1); }

void mark_id(struct id *out, const struct id *session, const struct id *learner) {
  struct id keys[2] = {*session, *learner};
  crypto_row_id(out, TABLE_mark, keys, 2);
}

/* ---- rows ---- */

static err fold_into(struct arena *a, struct slice text, struct slice *out) {
  struct buf folded = BUF_INIT(text_bytes_max);
  err e = text_fold(&folded, text);
  *out = arena_copy(a, buf_slice(&folded));
  buf_finish(&folded);
  if (e == ERR_OK && !out->ptr) e = ERR_NO_MEMORY;
  return e;
}

static err add_row(void *ctx, const struct roster_row *row) {
  struct roster *r = ctx;
  if (r->count == roster_rows_max) return ERR_TOO_BIG;
  if (r->count == r->cap) {
    size_t cap = r->cap ? 2 * r->cap : 128;
    struct roster_row *rows = arena_take(&r->memory, cap, sizeof *rows);
    if (!rows) return ERR_NO_MEMORY;
    bytes_copy(rows, r->rows, r->count * sizeof *rows);
    r->rows = rows;
    r->cap = cap;
  }
  ASSERT(r->rows);
  struct roster_row *to = &r->rows[r->count];
  *to = *row;
  TRY(fold_into(&r->memory, row->section, &to->section_fold));
  TRY(fold_into(&r->memory, row->name, &to->name_fold));
  r->count += 1;
  return ERR_OK;
}

/* Score order, then the section's own name ("violin i" before "violin ii"), then the learner's; the id last,
 * so that equal names keep their places. */
static int compare_rows(const void *left, const void *right) {
  const struct roster_row *a = left;
  const struct roster_row *b = right;
  if (a->section_rank != b->section_rank) return a->section_rank < b->section_rank ? -1 : 1;
  int order = slice_compare(a->section_fold, b->section_fold);
  if (order == 0) order = slice_compare(a->name_fold, b->name_fold);
  return order ? order : id_compare(&a->learner, &b->learner);
}

static void sort_rows(struct roster *r) {
  enum score_kind kind = SCORE_UNTOLD;
  for (size_t i = 0; i < r->count; i += 1) score_meet(&kind, r->rows[i].section_fold);
  for (size_t i = 0; i < r->count; i += 1)
    r->rows[i].section_rank = score_rank(kind, r->rows[i].section_fold);
  if (r->count) qsort(r->rows, r->count, sizeof *r->rows, compare_rows);
}

struct roster_row roster_row_of(const struct id *learner) {
  return (struct roster_row){
      .learner = *learner, .arrived = -1, .departed = -1, .door_in = -1, .door_out = -1};
}

struct roster_row *roster_find(struct roster *r, const struct id *learner) {
  for (size_t i = 0; i < r->count; i += 1) {
    const struct roster_row *row = &r->rows[i];
    if (id_equal(&row->learner, learner) || (row->marked && id_equal(&row->mark[0], learner)))
      return &r->rows[i];
  }
  return NULL;
}

static err copy_text(struct arena *a, const struct value *v, struct slice *out) {
  *out = slice_of(NULL, 0);
  if (v->kind != VALUE_TEXT || v->text.len == 0) return ERR_OK;
  *out = arena_copy(a, v->text);
  return out->ptr ? ERR_OK : ERR_NO_MEMORY;
}

static int64_t minute_of(const struct value *v) { return v->kind == VALUE_INT ? v->i : -1; }

static err fill_mark(struct roster *r, struct roster_row *to, const struct row *mark) {
  const struct value *v = mark->values;
  int64_t code = v[COL(mark, code)].kind == VALUE_INT ? v[COL(mark, code)].i : 0;
  to->code = code == ENUM_mark_code_none ? 0 : code;
  to->arrived = minute_of(&v[COL(mark, arrived)]);
  to->departed = minute_of(&v[COL(mark, departed)]);
  to->author = mark->units[1].count ? mark->units[1].heads[merge_in_use(mark, 1)].author : (struct id){{0}};
  to->conflict = to->away = false;
  for (uint8_t unit = 1; unit < mark->table->unit_count; unit += 1) {
    enum conflict_kind kind = merge_conflict(mark, unit);
    to->away = to->away || kind == CONFLICT_AWAY;
    to->conflict = to->conflict || (kind != CONFLICT_NONE && kind != CONFLICT_AWAY);
  }
  to->marked = true;
  to->mark[0] = v[COL(mark, learner)].id;
  to->mark[1] = v[COL(mark, session)].id;
  TRY(copy_text(&r->memory, &v[COL(mark, comment)], &to->comment));
  return copy_text(&r->memory, &v[COL(mark, amend_reason)], &to->amend_reason);
}

static err child_of(struct core *c, const struct id *learner, struct id *out) {
  *out = *learner;
  return c->roster.aliases ? alias_learner(c->store, learner, out) : ERR_OK;
}

static struct roster_row *find_child(struct roster *r, const struct id *child) {
  for (size_t i = 0; i < r->count; i += 1) {
    if (id_equal(&r->rows[i].learner, child)) return &r->rows[i];
  }
  return NULL;
}

/* A second mark of the same child. One that was taken back says nothing; of the others the first in the order
 * counts, and a person should look where they differ. */
static err take_other(struct roster *r, struct roster_row *row, const struct row *mark,
                      const struct id ids[2]) {
  struct roster_row other = *row;
  TRY(fill_mark(r, &other, mark));
  row->others = other.others = true;
  /* Whatever is open about any of them is open about the child. */
  row->conflict = other.conflict = row->conflict || other.conflict;
  row->away = other.away = row->away || other.away;
  if (other.code == 0) return ERR_OK;
  bool two = row->two || (row->code && (row->code != other.code || row->arrived != other.arrived));
  bool first = row->code == 0 || alias_compare_marks(&row->learner, &r->session.id, ids, row->mark) < 0;
  if (first) *row = other;
  row->two = two;
  return ERR_OK;
}

static err take_mark(struct core *c, const struct row *mark) {
  struct roster *r = &c->roster;
  struct id learner;
  TRY(child_of(c, &mark->values[COL(mark, learner)].id, &learner));
  struct roster_row *row = find_child(r, &learner);
  if (!row) {
    struct roster_row visitor;
    err e = roster_sql_learner(c->store, &learner, &r->memory, &visitor);
    if (e == ERR_NOT_FOUND) {
      visitor = roster_row_of(&learner);
      e = ERR_OK;
    }
    if (e == ERR_OK) e = add_row(r, &visitor);
    if (e != ERR_OK) return e;
    row = &r->rows[r->count - 1];
  }
  const struct id ids[2] = {mark->values[COL(mark, learner)].id, mark->values[COL(mark, session)].id};
  bool same = row->marked && id_equal(&row->mark[0], &ids[0]) && id_equal(&row->mark[1], &ids[1]);
  return row->marked && !same ? take_other(r, row, mark, ids) : fill_mark(r, row, mark);
}

/* A visitor whose only mark was taken back is nobody's business any more. */
static void drop_unmarked_visitors(struct roster *r) {
  size_t kept = 0;
  for (size_t i = 0; i < r->count; i += 1) {
    if (!r->rows[i].enrolled && r->rows[i].code == 0) continue;
    if (kept != i) r->rows[kept] = r->rows[i];
    kept += 1;
  }
  r->count = kept;
}

err roster_take_mark(struct core *c, const struct row *mark) {
  size_t before = c->roster.count;
  const struct roster_row *row = roster_find(&c->roster, &mark->values[COL(mark, learner)].id);
  if (row && row->others) { /* which of several counts may be another one now */
    roster_forget(&c->roster);
    return ERR_OK;
  }
  TRY(take_mark(c, mark));
  if (c->roster.count != before) sort_rows(&c->roster);
  drop_unmarked_visitors(&c->roster);
  if (c->roster.memory.used > roster_memory_tired) roster_forget(&c->roster);
  return ERR_OK;
}

void roster_take_register(struct core *c, const struct row *reg) {
  const struct value *v = &reg->values[COL(register, state)];
  c->roster.state = v->kind == VALUE_INT ? v->i : 0;
  if (copy_text(&c->roster.memory, &reg->values[COL(register, reason)], &c->roster.reason) != ERR_OK)
    roster_forget(&c->roster);
}

err roster_take_undo(struct core *c) {
  struct kept k;
  TRY(kept_undo(c->store, &c->roster.session.id, &c->arena, &k, &c->roster.undo_steps));
  c->roster.undo = arena_copy(&c->roster.memory, k.undo);
  return c->roster.undo.ptr ? ERR_OK : ERR_NO_MEMORY;
}

/* ---- building ---- */

static err take_notice(void *ctx, const struct id *learner, struct slice reason) {
  struct core *c = ctx;
  struct roster *r = &c->roster;
  struct id child;
  TRY(child_of(c, learner, &child));
  struct roster_row *row = find_child(r, &child);
  if (!row) return ERR_OK;
  row->has_notice = true;
  row->notice = arena_copy(&r->memory, reason);
  return row->notice.ptr ? ERR_OK : ERR_NO_MEMORY;
}

/* Whoever comes in again has not left. */
static err take_arrival(void *ctx, const struct id *learner, int64_t way, int64_t at) {
  struct core *c = ctx;
  struct id child;
  TRY(child_of(c, learner, &child));
  struct roster_row *row = find_child(&c->roster, &child);
  if (row && way == ENUM_arrival_way_in) row->door_in = at;
  if (row) row->door_out = way == ENUM_arrival_way_in ? -1 : at;
  return ERR_OK;
}

static err load_marks_of(struct core *c, const struct id *session) {
  struct stmt *q = NULL;
  bool there = false;
  TRY(db_stmt(c->store->db, &q, c->store->selects[SELECT_MARKS_OF_SESSION]));
  stmt_id(q, 1, session);
  for (;;) {
    struct row mark;
    TRY(stmt_step(q, &there));
    if (!there) break;
    err e = rows_read(c->store->rows, q, 0, schema_table(TABLE_mark), &c->arena, &mark);
    if (e == ERR_OK) e = take_mark(c, &mark);
    if (e == ERR_OK) continue;
    stmt_reset(q);
    return e;
  }
  return ERR_OK;
}

static err load_marks(struct core *c) {
  struct id *sessions = &c->roster.session.id;
  size_t count = 1;
  if (c->roster.aliases)
    TRY(alias_sessions_of(c->store, &c->roster.session.id, &c->arena, &sessions, &count));
  for (size_t i = 0; i < count; i += 1) {
    TRY(load_marks_of(c, &sessions[i]));
    TRY(roster_sql_arrivals(c->store, &sessions[i], take_arrival, c));
  }
  drop_unmarked_visitors(&c->roster);
  return ERR_OK;
}

/* A child who is enrolled under two ids has one row, with the name of the one that stands. */
static err add_enrolled(void *ctx, const struct roster_row *row) {
  struct core *c = ctx;
  struct roster_row one = *row, stands;
  TRY(child_of(c, &row->learner, &one.learner));
  if (c->roster.aliases && find_child(&c->roster, &one.learner)) return ERR_OK;
  if (!id_equal(&one.learner, &row->learner)) {
    err e = roster_sql_learner(c->store, &one.learner, &c->roster.memory, &stands);
    if (e != ERR_OK && e != ERR_NOT_FOUND) return e;
    if (e == ERR_OK) one.name = stands.name;
    if (e == ERR_OK) one.year_group = stands.year_group;
  }
  return add_row(&c->roster, &one);
}

static err build(struct core *c, const struct id *session) {
  struct roster *r = &c->roster;
  r->valid = false;
  r->rows = NULL;
  r->count = r->cap = 0;
  arena_clear(&r->memory);
  TRY(session_load(c->store, session, &r->memory, &r->session));
  TRY(session_register(c->store, session, &r->memory, &r->state, &r->reason));
  TRY(alias_any(c->store, &r->aliases));
  TRY(roster_sql_enrolled(c->store, &r->session, &r->memory, add_enrolled, c));
  TRY(load_marks(c));
  sort_rows(r);
  TRY(roster_sql_notices(c->store, r->session.date, take_notice, c));
  TRY(roster_take_undo(c));
  r->valid = true;
  return ERR_OK;
}

err roster_open(struct core *c, const struct id *session) {
  bool allowed = false;
  if (!c->roster.valid || !id_equal(&c->roster.session.id, session)) TRY(build(c, session));
  TRY(grant_allows(c, &c->roster.session.activity, c->roster.session.date, &allowed));
  return allowed ? ERR_OK : ERR_FORBIDDEN;
}

struct totals roster_totals(const struct roster *r) {
  struct totals t = {.of = (int64_t)r->count};
  for (size_t i = 0; i < r->count; i += 1) {
    int64_t code = r->rows[i].code;
    t.here += code == ENUM_mark_code_P;
    t.late += code == ENUM_mark_code_L;
    t.away += code == ENUM_mark_code_AN || code == ENUM_mark_code_AU;
    t.event += code == ENUM_mark_code_SE;
    t.unmarked += code == 0;
  }
  return t;
}

bool roster_is_solo(const struct roster *r) {
  size_t enrolled = 0;
  for (size_t i = 0; i < r->count; i += 1) enrolled += r->rows[i].enrolled;
  return r->session.mode == ENUM_mode_individual && enrolled == 1;
}
