/* memory.c: malloc and its kin, by way of the linker's --wrap. One for all builds in the process. */
#include "tests/sim/memory.h"

void *__real_malloc(size_t len);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *p, size_t len);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *p, size_t len);

/* One process is one run. */
static struct {
  uint64_t left, failed;
  int inside;
} memory;

void memory_fail_at(uint64_t n) { memory.left = n; }
bool memory_is_short(void) { return memory.left != 0; }
uint64_t memory_failed(void) { return memory.failed; }

static bool fails(void) {
  if (!memory.inside || !memory.left || --memory.left) return false;
  memory.failed++;
  return true;
}

void *__wrap_malloc(size_t len) { return fails() ? NULL : __real_malloc(len); }
void *__wrap_calloc(size_t count, size_t size) { return fails() ? NULL : __real_calloc(count, size); }
void *__wrap_realloc(void *p, size_t len) { return fails() ? NULL : __real_realloc(p, len); }

void memory_enter(void) { memory.inside++; }
void memory_leave(void) { memory.inside--; }

void *memory_malloc(size_t len) { return __real_malloc(len); }
void *memory_calloc(size_t count, size_t size) { return __real_calloc(count, size); }
void *memory_realloc(void *p, size_t len) { return __real_realloc(p, len); }
