/* scan.c: walks one msgpack message without allocating, and refuses whatever a strict writer would not have
 * written. */
#include "proto/codec.h"

/* One container that is open: what is left of it, and for a map the keys seen so far. */
struct level {
  uint64_t left; /* objects still to come; a map counts keys and values */
  bool is_map;
  uint32_t key_count;
  struct slice keys[codec_map_keys_max];
};
struct scan {
  struct cursor in;
  size_t items_left;
  size_t depth;
  struct level levels[codec_depth_max];
};

static err scan_big_endian(struct scan *s, size_t width, uint64_t *out) {
  struct slice bytes;
  TRY(cursor_bytes(&s->in, width, &bytes));
  *out = 0;
  for (size_t i = 0; i < width; i++) *out = *out << 8 | bytes.ptr[i];
  return ERR_OK;
}

/* A length or an unsigned integer of `width` bytes that would not have fitted the next shorter form, which
 * held up to `shorter`. */
static err scan_number(struct scan *s, size_t width, uint64_t shorter, uint64_t *out) {
  TRY(scan_big_endian(s, width, out));
  return *out > shorter ? ERR_OK : ERR_MALFORMED;
}

/* A signed form is right only for negative numbers below what the next shorter form held. */
static err scan_negative(struct scan *s, size_t width, int64_t shorter) {
  uint64_t raw;
  TRY(scan_big_endian(s, width, &raw));
  uint64_t sign = UINT64_C(1) << (8 * width - 1);
  int64_t value = (int64_t)((raw ^ sign) - sign);
  return value < shorter ? ERR_OK : ERR_MALFORMED;
}

static err scan_open(struct scan *s, uint64_t count, bool is_map) {
  uint64_t objects = is_map ? 2 * count : count;
  if (is_map && count > codec_map_keys_max) return ERR_TOO_BIG;
  if (objects > cursor_left(&s->in) || objects > s->items_left) return ERR_TOO_BIG;
  if (s->depth == codec_depth_max) return ERR_MALFORMED;
  struct level *level = &s->levels[s->depth++];
  level->left = objects;
  level->is_map = is_map;
  level->key_count = 0;
  return ERR_OK;
}

static err scan_bytes(struct scan *s, uint64_t len) {
  if (len > cursor_left(&s->in)) return ERR_TRUNCATED;
  struct slice ignored;
  return cursor_bytes(&s->in, (size_t)len, &ignored);
}

static err scan_text(struct scan *s, uint64_t len, bool is_key) {
  if (len > cursor_left(&s->in)) return ERR_TRUNCATED;
  struct slice text;
  TRY(cursor_bytes(&s->in, (size_t)len, &text));
  if (!utf8_valid(text)) return ERR_MALFORMED;
  if (!is_key) return ERR_OK;
  struct level *level = &s->levels[s->depth - 1];
  for (uint32_t i = 0; i < level->key_count; i++)
    if (slice_equal(level->keys[i], text)) return ERR_MALFORMED;
  level->keys[level->key_count++] = text;
  return ERR_OK;
}

/* The forms whose number is not in the tag itself, 0xc0 to 0xdf. Floats (ca, cb), extensions (c7-c9, d4-d8)
 * and c1 are not used. */
static err scan_long(struct scan *s, uint8_t tag, bool is_key) {
  uint64_t n;
  switch (tag) {
  case 0xc0:
  case 0xc2:
  case 0xc3: return ERR_OK;
  case 0xc4: TRY(scan_big_endian(s, 1, &n)); return scan_bytes(s, n);
  case 0xc5: TRY(scan_number(s, 2, UINT8_MAX, &n)); return scan_bytes(s, n);
  case 0xc6: TRY(scan_number(s, 4, UINT16_MAX, &n)); return scan_bytes(s, n);
  case 0xcc: return scan_number(s, 1, INT8_MAX, &n);
  case 0xcd: return scan_number(s, 2, UINT8_MAX, &n);
  case 0xce: return scan_number(s, 4, UINT16_MAX, &n);
  case 0xcf: return scan_number(s, 8, UINT32_MAX, &n);
  case 0xd0: return scan_negative(s, 1, -32);
  case 0xd1: return scan_negative(s, 2, INT8_MIN);
  case 0xd2: return scan_negative(s, 4, INT16_MIN);
  case 0xd3: return scan_negative(s, 8, INT32_MIN);
  case 0xd9: TRY(scan_number(s, 1, 31, &n)); return scan_text(s, n, is_key);
  case 0xda: TRY(scan_number(s, 2, UINT8_MAX, &n)); return scan_text(s, n, is_key);
  case 0xdb: TRY(scan_number(s, 4, UINT16_MAX, &n)); return scan_text(s, n, is_key);
  case 0xdc: TRY(scan_number(s, 2, 15, &n)); return scan_open(s, n, false);
  case 0xdd: TRY(scan_number(s, 4, UINT16_MAX, &n)); return scan_open(s, n, false);
  case 0xde: TRY(scan_number(s, 2, 15, &n)); return scan_open(s, n, true);
  case 0xdf: TRY(scan_number(s, 4, UINT16_MAX, &n)); return scan_open(s, n, true);
  default: return ERR_MALFORMED;
  }
}

static err scan_object(struct scan *s, bool is_key) {
  uint8_t tag;
  TRY(cursor_u8(&s->in, &tag));
  bool is_text = (tag >= 0xa0 && tag <= 0xbf) || (tag >= 0xd9 && tag <= 0xdb);
  if (is_key && !is_text) return ERR_MALFORMED;
  if (tag <= 0x7f || tag >= 0xe0) return ERR_OK;
  if (tag <= 0x8f) return scan_open(s, tag & 0x0f, true);
  if (tag <= 0x9f) return scan_open(s, tag & 0x0f, false);
  if (tag <= 0xbf) return scan_text(s, tag & 0x1f, is_key);
  return scan_long(s, tag, is_key);
}

err codec_scan(struct slice bytes, size_t items_max) {
  struct scan s; /* a level is filled when it opens: all of them are 17 kB, and zeroing those costs more than
                    a short message */
  s.in = cursor_of(bytes);
  s.items_left = items_max;
  s.depth = 0;
  do {
    bool is_key = false;
    if (s.depth > 0) {
      struct level *top = &s.levels[s.depth - 1];
      is_key = top->is_map && top->left % 2 == 0;
      top->left--;
    }
    if (s.items_left == 0) return ERR_TOO_BIG;
    s.items_left--;
    TRY(scan_object(&s, is_key));
    while (s.depth > 0 && s.levels[s.depth - 1].left == 0) s.depth--;
  } while (s.depth > 0);
  return cursor_end(&s.in);
}
