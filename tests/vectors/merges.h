/* merges.h: histories of one unit of a row, made up by a seed, and what the merge makes of them. */
#ifndef TUTTI_TESTS_MERGES_H
#define TUTTI_TESTS_MERGES_H

#include <jansson.h>

#include "shared/merge/merge.h"
#include "tests/vectors/samples.h"

json_t *merges_document(const struct samples *s);
/* Ops on one unit of a row, in the order they arrive, and what becomes of them. Takes the name. */
json_t *merges_told(json_t *name, uint8_t unit, const struct merge_op *ops, size_t count);
/* merge_cases.c: a list of the above, one for each thing that section 5 of PROTOCOL.md says. */
json_t *merge_cases(const struct samples *s);
/* classes.c: who stands for whom, and which of several marks counts. */
json_t *classes_list(void);
json_t *marks_list(void);
/* removals.c: changesets on a row of several units that somebody took out. */
json_t *removals_list(const struct samples *s);
/* What a conflict is called in the vectors; NULL for none. */
const char *merges_conflict(enum conflict_kind kind);

#endif
