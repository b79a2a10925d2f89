/* merges.h: histories of one unit of a row, made up by a seed, and what the merge makes of them. */
#ifndef TUTTI_TESTS_MERGES_H
#define TUTTI_TESTS_MERGES_H

#include <jansson.h>

#include "tests/vectors/samples.h"

json_t *merges_document(const struct samples *s);

#endif
