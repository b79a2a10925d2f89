/* row.h: a row as it is merged and stored: its values in use, and per unit the heads that produced them. */
#ifndef TUTTI_SCHEMA_ROW_H
#define TUTTI_SCHEMA_ROW_H

#include "shared/schema/schema.h"

/* Where ops come from: one counter sequence and one author. Databases and feed batches number origins to keep
 * heads short. */
struct origin {
  struct id device;
  uint32_t incarnation;
  struct id author;
};

/* The numbering, in memory: no 0 … count-1. Interning adds; whoever persists it remembers how many were
 * saved. */
struct origin_book {
  struct origin *list;
  size_t count, cap;
  uint32_t *slots; /* open-addressing index into list, 0 is free, n is list[n - 1] */
  size_t slot_count;
};
void origin_book_finish(struct origin_book *book);
MUST_USE err origin_book_intern(struct origin_book *book, const struct origin *o, uint32_t *no_out);
void origin_book_truncate(struct origin_book *book, size_t count); /* forgets all from no `count` on */
const struct origin *origin_book_get(const struct origin_book *book, uint64_t no); /* NULL when unknown */

/* An accepted op that no accepted op names as a base, for one unit. */
struct head {
  struct op_id op;
  struct id author;
  uint64_t stamp;
  uint8_t flags; /* of OP_FLAGS */
  /* The unit's values in column order. NULL for a single head: then the row's own values are this head's. */
  struct value *values;
};
struct unit_heads {
  struct head *heads; /* highest (stamp, device, counter) first; with several heads each has its values */
  size_t count;
  struct op_id
      *ghosts; /* bases named by accepted ops before they themselves arrived: they never become heads */
  size_t ghost_count;
  size_t ghost_room; /* how many the array certainly holds, when it is more than ghost_count */
};
/* A row in memory; everything it points to lives in the caller's arena. */
struct row {
  const struct table *table;
  struct id id;
  bool exists; /* false: nothing has been written to it yet; every value is VALUE_NULL */
  uint64_t version;
  struct value values[op_columns_max];
  struct unit_heads units[op_units_max];
};

/* Where a table says that a row was taken away: the index of its column `removed`, or -1. */
int row_removed_column(const struct table *t);
/* Taken away, as far as anybody knows: it is in no list and no count, though it travels and has its history.
 */
bool row_removed(const struct row *row);
/* A row's name. */
struct row_key {
  const struct table *table;
  struct id id;
};
int row_key_compare(const struct row_key *a, const struct row_key *b); /* by table, then id */
/* Is it in a list in that order? */
bool row_key_in(const struct row_key *list, size_t count, const struct table *t, const struct id *id);

/* The order heads stand in: negative when `a` comes first, having the higher (stamp, device, incarnation,
 * counter). */
int head_compare(const struct head *a, const struct head *b);
/* The heads of all units as a blob of varints (layout in heads.c's first comment); origins are interned in
 * `book`. */
MUST_USE err row_heads_encode(struct buf *out, const struct row *row, struct origin_book *book);
/* Fills row->units from a blob; row->table must be set. ERR_CORRUPT for a blob that cannot be. Values are
 * copied into `a`. */
MUST_USE err row_heads_decode(struct row *row, struct slice blob, const struct origin_book *book,
                              struct arena *a);
/* How many columns `unit` has, and their indexes in order. */
size_t unit_columns(const struct table *t, uint8_t unit, uint8_t out[op_columns_max]);

#endif
