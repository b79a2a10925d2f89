/* england_bench.c: what a page of a report takes over a year of all of England in one hub: 25 million marks
 * at 24,453 schools. The hub lead asks, by the API, for each report in each cut that the role sees. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "server/core/reports.h"
#include "tests/bench/figure.h"
#include "tests/bench/stock.h"
#include "tests/contract/api/desk.h"

enum { schools_most = 24453, registers_most = 34, pages_most = REPORT_END * BY_END + 2, first_ever = 60 };

struct england {
  struct hub_host *host; /* the desk's */
  double ms[pages_most];
  size_t count;
  char slowest[120];
  double most;
  size_t bytes;
};

/* A year's sums, 256 activities at a time as a request has them made. */
static double refresh(struct hub_host *host) {
  bool more = true;
  double start = bench_now_ms();
  while (more) ASSERT(reports_refresh(host->store, &host->now, 256, &more) == ERR_OK);
  return bench_now_ms() - start;
}

static void one_page(struct england *e, const char *path) {
  clock_t processor = clock();
  double start = bench_now_ms();
  desk_get(path);
  double ms = e->ms[e->count++] = bench_now_ms() - start;
  if (desk.status != 200) fprintf(stderr, "bench: %s: %s\n", path, desk.text);
  ASSERT(desk.status == 200);
  if (getenv("TUTTI_BENCH_ALL"))
    fprintf(stderr, "bench: %s: %.0f ms, %.0f of the processor, %zu bytes\n", path, ms,
            (double)(clock() - processor) * 1e3 / CLOCKS_PER_SEC, desk.text_len);
  if (desk.text_len > e->bytes) e->bytes = desk.text_len;
  if (ms <= e->most) return;
  e->most = ms;
  (void)snprintf(e->slowest, sizeof e->slowest, "%s", path);
}

static void every_page(struct england *e) {
  char path[120];
  for (size_t r = 0; r < REPORT_END; r++)
    for (int by = 0; by < BY_END; by++) {
      if (by == BY_ACTIVITY || !(reports[r].by >> by & 1)) continue;
      (void)snprintf(path, sizeof path, "/api/reports/table?report=%s&by=%s&period=2025", reports[r].name,
                     report_by_word((enum report_by)by));
      one_page(e, path);
    }
  one_page(e, "/api/owed?period=2025");
  one_page(e, "/api/reports/export?report=attendance&by=school&period=2025&format=xlsx");
}

static int by_value(const void *a, const void *b) {
  const double *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

static void print(struct england *e, size_t marks, double made, double all) {
  char names[5][48];
  static const char *const kinds[5] = {"made", "first", "p50", "p95", "most"};
  for (size_t i = 0; i < 5; i++)
    (void)snprintf(names[i], sizeof names[i], "report.england.%.1fM.%s", (double)marks / 1e6, kinds[i]);
  qsort(e->ms, e->count, sizeof *e->ms, by_value);
  const struct figure figures[] = {{names[0], "s", made / 1e3, 0, 0, 0, LOWER},
                                   {names[1], "s", all / 1e3, 0, 0, 0, LOWER},
                                   {names[2], "ms", e->ms[e->count / 2], 0, 0, 0, LOWER},
                                   {names[3], "ms", e->ms[e->count * 95 / 100], 0, 2000, 0, LOWER},
                                   {names[4], "ms", e->most, 0, 2000, 0, LOWER},
                                   {"report.england.json", "kB", (double)e->bytes / 1e3, 0, 16000, 0, LOWER}};
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) figure_print(&figures[i]);
  fprintf(stderr, "bench: of %zu pages the slowest is %s\n", e->count, e->slowest);
}

int main(int argc, char **argv) {
  size_t schools = schools_most, registers = registers_most;
  if (argc > 1 && (sscanf(argv[1], "%zu", &schools) != 1 || schools < first_ever || argc > 3 ||
                   (argc == 3 && (sscanf(argv[2], "%zu", &registers) != 1 || registers == 0)))) {
    fprintf(stderr, "usage: england_bench [SCHOOLS: from %d [REGISTERS of each]]\n", first_ever);
    return 2;
  }
  struct england *e = calloc(1, sizeof *e);
  ASSERT(e != NULL);
  void *state = NULL;
  ASSERT(desk_open(&state) == 0);
  e->host = &ingest_world.host;
  double start = bench_now_ms();
  stock_schools(e->host, schools, registers, date_to_days((struct date){2026, 5, 20}));
  double made = bench_now_ms() - start;
  desk_return(ENUM_role_lead);
  double all = refresh(e->host);
  every_page(e);
  print(e, schools * registers * stock_players, made, all);
  ASSERT(desk_close(&state) == 0);
  free(e);
  return 0;
}
