/* learner_name.c: how a learner's name is put together. */
#include "client/core/roster.h"

err learner_name(struct arena *a, struct slice known, struct slice first, struct slice last,
                 struct slice initial, struct slice *out) {
  struct slice given = known.len ? known : first;
  struct slice family = last.len ? last : initial;
  size_t gap = given.len && family.len ? 1 : 0;
  uint8_t *text = arena_take(a, given.len + gap + family.len + 1, 1);
  if (!text) return ERR_NO_MEMORY;
  bytes_copy(text, given.ptr, given.len);
  if (gap) text[given.len] = ' ';
  bytes_copy(text + given.len + gap, family.ptr, family.len);
  *out = slice_of(text, given.len + gap + family.len);
  return ERR_OK;
}
