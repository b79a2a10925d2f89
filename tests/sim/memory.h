/* memory.h: memory that runs out at the n-th request. The linker sends malloc, calloc and realloc of
 * everything here; only what is asked between memory_enter and memory_leave is counted, which is the code
 * under test. */
#ifndef TUTTI_TESTS_SIM_MEMORY_H
#define TUTTI_TESTS_SIM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The n-th request from now fails; 0: none. */
void memory_fail_at(uint64_t n);
bool memory_is_short(void); /* one is to fail */
/* How many have failed so far. */
uint64_t memory_failed(void);
void memory_enter(void);
void memory_leave(void);
/* For the simulator itself, which cannot go on without. */
void *memory_malloc(size_t len);
void *memory_calloc(size_t count, size_t size);
void *memory_realloc(void *p, size_t len);

#endif
