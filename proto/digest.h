/* digest.h: 32 bytes over what a device holds of a stream, by which both sides see that they hold the same.
 * Layout in PROTOCOL.md, "Digest and repair". */
#ifndef TUTTI_PROTO_DIGEST_H
#define TUTTI_PROTO_DIGEST_H

#include "proto/changeset.h"

enum {
  digest_short_bytes = 8,
  digest_entry_bytes = 1 + id_bytes + digest_short_bytes,
  digest_key_bytes = 1 + id_bytes
};
/* Of one row as an audience may see it: table, id, version, visible values, and which ops are its heads.
 * `scratch` is emptied and used. */
MUST_USE err digest_row(uint8_t out[hash_bytes], const struct row *row, uint8_t audience,
                        struct buf *scratch);
/* The sum does not depend on the order of its rows. */
struct digest {
  uint8_t sum[hash_bytes];
  uint64_t rows;
};
void digest_add(struct digest *d, const uint8_t row[hash_bytes]);
void digest_end(uint8_t out[hash_bytes], const struct digest *d, const struct id *stream, uint8_t audience);

/* One row in a device's list: table, id, and the first bytes of its hash. Lists rise by (table, id). */
struct digest_entry {
  uint8_t table;
  struct id id;
  uint8_t hash[digest_short_bytes];
};
void digest_entry_read(struct digest_entry *out, const uint8_t bytes[digest_entry_bytes]);
MUST_USE err digest_entry_write(struct buf *out, uint8_t table, const struct id *id,
                                const uint8_t row[hash_bytes]);

#endif
