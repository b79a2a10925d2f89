/* journal.c: transactions into the journal. */
#include "server/core/erase.h"
#include "server/core/journal_file.h"
#include "server/core/retention.h"

/* ---- entries ---- */

static void put_length(uint8_t out[4], size_t len) {
  for (size_t i = 0; i < 4; i++) out[i] = (uint8_t)(len >> 8 * i);
}

/* Ops follow one another by the thousand: they share an entry's head with nobody, but are small. Each is
 * written where it will stand, and its length put in front afterwards. */
err journal_op(struct journal *j, const struct merge_op *m) {
  if (!j) return ERR_OK;
  const struct changeset cs = {.counter = m->id.counter,
                               .author = m->author,
                               .flags = m->flags,
                               .stamp = m->stamp,
                               .ops = m->op,
                               .op_count = 1};
  struct buf *out = &j->entries;
  TRY(journal_put_entry(out, JOURNAL_OPS, slice_of(NULL, 0)));
  size_t start = out->len;
  TRY(changeset_encode(out, &cs));
  if (out->len - start > bundle_plain_bytes_max) return ERR_TOO_BIG;
  put_length(out->ptr + start - 4, out->len - start);
  return ERR_OK;
}

static err device_encode(struct buf *out, const struct store_device *d) {
  TRY(buf_append(out, id_slice(&d->id)));
  TRY(buf_put_u8(out, d->kind));
  TRY(buf_put_u8(out, d->status));
  TRY(buf_append(out, slice_of(d->sign_public, key_bytes)));
  TRY(buf_append(out, slice_of(d->noise_public, key_bytes)));
  TRY(buf_put_u64(out, (uint64_t)d->enrolled_ms));
  TRY(journal_put_text(out, d->name));
  TRY(journal_put_text(out, d->program));
  return journal_put_text(out, d->digits);
}

err journal_device(struct journal *j, const struct store_device *d) {
  if (!j) return ERR_OK;
  struct buf bytes = BUF_INIT(4096);
  err e = device_encode(&bytes, d);
  return journal_add(j, JOURNAL_DEVICE, &bytes, e);
}

err journal_order(struct journal *j, const struct store_order *o) {
  if (!j) return ERR_OK;
  struct buf bytes = BUF_INIT(4096);
  err e = buf_append(&bytes, id_slice(&o->device));
  if (e == ERR_OK) e = buf_put_u64(&bytes, o->number);
  if (e == ERR_OK) e = buf_put_u8(&bytes, o->kind);
  if (e == ERR_OK) e = buf_append(&bytes, o->bytes);
  return journal_add(j, JOURNAL_ORDER, &bytes, e);
}

err journal_keys(struct journal *j, struct slice keys_file) {
  return j ? journal_put_entry(&j->entries, JOURNAL_KEYS, keys_file) : ERR_OK;
}

/* How many, then each one's table and id. */
static err put_rows(struct buf *out, const struct write_erasure *w) {
  uint32_t count = 0;
  for (size_t i = 0; i < w->row_count; i++) count += erase_lists(&w->rows[i]);
  TRY(buf_put_u32(out, count));
  for (size_t i = 0; i < w->row_count; i++) {
    if (!erase_lists(&w->rows[i])) continue;
    TRY(buf_put_u8(out, w->rows[i].table->id));
    TRY(buf_append(out, id_slice(&w->rows[i].id)));
  }
  return ERR_OK;
}

err journal_erasure(struct journal *j, const struct write_erasure *w) {
  if (!j) return ERR_OK;
  struct buf bytes = BUF_INIT(journal_transaction_bytes_max);
  err e = buf_append(&bytes, id_slice(&w->learner));
  if (e == ERR_OK) e = buf_put_u64(&bytes, w->entry.number);
  if (e == ERR_OK) e = buf_put_u64(&bytes, (uint64_t)w->entry.at_ms);
  if (e == ERR_OK) e = buf_append(&bytes, id_slice(&w->entry.by));
  if (e == ERR_OK) e = put_rows(&bytes, w);
  if (e == ERR_OK) e = buf_append(&bytes, w->entry.reason);
  return journal_add(j, JOURNAL_ERASURE, &bytes, e);
}

static err put_retired(struct buf *out, const struct write_erasure *w) {
  TRY(buf_put_u64(out, w->entry.number));
  for (size_t i = 0; i < w->row_count; i++) {
    TRY(buf_put_u8(out, w->rows[i].table->id));
    TRY(buf_append(out, id_slice(&w->rows[i].id)));
  }
  return ERR_OK;
}

err journal_retired(struct journal *j, const struct write_erasure *w) {
  if (!j) return ERR_OK;
  struct buf bytes = BUF_INIT(journal_transaction_bytes_max);
  err e = put_retired(&bytes, w);
  return journal_add(j, JOURNAL_RETIRED, &bytes, e);
}

static err put_period(struct buf *out, const char *line, const struct retention_period *p) {
  TRY(journal_put_text(out, line));
  TRY(buf_put_u32(out, p->months));
  TRY(buf_append(out, id_slice(&p->who)));
  return buf_put_u64(out, (uint64_t)p->at_ms);
}

err journal_period(struct journal *j, const char *line, const struct retention_period *p) {
  if (!j) return ERR_OK;
  struct buf bytes = BUF_INIT(4096);
  err e = put_period(&bytes, line, p);
  return journal_add(j, JOURNAL_PERIOD, &bytes, e);
}

err journal_hold(struct journal *j, const struct store_hold *hold) {
  if (!j) return ERR_OK;
  struct buf bytes = BUF_INIT(4096);
  err e = buf_append(&bytes, id_slice(&hold->learner));
  if (e == ERR_OK) e = buf_append(&bytes, id_slice(&hold->by));
  if (e == ERR_OK) e = buf_put_u64(&bytes, (uint64_t)hold->since_ms);
  if (e == ERR_OK) e = buf_put_u64(&bytes, (uint64_t)hold->lifted_ms);
  if (e == ERR_OK) e = buf_append(&bytes, hold->reason);
  return journal_add(j, JOURNAL_HOLD, &bytes, e);
}

err journal_decision(struct journal *j, const struct store_quarantine *q) {
  if (!j) return ERR_OK;
  struct buf bytes = BUF_INIT(4096);
  err e = buf_append(&bytes, id_slice(&q->device));
  if (e == ERR_OK) e = buf_put_u32(&bytes, q->incarnation);
  if (e == ERR_OK) e = buf_put_u64(&bytes, q->seq);
  if (e == ERR_OK) e = buf_put_u32(&bytes, q->changeset);
  if (e == ERR_OK) e = buf_put_u8(&bytes, (uint8_t)q->state);
  if (e == ERR_OK) e = buf_append(&bytes, id_slice(&q->by));
  if (e == ERR_OK) e = buf_put_u64(&bytes, (uint64_t)q->at_ms);
  if (e == ERR_OK) e = buf_append(&bytes, q->why);
  return journal_add(j, JOURNAL_DECISION, &bytes, e);
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

/* ---- keys ---- */

static err find_keys(void *ctx, enum journal_record kind, uint64_t number, struct slice body) {
  struct buf *out = ctx;
  struct cursor c = cursor_of(body);
  (void)number;
  while (kind == JOURNAL_TRANSACTION && cursor_left(&c) > 0) {
    enum journal_kind entry;
    struct slice bytes;
    TRY(journal_next_entry(&c, &entry, &bytes));
    if (entry != JOURNAL_KEYS) continue;
    buf_clear(out);
    TRY(buf_append(out, bytes));
  }
  return ERR_OK;
}

err journal_newest_keys(struct journal *j, struct buf *out) { return journal_read_all(j, find_keys, out); }
