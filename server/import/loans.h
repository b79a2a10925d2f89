/* loans.h: instruments that are lent: what holds of every loan, whether a form or a list brings it. */
#ifndef TUTTI_SERVER_IMPORT_LOANS_H
#define TUTTI_SERVER_IMPORT_LOANS_H

#include "server/core/store.h"

/* Loans that `loan` is not held against, because they will stand otherwise themselves. */
typedef bool loan_passed(const void *ctx, const struct id *loan);
/* A whole loan as it will stand: its instrument is the hub's and with nobody else in those days, it is due
 * back after it goes out, and free for a child who is known to be looked after (then `loan` is told so).
 * ERR_INVALID, ERR_CONFLICT with a sentence. Rows live in `a`; `passed` may be NULL. */
MUST_USE err loan_check(struct store *s, struct arena *a, struct op *loan, loan_passed *passed,
                        const void *ctx, struct fault *fault);
/* Two loans of one instrument in the same days; it may go out again on the day it came back. */
bool loans_overlap(const struct value *one, const struct value *other);
/* What the hub knows of a child, by whichever of its records. */
MUST_USE err loan_looked_after(struct store *s, struct arena *a, const struct id *learner, bool *out);

#endif
