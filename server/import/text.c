/* text.c: encodings and delimiters as they are met: UTF-8 with and without a mark, UTF-16, Windows-1252. */
#include "server/import/text.h"

const char *text_encoding_name(enum text_encoding e) {
  switch (e) {
  case TEXT_UTF8: return "UTF-8";
  case TEXT_UTF8_MARKED: return "UTF-8 with a byte order mark";
  case TEXT_UTF16_LE:
  case TEXT_UTF16_BE: return "UTF-16";
  case TEXT_WINDOWS_1252: return "Windows-1252";
  }
  return "";
}

/* ---- guessing ---- */

static unsigned letters_to_come(uint8_t byte) {
  return byte >= 0xf0 && byte <= 0xf4 ? 3 : byte >= 0xe0 ? 2 : 1;
}

void text_guess_take(struct text_guess *g, struct slice piece) {
  for (size_t i = 0; i < piece.len; i++) {
    uint8_t byte = piece.ptr[i];
    if (g->seen < sizeof g->mark) g->mark[g->seen] = byte;
    g->seen++;
    bool follows = (byte & 0xc0) == 0x80, leads = byte >= 0xc2 && byte <= 0xf4;
    if (g->wanted ? !follows : byte >= 0x80 && !leads) g->not_utf8 = true;
    g->wanted = g->wanted ? g->wanted - 1 : leads ? letters_to_come(byte) : 0;
  }
}

enum text_encoding text_guess_end(const struct text_guess *g) {
  if (g->seen >= 2 && g->mark[0] == 0xff && g->mark[1] == 0xfe) return TEXT_UTF16_LE;
  if (g->seen >= 2 && g->mark[0] == 0xfe && g->mark[1] == 0xff) return TEXT_UTF16_BE;
  if (g->not_utf8 || g->wanted) return TEXT_WINDOWS_1252;
  bool marked = g->seen >= 3 && g->mark[0] == 0xef && g->mark[1] == 0xbb && g->mark[2] == 0xbf;
  return marked ? TEXT_UTF8_MARKED : TEXT_UTF8;
}

/* ---- decoding ---- */

static err put_letter(struct buf *out, uint32_t letter) {
  if (letter < 0x80) return buf_put_u8(out, (uint8_t)letter);
  uint8_t bytes[4];
  size_t more = letter < 0x800 ? 1 : letter < 0x10000 ? 2 : 3;
  for (size_t i = more; i > 0; i--, letter >>= 6) bytes[i] = (uint8_t)(0x80 | (letter & 0x3f));
  static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
  bytes[0] = (uint8_t)(lead[more] | letter);
  return buf_append(out, slice_of(bytes, more + 1));
}

/* Bytes 0x80 to 0x9f, as the Unicode consortium's mapping table cp1252.txt has them; 0: not a letter. */
static const uint16_t windows_1252[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                          0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                          0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                          0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

static err decode_windows(struct slice piece, struct buf *out) {
  for (size_t i = 0; i < piece.len; i++) {
    uint8_t byte = piece.ptr[i];
    uint32_t letter = byte >= 0x80 && byte < 0xa0 ? windows_1252[byte - 0x80] : byte;
    if (byte >= 0x80 && letter == 0) return ERR_MALFORMED;
    TRY(put_letter(out, letter));
  }
  return ERR_OK;
}

static uint32_t unit_at(const struct text_decoder *d, size_t at) {
  uint32_t a = d->carry[at], b = d->carry[at + 1];
  return d->encoding == TEXT_UTF16_LE ? a | b << 8 : a << 8 | b;
}

/* Takes the carried units, when they are whole: one, or two of a letter beyond the first plane. */
static err take_units(struct text_decoder *d, struct buf *out) {
  if (d->carried < 2) return ERR_OK;
  uint32_t unit = unit_at(d, 0), letter = unit;
  bool high = unit >= 0xd800 && unit < 0xdc00;
  if (unit >= 0xdc00 && unit < 0xe000) return ERR_MALFORMED;
  if (high && d->carried < 4) return ERR_OK;
  if (high) {
    uint32_t low = unit_at(d, 2);
    if (low < 0xdc00 || low >= 0xe000) return ERR_MALFORMED;
    letter = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
  }
  d->carried = 0;
  bool mark = !d->begun && letter == 0xfeff;
  d->begun = true;
  return mark ? ERR_OK : put_letter(out, letter);
}

static err decode_utf16(struct text_decoder *d, struct slice piece, struct buf *out) {
  for (size_t i = 0; i < piece.len; i++) {
    d->carry[d->carried++] = piece.ptr[i];
    if (d->carried % 2 == 0) TRY(take_units(d, out));
  }
  return ERR_OK;
}

err text_decode(struct text_decoder *d, struct slice piece, struct buf *out) {
  switch (d->encoding) {
  case TEXT_UTF16_LE:
  case TEXT_UTF16_BE: return decode_utf16(d, piece, out);
  case TEXT_WINDOWS_1252: return decode_windows(piece, out);
  case TEXT_UTF8:
  case TEXT_UTF8_MARKED: break;
  }
  size_t skip = d->encoding == TEXT_UTF8_MARKED && !d->begun && piece.len >= 3 ? 3 : 0;
  d->begun = true;
  return buf_append(out, slice_of(piece.ptr + skip, piece.len - skip));
}

err text_decode_end(const struct text_decoder *d) { return d->carried ? ERR_TRUNCATED : ERR_OK; }

/* ---- delimiters ---- */

enum { signs_count = 3, title_signs_max = 1 };
static const char signs[signs_count] = {',', ';', '\t'};

/* Counts the signs of a line; gives where the next one begins. */
static size_t count_signs(size_t counts[signs_count], struct slice text, size_t at) {
  bool quoted = false;
  for (size_t k = 0; k < signs_count; k++) counts[k] = 0;
  for (; at < text.len; at++) {
    char c = (char)text.ptr[at];
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '\n' || c == '\r')) return at + 1;
    for (size_t k = 0; k < signs_count && !quoted; k++) counts[k] += c == signs[k];
  }
  return at;
}

static size_t most_of(const size_t counts[signs_count]) {
  size_t best = 0;
  for (size_t k = 1; k < signs_count; k++) {
    if (counts[k] > counts[best]) best = k;
  }
  return best;
}

/* A title above the headings may have a comma of its own, and what stands in a list of two columns several.
 */
char text_delimiter(struct slice beginning) {
  enum { lines_max = 16 };
  size_t counts[signs_count], at = 0, first = signs_count;
  for (size_t line = 0; line < lines_max && at < beginning.len; line++) {
    at = count_signs(counts, beginning, at);
    size_t best = most_of(counts);
    bool pair = first < signs_count && first != best && counts[first] == title_signs_max;
    if (counts[best] > title_signs_max && !pair) return signs[best];
    if (first == signs_count && counts[best] > 0) first = best;
  }
  return signs[first < signs_count ? first : 0];
}
