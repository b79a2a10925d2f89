/* main.c: the simulator's command line, and what is told of a failure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/sim/runner.h"

enum { shrink_seconds_first = 20, shrink_seconds_asked = 300 };
static const char usage[] =
    "usage: simulator [--seeds N] [--first S] [--world NAME] [--jobs N] [--twice] [--tell] [--quiet]\n"
    "                 [--shrink] [--stop] [--skip STEPS] [--no FAULTS] [--deaf ORACLE] [--commit NAME]\n"
    "  --deaf view    leaves an oracle out, --oracles lists them\n"
    "  --skip 0-4,7   leaves steps out, --no power,late kinds of faults: for a single seed\n";

struct options {
  struct job_list list;
  struct sim_plan plan; /* of a single seed */
  bool quiet, shrink, stop, part, help, oracles;
  const char *commit;
};

static bool find_world(const struct sim_world **out, const char *name) {
  for (size_t i = 0; i < sim_world_count; i++) {
    if (strcmp(sim_worlds[i]->name, name) != 0) continue;
    *out = sim_worlds[i];
    return true;
  }
  (void)fprintf(stderr, "simulator: there is no world called %s; there are", name);
  for (size_t i = 0; i < sim_world_count; i++) (void)fprintf(stderr, " %s", sim_worlds[i]->name);
  (void)fprintf(stderr, "\n");
  return false;
}

static bool read_skip(struct sim_plan *plan, const char *text) {
  for (char *end; *text; text = *end == ',' ? end + 1 : end) {
    unsigned long from = strtoul(text, &end, 10), to = from;
    if (end == text) return false;
    if (*end == '-') to = strtoul(end + 1, &end, 10);
    if (to >= sim_steps_max || (*end && *end != ',')) return false;
    for (; from <= to; from++) plan->skip[from] = true;
  }
  return true;
}

static bool read_no(struct sim_plan *plan, const char *text) {
  while (*text) {
    size_t len = strcspn(text, ","), i = 1;
    while (i < sim_fault_count && (strlen(sim_fault_name((enum sim_fault)i)) != len ||
                                   strncmp(sim_fault_name((enum sim_fault)i), text, len) != 0))
      i++;
    if (i == sim_fault_count) return false;
    plan->off[i] = true;
    text += len + (text[len] == ',');
  }
  return true;
}

static bool read_deaf(struct job_list *out, const char *name) {
  for (size_t i = 0; i < sim_oracle_count; i++) {
    if (strcmp(sim_oracles[i]->name, name) == 0) return out->deaf |= (uint64_t)1 << i;
  }
  for (size_t i = 0; i < sim_world_count; i++) {
    const char *own = sim_worlds[i]->oracle;
    if (own && strcmp(own, name) == 0) return out->deaf_world = true;
  }
  (void)fprintf(stderr, "simulator: there is no oracle called %s\n", name);
  return false;
}

static bool read_flag(struct options *o, const char *name) {
  const struct {
    const char *name;
    bool *flag;
  } flags[] = {{"--twice", &o->list.twice}, {"--tell", &o->list.tell}, {"--quiet", &o->quiet},
               {"--shrink", &o->shrink},    {"--stop", &o->stop},      {"--help", &o->help},
               {"--oracles", &o->oracles}};
  for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
    if (strcmp(name, flags[i].name) == 0) return *flags[i].flag = true;
  }
  return false;
}

static bool read_value(struct options *o, const char *name, const char *value) {
  if (strcmp(name, "--seeds") == 0) return (o->list.seeds = strtoull(value, NULL, 10)) > 0;
  if (strcmp(name, "--first") == 0) return o->list.first = strtoull(value, NULL, 10), true;
  if (strcmp(name, "--jobs") == 0) return (o->list.workers = strtoul(value, NULL, 10)) - 1 < 64;
  if (strcmp(name, "--world") == 0) return find_world(&o->list.world, value);
  if (strcmp(name, "--deaf") == 0) return read_deaf(&o->list, value);
  if (strcmp(name, "--commit") == 0) return o->commit = value, true;
  o->part = true;
  if (strcmp(name, "--skip") == 0) return read_skip(&o->plan, value);
  return strcmp(name, "--no") == 0 && read_no(&o->plan, value);
}

static bool read_options(struct options *o, int argc, char **argv) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  *o = (struct options){.list = {.seeds = 100, .first = 1}, .commit = "unknown"};
  o->list.workers = cores < 1 ? 1 : cores > 64 ? 64 : (size_t)cores;
  for (int i = 1; i < argc; i++) {
    if (read_flag(o, argv[i])) continue;
    if (i + 1 == argc || !read_value(o, argv[i], argv[i + 1])) return false;
    i++;
  }
  if (o->list.workers > o->list.seeds) o->list.workers = (size_t)o->list.seeds;
  return !o->help && (!o->part || (o->list.seeds == 1 && o->list.world));
}

/* ---- telling ---- */

struct count {
  const struct options *options;
  uint64_t seeds, failed, hash;
};

static void tell_events(const struct sim_report *r) {
  size_t from = r->event_count > sim_events_kept ? r->event_count - sim_events_kept : 0;
  for (size_t i = from; i < r->event_count; i++)
    printf("  step %3u  %s\n", (unsigned)r->steps[i % sim_events_kept], r->events[i % sim_events_kept]);
}

static void tell_replay(const struct sim_world *kind, const struct sim_plan *plan) {
  printf("  replay: tests/sim/run.sh --seeds 1 --first %llu --world %s", (unsigned long long)plan->seed,
         kind->name);
  print_plan(plan, (size_t)kind->steps);
  printf("\n");
}

static void tell(const struct options *o, const struct sim_world *kind, const struct sim_plan *plan,
                 const struct sim_report *r) {
  printf("FAILED seed %llu, commit %s, world %s, oracle %s: %s [%s]\n", (unsigned long long)plan->seed,
         o->commit, kind->name, r->oracle, r->text, r->speaker[0] ? r->speaker : r->oracle);
  printf("  in step %zu, during: %s\n", r->step, r->operation);
  if (r->hub_digest[0]) printf("  digest of the hub  %s\n", r->hub_digest);
  if (r->other_digest[0]) printf("  digest %-11s %s\n", r->other, r->other_digest);
  if (!o->quiet) tell_events(r);
  tell_replay(kind, plan);
}

static void shorten(const struct options *o, const struct sim_world *kind, struct sim_plan *plan) {
  struct runner r;
  runner_init(&r);
  shrink(plan, &r, kind, o->shrink ? shrink_seconds_asked : shrink_seconds_first);
  size_t left = 0;
  for (size_t i = 0; i < (size_t)kind->steps; i++) left += !plan->skip[i];
  printf("SHORTER: %zu of %d steps\n", left, kind->steps);
  tell(o, kind, plan, r.report);
  runner_finish(&r);
}

static bool done(void *ctx, const struct sim_world *kind, uint64_t seed, bool ok,
                 const struct sim_report *report) {
  struct count *c = ctx;
  const struct options *o = c->options;
  c->hash = sim_hash(c->hash, &report->hash, sizeof report->hash);
  if (ok && o->list.tell) tell_events(report);
  if (!ok) {
    struct sim_plan plan = o->plan;
    plan.seed = seed;
    plan.deaf = o->list.deaf;
    plan.deaf_world = o->list.deaf_world;
    c->failed++;
    tell(o, kind, &plan, report);
    bool first = c->failed == 1 && !o->part && !o->quiet;
    if (first || o->shrink) shorten(o, kind, &plan);
  }
  (void)fflush(stdout);
  c->seeds++;
  return ok || !o->stop;
}

/* With steps or faults left out: one seed, in this process's own runner. */
static void run_part(struct options *o, struct count *c) {
  struct runner r;
  runner_init(&r);
  o->plan.seed = o->list.first;
  o->plan.deaf = o->list.deaf;
  o->plan.deaf_world = o->list.deaf_world;
  bool ok = runner_run(&r, o->list.world, &o->plan);
  (void)done(c, o->list.world, o->list.first, ok, r.report);
  runner_finish(&r);
}

static int print_oracles(void) {
  for (size_t i = 0; i < sim_oracle_count; i++) printf("%s\n", sim_oracles[i]->name);
  for (size_t i = 0; i < sim_world_count; i++) {
    if (sim_worlds[i]->oracle) printf("%s\n", sim_worlds[i]->oracle);
  }
  return 0;
}

int main(int argc, char **argv) {
  struct options o;
  if (!read_options(&o, argc, argv)) {
    (void)fprintf(o.help ? stdout : stderr, "%s", usage);
    return o.help ? 0 : 2;
  }
  if (o.oracles) return print_oracles();
  struct count c = {.options = &o, .hash = sim_hash_start};
  if (o.part)
    run_part(&o, &c);
  else
    run_all(&o.list, done, &c);
  printf("hash %016llx\nseeds %llu failed %llu\n", (unsigned long long)c.hash, (unsigned long long)c.seeds,
         (unsigned long long)c.failed);
  return c.failed ? 1 : 0;
}
