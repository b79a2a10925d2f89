/* model.h: what the hub must hold, computed by brute force from PROTOCOL.md, section 5, over the plain
 * content of every bundle that it stored: no code of shared/merge, server/core or a store has a part in it.
 */
#ifndef TUTTI_TESTS_SIM_MODEL_H
#define TUTTI_TESTS_SIM_MODEL_H

#include "tests/sim/sim.h"

enum { model_ops_max = 8192, model_heads_max = 64 };
struct model_op {
  struct op_id id;
  struct id author;
  uint64_t stamp; /* as it counts: capped, if it was */
  uint8_t flags;
  const struct op *op;
};
struct model {
  struct model_op *ops; /* accepted, each once */
  size_t count;
  size_t set_aside; /* changesets that wait for the office or were refused */
  size_t emptied;   /* of those that were set aside: all was about somebody erased */
  struct arena arena;
};
/* One unit of one row. */
struct model_unit {
  const struct model_op *heads[model_heads_max]; /* in no order */
  size_t count;
  const struct model_op *in_use; /* NULL: nobody wrote it */
  bool conflict;
};
/* Opens everything that is stored, with the hub's secret. */
void model_read(struct model *m, struct sim *s);
void model_finish(struct model *m);
void model_unit(const struct model *m, const struct table *t, const struct id *row, uint8_t unit,
                struct model_unit *out);
/* Did the hub's own office write to the row? Those ops are not in any bundle, so the model does not know it.
 */
bool model_knows(struct sim *s, const struct table *t, const struct id *row, struct arena *a);

#endif
