/* history_chunk.c: one op: table u8 · row id · units << 2 | flags · stamp, as a signed difference · origin ·
 * bases: how many, then chain and counter each · length of the values · the values. Numbers are varints. */
#include "server/store/sqlite/history_chunk.h"

enum { flag_bits = 3, flag_mask = OP_FLAGS };

static uint64_t zigzag(int64_t v) { return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63); }
static int64_t unzigzag(uint64_t v) { return (int64_t)(v >> 1) ^ -(int64_t)(v & 1); }

err chunk_put(struct buf *out, const struct chunk_op *op, uint64_t *stamp) {
  TRY(buf_put_u8(out, op->table->id));
  TRY(buf_append(out, id_slice(&op->row)));
  TRY(buf_put_varint(out, (uint64_t)op->units << flag_bits | op->flags));
  TRY(buf_put_varint(out, zigzag((int64_t)(op->stamp - *stamp))));
  *stamp = op->stamp;
  TRY(buf_put_varint(out, op->origin));
  TRY(buf_put_varint(out, op->base_count));
  for (size_t i = 0; i < op->base_count; i++) {
    TRY(buf_put_varint(out, (uint64_t)op->bases[i].chain));
    TRY(buf_put_varint(out, op->bases[i].counter));
    TRY(buf_put_varint(out, op->bases[i].units));
  }
  TRY(buf_put_varint(out, op->values.len));
  return buf_append(out, op->values);
}

static err get_bases(struct cursor *c, struct chunk_op *out, struct arena *a) {
  uint64_t count, chain, units;
  TRY(cursor_varint(c, &count));
  if (count > cursor_left(c)) return ERR_CORRUPT;
  out->base_count = (size_t)count;
  out->bases = count ? arena_take(a, out->base_count, sizeof *out->bases) : NULL;
  if (count && !out->bases) return ERR_NO_MEMORY;
  for (size_t i = 0; i < out->base_count; i++) {
    TRY(cursor_varint(c, &chain));
    out->bases[i].chain = (int64_t)chain;
    TRY(cursor_varint(c, &out->bases[i].counter));
    TRY(cursor_varint(c, &units));
    out->bases[i].units = (uint32_t)units;
  }
  return ERR_OK;
}

static err get_op(struct cursor *c, struct chunk_op *out, uint64_t *stamp, struct arena *a) {
  uint8_t table;
  uint64_t units, step, len;
  TRY(cursor_u8(c, &table));
  out->table = schema_table(table);
  if (!out->table) return ERR_CORRUPT;
  TRY(cursor_copy(c, out->row.b, id_bytes));
  TRY(cursor_varint(c, &units));
  out->units = (uint32_t)(units >> flag_bits);
  out->flags = units & flag_mask;
  TRY(cursor_varint(c, &step));
  *stamp += (uint64_t)unzigzag(step);
  out->stamp = *stamp;
  TRY(cursor_varint(c, &out->origin));
  TRY(get_bases(c, out, a));
  TRY(cursor_varint(c, &len));
  return cursor_bytes(c, (size_t)len, &out->values);
}

err chunk_get(struct cursor *c, struct chunk_op *out, uint64_t *stamp, struct arena *a) {
  err e = get_op(c, out, stamp, a);
  return e == ERR_OK || e == ERR_NO_MEMORY ? e : ERR_CORRUPT;
}
