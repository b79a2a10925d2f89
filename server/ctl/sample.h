/* sample.h: a made-up county as CSV files: the same seed, size and date always give the same bytes. */
#ifndef TUTTI_SERVER_CTL_SAMPLE_H
#define TUTTI_SERVER_CTL_SAMPLE_H

#include "shared/base/now.h"

struct sample_size {
  uint64_t seed;
  size_t learners;
  int32_t date; /* the timetable covers the week and term around it */
  int weeks;    /* and so many weeks before */
};
/* Writes schools.csv, terms.csv, staff.csv, learners.csv, contacts.csv, needs.csv, partners.csv,
 * activities.csv, enrolments.csv, grants.csv, timetable.csv, closures.csv, contracts.csv, instruments.csv,
 * agreements.csv, surveys.csv, inclusion.csv and population.csv into an existing folder. */
MUST_USE err sample_write(const struct sample_size *size, const char *folder, struct fault *fault);

/* A term as it may have gone: what the tutors' devices would have recorded of every session before `date`
 * that is still as the timetable has it: registers closed in time, late, never; cancelled lessons, amended
 * marks, notes and progress. Each tutor gets a device; what it wrote on a day is one bundle, sealed and
 * taken like any other in the evening, or days later where it had no line; on school mornings the office ends
 * cases. The same seed gives the same figures. */
struct data_dir;
struct sample_tally {
  size_t devices, bundles, registers, marks, notes, facts;
};
MUST_USE err sample_history(struct sample_tally *out, struct data_dir *d, uint64_t seed, int32_t date,
                            struct fault *fault);

#endif
