/* store_items.h: what waits for a person, as the store has it. */
#ifndef TUTTI_SERVER_STORE_ITEMS_H
#define TUTTI_SERVER_STORE_ITEMS_H

#include "shared/schema/schema.h"

/* What waits for a person, and what became of it. Open or not is a function of the rows; the rest is its
 * life:
 *
 *            ┌── settled: later ops agree ──┐
 *   opened ─▶ OPEN ── decided ─▶ DECIDED    ▼
 *              ▲ └── undone ◀──────┘     SETTLED ── they differ again ─▶ OPEN
 */
enum work_item_kind {
  ITEM_CONFLICT = 1, /* a unit of a row: conflict_kind says why */
  ITEM_DUPLICATE,    /* two rows that may be one: `row` and `other`, the lower id first */
  ITEM_TWO_MARKS,    /* one child with several marks at one meeting: `row` the session, `other` the learner */
  ITEM_TWO_UPNS,     /* one child whose records say different UPNs: `row` the learner who stands for them */
  ITEM_TWO_NUMBERS,  /* one child whose records have different numbers at one school: `other` the school */
};
enum item_state { ITEM_OPEN = 1, ITEM_DECIDED, ITEM_SETTLED };
struct store_item {
  struct id id; /* work_item_id */
  enum work_item_kind kind;
  uint8_t conflict; /* enum conflict_kind, of ITEM_CONFLICT */
  const struct table *table;
  struct id row, other;
  uint8_t unit;
  enum item_state state;
  uint64_t decision; /* counter of the first office op that decided it last, and how many they were */
  uint64_t ops;
  int64_t opened_ms;
};
struct store_asked { /* of somebody in the field, about a matter */
  struct id question, about;
};

#endif
