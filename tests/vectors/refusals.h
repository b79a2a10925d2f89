/* refusals.h: bytes that every reader must refuse, each for one reason. */
#ifndef TUTTI_TESTS_REFUSALS_H
#define TUTTI_TESTS_REFUSALS_H

#include <jansson.h>

#include "tests/vectors/samples.h"

/* The document of them: name, kind, bytes, and the error ours gives; aborts when one is not refused so. */
json_t *refusals_document(const struct samples *s);

#endif
