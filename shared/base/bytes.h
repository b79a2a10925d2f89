/* bytes.h: bytes travel in slices (borrowed), buffers (owned, bounded) and cursors (reading). The only raw
 * memcpy lives here. */
#ifndef TUTTI_BASE_BYTES_H
#define TUTTI_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/base/err.h"

/* Borrowed bytes: never freed through this; whoever hands one out says how long it lives. Empty is {NULL, 0}.
 */
struct slice {
  const uint8_t *ptr;
  size_t len;
};

static inline struct slice slice_of(const void *ptr, size_t len) {
  return (struct slice){(const uint8_t *)ptr, len};
}
struct slice slice_text(const char *text); /* without the terminating zero; NULL gives empty */
bool slice_equal(struct slice a, struct slice b);
int slice_compare(struct slice a, struct slice b); /* memcmp order, shorter first on a tie */

/* A growing byte buffer with a ceiling. Zero-initialise with BUF_INIT(max), release with buf_finish (which
 * keeps `max`). */
struct buf {
  uint8_t *ptr;
  size_t len, cap, max;
};
#define BUF_INIT(bytes_max)                                                                                  \
  { NULL, 0, 0, (bytes_max) }
void buf_finish(struct buf *b);                             /* frees; the buffer may be used again */
void buf_wipe(struct buf *b);                               /* overwrites, then frees */
void buf_clear(struct buf *b);                              /* len = 0, memory kept */
MUST_USE err buf_reserve(struct buf *b, size_t more);       /* ERR_TOO_BIG past max, ERR_NO_MEMORY */
MUST_USE err buf_append(struct buf *b, struct slice bytes); /* `bytes` must not point into `b` */
MUST_USE err buf_append_zeros(struct buf *b, size_t count);
MUST_USE err buf_put_u8(struct buf *b, uint8_t v);
MUST_USE err buf_put_u16(struct buf *b, uint16_t v); /* all integers are little-endian */
MUST_USE err buf_put_u32(struct buf *b, uint32_t v);
MUST_USE err buf_put_u64(struct buf *b, uint64_t v);
MUST_USE err buf_put_varint(struct buf *b, uint64_t v); /* LEB128, at most 10 bytes */
MUST_USE err buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline struct slice buf_slice(const struct buf *b) { return (struct slice){b->ptr, b->len}; }

/* A reading position. Every read either succeeds or leaves the cursor where it was and returns ERR_TRUNCATED.
 */
struct cursor {
  const uint8_t *ptr, *end;
};
struct cursor cursor_of(struct slice bytes);
static inline size_t cursor_left(const struct cursor *c) { return (size_t)(c->end - c->ptr); }
MUST_USE err cursor_u8(struct cursor *c, uint8_t *out);
MUST_USE err cursor_u16(struct cursor *c, uint16_t *out);
MUST_USE err cursor_u32(struct cursor *c, uint32_t *out);
MUST_USE err cursor_u64(struct cursor *c, uint64_t *out);
MUST_USE err cursor_varint(struct cursor *c, uint64_t *out); /* ERR_MALFORMED when longer than needed */
MUST_USE err cursor_bytes(struct cursor *c, size_t len, struct slice *out);
MUST_USE err cursor_copy(struct cursor *c, void *out, size_t len);
MUST_USE err cursor_end(const struct cursor *c); /* ERR_TRAILING unless everything was read */

/* The copies and fills the rest of the code uses; lengths are always given. */
void bytes_copy(void *to, const void *from, size_t len);
void bytes_move(void *to, const void *from, size_t len);
void bytes_zero(void *to, size_t len);
bool bytes_are_zero(const void *ptr, size_t len);

/* Lower-case hexadecimal; `out` holds 2 * len + 1 bytes. */
void hex_encode(char *out, struct slice bytes);
/* ERR_MALFORMED unless `text` is exactly 2 * len hexadecimal digits. */
MUST_USE err hex_decode(uint8_t *out, size_t len, struct slice text);
/* Unpadded URL-safe base64. */
/* Crockford's base32, for what people read aloud and type: no I, L, O or U. Reading, case does not matter, O
 * is 0, I and L are 1; anything else is below zero. */
char base32_digit(unsigned value); /* 0 to 31 */
int base32_value(uint8_t c);
MUST_USE err base64url_encode(struct buf *out, struct slice bytes);
MUST_USE err base64url_decode(struct buf *out, struct slice text); /* ERR_MALFORMED on anything else */
/* True when the bytes are well-formed UTF-8 without NUL, surrogates or overlong forms. */
bool utf8_valid(struct slice text);
/* Code points in valid UTF-8. */
size_t utf8_length(struct slice text);

#endif
