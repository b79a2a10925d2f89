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

/* A blank, a no-break space, a hyphen; how many bytes it has, 0 for what belongs to a number. */
static size_t blank_at(struct slice text, size_t at) {
  uint8_t c = text.ptr[at];
  if (c == ' ' || c == '-') return 1;
  return c == 0xc2 && at + 1 < text.len && text.ptr[at + 1] == 0xa0 ? 2 : 0;
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

bool upn_is_temporary(struct slice text) { return upn_is_shaped(text) && text.ptr[upn_bytes - 1] >= 'A'; }

bool upns_differ(struct slice a, struct slice b) {
  bool both = a.len && b.len && !upn_is_temporary(a) && !upn_is_temporary(b);
  return both && !slice_equal(a, b);
}

char upn_letter(const char digits[upn_bytes - 1]) { return letter_for((const uint8_t *)digits); }
