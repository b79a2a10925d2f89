/* sim.c: a run from its seed: set up, live, heal, check. */
#include "tests/sim/sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const struct sim_world_kind sim_worlds[] = {
    {.name = "lesson_day", .devices = 1, .steps = 60, .cut = 20, .bad_line = 60, .office = 60, .clock = 20},
    {.name = "rehearsal", .devices = 2, .steps = 60, .cut = 10, .bad_line = 80, .clock = 20},
    {.name = "power_cuts", .devices = 2, .steps = 50, .cut = 200, .hub_cut = 80, .bad_line = 40},
    {.name = "leaver", .devices = 2, .steps = 40, .cut = 20, .bad_line = 60, .grant_ends = true},
    {.name = "usb_only", .devices = 2, .steps = 50, .cut = 40, .hub_cut = 20, .clock = 20, .usb = true},
    {.name = "storm",
     .devices = 3,
     .steps = 80,
     .cut = 120,
     .hub_cut = 60,
     .bad_line = 150,
     .office = 40,
     .clock = 40},
    {.name = "restored", .devices = 2, .steps = 60, .cut = 30, .bad_line = 60, .restore = true},
    {.name = "farewell",
     .devices = 2,
     .steps = 50,
     .cut = 100,
     .hub_cut = 40,
     .bad_line = 80,
     .clock = 20,
     .grant_ends = true},
};
const size_t sim_world_count = sizeof sim_worlds / sizeof sim_worlds[0];

void sim_say(struct sim *s, const char *format, ...) {
  struct sim_report *r = s->report;
  char *line = r->events[r->event_count++ % sim_events_kept];
  va_list list;
  va_start(list, format);
  int len = vsnprintf(line, sim_event_bytes, format, list);
  va_end(list);
  if (len >= sim_event_bytes) len = sim_event_bytes - 1;
  r->hash = sim_hash(r->hash, line, (size_t)len);
}

_Noreturn void sim_fail(struct sim *s, const char *oracle, const char *format, ...) {
  va_list list;
  va_start(list, format);
  (void)vsnprintf(s->report->text, sizeof s->report->text, format, list);
  va_end(list);
  (void)snprintf(s->report->oracle, sizeof s->report->oracle, "%s", oracle);
  _exit(1);
}

bool sim_chance(struct sim *s, int per_mille) {
  return !s->calm && sim_below(&s->random, 1000) < (uint64_t)per_mille;
}

void sim_pass(struct sim *s, int64_t ms) {
  hub_host_pass(&s->hub, ms);
  for (size_t i = 0; i < s->device_count; i++) {
    core_host_pass(&s->devices[i]->host, ms);
    if (s->devices[i]->host.step_error != ERR_OK && !s->devices[i]->disk.dead)
      sim_fail(s, "step", "device %zu: a tick failed: %s", i, err_text(s->devices[i]->host.step_error));
  }
  sim_power(s);
}

static void live(struct sim *s) {
  for (int i = 0; i < s->kind->steps; i++) {
    sim_act(s);
    sim_power(s);
    for (uint64_t n = sim_below(&s->random, 8); n; n--) {
      (void)sim_round(s);
      sim_power(s);
    }
    sim_pass(s, 1 + (int64_t)sim_below(&s->random, sim_chance(s, 100) ? 120000 : 3000));
  }
}

/* All lines are up, everybody has power and is signed in (a locked device cannot read its feed); then there
 * is nothing more to say before long. */
static void heal(struct sim *s) {
  enum { passes_max = 40 };
  s->calm = true;
  s->hub_disk.fail_at = 0;
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    d->disk.fail_at = 0;
    if (!sim_unlock(d) && !d->retired)
      sim_fail(s, "1 said saved", "device %zu does not unlock: %s", i, d->host.text);
    if (!core_host_call(&d->host, "sync.hold", "hold:b", false))
      sim_fail(s, "10 quiet", "device %zu: sync.hold: %s", i, d->host.text);
  }
  for (int n = 0; n < passes_max; n++) {
    sim_settle(s);
    sim_pass(s, n < 4 ? seal_pause_ms + 1 : reconnect_max_ms / 4);
  }
  sim_settle(s);
}

void sim_run(struct sim_report *report, const struct sim_world_kind *kind, uint64_t seed) {
  struct sim *s = calloc(1, sizeof *s);
  if (!s) abort();
  *s = (struct sim){.kind = kind, .seed = seed, .random = seed * 1000003, .report = report};
  report->hash = sim_hash_start;
  sim_setup(s);
  live(s);
  sim_say(s, "healing");
  heal(s);
  sim_check_end(s);
  for (size_t i = 0; i < s->device_count + 1; i++) {
    uint64_t h = disk_hash(s->disks[i]);
    report->hash = sim_hash(report->hash, &h, sizeof h);
  }
  report->done = true;
}
