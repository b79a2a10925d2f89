/* crowd_bench.c: many devices connected to the real hub over TLS: what an idle one costs, and how soon a mark
 * on one device is seen on the others. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "tests/bench/crowd.h"
#include "tests/bench/figure.h"

enum {
  active = 1000,
  rounds = 1000,
  warm = 100,
  spare_files = 2048 /* the hub keeps some beside its connections */
};

/* As many as this process and the hub, its child, may have files open. Root raises that for both. */
static size_t files_for(size_t wanted) {
  struct rlimit files = {0, 0};
  rlim_t need = wanted + spare_files;
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
  struct rlimit raised = {need, files.rlim_max > need ? files.rlim_max : need};
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return wanted;
  files.rlim_cur = files.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &files);
  fprintf(stderr, "bench: only %zu connections: no more files may be open here\n",
          (size_t)files.rlim_max - spare_files);
  return (size_t)files.rlim_max - spare_files;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void measure_fan_out(struct crowd *c) {
  double *ms = calloc((size_t)rounds * crowd_others_max, sizeof *ms);
  size_t all = 0;
  ASSERT(ms != NULL);
  for (size_t i = 0; i < rounds; i++) all += crowd_mark(c, i, ms + all);
  qsort(ms, all, sizeof ms[0], compare);
  const struct figure figures[] = {{"fanout.p50", "ms", ms[all / 2], 0, 0, 0, LOWER},
                                   {"fanout.p99", "ms", ms[all * 99 / 100], 0, 50, 0, LOWER},
                                   {"fanout.most", "ms", ms[all - 1], 0, 0, 0, LOWER}};
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) figure_print(&figures[i]);
  free(ms);
}

/* By the hub's own pages: those of its files the kernel gives and takes as it likes. The first hundred
 * connections fill what is filled once. */
static void measure_idle(struct crowd *c, size_t count, int idle_ms) {
  struct crowd_memory before, after;
  crowd_connect(c, warm);
  crowd_hub_memory(c, &before);
  double start = bench_now_ms();
  crowd_connect(c, count);
  double connecting = bench_now_ms() - start;
  crowd_hear(c, idle_ms);
  crowd_hub_memory(c, &after);
  double each = (after.own_kib - before.own_kib) / (double)(count - warm);
  double alive = (double)(c->connected - c->dropped);
  const struct figure figures[] = {
      {"idle.connected", "", alive, 0, (double)count, 0, HIGHER},
      {"idle.memory", "kB each", each, 0, 25, 0, LOWER},
      {"idle.hub", "MB", after.resident_kib / 1024, 0, 0, 0, LOWER},
      {"idle.connect", "ms each", connecting / (double)(count - warm), 0, 0, 0, LOWER}};
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) figure_print(&figures[i]);
}

int main(int argc, char **argv) {
  unsigned port, count, idle_s;
  bool good = argc == 6 && sscanf(argv[3], "%u", &port) == 1 && sscanf(argv[4], "%u", &count) == 1 &&
              sscanf(argv[5], "%u", &idle_s) == 1;
  if (!good || port < 1 || port > UINT16_MAX || count <= active || crypto_init() != ERR_OK) {
    fprintf(stderr, "usage: crowd_bench SERVER CERTIFICATES PORT CONNECTIONS IDLE_SECONDS\n");
    return 2;
  }
  struct crowd *c = calloc(1, sizeof *c);
  ASSERT(c != NULL);
  size_t room = files_for(count);
  crowd_open(c, argv[1], argv[2], (uint16_t)port, active);
  crowd_connect(c, active);
  measure_fan_out(c);
  crowd_close(c);
  crowd_open(c, argv[1], argv[2], (uint16_t)port,
             room); /* a hub that nobody has used: what it let go of is used again */
  measure_idle(c, room, (int)idle_s * 1000);
  crowd_close(c);
  free(c);
  return 0;
}
