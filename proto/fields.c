/* fields.c: fields of an array taken in order, with sticking errors. */
#include "proto/fields.h"

struct fields fields_between(const item *array, size_t count_min, size_t count_max) {
  struct fields f = {.array = array};
  f.error = item_array(array, count_max, &f.count);
  if (f.error != ERR_OK || f.count < count_min) f.error = ERR_MALFORMED;
  return f;
}

struct fields fields_of(const item *array, size_t count) {
  return fields_between(array, count, count);
}

const item *field_item(struct fields *f) {
  if (f->error == ERR_OK && f->next == f->count) f->error = ERR_MALFORMED;
  return f->error == ERR_OK ? item_at(f->array, f->next++) : NULL;
}

uint64_t field_u64(struct fields *f, uint64_t max) {
  uint64_t v = 0;
  const item *i = field_item(f);
  if (i != NULL) f->error = item_u64(i, max, &v);
  return v;
}

uint32_t field_u32(struct fields *f) { return (uint32_t)field_u64(f, UINT32_MAX); }

int64_t field_time_ms(struct fields *f) {
  int64_t v = 0;
  const item *i = field_item(f);
  if (i != NULL) f->error = item_i64(i, -(int64_t)NUMBER_MAX, (int64_t)NUMBER_MAX, &v);
  return v;
}

struct id field_id(struct fields *f) {
  struct id id = {{0}};
  field_fixed(f, id.b, id_bytes);
  return id;
}

void field_fixed(struct fields *f, void *out, size_t len) {
  const item *i = field_item(f);
  if (i != NULL) f->error = item_fixed(i, out, len);
}

struct slice field_bytes(struct fields *f, size_t len_max) {
  struct slice v = {NULL, 0};
  const item *i = field_item(f);
  if (i != NULL) f->error = item_bytes(i, 0, len_max, &v);
  return v;
}

struct slice field_text(struct fields *f, size_t bytes_max) {
  struct slice v = {NULL, 0};
  const item *i = field_item(f);
  if (i != NULL) f->error = item_text(i, bytes_max, &v);
  return v;
}

err fields_end(const struct fields *f) {
  if (f->error != ERR_OK) return f->error;
  return f->next == f->count ? ERR_OK : ERR_MALFORMED;
}
