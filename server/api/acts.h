/* acts.h: private to this folder: a change of the office's own, written, told and audited. */
#ifndef TUTTI_SERVER_API_ACTS_H
#define TUTTI_SERVER_API_ACTS_H

#include "server/api/call.h"

/* Applies ops in the name of whoever is signed in, on the writer's thread; the audit says `action` and
 * "KIND=ID". `action` and `kind` are static. */
MUST_USE err acts_apply(struct api_call *c, const struct op *ops, size_t count, const char *action,
                        const char *kind, const struct id *id);
/* The same for one row; its id is the answer. */
MUST_USE err acts_write(struct api_call *c, const struct op *op, const char *action, const char *kind);
/* Nobody writes over what came since their form was filled in: `version` is the row's as it was shown, empty
 * where whoever asks does not say. ERR_CONFLICT, with a sentence. */
MUST_USE err acts_unchanged(struct api_call *c, const struct row *row, struct slice version);
/* The id of a new row that lists may name: as an import makes it of the number of whomever or whatever the
 * row is about and of `rest` (see import.def), so that a list that comes later finds the row; any other where
 * that one is taken, or where there is no number, for then no list can name it. `number` NULL: it is about
 * nothing that has one; `rest` empty: the number is all. */
MUST_USE err acts_listed_id(struct api_call *c, uint8_t table, const struct value *number, struct slice rest,
                            struct id *out);
int32_t acts_today(const struct api_call *c);
/* "2026-11-21" into days; empty is 0. `name` is the field's, for the sentence. */
MUST_USE err acts_day(struct api_call *c, const char *name, struct slice text, int32_t *out);
/* A whole number; `name` is what the form calls it. */
MUST_USE err acts_whole(struct api_call *c, const char *name, struct slice text, int64_t low, int64_t high,
                        int64_t *out);
/* A word of a vocabulary into its number; empty is 0. */
MUST_USE err acts_word(struct api_call *c, const char *name, const char *vocabulary, struct slice text,
                       uint8_t *out);

#endif
