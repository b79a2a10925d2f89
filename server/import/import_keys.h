/* import_keys.h: private to this folder: what schools and other systems call a learner, beside a list of
 * learners. A row is known by such a number where it has no reference of ours, and no two learners have one
 * UPN. */
#ifndef TUTTI_SERVER_IMPORT_KEYS_H
#define TUTTI_SERVER_IMPORT_KEYS_H

#include "server/core/upn.h"
#include "server/import/import_check.h"

/* One row of a list on its way to an op. */
struct row_in_progress {
  size_t number;
  const struct slice *cells;
  struct op op;
  struct row stored; /* what the hub holds already */
  uint32_t given;    /* columns of the schema that the CSV gives, as bits */
  struct slice upn, mis_id;
  struct slice named[import_cells_max]; /* the reference of what a cell has the name of */
  char upn_text[upn_bytes + 1];
  char ref_text[import_reference_bytes_max + 1]; /* made of the school's number and the row's own there */
};
struct slice import_cell_at(const struct import *im, const struct row_in_progress *r, size_t cell);
void import_say(struct import *im, size_t row, const char *column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The heading names a number, or the row has one: then nobody needs our reference. */
bool import_keys_named(const struct import *im);
bool import_keys_given(const struct row_in_progress *r);
/* The row's numbers, mended and checked. */
void import_keys_take(struct import *im, struct row_in_progress *r);
/* Whose row it is: `own` by its reference, or zero when it has none; by a number, the record that stands for
 * the child. ERR_NOT_FOUND: nobody's so far. */
MUST_USE err import_keys_match(struct import *im, const struct row_in_progress *r, const struct id *own,
                               struct id *out);
/* What a learner of whom nobody has heard is called by, for a row without our reference: sets the op's id and
 * reference. */
MUST_USE err import_keys_call(struct import *im, struct row_in_progress *r);
/* Whom another list means by a UPN, or by a number that one learner alone has: while one school alone has
 * such numbers, for a child of the next one may be called so, and the hub not have heard of them. */
MUST_USE err import_keys_owner(struct import *im, struct slice text, struct id *out, bool *found);
/* The row's numbers as an op of their own; `out->op.units` is 0 when the hub has them already. What another
 * learner has is a mistake. */
MUST_USE err import_keys_row(struct import *im, const struct row_in_progress *r, struct arena *a,
                             struct row_in_progress *out);

#endif
