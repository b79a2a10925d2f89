/* actions.c: the list of actions of one step. */
#include "client/core/actions.h"

#include <stdlib.h>

void actions_clear(struct actions *a) {
  a->count = 0;
  arena_clear(&a->memory);
}

void actions_finish(struct actions *a) {
  free(a->list);
  a->list = NULL;
  a->count = a->cap = 0;
  arena_finish(&a->memory);
}

static err add(struct actions *a, struct action action) {
  if (a->count == a->cap) {
    size_t cap = a->cap ? 2 * a->cap : 16;
    struct action *list = realloc(a->list, cap * sizeof *list);
    if (!list) return ERR_NO_MEMORY;
    a->list = list;
    a->cap = cap;
  }
  a->list[a->count] = action;
  a->count += 1;
  return ERR_OK;
}

err actions_add(struct actions *a, enum action_kind kind, uint32_t id, struct slice bytes) {
  struct slice copy = arena_copy(&a->memory, bytes);
  if (!copy.ptr) return ERR_NO_MEMORY;
  return add(a, (struct action){.kind = kind, .id = id, .bytes = copy});
}

err actions_tick_at(struct actions *a, uint64_t at_mono_ms) {
  return add(a, (struct action){.kind = ACT_TICK_AT, .at_mono_ms = at_mono_ms});
}
