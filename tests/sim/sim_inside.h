/* sim_inside.h: what only a look into the core's memory can tell. It is a table, because a core of another
 * build lies otherwise in memory: each build looks into its own. */
#ifndef TUTTI_TESTS_SIM_INSIDE_H
#define TUTTI_TESTS_SIM_INSIDE_H

#include "client/core/core.h"
#include "shared/schema/row.h"

enum { sim_table_name_bytes = 48 };
struct db;
typedef void sim_inside_row_fn(void *ctx, const struct row *row);
struct sim_place { /* where a learner is marked */
  struct id activity, session, learner;
};
struct sim_inside {
  /* integrity_check of the database that is open; ERR_OK when nobody is signed in. */
  err (*check)(const struct core *c);
  /* A row as the device holds it; ERR_NOT_UNLOCKED when nobody is signed in. */
  err (*row)(const struct core *c, uint8_t table, const struct id *id, struct arena *a, struct row *out);
  /* Every row of a table. */
  err (*each)(const struct core *c, uint8_t table, sim_inside_row_fn *each, void *ctx);
  /* The bundles that the device holds a receipt for, and the epoch of that, by an index from 0 on; false: no
   * more. Held ones are not counted: what the hub says of them later takes its place, whatever history that
   * is of. */
  bool (*receipted)(const struct core *c, size_t index, uint32_t *incarnation, uint64_t *seq,
                    uint32_t *epoch);
  uint32_t (*incarnation)(const struct core *c);
  /* The bundle that an op of the device's went into, if it was sealed; `status` 0: the device has no receipt.
   */
  bool (*sealed)(const struct core *c, const struct op_id *op, uint64_t *seq, uint8_t *status);
  /* The lowest schema version that can say the first bundle that the hub has not taken; 0: it has all.
   * `held`: it has that one, and has not opened it. */
  uint32_t (*next_schema)(const struct core *c, bool *held);
  /* The last line ended with the hub's word that it is busy and has everything, and nothing was sealed since.
   */
  bool (*waits)(const struct core *c);
  void (*device)(const struct core *c, struct id *out);
  /* The database's key, while somebody is signed in. */
  void (*key)(const struct core *c, uint8_t out[32]);
  /* One column of a mark by its name, as whoever has a screen for it would write it; the caller knows that
   * this build has it, and that somebody is signed in. After an error the machine must start anew. */
  err (*write_mark)(struct core *c, const struct now *now, const struct sim_place *at, const char *column,
                    const struct value *v);
  /* Do the bytes stand in any column of any table? The last one's name, or "". */
  err (*search)(const struct core *c, struct slice what, char table[sim_table_name_bytes]);
};
extern const struct sim_inside sim_inside;

/* By name, because the first build has none of those that came later; 0 and op_columns_max: it has not. */
uint8_t sim_table_named(const char *name);
size_t sim_column_named(const struct table *t, const char *name);

/* sim_inside_sql.c, sim_search_sql.c; the latter leaves out one table (NULL: none). */
MUST_USE err sim_inside_each(const struct core *c, uint8_t table, sim_inside_row_fn *each, void *ctx);
MUST_USE err sim_inside_search(const struct core *c, struct slice what, char table[sim_table_name_bytes]);
MUST_USE err sim_search(struct db *db, struct slice what, const char *but, char table[sim_table_name_bytes]);

#endif
