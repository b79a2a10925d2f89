/* reconcile_state.h: private to this folder: one decision or undo inside its transaction. */
#ifndef TUTTI_SERVER_RECONCILE_STATE_H
#define TUTTI_SERVER_RECONCILE_STATE_H

#include "server/core/office.h"
#include "server/core/reconcile.h"

struct reconciling {
  const struct reconcile *by;
  struct arena *arena;
  struct office office;
  struct office_result result;
  const struct row **rows; /* that the item is about */
  size_t row_count, row_cap;
};
MUST_USE err reconcile_add_choice(struct reconciling *r, struct item_view *out, const struct item_choice *c);
MUST_USE err reconcile_add_head(struct reconciling *r, struct item_view *out, const struct row *row,
                                uint8_t unit, size_t place);
/* Loads one more row that the item is about. */
MUST_USE err reconcile_add_row(struct reconciling *r, const struct table *t, const struct id *id);
/* An op on a row with its key, and nothing else yet. */
struct op reconcile_op(const struct row *row);

/* reconcile_pairs.c: items about two rows. */
MUST_USE err reconcile_load_pair(struct reconciling *r, struct item_view *out);
MUST_USE err reconcile_load_marks(struct reconciling *r, struct item_view *out);
MUST_USE err reconcile_decide_pair(struct reconciling *r, const struct item_view *v, size_t choice);
MUST_USE err reconcile_decide_marks(struct reconciling *r, const struct item_view *v, size_t choice);

/* The item with its rows and choices. */
MUST_USE err reconcile_load(struct reconciling *r, struct item_view *out, const struct id *id);
MUST_USE err reconcile_token(uint8_t out[key_bytes], const struct store_item *matter,
                             const struct row *const *rows, size_t count);
/* After office_end: is the item open, or not, as it should be? */
MUST_USE err reconcile_expect(struct reconciling *r, const struct id *matter, bool open);
/* Who did that, in the item's life and in the audit. `first`: the counter of the first op written for it. */
MUST_USE err reconcile_note(struct reconciling *r, const struct id *matter, enum item_event_kind kind,
                            uint64_t first, struct slice why);
/* `run` between begin and commit; a reason must be given. */
MUST_USE err reconcile_run(struct change_set *changes_out, const struct reconcile *by, struct slice why,
                           err (*run)(struct reconciling *r, void *arg), void *arg);

#endif
