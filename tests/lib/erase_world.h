/* erase_world.h: a learner of the small hub is erased, and what its files then hold is looked at byte by
 * byte. */
#ifndef TUTTI_TESTS_ERASE_WORLD_H
#define TUTTI_TESTS_ERASE_WORLD_H

#include "server/core/erase.h"
#include "tests/lib/ingest_world.h"

struct erase_order erase_world_order(const struct id *learner);
/* As the office does it; and the hub has rewritten its file. */
struct erase_result erase_world_erase(const struct id *learner);
bool erase_world_finds(struct slice bytes, struct slice what);
/* Whether the hub's database, or its log, has these bytes anywhere. */
bool erase_world_hub_holds(const char *text);

#endif
