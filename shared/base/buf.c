/* buf.c: the growing byte buffer with a ceiling, and how integers are written to it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "shared/base/bytes.h"

enum { buf_first_bytes = 64, varint_bytes_max = 10 };

void buf_finish(struct buf *b) {
  free(b->ptr);
  *b = (struct buf)BUF_INIT(b->max);
}

/* The empty assembly claims to read the memory, so the compiler cannot leave out zeroing what is freed next.
 */
void buf_wipe(struct buf *b) {
  bytes_zero(b->ptr, b->cap);
  __asm__ volatile("" : : "r"(b->ptr) : "memory");
  buf_finish(b);
}

void buf_clear(struct buf *b) { b->len = 0; }

/* One spare byte stands behind `cap`, so that text can be formatted in place. */
err buf_reserve(struct buf *b, size_t more) {
  if (more <= b->cap - b->len) return ERR_OK;
  if (more > b->max - b->len) return ERR_TOO_BIG;
  size_t cap = b->cap > b->max / 2 ? b->max : 2 * b->cap;
  if (cap < buf_first_bytes) cap = b->max < buf_first_bytes ? b->max : buf_first_bytes;
  if (cap < b->len + more) cap = b->len + more;
  if (cap == SIZE_MAX) return ERR_NO_MEMORY;
  uint8_t *ptr = realloc(b->ptr, cap + 1);
  if (!ptr) return ERR_NO_MEMORY;
  b->ptr = ptr;
  b->cap = cap;
  return ERR_OK;
}

err buf_append(struct buf *b, struct slice bytes) {
  TRY(buf_reserve(b, bytes.len));
  if (bytes.len == 0) return ERR_OK;
  bytes_copy(b->ptr + b->len, bytes.ptr, bytes.len);
  b->len += bytes.len;
  return ERR_OK;
}

err buf_append_zeros(struct buf *b, size_t count) {
  TRY(buf_reserve(b, count));
  if (count == 0) return ERR_OK;
  bytes_zero(b->ptr + b->len, count);
  b->len += count;
  return ERR_OK;
}

static err put_little(struct buf *b, uint64_t v, size_t width) {
  TRY(buf_reserve(b, width));
  for (size_t i = 0; i < width; i++) b->ptr[b->len + i] = (uint8_t)(v >> (8 * i));
  b->len += width;
  return ERR_OK;
}

err buf_put_u8(struct buf *b, uint8_t v) { return put_little(b, v, 1); }
err buf_put_u16(struct buf *b, uint16_t v) { return put_little(b, v, 2); }
err buf_put_u32(struct buf *b, uint32_t v) { return put_little(b, v, 4); }
err buf_put_u64(struct buf *b, uint64_t v) { return put_little(b, v, 8); }

static size_t write_varint(uint8_t out[varint_bytes_max], uint64_t v) {
  size_t len = 0;
  for (; v >= 0x80; v >>= 7) out[len++] = (uint8_t)(v | 0x80);
  out[len++] = (uint8_t)v;
  return len;
}

/* Where there is room for any it is written in its place: a row's heads are a dozen of them. */
err buf_put_varint(struct buf *b, uint64_t v) {
  uint8_t bytes[varint_bytes_max];
  if (b->cap - b->len < varint_bytes_max) return buf_append(b, slice_of(bytes, write_varint(bytes, v)));
  b->len += write_varint(b->ptr + b->len, v);
  return ERR_OK;
}

/* Measures first: nothing is appended when the ceiling is in the way. The closing zero falls on the spare
 * byte. */
err buf_printf(struct buf *b, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int len = vsnprintf(NULL, 0, format, args);
  va_end(args);
  ASSERT(len >= 0);
  if (len == 0) return ERR_OK;
  TRY(buf_reserve(b, (size_t)len));
  va_start(args, format);
  (void)vsnprintf((char *)b->ptr + b->len, (size_t)len + 1, format, args);
  va_end(args);
  b->len += (size_t)len;
  return ERR_OK;
}
