/* journal.c: transactions into the journal, and back out of its file. */
#include "server/core/journal_file.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- entries ---- */

static err add(struct journal *j, enum journal_kind kind, struct slice bytes) {
  TRY(buf_put_u8(&j->entries, (uint8_t)kind));
  TRY(buf_put_u32(&j->entries, (uint32_t)bytes.len));
  return buf_append(&j->entries, bytes);
}

/* Ops follow one another by the thousand: they share an entry's head with nobody, but are small. */
err journal_op(struct journal *j, const struct merge_op *m) {
  if (!j) return ERR_OK;
  struct buf bytes = BUF_INIT(bundle_plain_bytes_max);
  const struct changeset cs = {.counter = m->id.counter,
                               .author = m->author,
                               .flags = m->flags,
                               .stamp = m->stamp,
                               .ops = m->op,
                               .op_count = 1};
  err e = changeset_encode(&bytes, &cs);
  if (e == ERR_OK) e = add(j, JOURNAL_OPS, buf_slice(&bytes));
  buf_finish(&bytes);
  return e;
}

static err put_text(struct buf *out, const char *text) {
  struct slice t = slice_text(text);
  TRY(buf_put_u8(out, (uint8_t)t.len));
  return buf_append(out, t);
}

static err device_encode(struct buf *out, const struct store_device *d) {
  TRY(buf_append(out, id_slice(&d->id)));
  TRY(buf_put_u8(out, d->kind));
  TRY(buf_put_u8(out, d->status));
  TRY(buf_append(out, slice_of(d->sign_public, key_bytes)));
  TRY(buf_append(out, slice_of(d->noise_public, key_bytes)));
  TRY(buf_put_u64(out, (uint64_t)d->enrolled_ms));
  TRY(put_text(out, d->name));
  TRY(put_text(out, d->program));
  return put_text(out, d->digits);
}

err journal_device(struct journal *j, const struct store_device *d) {
  if (!j) return ERR_OK;
  struct buf bytes = BUF_INIT(4096);
  err e = device_encode(&bytes, d);
  if (e == ERR_OK) e = add(j, JOURNAL_DEVICE, buf_slice(&bytes));
  buf_finish(&bytes);
  return e;
}

err journal_order(struct journal *j, const struct store_order *o) {
  if (!j) return ERR_OK;
  struct buf bytes = BUF_INIT(4096);
  err e = buf_append(&bytes, id_slice(&o->device));
  if (e == ERR_OK) e = buf_put_u64(&bytes, o->number);
  if (e == ERR_OK) e = buf_put_u8(&bytes, o->kind);
  if (e == ERR_OK) e = buf_append(&bytes, o->bytes);
  if (e == ERR_OK) e = add(j, JOURNAL_ORDER, buf_slice(&bytes));
  buf_finish(&bytes);
  return e;
}

err journal_keys(struct journal *j, struct slice keys_file) {
  return j ? add(j, JOURNAL_KEYS, keys_file) : ERR_OK;
}

/* ---- around a commit ---- */

void journal_forget(struct journal *j) {
  if (!j) return;
  buf_wipe(&j->entries);
  j->entries = (struct buf)BUF_INIT(journal_transaction_bytes_max);
  j->appended = 0;
}

err journal_before_commit(struct journal *j, struct store *store) {
  if (!j || j->entries.len == 0) return ERR_OK;
  if (j->broken) return ERR_IO;
  TRY(journal_read_on(j, NULL, NULL));
  uint64_t known, number = j->last + 1;
  TRY(store->ops->number_load(store, STORE_JOURNAL, &known));
  if (known >= number) number = known + 1; /* the journal was lost, and begins again */
  TRY(journal_append(j, JOURNAL_TRANSACTION, number, buf_slice(&j->entries)));
  j->appended = number;
  return store->ops->number_save(store, STORE_JOURNAL, number);
}

void journal_not_committed(struct journal *j) {
  if (!j || j->appended == 0) return;
  err e = journal_read_on(j, NULL, NULL);
  if (e == ERR_OK) e = journal_append(j, JOURNAL_TAKEN_BACK, j->appended, slice_of(NULL, 0));
  j->broken = e != ERR_OK;
  journal_forget(j);
}

/* ---- replay ---- */

struct replay {
  const struct hub *hub;
  struct store *store;
  const struct now *now;
  uint64_t known; /* the last transaction the database has */
  size_t count;
  bool changed;
  uint64_t held_number; /* a transaction that is applied unless the next record takes it back */
  struct buf held;
};

struct applying {
  struct replay *r;
  struct work work;
  struct arena arena;
  uint64_t counter, stamp;
};

static err apply_op(struct applying *a, struct slice bytes) {
  struct changeset cs;
  bool seen;
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
  a->r->changed = true;
  TRY(work_apply(&a->work, &m, 0, &outcome));
  return work_accept(&a->work, &m.id, 1);
}

static err get_text(struct cursor *c, char *out, size_t size) {
  uint8_t len;
  TRY(cursor_u8(c, &len));
  if (len >= size) return ERR_CORRUPT;
  bytes_zero(out, size);
  return cursor_copy(c, out, len);
}

static err apply_device(struct applying *a, struct slice bytes) {
  struct cursor c = cursor_of(bytes);
  struct store_device d = {.incarnation = 1}, known;
  uint64_t enrolled;
  TRY(cursor_copy(&c, &d.id, id_bytes));
  TRY(cursor_u8(&c, &d.kind));
  TRY(cursor_u8(&c, &d.status));
  TRY(cursor_copy(&c, d.sign_public, key_bytes));
  TRY(cursor_copy(&c, d.noise_public, key_bytes));
  TRY(cursor_u64(&c, &enrolled));
  TRY(get_text(&c, d.name, sizeof d.name));
  TRY(get_text(&c, d.program, sizeof d.program));
  TRY(get_text(&c, d.digits, sizeof d.digits));
  d.enrolled_ms = (int64_t)enrolled;
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

static err apply_entry(struct applying *a, enum journal_kind kind, struct slice bytes) {
  switch (kind) {
  case JOURNAL_OPS: return apply_op(a, bytes);
  case JOURNAL_DEVICE: return apply_device(a, bytes);
  case JOURNAL_ORDER: return apply_order(a, bytes);
  case JOURNAL_KEYS: return ERR_OK; /* the caller's, before it opened the store */
  }
  return ERR_VERSION;
}

static err apply_entries(struct applying *a, struct slice body) {
  struct cursor c = cursor_of(body);
  while (cursor_left(&c) > 0) {
    uint8_t kind;
    uint32_t len;
    struct slice bytes;
    TRY(cursor_u8(&c, &kind));
    TRY(cursor_u32(&c, &len));
    TRY(cursor_bytes(&c, len, &bytes));
    TRY(apply_entry(a, (enum journal_kind)kind, bytes));
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
  work_finish(&a.work);
  arena_finish(&a.arena);
  if (e == ERR_OK) e = s->ops->commit(s);
  if (e != ERR_OK) s->ops->rollback(s);
  r->count += e == ERR_OK && lacks;
  return e;
}

static err apply_held(struct replay *r) {
  uint64_t number = r->held_number;
  r->held_number = 0;
  return number ? apply_transaction(r, number, buf_slice(&r->held)) : ERR_OK;
}

/* A transaction waits for the next record: that may take it back. */
static err replay_record(void *ctx, enum journal_record kind, uint64_t number, struct slice body) {
  struct replay *r = ctx;
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

/* Positions that devices have heard of mean nothing any more. */
static err new_epoch(struct replay *r) {
  struct store *s = r->store;
  uint64_t epoch;
  char detail[64];
  (void)snprintf(detail, sizeof detail, "transactions=%zu", r->count);
  TRY(s->ops->begin(s));
  TRY(s->ops->number_load(s, STORE_EPOCH, &epoch));
  TRY(s->ops->number_save(s, STORE_EPOCH, epoch + 1));
  TRY(s->ops->audit(s, r->now->wall_ms, &r->hub->id, "journal.replay", detail));
  return s->ops->commit(s);
}

err journal_replay(size_t *count_out, struct journal *j, const struct hub *hub, struct store *store,
                   const struct now *now) {
  struct replay r = {.hub = hub, .store = store, .now = now, .held = BUF_INIT(journal_transaction_bytes_max)};
  struct journal *kept = store->journal;
  store->journal = NULL; /* what is replayed is in it already */
  err e = store->ops->number_load(store, STORE_JOURNAL, &r.known);
  if (e == ERR_OK) e = journal_read_all(j, replay_record, &r);
  if (e == ERR_OK) e = apply_held(&r);
  if (e == ERR_OK && r.changed) e = new_epoch(&r);
  if (e != ERR_OK) store->ops->rollback(store);
  store->journal = kept;
  buf_wipe(&r.held);
  *count_out = r.count;
  return e;
}

/* ---- keys ---- */

static err find_keys(void *ctx, enum journal_record kind, uint64_t number, struct slice body) {
  struct buf *out = ctx;
  struct cursor c = cursor_of(body);
  (void)number;
  while (kind == JOURNAL_TRANSACTION && cursor_left(&c) > 0) {
    uint8_t entry;
    uint32_t len;
    struct slice bytes;
    TRY(cursor_u8(&c, &entry));
    TRY(cursor_u32(&c, &len));
    TRY(cursor_bytes(&c, len, &bytes));
    if (entry != JOURNAL_KEYS) continue;
    buf_clear(out);
    TRY(buf_append(out, bytes));
  }
  return ERR_OK;
}

err journal_newest_keys(struct journal *j, struct buf *out) { return journal_read_all(j, find_keys, out); }
