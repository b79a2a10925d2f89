/* id_set.h: ids already met, each with a number (the row it stood in). */
#ifndef TUTTI_SERVER_IMPORT_ID_SET_H
#define TUTTI_SERVER_IMPORT_ID_SET_H

#include "shared/base/id.h"

struct id_entry {
  struct id id;
  size_t number; /* from 1; 0 is a free slot */
};
struct id_set {
  struct id_entry *slots;
  size_t count, slot_count;
};
/* The number `id` was added with earlier, or 0 after adding it with `number`. */
MUST_USE err id_set_add(struct id_set *s, const struct id *id, size_t number, size_t *earlier);
size_t id_set_number(const struct id_set *s, const struct id *id); /* 0: it is not there */
bool id_set_has(const struct id_set *s, const struct id *id);
void id_set_clear(struct id_set *s);
void id_set_finish(struct id_set *s);

#endif
