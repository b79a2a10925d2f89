/* inclusion.h: what is known of learners one by one, for the office alone, and the yearly return. */
#ifndef TUTTI_SERVER_INCLUSION_H
#define TUTTI_SERVER_INCLUSION_H

#include "server/core/reports.h"

/* ---- the hub's signs of disadvantage: DISADVANTAGED_…, all of them unless it chose ---- */
MUST_USE err disadvantaged_load(struct store *s, uint32_t *out);
/* Inside a transaction; one sign at least. */
MUST_USE err disadvantaged_save(struct store *s, uint32_t signs);

/* ---- the learners behind a figure: who came to anything in ask->year, of the school ask->school ---- */
struct inclusion_line {
  struct id learner;
  struct slice name, last_name, ethnicity;
  int32_t as_at;                                  /* 0: nothing was ever said */
  uint8_t fsm, pupil_premium, cla, disadvantaged; /* ENUM_answer_… */
  uint8_t send, sex, remission;                   /* 0: not known */
};
MUST_USE err inclusion_learners(struct store *s, const struct report_ask *ask, struct arena *a,
                                struct inclusion_line **out, size_t *count);

/* ---- the return: learners who came to anything, by school ---- */
enum { inclusion_counts = 20 };
struct inclusion_return {
  struct slice urn, name, area;
  /* Learners; in Reception and key stages 1 to 5; female, male, sex not known or another; part and full
   * remission, remission not known; free school meals; pupil premium, not known; looked after; SEN support,
   * EHC plan, not known. */
  int64_t counts[inclusion_counts];
};
MUST_USE err inclusion_returns(struct store *s, const struct report_ask *ask, struct arena *a,
                               struct inclusion_return **out, size_t *count);

#endif
