/* import_look.h: a file against the hub as a difference: what is new, changed (column by column), unchanged,
 * and what the hub has that the file has not. Nothing is written. */
#ifndef TUTTI_SERVER_IMPORT_LOOK_H
#define TUTTI_SERVER_IMPORT_LOOK_H

#include "server/core/ingest.h"
#include "server/import/import_check.h"

enum import_kind { IMPORT_NEW, IMPORT_CHANGED, IMPORT_UNCHANGED, IMPORT_GONE, IMPORT_KINDS };
struct import_change { /* of one column */
  const struct column *column;
  struct value before, after; /* VALUE_NULL: nothing */
};
struct import_line {
  size_t number; /* of its row in the file; 0 for one that is gone */
  const struct table *table;
  struct id row;
  struct value *values; /* of the whole row, as it will be, or stands */
  struct import_change *changes;
  size_t change_count;
};
struct import_page { /* lines of one kind, from a place on */
  enum import_kind kind;
  size_t from, max;
  struct import_line *lines; /* in the arena */
  size_t line_count;
};
struct import_look {
  size_t counts[IMPORT_KINDS];
  struct import_page page;
};
/* What is weighed. A file stands for all rows of its table, so that what is not in it is gone; other lists do
 * not. */
struct import_list {
  const struct op *ops;
  const struct import_source *sources; /* or NULL */
  size_t count;
  const struct id_set *present; /* for what is gone; NULL: nothing is */
  const struct table *table;
  /* Hears now and then how many ops are weighed; NULL: nobody asks. */
  void (*told)(void *ctx, size_t done, size_t count);
  void *told_ctx;
};
/* `page` of `out` says which lines are wanted. */
MUST_USE err import_look(struct import_look *out, const struct import_list *list, const struct hub *hub,
                         struct store *store, const struct now *now, struct arena *a, struct fault *fault);

#endif
