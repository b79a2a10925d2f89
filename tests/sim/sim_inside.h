/* sim_inside.h: what only a look into the core's memory can tell. */
#ifndef TUTTI_TESTS_SIM_INSIDE_H
#define TUTTI_TESTS_SIM_INSIDE_H

#include "client/core/core.h"
#include "shared/schema/row.h"

/* integrity_check of the database that is open; ERR_OK when nobody is signed in. */
MUST_USE err sim_inside_check(const struct core *c);
/* A row as the device holds it; ERR_NOT_UNLOCKED when nobody is signed in. */
MUST_USE err sim_inside_row(const struct core *c, const struct table *t, const struct id *id, struct arena *a,
                            struct row *out);
/* The bundles that the device holds a receipt for, and the epoch of that, by an index from 0 on; false: no
 * more. Held ones are not counted: what the hub says of them later takes its place, whatever history that is
 * of. */
bool sim_inside_receipted(const struct core *c, size_t index, uint32_t *incarnation, uint64_t *seq,
                          uint32_t *epoch);
uint32_t sim_inside_incarnation(const struct core *c);
/* The bundle that an op of the device's went into, if it was sealed; `status` 0: the device has no receipt.
 */
bool sim_inside_sealed(const struct core *c, const struct op_id *op, uint64_t *seq, uint8_t *status);
/* Every row of a table. */
typedef void sim_inside_row_fn(void *ctx, const struct row *row);
MUST_USE err sim_inside_each(const struct core *c, const struct table *t, sim_inside_row_fn *each, void *ctx);

/* The last line ended with the hub's word that it is busy and has everything, and nothing was sealed since.
 */
bool sim_inside_waits(const struct core *c);
void sim_inside_device(const struct core *c, struct id *out);
/* The database's key, while somebody is signed in. */
void sim_inside_key(const struct core *c, uint8_t out[32]);
/* Do the bytes stand in any column of any table, but for one (NULL: none)? The last one's name, or "". */
enum { sim_table_name_bytes = 48 };
struct db;
MUST_USE err sim_search(struct db *db, struct slice what, const char *but, char table[sim_table_name_bytes]);
MUST_USE err sim_inside_search(const struct core *c, struct slice what, char table[sim_table_name_bytes]);

#endif
