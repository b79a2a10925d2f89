/* plain_memory.c: the virtual disk's memory, where none is made to run out. */
#include <stdlib.h>

#include "tests/sim/memory.h"

void *memory_malloc(size_t len) { return malloc(len); }
void *memory_calloc(size_t count, size_t size) { return calloc(count, size); }
void *memory_realloc(void *p, size_t len) { return realloc(p, len); }
