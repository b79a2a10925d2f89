/* feed_apply.c: batches of the hub's rows into the database, each with its position in one transaction. */
#include "client/core/draft.h"
#include "client/core/erase.h"
#include "client/core/overlay.h"
#include "client/core/repair.h"

enum { stale_members_at_once = 256, plain_rows_max = 64 };

/* ---- what people should look at again ---- */

static const struct value *named(const struct feed_item *i, size_t column) {
  return i->row ? &i->row->values[column] : NULL;
}

static void topic_of(struct core *c, const char *topic, const struct value *v) {
  if (v && v->kind == VALUE_ID) core_topic(c, topic, &v->id);
}

static void item_topics(struct core *c, const struct feed_item *i) {
  switch (i->table->id) {
  case TABLE_mark: topic_of(c, "register:", named(i, COL(mark, session))); break;
  case TABLE_absence_call: topic_of(c, "register:", named(i, COL(absence_call, session))); break;
  case TABLE_arrival: topic_of(c, "register:", named(i, COL(arrival, session))); break;
  case TABLE_register: topic_of(c, "register:", named(i, COL(register, session))); break;
  case TABLE_session: core_topic(c, "register:", &i->id); break;
  case TABLE_learner: core_topic(c, "learner:", &i->id); break;
  case TABLE_note: topic_of(c, "learner:", named(i, COL(note, learner))); return;
  case TABLE_progress: topic_of(c, "learner:", named(i, COL(progress, learner))); return;
  case TABLE_visit: core_topic(c, "visits", NULL); break;
  case TABLE_need: core_topic(c, "needs", NULL); return;
  case TABLE_question: core_topic(c, "questions", NULL); return;
  case TABLE_hub:
  case TABLE_staff: core_topic(c, "device", NULL); break; /* names, and whose work visiting is */
  default: break;
  }
  core_topic(c, "today", NULL);
}

static void batch_topics(struct core *c, const struct feed_batch *b) {
  if (b->count == 0) return;
  /* Whoever stands in the register may have come in another stream. */
  if (c->roster.valid) core_topic(c, "register:", &c->roster.session.id);
  for (size_t i = 0; i < b->count; i += 1) item_topics(c, &b->items[i]);
  roster_forget(&c->roster);
}

/* ---- rows ---- */

/* Tables whose rows come in several streams, at different times. */
static bool is_shared(const struct table *t) {
  return t->scope == SCOPE_LEARNER || t->scope == SCOPE_AUTHORED;
}

/* What nobody may see here any more; what the office alone sees was written here. */
static bool is_unseen(const struct table *t, size_t column, uint8_t audience) {
  return t->columns[column].audience && !(t->columns[column].audience & audience);
}

/* A learner's row comes with every activity they are in, each time cut to that activity's audience: what this
 * one leaves out stays, as long as another one brings it. */
static err fill_projection(struct core *c, const struct feed_batch *b, const struct stream *st,
                           struct row *row, bool *older) {
  struct row held;
  uint8_t others = 0;
  *older = false;
  if (!is_shared(row->table)) return ERR_OK;
  TRY(rows_load(c->store->rows, row->table, &row->id, &c->arena, &held));
  if (!held.exists) return ERR_OK;
  *older = held.version > row->version;
  for (size_t i = 0; i < row->table->column_count; i += 1) {
    if (row->table->columns[i].audience & b->audience || held.values[i].kind == VALUE_NULL) continue;
    if (!others) TRY(member_audience(c->store, st, row->table->id, &row->id, &others));
    if (is_unseen(row->table, i, others))
      c->store->vacuum = true;
    else
      row->values[i] = held.values[i];
  }
  return ERR_OK;
}

/* One of its streams is gone, and with it what that one alone brought. */
static err cut_to_the_rest(struct core *c, const struct stream *st, const struct table *t,
                           const struct id *id) {
  struct row row;
  uint8_t others = 0;
  bool cut = false;
  if (!is_shared(t) || pending_latest(&c->store->pending, t->id, id)) return ERR_OK;
  TRY(member_audience(c->store, st, t->id, id, &others));
  TRY(rows_load(c->store->rows, t, id, &c->arena, &row));
  for (size_t i = 0; row.exists && i < t->column_count; i += 1) {
    if (row.values[i].kind == VALUE_NULL || !is_unseen(t, i, others)) continue;
    row.values[i] = (struct value){.kind = VALUE_NULL};
    cut = true;
  }
  if (!cut) return ERR_OK;
  c->store->vacuum = true;
  return rows_save(c->store->rows, &row);
}

/* What is sent to put a stream right, or sent anew, is right whatever stands here: a hub restored from a
 * backup counts its versions from an earlier one. */
static bool counts_anyway(const struct feed_batch *b, const struct stream *st) {
  return b->repair || (st->checkpoint == 0 && st->generation > 0);
}

static err apply_row(struct core *c, const struct feed_batch *b, const struct stream *st,
                     const struct feed_item *i) {
  struct row row = *i->row;
  bool older = false;
  row.version = i->version;
  row.exists = true;
  TRY(fill_projection(c, b, st, &row, &older));
  if (!older || counts_anyway(b, st)) TRY(overlay_save(c, b, i, &row));
  return member_put(c->store, st, &i->row, 1);
}

/* Rows that are here as the hub has them, one behind the other: most of what comes. They are saved together.
 */
static size_t plain_rows(struct core *c, const struct feed_batch *b, size_t from,
                         const struct row *out[plain_rows_max]) {
  size_t count = 0;
  while (count < plain_rows_max && from + count < b->count) {
    const struct feed_item *i = &b->items[from + count];
    bool plain = i->kind == FEED_ROW && !is_shared(i->table) && overlay_is_none(c, i->row, b->to);
    if (!plain) break;
    ASSERT(i->row->exists && i->row->version == i->version);
    out[count++] = i->row;
  }
  return count;
}

static err leave(struct core *c, const struct stream *st, uint8_t table, const struct id *row) {
  bool elsewhere = false;
  TRY(member_remove(c->store, st, table, row, &elsewhere));
  if (elsewhere) return cut_to_the_rest(c, st, schema_table(table), row);
  if (table == TABLE_session) TRY(kept_blank_meeting(c->store, row));
  return overlay_leave(c, table, row);
}

static err apply_item(struct core *c, const struct feed_batch *b, const struct stream *st,
                      const struct feed_item *i) {
  switch (i->kind) {
  case FEED_ROW: return apply_row(c, b, st, i);
  case FEED_LEAVE: return leave(c, st, i->table->id, &i->id);
  default: return erase_apply(c, i);
  }
}

/* Members of an older generation were not listed again. */
static err drop_stale(struct core *c, const struct stream *st, uint32_t generation) {
  for (;;) {
    struct member *list = NULL;
    size_t count = 0;
    struct arena scratch = ARENA_INIT(65536);
    err e = member_stale(c->store, st, generation, stale_members_at_once, &scratch, &list, &count);
    for (size_t i = 0; e == ERR_OK && i < count; i += 1) e = leave(c, st, list[i].table, &list[i].row);
    arena_finish(&scratch);
    TRY(e);
    if (count == 0) return ERR_OK;
  }
}

/* ---- batches ---- */

static err find_stream(struct core *c, const struct feed_batch *b, struct stream **out) {
  *out = store_stream(c->store, &b->stream);
  return *out ? ERR_OK : store_stream_add(c->store, &b->stream, out);
}

static err begin_stream(struct stream *st, const struct feed_batch *b) {
  if (!b->restart) return b->from > st->position ? ERR_GAP : ERR_OK;
  st->generation += 1;
  st->position = st->checkpoint = 0;
  return ERR_OK;
}

static err apply_items(struct core *c, const struct feed_batch *b, const struct stream *st) {
  for (size_t i = 0, n; i < b->count; i += n) {
    const struct row *rows[plain_rows_max];
    n = plain_rows(c, b, i, rows);
    if (n) {
      TRY(rows_save_all(c->store->rows, rows, n));
      TRY(member_put(c->store, st, rows, n));
      continue;
    }
    TRY(apply_item(c, b, st, &b->items[i]));
    n = 1;
  }
  return ERR_OK;
}

static err apply_batch(struct core *c, const struct feed_batch *b) {
  struct stream *st = NULL;
  TRY(find_stream(c, b, &st));
  TRY(begin_stream(st, b));
  TRY(apply_items(c, b, st));
  st->audience = b->audience;
  st->position = b->to;
  if (b->checkpoint) {
    bool restarted = st->checkpoint == 0 && st->generation > 0;
    st->checkpoint = b->to;
    st->caught_up = true;
    if (restarted) TRY(drop_stale(c, st, st->generation));
  }
  return store_stream_save(c->store, st);
}

static err in_transaction(struct core *c, err (*work)(struct core *, const void *), const void *arg) {
  TRY(store_begin(c->store));
  err e = store_end(c->store, work(c, arg));
  if (e == ERR_OK) return e;
  TRY(store_reload(c->store));
  return e;
}

/* In a new epoch no position means anything, and rows that an older program fetched lack what it did not
 * know: every stream is asked for anew, and what it then does not list goes. */
static err epoch_work(struct core *c, const void *arg) {
  (void)arg;
  for (size_t i = 0; i < c->store->stream_count; i += 1) {
    struct stream *st = &c->store->streams[i];
    st->position = st->checkpoint = 0;
    st->audience = 0;
    TRY(store_stream_save(c->store, st));
  }
  return store_epoch_save(c->store, c->sync.epoch);
}

err feed_epoch(struct core *c) {
  for (size_t i = 0; i < c->store->stream_count; i += 1) {
    c->store->streams[i].caught_up = false;
    c->store->streams[i].mismatches = 0;
  }
  bool same = c->store->feed_epoch == c->sync.epoch && c->store->feed_schema == schema_version;
  return same ? ERR_OK : in_transaction(c, epoch_work, NULL);
}

/* Some granted stream was not whole yet since the line came up. */
static bool is_catching_up(const struct core *c) {
  size_t done = 0;
  for (size_t i = 0; i < c->store->stream_count; i += 1) done += c->store->streams[i].caught_up;
  return done < c->sync.granted;
}

int64_t feed_combined_ms(const struct core *c) {
  const struct sync *s = &c->sync;
  bool whole = c->store && s->state == SYNC_ONLINE && s->subscribed && s->granted && !is_catching_up(c);
  return whole ? clock_hub_ms(&c->clock, &c->now) : s->combined_ms;
}

static err open_feed(struct core *c) {
  if (!c->store->feed_open) c->store->feed_since = c->now.mono_ms;
  return store_begin_feed(c->store);
}

/* Batches share a transaction: rows of all streams lie on the same pages, and each page is ciphered and
 * written once. It ends as feed_settle says, also when the device has caught up: on the heels of what it had
 * missed comes what others send at the same time. What is lost with it is asked for again. Of a leader's many
 * streams most have nothing new to say: those do not count. */
static err apply_open(struct core *c, const struct feed_batch *batch) {
  TRY(apply_batch(c, batch));
  c->store->feed_batches += batch->count > 0;
  return c->store->feed_batches >= feed_commit_batches ? store_end_feed(c->store) : ERR_OK;
}

/* Nobody's lessons vanish again because the line broke while others were on their way. */
err feed_settle(struct core *c) {
  struct store *s = c->store;
  if (!s) return ERR_OK;
  bool more_to_come = c->sync.state == SYNC_ONLINE && c->now.mono_ms - s->feed_since < feed_commit_ms;
  if (s->feed_open && more_to_come) return ERR_OK;
  TRY(store_end_feed(s));
  return erase_finish(c);
}

err feed_apply(struct core *c, const struct feed_batch *batch) {
  TRY(open_feed(c));
  err e = apply_open(c, batch);
  if (e != ERR_OK) {
    store_rollback(c->store);
    roster_forget(&c->roster);
    TRY(store_reload(c->store));
    return e;
  }
  batch_topics(c, batch);
  if (!batch->checkpoint) return ERR_OK;
  c->sync.combined_ms = feed_combined_ms(c);
  if (c->store->pending.count || !is_catching_up(c)) TRY(feed_confirm(c));
  TRY(repair_check(c, batch));
  return erase_finish(c);
}

/* ---- what the feed contains now ---- */

struct confirming {
  struct core *core;
  bool *gone; /* by index in the pending list */
  size_t count;
};

static bool is_for(const struct pending_op *op, const struct stream *st) {
  return (schema_table(op->table)->audience & st->audience) != 0;
}

/* What a leader wrote about a learner's playing comes back in the stream of their grant, for their stream of
 * the activity leaves it out. Elsewhere that one is the activity's. */
static const struct stream *bearer(struct core *c, const struct pending_op *op, const struct stream *st) {
  const struct table *t = schema_table(op->table);
  struct row row;
  struct id grant;
  struct value author;
  if (!st || t->scope != SCOPE_AUTHORED || is_for(op, st)) return st;
  if (rows_load(c->store->rows, t, &op->row, &c->arena, &row) != ERR_OK || !row.exists) return st;
  author = row.values[t->id == TABLE_note ? COL(note, staff) : COL(progress, staff)];
  if (author.kind != VALUE_ID) return st;
  stream_of_grant(&grant, &author.id, &op->stream);
  const struct stream *own = store_stream(c->store, &grant);
  return own && own->granted ? own : st;
}

/* A day's work stands in a few streams, one after the other. What a restored hub counted is confirmed when
 * its stream was listed anew: until then its rows belong to no stream, and would outlive it. */
static bool is_confirmed(struct core *c, const struct pending_op *op, const struct stream **st) {
  if (!*st || !id_equal(&(*st)->id, &op->stream)) *st = store_stream(c->store, &op->stream);
  const struct stream *by = bearer(c, op, *st);
  return by && by->checkpoint && overlay_contained(c, op, by->checkpoint);
}

static bool take_gone(void *ctx, const struct pending_op *op) {
  const struct confirming *k = ctx;
  return k->gone[op - k->core->store->pending.list];
}

/* Confirmed changesets go, but for the latest, which can be undone, and those of bundles with exceptions:
 * their places in the bundle are counted, and people are told what became of them. */
static err trim(struct core *c) {
  uint64_t below = 0;
  uint64_t from = 0;
  TRY(kept_latest(c->store, changes_undo_max, &below));
  for (size_t i = 0; i < c->outbox.count && below; i += 1) {
    const struct outbox_bundle *b = &c->outbox.list[i];
    if (b->exception_count == 0 && !outbox_needs_help(b)) continue;
    if (b->facts.counter_first >= below) break;
    TRY(kept_trim(c->store, from, b->facts.counter_first));
    from = b->facts.counter_last + 1;
  }
  return from < below ? kept_trim(c->store, from, below) : ERR_OK;
}

/* Runs of confirmed changesets are marked at once: after a day offline there are thousands. */
static err mark_done(struct core *c, const bool *gone) {
  const struct pending *p = &c->store->pending;
  for (size_t i = 0; i < p->count; i += 1) {
    size_t end = i;
    if (!gone[i]) continue;
    while (end + 1 < p->count && gone[end + 1]) end += 1;
    TRY(kept_done(c->store, p->list[i].changeset, p->list[end].changeset));
    i = end;
  }
  return ERR_OK;
}

/* What a device wrote and may not hold (an arrival, at a door) goes once the hub has it. A concern stays,
 * sealed as it is: its writer is told when it was delivered. */
static bool may_hold(struct core *c, const struct pending_op *op) {
  const struct stream *st = bearer(c, op, store_stream(c->store, &op->stream));
  return !st || op->table == TABLE_concern || !st->audience || is_for(op, st);
}

static err forget_foreign(struct core *c, const struct confirming *k) {
  const struct pending *p = &c->store->pending;
  for (size_t i = 0; i < p->count; i += 1) {
    if (k->gone[i] && !may_hold(c, &p->list[i]))
      TRY(rows_delete(c->store->rows, schema_table(p->list[i].table), &p->list[i].row));
  }
  return ERR_OK;
}

static bool is_of_a_meeting(uint8_t table) {
  return table == TABLE_session || schema_table(table)->scope == SCOPE_SESSION_ACTIVITY;
}

_Static_assert(COL(register, session) == 0 && COL(mark, session) == 0 && COL(arrival, session) == 0 &&
                   COL(absence_call, session) == 0,
               "as forget_past reads it");

/* What the hub took of a meeting before its horizon (PROTOCOL.md section 13) is in no stream, and nor is the
 * meeting: it goes from here with what is kept to undo it. Of a meeting that is in one, whatever is not there
 * yet is on its way. */
static err forget_past(struct core *c, const struct member *of) {
  struct row row;
  bool there = false;
  if (!is_of_a_meeting(of->table) || pending_latest(&c->store->pending, of->table, &of->row)) return ERR_OK;
  TRY(member_exists(c->store, of->table, &of->row, &there));
  if (there) return ERR_OK;
  TRY(rows_load(c->store->rows, schema_table(of->table), &of->row, &c->arena, &row));
  if (!row.exists) return ERR_OK;
  const struct id *meeting = of->table == TABLE_session ? &of->row : &row.values[0].id;
  TRY(member_exists(c->store, TABLE_session, meeting, &there));
  if (there) return ERR_OK;
  TRY(kept_blank_meeting(c->store, meeting));
  TRY(rows_delete(c->store->rows, row.table, &of->row));
  roster_forget(&c->roster);
  core_topic(c, "register:", meeting);
  core_topic(c, "today", NULL);
  return ERR_OK;
}

static err confirm_work(struct core *c, const struct confirming *k) {
  struct confirming shifting = *k;
  struct pending *p = &c->store->pending;
  struct member *rows = arena_take(&c->arena, k->count, sizeof *rows);
  size_t count = 0;
  if (!rows) return ERR_NO_MEMORY;
  TRY(mark_done(c, k->gone));
  TRY(forget_foreign(c, k));
  for (size_t i = 0; i < p->count; i += 1) {
    if (k->gone[i]) rows[count++] = (struct member){p->list[i].table, p->list[i].row};
  }
  TRY(pending_remove(p, take_gone, &shifting));
  for (size_t i = 0; i < count; i += 1) TRY(forget_past(c, &rows[i]));
  for (size_t i = 0; i < count && c->store->overlays; i += 1)
    TRY(overlay_rebuild(c, rows[i].table, &rows[i].row));
  TRY(overlay_look(c->store));
  return trim(c);
}

/* It belongs to the batches that brought the confirmation. */
static err confirm_gone(struct core *c, const struct confirming *k) {
  TRY(open_feed(c));
  err e = confirm_work(c, k);
  if (e == ERR_OK) return e;
  store_rollback(c->store);
  TRY(store_reload(c->store));
  return e;
}

static err confirm(struct core *c) {
  struct pending *p = &c->store->pending;
  struct confirming k = {.core = c, .gone = arena_take(&c->arena, p->count ? p->count : 1, sizeof(bool))};
  const struct stream *st = NULL;
  if (!k.gone) return ERR_NO_MEMORY;
  for (size_t i = 0; i < p->count; i += 1) {
    k.gone[i] = is_confirmed(c, &p->list[i], &st);
    k.count += k.gone[i];
  }
  return k.count ? confirm_gone(c, &k) : ERR_OK;
}

/* ---- streams that are granted no more ---- */

static bool is_activity(const struct stream *st) {
  return !id_equal(&st->id, &stream_reference) && !id_equal(&st->id, &stream_staff);
}

/* Nothing written in it waits for the hub's receipt. */
static bool is_settled(struct core *c, const struct stream *st) {
  const struct pending *p = &c->store->pending;
  for (size_t i = 0; i < p->count; i += 1) {
    if (!id_equal(&p->list[i].stream, &st->id)) continue;
    const struct outbox_bundle *b = overlay_bundle(c, &p->list[i]);
    if (!b || b->status == 0) return false;
  }
  return true;
}

static bool in_stream(void *ctx, const struct pending_op *op) { return id_equal(&op->stream, ctx); }

/* Rows written here that the feed never brought have no membership; they go with their stream. */
static err purge_work(struct core *c, const void *arg) {
  struct id id = *(const struct id *)arg;
  struct pending *p = &c->store->pending;
  struct stream *st = store_stream(c->store, &id);
  struct member *rows = arena_take(&c->arena, p->count ? p->count : 1, sizeof *rows);
  size_t count = 0;
  if (!rows) return ERR_NO_MEMORY;
  for (size_t i = 0; i < p->count; i += 1) {
    if (!id_equal(&p->list[i].stream, &id)) continue;
    TRY(kept_done(c->store, p->list[i].changeset, p->list[i].changeset));
    rows[count].table = p->list[i].table;
    rows[count].row = p->list[i].row;
    count += 1;
  }
  TRY(pending_remove(p, in_stream, &id));
  TRY(kept_blank(c->store, &id));
  TRY(drop_stale(c, st, UINT32_MAX));
  for (size_t i = 0; i < count; i += 1) {
    TRY(overlay_remove(c->store, rows[i].table, &rows[i].row));
    TRY(rows_delete(c->store->rows, schema_table(rows[i].table), &rows[i].row));
  }
  TRY(draft_tidy(c->store));
  return store_stream_remove(c->store, &id);
}

static err purge(struct core *c) {
  for (size_t i = 0; i < c->store->stream_count;) {
    const struct stream *st = &c->store->streams[i];
    if (st->granted || !is_activity(st) || !is_settled(c, st)) {
      i += 1;
      continue;
    }
    struct id id = st->id;
    TRY(in_transaction(c, purge_work, &id));
    roster_forget(&c->roster);
    core_topic(c, "today", NULL);
    core_topic(c, "visits", NULL); /* where it was a person's own */
    core_topic(c, "questions", NULL);
    c->store->vacuum = true;
  }
  return ERR_OK;
}

err feed_confirm(struct core *c) {
  if (!c->store) return ERR_OK;
  TRY(confirm(c));
  return purge(c);
}

static bool lists(const struct msg_grants *g, const struct id *stream) {
  for (size_t i = 0; i < g->stream_count; i += 1) {
    if (id_equal(&g->streams[i].stream, stream)) return true;
  }
  return false;
}

static err grants_work(struct core *c, const void *arg) {
  const struct msg_grants *g = arg;
  for (size_t i = 0; i < c->store->stream_count; i += 1) {
    struct stream *st = &c->store->streams[i];
    bool granted = !is_activity(st) || lists(g, &st->id);
    if (st->granted == granted) continue;
    st->granted = granted;
    TRY(store_stream_save(c->store, st));
  }
  return ERR_OK;
}

err feed_grants(struct core *c, const struct msg_grants *grants) {
  c->sync.granted = grants->stream_count;
  TRY(in_transaction(c, grants_work, grants));
  return feed_confirm(c);
}
