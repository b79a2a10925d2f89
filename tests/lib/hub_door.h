/* hub_door.h: the doors of a hub under test as a table, so that a test may hold two builds of it. */
#ifndef TUTTI_TESTS_HUB_DOOR_H
#define TUTTI_TESTS_HUB_DOOR_H

#include "tests/lib/hub_world.h"

struct hub_door {
  void (*open)(struct hub_host *h, uint64_t seed);
  void (*close)(struct hub_host *h);
  void (*reopen)(struct hub_host *h); /* of a host that another build may have opened */
  err (*try_open)(struct store **out, const struct store_sqlite_config *config, struct fault *fault);
  void (*make)(struct hub_world *w, struct hub_host *h);
  void (*enrol)(struct hub_host *h, const struct id *learner, const struct id *activity, int32_t starts,
                int32_t ends);
  void (*pass)(struct hub_host *h, int64_t ms);
  void (*digest)(struct hub_host *h, uint8_t out[hash_bytes]);
  err (*try_digest)(struct hub_host *h, uint8_t out[hash_bytes]);
  void (*keep)(struct hub_host *h); /* keeps house, as when the program starts */
  struct view_counts (*counts)(struct hub_host *h);
  void (*ingest)(struct hub_host *h, struct job *job, struct slice bundle);
  void (*line_open)(struct hub_line *l, struct hub_host *h);
  void (*line_close)(struct hub_line *l);
  void (*line_bytes)(struct hub_line *l, struct slice bytes);
  void (*line_event)(struct hub_line *l, enum session_event_kind kind);
  void (*line_work)(struct hub_line *l);
  bool (*line_take)(struct hub_line *l, struct slice *out);
};
extern const struct hub_door hub_door; /* of this build */

#endif
