/* describe.h: decoded bytes as JSON, for people who compare their own decoder with ours. */
#ifndef TUTTI_TESTS_DESCRIBE_H
#define TUTTI_TESTS_DESCRIBE_H

#include <jansson.h>

#include "tests/vectors/samples.h"

/* A new reference; aborts when the bytes do not decode. */
json_t *describe(const char *kind, struct slice bytes, const struct fixture *f);

json_t *describe_hex(struct slice bytes);
json_t *describe_id(const struct id *id);
json_t *describe_text(struct slice text);
/* describe_content.c */
json_t *describe_content(struct slice bytes);
json_t *describe_changeset(const struct changeset *cs);
json_t *describe_feed(const struct feed_batch *b);

#endif
