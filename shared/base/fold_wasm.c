/* fold_wasm.c: what is not ASCII, folded by the browser, which has Unicode's tables already: a sixth of what
 * a phone would download. Two versions of Unicode may differ in a rare letter; nothing that is folded is ever
 * sent. */
#include <stdint.h>
#include <stdlib.h>

#include "shared/base/fold.h"

enum { growth_max = 12 }; /* one letter of three bytes that stands for eighteen is the worst */

__attribute__((import_module("tutti"), import_name("fold"))) int32_t
js_fold(const void *text, size_t len, void *out, size_t room); /* bytes, or -1 */

err fold_unicode(struct buf *out, struct slice text) {
  size_t room = text.len * growth_max;
  uint8_t *folded = malloc(room);
  if (!folded) return ERR_NO_MEMORY;
  int32_t len = js_fold(text.ptr, text.len, folded, room);
  err e = len < 0 ? ERR_INVALID : buf_append(out, slice_of(folded, (size_t)len));
  free(folded);
  return e;
}
