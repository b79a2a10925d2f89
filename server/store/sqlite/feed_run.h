/* feed_run.h: private to this folder: entries of one stream of the feed, in the order of their places, as a
 * few bytes each. A register's marks are neighbours in their stream, and a row of a table costs SQLite much
 * the same with thirty of them as with one. */
#ifndef TUTTI_SERVER_SQLITE_FEED_RUN_H
#define TUTTI_SERVER_SQLITE_FEED_RUN_H

#include "shared/base/id.h"

/* Stream and position as one number: 2^23 streams, 2^40 changes. */
enum { feed_position_bits = 40 };
static inline uint64_t feed_position(int64_t place) {
  return (uint64_t)place & ((UINT64_C(1) << feed_position_bits) - 1);
}

/* Of the longest runs four fit a page of SQLite's. */
enum { feed_run_entries_max = 64, feed_code_end = 192 };
struct feed_entry {
  int64_t place;
  uint8_t code; /* table and kind: from 1 to below feed_code_end */
  struct id row;
};
/* Places rise; the last one is not in the bytes, for the run is kept under it. */
MUST_USE err feed_run_encode(struct buf *out, const struct feed_entry *list, size_t count);
/* ERR_CORRUPT for bytes that cannot be. */
MUST_USE err feed_run_decode(struct feed_entry out[feed_run_entries_max], size_t *count, int64_t last,
                             struct slice bytes);
/* Cuts out the entries at these places, which rise as well; gives how many are left. */
size_t feed_run_cut(struct feed_entry *list, size_t count, const int64_t *places, size_t place_count);

#endif
