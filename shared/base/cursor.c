/* cursor.c: reading bytes in order; a read that fails leaves the position where it was. */
#include "shared/base/bytes.h"

enum { varint_bits_last = 63 };

/* NULL plus nothing is undefined in C, so an empty slice gets an address of its own. */
struct cursor cursor_of(struct slice bytes) {
  static const uint8_t nothing[1];
  const uint8_t *ptr = bytes.ptr ? bytes.ptr : nothing;
  ASSERT(bytes.ptr || bytes.len == 0);
  return (struct cursor){ptr, ptr + bytes.len};
}

static err read_little(struct cursor *c, uint64_t *out, size_t width) {
  if (cursor_left(c) < width) return ERR_TRUNCATED;
  uint64_t v = 0;
  for (size_t i = 0; i < width; i++) v |= (uint64_t)c->ptr[i] << (8 * i);
  c->ptr += width;
  *out = v;
  return ERR_OK;
}

err cursor_u8(struct cursor *c, uint8_t *out) {
  if (c->ptr == c->end) return ERR_TRUNCATED;
  *out = *c->ptr++;
  return ERR_OK;
}

err cursor_u16(struct cursor *c, uint16_t *out) {
  uint64_t v;
  TRY(read_little(c, &v, 2));
  *out = (uint16_t)v;
  return ERR_OK;
}

err cursor_u32(struct cursor *c, uint32_t *out) {
  uint64_t v;
  TRY(read_little(c, &v, 4));
  *out = (uint32_t)v;
  return ERR_OK;
}

err cursor_u64(struct cursor *c, uint64_t *out) { return read_little(c, out, 8); }

/* One value has one form: a last byte of zero, or bits past the 64th, are refused. */
err cursor_varint(struct cursor *c, uint64_t *out) {
  uint64_t v = 0;
  const uint8_t *p = c->ptr;
  for (unsigned shift = 0; shift <= varint_bits_last; shift += 7) {
    if (p == c->end) return ERR_TRUNCATED;
    uint8_t byte = *p++;
    v |= (uint64_t)(byte & 0x7F) << shift;
    if (byte & 0x80) continue;
    if (byte == 0 && shift > 0) return ERR_MALFORMED;
    if (shift == varint_bits_last && byte > 1) return ERR_MALFORMED;
    c->ptr = p;
    *out = v;
    return ERR_OK;
  }
  return ERR_MALFORMED;
}

err cursor_bytes(struct cursor *c, size_t len, struct slice *out) {
  if (cursor_left(c) < len) return ERR_TRUNCATED;
  *out = slice_of(c->ptr, len);
  c->ptr += len;
  return ERR_OK;
}

err cursor_copy(struct cursor *c, void *out, size_t len) {
  if (cursor_left(c) < len) return ERR_TRUNCATED;
  bytes_copy(out, c->ptr, len);
  c->ptr += len;
  return ERR_OK;
}

err cursor_end(const struct cursor *c) { return c->ptr == c->end ? ERR_OK : ERR_TRAILING; }
