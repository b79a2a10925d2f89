/* digest.c: rows as 32 bytes, and a stream as the sum of its rows. Layout in PROTOCOL.md, "Digest and
 * repair". */
#include "proto/digest.h"

static uint64_t zigzag(int64_t v) { return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63); }

static err put_value(struct buf *out, const struct value *v) {
  TRY(buf_put_u8(out, (uint8_t)v->kind));
  switch (v->kind) {
  case VALUE_NULL: return ERR_OK;
  case VALUE_INT: return buf_put_varint(out, zigzag(v->i));
  case VALUE_ID: return buf_append(out, id_slice(&v->id));
  case VALUE_TEXT: TRY(buf_put_varint(out, v->text.len)); return buf_append(out, v->text);
  }
  return ERR_OK;
}

/* What a head says is in its op, and an op never changes; so heads are named, not repeated. */
static err put_heads(struct buf *out, const struct unit_heads *u) {
  TRY(buf_put_varint(out, u->count));
  for (size_t i = 0; i < u->count; i++) {
    TRY(buf_append(out, id_slice(&u->heads[i].op.device)));
    TRY(buf_put_varint(out, u->heads[i].op.incarnation));
    TRY(buf_put_varint(out, u->heads[i].op.counter));
  }
  return ERR_OK;
}

err digest_row(uint8_t out[hash_bytes], const struct row *row, uint8_t audience, struct buf *scratch) {
  buf_clear(scratch);
  TRY(buf_put_u8(scratch, row->table->id));
  TRY(buf_append(scratch, id_slice(&row->id)));
  TRY(buf_put_varint(scratch, row->version));
  for (uint8_t i = 0; i < row->table->column_count; i++) {
    if (row->table->columns[i].audience & audience) TRY(put_value(scratch, &row->values[i]));
  }
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++) TRY(put_heads(scratch, &row->units[unit]));
  struct slice bytes = buf_slice(scratch);
  crypto_hash(out, "tutti.digest.row", &bytes, 1);
  return ERR_OK;
}

void digest_add(struct digest *d, const uint8_t row[hash_bytes]) {
  for (size_t i = 0; i < hash_bytes; i++) d->sum[i] ^= row[i];
  d->rows++;
}

void digest_end(uint8_t out[hash_bytes], const struct digest *d, const struct id *stream, uint8_t audience) {
  uint8_t rows[8];
  for (size_t i = 0; i < sizeof rows; i++) rows[i] = (uint8_t)(d->rows >> 8 * i);
  struct slice parts[4] = {id_slice(stream), slice_of(&audience, 1), slice_of(rows, sizeof rows),
                           slice_of(d->sum, hash_bytes)};
  crypto_hash(out, "tutti.digest", parts, 4);
}

void digest_entry_read(struct digest_entry *out, const uint8_t bytes[digest_entry_bytes]) {
  out->table = bytes[0];
  bytes_copy(out->id.b, bytes + 1, id_bytes);
  bytes_copy(out->hash, bytes + digest_key_bytes, digest_short_bytes);
}

err digest_entry_write(struct buf *out, uint8_t table, const struct id *id, const uint8_t row[hash_bytes]) {
  TRY(buf_put_u8(out, table));
  TRY(buf_append(out, id_slice(id)));
  return buf_append(out, slice_of(row, digest_short_bytes));
}
