/* heads.c: the heads of a row's units as a blob. It is stored beside every row and travels in every feed row,
 * so it is small, and a reader trusts nothing in it.
 *
 *   blob   = unit*                                      units in rising order; a unit without heads and
 * ghosts is left out unit   = tag, nothing                               SAME: one head, equal to the one
 * head of the last unit that had one | tag, head                                  one head, whose values are
 * the row's | tag, heads, ghosts, (head values)*, ghost* MANY: counts first; values only when there are
 * several heads tag    = byte: unit in the low four bits, SAME 16, FLAGS 32 (the head has a flags byte), MANY
 * 64 head   = origin number, counter, stamp less 2024-01-01 (modulo 2^64), [flags: never zero] values = per
 * column of the unit: 0 | 1 zigzag integer | 2 length, UTF-8 | 3 sixteen bytes ghost  = sixteen bytes of
 * device, incarnation, counter All numbers are varints in their shortest form, and a row has exactly one
 * blob: whatever decodes encodes to the same bytes. */
#include "shared/schema/row.h"

enum { unit_mask = 15, tag_same = 16, tag_flags = 32, tag_many = 64, flags_known = OP_FLAGS };
enum { head_bytes_min = 3, ghost_bytes_min = 18 };
static const uint64_t stamp_epoch_ms = 1704067200000; /* 2024-01-01T00:00:00Z */
_Static_assert(op_units_max <= unit_mask + 1, "a unit's number fits its place in the tag");

static bool same_op(const struct head *a, const struct head *b) {
  return a->stamp == b->stamp && a->flags == b->flags && op_id_equal(&a->op, &b->op) &&
         id_equal(&a->author, &b->author);
}

static err put_head(struct buf *out, const struct head *h, struct origin_book *book) {
  const struct origin origin = {h->op.device, h->op.incarnation, h->author};
  uint32_t no;
  TRY(origin_book_intern(book, &origin, &no));
  TRY(buf_put_varint(out, no));
  TRY(buf_put_varint(out, h->op.counter));
  TRY(buf_put_varint(out, h->stamp - stamp_epoch_ms));
  return h->flags ? buf_put_u8(out, h->flags) : ERR_OK;
}

static uint64_t zigzag(int64_t v) { return (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0); }

static int64_t unzigzag(uint64_t v) { return (int64_t)(v >> 1 ^ (v & 1 ? UINT64_MAX : 0)); }

static err put_value(struct buf *out, const struct value *v) {
  TRY(buf_put_u8(out, (uint8_t)v->kind));
  switch (v->kind) {
  case VALUE_NULL: return ERR_OK;
  case VALUE_INT: return buf_put_varint(out, zigzag(v->i));
  case VALUE_TEXT: TRY(buf_put_varint(out, v->text.len)); return buf_append(out, v->text);
  case VALUE_ID: return buf_append(out, id_slice(&v->id));
  }
  return ERR_INTERNAL;
}

static err put_ghost(struct buf *out, const struct op_id *g) {
  TRY(buf_append(out, id_slice(&g->device)));
  TRY(buf_put_varint(out, g->incarnation));
  return buf_put_varint(out, g->counter);
}

/* Heads among several carry their own tag, which tells of flags; its unit is repeated so that no bit is
 * without meaning. */
static err put_many(struct buf *out, const struct row *row, uint8_t unit, struct origin_book *book) {
  const struct unit_heads *u = &row->units[unit];
  uint8_t columns[op_columns_max];
  size_t column_count = u->count > 1 ? unit_columns(row->table, unit, columns) : 0;
  ASSERT(u->count <= heads_per_unit_max && u->ghost_count <= ghosts_per_unit_max);
  TRY(buf_put_u8(out, unit | tag_many));
  TRY(buf_put_varint(out, u->count));
  TRY(buf_put_varint(out, u->ghost_count));
  for (size_t i = 0; i < u->count; i++) {
    ASSERT(i == 0 || head_compare(&u->heads[i - 1], &u->heads[i]) < 0);
    ASSERT(u->count == 1 || u->heads[i].values);
    TRY(buf_put_u8(out, (uint8_t)(unit | (u->heads[i].flags ? tag_flags : 0))));
    TRY(put_head(out, &u->heads[i], book));
    for (size_t k = 0; k < column_count; k++) TRY(put_value(out, &u->heads[i].values[k]));
  }
  for (size_t i = 0; i < u->ghost_count; i++) TRY(put_ghost(out, &u->ghosts[i]));
  return ERR_OK;
}

err row_heads_encode(struct buf *out, const struct row *row, struct origin_book *book) {
  const struct head *last = NULL;
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++) {
    const struct unit_heads *u = &row->units[unit];
    if (u->count == 0 && u->ghost_count == 0) continue;
    if (u->count != 1 || u->ghost_count != 0) {
      TRY(put_many(out, row, unit, book));
      continue;
    }
    const struct head *h = &u->heads[0];
    if (last && same_op(last, h)) {
      TRY(buf_put_u8(out, unit | tag_same));
    } else {
      TRY(buf_put_u8(out, (uint8_t)(unit | (h->flags ? tag_flags : 0))));
      TRY(put_head(out, h, book));
    }
    last = h;
  }
  return ERR_OK;
}

/* What decoding carries along. */
struct reading {
  struct cursor c;
  const struct origin_book *book;
  struct arena *arena;
  struct row *row;
  struct head *singles; /* room for one head a unit, taken at once */
  const struct head *last;
};

static err take_head(struct reading *r, uint8_t tag, struct head *out) {
  uint64_t no, counter, stamp;
  if (cursor_varint(&r->c, &no) || cursor_varint(&r->c, &counter) || cursor_varint(&r->c, &stamp))
    return ERR_CORRUPT;
  const struct origin *origin = origin_book_get(r->book, no);
  if (!origin || counter == 0) return ERR_CORRUPT;
  uint8_t flags = 0;
  if (tag & tag_flags) {
    if (cursor_u8(&r->c, &flags) || flags == 0 || (flags & ~flags_known)) return ERR_CORRUPT;
  }
  *out = (struct head){.op = {origin->device, origin->incarnation, counter},
                       .author = origin->author,
                       .stamp = stamp + stamp_epoch_ms,
                       .flags = flags};
  return ERR_OK;
}

static err take_text(struct reading *r, struct value *out) {
  uint64_t len;
  struct slice text;
  if (cursor_varint(&r->c, &len) || len > text_bytes_max) return ERR_CORRUPT;
  if (cursor_bytes(&r->c, (size_t)len, &text) || !utf8_valid(text)) return ERR_CORRUPT;
  const struct value borrowed = value_text(text);
  return value_copy(out, r->arena, &borrowed);
}

static err take_value(struct reading *r, const struct column *c, struct value *out) {
  uint8_t kind;
  uint64_t number;
  if (cursor_u8(&r->c, &kind)) return ERR_CORRUPT;
  *out = value_null();
  if (kind == VALUE_NULL) return ERR_OK;
  if (kind != value_kind_of(c->type)) return ERR_CORRUPT;
  if (kind == VALUE_TEXT) return take_text(r, out);
  out->kind = (enum value_kind)kind;
  if (kind == VALUE_ID) return cursor_copy(&r->c, out->id.b, id_bytes) ? ERR_CORRUPT : ERR_OK;
  if (cursor_varint(&r->c, &number)) return ERR_CORRUPT;
  out->i = unzigzag(number);
  return ERR_OK;
}

static err take_values(struct reading *r, uint8_t unit, struct head *h) {
  uint8_t columns[op_columns_max];
  size_t count = unit_columns(r->row->table, unit, columns);
  h->values = arena_take(r->arena, count, sizeof *h->values);
  if (!h->values) return ERR_NO_MEMORY;
  for (size_t i = 0; i < count; i++) TRY(take_value(r, &r->row->table->columns[columns[i]], &h->values[i]));
  return ERR_OK;
}

static err take_heads(struct reading *r, uint8_t unit, struct unit_heads *u, size_t count) {
  if (count > heads_per_unit_max || count > cursor_left(&r->c) / head_bytes_min) return ERR_CORRUPT;
  u->heads = arena_take(r->arena, count, sizeof *u->heads);
  if (!u->heads) return ERR_NO_MEMORY;
  for (size_t i = 0; i < count; i++) {
    uint8_t tag;
    if (cursor_u8(&r->c, &tag) || (tag & ~tag_flags) != unit) return ERR_CORRUPT;
    TRY(take_head(r, tag, &u->heads[i]));
    if (i > 0 && head_compare(&u->heads[i - 1], &u->heads[i]) >= 0) return ERR_CORRUPT;
    if (count > 1) TRY(take_values(r, unit, &u->heads[i]));
  }
  u->count = count;
  return ERR_OK;
}

static err take_ghosts(struct reading *r, struct unit_heads *u, size_t count) {
  if (count > ghosts_per_unit_max || count > cursor_left(&r->c) / ghost_bytes_min) return ERR_CORRUPT;
  u->ghosts = arena_take(r->arena, count, sizeof *u->ghosts);
  if (!u->ghosts) return ERR_NO_MEMORY;
  for (size_t i = 0; i < count; i++) {
    struct op_id *g = &u->ghosts[i];
    uint64_t incarnation;
    if (cursor_copy(&r->c, g->device.b, id_bytes)) return ERR_CORRUPT;
    if (cursor_varint(&r->c, &incarnation) || incarnation > UINT32_MAX) return ERR_CORRUPT;
    if (cursor_varint(&r->c, &g->counter) || g->counter == 0) return ERR_CORRUPT;
    g->incarnation = (uint32_t)incarnation;
  }
  u->ghost_count = count;
  return ERR_OK;
}

/* Several heads may name one op only once; the order just checked sees to that. */
static err take_many(struct reading *r, uint8_t unit, struct unit_heads *u) {
  uint64_t heads, ghosts;
  if (cursor_varint(&r->c, &heads) || cursor_varint(&r->c, &ghosts)) return ERR_CORRUPT;
  if (heads <= 1 && ghosts == 0) return ERR_CORRUPT;
  if (heads > heads_per_unit_max || ghosts > ghosts_per_unit_max) return ERR_CORRUPT;
  if (heads) TRY(take_heads(r, unit, u, (size_t)heads));
  return ghosts ? take_ghosts(r, u, (size_t)ghosts) : ERR_OK;
}

static err take_single(struct reading *r, uint8_t unit, uint8_t tag, struct unit_heads *u) {
  if (!r->singles) r->singles = arena_take(r->arena, op_units_max, sizeof *r->singles);
  if (!r->singles) return ERR_NO_MEMORY;
  struct head *h = &r->singles[unit];
  if (tag & tag_same) {
    if (!r->last || (tag & tag_flags)) return ERR_CORRUPT;
    *h = *r->last;
  } else {
    TRY(take_head(r, tag, h));
    if (r->last && same_op(r->last, h)) return ERR_CORRUPT;
  }
  r->last = h;
  *u = (struct unit_heads){.heads = h, .count = 1};
  return ERR_OK;
}

err row_heads_decode(struct row *row, struct slice blob, const struct origin_book *book, struct arena *a) {
  struct reading r = {.c = cursor_of(blob), .book = book, .arena = a, .row = row};
  bytes_zero(row->units, sizeof row->units);
  int unit_before = -1;
  while (cursor_left(&r.c)) {
    uint8_t tag;
    TRY(cursor_u8(&r.c, &tag));
    uint8_t unit = tag & unit_mask;
    bool many = tag & tag_many;
    if (unit <= unit_before || unit >= row->table->unit_count) return ERR_CORRUPT;
    if (tag > (unit_mask | tag_same | tag_flags | tag_many)) return ERR_CORRUPT;
    if (many && (tag & (tag_same | tag_flags))) return ERR_CORRUPT;
    TRY(many ? take_many(&r, unit, &row->units[unit]) : take_single(&r, unit, tag, &row->units[unit]));
    unit_before = unit;
  }
  return ERR_OK;
}
