/* erase_bench.c: what it costs to look at the retention schedule, and to erase whom it is about, on a hub
 * that holds millions of marks: the longest that anybody waits for its store. */
#include <stdio.h>
#include <stdlib.h>

#include "server/core/erase.h"
#include "server/core/retention.h"
#include "tests/bench/figure.h"
#include "tests/bench/stock.h"

enum { erased = 12, leavers = 60 };

static void must(err e) { ASSERT(e == ERR_OK); }

static struct id named(const struct stock *s, const char *kind, size_t n) {
  char ref[24];
  struct id id;
  (void)snprintf(ref, sizeof ref, "%zu", n);
  crypto_import_id(&id, &s->host->hub.id, kind, slice_text(ref));
  return id;
}

/* The n-th of those who left, each of an activity of their own. */
static struct id leaver(struct stock *s, size_t n) {
  size_t a = n * s->activities / (erased + leavers);
  struct id activity = named(s, "activity", a),
            learner = named(s, "learner", a * stock_players + n % stock_players);
  hub_world_enrol(s->host, &learner, &activity, s->last - 4000, s->last - 3000);
  return learner;
}

static void erase_some(struct stock *s) {
  double ms[erased];
  char name[64];
  for (size_t i = 0; i < erased; i++) {
    struct erase_result r;
    struct fault fault;
    const struct id learner = leaver(s, i);
    const struct erase_order order = {
        .learner = learner, .by = s->host->hub.id, .reason = slice_text("the family asked")};
    double start = bench_now_ms();
    must(erase_learner(&r, &s->host->hub, s->host->store, &s->host->now, &order, &fault));
    ms[i] = bench_now_ms() - start;
    fprintf(stderr, "bench: erased %llu rows, %llu ops in %.1f ms\n", (unsigned long long)r.rows,
            (unsigned long long)r.ops, ms[i]);
  }
  (void)snprintf(name, sizeof name, "erase.learner.%.1fM", (double)(s->activities * stock_marks) / 1e6);
  figure_print(&(struct figure){name, "ms", median(ms, erased), 0, 100, 20, LOWER});
}

static void look(struct stock *s) {
  int32_t before[RETENTION_LINES];
  struct view_due due[RETENTION_LINES];
  for (int i = 0; i < RETENTION_LINES; i++) before[i] = s->last - 366;
  double start = bench_now_ms();
  must(views_due(s->host->store, before, due));
  figure_print(&(struct figure){"retention.look", "ms", bench_now_ms() - start, 0, 5000, 1000, LOWER});
  fprintf(stderr, "bench: %llu learners are due\n",
          (unsigned long long)due[RETENTION_LINE_register].learners);
}

static void run(struct stock *s) {
  struct store_retention r = {
      .who = s->host->hub.id, .by = "bench", .line = RETENTION_LINE_register, .months = 72};
  struct retention_piece piece = {.more = true};
  struct fault fault;
  double longest = 0, whole = bench_now_ms();
  bool done;
  for (size_t i = 0; i < leavers; i++) (void)leaver(s, erased + i);
  hub_host_pass(s->host, INT64_C(8) * 365 * 86400000); /* their marks are of last year, and must be old */
  must(retention_order(&r, &s->host->hub, s->host->store, &s->host->now, &fault));
  while (piece.more) {
    double start = bench_now_ms();
    must(retention_step(&piece, &s->host->hub, s->host->store, &s->host->now, &fault));
    double took = bench_now_ms() - start;
    if (took > longest) longest = took;
  }
  must(retention_run_load(s->host->store, &r.id, &r));
  fprintf(stderr, "bench: a run over %llu learners in %.1f s\n", (unsigned long long)r.learners,
          (bench_now_ms() - whole) / 1e3);
  figure_print(&(struct figure){"retention.hold", "ms", longest, 0, 500, 100, LOWER});
  double start = bench_now_ms();
  must(erase_scrub(&s->host->hub, s->host->store, &done));
  fprintf(stderr, "bench: the file is rewritten in %.1f s\n", (bench_now_ms() - start) / 1e3);
}

int main(int argc, char **argv) {
  size_t marks = 2400000;
  if (argc > 1 && (sscanf(argv[1], "%zu", &marks) != 1 || marks < stock_devices * stock_marks)) {
    fprintf(stderr, "usage: erase_bench [MARKS: from %d]\n", stock_devices * stock_marks);
    return 2;
  }
  struct stock *s = calloc(1, sizeof *s);
  ASSERT(s != NULL);
  stock_open(s, marks / stock_marks, true);
  look(s);
  erase_some(s);
  run(s);
  stock_close(s);
  free(s);
  return 0;
}
