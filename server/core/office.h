/* office.h: private to this folder: the hub's own ops inside a transaction that its caller opened. */
#ifndef TUTTI_SERVER_OFFICE_H
#define TUTTI_SERVER_OFFICE_H

#include "server/core/ingest.h"
#include "server/core/work.h"

struct office {
  struct work work;
  struct id author;
  uint64_t counter, stamp; /* last used */
  size_t ahead;            /* coming ops whose rows are here already */
  struct office_result *result;
};
MUST_USE err office_begin(struct office *o, struct office_result *result, const struct hub *hub,
                          struct store *store, const struct now *now, const struct id *author);
/* Of a list: its next ops, before each. Their rows are loaded together, some thousands at a time. */
MUST_USE err office_ahead(struct office *o, const struct op *ops, size_t left);
/* Checks and applies one op; skipped when its values are in use already. Its texts must live until
 * office_end. */
MUST_USE err office_op(struct office *o, const struct op *op, struct fault *fault);
/* Applies one op, whether it changes anything or not. In whose voice: `voice`, or (NULL) as the office's own
 * op whose bases are all heads of its units. */
struct office_voice {
  struct id author;
  uint8_t flags;
  const struct base *bases;
  size_t base_count;
};
MUST_USE err office_write(struct office *o, const struct op *op, const struct office_voice *voice,
                          struct fault *fault);
/* A device's own row, as it is enrolled or readmitted (enrol.c). */
MUST_USE err office_device(struct office *o, const struct store_device *d);
/* Writes what is left. The caller commits. */
MUST_USE err office_end(struct office *o);
void office_finish(struct office *o);
/* The sentence for whoever wrote: `found` where it has one. `unsure`: what to do first when it failed in the
 * commit, because what a failed flush left in the log may be found there at the next start; NULL: before. */
err office_failed(struct office_result *out, err e, const char *unsure, const struct fault *found,
                  struct fault *fault);

#endif
