/* partners.h: organisations that the hub works with, as the office sees them: their agreements, their
 * surveys, and the activities that are theirs. */
#ifndef TUTTI_SERVER_PARTNERS_H
#define TUTTI_SERVER_PARTNERS_H

#include "server/core/views.h"

struct partner_line {
  struct id id;
  struct slice name, contact, email, phone;
  uint8_t kind, stage;                                        /* 0: not said */
  int32_t stage_on;                                           /* 0: no day */
  uint32_t activities, agreements, surveys_due, surveys_back; /* agreements in force and signed by both */
  uint64_t version;
};
/* By name; `today` says what is in force and due. `person`: of an account's own partners alone, NULL for all.
 */
MUST_USE err partners_read(struct store *s, int32_t today, const struct id *person, struct arena *a,
                           struct partner_line **out, size_t *count);
struct partner_agreement {
  struct id id;
  uint32_t functions;
  uint8_t status;
  bool in_force;
  int32_t starts, ends, signed_1, signed_2; /* days; 0: none */
  struct slice signer_1, signer_2;
  uint64_t version;
};
struct partner_survey {
  struct id id;
  struct slice term_name, answers;
  int32_t due, received; /* received 0: not yet */
  uint64_t version;
};
struct partner_detail {
  struct partner_agreement *agreements;
  struct partner_survey *surveys;
  struct view_activity *activities;
  size_t agreement_count, survey_count, activity_count;
};
/* The latest agreements and surveys first; activities that have not ended, by name. */
MUST_USE err partner_read(struct store *s, int32_t today, const struct id *partner, struct arena *a,
                          struct partner_detail *out);
/* What is agreed with a school and asked of it: the same without activities. */
MUST_USE err partner_read_school(struct store *s, int32_t today, const struct id *school, struct arena *a,
                                 struct partner_detail *out);
/* What an account may see as a partner: its own activities, and all those of the partners it stands for. */
MUST_USE err partner_owns(struct store *s, const struct id *person, struct arena *a, struct id **out,
                          size_t *count);

#endif
