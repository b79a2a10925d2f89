/* concern_parts.h: what sealing and opening a concern agree on. */
#ifndef TUTTI_PROTO_CONCERN_PARTS_H
#define TUTTI_PROTO_CONCERN_PARTS_H

#include "proto/concern.h"
#include "proto/fields.h"

enum {
  concern_version = 1,
  concern_fields = 7,
  concern_pad_bytes = 256, /* how much was written is a secret too */
  concern_content_bytes_max =
      5632, /* 22 times that: with four boxes and in base64 it fits into a text value */
  concern_box_bytes = 4 + key_bytes + seal_overhead_bytes,
};
void concern_binding(uint8_t out[hash_bytes], const struct id *hub, const struct id *row, struct slice head);

#endif
