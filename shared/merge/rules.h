/* rules.h: private to this folder: a unit of a row seen through its rule. */
#ifndef TUTTI_MERGE_RULES_H
#define TUTTI_MERGE_RULES_H

#include "shared/merge/merge.h"

/* One unit: its columns and its heads. Borrowed from the row. */
struct unit_view {
  const struct table *table;
  const struct unit_heads *heads;
  uint8_t unit;
  uint8_t columns[op_columns_max];
  size_t column_count;
};
struct unit_view unit_view(const struct row *row, uint8_t unit);

/* How one rule decides. A row of the table in rules.c. */
struct rule_law {
  /* The index of the head in use, of several. */
  size_t (*in_use)(const struct unit_view *v);
  /* Whether an op with flags `by` that names an op with flags `old` as a base takes its place. */
  bool (*replaces)(uint8_t by, uint8_t old);
  /* Why people should look at several heads, or at the only one. */
  enum conflict_kind (*conflict)(const struct unit_view *v);
  /* Of the office's own ops only the highest is kept. */
  bool office_keeps_one;
};
/* Written at the office and meant as the office's word, not as a field's that was brought back. */
static inline bool is_office(const struct head *h) {
  return (h->flags & (OP_OFFICE | OP_RESTORED)) == OP_OFFICE;
}
const struct rule_law *unit_law(const struct unit_view *v);
/* True when everybody who writes the unit writes the same: a natural key, or no column at all. Then there is
 * nothing to merge. */
bool unit_is_constant(const struct unit_view *v);

#endif
