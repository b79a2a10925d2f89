/* actions.h: what a step asks of its host, in order, with memory that lives until the next step. */
#ifndef TUTTI_CLIENT_ACTIONS_H
#define TUTTI_CLIENT_ACTIONS_H

#include "client/core/core.h"
#include "shared/base/arena.h"
#include "shared/base/limits.h"

struct actions {
  struct action *list;
  size_t count, cap;
  struct arena memory;
};
#define ACTIONS_INIT                                                                                         \
  { NULL, 0, 0, ARENA_INIT((size_t)export_file_bytes_max * 2) }
void actions_clear(struct actions *a);
void actions_finish(struct actions *a);
/* Copies `bytes`. */
MUST_USE err actions_add(struct actions *a, enum action_kind kind, uint32_t id, struct slice bytes);
MUST_USE err actions_tick_at(struct actions *a, uint64_t at_mono_ms);

#endif
