/* core_door.h: the doors of a field client as a table, so that a test may hold two builds of it. */
#ifndef TUTTI_TESTS_CORE_DOOR_H
#define TUTTI_TESTS_CORE_DOOR_H

#include "client/core/core.h"

struct core_door {
  err (*create)(struct core **out, const struct core_config *config, struct fault *fault);
  err (*step)(struct core *core, const struct event *event, const struct action **out, size_t *out_count);
  void (*destroy)(struct core *core);
};
extern const struct core_door core_door; /* of this build */

#endif
