/* upn.c: unique pupil numbers read, and checked by their letter. */
#include "server/core/upn.h"

#include <string.h>

static const char letters[] = "ABCDEFGHJKLMNPQRTUVWXYZ"; /* without I, O and S */
enum { letter_count = sizeof letters - 1 };

static int number_of(uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char *at = c ? strchr(letters, c) : NULL;
  return at ? (int)(at - letters) : -1;
}

/* A blank, a hyphen, and what letters and PDFs have in their places: no-break and thin spaces (U+00A0, U+2000
 * to U+200F, U+202F) and dashes (U+2010 to U+2015). How many bytes it has, 0 for what belongs to a number. */
static size_t blank_at(struct slice text, size_t at) {
  uint8_t c = text.ptr[at], second = at + 1 < text.len ? text.ptr[at + 1] : 0;
  uint8_t third = at + 2 < text.len ? text.ptr[at + 2] : 0;
  if (c == ' ' || c == '-' || c == '\t') return 1;
  if (c == 0xc2 && second == 0xa0) return 2;
  bool wide = (third >= 0x80 && third <= 0x95) || third == 0xaf;
  return c == 0xe2 && second == 0x80 && wide ? 3 : 0;
}

/* No UPN has the letters I, O and S, because they look like 1, 0 and 5; and between its first and its last
 * place it has digits alone, so that an L is a 1 there. Whether that was meant the check letter says. */
static void mend_digits(char upn[upn_bytes]) {
  for (size_t i = 1; i < upn_bytes; i++) {
    switch (upn[i]) {
    case 'O': upn[i] = '0'; break;
    case 'I': upn[i] = '1'; break;
    case 'S': upn[i] = '5'; break;
    case 'L':
      if (i < upn_bytes - 1) upn[i] = '1';
      break;
    default: break;
    }
  }
}

struct slice upn_mend(char out[upn_bytes + 1], struct slice text) {
  size_t len = 0;
  for (size_t i = 0; i < text.len;) {
    size_t blank = blank_at(text, i);
    if (!blank && len > upn_bytes) return text;
    uint8_t c = text.ptr[i];
    if (!blank) out[len++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    i += blank ? blank : 1;
  }
  if (len == upn_bytes) mend_digits(out);
  return slice_of((const uint8_t *)out, len);
}

bool upn_is_shaped(struct slice text) {
  if (text.len != upn_bytes || text.ptr[0] < 'A' || text.ptr[0] > 'Z') return false;
  for (size_t i = 1; i < upn_bytes - 1; i++) {
    if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
  }
  return number_of(text.ptr[upn_bytes - 1]) >= 0;
}

static char letter_for(const uint8_t *digits) {
  int sum = 0;
  for (int i = 0; i < upn_bytes - 1; i++) sum += number_of(digits[i]) * (i + 2);
  return letters[sum % letter_count];
}

bool upn_is_right(struct slice text) {
  return upn_is_shaped(text) && (char)text.ptr[0] == letter_for(text.ptr + 1);
}

struct slice number_bare(struct slice text) {
  struct slice bare = text;
  for (size_t i = 0; i < text.len; i++)
    if (text.ptr[i] < '0' || text.ptr[i] > '9') return text;
  while (bare.len > 1 && *bare.ptr == '0') bare.ptr++, bare.len--;
  return bare;
}

bool upn_is_temporary(struct slice text) { return upn_is_shaped(text) && text.ptr[upn_bytes - 1] >= 'A'; }

bool upns_differ(struct slice a, struct slice b) {
  bool both = a.len && b.len && !upn_is_temporary(a) && !upn_is_temporary(b);
  return both && !slice_equal(a, b);
}

char upn_letter(const char digits[upn_bytes - 1]) { return letter_for((const uint8_t *)digits); }
