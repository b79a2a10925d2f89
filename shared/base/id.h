/* id.h: 16-byte identities. Random ones come from the caller's entropy; natural ones are derived by
 * shared/crypto. */
#ifndef TUTTI_BASE_ID_H
#define TUTTI_BASE_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "shared/base/bytes.h"

enum { id_bytes = 16, id_text_bytes = 33 };
struct id {
  uint8_t b[id_bytes];
};

static inline struct slice id_slice(const struct id *id) { return slice_of(id->b, id_bytes); }
bool id_equal(const struct id *a, const struct id *b);
int id_compare(const struct id *a, const struct id *b);
bool id_is_zero(const struct id *a);
/* 32 hexadecimal digits and a zero. */
void id_text(char out[id_text_bytes], const struct id *id);
MUST_USE err id_parse(struct id *out, struct slice text);

#endif
