/* feed.c: rows of a stream on their way to a device, with their heads. Layout in PROTOCOL.md, "Feed". */
#include "proto/compact.h"

enum {
  feed_fields = 8,
  feed_checkpoint = 1,
  feed_restart = 2,
  feed_repair = 4,
  unit_same = 0,       /* one head: the one written last in this row */
  item_bytes_min = 3,  /* form, row, version */
  head_bytes_min = 5,  /* source, counter, author, flags, stamp */
  ghost_bytes_min = 2, /* source, counter */
};

const struct id stream_reference = {{[id_bytes - 1] = 1}}, stream_staff = {{[id_bytes - 1] = 2}};

void stream_of_grant(struct id *out, const struct id *staff, const struct id *activity) {
  const struct id keys[2] = {*staff, *activity};
  crypto_row_id(out, TABLE_grant_, keys, 2);
}

static bool visible(const struct column *c, uint8_t audience) { return (c->audience & audience) != 0; }

/* ---- heads ---- */

static bool head_equal(const struct head *a, const struct head *b) {
  return op_id_equal(&a->op, &b->op) && id_equal(&a->author, &b->author) && a->stamp == b->stamp &&
         a->flags == b->flags;
}

static void write_head(struct compact_writer *w, const struct head *h) {
  compact_write_op_id(w, &h->op);
  compact_write_id(w, &h->author);
  compact_write_number(w, h->flags);
  compact_write_step(w, &w->stamp, h->stamp);
}

static err read_head(struct compact_reader *r, struct head *h) {
  uint64_t flags;
  TRY(compact_read_op_id(r, &h->op));
  TRY(compact_read_id(r, &h->author));
  TRY(compact_read_number(r, OP_FLAGS, &flags));
  TRY(compact_read_step(r, &r->stamp));
  h->flags = (uint8_t)flags;
  h->stamp = r->stamp;
  return ERR_OK;
}

/* One of several heads carries its own values: which columns it fills, then those. */
static void write_head_values(struct compact_writer *w, const struct table *t, uint8_t unit, uint8_t audience,
                              const struct head *h) {
  uint8_t columns[op_columns_max];
  size_t count = unit_columns(t, unit, columns);
  uint32_t filled = 0;
  for (size_t i = 0; i < count; i++) {
    const struct column *c = &t->columns[columns[i]];
    if (visible(c, audience) && h->values[i].kind != VALUE_NULL) filled |= compact_column_bit(c);
  }
  compact_write_number(w, filled);
  for (size_t i = 0; i < count; i++)
    if ((filled & compact_column_bit(&t->columns[columns[i]])) != 0) compact_write_value(w, &h->values[i]);
}

/* The hub checked every value before it accepted it; what matters here is that text is text. */
static err read_value(struct compact_reader *r, const struct column *c, struct value *out) {
  TRY(compact_read_value(r, c, out));
  return out->kind == VALUE_TEXT && !utf8_valid(out->text) ? ERR_MALFORMED : ERR_OK;
}

static err read_head_values(struct compact_reader *r, const struct table *t, uint8_t unit, struct head *h) {
  uint8_t columns[op_columns_max];
  size_t count = unit_columns(t, unit, columns);
  uint64_t filled;
  TRY(compact_read_number(r, UINT32_MAX, &filled));
  h->values = arena_take(r->arena, count, sizeof *h->values);
  if (h->values == NULL) return ERR_NO_MEMORY;
  for (size_t i = 0; i < count; i++) {
    const struct column *c = &t->columns[columns[i]];
    if ((filled & compact_column_bit(c)) != 0) TRY(read_value(r, c, &h->values[i]));
    filled &= ~(uint64_t)compact_column_bit(c);
  }
  return filled == 0 ? ERR_OK : ERR_MALFORMED;
}

/* ---- units ---- */

static void write_unit(struct compact_writer *w, const struct row *row, uint8_t unit, uint8_t audience,
                       const struct head **last) {
  const struct unit_heads *u = &row->units[unit];
  if (u->count == 1 && u->ghost_count == 0 && *last != NULL && head_equal(*last, &u->heads[0])) {
    compact_write_number(w, unit_same);
    return;
  }
  compact_write_number(w, 2 * u->count + (u->ghost_count > 0));
  for (size_t i = 0; i < u->count; i++) {
    *last = &u->heads[i];
    write_head(w, *last);
    if (u->count > 1) write_head_values(w, row->table, unit, audience, *last);
  }
  if (u->ghost_count == 0) return;
  compact_write_number(w, u->ghost_count);
  for (size_t i = 0; i < u->ghost_count; i++) compact_write_op_id(w, &u->ghosts[i]);
}

static err read_ghosts(struct compact_reader *r, struct unit_heads *u) {
  TRY(compact_read_count(r, ghosts_per_unit_max, ghost_bytes_min, &u->ghost_count));
  if (u->ghost_count == 0) return ERR_MALFORMED;
  u->ghosts = arena_take(r->arena, u->ghost_count, sizeof *u->ghosts);
  if (u->ghosts == NULL) return ERR_NO_MEMORY;
  for (size_t i = 0; i < u->ghost_count; i++) TRY(compact_read_op_id(r, &u->ghosts[i]));
  return ERR_OK;
}

static err read_unit(struct compact_reader *r, struct row *row, uint8_t unit, const struct head **last) {
  struct unit_heads *u = &row->units[unit];
  uint64_t mark;
  TRY(compact_read_number(r, 2 * heads_per_unit_max + 1, &mark));
  bool same = mark == unit_same;
  u->count = same ? 1 : (size_t)(mark / 2);
  if (u->count == 0 || (same && *last == NULL)) return ERR_MALFORMED;
  if (!same && u->count > cursor_left(&r->in) / head_bytes_min) return ERR_TRUNCATED;
  u->heads = arena_take(r->arena, u->count, sizeof *u->heads);
  if (u->heads == NULL) return ERR_NO_MEMORY;
  for (size_t i = 0; i < u->count && !same; i++) {
    TRY(read_head(r, &u->heads[i]));
    if (u->count > 1) TRY(read_head_values(r, row->table, unit, &u->heads[i]));
  }
  if (same) {
    u->heads[0] = **last;
    u->heads[0].values = NULL;
  }
  *last = &u->heads[u->count - 1];
  return mark % 2 == 1 ? read_ghosts(r, u) : ERR_OK;
}

/* ---- items ---- */

static struct compact_form row_form(const struct row *row, uint8_t audience) {
  const struct table *t = row->table;
  struct compact_form form = {.table = t, .kind = FEED_ROW};
  for (uint8_t unit = 0; unit < t->unit_count; unit++)
    if (row->units[unit].count > 0) form.units |= UINT32_C(1) << unit;
  for (size_t i = 0; i < t->column_count; i++) {
    const struct column *c = &t->columns[i];
    bool written = row->values[i].kind != VALUE_NULL && visible(c, audience);
    if (written && !compact_is_key(t, i)) form.columns |= compact_column_bit(c);
  }
  return form;
}

static void write_row(struct compact_writer *w, const struct feed_item *entry, uint8_t audience) {
  const struct row *row = entry->row;
  ASSERT(row->table == entry->table);
  struct compact_form form = row_form(row, audience);
  compact_write_form(w, &form);
  compact_write_row(w, entry->table, &entry->id, row->values);
  compact_write_step(w, &w->version, entry->version);
  for (size_t i = 0; i < entry->table->column_count; i++)
    if ((form.columns & compact_column_bit(&entry->table->columns[i])) != 0)
      compact_write_value(w, &row->values[i]);
  const struct head *last = NULL;
  for (uint8_t unit = 0; unit < entry->table->unit_count; unit++)
    if ((form.units >> unit & 1) != 0) write_unit(w, row, unit, audience, &last);
}

static void write_item(struct compact_writer *w, const struct feed_item *entry, uint8_t audience) {
  if (entry->kind == FEED_ROW) {
    write_row(w, entry, audience);
    return;
  }
  compact_write_form(w, &(struct compact_form){.table = entry->table, .kind = (uint8_t)entry->kind});
  compact_write_id(w, &entry->id);
  compact_write_step(w, &w->version, entry->version);
  if (entry->kind == FEED_ERASE) compact_write_number(w, entry->erasure);
}

static err read_row(struct compact_reader *r, const struct compact_form *form, struct feed_item *entry) {
  struct row *row = arena_take(r->arena, 1, sizeof *row);
  if (row == NULL) return ERR_NO_MEMORY;
  entry->row = row;
  row->table = form->table;
  row->exists = true;
  TRY(compact_read_row(r, form->table, &row->id, row->values));
  TRY(compact_read_step(r, &r->version));
  entry->id = row->id;
  entry->version = row->version = r->version;
  for (size_t i = 0; i < form->table->column_count; i++) {
    const struct column *c = &form->table->columns[i];
    if ((form->columns & compact_column_bit(c)) != 0) TRY(read_value(r, c, &row->values[i]));
  }
  const struct head *last = NULL;
  for (uint8_t unit = 0; unit < form->table->unit_count; unit++)
    if ((form->units >> unit & 1) != 0) TRY(read_unit(r, row, unit, &last));
  return ERR_OK;
}

static err read_item(struct compact_reader *r, struct feed_item *entry) {
  struct compact_form form;
  TRY(compact_read_form(r, true, &form));
  entry->kind = (enum feed_kind)form.kind;
  entry->table = form.table;
  if (entry->kind == FEED_ROW) return read_row(r, &form, entry);
  TRY(compact_read_id(r, &entry->id));
  TRY(compact_read_step(r, &r->version));
  entry->version = r->version;
  if (entry->kind != FEED_ERASE) return ERR_OK;
  TRY(compact_read_number(r, NUMBER_MAX, &entry->erasure));
  return entry->erasure > 0 ? ERR_OK : ERR_MALFORMED;
}

/* ---- batch ---- */

err feed_encode_items(struct buf *out, const struct feed_batch *b) {
  struct compact_writer w;
  compact_write_init(&w, out);
  compact_write_number(&w, b->schema ? b->schema : schema_version);
  for (size_t i = 0; i < b->count; i++) write_item(&w, &b->items[i], b->audience);
  compact_write_finish(&w);
  return w.error;
}

static uint64_t feed_flags(const struct feed_batch *b) {
  return (b->checkpoint ? feed_checkpoint : 0) | (b->restart ? feed_restart : 0) |
         (b->repair ? feed_repair : 0);
}

/* A digest is of a whole stream, and rows that repair one never begin it anew. */
static bool flags_agree(const struct feed_batch *b) {
  return (!b->has_digest || b->checkpoint) && !(b->repair && (b->restart || b->checkpoint));
}

err feed_encode(struct packer *p, const struct feed_batch *b) {
  ASSERT(b->count <= feed_batch_rows_max && b->from <= b->to && b->to <= NUMBER_MAX && flags_agree(b));
  struct buf items = BUF_INIT(message_bytes_max);
  err e = b->packed.len ? ERR_OK : feed_encode_items(&items, b);
  pack_array(p, feed_fields);
  pack_id(p, &b->stream);
  pack_u64(p, b->audience);
  pack_u64(p, b->from);
  pack_u64(p, b->to);
  pack_u64(p, feed_flags(b));
  pack_u64(p, b->count);
  pack_bytes(p, b->packed.len ? b->packed : buf_slice(&items));
  pack_bytes(p, slice_of(b->digest, b->has_digest ? hash_bytes : 0));
  buf_finish(&items);
  return e != ERR_OK ? e : pack_end(p);
}

static err read_items(struct feed_batch *out, struct slice bytes, struct arena *a) {
  struct compact_reader r;
  TRY(compact_read_init(&r, bytes, a));
  TRY(compact_read_schema(&r));
  out->schema = r.schema;
  if (out->count > cursor_left(&r.in) / item_bytes_min) return ERR_TRUNCATED;
  struct feed_item *items = arena_take(a, out->count, sizeof *items);
  if (items == NULL) return ERR_NO_MEMORY;
  out->items = items;
  for (size_t i = 0; i < out->count; i++) TRY(read_item(&r, &items[i]));
  return cursor_end(&r.in);
}

err feed_decode(struct feed_batch *out, const item *i, struct arena *a) {
  size_t fields;
  uint64_t audience, flags, count;
  struct slice bytes, digest;
  TRY(item_array(i, feed_fields, &fields));
  if (fields != feed_fields) return ERR_MALFORMED;
  TRY(item_id(item_at(i, 0), &out->stream));
  TRY(item_u64(item_at(i, 1), UINT8_MAX, &audience));
  TRY(item_u64(item_at(i, 2), NUMBER_MAX, &out->from));
  TRY(item_u64(item_at(i, 3), NUMBER_MAX, &out->to));
  TRY(item_u64(item_at(i, 4), feed_checkpoint | feed_restart | feed_repair, &flags));
  TRY(item_u64(item_at(i, 5), feed_batch_rows_max, &count));
  TRY(item_bytes(item_at(i, 6), 1, message_bytes_max, &bytes));
  TRY(item_bytes(item_at(i, 7), 0, hash_bytes, &digest));
  if (digest.len != 0 && digest.len != hash_bytes) return ERR_MALFORMED;
  if (out->from > out->to) return ERR_MALFORMED;
  out->audience = (uint8_t)audience;
  out->checkpoint = (flags & feed_checkpoint) != 0;
  out->restart = (flags & feed_restart) != 0;
  out->repair = (flags & feed_repair) != 0;
  out->has_digest = digest.len != 0;
  bytes_copy(out->digest, digest.ptr, digest.len);
  if (!flags_agree(out)) return ERR_MALFORMED;
  out->count = (size_t)count;
  out->packed = slice_of(NULL, 0);
  return read_items(out, bytes, a);
}
