/* shrink.c: delta debugging over the steps and the kinds of faults of a run. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/sim/runner.h"

struct hunt {
  struct runner *runner;
  const struct sim_world *kind;
  char oracle[32];
  time_t until;
};

static bool over(const struct hunt *h) { return time(NULL) >= h->until; }

static bool still_fails(const struct hunt *h, const struct sim_plan *plan) {
  return !runner_run(h->runner, h->kind, plan) && strcmp(h->runner->report->oracle, h->oracle) == 0;
}

static void leave_out_faults(const struct hunt *h, struct sim_plan *plan) {
  for (size_t i = 1; i < sim_fault_count && !over(h); i++) {
    if (!h->kind->faults[i] || plan->off[i]) continue;
    plan->off[i] = true;
    plan->off[i] = still_fails(h, plan);
  }
}

/* Chunks of steps, halved down to one. */
static bool leave_out_steps(const struct hunt *h, struct sim_plan *plan, size_t steps, size_t chunk) {
  bool any = false;
  for (size_t at = 0; at < steps && !over(h); at += chunk) {
    struct sim_plan next = *plan;
    bool fewer = false;
    for (size_t i = at; i < at + chunk && i < steps; i++) {
      fewer = fewer || !next.skip[i];
      next.skip[i] = true;
    }
    if (!fewer || !still_fails(h, &next)) continue;
    *plan = next;
    any = true;
  }
  return any;
}

void shrink(struct sim_plan *plan, struct runner *r, const struct sim_world *kind, int seconds_max) {
  struct hunt h = {.runner = r, .kind = kind, .until = time(NULL) + seconds_max};
  size_t steps = (size_t)kind->steps;
  if (runner_run(r, kind, plan)) return;
  (void)snprintf(h.oracle, sizeof h.oracle, "%s", r->report->oracle);
  for (bool again = true; again && !over(&h);) {
    again = false;
    for (size_t chunk = (steps + 1) / 2; chunk && !over(&h); chunk /= 2)
      again = leave_out_steps(&h, plan, steps, chunk) || again;
    leave_out_faults(&h, plan);
  }
  (void)runner_run(r, kind, plan); /* for its report */
}

void print_plan(const struct sim_plan *plan, size_t steps) {
  const char *before = " --skip ";
  for (size_t i = 0; i < steps; i++) {
    size_t from = i;
    while (i < steps && plan->skip[i]) i++;
    if (i == from) continue;
    printf(i - from > 1 ? "%s%zu-%zu" : "%s%zu", before, from, i - 1);
    before = ",";
  }
  before = " --no ";
  for (size_t i = 1; i < sim_fault_count; i++) {
    if (!plan->off[i]) continue;
    printf("%s%s", before, sim_fault_name((enum sim_fault)i));
    before = ",";
  }
}
