/* figure.c: the table's line, the clock and the median. */
#include "tests/bench/figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

double bench_now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double median(double *values, size_t n) {
  qsort(values, n, sizeof *values, compare);
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static const char *status(const struct figure *f, double measured) {
  if (f->must == 0) return "info";
  bool good = f->better == LOWER ? measured <= f->must : measured >= f->must;
  return good ? "ok" : "miss";
}

static void print_bound(double bound) {
  if (bound == 0)
    fputs("\t-", stdout);
  else
    printf("\t%g", bound);
}

void figure_print(const struct figure *f) {
  double ratio = f->floor > 0 ? f->value / f->floor : 0;
  printf("%s\t%.1f\t%s\t", f->name, f->value, f->unit);
  if (f->floor > 0)
    printf("%.2f", ratio);
  else
    fputs("-", stdout);
  print_bound(f->must);
  print_bound(f->goal);
  printf("\t%s\n", status(f, f->floor > 0 ? ratio : f->value));
  fflush(stdout);
}
