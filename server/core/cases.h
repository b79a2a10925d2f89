/* cases.h: absences that nobody explained: a case opens with the register that closes over one, in the
 * transaction of its receipt, and closes by itself when something explains it. */
#ifndef TUTTI_SERVER_CASES_H
#define TUTTI_SERVER_CASES_H

#include "server/core/work.h"

/* After the rows are saved: whatever changed that a case depends on is looked at again. */
MUST_USE err cases_detect(struct work *w);

/* What a person does with a case. */
struct case_act {
  struct id id, who;
  struct slice by;   /* their name, as it is now */
  struct slice text; /* what was done, or why; at most case_text_bytes_max */
  enum case_event_kind kind;
  uint8_t outcome; /* of case_outcomes, from 1; with CASE_EVENT_ENDED */
};
extern const char *const case_outcomes[]; /* in words; the first is number 1; ends with NULL */
/* In a transaction of its own. ERR_NOT_FOUND; ERR_CONFLICT for what its state does not allow, ERR_INVALID
 * without a text or outcome; each with a sentence. *position is the hub's change number, for those who
 * listen. */
MUST_USE err case_do(struct store *store, const struct now *now, const struct case_act *act,
                     struct fault *fault);

#endif
