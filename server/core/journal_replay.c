/* journal_replay.c: what the office did, out of the journal and into a database that lacks it. */
#include "server/core/journal_file.h"

#include <stdio.h>

#include "server/core/erase.h"
#include "server/core/restored.h"
#include "server/core/retention.h"

struct replay {
  const struct hub *hub;
  struct store *store;
  const struct now *now;
  uint64_t known;         /* the last transaction the database has */
  uint64_t newest_number; /* the same, before anything was replayed */
  size_t count;
  bool changed;
  bool raised;          /* the epoch */
  uint64_t held_number; /* a transaction that is applied unless the next record takes it back */
  struct buf held;
  struct buf newest; /* the body of the last transaction the database has */
  bool denied;       /* which the journal takes back */
};

struct applying {
  struct replay *r;
  struct work work;
  struct arena arena;
  uint64_t counter, stamp;
};

static err apply_op(struct applying *a, struct slice bytes) {
  struct changeset cs;
  bool seen, erased, anew = false;
  struct merge_outcome outcome;
  TRY(changeset_decode(&cs, bytes, &a->arena));
  if (cs.op_count != 1) return ERR_CORRUPT;
  struct merge_op m = {.op = &cs.ops[0],
                       .id = {.device = a->r->hub->id, .incarnation = 1, .counter = cs.counter},
                       .author = cs.author,
                       .stamp = cs.stamp,
                       .flags = cs.flags};
  if (cs.counter > a->counter) a->counter = cs.counter;
  if (cs.stamp > a->stamp) a->stamp = cs.stamp;
  TRY(work_seen(&a->work, &m.id, &seen));
  if (seen) return ERR_OK;
  TRY(erased_op(&a->work, m.op, &erased));
  if (erased) TRY(erased_anew(&a->work, m.op, &anew));
  if (erased && !anew) return work_accept(&a->work, &m.id, 1);
  if (anew) TRY(erased_forget(&a->work, m.op));
  a->r->changed = true;
  TRY(work_apply(&a->work, &m, 0, &outcome));
  return work_accept(&a->work, &m.id, 1);
}

static err apply_device(struct applying *a, struct slice bytes) {
  struct cursor c = cursor_of(bytes);
  struct store_device d = {.incarnation = 1}, known;
  TRY(cursor_copy(&c, &d.id, id_bytes));
  TRY(cursor_u8(&c, &d.kind));
  TRY(cursor_u8(&c, &d.status));
  TRY(cursor_copy(&c, d.sign_public, key_bytes));
  TRY(cursor_copy(&c, d.noise_public, key_bytes));
  TRY(journal_get_time(&c, &d.enrolled_ms));
  TRY(journal_get_text(&c, d.name, sizeof d.name));
  TRY(journal_get_text(&c, d.program, sizeof d.program));
  TRY(journal_get_text(&c, d.digits, sizeof d.digits));
  struct store *s = a->r->store;
  err e = s->ops->device_load(s, &d.id, &known);
  if (e != ERR_NOT_FOUND) return e;
  a->r->changed = true;
  return s->ops->device_save(s, &d);
}

static err apply_order(struct applying *a, struct slice bytes) {
  struct cursor c = cursor_of(bytes);
  struct store_order o = {.number = 0};
  uint64_t last;
  TRY(cursor_copy(&c, &o.device, id_bytes));
  TRY(cursor_u64(&c, &o.number));
  TRY(cursor_u8(&c, &o.kind));
  o.bytes = slice_of(c.ptr, cursor_left(&c));
  struct store *s = a->r->store;
  TRY(s->ops->order_last(s, &o.device, &last));
  return o.number > last ? s->ops->order_save(s, &o) : ERR_OK;
}

/* No hold stood when it was done: one that a backup still has was lifted since, which a rewritten journal no
 * longer says. The ledger changes beneath `work`, which therefore must have looked at nothing. */
static err apply_erasure(struct applying *a, struct slice bytes) {
  struct cursor c = cursor_of(bytes);
  struct erase_order order = {.number = 0};
  uint32_t rows;
  TRY(cursor_copy(&c, &order.learner, id_bytes));
  TRY(cursor_u64(&c, &order.number));
  TRY(journal_get_time(&c, &order.at_ms));
  TRY(cursor_copy(&c, &order.by, id_bytes));
  TRY(cursor_u32(&c, &rows));
  TRY(cursor_bytes(&c, (size_t)rows * erase_row_bytes, &order.rows));
  order.reason = slice_of(c.ptr, cursor_left(&c));
  if (order.number == 0 || a->work.row_count || a->work.erased.looked) return ERR_CORRUPT;
  struct replay *r = a->r;
  err e = r->store->ops->hold_lift(r->store, &order.learner, order.at_ms);
  if (e != ERR_OK && e != ERR_NOT_FOUND) return e;
  r->changed = true;
  return erase_replay(r->hub, r->store, r->now, &order);
}

/* As an erasure, it changes the ledger beneath `work`. */
static err apply_retired(struct applying *a, struct slice bytes) {
  if (a->work.row_count || a->work.erased.looked) return ERR_CORRUPT;
  a->r->changed = true;
  return retention_replay(a->r->hub, a->r->store, a->r->now, bytes);
}

static err apply_hold(struct applying *a, struct slice bytes) {
  struct cursor c = cursor_of(bytes);
  struct store_hold hold = {.since_ms = 0}, standing;
  uint64_t since, lifted, number;
  uint8_t hash[hash_bytes];
  TRY(cursor_copy(&c, &hold.learner, id_bytes));
  TRY(cursor_copy(&c, &hold.by, id_bytes));
  TRY(cursor_u64(&c, &since));
  TRY(cursor_u64(&c, &lifted));
  hold.since_ms = (int64_t)since;
  hold.reason = slice_of(c.ptr, cursor_left(&c));
  struct store *s = a->r->store;
  erase_hash(hash, &a->r->hub->id, &hold.learner);
  TRY(s->ops->erased(s, hash, &number));
  if (number) return ERR_OK;
  err stands = s->ops->hold_load(s, &hold.learner, &a->arena, &standing);
  if (stands != ERR_OK && stands != ERR_NOT_FOUND) return stands;
  if (lifted == 0) return stands == ERR_OK ? ERR_OK : s->ops->hold_save(s, &hold);
  return stands == ERR_OK ? s->ops->hold_lift(s, &hold.learner, (int64_t)lifted) : ERR_OK;
}

static err apply_entry(struct applying *a, enum journal_kind kind, struct slice bytes) {
  switch (kind) {
  case JOURNAL_OPS: return apply_op(a, bytes);
  case JOURNAL_DEVICE: return apply_device(a, bytes);
  case JOURNAL_ORDER: return apply_order(a, bytes);
  case JOURNAL_KEYS: return ERR_OK; /* the caller's, before it opened the store */
  case JOURNAL_ERASURE: return apply_erasure(a, bytes);
  case JOURNAL_HOLD: return apply_hold(a, bytes);
  case JOURNAL_DECISION: return ERR_OK; /* apply_decisions */
  case JOURNAL_USER: return journal_apply_user(a->r->store, bytes);
  case JOURNAL_KEY: return journal_apply_key(a->r->store, bytes);
  case JOURNAL_RETIRED: return apply_retired(a, bytes);
  case JOURNAL_PERIOD: return retention_replay_period(a->r->store, bytes);
  case JOURNAL_RUN: return journal_apply_run(a->r->store, bytes);
  case JOURNAL_RETAINED: return journal_apply_retained(a->r->store, bytes);
  case JOURNAL_CASE: return journal_apply_case(a->r->store, &a->r->hub->id, bytes);
  }
  return ERR_VERSION;
}

static err apply_entries(struct applying *a, struct slice body) {
  struct cursor c = cursor_of(body);
  while (cursor_left(&c) > 0) {
    enum journal_kind kind;
    struct slice bytes;
    TRY(journal_next_entry(&c, &kind, &bytes));
    TRY(apply_entry(a, kind, bytes));
  }
  return ERR_OK;
}

static err save_numbers(struct applying *a, uint64_t number) {
  struct store *s = a->r->store;
  uint64_t counter, stamp;
  TRY(s->ops->number_load(s, STORE_OFFICE_COUNTER, &counter));
  TRY(s->ops->number_load(s, STORE_OFFICE_STAMP, &stamp));
  if (a->counter > counter) TRY(s->ops->number_save(s, STORE_OFFICE_COUNTER, a->counter));
  if (a->stamp > stamp) TRY(s->ops->number_save(s, STORE_OFFICE_STAMP, a->stamp));
  return s->ops->number_save(s, STORE_JOURNAL, number);
}

/* Positions that devices have heard of mean nothing any more, nor do those of a history that began at the
 * same backup and that the journal says nothing of: a device told the hub then that it was restored. In the
 * transaction of the first change, for the next start finds nothing to replay behind it. */
static err raise_epoch(struct replay *r) {
  struct store *s = r->store;
  uint64_t epoch;
  if (r->raised) return ERR_OK;
  TRY(s->ops->number_load(s, STORE_EPOCH, &epoch));
  TRY(s->ops->number_save(s, STORE_EPOCH, epoch_after(epoch, epoch, r->now)));
  r->raised = true;
  return ERR_OK;
}

static err apply_transaction(struct replay *r, uint64_t number, struct slice body) {
  struct applying a = {.r = r, .arena = ARENA_INIT(4 * (size_t)job_bytes_max)};
  struct store *s = r->store;
  TRY(s->ops->begin(s));
  work_init(&a.work, r->hub, s, r->now);
  /* A hub that runs beside may have committed it by now. */
  err e = s->ops->number_load(s, STORE_JOURNAL, &r->known);
  bool lacks = number > r->known;
  if (e == ERR_OK && lacks) e = apply_entries(&a, body);
  if (e == ERR_OK) e = work_settle(&a.work);
  if (e == ERR_OK) e = work_save(&a.work);
  if (e == ERR_OK && lacks) e = save_numbers(&a, number);
  if (e == ERR_OK && r->changed) e = raise_epoch(r);
  work_finish(&a.work);
  arena_finish(&a.arena);
  if (e == ERR_OK) e = s->ops->commit(s);
  if (e != ERR_OK) s->ops->rollback(s);
  r->count += e == ERR_OK && lacks;
  return e;
}

/* ---- decisions about quarantine ---- */

static err skip_decision(struct replay *r, const struct store_quarantine *q, err why) {
  struct store *s = r->store;
  char device[id_text_bytes], detail[160];
  id_text(device, &q->device);
  (void)snprintf(detail, sizeof detail, "device=%s incarnation=%u seq=%llu changeset=%u reason=%s", device,
                 q->incarnation, (unsigned long long)q->seq, q->changeset, err_name(why));
  TRY(s->ops->begin(s));
  TRY(s->ops->audit(s, r->now->wall_ms, &q->by, "journal.skip", detail));
  return s->ops->commit(s);
}

/* The office sees a skipped one again, when its device sends the bundle again: see journal_replay. */
static err apply_decision(struct replay *r, struct slice bytes) {
  struct cursor c = cursor_of(bytes);
  struct store_quarantine q = {.bundle = 0};
  uint64_t at;
  uint8_t state;
  TRY(cursor_copy(&c, &q.device, id_bytes));
  TRY(cursor_u32(&c, &q.incarnation));
  TRY(cursor_u64(&c, &q.seq));
  TRY(cursor_u32(&c, &q.changeset));
  TRY(cursor_u8(&c, &state));
  TRY(cursor_copy(&c, &q.by, id_bytes));
  TRY(cursor_u64(&c, &at));
  if (state != QUARANTINE_RELEASED && state != QUARANTINE_REJECTED) return ERR_CORRUPT;
  struct quarantine_ref ref = {.device = q.device,
                               .incarnation = q.incarnation,
                               .seq = q.seq,
                               .changeset = q.changeset,
                               .at_ms = (int64_t)at};
  struct change_set changes;
  struct fault fault = {.code = ERR_OK};
  err e = quarantine_decide_by(&changes, r->hub, r->store, r->now, &q.by, &ref,
                               (enum store_quarantine_state)state, slice_of(c.ptr, cursor_left(&c)), &fault);
  r->changed = r->changed || e == ERR_OK;
  return fault.code == ERR_OK ? e : skip_decision(r, &q, e); /* a refusal has its sentence */
}

/* Nothing is decided under the old epoch, and nothing that a hub which runs beside has committed by now. */
static err begin_decisions(struct replay *r, uint64_t number, bool *lacks) {
  struct store *s = r->store;
  uint64_t known;
  TRY(s->ops->begin(s));
  TRY(s->ops->number_load(s, STORE_JOURNAL, &known));
  *lacks = number > known;
  if (*lacks) TRY(raise_epoch(r));
  return s->ops->commit(s);
}

/* Each is a transaction of its own, before the one that counts it: what a crash between the two lets happen
 * again finds nothing left to decide. */
static err apply_decisions(struct replay *r, uint64_t number, struct slice body) {
  struct cursor c = cursor_of(body);
  bool lacks = true;
  while (lacks && cursor_left(&c) > 0) {
    enum journal_kind kind;
    struct slice bytes;
    TRY(journal_next_entry(&c, &kind, &bytes));
    if (kind != JOURNAL_DECISION) continue;
    TRY(begin_decisions(r, number, &lacks));
    if (lacks) TRY(apply_decision(r, bytes));
  }
  return ERR_OK;
}

static err apply_held(struct replay *r) {
  uint64_t number = r->held_number;
  r->held_number = 0;
  if (number == 0) return ERR_OK;
  TRY(apply_decisions(r, number, buf_slice(&r->held)));
  return apply_transaction(r, number, buf_slice(&r->held));
}

/* A commit whose flush failed was taken back; but a power cut may leave its pages whole in the log, and then
 * the next start finds it committed. No later one can have been: it would have been written over those pages.
 */
static err note_newest(struct replay *r, enum journal_record kind, struct slice body) {
  r->denied = kind == JOURNAL_TAKEN_BACK;
  if (r->denied) return ERR_OK;
  buf_clear(&r->newest);
  return buf_append(&r->newest, body);
}

/* Nobody else appends meanwhile: the database is locked. */
static err stand_by_newest(struct replay *r, struct journal *j) {
  struct store *s = r->store;
  uint64_t known;
  if (!r->denied || r->count) return ERR_OK;
  TRY(s->ops->begin(s));
  err e = s->ops->number_load(s, STORE_JOURNAL, &known);
  if (e == ERR_OK && known == r->newest_number)
    e = journal_append(j, JOURNAL_TRANSACTION, known, buf_slice(&r->newest));
  s->ops->rollback(s);
  return e;
}

/* A transaction waits for the next record: that may take it back. */
static err replay_record(void *ctx, enum journal_record kind, uint64_t number, struct slice body) {
  struct replay *r = ctx;
  if (kind == JOURNAL_TIME) return ERR_OK;
  if (number == r->newest_number) TRY(note_newest(r, kind, body));
  if (kind == JOURNAL_TAKEN_BACK && r->held_number == number) {
    r->held_number = 0;
    return ERR_OK;
  }
  TRY(apply_held(r));
  if (kind != JOURNAL_TRANSACTION || number <= r->known) return ERR_OK;
  buf_clear(&r->held);
  TRY(buf_append(&r->held, body));
  r->held_number = number;
  return ERR_OK;
}

static err note_replay(struct replay *r) {
  struct store *s = r->store;
  char detail[64];
  (void)snprintf(detail, sizeof detail, "transactions=%zu", r->count);
  TRY(s->ops->begin(s));
  TRY(s->ops->audit(s, r->now->wall_ms, &r->hub->id, "journal.replay", detail));
  return s->ops->commit(s);
}

/* What is replayed must not be gone with the power, or the database alone has it, which a fire takes. */
static err settle(struct journal *j, struct store *s) {
  TRY(s->ops->begin(s));
  err e = journal_settle(j);
  s->ops->rollback(s);
  return e;
}

err journal_replay(size_t *count_out, struct journal *j, const struct hub *hub, struct store *store,
                   const struct now *now) {
  struct replay r = {.hub = hub,
                     .store = store,
                     .now = now,
                     .held = BUF_INIT(journal_transaction_bytes_max),
                     .newest = BUF_INIT(journal_transaction_bytes_max)};
  struct journal *kept = store->journal;
  store->journal = NULL; /* what is replayed is in it already */
  err e = settle(j, store);
  if (e == ERR_OK) e = store->ops->number_load(store, STORE_JOURNAL, &r.known);
  r.newest_number = r.known;
  if (e == ERR_OK) e = journal_read_all(j, replay_record, &r);
  if (e == ERR_OK) e = apply_held(&r);
  if (e == ERR_OK) e = stand_by_newest(&r, j);
  if (e == ERR_OK && r.changed) e = note_replay(&r);
  if (e != ERR_OK) store->ops->rollback(store);
  store->journal = kept;
  buf_wipe(&r.held);
  buf_wipe(&r.newest);
  *count_out = r.count;
  return e;
}
