/* views_questions.h: what the office asked about a matter, and what it was answered. Implemented by
 * server/store. */
#ifndef TUTTI_SERVER_VIEWS_QUESTIONS_H
#define TUTTI_SERVER_VIEWS_QUESTIONS_H

#include "server/core/store.h"

struct view_question {
  struct id id, staff;
  struct slice text, staff_name, asked_by, answer;
  int64_t asked_ms, answered_ms; /* answered_ms 0: not yet */
  bool withdrawn;
};
/* The first asked first. Everything lives in `a`. */
MUST_USE err views_questions(struct store *s, const struct id *matter, struct arena *a,
                             struct view_question **out, size_t *count);

/* The bundle that quarantine_matter names, if anything of it ever waited: its number. */
MUST_USE err views_bundle_asked(struct store *s, const struct id *matter, uint64_t *number_out);
MUST_USE err views_bundle_hash(struct store *s, uint64_t number, uint8_t out[hash_bytes]);

#endif
