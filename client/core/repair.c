/* repair.c: does this device hold what the hub says it should? When not, its list of rows goes to the hub,
 * which sends what differs; when that does not help, the whole stream is asked for anew. */
#include "client/core/repair.h"

#include "proto/digest.h"

enum { repair_row_bytes_max = 16777216, repairs_max = 1, restarts_max = 2 };

/* The rows of one stream in their order, each in the hub's form. */
struct listing {
  struct core *core;
  const struct stream *stream;
  struct arena arena; /* of one row */
  struct buf scratch, overlay;
  bool unknown; /* a row carries unsent work, and the hub's form of it is not kept: nothing can be said */
  err (*each)(struct listing *l, const struct member *m, const uint8_t hash[hash_bytes]);
  struct digest digest;
  struct buf rows; /* of the piece */
  uint8_t after[digest_key_bytes], last[digest_key_bytes];
  bool has_after;
};

/* *out stays NULL for a row that left and is kept only for the work that lies over it. */
static err overlaid_row(struct listing *l, const struct row **out) {
  struct unpacked *u = NULL;
  struct feed_batch batch;
  if (l->overlay.len == 0) return ERR_OK;
  TRY(unpack(&u, buf_slice(&l->overlay), codec_items_max));
  err e = feed_decode(&batch, unpack_root(u), &l->arena);
  if (e == ERR_OK && (batch.count != 1 || batch.items[0].kind != FEED_ROW)) e = ERR_CORRUPT;
  if (e == ERR_OK) *out = batch.items[0].row;
  unpack_finish(u);
  return e;
}

static err hub_row(struct listing *l, const struct member *m, const struct row **out) {
  struct store *s = l->core->store;
  bool found = false;
  buf_clear(&l->overlay);
  TRY(overlay_get(s, m->table, &m->row, &l->overlay, &found));
  if (found) return overlaid_row(l, out);
  l->unknown = l->unknown || pending_latest(&s->pending, m->table, &m->row) != NULL;
  struct row *row = arena_take(&l->arena, 1, sizeof *row);
  if (!row) return ERR_NO_MEMORY;
  TRY(rows_load(s->rows, schema_table(m->table), &m->row, &l->arena, row));
  row->id = m->row;
  *out = row;
  return ERR_OK;
}

/* A row that should be there and is not gets a hash like any other: that of nothing. */
static err list_member(void *ctx, const struct member *m) {
  struct listing *l = ctx;
  const struct row *row = NULL;
  uint8_t hash[hash_bytes];
  arena_clear(&l->arena);
  if (!schema_table(m->table)) return ERR_OK;
  TRY(hub_row(l, m, &row));
  if (!row || l->unknown) return ERR_OK;
  TRY(digest_row(hash, row, l->stream->audience, &l->scratch));
  return l->each(l, m, hash);
}

static err list_all(struct listing *l) {
  l->arena = (struct arena)ARENA_INIT(repair_row_bytes_max);
  l->scratch = (struct buf)BUF_INIT(repair_row_bytes_max);
  l->overlay = (struct buf)BUF_INIT(bundle_bytes_max);
  err e = member_each(l->core->store, l->stream, list_member, l);
  arena_finish(&l->arena);
  buf_finish(&l->scratch);
  buf_finish(&l->overlay);
  return e;
}

static err add_to_digest(struct listing *l, const struct member *m, const uint8_t hash[hash_bytes]) {
  (void)m;
  digest_add(&l->digest, hash);
  return ERR_OK;
}

/* ---- telling the hub ---- */

static err send_piece(struct listing *l, bool last) {
  struct message m = {.type = MSG_REPAIR,
                      .repair = {.stream = l->stream->id,
                                 .audience = l->stream->audience,
                                 .last = last,
                                 .after = slice_of(l->after, l->has_after ? sizeof l->after : 0),
                                 .rows = buf_slice(&l->rows)}};
  TRY(sync_send(l->core, &m));
  bytes_copy(l->after, l->last, sizeof l->after);
  l->has_after = true;
  buf_clear(&l->rows);
  return ERR_OK;
}

static err add_to_list(struct listing *l, const struct member *m, const uint8_t hash[hash_bytes]) {
  if (l->rows.len == (size_t)repair_rows_max * digest_entry_bytes) TRY(send_piece(l, false));
  TRY(digest_entry_write(&l->rows, m->table, &m->row, hash));
  bytes_copy(l->last, l->rows.ptr + l->rows.len - digest_entry_bytes, digest_key_bytes);
  return ERR_OK;
}

static err send_list(struct core *c, const struct stream *st) {
  struct listing l = {.core = c, .stream = st, .each = add_to_list, .rows = BUF_INIT(message_bytes_max)};
  err e = list_all(&l);
  if (e == ERR_OK) e = send_piece(&l, true);
  buf_finish(&l.rows);
  return e;
}

static err ask_anew(struct core *c, const struct stream *st) {
  struct message m = {.type = MSG_REPAIR,
                      .repair = {.stream = st->id, .audience = st->audience, .last = true, .restart = true}};
  return sync_send(c, &m);
}

static err put_right(struct core *c, struct stream *st) {
  char id[id_text_bytes];
  id_text(id, &st->id);
  st->mismatches += 1;
  log_write(c->config.log, LOG_WARN, "repair", "this device does not hold what it should stream=%s time=%u",
            id, st->mismatches);
  if (st->mismatches <= repairs_max) return send_list(c, st);
  return st->mismatches <= restarts_max ? ask_anew(c, st) : ERR_OK;
}

err repair_check(struct core *c, const struct feed_batch *batch) {
  struct stream *st = store_stream(c->store, &batch->stream);
  struct listing l = {.core = c, .stream = st, .each = add_to_digest};
  uint8_t own[hash_bytes];
  if (!st || !batch->has_digest) return ERR_OK;
  TRY(list_all(&l));
  if (l.unknown) return ERR_OK;
  digest_end(own, &l.digest, &st->id, st->audience);
  if (!crypto_equal(own, batch->digest, hash_bytes)) return put_right(c, st);
  st->mismatches = 0;
  return ERR_OK;
}
