/* utf8.c: is it well-formed UTF-8 (RFC 3629), and how many code points has it. */
#include <string.h>

#include "shared/base/bytes.h"

/* Names are mostly ASCII: eight bytes at once, and on to the slow way as soon as one is not, or may be NUL.
 */
static size_t plain_ascii(const uint8_t *p, size_t len) {
  size_t i = 0;
  for (; i + 8 <= len; i += 8) {
    uint64_t word;
    memcpy(&word, p + i, sizeof word);
    uint64_t zero_or_high = (word - 0x0101010101010101U) | word;
    if (zero_or_high & 0x8080808080808080U) break;
  }
  return i;
}

static bool is_tail(uint8_t c) { return (c & 0xC0) == 0x80; }

/* Bytes of the character at `p`, or 0. The second byte's bounds exclude overlong forms, surrogates and what
 * lies past U+10FFFF. */
static size_t character(const uint8_t *p, size_t left) {
  uint8_t c = p[0];
  if (c < 0x80) return c != 0;
  if (c < 0xC2 || c > 0xF4) return 0;
  size_t len = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
  if (left < len) return 0;
  uint8_t low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
  uint8_t high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
  if (p[1] < low || p[1] > high) return 0;
  for (size_t i = 2; i < len; i++) {
    if (!is_tail(p[i])) return 0;
  }
  return len;
}

bool utf8_valid(struct slice text) {
  size_t i = text.len ? plain_ascii(text.ptr, text.len) : 0;
  while (i < text.len) {
    size_t len = character(text.ptr + i, text.len - i);
    if (len == 0) return false;
    i += len;
  }
  return true;
}

size_t utf8_length(struct slice text) {
  size_t count = 0;
  for (size_t i = 0; i < text.len; i++) count += !is_tail(text.ptr[i]);
  return count;
}
