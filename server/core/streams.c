/* streams.c: where rows travel. One stream per activity, one for reference data, one for staff; who may see
 * which table and column of a stream is decided when it is read, so a row has one entry a stream, not one an
 * audience, and a new grant writes nothing: its device reads from 0. */
#include <stdlib.h>
#include <string.h>

#include "server/core/alias.h"
#include "server/core/cases.h"
#include "server/core/detect.h"
#include "server/core/questions.h"
#include "server/core/reconcile.h"
#include "server/core/work.h"

static const struct value *value_named(const struct row *row, const char *column) {
  for (uint8_t i = 0; i < row->table->column_count; i++) {
    if (strcmp(row->table->columns[i].name, column) == 0) return &row->values[i];
  }
  return NULL;
}

static bool take_id(const struct row *row, const char *column, struct id *out) {
  const struct value *v = value_named(row, column);
  if (!v || v->kind != VALUE_ID) return false;
  *out = v->id;
  return true;
}

/* The meeting that a row belongs to; NULL when it is not known. */
static err meeting_of(struct work *w, const struct row *row, const struct row **out) {
  struct id session;
  struct work_row *r;
  *out = NULL;
  if (!take_id(row, "session", &session)) return ERR_OK;
  TRY(work_row(&r, w, schema_table(TABLE_session), &session));
  if (r->row.exists) *out = &r->row;
  return ERR_OK;
}

static err session_activity(struct work *w, const struct row *row, struct id *out, bool *found) {
  const struct row *meeting;
  TRY(meeting_of(w, row, &meeting));
  *found = meeting && take_id(meeting, "activity", out);
  return ERR_OK;
}

err work_activity(struct work *w, const struct row *row, struct id *out, bool *found) {
  *found = false;
  switch (row->table->scope) {
  case SCOPE_ACTIVITY_SELF:
    *out = row->id;
    *found = true;
    return ERR_OK;
  case SCOPE_ACTIVITY:
  case SCOPE_AUTHORED: *found = take_id(row, "activity", out); return ERR_OK;
  case SCOPE_SESSION_ACTIVITY: return session_activity(w, row, out, found);
  case SCOPE_HUB:
  case SCOPE_REFERENCE:
  case SCOPE_STAFF:
  case SCOPE_PERSON:
  case SCOPE_LEARNER: return ERR_OK;
  }
  return ERR_OK;
}

err work_horizon(struct work *w) {
  if (!w->horizon_known) TRY(horizon_load(w->store, &w->horizon));
  w->horizon_known = true;
  return ERR_OK;
}

/* Of what belongs to a meeting the meeting is looked at, once for its day and its activity. */
err work_streams(struct work *w, const struct row *row, struct id out[row_streams_max], size_t *count) {
  const struct row *of = row;
  bool found;
  struct id author;
  *count = 0;
  TRY(work_horizon(w));
  if (row->table->scope == SCOPE_SESSION_ACTIVITY) TRY(meeting_of(w, row, &of));
  if (!of) return ERR_OK;
  bool behind = of->table->id == TABLE_session && horizon_is_behind(&w->horizon, horizon_date(of), &of->id);
  if (behind) return ERR_OK;
  TRY(work_activity(w, of, &out[0], &found));
  if (!found) return ERR_OK;
  *count = 1;
  if (row->table->scope != SCOPE_AUTHORED || !take_id(row, "staff", &author)) return ERR_OK;
  stream_of_grant(&out[1], &author, &out[0]);
  *count = 2;
  return ERR_OK;
}

/* A learner's streams come from the enrolments as they stand in the store, so rows are saved first. What
 * belongs to a learner who is here has theirs. */
static err learner_streams(struct work *w, const struct id *learner, const struct id **out, size_t *count) {
  struct id *list;
  struct work_row *r = work_find(w, schema_table(TABLE_learner), learner);
  if (r && r->streams_known) {
    *out = r->streams;
    *count = r->stream_count;
    return ERR_OK;
  }
  TRY(w->store->ops->learner_streams(w->store, learner, w->today, &w->arena, &list, count));
  *out = list;
  if (!r) return ERR_OK;
  r->streams_known = true;
  r->streams = list;
  r->stream_count = *count;
  return ERR_OK;
}

err work_row_streams(struct work *w, const struct row *row, struct id own[row_streams_max],
                     const struct id **out, size_t *count) {
  *out = own;
  *count = 1;
  switch (row->table->scope) {
  case SCOPE_HUB: *count = 0; return ERR_OK;
  case SCOPE_REFERENCE: own[0] = stream_reference; return ERR_OK;
  case SCOPE_STAFF: own[0] = stream_staff; return ERR_OK;
  case SCOPE_PERSON: *count = take_id(row, "staff", own); return ERR_OK;
  case SCOPE_LEARNER: break;
  case SCOPE_ACTIVITY_SELF:
  case SCOPE_ACTIVITY:
  case SCOPE_AUTHORED:
  case SCOPE_SESSION_ACTIVITY: return work_streams(w, row, own, count);
  }
  struct id learner = row->id;
  if (row->table->id != TABLE_learner && !take_id(row, "learner", &learner)) {
    *count = 0;
    return ERR_OK;
  }
  return learner_streams(w, &learner, out, count);
}

void change_set_stream(struct change_set *c, const struct id *stream) {
  if (c->all_streams) return;
  for (size_t i = c->stream_count; i > 0; i--) {
    if (id_equal(&c->streams[i - 1], stream)) return;
  }
  if (c->stream_count == change_streams_max)
    c->all_streams = true;
  else
    c->streams[c->stream_count++] = *stream;
}

void change_set_session(struct change_set *c, const struct id *session) {
  /* The rows of a register come one after the other. */
  if (c->session_count > 0 && id_equal(&c->sessions[c->session_latest], session)) return;
  if (c->session_count == change_streams_max) return;
  for (size_t i = c->session_count; i > 0; i--) {
    if (!id_equal(&c->sessions[i - 1], session)) continue;
    c->session_latest = i - 1;
    return;
  }
  c->session_latest = c->session_count;
  c->sessions[c->session_count++] = *session;
}

static void note_change(struct change_set *c, const struct row *row) {
  struct id session;
  switch (row->table->id) {
  case TABLE_session: change_set_session(c, &row->id); break;
  case TABLE_register:
  case TABLE_arrival:
  case TABLE_absence_call:
  case TABLE_mark:
    if (take_id(row, "session", &session)) change_set_session(c, &session);
    break;
  case TABLE_learner:
  case TABLE_enrolment: c->learners = true; break;
  case TABLE_activity:
  case TABLE_closure:
  case TABLE_term: c->days = true; break;
  case TABLE_device:
    c->devices = true;
    c->grants = true;
    break;
  case TABLE_grant_:
  case TABLE_staff:
  case TABLE_device_staff: c->grants = true; break;
  default: break;
  }
}

/* ---- which rows travel ---- */

static err add_leave(struct work *w, struct work_row *r, const struct id *activity) {
  struct work_leave *leaves = list_room(w->leaves, &w->leave_cap, w->leave_count, sizeof *leaves);
  if (!leaves) return ERR_NO_MEMORY;
  w->leaves = leaves;
  w->leaves[w->leave_count++] = (struct work_leave){.row = r, .activity = *activity};
  return ERR_OK;
}

static err touch(struct work *w, const struct table *t, const struct id *id, const struct id *left) {
  struct work_row *r;
  TRY(work_row(&r, w, t, id));
  if (!r->row.exists) return ERR_OK; /* it travels by itself when it comes */
  r->touched = true;
  return left ? add_leave(w, r, left) : ERR_OK;
}

static err touch_about(struct work *w, uint8_t table, const struct id *learner, const struct id *left) {
  struct id *rows;
  size_t count;
  TRY(w->store->ops->learner_rows(w->store, table, learner, &w->arena, &rows, &count));
  for (size_t i = 0; i < count; i++) TRY(touch(w, schema_table(table), &rows[i], left));
  return ERR_OK;
}

/* What was touched once and leaves nothing travels already, with all that belongs to it. */
err work_touch_learner(struct work *w, const struct id *learner, const struct id *left) {
  struct work_row *r;
  TRY(work_row(&r, w, schema_table(TABLE_learner), learner));
  if (r->touched && !left) return ERR_OK;
  TRY(touch(w, schema_table(TABLE_learner), learner, left));
  TRY(touch_about(w, TABLE_absence_notice, learner, left));
  TRY(touch_about(w, TABLE_need, learner, left));
  return touch_about(w, TABLE_contact, learner, left);
}

err work_touch_meeting(struct work *w, const struct id *session, bool leaves) {
  static const uint8_t tables[] = {TABLE_register, TABLE_mark, TABLE_arrival, TABLE_absence_call};
  struct work_row *r;
  struct id activity;
  TRY(work_row(&r, w, schema_table(TABLE_session), session));
  if (!r->row.exists || !take_id(&r->row, "activity", &activity)) return ERR_OK;
  const struct id *left = leaves ? &activity : NULL;
  TRY(touch(w, r->row.table, session, left));
  for (size_t k = 0; k < sizeof tables; k++) {
    struct id *rows;
    size_t count;
    TRY(w->store->ops->horizon->meeting_rows(w->store, tables[k], session, &w->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) TRY(touch(w, schema_table(tables[k]), &rows[i], left));
  }
  return ERR_OK;
}

err work_look_again(struct work *w, const struct table *t, const struct id *id) {
  struct work_look *looks = list_room(w->looks, &w->look_cap, w->look_count, sizeof *looks);
  if (!looks) return ERR_NO_MEMORY;
  w->looks = looks;
  w->looks[w->look_count++] = (struct work_look){t, *id};
  return ERR_OK;
}

/* The learner, what belongs to the learner, and whoever stands for the same child enter the activity's stream
 * or leave it. Who is still enrolled under another id comes back at once: rows are written after leaves. */
static err move_learner(struct work *w, const struct row *enrolment, bool leaves) {
  struct id learner, activity, *members;
  size_t count;
  if (!take_id(enrolment, "learner", &learner) || !take_id(enrolment, "activity", &activity)) return ERR_OK;
  const struct id *left = leaves ? &activity : NULL;
  TRY(work_touch_learner(w, &learner, left));
  TRY(w->store->ops->alias_members(w->store, &learner, &w->arena, &members, &count));
  for (size_t i = 0; i < count; i++) {
    if (!id_equal(&members[i], &learner)) TRY(work_touch_learner(w, &members[i], left));
  }
  return ERR_OK;
}

static err move_learners(struct work *w) {
  size_t count = w->row_count; /* touching loads more rows, none of them enrolments */
  for (size_t i = 0; i < count; i++) {
    struct work_row *r = w->rows[i];
    if (!r->changed || r->row.table->id != TABLE_enrolment) continue;
    bool enrolled = work_enrols(w, &r->row);
    if (enrolled != r->enrolled) TRY(move_learner(w, &r->row, !enrolled));
  }
  return ERR_OK;
}

/* A meeting that was given another day may have crossed the horizon, and takes with it what belongs to it. */
static err move_meetings(struct work *w) {
  size_t count = w->row_count; /* touching loads more rows, none of them meetings */
  TRY(work_horizon(w));
  for (size_t i = 0; i < count; i++) {
    struct work_row *r = w->rows[i];
    if (!r->changed || r->before == 0 || r->row.table->id != TABLE_session) continue;
    bool behind = horizon_is_behind(&w->horizon, horizon_date(&r->row), &r->row.id);
    if (behind != horizon_is_behind(&w->horizon, r->day, &r->row.id))
      TRY(work_touch_meeting(w, &r->row.id, behind));
  }
  return ERR_OK;
}

static int compare_rows(const void *a, const void *b) {
  const struct work_row *x = *(struct work_row *const *)a, *y = *(struct work_row *const *)b;
  if (x->row.table->id != y->row.table->id) return x->row.table->id < y->row.table->id ? -1 : 1;
  return id_compare(&x->row.id, &y->row.id);
}

/* Saved in the order of their keys, neighbours fall on the same pages; a page is then filled once. Without
 * rows there may be no list. */
static void sort_rows(struct work *w) {
  if (w->row_count) qsort(w->rows, w->row_count, sizeof(struct work_row *), compare_rows);
}

err work_settle(struct work *w) {
  TRY(alias_update(w));
  TRY(move_learners(w));
  TRY(move_meetings(w));
  uint64_t position;
  TRY(w->store->ops->number_load(w->store, STORE_POSITION, &position));
  w->position_before = position;
  w->position = position + w->reissues;
  for (size_t i = 0; i < w->row_count; i++) w->position += w->rows[i]->changed || w->rows[i]->touched;
  w->changes.position = w->position;
  return w->position == position ? ERR_OK : w->store->ops->number_save(w->store, STORE_POSITION, w->position);
}

/* ---- writing ---- */

/* What work_save gathers for the store; lists are taken from the work's arena. */
struct gathered {
  const struct row **rows;
  uint8_t *how; /* of each */
  size_t row_count;
  struct write_conflict *conflicts;
  size_t conflict_count, conflict_cap;
  struct write_feed *feed;
  size_t feed_count, feed_cap;
};

static err gather_conflicts(struct gathered *g, const struct work_row *r) {
  const struct table *t = r->row.table;
  for (uint8_t unit = 0; unit < t->unit_count; unit++) {
    bool open = r->conflicted >> unit & 1;
    uint8_t kind = open ? (uint8_t)merge_conflict(&r->row, unit) : 0;
    if (kind == r->conflicts[unit]) continue;
    struct write_conflict *list = list_room(g->conflicts, &g->conflict_cap, g->conflict_count, sizeof *list);
    if (!list) return ERR_NO_MEMORY;
    g->conflicts = list;
    struct write_conflict *c = &g->conflicts[g->conflict_count++];
    *c = (struct write_conflict){.table = t, .row = r->row.id, .unit = unit, .kind = kind, .op = r->turned};
    work_item_id(&c->item, ITEM_CONFLICT, t, &c->row, unit, NULL);
  }
  return ERR_OK;
}

static err gather_rows(struct gathered *g, struct work *w) {
  uint64_t position = w->position_before;
  g->rows = arena_take(&w->arena, w->row_count + 1, sizeof(struct row *));
  g->how = arena_take(&w->arena, w->row_count + 1, sizeof *g->how);
  if (!g->rows || !g->how) return ERR_NO_MEMORY;
  for (size_t i = 0; i < w->row_count; i++) {
    struct work_row *r = w->rows[i];
    if (!r->changed && !r->touched) continue;
    r->row.version = ++position;
    g->how[g->row_count] = r->before == 0 ? WRITE_ROW_FRESH
                           : r->changed   ? WRITE_ROW_CHANGED
                                          : WRITE_ROW_AGAIN;
    g->rows[g->row_count++] = &r->row;
    if (!w->moves_only) note_change(&w->changes, &r->row);
    if (r->changed) TRY(gather_conflicts(g, r));
  }
  return ERR_OK;
}

static err add_feed(struct gathered *g, const struct work_row *r, const struct id *stream,
                    enum feed_kind kind) {
  struct write_feed *list = list_room(g->feed, &g->feed_cap, g->feed_count, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  g->feed = list;
  g->feed[g->feed_count++] = (struct write_feed){.stream = *stream,
                                                 .table = r->row.table,
                                                 .row = r->row.id,
                                                 .kind = kind,
                                                 .position = r->row.version,
                                                 .before = r->before};
  return ERR_OK;
}

/* By stream and place; of two at one place, that of a learner who left and came back, leaving comes first. */
static int compare_feed(const void *a, const void *b) {
  const struct write_feed *x = a, *y = b;
  int order = id_compare(&x->stream, &y->stream);
  if (order != 0) return order;
  if (x->position != y->position) return x->position < y->position ? -1 : 1;
  return (x->kind == FEED_ROW) - (y->kind == FEED_ROW);
}

static bool is_sorted(const struct write_feed *list, size_t count) {
  for (size_t i = 1; i < count; i++) {
    if (compare_feed(&list[i - 1], &list[i]) > 0) return false;
  }
  return true;
}

/* One stream after the other: each is looked up once, and its entries stand beside each other in the tree. A
 * list of learners goes to thousands of streams, a register to one. */
static void sort_feed(struct gathered *g, struct work *w) {
  if (!is_sorted(g->feed, g->feed_count)) qsort(g->feed, g->feed_count, sizeof *g->feed, compare_feed);
  for (size_t i = 0; i < g->feed_count; i++) {
    bool same = i > 0 && id_equal(&g->feed[i].stream, &g->feed[i - 1].stream);
    if (!same) change_set_stream(&w->changes, &g->feed[i].stream);
  }
}

static bool is_among(const struct id *list, size_t count, const struct id *id) {
  for (size_t i = 0; i < count; i++) {
    if (id_equal(&list[i], id)) return true;
  }
  return false;
}

/* What is before the horizon is in no stream, and that it changed stands as a departure in the one it has
 * left: by it the reports hear of the change, and an import's undo of what came since. */
static err gather_past(struct gathered *g, struct work *w, const struct work_row *r) {
  bool found;
  struct id activity;
  TRY(work_activity(w, &r->row, &activity, &found));
  return found ? add_feed(g, r, &activity, FEED_LEAVE) : ERR_OK;
}

static err gather_row(struct gathered *g, struct work *w, const struct work_row *r) {
  struct id own[row_streams_max];
  const struct id *now;
  size_t count;
  TRY(work_row_streams(w, &r->row, own, &now, &count));
  for (size_t i = 0; i < r->stream_before_count; i++) {
    if (!is_among(now, count, &r->streams_before[i])) TRY(add_feed(g, r, &r->streams_before[i], FEED_LEAVE));
  }
  for (size_t i = 0; i < count; i++) TRY(add_feed(g, r, &now[i], FEED_ROW));
  return count == 0 && r->changed ? gather_past(g, w, r) : ERR_OK;
}

/* A learner who left and came back in one transaction is there. */
static err gather_feed(struct gathered *g, struct work *w, size_t count) {
  for (size_t i = 0; i < w->leave_count; i++) {
    TRY(add_feed(g, w->leaves[i].row, &w->leaves[i].activity, FEED_LEAVE));
  }
  for (size_t i = 0; i < count; i++) {
    if (w->rows[i]->changed || w->rows[i]->touched) TRY(gather_row(g, w, w->rows[i]));
  }
  sort_feed(g, w);
  return ERR_OK;
}

static err save_gathered(struct gathered *g, struct work *w) {
  TRY(gather_rows(g, w));
  struct write_set rows = {.rows = g->rows,
                           .how = g->how,
                           .row_count = g->row_count,
                           .history = w->history,
                           .history_count = w->history_count,
                           .conflicts = g->conflicts,
                           .conflict_count = g->conflict_count,
                           .loose = w->loose,
                           .loose_count = w->loose_count,
                           .seen = w->seen,
                           .seen_count = w->seen_count,
                           .sessions = w->changes.sessions,
                           .session_count = w->changes.session_count,
                           .now_ms = w->now.wall_ms};
  TRY(w->store->ops->save(w->store, &rows));
  TRY(gather_feed(g, w, w->row_count));
  struct write_set feed = {
      .feed = g->feed, .feed_count = g->feed_count, .moves_only = w->moves_only, .now_ms = w->now.wall_ms};
  TRY(w->store->ops->save(w->store, &feed));
  TRY(detect(w));
  TRY(questions_note(w));
  return cases_detect(w);
}

err work_save(struct work *w) {
  if (w->row_count == 0 && w->seen_count == 0) return ERR_OK;
  sort_rows(w);
  struct gathered g = {.row_count = 0};
  err e = save_gathered(&g, w);
  free(g.conflicts);
  free(g.feed);
  return e;
}

err work_sweep(struct work *w) {
  uint64_t swept;
  TRY(w->store->ops->number_load(w->store, STORE_SWEPT_DATE, &swept));
  if ((int64_t)swept >= w->today) return ERR_OK;
  if (swept == 0) return w->store->ops->number_save(w->store, STORE_SWEPT_DATE, (uint64_t)w->today);
  struct id *ended;
  size_t count;
  TRY(w->store->ops->enrolments_ended(w->store, (int32_t)swept, w->today, &w->arena, &ended, &count));
  for (size_t i = 0; i < count; i++) {
    struct work_row *r;
    TRY(work_row(&r, w, schema_table(TABLE_enrolment), &ended[i]));
    TRY(move_learner(w, &r->row, true));
  }
  return w->store->ops->number_save(w->store, STORE_SWEPT_DATE, (uint64_t)w->today);
}
