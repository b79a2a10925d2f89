/* figure.h: one measured figure, printed as a TSV line: name, value, unit, ratio to floor, must, goal,
 * status. */
#ifndef TUTTI_TESTS_BENCH_FIGURE_H
#define TUTTI_TESTS_BENCH_FIGURE_H

#include <stdbool.h>
#include <stddef.h>

enum better { LOWER, HIGHER };
struct figure {
  const char *name, *unit;
  double value;
  double floor;      /* the floor's figure of the same run, 0 for none */
  double must, goal; /* bounds on `ratio` when there is a floor, else on the value; 0 for none */
  enum better better;
};
void figure_print(const struct figure *f);
/* Milliseconds of a monotonic clock. */
double bench_now_ms(void);
/* The middle of `n` values; sorts them. */
double median(double *values, size_t n);

#endif
