/* history_blob.c: an op's values as a few bytes: column ids and values, in order; whole numbers as zigzag
 * varints. */
#include "server/store/sqlite/sqlite_store.h"

/* Column ids are below 32, so three bits tell the kind. */
enum { kind_shift = 5, id_mask = 31 };

static uint64_t zigzag(int64_t v) { return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63); }
static int64_t unzigzag(uint64_t v) { return (int64_t)(v >> 1) ^ -(int64_t)(v & 1); }

static bool stands_in_id(const struct table *t, uint8_t column) {
  for (uint8_t i = 0; i < t->key_count; i++) {
    if (t->key_columns[i] == column) return true;
  }
  return false;
}

static err put_value(struct buf *out, const struct column *c, const struct value *v) {
  ASSERT(c->id <= id_mask);
  TRY(buf_put_u8(out, (uint8_t)(v->kind << kind_shift | c->id)));
  switch (v->kind) {
  case VALUE_INT: return buf_put_varint(out, zigzag(v->i));
  case VALUE_ID: return buf_append(out, id_slice(&v->id));
  case VALUE_TEXT: TRY(buf_put_varint(out, v->text.len)); return buf_append(out, v->text);
  case VALUE_NULL: break;
  }
  return ERR_OK;
}

err history_values_encode(struct buf *out, const struct table *t, uint32_t units,
                          const struct value *values) {
  for (uint8_t i = 0; i < t->column_count; i++) {
    bool written = units >> t->columns[i].unit & 1;
    if (!written || values[i].kind == VALUE_NULL || stands_in_id(t, i)) continue;
    TRY(put_value(out, &t->columns[i], &values[i]));
  }
  return ERR_OK;
}

static err get_value(struct value *out, struct cursor *c, enum value_kind kind, struct arena *a) {
  uint64_t n;
  struct slice text;
  *out = (struct value){.kind = kind};
  switch (kind) {
  case VALUE_INT:
    TRY(cursor_varint(c, &n));
    out->i = unzigzag(n);
    return ERR_OK;
  case VALUE_ID: return cursor_copy(c, out->id.b, id_bytes);
  case VALUE_TEXT:
    TRY(cursor_varint(c, &n));
    TRY(cursor_bytes(c, (size_t)n, &text));
    out->text = arena_copy(a, text);
    return out->text.ptr ? ERR_OK : ERR_NO_MEMORY;
  case VALUE_NULL: break;
  }
  return ERR_CORRUPT;
}

static int column_with_id(const struct table *t, uint8_t id) {
  for (uint8_t i = 0; i < t->column_count; i++) {
    if (t->columns[i].id == id) return i;
  }
  return -1;
}

err history_values_decode(struct value out[op_columns_max], const struct table *t, struct slice bytes,
                          struct arena *a) {
  struct cursor c = cursor_of(bytes);
  while (cursor_left(&c)) {
    uint8_t head;
    TRY(cursor_u8(&c, &head));
    int column = column_with_id(t, head & id_mask);
    if (column < 0) return ERR_CORRUPT;
    err e = get_value(&out[column], &c, (enum value_kind)(head >> kind_shift), a);
    if (e != ERR_OK) return e == ERR_NO_MEMORY ? e : ERR_CORRUPT;
  }
  return ERR_OK;
}
