/* restored.h: the numbers that a hub begins anew when it was restored from a backup. It may have been
 * restored before, from the same one or an earlier, and know nothing of what it gave out then. So they are
 * taken from the clock: what a later history gives out is higher, as long as no two restores are of one
 * minute. A clock that was set back leaves them to follow what the hub knows and what devices tell it. */
#ifndef TUTTI_SERVER_RESTORED_H
#define TUTTI_SERVER_RESTORED_H

#include "server/core/store.h"

/* Of the history that begins now: `known` is the hub's, `told` a device's, or the same. */
uint64_t epoch_after(uint64_t known, uint64_t told, const struct now *now);
/* May a hub have given it out? An enrolled device that lies must not use up the numbers there are. */
bool epoch_is_likely(uint64_t epoch, const struct now *now);
/* What the office wrote after the backup has numbers that devices have seen: they are not used again. */
MUST_USE err office_counter_leaps(struct store *store, const struct now *now);

#endif
