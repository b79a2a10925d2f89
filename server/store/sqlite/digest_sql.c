/* digest_sql.c: what a device should hold of a stream, as a digest, and what of its list is otherwise. */
#include <stdlib.h>
#include <string.h>

#include "proto/digest.h"
#include "server/store/sqlite/sqlite_store.h"

enum { row_arena_bytes_max = 16777216 };

/* One stream as an audience may hold it. */
struct scan {
  struct sqlite_store *q;
  uint8_t audience;
  struct arena arena; /* of one row */
  struct buf scratch;
};

static err hash_row(struct scan *s, const struct table *t, const struct id *id, uint8_t out[hash_bytes]) {
  struct row row;
  arena_clear(&s->arena);
  TRY(rows_load(s->q->rows, t, id, &s->arena, &row));
  return row.exists ? digest_row(out, &row, s->audience, &s->scratch) : ERR_CORRUPT;
}

/* Departures are no rows. */
static bool may_hold(const struct scan *s, const struct feed_entry *e, const struct table *t) {
  return feed_entry_kind(e) == FEED_ROW && t->audience & s->audience;
}

static err add_rows(struct scan *s, struct feed_scan *at, struct digest *d) {
  while (at->there) {
    uint8_t hash[hash_bytes];
    const struct feed_entry *e = feed_scan_at(at);
    const struct table *t = feed_entry_table(e);
    if (!t) return ERR_CORRUPT;
    if (may_hold(s, e, t)) {
      TRY(hash_row(s, t, &e->row, hash));
      digest_add(d, hash);
    }
    TRY(feed_scan_next(at));
  }
  return ERR_OK;
}

err stream_digest(struct store *store, const struct stream_position *at, uint8_t out[hash_bytes]) {
  struct scan s = {.q = sqlite_of(store),
                   .audience = at->audience,
                   .arena = ARENA_INIT(row_arena_bytes_max),
                   .scratch = BUF_INIT(row_arena_bytes_max)};
  struct digest d = {.rows = 0};
  struct feed_scan rows;
  err e = feed_scan_begin(&rows, s.q, &at->stream, 0);
  if (e == ERR_OK) {
    e = add_rows(&s, &rows, &d);
    feed_scan_end(&rows);
  }
  if (e == ERR_OK) digest_end(out, &d, &at->stream, at->audience);
  arena_finish(&s.arena);
  buf_finish(&s.scratch);
  return e;
}

/* ---- repair: both lists by (table, id), looked through once ---- */

struct comparing {
  struct scan scan;
  const struct store_repair *asked;
  struct arena *arena; /* of the answer */
  struct feed_item *items;
  size_t count, max, bytes;
};

static err add(struct comparing *c, const struct feed_item *one) {
  if (c->count == c->max || c->bytes > feed_batch_bytes_max) return ERR_TOO_BIG;
  c->items[c->count++] = *one;
  return ERR_OK;
}

static err add_row(struct comparing *c, const struct row_key *key) {
  struct row *row = arena_take(c->arena, 1, sizeof *row);
  if (!row) return ERR_NO_MEMORY;
  TRY(rows_load(c->scan.q->rows, key->table, &key->id, c->arena, row));
  c->bytes += feed_project(row, c->scan.audience);
  return add(c,
             &(struct feed_item){
                 .kind = FEED_ROW, .table = key->table, .id = key->id, .version = row->version, .row = row});
}

static err add_leave(struct comparing *c, const struct digest_entry *e) {
  const struct table *t = schema_table(e->table);
  if (!t) return ERR_MALFORMED;
  return add(c, &(struct feed_item){.kind = FEED_LEAVE, .table = t, .id = e->id});
}

static err compare_row(struct comparing *c, const struct row_key *key, const struct digest_entry *e) {
  uint8_t hash[hash_bytes];
  TRY(hash_row(&c->scan, key->table, &key->id, hash));
  return memcmp(hash, e->hash, digest_short_bytes) == 0 ? ERR_OK : add_row(c, key);
}

static int order(const struct row_key *key, const struct digest_entry *e) {
  if (key->table->id != e->table) return key->table->id < e->table ? -1 : 1;
  return id_compare(&key->id, &e->id);
}

static err compare(struct comparing *c, const struct row_key *keys, size_t count) {
  size_t k = 0, listed = c->asked->rows.len / digest_entry_bytes;
  for (size_t i = 0; i < listed || k < count;) {
    struct digest_entry e = {.table = 0};
    if (i < listed) digest_entry_read(&e, c->asked->rows.ptr + i * digest_entry_bytes);
    int way = k == count ? 1 : i == listed ? -1 : order(&keys[k], &e);
    if (way < 0) TRY(add_row(c, &keys[k]));
    if (way == 0) TRY(compare_row(c, &keys[k], &e));
    if (way > 0) TRY(add_leave(c, &e));
    k += way <= 0;
    i += way >= 0;
  }
  return ERR_OK;
}

/* Is the row in the part of the stream that this piece of the list is about? */
static bool in_piece(const struct store_repair *r, const struct row_key *key) {
  uint8_t bytes[digest_key_bytes] = {key->table->id};
  bytes_copy(bytes + 1, key->id.b, id_bytes);
  if (r->after.len && memcmp(bytes, r->after.ptr, digest_key_bytes) <= 0) return false;
  if (r->last) return true;
  return memcmp(bytes, r->rows.ptr + r->rows.len - digest_entry_bytes, digest_key_bytes) <= 0;
}

static err add_keys(struct comparing *c, struct feed_scan *at, struct row_key **out, size_t *count) {
  size_t cap = 0;
  while (at->there) {
    const struct feed_entry *e = feed_scan_at(at);
    struct row_key key = {.table = feed_entry_table(e), .id = e->row};
    if (!key.table) return ERR_CORRUPT;
    if (may_hold(&c->scan, e, key.table) && in_piece(c->asked, &key)) {
      struct row_key *list = arena_room(c->arena, *out, &cap, *count, sizeof *list);
      if (!list) return ERR_NO_MEMORY;
      *out = list;
      list[(*count)++] = key;
    }
    TRY(feed_scan_next(at));
  }
  return ERR_OK;
}

static err keys_of(struct comparing *c, struct row_key **out, size_t *count) {
  struct feed_scan rows;
  *out = NULL;
  *count = 0;
  TRY(feed_scan_begin(&rows, c->scan.q, &c->asked->at.stream, 0));
  err e = add_keys(c, &rows, out, count);
  feed_scan_end(&rows);
  return e;
}

static int by_key(const void *a, const void *b) { return row_key_compare(a, b); }

static err repair(struct comparing *c) {
  struct row_key *keys;
  size_t count;
  c->items = arena_take(c->arena, c->max, sizeof *c->items);
  if (!c->items) return ERR_NO_MEMORY;
  TRY(keys_of(c, &keys, &count));
  if (count) qsort(keys, count, sizeof *keys, by_key);
  return compare(c, keys, count);
}

err stream_repair(struct store *store, const struct store_repair *asked, size_t rows_max, struct arena *a,
                  struct feed_batch *out) {
  struct comparing c = {.scan = {.q = sqlite_of(store),
                                 .audience = asked->at.audience,
                                 .arena = ARENA_INIT(row_arena_bytes_max),
                                 .scratch = BUF_INIT(row_arena_bytes_max)},
                        .asked = asked,
                        .arena = a,
                        .max = rows_max};
  err e = repair(&c);
  *out = (struct feed_batch){.stream = asked->at.stream,
                             .audience = asked->at.audience,
                             .from = asked->at.position,
                             .to = asked->at.position,
                             .repair = true,
                             .items = c.items,
                             .count = c.count};
  arena_finish(&c.scan.arena);
  buf_finish(&c.scan.scratch);
  return e;
}
