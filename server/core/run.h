/* run.h: a list of the office's ops brought in at once (an import, a year's rollover), remembered so that it
 * can be looked at and taken back. */
#ifndef TUTTI_SERVER_RUN_H
#define TUTTI_SERVER_RUN_H

#include "server/core/ingest.h"

/* Hears now and then how many of a run's ops are applied, on the thread that applies them. */
struct run_watch {
  void (*told)(void *ctx, size_t done, size_t count);
  void *ctx;
};
/* Applies the ops in one transaction, with the run and its rows beside them. `versions` (NULL: nobody
 * looked): of each op's row, the version its values were chosen by, 0 for none: ERR_CONFLICT when one was
 * changed since. Nothing is remembered of a run that changes nothing. `watch` may
 * be NULL. In `run`, what is counted is filled in.
 */
MUST_USE err run_apply(struct office_result *out, const struct hub *hub, struct store *store,
                       const struct now *now, struct store_run *run, const struct op *ops,
                       const uint64_t *versions, size_t count, const struct run_watch *watch,
                       struct fault *fault);

/* What stands on a run's rows and was written later: the run cannot be taken back before that is. What later
 * runs wrote that were themselves taken back does not stand: the last one first, one after the other, all go.
 */
enum { run_blocks_max = 20, runs_looked_through_max = 200 };
struct run_blocks {
  struct run_block {
    const struct table *table, *later_table;
    struct id row, later; /* equal: the row itself was changed */
  } list[run_blocks_max];
  size_t count; /* may be more than are listed */
};
/* Puts back what was: earlier values of changed rows; a row that came with the run is taken out of use by
 * what its table has for that (removed, left, ended), for what once travelled to devices cannot be unsaid.
 * A learner and their numbers are one in `out`. `kept`: rows whose table has nothing (schools, terms).
 * ERR_CONFLICT with `blocks`, or because it is undone already. */
MUST_USE err run_undo(struct office_result *out, size_t *kept, struct run_blocks *blocks,
                      const struct hub *hub, struct store *store, const struct now *now, const struct id *by,
                      const struct id *run, struct fault *fault);

#endif
