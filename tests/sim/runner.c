/* runner.c: one process per seed, forked from one in which its world is set up already. */
#include "tests/sim/runner.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of the processor, so that a busy machine fails nothing; a run takes a tenth of one, with sanitizers one. */
enum { workers_max = 64, run_seconds_max = 20 };

static void must(bool ok) {
  if (ok) return;
  perror("simulator");
  exit(3);
}

static bool read_all(int fd, void *out, size_t len) {
  char *to = out;
  while (len) {
    ssize_t n = read(fd, to, len);
    if (n <= 0) return false;
    to += n;
    len -= (size_t)n;
  }
  return true;
}

static void write_all(int fd, const void *bytes, size_t len) {
  const char *from = bytes;
  while (len) {
    ssize_t n = write(fd, from, len);
    must(n > 0);
    from += n;
    len -= (size_t)n;
  }
}

/* ---- the prepared process ---- */

static int live_one(const struct sim_engine *engine, struct sim *s, const struct sim_plan *plan) {
  int status = 0;
  pid_t child = fork();
  must(child >= 0);
  if (child == 0) {
    (void)setrlimit(RLIMIT_CPU, &(struct rlimit){run_seconds_max, run_seconds_max});
    engine->live(s, plan);
    _exit(0);
  }
  must(waitpid(child, &status, 0) == child);
  return status;
}

_Noreturn static void tend(struct sim_report *report, const struct sim_world *kind, int in, int out) {
  static struct sim_plan plan;
  const struct sim_engine *engine = sim_engine_of(kind);
  struct sim *s = engine->prepare(report, kind->name, sim_builds, kind->updates ? sim_builds_max : 1);
  struct sim_report *prepared = malloc(sizeof *prepared);
  must(prepared != NULL);
  *prepared = *report;
  while (read_all(in, &plan, sizeof plan)) {
    *report = *prepared;
    int status = live_one(engine, s, &plan);
    write_all(out, &status, sizeof status);
  }
  _exit(0);
}

/* A nursery ends when nobody holds the other end of its pipe. */
static void forget_others(const struct runner *r) {
  for (size_t i = 0; i < sim_world_count; i++) {
    if (!r->nurseries[i].kind) continue;
    (void)close(r->nurseries[i].to);
    (void)close(r->nurseries[i].from);
  }
}

static void begin_nursery(struct runner *r, struct nursery *n, const struct sim_world *kind) {
  int down[2], up[2];
  must(pipe(down) == 0 && pipe(up) == 0);
  (void)fflush(stdout);
  n->pid = fork();
  must(n->pid >= 0);
  if (n->pid == 0) {
    forget_others(r);
    (void)close(down[1]);
    (void)close(up[0]);
    tend(r->report, kind, down[0], up[1]);
  }
  (void)close(down[0]);
  (void)close(up[1]);
  n->kind = kind;
  n->to = down[1];
  n->from = up[0];
}

static void end_nursery(struct nursery *n) {
  if (!n->kind) return;
  (void)close(n->to);
  (void)close(n->from);
  (void)waitpid(n->pid, NULL, 0);
  *n = (struct nursery){.kind = NULL};
}

void runner_init(struct runner *r) {
  *r = (struct runner){
      .report = mmap(NULL, sizeof *r->report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)};
  must(r->report != MAP_FAILED);
}

void runner_finish(struct runner *r) {
  for (size_t i = 0; i < sim_world_count; i++) end_nursery(&r->nurseries[i]);
  (void)munmap(r->report, sizeof *r->report);
}

static struct nursery *nursery_of(struct runner *r, const struct sim_world *kind) {
  size_t i = 0;
  while (sim_worlds[i] != kind) i++;
  must(i < sizeof r->nurseries / sizeof r->nurseries[0]);
  if (!r->nurseries[i].kind) {
    bytes_zero(r->report, sizeof *r->report);
    begin_nursery(r, &r->nurseries[i], kind);
  }
  return &r->nurseries[i];
}

bool runner_run(struct runner *r, const struct sim_world *kind, const struct sim_plan *plan) {
  int status = 0;
  struct nursery *n = nursery_of(r, kind);
  write_all(n->to, plan, sizeof *plan);
  bool lived = read_all(n->from, &status, sizeof status);
  if (!lived) end_nursery(n); /* its setup failed: the report says how */
  if (lived && status == 0 && r->report->done) return true;
  if (!r->report->oracle[0]) {
    (void)snprintf(r->report->oracle, sizeof r->report->oracle, "no crash");
    (void)snprintf(r->report->text, sizeof r->report->text, "the process ended with status %d%s", status,
                   WIFSIGNALED(status) ? " by a signal" : "");
  }
  return false;
}

/* ---- workers ---- */

struct result {
  uint64_t hash;
  bool ok;
};

static const struct sim_world *world_of(const struct job_list *list, uint64_t seed) {
  return list->world ? list->world : sim_worlds[seed % sim_world_count];
}

static bool run_twice(struct runner *r, const struct sim_world *kind, const struct sim_plan *plan) {
  if (!runner_run(r, kind, plan)) return false;
  uint64_t first = r->report->hash;
  if (!runner_run(r, kind, plan)) return false;
  if (r->report->hash == first) return true;
  (void)snprintf(r->report->oracle, sizeof r->report->oracle, "0 same run");
  (void)snprintf(r->report->text, sizeof r->report->text, "one seed gave two runs");
  return false;
}

/* Every worker takes each so manyeth seed. */
_Noreturn static void work(const struct job_list *list, size_t number, int out) {
  static struct sim_plan plan;
  struct runner r;
  runner_init(&r);
  for (uint64_t i = number; i < list->seeds; i += list->workers) {
    plan.seed = list->first + i;
    plan.deaf = list->deaf;
    plan.deaf_world = list->deaf_world;
    const struct sim_world *kind = world_of(list, plan.seed);
    bool ok = list->twice ? run_twice(&r, kind, &plan) : runner_run(&r, kind, &plan);
    struct result result = {.hash = r.report->hash, .ok = ok};
    write_all(out, &result, sizeof result);
    if (!ok || list->tell) write_all(out, r.report, sizeof *r.report);
  }
  runner_finish(&r);
  _exit(0);
}

void run_all(const struct job_list *list, seed_done *done, void *ctx) {
  static struct sim_report report;
  int from[workers_max];
  pid_t workers[workers_max];
  bool all = true;
  ASSERT(list->workers && list->workers <= workers_max);
  (void)fflush(stdout);
  for (size_t w = 0; w < list->workers; w++) {
    int ends[2];
    must(pipe(ends) == 0);
    workers[w] = fork();
    must(workers[w] >= 0);
    if (workers[w] == 0) work(list, w, ends[1]);
    (void)close(ends[1]);
    from[w] = ends[0];
  }
  for (uint64_t i = 0; i < list->seeds && all; i++) {
    struct result result;
    int fd = from[i % list->workers];
    must(read_all(fd, &result, sizeof result));
    if (!result.ok || list->tell) must(read_all(fd, &report, sizeof report));
    report.hash = result.hash;
    all = done(ctx, world_of(list, list->first + i), list->first + i, result.ok, &report);
  }
  for (size_t w = 0; w < list->workers; w++) {
    if (!all) (void)kill(workers[w], SIGKILL); /* it may wait for somebody to read what it found next */
    (void)close(from[w]);
    (void)waitpid(workers[w], NULL, 0);
  }
}
