/* questions.h: private to this folder: a question to somebody in the field ends with its matter, and its
 * answer is audited. */
#ifndef TUTTI_SERVER_QUESTIONS_H
#define TUTTI_SERVER_QUESTIONS_H

#include "server/core/office.h"

/* Inside the decision that ends the matter: whoever has not answered is not asked any more. */
MUST_USE err questions_withdraw(struct office *o, const struct id *matter, struct fault *fault);
/* Beside a removal of rows, which takes the matters about them away: whoever was asked about one of `asked`
 * that is gone now is not asked any more. Inside the caller's transaction, after the rows went; *changed is
 * left as it is when there was none. */
MUST_USE err questions_end(const struct hub *hub, struct store *store, const struct now *now,
                           const struct store_asked *asked, size_t count, struct arena *a,
                           struct change_set *changed);
/* The same for every matter that ended without a decision: a value came that settles it, or a notice. One
 * transaction of its own, so that whoever brings such a value does not wait for the journal. */
MUST_USE err questions_keep(const struct hub *hub, struct store *store, const struct now *now);
/* With rows that are saved: each answer among them stands in the audit. */
MUST_USE err questions_note(struct work *w);

#endif
