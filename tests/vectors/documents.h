/* documents.h: the files of proto/vectors as JSON documents. */
#ifndef TUTTI_TESTS_DOCUMENTS_H
#define TUTTI_TESTS_DOCUMENTS_H

#include <jansson.h>

#include "tests/vectors/samples.h"

struct document {
  const char *file; /* "bundle.json" */
  json_t *(*make)(const struct samples *s);
};
extern const struct document documents[];
extern const size_t document_count;

/* channel.c: openings, both handshakes, the first frames. */
json_t *channel_document(const struct samples *s);

#endif
