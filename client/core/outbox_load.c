/* outbox_load.c: reading the outbox at start: a torn tail is cut off, damage in the middle is refused, old
 * receipted bundles are left out. */
#include "client/core/outbox_record.h"

enum { record_body_bytes_max = bundle_bytes_max + 65536, window_bytes = 16384 };
static const uint64_t looked_bytes_max = 8 * (uint64_t)outbox_bytes_max;
static const char file_name[] = "outbox";

struct reading {
  struct outbox *o;
  const struct sign_ring *hub_keys;
  struct buf record;
  struct arena arena;
  uint64_t looked; /* bytes read, at most, to find out whether a record stands where one may */
};

/* Reads the record at `at` into r->record. ERR_TRUNCATED or ERR_CORRUPT when no whole one stands there. */
static err read_record(struct reading *r, uint64_t at, uint64_t end, enum outbox_record *kind_out,
                       struct slice *body_out) {
  uint8_t head[outbox_head_bytes];
  uint32_t len = 0;
  if (end - at < outbox_head_bytes + outbox_sum_bytes) return ERR_TRUNCATED;
  TRY(r->o->ops->read(r->o->file, at, head, sizeof head));
  struct cursor c = cursor_of(slice_of(head, sizeof head));
  TRY(cursor_u32(&c, &len));
  if (len > record_body_bytes_max) return ERR_CORRUPT;
  if (end - at - outbox_head_bytes - outbox_sum_bytes < len) return ERR_TRUNCATED;
  buf_clear(&r->record);
  TRY(buf_append_zeros(&r->record, outbox_head_bytes + len + outbox_sum_bytes));
  TRY(r->o->ops->read(r->o->file, at, r->record.ptr, r->record.len));
  return outbox_record_decode(buf_slice(&r->record), kind_out, body_out);
}

static err take_receipt(struct reading *r, struct slice body) {
  struct receipt receipt;
  arena_clear(&r->arena);
  err e = receipt_decode_by(&receipt, body, r->hub_keys, &r->arena);
  if (e == ERR_NO_MEMORY) return e;
  return e == ERR_OK ? outbox_index_receipt(r->o, &receipt) : ERR_OK;
}

static err take(struct reading *r, enum outbox_record kind, struct slice body, uint64_t body_offset) {
  switch (kind) {
  case OUTBOX_BUNDLE: return outbox_index_bundle(r->o, body, body_offset);
  case OUTBOX_RECEIPT: return take_receipt(r, body);
  case OUTBOX_OPEN: r->o->open = true; return ERR_OK;
  case OUTBOX_CLEAN: r->o->open = false; return ERR_OK;
  case OUTBOX_ACK: return outbox_index_ack(r->o, body);
  default: return ERR_OK; /* of a newer program: kept, not understood */
  }
}

/* A whole bundle at exactly this place. Sealed bytes look like a head once in a million; whoever made a file
 * in which every byte does is not waited for: it counts as damaged. */
static bool is_bundle(struct reading *r, uint64_t at, uint64_t end) {
  if (r->looked > looked_bytes_max) return true;
  r->looked += record_body_bytes_max;
  enum outbox_record kind = OUTBOX_OPEN;
  struct slice body = {NULL, 0};
  return read_record(r, at, end, &kind, &body) == ERR_OK && kind == OUTBOX_BUNDLE;
}

/* Whether a bundle's head may stand there, so that its checksum is worth the time. */
static bool may_be_bundle(struct slice head) {
  struct cursor c = cursor_of(head);
  uint32_t len = 0;
  uint8_t kind = 0;
  if (cursor_u32(&c, &len) != ERR_OK || cursor_u8(&c, &kind) != ERR_OK) return false;
  return kind == OUTBOX_BUNDLE && len > 0 && len <= record_body_bytes_max;
}

/* After something that is not a whole record: does a whole bundle still stand behind it? What the damage says
 * of its length may be wrong, so every place is looked at. */
static bool bundle_behind(struct reading *r, uint64_t at, uint64_t end) {
  uint8_t window[window_bytes];
  while (end - at > outbox_head_bytes + outbox_sum_bytes) {
    size_t len = end - at < sizeof window ? (size_t)(end - at) : sizeof window;
    if (r->o->ops->read(r->o->file, at, window, len) != ERR_OK) return false;
    for (size_t i = 0; i + outbox_head_bytes <= len; i += 1) {
      if (may_be_bundle(slice_of(window + i, outbox_head_bytes)) && is_bundle(r, at + i, end)) return true;
    }
    at += len - outbox_head_bytes + 1; /* a head may lie across two windows */
  }
  return false;
}

/* Receipts are written without waiting for the disk; nothing else is. */
static bool waits_for_disk(enum outbox_record kind) { return kind != OUTBOX_RECEIPT; }

/* What was written last is written again. A flush that failed may have left it in the machine's memory alone,
 * where it reads as if it were on the disk, and where a later flush does not look for it. What leaves the
 * device must not be gone with the power, or its number is given to other work. */
static err settle_tail(struct outbox *o, uint64_t from) {
  uint8_t window[window_bytes];
  err e = ERR_OK;
  while (e == ERR_OK && from < o->size) {
    size_t len = o->size - from < sizeof window ? (size_t)(o->size - from) : sizeof window;
    e = o->ops->read(o->file, from, window, len);
    if (e == ERR_OK) e = o->ops->write(o->file, from, slice_of(window, len));
    from += len;
  }
  if (e == ERR_OK) e = outbox_sync(o);
  return e == ERR_FULL || e == ERR_READ_ONLY ? ERR_OK : e; /* such a disk still gives what it has */
}

static bool is_torn(err e) { return e == ERR_TRUNCATED || e == ERR_CORRUPT; }

static err read_records(struct reading *r, uint64_t end, struct fault *fault) {
  uint64_t at = outbox_magic_bytes, settled = at, tail = at;
  while (at < end) {
    enum outbox_record kind = OUTBOX_OPEN;
    struct slice body = {NULL, 0};
    err e = read_record(r, at, end, &kind, &body);
    if (is_torn(e)) {
      if (bundle_behind(r, at, end)) {
        return fault_set(fault, ERR_CORRUPT,
                         "the file %s is damaged in the middle; copy it for the office before anything else",
                         file_name);
      }
      break;
    }
    TRY(e);
    TRY(take(r, kind, body, at + outbox_head_bytes));
    at += r->record.len;
    if (waits_for_disk(kind)) {
      tail = settled; /* behind the last but one of them */
      settled = at;
    }
  }
  r->o->size = at;
  if (at < end) TRY(r->o->ops->truncate(r->o->file, at));
  return settle_tail(r->o, tail);
}

/* A file shorter than its magic was torn while it was made. */
static err read_magic(struct outbox *o, uint64_t size, struct fault *fault) {
  char magic[outbox_magic_bytes];
  if (size < outbox_magic_bytes) {
    TRY(o->ops->truncate(o->file, 0));
    TRY(o->ops->write(o->file, 0, slice_text(outbox_magic)));
    return outbox_sync(o);
  }
  TRY(o->ops->read(o->file, 0, magic, sizeof magic));
  if (slice_equal(slice_of(magic, sizeof magic), slice_text(outbox_magic))) return ERR_OK;
  return fault_set(fault, ERR_VERSION,
                   "the file %s was written by another version of Tutti: update this program", file_name);
}

/* ---- leaving old receipted bundles out ---- */

/* The newest time a hub has vouched for. */
static int64_t proven_ms(const struct outbox *o, int64_t hub_ms) {
  for (size_t i = 0; i < o->count; i += 1) {
    if (o->list[i].status != 0 && o->list[i].received_ms > hub_ms) hub_ms = o->list[i].received_ms;
  }
  return hub_ms;
}

/* The newest done one of its incarnation tells the hub at the next greeting what it once signed for. */
static bool is_newest_done(const struct outbox *o, size_t index) {
  for (size_t i = index + 1; i < o->count; i += 1) {
    bool same = o->list[i].facts.incarnation == o->list[index].facts.incarnation;
    if (same && outbox_done(&o->list[i])) return false;
  }
  return true;
}

static bool is_old(const struct outbox *o, size_t index, int64_t hub_ms) {
  const struct outbox_bundle *b = &o->list[index];
  if (!outbox_done(b) || index + 1 == o->count) return false; /* the last one carries the chain on */
  int64_t days = b->keep_days ? b->keep_days : outbox_keep_days;
  return b->received_ms + days * 86400000 < hub_ms && !is_newest_done(o, index);
}

static bool has_old(const struct outbox *o, int64_t hub_ms) {
  for (size_t i = 0; i < o->count; i += 1) {
    if (is_old(o, i, hub_ms)) return true;
  }
  return false;
}

/* Told by a bundle that goes; without it the ack would be told again. */
static bool goes_with_its_bundle(const struct outbox *o, struct slice body, int64_t hub_ms) {
  struct ack ack;
  if (outbox_ack_decode(&ack, body) != ERR_OK) return false;
  for (size_t i = 0; i < o->count; i += 1) {
    const struct outbox_facts *f = &o->list[i].facts;
    for (uint32_t k = 0; k < f->ack_count; k += 1) {
      if (ack_compare(&f->acks[k], &ack) == 0 && is_old(o, i, hub_ms)) return true;
    }
  }
  return false;
}

/* A receipt goes with its bundle, and so does one that nobody signed. */
static bool stays_with_its_bundle(struct reading *r, struct slice body, int64_t hub_ms) {
  struct receipt receipt;
  arena_clear(&r->arena);
  if (receipt_decode_by(&receipt, body, r->hub_keys, &r->arena) != ERR_OK) return false;
  const struct outbox_bundle *b = outbox_find(r->o, receipt.incarnation, receipt.seq);
  return b && !is_old(r->o, (size_t)(b - r->o->list), hub_ms);
}

static bool wants_record(struct reading *r, enum outbox_record kind, struct slice body, int64_t hub_ms) {
  struct cursor c = cursor_of(body);
  uint32_t incarnation = 0;
  uint32_t schema = 0;
  uint64_t seq = 0;
  if (kind == OUTBOX_ACK) return !goes_with_its_bundle(r->o, body, hub_ms);
  if (kind == OUTBOX_RECEIPT) return stays_with_its_bundle(r, body, hub_ms);
  if (kind == OUTBOX_OPEN || kind == OUTBOX_CLEAN) return false; /* the last one is written at the end */
  if (kind != OUTBOX_BUNDLE) return true;
  if (cursor_u32(&c, &incarnation) != ERR_OK || cursor_u32(&c, &schema) != ERR_OK ||
      cursor_u64(&c, &seq) != ERR_OK)
    return true;
  const struct outbox_bundle *b = outbox_find(r->o, incarnation, seq);
  return !b || !is_old(r->o, (size_t)(b - r->o->list), hub_ms);
}

static err copy_wanted(struct reading *r, int64_t hub_ms, struct buf *out) {
  TRY(buf_append(out, slice_text(outbox_magic)));
  for (uint64_t at = outbox_magic_bytes; at < r->o->size; at += r->record.len) {
    enum outbox_record kind = OUTBOX_OPEN;
    struct slice body = {NULL, 0};
    TRY(read_record(r, at, r->o->size, &kind, &body));
    if (wants_record(r, kind, body, hub_ms)) TRY(buf_append(out, buf_slice(&r->record)));
  }
  return r->o->open ? outbox_record_encode(out, OUTBOX_OPEN, slice_of(NULL, 0)) : ERR_OK;
}

static err compact(struct reading *r, int64_t hub_ms, bool *done_out) {
  struct buf kept = BUF_INIT(outbox_bytes_max + outbox_spare_bytes);
  err e = copy_wanted(r, hub_ms, &kept);
  if (e == ERR_OK) e = r->o->ops->replace(r->o->ops->ctx, file_name, buf_slice(&kept));
  buf_finish(&kept);
  *done_out = e == ERR_OK;
  return e == ERR_FULL || e == ERR_READ_ONLY || e == ERR_NO_MEMORY ? ERR_OK : e;
}

static err load_once(struct outbox *out, const struct file_ops *ops, const struct sign_ring *hub_keys,
                     int64_t hub_ms, bool *again_out, struct fault *fault) {
  uint64_t size = 0;
  bytes_zero(out, sizeof *out);
  out->ops = ops;
  TRY(ops->open(ops->ctx, file_name, true, &out->file));
  TRY(ops->size(out->file, &size));
  TRY(read_magic(out, size, fault));
  struct reading r = {out, hub_keys, BUF_INIT(record_body_bytes_max + 64), ARENA_INIT(16777216), 0};
  err e = read_records(&r, size < outbox_magic_bytes ? outbox_magic_bytes : size, fault);
  hub_ms = proven_ms(out, hub_ms);
  if (e == ERR_OK && *again_out && out->size > outbox_compact_bytes && has_old(out, hub_ms))
    e = compact(&r, hub_ms, again_out);
  else
    *again_out = false;
  buf_finish(&r.record);
  arena_finish(&r.arena);
  return e;
}

err outbox_load(struct outbox *out, const struct file_ops *ops, const struct sign_ring *hub_keys,
                int64_t hub_ms, struct fault *fault) {
  bool again = true;
  err e = load_once(out, ops, hub_keys, hub_ms, &again, fault);
  if (e == ERR_OK && again) {
    outbox_finish(out);
    again = false;
    e = load_once(out, ops, hub_keys, hub_ms, &again, fault);
  }
  if (e == ERR_OK) return e;
  if (fault && fault->code == ERR_OK)
    (void)fault_set(fault, e, "the file %s cannot be read: %s", file_name, err_text(e));
  outbox_finish(out);
  return e;
}
