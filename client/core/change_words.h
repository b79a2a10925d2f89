/* change_words.h: what a changeset did, as a person would say it. */
#ifndef TUTTI_CLIENT_CHANGE_WORDS_H
#define TUTTI_CLIENT_CHANGE_WORDS_H

#include "client/core/state.h"

/* "Ben Thorne marked away", "Note about Ben Thorne", "Register finished". Lives until the end of the step.
 * The caller has checked that the signed-in person may see it. */
MUST_USE err change_words(struct core *c, const struct kept *k, const struct changeset *cs,
                          struct slice *out);

#endif
