/* door.c: puts the core behind functions a worker can call; numbers and bytes only, no pointers but into lent
 * memory. */
#include "client/browser/door.h"

#include <stdlib.h>

#include "shared/base/err.h"
#include "shared/base/limits.h"

#define EXPORT(name) __attribute__((export_name(#name)))

struct door {
  uint8_t *input;
  uint32_t input_bytes;
};

EXPORT(door_create) struct door *door_create(void) { return calloc(1, sizeof(struct door)); }

EXPORT(door_destroy) void door_destroy(struct door *door) {
  if (!door) return;
  free(door->input);
  free(door);
}

EXPORT(door_input) uint8_t *door_input(struct door *door, uint32_t len) {
  if (len > call_bytes_max) return NULL;
  uint8_t *input = realloc(door->input, len ? len : 1);
  if (!input) return NULL;
  door->input = input;
  door->input_bytes = len;
  return input;
}

/* Without an opened core every event is refused; input that was never lent is the worker's fault and is named
 * as such. */
EXPORT(door_step)
int32_t door_step(struct door *door, uint32_t kind, uint32_t id, double wall_ms, double mono_ms,
                  uint32_t len) {
  (void)kind, (void)id, (void)wall_ms, (void)mono_ms;
  if (len > door->input_bytes) return -(int32_t)ERR_TRUNCATED;
  return -(int32_t)ERR_NOT_ENROLLED;
}
