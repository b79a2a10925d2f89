/* model.h: what the hub must hold, computed by brute force from PROTOCOL.md, section 5, over the plain
 * content of every bundle that it stored, and what its own office wrote: no code of shared/merge, server/core
 * or a store has a part in it.
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
  struct model_op *ops; /* accepted, each once: the field's, then the office's on the same rows */
  size_t count;
  size_t set_aside;       /* changesets that wait for the office or were refused */
  size_t emptied;         /* of those that were set aside: all was about somebody erased */
  struct model_op *apart; /* the ops of both, and those of bundles that are held */
  size_t apart_count;
  struct arena arena;
};
/* One unit of one row. */
struct model_unit {
  const struct model_op *heads[model_heads_max]; /* in no order */
  size_t count;
  const struct model_op *in_use; /* NULL: nobody wrote it */
  bool conflict;
  bool away; /* all say that the learner was not there */
};
/* Opens everything that is stored, with the hub's secret, once: when everybody has healed, no more comes. */
struct model *model_of(struct sim *s);
void model_unit(const struct model *m, const struct table *t, const struct id *row, uint8_t unit,
                struct model_unit *out);
/* Written at the hub, or there in another's name. */
bool model_is_office(const struct model_op *o);
/* Somebody wrote to the row what the hub has and did not take: whoever wrote that sees it all the same. */
bool model_is_apart(const struct model *m, const struct table *t, const struct id *row);
bool model_is_first_of_row(const struct model *m, size_t at);

#endif
