/* samples.h: one example of everything that crosses a wire or a file, built in an arena. */
#ifndef TUTTI_TESTS_SAMPLES_H
#define TUTTI_TESTS_SAMPLES_H

#include "proto/bundle.h"
#include "proto/concern.h"
#include "proto/manifest.h"
#include "proto/messages.h"
#include "proto/receipt.h"
#include "proto/transfer.h"
#include "tests/vectors/fixture.h"

/* Bytes with a name, kept in the arena. */
struct sample {
  const char *name, *kind;
  struct slice bytes;
};
struct samples {
  struct fixture fixture;
  struct arena arena;
  struct sample list[128];
  size_t count;
};
/* Builds every sample; aborts when anything does not encode, because then there is nothing to test. */
void samples_make(struct samples *out);
void samples_finish(struct samples *s);
const struct sample *samples_named(const struct samples *s, const char *name);

/* The parts (sample_rows.c). */
const struct changeset *sample_mark(struct arena *a, uint64_t counter, uint64_t stamp);
struct bundle_content sample_content(struct arena *a, const struct fixture *f);
struct feed_batch sample_feed(struct arena *a, const struct fixture *f);
/* (sample_tables.c) A row of each table whose scope is one of `scopes`, which SCOPE_HUB ends, as that
 * audience sees it. */
struct feed_batch sample_stream(struct arena *a, const struct fixture *f, const struct id *stream,
                                const enum scope_rule *scopes, uint8_t audience);
struct bundle_content sample_every_op(struct arena *a); /* on each table that a device writes */
struct bundle_content sample_blanked(struct arena *a);
/* 250 learners by 40 sessions: one changeset a mark, or one of 250 marks a session. */
struct bundle_content sample_attendance(struct arena *a, bool one_each);

#endif
