/* memory_doors.c: the doors of the code under test, by way of the linker's --wrap: behind them requests
 * count. Each build has its own. */
#include "client/core/core.h"
#include "server/core/ingest.h"
#include "server/core/session.h"
#include "tests/sim/memory.h"

err __real_core_step(struct core *core, const struct event *event, const struct action **out, size_t *count);
err __wrap_core_step(struct core *core, const struct event *event, const struct action **out, size_t *count);
void __real_ingest_group(struct job **jobs, size_t count, const struct hub *hub, struct store *store,
                         const struct now *now);
void __wrap_ingest_group(struct job **jobs, size_t count, const struct hub *hub, struct store *store,
                         const struct now *now);

err __wrap_core_step(struct core *core, const struct event *event, const struct action **out, size_t *count) {
  memory_enter();
  err e = __real_core_step(core, event, out, count);
  memory_leave();
  return e;
}

void __wrap_ingest_group(struct job **jobs, size_t count, const struct hub *hub, struct store *store,
                         const struct now *now) {
  memory_enter();
  __real_ingest_group(jobs, count, hub, store, now);
  memory_leave();
}
