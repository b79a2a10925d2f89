/* id.c: comparing identities and writing them as text. */
#include "shared/base/id.h"

#include <string.h>

bool id_equal(const struct id *a, const struct id *b) { return memcmp(a->b, b->b, id_bytes) == 0; }

int id_compare(const struct id *a, const struct id *b) { return memcmp(a->b, b->b, id_bytes); }

bool id_is_zero(const struct id *a) { return bytes_are_zero(a->b, id_bytes); }

void id_text(char out[id_text_bytes], const struct id *id) { hex_encode(out, id_slice(id)); }

err id_parse(struct id *out, struct slice text) { return hex_decode(out->b, id_bytes, text); }
