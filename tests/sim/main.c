/* main.c: one process per seed; what a run left in the report is told when it failed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sim/sim.h"

struct options {
  uint64_t seeds, first;
  const char *world;
  bool twice, quiet, story;
};

static bool read_options(struct options *o, int argc, char **argv) {
  *o = (struct options){.seeds = 100, .first = 1};
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--twice") == 0)
      o->twice = true;
    else if (strcmp(argv[i], "--tell") == 0)
      o->story = true;
    else if (strcmp(argv[i], "--quiet") == 0)
      o->quiet = true;
    else if (i + 1 == argc)
      return false;
    else if (strcmp(argv[i], "--seeds") == 0)
      o->seeds = strtoull(argv[++i], NULL, 10);
    else if (strcmp(argv[i], "--first") == 0)
      o->first = strtoull(argv[++i], NULL, 10);
    else if (strcmp(argv[i], "--world") == 0)
      o->world = argv[++i];
    else
      return false;
  }
  return o->seeds > 0;
}

static const struct sim_world_kind *world_of(const struct options *o, uint64_t seed) {
  for (size_t i = 0; o->world && i < sim_world_count; i++) {
    if (strcmp(sim_worlds[i].name, o->world) == 0) return &sim_worlds[i];
  }
  return o->world ? NULL : &sim_worlds[seed % sim_world_count];
}

static bool run_one(struct sim_report *report, const struct sim_world_kind *kind, uint64_t seed) {
  enum { seconds_max = 60 };
  bytes_zero(report, sizeof *report);
  pid_t child = fork();
  if (child < 0) abort();
  if (child == 0) {
    (void)alarm(seconds_max);
    sim_run(report, kind, seed);
    _exit(0);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child) abort();
  if (report->done && status == 0) return true;
  if (!report->oracle[0]) {
    (void)snprintf(report->oracle, sizeof report->oracle, "no crash");
    (void)snprintf(report->text, sizeof report->text, "the process ended with status %d%s", status,
                   WIFSIGNALED(status) ? " by a signal" : "");
  }
  return false;
}

static void tell_events(const struct sim_report *r) {
  size_t from = r->event_count > sim_events_kept ? r->event_count - sim_events_kept : 0;
  for (size_t i = from; i < r->event_count; i++) printf("  %4zu %s\n", i, r->events[i % sim_events_kept]);
}

static void tell(const struct sim_report *r, const struct sim_world_kind *kind, uint64_t seed, bool quiet) {
  printf("FAILED seed %llu, world %s, oracle %s: %s\n", (unsigned long long)seed, kind->name, r->oracle,
         r->text);
  if (!quiet) tell_events(r);
  printf("  replay: tests/sim/run.sh --seeds 1 --first %llu --world %s\n", (unsigned long long)seed,
         kind->name);
}

int main(int argc, char **argv) {
  struct options o;
  if (!read_options(&o, argc, argv)) {
    (void)fprintf(stderr, "usage: sim [--seeds N] [--first S] [--world NAME] [--twice] [--quiet] [--tell]\n");
    return 2;
  }
  struct sim_report *report =
      mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (report == MAP_FAILED) abort();
  uint64_t failed = 0, hash = sim_hash_start;
  for (uint64_t seed = o.first; seed < o.first + o.seeds; seed++) {
    const struct sim_world_kind *kind = world_of(&o, seed);
    if (!kind) {
      (void)fprintf(stderr, "sim: there is no world called %s\n", o.world);
      return 2;
    }
    bool ok = run_one(report, kind, seed);
    uint64_t first = report->hash;
    if (ok && o.twice) {
      ok = run_one(report, kind, seed);
      if (ok && report->hash != first) {
        ok = false;
        (void)snprintf(report->oracle, sizeof report->oracle, "0 same run");
        (void)snprintf(report->text, sizeof report->text, "one seed gave two runs");
      }
    }
    hash = sim_hash(hash, &first, sizeof first);
    failed += !ok;
    if (ok && o.story) tell_events(report);
    if (!ok) tell(report, kind, seed, o.quiet);
    (void)fflush(stdout);
  }
  printf("hash %016llx\nseeds %llu failed %llu\n", (unsigned long long)hash, (unsigned long long)o.seeds,
         (unsigned long long)failed);
  return failed ? 1 : 0;
}
