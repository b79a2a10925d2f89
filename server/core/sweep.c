/* sweep.c: what a date changes while nobody writes: enrolments that ended leave their streams on the day. */
#include "server/core/sweep.h"

#include "server/core/work.h"

static err sweep(struct work *w) {
  TRY(work_sweep(w));
  TRY(work_settle(w));
  return work_save(w);
}

err sweep_now(const struct hub *hub, struct store *store, const struct now *now) {
  struct work w;
  uint64_t swept;
  TRY(store->ops->number_load(store, STORE_SWEPT_DATE, &swept));
  work_init(&w, hub, store, now);
  bool due = (int64_t)swept < w.today;
  err e = due ? store->ops->begin(store) : ERR_OK;
  if (e == ERR_OK && due) e = sweep(&w);
  if (e == ERR_OK && due) e = store->ops->commit(store);
  if (e != ERR_OK) store->ops->rollback(store);
  work_finish(&w);
  return e;
}
