/* carry_send.c: another device's file on its way to the hub, a piece at a time, and the hub's reply. */
#include "client/core/state.h"

void carry_stop(struct carry *k) {
  arena_finish(&k->arena);
  buf_finish(&k->bytes);
  k->going = false;
}

static size_t first_waiting(const struct core *c) {
  size_t at = 0;
  while (at < carried_files_max &&
         (c->carry.list[at].state != CARRIED_WAITING || !id_equal(&c->carry.list[at].hub, &c->identity.hub)))
    at += 1;
  return at;
}

/* One that is damaged waits no more, and the next one is looked for in a later step. */
static err begin(struct core *c, size_t at) {
  struct carry *k = &c->carry;
  struct slice file;
  buf_clear(&k->bytes);
  err e = carry_get(c, at, &k->bytes, &file);
  if (e == ERR_OK) e = export_decode(&k->file, file, &k->arena, NULL);
  k->receipts = e == ERR_OK ? arena_take(&k->arena, k->file.count, sizeof *k->receipts) : NULL;
  if (e == ERR_OK && !k->receipts) e = ERR_NO_MEMORY;
  k->at = at;
  k->next = k->receipt_count = 0;
  k->refused = 0;
  k->why = ERR_OK;
  k->going = e == ERR_OK;
  if (k->going) return ERR_OK;
  carry_stop(k);
  if (e == ERR_NO_MEMORY || e == ERR_IO) return e;
  c->carry.list[at].state = CARRIED_DAMAGED;
  return ERR_OK;
}

static size_t next_piece(const struct carry *k) {
  size_t count = 0;
  size_t bytes = 0;
  while (k->next + count < k->file.count) {
    bytes += k->file.bundles[k->next + count].len;
    if (count && bytes > carried_piece_bytes) break;
    count += 1;
  }
  return count;
}

static err send_piece(struct core *c) {
  struct carry *k = &c->carry;
  struct buf bytes = BUF_INIT(carried_piece_bytes_max);
  struct export_file piece = k->file;
  k->piece = next_piece(k);
  piece.bundles += k->next;
  piece.count = k->piece;
  err e = export_encode(&bytes, &piece);
  struct message m = {.type = MSG_CARRY, .carry = {c->carry.list[k->at].who, buf_slice(&bytes)}};
  if (e == ERR_OK) e = sync_send(c, &m);
  buf_finish(&bytes);
  c->sync.carrying = e == ERR_OK;
  return e;
}

err carry_send(struct core *c) {
  if (c->sync.carrying || c->sync.in_flight > 0) return ERR_OK;
  size_t at = first_waiting(c);
  if (!c->carry.going && at < carried_files_max) {
    TRY(begin(c, at));
    core_topic(c, "sync", NULL);
  }
  return c->carry.going ? send_piece(c) : ERR_OK;
}

/* ---- answers ---- */

/* The hub says of each piece what became of it; together that is the reply to the whole file. */
static err finish(struct core *c, const struct reply_file *last) {
  struct carry *k = &c->carry;
  struct carried_file known = c->carry.list[k->at];
  struct buf bytes = BUF_INIT(export_file_bytes_max);
  struct reply_file whole = *last;
  known.state = CARRIED_ANSWERED;
  known.receipts = (uint32_t)k->receipt_count;
  known.refused = k->refused;
  known.why = k->why;
  whole.hub = k->file.hub;
  whole.device = k->file.device;
  whole.receipts = k->receipts;
  whole.count = k->receipt_count;
  if (whole.manifest.len == 0) whole.manifest = c->identity.manifest_bytes;
  err e = reply_encode(&bytes, &whole);
  if (e == ERR_OK) e = carry_put(c, k->at, &known, buf_slice(&bytes));
  buf_finish(&bytes);
  if (e == ERR_OK) carry_stop(k);
  return e;
}

static err check(const struct carry *k, const struct reply_file *r) {
  if (!id_equal(&r->hub, &k->file.hub) || !id_equal(&r->device, &k->file.device)) return ERR_OTHER_HUB;
  return r->count <= k->piece ? ERR_OK : ERR_MALFORMED;
}

static err keep_receipts(struct carry *k, const struct reply_file *r) {
  for (size_t i = 0; i < r->count; i += 1) {
    struct slice copy = arena_copy(&k->arena, r->receipts[i]);
    if (!copy.ptr) return ERR_NO_MEMORY;
    k->receipts[k->receipt_count + i] = copy;
  }
  return ERR_OK;
}

/* A piece of which nothing could be kept is sent again on the next line. */
err carry_answered(struct core *c, const struct msg_carried *m) {
  struct carry *k = &c->carry;
  struct reply_file r = {.count = 0};
  if (!c->sync.carrying) return ERR_MALFORMED;
  c->sync.carrying = false;
  if (!k->going) return ERR_OK; /* forgotten meanwhile */
  if (m->reply.len) {
    err e = reply_decode(&r, m->reply, &c->arena, NULL);
    if (e != ERR_OK) return e == ERR_NO_MEMORY ? e : ERR_MALFORMED;
    TRY(check(k, &r));
  }
  TRY(keep_receipts(k, &r));
  size_t receipts = k->receipt_count;
  uint32_t refused = k->refused;
  if (k->why == ERR_OK && m->why.len) k->why = receipt_reason(m->why);
  k->refused += m->reply.len ? m->refused : (uint32_t)k->piece;
  k->receipt_count += r.count;
  k->next += k->piece;
  if (k->next < k->file.count) return ERR_OK;
  err e = finish(c, &r);
  if (e == ERR_OK) return e;
  k->next -= k->piece;
  k->receipt_count = receipts;
  k->refused = refused;
  return e;
}
