/* door.h: the core's exported functions, as the browser's worker sees them: numbers and bytes only. */
#ifndef TUTTI_BROWSER_DOOR_H
#define TUTTI_BROWSER_DOOR_H

#include <stdint.h>

/* One opened core and the memory lent to the worker. Every pointer below is the door's. */
struct door;

/* NULL when memory is short. Released by door_destroy, which accepts NULL. */
struct door *door_create(void);
void door_destroy(struct door *door);

/* Memory for `len` bytes of input, valid until the next call; NULL when `len` is above ui_call_bytes_max or
 * memory is short. */
uint8_t *door_input(struct door *door, uint32_t len);

/* Time is given before every step: `boot` is 16 bytes written to door_input once per start of the worker. */
int32_t door_boot(struct door *door);
void door_now(struct door *door, double wall_ms, double mono_ms);

/* Where typed codes enrol: the first `len` bytes of door_input ("wss://host:port/sync"); before door_open. An
 * `err`. */
int32_t door_hub(struct door *door, uint32_t len);

/* Opens the core on the file `core.db`; an `err`, whose sentence door_fault then gives (terminated by zero).
 */
int32_t door_open(struct door *door);
const char *door_fault(struct door *door);
void door_close(struct door *door);

/* One event with the first `len` bytes of door_input. The number of actions, or an `err` below zero: then
 * close and open again. */
int32_t door_step(struct door *door, uint32_t kind, uint32_t id, uint32_t len);

/* The parts of action `index` of the last step. */
uint32_t door_action_kind(struct door *door, uint32_t index);
uint32_t door_action_id(struct door *door, uint32_t index);
double door_action_at(struct door *door, uint32_t index);
const uint8_t *door_action_bytes(struct door *door, uint32_t index);
uint32_t door_action_len(struct door *door, uint32_t index);

#endif
