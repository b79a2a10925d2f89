/* retire.c: a run of the retention schedule, piece by piece: what is past its period leaves the hub, its
 * history and every stream, and is known again when a device or a backup brings it. */
#include <stdio.h>
#include <stdlib.h>

#include "server/core/erase.h"
#include "server/core/journal.h"
#include "server/core/questions.h"
#include "server/core/retention.h"
#include "server/core/sweep.h"
#include "server/core/work.h"

enum { retire_arena_bytes_max = 268435456 };

/* ---- rows by themselves ---- */

struct leaving {
  struct work *work;
  uint64_t position;
  struct write_feed *list;
  size_t count, cap;
};

/* Whoever holds the row is told by a leave in each stream that it still travels with; of what is before the
 * horizon (horizon.h) the one is told that it has left, for the reports hear of it by that. */
static err leave(struct leaving *l, const struct row_key *key) {
  struct work_row *r;
  struct id own[row_streams_max];
  const struct id *streams;
  size_t count;
  TRY(work_row(&r, l->work, key->table, &key->id));
  if (!r->row.exists) return ERR_OK;
  TRY(work_row_streams(l->work, &r->row, own, &streams, &count));
  if (count == 0) {
    bool found;
    TRY(work_activity(l->work, &r->row, &own[0], &found));
    streams = own;
    count = found;
  }
  l->position += count > 0;
  for (size_t i = 0; i < count; i++) {
    struct write_feed *list = list_room(l->list, &l->cap, l->count, sizeof *list);
    if (!list) return ERR_NO_MEMORY;
    l->list = list;
    l->list[l->count++] = (struct write_feed){.stream = streams[i],
                                              .table = key->table,
                                              .row = key->id,
                                              .kind = FEED_LEAVE,
                                              .position = l->position,
                                              .before = r->row.version};
  }
  return ERR_OK;
}

static err leave_all(struct leaving *l, const struct write_erasure *w) {
  const struct store_ops *ops = l->work->store->ops;
  TRY(ops->number_load(l->work->store, STORE_POSITION, &l->position));
  for (size_t i = 0; i < w->row_count; i++) TRY(leave(l, &w->rows[i]));
  const struct write_set feed = {.feed = l->list, .feed_count = l->count, .now_ms = l->work->now.wall_ms};
  TRY(ops->save(l->work->store, &feed));
  return ops->number_save(l->work->store, STORE_POSITION, l->position);
}

static err make_hashes(const struct hub *hub, struct write_erasure *w, struct arena *a) {
  uint8_t(*hashes)[hash_bytes] = arena_take(a, w->row_count + 1, sizeof *hashes);
  if (!hashes) return ERR_NO_MEMORY;
  for (size_t i = 0; i < w->row_count; i++)
    if (erase_lists(&w->rows[i])) erase_hash(hashes[w->hash_count++], &hub->id, &w->rows[i].id);
  w->hashes = (const uint8_t(*)[hash_bytes])hashes;
  return ERR_OK;
}

/* Bytes of bundles that wait for the office stay as they are: what they say of such a row is left out when
 * they are released, as it is of one that comes. */
static err remove_rows(const struct hub *hub, struct store *store, const struct now *now,
                       struct write_erasure *w, struct arena *a, uint64_t *position) {
  struct work work;
  work_init(&work, hub, store, now);
  struct leaving l = {.work = &work};
  err e = leave_all(&l, w);
  free(l.list);
  work_finish(&work);
  *position = l.position;
  if (e == ERR_OK) e = make_hashes(hub, w, a);
  if (e == ERR_OK) e = store->ops->retention->remove(store, w);
  if (e == ERR_OK) e = store->ops->number_save(store, STORE_RETIRED, w->entry.number);
  if (e == ERR_OK) e = erase_scrub_later(store);
  return e == ERR_OK ? journal_retired(store->journal, w) : e;
}

static err parse_rows(struct slice bytes, struct arena *a, struct write_erasure *w) {
  struct cursor c = cursor_of(bytes);
  struct row_key *rows = arena_take(a, bytes.len / erase_row_bytes + 1, sizeof *rows);
  if (!rows) return ERR_NO_MEMORY;
  w->rows = rows;
  while (cursor_left(&c) > 0) {
    uint8_t table;
    TRY(cursor_u8(&c, &table));
    TRY(cursor_copy(&c, &rows->id, id_bytes));
    rows->table = schema_table(table);
    if (!rows->table) return ERR_VERSION;
    rows++;
    w->row_count++;
  }
  return ERR_OK;
}

err retention_replay(const struct hub *hub, struct store *store, const struct now *now, struct slice bytes) {
  struct cursor c = cursor_of(bytes);
  struct write_erasure w = {.row_count = 0};
  uint64_t known, position;
  struct arena a = ARENA_INIT(retire_arena_bytes_max);
  TRY(cursor_u64(&c, &w.entry.number));
  TRY(store->ops->number_load(store, STORE_RETIRED, &known));
  if (w.entry.number <= known) return ERR_OK;
  err e = parse_rows(slice_of(c.ptr, cursor_left(&c)), &a, &w);
  if (e == ERR_OK) e = remove_rows(hub, store, now, &w, &a, &position);
  arena_finish(&a);
  return e;
}

/* ---- what the journal is told beside the store ---- */

/* From the order on, or what comes of somebody whom the run has passed would stay. One that was stopped
 * counts for what it removed: of whom it had not come to nothing is removed, and so nothing refused
 * (erased.c). */
err retention_note_entries(struct store *s, const struct store_retention *run) {
  int32_t before;
  if (run->line != RETENTION_LINE_entries) return ERR_OK;
  TRY(s->ops->retention->entries_before(s, NULL, &before));
  return s->ops->number_save(s, STORE_ENTRIES, (uint64_t)before);
}

static err save_run(struct store *s, const struct store_retention *run) {
  TRY(s->ops->retention->run_save(s, run));
  TRY(retention_note_entries(s, run));
  return journal_run(s->journal, run);
}

static err add_retained(struct store *s, const struct id *run, const struct store_retained *kept) {
  TRY(s->ops->retention->retained_add(s, run, kept));
  return journal_retained(s->journal, run, kept);
}

/* ---- a piece ---- */

struct retiring {
  const struct hub *hub;
  struct store *store;
  struct now now;
  struct store_retention run;
  struct retention_piece *out;
  struct arena arena;
  struct fault *fault;
};

static int in_order(const void *a, const void *b) { return row_key_compare(a, b); }

static err remove_listed(struct retiring *r, struct row_key *rows, size_t count) {
  struct write_erasure w = {.rows = rows, .row_count = count};
  struct store_asked *asked;
  size_t asked_count;
  if (count == 0) return ERR_OK;
  TRY(r->store->ops->questions_asked(r->store, &r->arena, &asked, &asked_count));
  qsort(rows, count, sizeof *rows, in_order);
  TRY(r->store->ops->number_load(r->store, STORE_RETIRED, &w.entry.number));
  w.entry.number++;
  r->run.records += count;
  TRY(remove_rows(r->hub, r->store, &r->now, &w, &r->arena, &r->out->changes.position));
  r->out->changes.all_streams = r->out->changes.learners = true;
  /* In a journal they follow as ops of their own. */
  return questions_end(r->hub, r->store, &r->now, asked, asked_count, &r->arena, &r->out->changes);
}

static err note_learner(struct retiring *r, const struct view_expired *one, uint64_t records,
                        uint64_t erasure) {
  struct store_retained kept = {.last = one->last, .held = one->held, .records = records, .erasure = erasure};
  erase_hash(kept.hash, &r->hub->id, &one->learner);
  r->run.held += one->held;
  r->run.learners += !one->held;
  return add_retained(r->store, &r->run.id, &kept);
}

/* What was done until now, for the audit. */
static err note_done(struct store *store, const struct now *now, const struct store_retention *run,
                     const struct id *who, const char *action) {
  char detail[160];
  (void)snprintf(detail, sizeof detail, "run=%llu line=%s months=%u records=%llu learners=%llu held=%llu",
                 (unsigned long long)run->number, retention_rules[run->line].name, run->months,
                 (unsigned long long)run->records, (unsigned long long)run->learners,
                 (unsigned long long)run->held);
  return store->ops->audit(store, now->wall_ms, who, action, detail);
}

static err finish(struct retiring *r) {
  r->run.ended_ms = r->now.wall_ms;
  return note_done(r->store, &r->now, &r->run, &r->run.who, "retention.apply");
}

/* Inside a transaction, for the hub and the command may be at it beside each other, and somebody may have
 * stopped it. */
static err again(struct retiring *r) {
  return r->store->ops->retention->run_load(r->store, &r->run.id, &r->run);
}

static void looked_at(struct retiring *r, const struct id *learner) {
  if (id_compare(learner, &r->run.cursor) > 0) r->run.cursor = *learner;
}

static err save(struct retiring *r, bool over) {
  bool stopped = r->run.ended_ms != 0;
  if (over && !stopped) TRY(finish(r));
  TRY(save_run(r->store, &r->run));
  r->out->more = !over && !stopped;
  return ERR_OK;
}

/* Rows that are about nobody. */
static err piece_alone(struct retiring *r) {
  struct row_key *rows;
  size_t count;
  TRY(r->store->ops->retention->alone(r->store, &r->run, retention_piece_rows_max, &r->arena, &rows, &count));
  if (count) r->run.cursor = rows[count - 1].id;
  TRY(remove_listed(r, rows, count));
  return save(r, count < retention_piece_rows_max);
}

/* A learner's rows behind those that are listed. */
static err list_rows(struct retiring *r, struct row_key **list, size_t *count, const struct row_key *rows,
                     size_t more) {
  struct row_key *all = arena_take(&r->arena, *count + more, sizeof *all);
  if (!all) return ERR_NO_MEMORY;
  if (*count) bytes_copy(all, *list, *count * sizeof *all);
  bytes_copy(all + *count, rows, more * sizeof *all);
  *list = all;
  *count += more;
  return ERR_OK;
}

static err piece_rows(struct retiring *r, const struct retention_next *next) {
  size_t all = 0, i = 0;
  struct row_key *rows = NULL, *listed = NULL;
  for (; i < next->count && all < retention_piece_rows_max; i++) {
    const struct view_expired *one = &next->learners[i];
    size_t count;
    TRY(r->store->ops->retention->rows(r->store, &r->run, &one->learner, &r->arena, &rows, &count));
    if (count == 0) continue;
    TRY(note_learner(r, one, one->held ? 0 : count, 0));
    if (!one->held) TRY(list_rows(r, &listed, &all, rows, count));
  }
  bool whole = i == next->count;
  r->run.cursor = whole ? next->looked : next->learners[i - 1].learner;
  TRY(remove_listed(r, listed, all));
  return save(r, whole && next->over);
}

/* Inside the erasure's own transaction: whoever is enrolled again since the piece looked is kept, and whom it
 * erased stands in the certificate, or it is not done. Whoever was the same child goes with them. */
struct erased_one {
  struct retiring *r;
  const struct view_expired *one;
  struct id *same;
  size_t same_count;
};

static err find_past(void *ctx) {
  struct erased_one *e = ctx;
  struct retiring *r = e->r;
  bool past;
  TRY(again(r));
  if (r->run.ended_ms) return ERR_NOT_FOUND;
  TRY(r->store->ops->retention->past(r->store, &r->run, &e->one->learner, &past));
  if (!past) return ERR_NOT_FOUND;
  return r->store->ops->same_learners(r->store, &e->one->learner, &r->arena, &e->same, &e->same_count);
}

static err note_erased(void *ctx, const struct erase_result *result) {
  const struct erased_one *e = ctx;
  struct retiring *r = e->r;
  TRY(again(r));
  looked_at(r, &e->one->learner);
  r->run.records += result->rows;
  for (size_t i = 0; i < e->same_count; i++) {
    const struct view_expired each = {.learner = e->same[i], .last = e->one->last};
    bool first = id_equal(&each.learner, &e->one->learner);
    TRY(note_learner(r, &each, first ? result->rows : 0, result->number));
  }
  return save_run(r->store, &r->run);
}

static err erase_one(struct retiring *r, const struct view_expired *one) {
  char reason[80];
  struct erase_result result;
  struct erased_one also = {.r = r, .one = one};
  (void)snprintf(reason, sizeof reason, "retention: %u months, run %llu", r->run.months,
                 (unsigned long long)r->run.number);
  const struct erase_order order = {.learner = one->learner,
                                    .by = r->run.who,
                                    .reason = slice_text(reason),
                                    .first = find_past,
                                    .also = note_erased,
                                    .ctx = &also};
  err e = erase_learner(&result, r->hub, r->store, &r->now, &order, r->fault);
  if (e == ERR_OK && !result.before) r->out->changes = result.changes;
  return e;
}

typedef err note(struct retiring *r, const void *about);

static err noting(struct retiring *r, note *what, const void *about) {
  struct store *s = r->store;
  TRY(s->ops->begin(s));
  err e = what(r, about);
  if (e == ERR_OK) e = s->ops->commit(s);
  if (e != ERR_OK) s->ops->rollback(s);
  return e;
}

static err note_held(struct retiring *r, const void *about) {
  const struct view_expired *one = about;
  TRY(again(r));
  bool noted = id_compare(&one->learner, &r->run.cursor) <= 0; /* by the other one */
  if (noted || r->run.ended_ms) return ERR_OK;
  looked_at(r, &one->learner);
  TRY(note_learner(r, one, 0, 0));
  return save_run(r->store, &r->run);
}

static err note_looked(struct retiring *r, const void *about) {
  const struct retention_next *next = about;
  TRY(again(r));
  looked_at(r, &next->looked);
  return save(r, next->over);
}

/* Each in a transaction of its own, in the order of their ids. ERR_NOT_FOUND: not past it any more. */
static err piece_learners(struct retiring *r, struct retention_next *next) {
  for (size_t i = 0; i < next->count; i++) {
    struct view_expired *one = &next->learners[i];
    err e = one->held ? ERR_FORBIDDEN : erase_one(r, one);
    one->held = e == ERR_FORBIDDEN; /* or somebody set a hold just now */
    if (one->held) e = noting(r, note_held, one);
    if (e != ERR_NOT_FOUND) TRY(e);
    *r->fault = (struct fault){.code = ERR_OK}; /* of whom was kept: no failure of the run */
  }
  return noting(r, note_looked, next);
}

static err piece(struct retiring *r) {
  struct retention_next next;
  if (!retention_is_about_learners(r->run.line)) return piece_alone(r);
  TRY(r->store->ops->retention->next(r->store, &r->run, &r->arena, &next));
  return piece_rows(r, &next);
}

static err piece_within(struct retiring *r) {
  struct store *s = r->store;
  struct retention_next next;
  if (retention_rules[r->run.line].done == RETENTION_LEARNER) {
    TRY(s->ops->retention->next(s, &r->run, &r->arena, &next));
    return piece_learners(r, &next);
  }
  TRY(s->ops->begin(s));
  err e = again(r);
  if (e == ERR_OK && r->run.ended_ms == 0) e = piece(r);
  if (e == ERR_OK) e = s->ops->commit(s);
  if (e != ERR_OK) s->ops->rollback(s);
  return e;
}

err retention_step(struct retention_piece *out, const struct hub *hub, struct store *store,
                   const struct now *now, struct fault *fault) {
  struct fault own = {.code = ERR_OK};
  struct retiring r = {.hub = hub,
                       .store = store,
                       .now = *now,
                       .out = out,
                       .arena = ARENA_INIT(retire_arena_bytes_max),
                       .fault = &own};
  *out = (struct retention_piece){.more = false};
  err e = store->ops->retention->run_now(store, &r.run);
  if (e == ERR_NOT_FOUND) return ERR_OK;
  if (e == ERR_OK) e = piece_within(&r);
  arena_finish(&r.arena);
  if (e == ERR_OK) return ERR_OK;
  if (own.code != ERR_OK) return fault_set(fault, e, "%s", own.text);
  return fault_set(fault, e, "Run %llu of the retention schedule stands still: %s.",
                   (unsigned long long)r.run.number, err_text(e));
}

/* ---- ordering one ---- */

err retention_may_order(const struct store_retention *run, struct store *store, struct fault *fault) {
  struct store_retention other;
  if (run->months == 0)
    return fault_set(fault, ERR_INVALID, "%s are kept: set a period first.",
                     retention_rules[run->line].title);
  err e = store->ops->retention->run_now(store, &other);
  if (e == ERR_NOT_FOUND) return ERR_OK;
  TRY(e);
  return fault_set(fault, ERR_CONFLICT, "Run %llu goes on (%s): wait until it is over, or stop it.",
                   (unsigned long long)other.number, retention_rules[other.line].title);
}

static err order(struct store_retention *run, struct store *store, const struct now *now) {
  char detail[120];
  (void)snprintf(detail, sizeof detail, "run=%llu line=%s months=%u", (unsigned long long)run->number,
                 retention_rules[run->line].name, run->months);
  TRY(save_run(store, run));
  return store->ops->audit(store, now->wall_ms, &run->who, "retention.order", detail);
}

err retention_order(struct store_retention *run, const struct hub *hub, struct store *store,
                    const struct now *now, struct fault *fault) {
  struct fault own = {.code = ERR_OK};
  int32_t today, minute;
  uk_civil(now->wall_ms, &today, &minute);
  run->id = entropy_id(&hub->entropy);
  run->at_ms = now->wall_ms;
  run->before = retention_before(today, run->months);
  TRY(sweep_now(hub, store, now)); /* or a stream still has whoever left it today */
  TRY(store->ops->begin(store));
  err e = retention_may_order(run, store, &own);
  if (e == ERR_OK) e = store->ops->retention->run_number(store, &run->number);
  if (e == ERR_OK) e = order(run, store, now);
  if (e == ERR_OK) e = store->ops->commit(store);
  if (e == ERR_OK) return ERR_OK;
  store->ops->rollback(store);
  if (own.code != ERR_OK) return fault_set(fault, e, "%s", own.text);
  return fault_set(fault, e, "The run could not be ordered: %s.", err_text(e));
}

/* ---- stopping one ---- */

static err stop(struct store_retention *run, struct store *store, const struct now *now, const struct id *id,
                const struct id *who, const char *name, struct fault *fault) {
  TRY(store->ops->retention->run_load(store, id, run));
  if (run->ended_ms)
    return fault_set(fault, ERR_CONFLICT, "Run %llu is over already: there is nothing left to stop.",
                     (unsigned long long)run->number);
  run->ended_ms = now->wall_ms;
  (void)snprintf(run->stopped, sizeof run->stopped, "%s", name);
  TRY(save_run(store, run));
  return note_done(store, now, run, who, "retention.stop");
}

err retention_stop(struct store_retention *out, struct store *store, const struct now *now,
                   const struct id *run, const struct id *who, const char *name, struct fault *fault) {
  TRY(store->ops->begin(store));
  err e = stop(out, store, now, run, who, name, fault);
  if (e == ERR_OK) e = store->ops->commit(store);
  if (e != ERR_OK) store->ops->rollback(store);
  return e;
}

/* ---- when the files are rewritten ---- */

int64_t retention_night(int64_t now_ms) {
  enum { night_minute = 180, day_minutes = 1440, minute_ms = 60000 };
  int32_t today, minute;
  uk_civil(now_ms, &today, &minute);
  return now_ms - now_ms % minute_ms +
         (int64_t)((night_minute - minute + day_minutes - 1) % day_minutes + 1) * minute_ms;
}

err retention_rewrite_from(struct store *store, int64_t at_ms) {
  return store->ops->number_save(store, STORE_SCRUB_FROM, (uint64_t)at_ms);
}

/* A day has at most 25 hours: what is further ahead was said while the clock was wrong. */
err retention_rewrite_waits(struct store *store, int64_t now_ms, int64_t *until_out) {
  enum { day_ms_max = 25 * 3600000 };
  uint64_t from;
  TRY(store->ops->number_load(store, STORE_SCRUB_FROM, &from));
  bool waits = from > (uint64_t)now_ms && from - (uint64_t)now_ms <= day_ms_max;
  *until_out = waits ? (int64_t)from : 0;
  return ERR_OK;
}
