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

#endif
