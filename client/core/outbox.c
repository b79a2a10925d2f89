/* outbox.c: appending records, and looking bundles up. Reading the file at start stands in outbox_load.c. */
#include "client/core/outbox.h"

#include <stdlib.h>

#include "client/core/outbox_record.h"
#include "proto/bundle.h"

uint64_t outbox_tag(const struct id *session) {
  uint64_t tag = 0;
  bytes_copy(&tag, session->b, sizeof tag);
  return tag;
}

void outbox_finish(struct outbox *o) {
  for (size_t i = 0; i < o->count; i += 1) {
    outbox_facts_finish(&o->list[i].facts);
    free(o->list[i].exceptions);
  }
  free(o->list);
  free(o->acks);
  if (o->file) o->ops->close(o->file);
  bytes_zero(o, sizeof *o);
}

err outbox_sync(struct outbox *o) { return o->ops->sync(o->file); }

/* Writes one record at the end; the size grows only when it was written whole, so a failed write is
 * overwritten by the next. */
static err append(struct outbox *o, enum outbox_record kind, struct slice body) {
  struct buf record = BUF_INIT(bundle_bytes_max + 65536);
  err e = outbox_record_encode(&record, kind, body);
  uint64_t max = kind == OUTBOX_BUNDLE ? outbox_bytes_max : outbox_bytes_max + outbox_spare_bytes;
  if (e == ERR_OK && o->size + record.len > max) e = ERR_FULL;
  if (e == ERR_OK) e = o->ops->write(o->file, o->size, buf_slice(&record));
  if (e == ERR_OK) o->size += record.len;
  buf_finish(&record);
  return e;
}

err outbox_add(struct outbox *o, const struct outbox_facts *facts, struct slice bundle) {
  if (!outbox_follows(o, facts)) return ERR_CORRUPT;
  struct buf body = BUF_INIT(bundle_bytes_max + 65536);
  uint64_t before = o->size;
  err e = outbox_bundle_encode(&body, facts, bundle);
  if (e == ERR_OK) e = append(o, OUTBOX_BUNDLE, buf_slice(&body));
  if (e == ERR_OK) e = outbox_sync(o);
  if (e == ERR_OK) e = outbox_index_bundle(o, buf_slice(&body), before + outbox_head_bytes);
  if (e != ERR_OK) o->size = before;
  buf_finish(&body);
  return e;
}

err outbox_ack(struct outbox *o, const struct ack *ack) {
  struct buf body = BUF_INIT(64);
  for (size_t i = 0; i < o->ack_count; i += 1) {
    if (ack_compare(&o->acks[i], ack) == 0) return ERR_OK;
  }
  if (o->ack_count >= acks_kept_max) return ERR_FULL;
  uint64_t before = o->size;
  err e = outbox_ack_encode(&body, ack);
  if (e == ERR_OK) e = append(o, OUTBOX_ACK, buf_slice(&body));
  if (e == ERR_OK) e = outbox_sync(o);
  if (e == ERR_OK) e = outbox_index_ack(o, buf_slice(&body));
  if (e != ERR_OK) o->size = before;
  buf_finish(&body);
  return e;
}

static bool tells(const struct outbox_bundle *b, const struct ack *ack) {
  for (uint32_t i = 0; i < b->facts.ack_count; i += 1) {
    if (ack_compare(&b->facts.acks[i], ack) == 0) return true;
  }
  return false;
}

/* A bundle of an earlier incarnation without a receipt never reached the hub, or not as this device's. */
static bool is_told(const struct outbox *o, uint32_t incarnation, const struct ack *ack) {
  for (size_t i = o->count; i > 0; i -= 1) {
    const struct outbox_bundle *b = &o->list[i - 1];
    bool counts = b->facts.incarnation == incarnation || b->status != 0;
    if (b->facts.ack_count && counts && tells(b, ack)) return true;
  }
  return false;
}

/* The smallest that is still missing from a rising list is put into its place. */
static void insert_ack(struct ack *list, size_t *count, size_t max, const struct ack *ack) {
  size_t at = *count;
  while (at > 0 && ack_compare(ack, &list[at - 1]) < 0) at -= 1;
  if (at == max) return;
  if (*count < max) *count += 1;
  for (size_t i = *count - 1; i > at; i -= 1) list[i] = list[i - 1];
  list[at] = *ack;
}

size_t outbox_acks_waiting(const struct outbox *o, uint32_t incarnation, struct ack *out, size_t max) {
  size_t count = 0;
  for (size_t i = 0; i < o->ack_count; i += 1) {
    if (!is_told(o, incarnation, &o->acks[i])) insert_ack(out, &count, max, &o->acks[i]);
  }
  return count;
}

err outbox_mark(struct outbox *o, bool open) {
  if (o->open == open) return ERR_OK;
  TRY(append(o, open ? OUTBOX_OPEN : OUTBOX_CLEAN, slice_of(NULL, 0)));
  TRY(outbox_sync(o));
  o->open = open;
  return ERR_OK;
}

/* Receipts may be signed anew, and come by two ways. The later one has the higher (epoch, position); one that
 * says "held" is always the first. */
static bool says_nothing_new(const struct outbox_bundle *b, const struct receipt *r) {
  if (b->status == 0) return false;
  if (r->status == RECEIPT_HELD || b->status == RECEIPT_HELD) return r->status == RECEIPT_HELD;
  return r->epoch != b->epoch ? r->epoch < b->epoch : r->position <= b->position;
}

err outbox_receipt(struct outbox *o, struct slice bytes, const struct receipt *r, bool *news_out) {
  *news_out = false;
  const struct outbox_bundle *b = outbox_find(o, r->incarnation, r->seq);
  if (!b || !crypto_equal(b->hash, r->bundle_hash, hash_bytes) || says_nothing_new(b, r)) return ERR_OK;
  TRY(append(o, OUTBOX_RECEIPT, bytes));
  TRY(outbox_index_receipt(o, r));
  *news_out = true;
  return ERR_OK;
}

err outbox_read(const struct outbox *o, const struct outbox_bundle *b, struct buf *out) {
  size_t before = out->len;
  TRY(buf_append_zeros(out, b->len));
  err e = o->ops->read(o->file, b->offset, out->ptr + before, b->len);
  if (e != ERR_OK) return e == ERR_TRUNCATED ? ERR_CORRUPT : e;
  uint8_t hash[hash_bytes];
  bundle_hash(hash, slice_of(out->ptr + before, b->len));
  return crypto_equal(hash, b->hash, hash_bytes) ? ERR_OK : ERR_CORRUPT;
}

const struct outbox_bundle *outbox_last(const struct outbox *o, uint32_t incarnation) {
  for (size_t i = o->count; i > 0; i -= 1) {
    if (o->list[i - 1].facts.incarnation == incarnation) return &o->list[i - 1];
  }
  return NULL;
}

const struct outbox_bundle *outbox_find(const struct outbox *o, uint32_t incarnation, uint64_t seq) {
  for (size_t i = o->count; i > 0; i -= 1) {
    const struct outbox_facts *f = &o->list[i - 1].facts;
    if (f->incarnation == incarnation && f->seq == seq) return &o->list[i - 1];
  }
  return NULL;
}

bool outbox_is_full(const struct outbox *o) {
  return o->size + 2 * (uint64_t)bundle_bytes_max > outbox_bytes_max;
}

static bool is_withheld(enum receipt_status s) {
  return s == RECEIPT_HELD || s == RECEIPT_QUARANTINED || s == RECEIPT_REFUSED;
}

/* The other side of a fork, and a bundle that nobody could read, are answered with one exception; values that
 * are not allowed, and a learner who was erased, spoil their own changeset alone. */
static bool is_of_all(const struct receipt_exception *x) {
  if (x->status == RECEIPT_QUARANTINED) return x->reason == ERR_FORK;
  return x->status == RECEIPT_REFUSED && x->reason != ERR_INVALID && x->reason != ERR_REJECTED &&
         x->reason != ERR_ERASED;
}

static const struct receipt_exception held = {.status = RECEIPT_HELD, .reason = ERR_GAP};

const struct receipt_exception *outbox_whole(const struct outbox_bundle *b) {
  if (b->exception_count && is_of_all(&b->exceptions[0])) return &b->exceptions[0];
  return b->status == RECEIPT_HELD && b->exception_count == 0 ? &held : NULL;
}

/* A fork that was refused is answered too: its work was numbered anew and came by another bundle. So is what
 * was about a learner who was erased. */
bool outbox_is_answered(const struct outbox_bundle *b) {
  if (b->status != RECEIPT_REFUSED) return false;
  for (size_t i = 0; i < b->exception_count; i += 1) {
    const struct receipt_exception *x = &b->exceptions[i];
    if (is_withheld(x->status) && x->reason != ERR_REJECTED && x->reason != ERR_FORK &&
        x->reason != ERR_ERASED)
      return false;
  }
  return true;
}

bool outbox_withholds(const struct outbox_bundle *b, uint32_t changeset) {
  if (outbox_whole(b)) return true;
  for (size_t i = 0; i < b->exception_count; i += 1) {
    const struct receipt_exception *x = &b->exceptions[i];
    if (x->changeset == changeset && is_withheld(x->status)) return true;
  }
  return false;
}
