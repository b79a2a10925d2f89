/* school_numbers.h: private to this folder: the numbers that a school's own system has for one child whose
 * records were merged. A school gives a child one: of two at one school a person decides which is in use. The
 * other one is set aside on its record and stays there (learner_key.mis_aside), for the school's older lists
 * still name the child by it; files for other systems do not. */
#ifndef TUTTI_SERVER_SCHOOL_NUMBERS_H
#define TUTTI_SERVER_SCHOOL_NUMBERS_H

#include "server/core/reconcile_state.h"

/* The matter of a child's numbers at one school, by the record that stands. */
void school_numbers_matter(struct store_item *out, const struct id *learner, const struct id *school);
/* Opens or settles the matters of a child at every school, by what its records say now. */
MUST_USE err school_numbers_judge(struct store *s, const struct id *learner, struct arena *a, int64_t now_ms);
/* The schools that any record of the child has a number at. */
MUST_USE err school_numbers_schools(struct store *s, const struct id *learner, struct arena *a,
                                    struct id **out, size_t *count);
/* Whether the record (of learner_key) has a number that was set aside. One that somebody wrote over since was
 * not. */
bool school_numbers_aside(const struct row *numbers);
/* Whether any record of the child has a number at the school that is in use. */
MUST_USE err school_numbers_said(struct store *s, const struct id *learner, const struct id *school,
                                 struct arena *a, bool *out);

/* As it is judged and decided: reconcile.c asks for them. */
MUST_USE err school_numbers_load(struct reconciling *r, struct item_view *out);
MUST_USE err school_numbers_decide(struct reconciling *r, const struct item_view *v, size_t choice);

#endif
