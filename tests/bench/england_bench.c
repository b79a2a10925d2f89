/* england_bench.c: what a page of a report takes over a year of all of England in one hub: 25 million marks
 * at 24,453 schools. The hub lead asks, by the API, for each report in each cut that the role sees. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "server/core/reports.h"
#include "server/core/views_day.h"
#include "tests/bench/figure.h"
#include "tests/bench/stock.h"
#include "tests/contract/api/desk.h"

enum { schools_most = 24453, registers_most = 34, pages_most = REPORT_END * BY_END + 32, first_ever = 60 };

struct england {
  struct hub_host *host; /* the desk's */
  double ms[pages_most];
  size_t count;
  char slowest[120];
  double most, most_busy; /* by the clock, and of the processor: a machine with other work to do makes only
                             the first longer */
  size_t bytes;
};

static double processor_ms(void) { return (double)clock() * 1e3 / CLOCKS_PER_SEC; }

/* A year's sums, 256 activities at a time as a request has them made. */
static double refresh(struct hub_host *host) {
  bool more = true;
  double start = bench_now_ms();
  while (more) ASSERT(reports_refresh(host->store, &host->now, 256, &more) == ERR_OK);
  return bench_now_ms() - start;
}

/* A question is a page as well; `body` is taken, NULL for none. */
static void one_post(struct england *e, const char *path, json_t *body) {
  double processor = processor_ms();
  double start = bench_now_ms();
  if (body) desk_send(path, body);
  if (!body) desk_get(path);
  double ms = e->ms[e->count++] = bench_now_ms() - start;
  double busy = processor_ms() - processor;
  if (desk.status != 200) fprintf(stderr, "bench: %s: %s\n", path, desk.text);
  ASSERT(desk.status == 200);
  if (getenv("TUTTI_BENCH_ALL"))
    fprintf(stderr, "bench: %s: %.0f ms, %.0f of the processor, %zu bytes\n", path, ms, busy, desk.text_len);
  if (busy > e->most_busy) e->most_busy = busy;
  if (desk.text_len > e->bytes) e->bytes = desk.text_len;
  if (ms <= e->most) return;
  e->most = ms;
  (void)snprintf(e->slowest, sizeof e->slowest, "%s", path);
}

static void one_page(struct england *e, const char *path) { one_post(e, path, NULL); }

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

/* What else the office opens in a day, and that grows with the hub: as long as a report it may take. */
static void every_list(struct england *e) {
  static const char *const lists[] = {"/api/today?date=2026-05-20",
                                      "/api/schools",
                                      "/api/activities",
                                      "/api/partners",
                                      "/api/work",
                                      "/api/work/counts",
                                      "/api/fleet",
                                      "/api/devices",
                                      "/api/imports",
                                      "/api/closures",
                                      "/api/targets",
                                      "/api/plan?period=2025"};
  char school[id_text_bytes], path[120], last[day_cursor_bytes + 1];
  desk_return(ENUM_role_office);
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) one_page(e, lists[i]);
  desk_get(lists[0]);
  (void)snprintf(last, sizeof last, "%s", desk_text("next") ? desk_text("next") : "");
  (void)snprintf(path, sizeof path, "%s&after=%s", lists[0], last);
  one_page(e, path);
  one_page(e, "/api/schools");
  (void)snprintf(school, sizeof school, "%s", desk_text("schools.0.id"));
  (void)snprintf(path, sizeof path, "/api/schools/%s", school);
  one_page(e, path);
  (void)snprintf(path, sizeof path, "/api/owed/school/%s?period=2025", school);
  one_page(e, path);
  (void)snprintf(path, sizeof path, "/api/reports/table?report=attendance&by=activity&period=2025&school=%s",
                 school);
  one_page(e, path);
  one_page(e, "/api/today?date=2026-05-20&only=closed");
  one_post(e, "/api/today/find", json_pack("{s:s, s:s}", "date", "2026-05-20", "find", "school 7"));
  one_post(e, "/api/activities/list", json_object());
  one_post(e, "/api/activities/list", json_pack("{s:s}", "find", "school 7"));
  one_post(e, "/api/activities/list", json_pack("{s:s}", "without", "learners"));
  one_post(e, "/api/learners/search", json_pack("{s:s}", "q", "Player"));
  (void)snprintf(path, sizeof path, "/api/learners/%s", desk_text("learners.0.id"));
  one_page(e, path);
  one_post(e, "/api/learners/search", json_pack("{s:s}", "q", "Nobody"));
}

/* An INSET day, until a report that counts it stands. */
static double close_a_day(struct england *e) {
  struct england rest = {.host = e->host};
  char school[id_text_bytes];
  desk_get("/api/schools");
  (void)snprintf(school, sizeof school, "%s", desk_text("schools.1.id"));
  double start = bench_now_ms();
  one_post(&rest, "/api/closures/add",
           json_pack("{s:s, s:s, s:s}", "starts", "2026-05-20", "reason", "INSET day", "school", school));
  one_page(&rest, "/api/reports/table?report=completeness&by=hub&period=2025");
  return bench_now_ms() - start;
}

/* All figures of the year under the hash of their bytes. */
static double keep_all(size_t *bytes) {
  char path[80];
  desk_return(ENUM_role_lead);
  double start = bench_now_ms();
  desk_send("/api/snapshots/save", json_pack("{s:s, s:s}", "title", "A year", "period", "2025"));
  double ms = bench_now_ms() - start;
  if (desk.status != 200) fprintf(stderr, "bench: snapshot: %s\n", desk.text);
  *bytes = 0;
  if (desk.status != 200) return ms;
  (void)snprintf(path, sizeof path, "/api/snapshots/%s", desk_text("id"));
  desk_get(path);
  ASSERT(desk.status == 200);
  *bytes = desk.text_len;
  return ms;
}

static int by_value(const void *a, const void *b) {
  const double *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

static void print_rest(struct england *lists, double closed, double kept, size_t bytes) {
  qsort(lists->ms, lists->count, sizeof *lists->ms, by_value);
  const struct figure figures[] = {
      {"report.england.lists.p50", "ms", lists->ms[lists->count / 2], 0, 0, 0, LOWER},
      {"report.england.lists.most", "ms", lists->most, 0, 2000, 0, LOWER},
      {"report.england.lists.most.busy", "ms", lists->most_busy, 0, 0, 0, LOWER},
      {"report.england.closure", "ms", closed, 0, 2000, 0, LOWER},
      {"report.england.snapshot", "s", kept / 1e3, 0, 0, 0, LOWER},
      {"report.england.snapshot.kB", "kB", (double)bytes / 1e3, 0, 16000, 0, LOWER}};
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) figure_print(&figures[i]);
  fprintf(stderr, "bench: of %zu lists the slowest is %s\n", lists->count, lists->slowest);
}

static void print(struct england *e, size_t marks, double made, double all) {
  enum { kinds_count = 6 };
  char names[kinds_count][48];
  static const char *const kinds[kinds_count] = {"made", "first", "p50", "p95", "most", "most.busy"};
  for (size_t i = 0; i < kinds_count; i++)
    (void)snprintf(names[i], sizeof names[i], "report.england.%.1fM.%s", (double)marks / 1e6, kinds[i]);
  qsort(e->ms, e->count, sizeof *e->ms, by_value);
  const struct figure figures[] = {{names[0], "s", made / 1e3, 0, 0, 0, LOWER},
                                   {names[1], "s", all / 1e3, 0, 0, 0, LOWER},
                                   {names[2], "ms", e->ms[e->count / 2], 0, 0, 0, LOWER},
                                   {names[3], "ms", e->ms[e->count * 95 / 100], 0, 2000, 0, LOWER},
                                   {names[4], "ms", e->most, 0, 2000, 0, LOWER},
                                   {names[5], "ms", e->most_busy, 0, 0, 0, LOWER},
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
  struct england *lists = calloc(1, sizeof *lists);
  ASSERT(lists != NULL);
  size_t bytes;
  lists->host = e->host;
  every_list(lists);
  double closed = close_a_day(e);
  double kept = keep_all(&bytes);
  print_rest(lists, closed, kept, bytes);
  free(lists);
  ASSERT(desk_close(&state) == 0);
  free(e);
  return 0;
}
