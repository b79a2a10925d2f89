/* stock_bench.c: what a mark costs the hub when millions stand in it already, against an empty one. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/figure.h"
#include "tests/bench/stock.h"

static double cost(struct stock *s, size_t activities, bool filled) {
  double us[stock_rounds];
  double start = bench_now_ms();
  stock_open(s, activities, filled);
  if (filled)
    fprintf(stderr, "bench: %zu marks stored in %.0f s\n", activities * stock_marks,
            (bench_now_ms() - start) / 1e3);
  for (size_t i = 0; i < stock_rounds; i++) us[i] = stock_take(s, i);
  if (getenv("TUTTI_BENCH_ALL"))
    for (size_t i = 0; i < stock_rounds; i++) fprintf(stderr, "bench: round %zu: %.1f us a mark\n", i, us[i]);
  /* The first finds nothing in any cache: that is the price of a restart, not of a mark. */
  double middle = median(us + 1, stock_rounds - 1);
  stock_close(s);
  return middle;
}

int main(int argc, char **argv) {
  enum { most = 25000000 };
  size_t marks = most;
  if (argc > 1 && (sscanf(argv[1], "%zu", &marks) != 1 || marks < stock_devices * stock_marks)) {
    fprintf(stderr, "usage: stock_bench [MARKS: from %d]\n", stock_devices * stock_marks);
    return 2;
  }
  char name[64];
  size_t activities = marks / stock_marks;
  struct stock *s = calloc(1, sizeof *s);
  ASSERT(s != NULL);
  double empty = cost(s, stock_devices, false), full = cost(s, activities, true);
  snprintf(name, sizeof name, "hub.mark.%.1fM", (double)(activities * stock_marks) / 1e6);
  const struct figure figures[] = {{"hub.mark.empty", "us", empty, 0, 0, 0, LOWER},
                                   {name, "us", full, empty, 1.5, 0, LOWER}};
  for (size_t i = 0; i < 2; i++) figure_print(&figures[i]);
  free(s);
  return 0;
}
