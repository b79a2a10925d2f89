/* enrol.c: enrolment codes: what a device scans or a person types, and what both sides derive from it. */
#include "proto/manifest.h"

#include <string.h>

enum {
  secret_bytes = enrol_seed_bytes + enrol_fingerprint_bytes,
  check_bytes = 2,
  coded_bytes = secret_bytes + check_bytes,
  typed_chars = (coded_bytes * 8 + 4) / 5, /* 52: 256 bits and four of zero */
  group_chars = 4,
  digit_none = 32,
};
#define LINK_PREFIX  "tutti:"
#define LINK_VERSION "1:"

static void derive(uint8_t out[hash_bytes], const char *domain, const uint8_t *bytes, size_t len) {
  struct slice part = slice_of(bytes, len);
  crypto_hash(out, domain, &part, 1);
}

void enrol_psk(uint8_t out[key_bytes], const uint8_t seed[enrol_seed_bytes]) {
  derive(out, "tutti.enrol.psk", seed, enrol_seed_bytes);
}

void enrol_token_id(struct id *out, const uint8_t seed[enrol_seed_bytes]) {
  uint8_t hash[hash_bytes];
  derive(hash, "tutti.enrol.id", seed, enrol_seed_bytes);
  bytes_copy(out->b, hash, id_bytes);
}

void enrol_fingerprint(uint8_t out[enrol_fingerprint_bytes], const uint8_t hub_sign_public[key_bytes]) {
  uint8_t hash[hash_bytes];
  derive(hash, "tutti.hub", hub_sign_public, key_bytes);
  bytes_copy(out, hash, enrol_fingerprint_bytes);
}

static void code_bytes(uint8_t out[secret_bytes], const struct enrol_code *c) {
  bytes_copy(out, c->seed, enrol_seed_bytes);
  bytes_copy(out + enrol_seed_bytes, c->fingerprint, enrol_fingerprint_bytes);
}

static void code_take(struct enrol_code *out, const uint8_t bytes[secret_bytes]) {
  bytes_copy(out->seed, bytes, enrol_seed_bytes);
  bytes_copy(out->fingerprint, bytes + enrol_seed_bytes, enrol_fingerprint_bytes);
}

static bool starts_with(struct slice text, const char *prefix) {
  size_t len = strlen(prefix);
  return text.len >= len && memcmp(text.ptr, prefix, len) == 0;
}

static struct slice skip(struct slice text, size_t len) { return slice_of(text.ptr + len, text.len - len); }

/* ---- the link ---- */

/* What a link may point at: a WebSocket address in printable ASCII. */
static bool url_valid(struct slice url) {
  if (url.len > url_bytes_max || !(starts_with(url, "wss://") || starts_with(url, "ws://"))) return false;
  for (size_t i = 0; i < url.len; i++)
    if (url.ptr[i] <= ' ' || url.ptr[i] >= 0x7f) return false;
  return true;
}

err enrol_link(struct buf *out, const struct enrol_code *c) {
  uint8_t bytes[secret_bytes];
  if (!url_valid(c->url)) return ERR_INVALID;
  code_bytes(bytes, c);
  TRY(buf_append(out, slice_text(LINK_PREFIX LINK_VERSION)));
  TRY(base64url_encode(out, slice_of(bytes, sizeof bytes)));
  TRY(buf_put_u8(out, ':'));
  return buf_append(out, c->url);
}

static err link_parse(struct enrol_code *out, struct slice text, struct fault *fault) {
  text = skip(text, strlen(LINK_PREFIX));
  if (!starts_with(text, LINK_VERSION))
    return fault_set(fault, ERR_VERSION, "This enrolment link is of another version: update this program.");
  text = skip(text, strlen(LINK_VERSION));
  const uint8_t *colon = text.len > 0 ? memchr(text.ptr, ':', text.len) : NULL;
  if (colon == NULL)
    return fault_set(fault, ERR_MALFORMED, "The enrolment link ends too early: scan or copy all of it.");
  struct slice coded = slice_of(text.ptr, (size_t)(colon - text.ptr));
  uint8_t bytes[secret_bytes];
  struct buf decoded = BUF_INIT(url_bytes_max);
  err e = coded.len > url_bytes_max ? ERR_MALFORMED : base64url_decode(&decoded, coded);
  bool whole = e == ERR_OK && decoded.len == secret_bytes;
  if (whole) bytes_copy(bytes, decoded.ptr, sizeof bytes);
  buf_wipe(&decoded);
  if (e == ERR_NO_MEMORY) return e;
  if (!whole) return fault_set(fault, ERR_MALFORMED, "The enrolment link is damaged: scan or copy it again.");
  out->url = skip(text, coded.len + 1);
  if (!url_valid(out->url))
    return fault_set(fault, ERR_MALFORMED,
                     "The enrolment link does not end in the hub's address: copy all of it.");
  code_take(out, bytes);
  return ERR_OK;
}

/* ---- the typed code: five bits a character, most significant first ---- */

static void code_check(uint8_t out[check_bytes], const uint8_t bytes[secret_bytes]) {
  uint8_t hash[hash_bytes];
  derive(hash, "tutti.enrol.check", bytes, secret_bytes);
  bytes_copy(out, hash, check_bytes);
}

err enrol_typed(struct buf *out, const struct enrol_code *c) {
  uint8_t bytes[coded_bytes + 1] = {0}; /* one more, so that the last character has bits to read */
  code_bytes(bytes, c);
  code_check(bytes + secret_bytes, bytes);
  for (size_t i = 0; i < typed_chars; i++) {
    if (i > 0 && i % group_chars == 0) TRY(buf_put_u8(out, '-'));
    size_t bit = i * 5;
    unsigned pair = (unsigned)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];
    TRY(buf_put_u8(out, (uint8_t)base32_digit(pair >> (11 - bit % 8) & 31)));
  }
  return ERR_OK;
}

static uint8_t digit_of(uint8_t c) {
  int value = base32_value(c);
  return value >= 0 ? (uint8_t)value : digit_none;
}

static bool digits_check(const uint8_t digits[typed_chars], uint8_t bytes[coded_bytes]) {
  uint8_t check[check_bytes];
  bytes_zero(bytes, coded_bytes);
  for (size_t bit = 0; bit < typed_chars * 5; bit++) {
    unsigned on = (unsigned)digits[bit / 5] >> (4 - bit % 5) & 1U;
    if (bit >= coded_bytes * 8) {
      if (on != 0) return false;
      continue;
    }
    bytes[bit / 8] = (uint8_t)(bytes[bit / 8] | on << (7 - bit % 8));
  }
  code_check(check, bytes);
  return crypto_equal(check, bytes + secret_bytes, check_bytes);
}

/* The only group where changing one character would make the code whole, or 0. It is told, never mended: a
 * wrong code must be typed again by somebody who looks at the right one. */
static size_t group_suspect(const uint8_t digits[typed_chars]) {
  uint8_t tried[typed_chars], bytes[coded_bytes];
  size_t suspect = 0;
  bytes_copy(tried, digits, typed_chars);
  for (size_t i = 0; i < typed_chars; i++) {
    for (uint8_t d = 0; d < digit_none; d++) {
      tried[i] = d;
      if (!digits_check(tried, bytes)) continue;
      if (suspect != 0 && suspect != i / group_chars + 1) return 0;
      suspect = i / group_chars + 1;
    }
    tried[i] = digits[i];
  }
  return suspect;
}

static err typed_fault(const uint8_t digits[typed_chars], struct fault *fault) {
  size_t group = group_suspect(digits);
  if (group == 0)
    return fault_set(fault, ERR_MALFORMED,
                     "The enrolment code has a typing mistake: compare every group of four.");
  return fault_set(fault, ERR_MALFORMED, "The enrolment code has a typing mistake: group %zu looks wrong.",
                   group);
}

static err typed_parse(struct enrol_code *out, struct slice text, struct fault *fault) {
  uint8_t digits[typed_chars], bytes[coded_bytes];
  size_t count = 0;
  for (size_t i = 0; i < text.len; i++) {
    uint8_t c = text.ptr[i], digit = digit_of(c);
    if (c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n') continue;
    if (digit == digit_none)
      return fault_set(
          fault, ERR_MALFORMED,
          "Group %zu of the enrolment code has a character that no code contains: look at it again.",
          count / group_chars + 1);
    if (count == typed_chars)
      return fault_set(fault, ERR_MALFORMED,
                       "The enrolment code is longer than %d characters: compare the groups.",
                       (int)typed_chars);
    digits[count++] = digit;
  }
  if (count < typed_chars)
    return fault_set(fault, ERR_MALFORMED,
                     "The enrolment code has %zu of %d characters, so group %zu is not complete.", count,
                     (int)typed_chars, count / group_chars + 1);
  if (!digits_check(digits, bytes)) return typed_fault(digits, fault);
  code_take(out, bytes);
  return ERR_OK;
}

err enrol_parse(struct enrol_code *out, struct slice text, struct fault *fault) {
  *out = (struct enrol_code){0};
  if (text.len > url_bytes_max + enrol_typed_chars_max)
    return fault_set(fault, ERR_MALFORMED, "This is too long for an enrolment code: copy the code alone.");
  if (starts_with(text, LINK_PREFIX)) return link_parse(out, text, fault);
  return typed_parse(out, text, fault);
}
