/* meets.h: what meets, at the desk of the small hub: an activity entered, looked at and planned. */
#ifndef TUTTI_TESTS_API_MEETS_H
#define TUTTI_TESTS_API_MEETS_H

#include "tests/contract/api/matters.h"

/* So many days after today, as the API says days; four at a time. */
const char *meets_day(int after);
/* Its page is the desk's answer. */
void meets_look(const struct id *activity);
struct id meets_add(const char *name, const char *mode, const char *ref);
/* Weekly from one day to another, in the hall; the answer stays the desk's. */
void meets_plan(const struct id *activity, int first, int last, const char *starts, const char *ends);

#endif
