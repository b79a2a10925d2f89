/* text_code.c: bytes as text and back: hexadecimal, unpadded URL-safe base64 (RFC 4648, section 5), and
 * Crockford's base32. */
#include "shared/base/bytes.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void hex_encode(char *out, struct slice bytes) {
  for (size_t i = 0; i < bytes.len; i++) {
    out[2 * i] = hex_digits[bytes.ptr[i] >> 4];
    out[2 * i + 1] = hex_digits[bytes.ptr[i] & 15];
  }
  out[2 * bytes.len] = 0;
}

static int hex_value(uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

err hex_decode(uint8_t *out, size_t len, struct slice text) {
  if (text.len % 2 != 0 || text.len / 2 != len) return ERR_MALFORMED;
  for (size_t i = 0; i < len; i++) {
    int high = hex_value(text.ptr[2 * i]), low = hex_value(text.ptr[2 * i + 1]);
    if (high < 0 || low < 0) return ERR_MALFORMED;
    out[i] = (uint8_t)(high << 4 | low);
  }
  return ERR_OK;
}

static err put_digits(struct buf *out, uint32_t group, size_t digits) {
  for (size_t i = 0; i < digits; i++) {
    TRY(buf_put_u8(out, (uint8_t)base64url_digits[(group >> (18 - 6 * i)) & 63]));
  }
  return ERR_OK;
}

err base64url_encode(struct buf *out, struct slice bytes) {
  TRY(buf_reserve(out, bytes.len / 3 * 4 + (bytes.len % 3 ? bytes.len % 3 + 1 : 0)));
  for (size_t i = 0; i < bytes.len; i += 3) {
    size_t left = bytes.len - i < 3 ? bytes.len - i : 3;
    uint32_t group = (uint32_t)bytes.ptr[i] << 16;
    if (left > 1) group |= (uint32_t)bytes.ptr[i + 1] << 8;
    if (left > 2) group |= bytes.ptr[i + 2];
    TRY(put_digits(out, group, left + 1));
  }
  return ERR_OK;
}

static int base64url_value(uint8_t c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  return c == '_' ? 63 : -1;
}

/* Two to four digits into one to three bytes; bits that carry nothing must be zero, so that one value has one
 * form. */
static err take_group(struct buf *out, struct slice digits) {
  uint32_t group = 0;
  ASSERT(digits.len >= 2 && digits.len <= 4);
  for (size_t i = 0; i < digits.len; i++) {
    int v = base64url_value(digits.ptr[i]);
    if (v < 0) return ERR_MALFORMED;
    group |= (uint32_t)v << (18 - 6 * i);
  }
  size_t len = digits.len - 1;
  if (group & ((1U << (24 - 8 * len)) - 1)) return ERR_MALFORMED;
  for (size_t i = 0; i < len; i++) TRY(buf_put_u8(out, (uint8_t)(group >> (16 - 8 * i))));
  return ERR_OK;
}

err base64url_decode(struct buf *out, struct slice text) {
  if (text.len % 4 == 1) return ERR_MALFORMED;
  size_t before = out->len;
  for (size_t i = 0; i < text.len; i += 4) {
    err e = take_group(out, slice_of(text.ptr + i, text.len - i < 4 ? text.len - i : 4));
    if (e != ERR_OK) {
      out->len = before;
      return e;
    }
  }
  return ERR_OK;
}

static const char base32_digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

char base32_digit(unsigned value) { return base32_digits[value & 31]; }

int base32_value(uint8_t c) {
  if (c >= 'a' && c <= 'z') c = (uint8_t)(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  for (int i = 0; i < 32; i++) {
    if (base32_digits[i] == (char)c) return i;
  }
  return -1;
}
