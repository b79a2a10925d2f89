/* holding.h: what a device that follows the protocol would hold of what a line brings it. */
#ifndef TUTTI_TESTS_HOLDING_H
#define TUTTI_TESTS_HOLDING_H

#include "tests/lib/hub_world.h"

enum { held_max = 8192, held_streams_max = 64 };
struct holding {
  struct held {
    struct id stream, row;
    uint8_t table;
  } list[held_max];
  size_t count;
  struct stream_position at[held_streams_max];
  size_t stream_count;
  size_t batches, restarts, departures;
};
bool holding_has(const struct holding *h, const struct id *stream, uint8_t table, const struct id *row);
struct stream_position *holding_position(struct holding *h, const struct id *stream);
/* Takes everything that comes; gives credit back when asked to. */
void holding_follow(struct holding *h, struct test_line *line, bool credit);

#endif
