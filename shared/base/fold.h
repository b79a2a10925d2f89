/* fold.h: text as people search and sort it: without case, accents and punctuation, so that "zoe" finds Zoë.
 */
#ifndef TUTTI_BASE_FOLD_H
#define TUTTI_BASE_FOLD_H

#include "shared/base/bytes.h"

/* Appends the folded form: compatibility-decomposed (Unicode), case-folded, marks removed, a few letters that
 * do not decompose spelt out (ø o, ł l, æ ae), apostrophes dropped, every other sign a single space, none at
 * either end. ERR_INVALID for text that is not UTF-8. */
MUST_USE err text_fold(struct buf *out, struct slice text);
/* The same for text that is not ASCII: of the platform (fold_system.c, fold_wasm.c). For fold.c. */
MUST_USE err fold_unicode(struct buf *out, struct slice text);
/* True when every word of `wanted` begins some word of `text`; both are folded. An empty `wanted` matches
 * nothing. */
bool text_fold_matches(struct slice text, struct slice wanted);

#endif
