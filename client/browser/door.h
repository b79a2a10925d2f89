/* door.h: the core's exported functions, as the browser's worker sees them. */
#ifndef TUTTI_BROWSER_DOOR_H
#define TUTTI_BROWSER_DOOR_H

#include <stdint.h>

/* One opened core and the memory lent to the worker. */
struct door;

/* NULL when memory is short. Released by door_destroy, which accepts NULL. */
struct door *door_create(void);
void door_destroy(struct door *door);

/* Memory for `len` bytes of input, the door's until the next call; NULL when `len` is above call_bytes_max or
 * memory is short. */
uint8_t *door_input(struct door *door, uint32_t len);

/* Takes one event whose `len` bytes were written to door_input. Returns how many actions wait, or a negated
 * `err`. */
int32_t door_step(struct door *door, uint32_t kind, uint32_t id, double wall_ms, double mono_ms,
                  uint32_t len);

#endif
