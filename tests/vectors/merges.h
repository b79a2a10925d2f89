/* merges.h: histories of one unit of a row, made up by a seed, and what the merge makes of them. */
#ifndef TUTTI_TESTS_MERGES_H
#define TUTTI_TESTS_MERGES_H

#include <jansson.h>

#include "shared/merge/merge.h"
#include "tests/vectors/samples.h"

json_t *merges_document(const struct samples *s);
/* removals.c: changesets on a row of several units that somebody took out. */
json_t *removals_list(const struct samples *s);
/* What a conflict is called in the vectors; NULL for none. */
const char *merges_conflict(enum conflict_kind kind);

#endif
