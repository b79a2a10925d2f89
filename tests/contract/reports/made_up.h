/* made_up.h: a small county in which everything happens that a figure has to get right: two terms, the first
 * of which begins in August and has a half of it as a term of its own, lessons cancelled with and without
 * notice, make-ups, registers late, open and never taken, children merged, meetings entered twice, visits to
 * schools where nothing meets, notices after the fact, facts voided, sessions removed, children and
 * activities that go to another school or to none, activities handed over, terms put in between, closures and
 * contracts that were entered wrongly. */
#ifndef TUTTI_TESTS_MADE_UP_H
#define TUTTI_TESTS_MADE_UP_H

#include "tests/lib/hub_world.h"

enum { made_schools = 4, made_partners = 3, made_activities = 12, made_learners = 36, made_weeks = 12 };
struct made_up {
  struct hub_host host;
  uint64_t random;
  int32_t year, august, autumn, autumn_end, spring; /* first days: of the autumn term `august`, of its lessons
                                                       `autumn`; the host's time is in the spring */
  struct id schools[made_schools], partners[made_partners], activities[made_activities],
      learners[made_learners];
  struct id contract,
      closure; /* one that ends on another day now and then; the last one entered, zero for none */
  struct id sessions[made_activities * made_weeks + 96];
  size_t session_count, named;
};
void made_up_open(struct made_up *m, uint64_t seed);
int32_t made_up_today(const struct made_up *m);
void made_up_close(struct made_up *m);
/* Something happens that changes figures; what, the seed says. */
void made_up_happen(struct made_up *m);

#endif
