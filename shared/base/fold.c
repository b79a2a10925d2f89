/* fold.c: folding, and matching by the beginnings of words. */
#include "shared/base/fold.h"

/* Names are ASCII far more often than not, and then none of Unicode's tables is needed. */
static bool is_ascii(struct slice text) {
  for (size_t i = 0; i < text.len; i += 1) {
    if (text.ptr[i] >= 0x80) return false;
  }
  return true;
}

static err fold_ascii(struct buf *out, struct slice text) {
  size_t start = out->len;
  bool gap = false;
  for (size_t i = 0; i < text.len; i += 1) {
    uint8_t c = text.ptr[i];
    if (c == '\'' || c == '`') continue;
    if (c >= 'A' && c <= 'Z') c = (uint8_t)(c - 'A' + 'a');
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
      gap = true;
      continue;
    }
    if (gap && out->len > start) TRY(buf_put_u8(out, ' '));
    gap = false;
    TRY(buf_put_u8(out, c));
  }
  return ERR_OK;
}

err text_fold(struct buf *out, struct slice text) {
  return is_ascii(text) ? fold_ascii(out, text) : fold_unicode(out, text);
}

/* Cuts the first word off `rest`. */
static struct slice next_word(struct slice *rest) {
  size_t end = 0;
  while (end < rest->len && rest->ptr[end] != ' ') end += 1;
  struct slice word = slice_of(rest->ptr, end);
  size_t skip = end < rest->len ? end + 1 : end;
  *rest = slice_of(rest->ptr + skip, rest->len - skip);
  return word;
}

static bool some_word_begins(struct slice text, struct slice start) {
  while (text.len > 0) {
    struct slice word = next_word(&text);
    if (word.len >= start.len && slice_equal(slice_of(word.ptr, start.len), start)) return true;
  }
  return false;
}

bool text_fold_matches(struct slice text, struct slice wanted) {
  bool any = false;
  while (wanted.len > 0) {
    struct slice start = next_word(&wanted);
    if (!some_word_begins(text, start)) return false;
    any = true;
  }
  return any;
}
