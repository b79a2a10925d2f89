/* many.h: workloads of more than one device; each answers with milliseconds. */
#ifndef TUTTI_TESTS_BENCH_MANY_H
#define TUTTI_TESTS_BENCH_MANY_H

#include "tests/bench/music.h"

enum { crowd_devices = 50, crowd_marks = 200, both_marks = 1000 };
/* W3: each of fifty tutors, five to an ensemble, recorded 200 marks offline; from all lines coming up until
 * every receipt is verified. Devices have processors of their own, so `ms` is the hub's time and that of the
 * slowest device; `all` is everybody's, one after the other. Both contain what the feed brings meanwhile:
 * what the other four of the ensemble recorded. */
struct crowd_time {
  double ms, all, hub;
};
struct crowd_time many_send(struct music *b, uint64_t seed);
/* W4: two people changed the same 1,000 marks offline; from both lines coming up until nobody has anything to
 * say, which is when both show the same. */
double many_agree(struct music *b, uint64_t seed);

#endif
