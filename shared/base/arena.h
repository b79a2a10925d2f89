/* arena.h: memory that is freed all at once; nothing taken from it is freed alone. */
#ifndef TUTTI_BASE_ARENA_H
#define TUTTI_BASE_ARENA_H

#include <stddef.h>

#include "shared/base/bytes.h"

struct arena_block;
struct arena {
  struct arena_block *head;
  size_t used, max; /* bytes handed out, each take rounded up to its alignment, and the ceiling */
};
#define ARENA_INIT(bytes_max)                                                                                \
  { NULL, 0, (bytes_max) }
/* Zeroed memory aligned for any type, or NULL past the ceiling or without memory. Lives until arena_clear or
 * arena_finish. */
void *arena_take(struct arena *a, size_t count, size_t size);
/* A copy of the bytes with a zero behind them (not counted in len). {NULL, 0} without memory. */
struct slice arena_copy(struct arena *a, struct slice bytes);
void arena_clear(struct arena *a);  /* forgets everything, keeps one block */
void arena_finish(struct arena *a); /* frees everything */
/* Overwrites everything that was taken since the last arena_clear, which is still the arena's: before
 * arena_finish, where a secret was among it. */
void arena_wipe(struct arena *a);

#endif
