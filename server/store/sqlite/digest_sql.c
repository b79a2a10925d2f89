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

static err stream_rows(struct sqlite_store *q, const struct id *stream, struct stmt **out) {
  TRY(db_stmt(
      q->db, out,
      "SELECT tbl, row FROM feed WHERE place>(SELECT no<<40 FROM stream WHERE id=?1) AND place<(SELECT "
      "(no+1)<<40 FROM stream WHERE id=?1) AND tbl<?2"));
  stmt_id(*out, 1, stream);
  stmt_int(*out, 2, feed_kind_step); /* rows: no departures */
  return ERR_OK;
}

static err hash_row(struct scan *s, const struct table *t, const struct id *id, uint8_t out[hash_bytes]) {
  struct row row;
  arena_clear(&s->arena);
  TRY(rows_load(s->q->rows, t, id, &s->arena, &row));
  return row.exists ? digest_row(out, &row, s->audience, &s->scratch) : ERR_CORRUPT;
}

static err add_rows(struct scan *s, struct stmt *st, struct digest *d) {
  bool there;
  for (;;) {
    uint8_t hash[hash_bytes];
    struct id id;
    TRY(stmt_step(st, &there));
    if (!there) return ERR_OK;
    const struct table *t = schema_table((uint8_t)(stmt_column_int(st, 0) % feed_kind_step));
    if (!t || !stmt_column_id(st, 1, &id)) return ERR_CORRUPT;
    if (!(t->audience & s->audience)) continue;
    TRY(hash_row(s, t, &id, hash));
    digest_add(d, hash);
  }
}

err stream_digest(struct store *store, const struct stream_position *at, uint8_t out[hash_bytes]) {
  struct scan s = {.q = sqlite_of(store),
                   .audience = at->audience,
                   .arena = ARENA_INIT(row_arena_bytes_max),
                   .scratch = BUF_INIT(row_arena_bytes_max)};
  struct digest d = {.rows = 0};
  struct stmt *st;
  err e = stream_rows(s.q, &at->stream, &st);
  if (e == ERR_OK) {
    e = add_rows(&s, st, &d);
    stmt_reset(st);
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

static err keys_of(struct comparing *c, struct row_key **out, size_t *count) {
  struct stmt *s;
  size_t cap = 0;
  bool there;
  *out = NULL;
  *count = 0;
  TRY(stream_rows(c->scan.q, &c->asked->at.stream, &s));
  for (;;) {
    struct row_key key;
    TRY(stmt_step(s, &there));
    if (!there) return ERR_OK;
    key.table = schema_table((uint8_t)(stmt_column_int(s, 0) % feed_kind_step));
    if (!key.table || !stmt_column_id(s, 1, &key.id)) break;
    if (!(key.table->audience & c->scan.audience) || !in_piece(c->asked, &key)) continue;
    struct row_key *list = arena_room(c->arena, *out, &cap, *count, sizeof *list);
    if (!list) break;
    *out = list;
    list[(*count)++] = key;
  }
  stmt_reset(s);
  return ERR_CORRUPT;
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
