/* history_chunk.h: private to this folder: ops of one counter sequence, one behind the other, as a few bytes
 * each. */
#ifndef TUTTI_SERVER_SQLITE_HISTORY_CHUNK_H
#define TUTTI_SERVER_SQLITE_HISTORY_CHUNK_H

#include "server/store/sqlite/sqlite_store.h"

enum { chunk_ops_max = 64, chunk_bytes_max = 16384 };
struct chunk_base { /* an op that this one replaced, and in which units */
  int64_t chain;
  uint64_t counter;
  uint32_t units;
};
struct chunk_op {
  const struct table *table;
  struct id row;
  uint32_t units;
  uint8_t flags;
  uint64_t stamp;
  uint64_t origin;
  struct slice values; /* as history_values_encode writes them */
  struct chunk_base *bases;
  size_t base_count;
};
/* Every accepted op of a row, as history_read finds them: where it stands. */
MUST_USE err history_ops(struct sqlite_store *q, const struct row_key *key, struct arena *a,
                         struct chunk_base **out, size_t *count);
/* Stamps are differences from the op before: `stamp` goes from one call to the next, 0 at first. */
MUST_USE err chunk_put(struct buf *out, const struct chunk_op *op, uint64_t *stamp);
/* ERR_CORRUPT for bytes that cannot be. Values borrow from the input, bases live in `a`. */
MUST_USE err chunk_get(struct cursor *c, struct chunk_op *out, uint64_t *stamp, struct arena *a);

#endif
