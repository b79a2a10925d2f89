/* fold_system.c: what is not ASCII, folded by utf8proc. */
#include <stdlib.h>
#include <utf8proc.h>

#include "shared/base/fold.h"

/* Letters of names that Unicode does not decompose, though people search for them without their stroke. */
static const struct {
  utf8proc_int32_t letter;
  const char *plain;
} spelt_out[] = {
    {0xe6, "ae"}, {0xf0, "d"},  {0xf8, "o"},   {0xfe, "th"}, {0x111, "d"}, {0x127, "h"},
    {0x131, "i"}, {0x142, "l"}, {0x153, "oe"}, {0x167, "t"}, {0x14b, "n"},
};

static const char *plain_of(utf8proc_int32_t letter) {
  for (size_t i = 0; i < sizeof spelt_out / sizeof spelt_out[0]; i += 1) {
    if (spelt_out[i].letter == letter) return spelt_out[i].plain;
  }
  return NULL;
}

static bool is_apostrophe(utf8proc_int32_t c) {
  return c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x2bc || c == 0x60 || c == 0xb4;
}

static bool is_word(utf8proc_int32_t c) {
  utf8proc_category_t k = utf8proc_category(c);
  return (k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO) ||
         (k >= UTF8PROC_CATEGORY_MN && k <= UTF8PROC_CATEGORY_ME) ||
         (k >= UTF8PROC_CATEGORY_ND && k <= UTF8PROC_CATEGORY_NO);
}

static err put_letter(struct buf *out, utf8proc_int32_t c) {
  const char *plain = plain_of(c);
  if (plain) return buf_append(out, slice_text(plain));
  utf8proc_uint8_t bytes[4];
  utf8proc_ssize_t len = utf8proc_encode_char(c, bytes);
  return buf_append(out, slice_of(bytes, (size_t)len));
}

/* Turns decomposed text into words with single spaces between them. */
static err put_words(struct buf *out, const utf8proc_int32_t *letters, size_t count) {
  size_t start = out->len;
  bool gap = false;
  for (size_t i = 0; i < count; i += 1) {
    utf8proc_int32_t c = letters[i];
    if (is_apostrophe(c)) continue;
    if (!is_word(c)) {
      gap = true;
      continue;
    }
    if (gap && out->len > start) TRY(buf_put_u8(out, ' '));
    gap = false;
    TRY(put_letter(out, c));
  }
  return ERR_OK;
}

err fold_unicode(struct buf *out, struct slice text) {
  const utf8proc_option_t options =
      (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                          UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
  utf8proc_ssize_t count = utf8proc_decompose(text.ptr, (utf8proc_ssize_t)text.len, NULL, 0, options);
  if (count < 0) return ERR_INVALID;
  utf8proc_int32_t *letters = calloc((size_t)count + 1, sizeof *letters);
  if (!letters) return ERR_NO_MEMORY;
  count = utf8proc_decompose(text.ptr, (utf8proc_ssize_t)text.len, letters, count, options);
  err e = count < 0 ? ERR_INVALID : put_words(out, letters, (size_t)count);
  free(letters);
  return e;
}
