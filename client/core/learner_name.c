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

static struct slice text_at(const struct row *learner, size_t column) {
  const struct value *v = &learner->values[column];
  return v->kind == VALUE_TEXT ? v->text : slice_of(NULL, 0);
}

err learner_name_of(struct rows *rows, struct arena *a, const struct id *learner, struct slice *out) {
  struct row row;
  TRY(rows_load(rows, schema_table(TABLE_learner), learner, a, &row));
  if (!row.exists) return ERR_NOT_FOUND;
  return learner_name(a, text_at(&row, COL(learner, known_name)), text_at(&row, COL(learner, first_name)),
                      text_at(&row, COL(learner, last_name)), text_at(&row, COL(learner, initial)), out);
}
