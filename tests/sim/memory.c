/* memory.c: malloc and its kin, and the doors of the code under test, by way of the linker's --wrap. */
#include "tests/sim/memory.h"

#include "client/core/core.h"
#include "server/core/ingest.h"
#include "server/core/session.h"

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

void *memory_malloc(size_t len) { return __real_malloc(len); }
void *memory_calloc(size_t count, size_t size) { return __real_calloc(count, size); }
void *memory_realloc(void *p, size_t len) { return __real_realloc(p, len); }

/* ---- doors ---- */

err __real_core_step(struct core *core, const struct event *event, const struct action **out, size_t *count);
err __wrap_core_step(struct core *core, const struct event *event, const struct action **out, size_t *count);
void __real_ingest_group(struct job **jobs, size_t count, const struct hub *hub, struct store *store,
                         const struct now *now);
void __wrap_ingest_group(struct job **jobs, size_t count, const struct hub *hub, struct store *store,
                         const struct now *now);

err __wrap_core_step(struct core *core, const struct event *event, const struct action **out, size_t *count) {
  memory.inside++;
  err e = __real_core_step(core, event, out, count);
  memory.inside--;
  return e;
}

void __wrap_ingest_group(struct job **jobs, size_t count, const struct hub *hub, struct store *store,
                         const struct now *now) {
  memory.inside++;
  __real_ingest_group(jobs, count, hub, store, now);
  memory.inside--;
}
