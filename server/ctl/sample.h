/* sample.h: a made-up county as CSV files: the same seed, size and date always give the same bytes. */
#ifndef TUTTI_SERVER_CTL_SAMPLE_H
#define TUTTI_SERVER_CTL_SAMPLE_H

#include "shared/base/now.h"

struct sample_size {
  uint64_t seed;
  size_t learners;
  int32_t date; /* the timetable covers the week and term around it */
};
/* Writes schools.csv, terms.csv, staff.csv, learners.csv, contacts.csv, activities.csv, enrolments.csv,
 * grants.csv and timetable.csv into an existing folder. */
MUST_USE err sample_write(const struct sample_size *size, const char *folder, struct fault *fault);

#endif
