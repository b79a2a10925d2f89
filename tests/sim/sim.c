/* sim.c: a run from its seed: prepare, live, heal, check. */
#include "tests/sim/sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/sim/memory.h"

static const char *const fault_names[sim_fault_count] = {
    "none",
#define FAULT(name, what) #name,
#include "tests/sim/faults.def"
#undef FAULT
};
const char *sim_fault_name(enum sim_fault fault) { return fault_names[fault]; }

void sim_say(struct sim *s, const char *format, ...) {
  struct sim_report *r = s->report;
  r->steps[r->event_count % sim_events_kept] = (uint16_t)r->step;
  char *line = r->events[r->event_count++ % sim_events_kept];
  va_list list;
  va_start(list, format);
  int len = vsnprintf(line, sim_event_bytes, format, list);
  va_end(list);
  if (len >= sim_event_bytes) len = sim_event_bytes - 1;
  r->hash = sim_hash(r->hash, line, (size_t)len);
}

void sim_operation(struct sim *s, const char *format, ...) {
  va_list list;
  va_start(list, format);
  (void)vsnprintf(s->report->operation, sizeof s->report->operation, format, list);
  va_end(list);
}

/* ---- failing ---- */

static void hex(char out[65], const uint8_t digest[hash_bytes]) {
  for (size_t i = 0; i < hash_bytes; i++) (void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

void sim_note_digest(struct sim *s, const char *whose, const uint8_t digest[hash_bytes]) {
  hex(s->report->other_digest, digest);
  (void)snprintf(s->report->other, sizeof s->report->other, "%s", whose);
}

_Noreturn void sim_fail(struct sim *s, const char *oracle, const char *format, ...) {
  uint8_t digest[hash_bytes];
  va_list list;
  va_start(list, format);
  (void)vsnprintf(s->report->text, sizeof s->report->text, format, list);
  va_end(list);
  (void)snprintf(s->report->oracle, sizeof s->report->oracle, "%s", oracle);
  if (s->hub.store && !s->hub_disk.dead && s->build->hub->try_digest(&s->hub, digest) == ERR_OK)
    hex(s->report->hub_digest, digest);
  _exit(1);
}

/* ---- dice and time ---- */

bool sim_chance(struct sim *s, int per_mille) {
  return !s->calm && sim_below(&s->random, 1000) < (uint64_t)per_mille;
}

bool sim_strikes(struct sim *s, enum sim_fault fault) {
  bool struck = sim_chance(s, s->kind->faults[fault]);
  return struck && !s->plan->off[fault];
}

/* Every step has dice of its own, so that the others fall the same when one is left out. */
static void take_dice(struct sim *s, size_t step) {
  uint64_t seed = s->plan->seed * 1000003 + step;
  s->random = sim_next(&seed);
  for (size_t i = 0; i < s->disk_count; i++) s->disks[i]->random = sim_next(&seed);
}

void sim_pass(struct sim *s, int64_t ms) {
  sim_power(s);
  s->build->hub->pass(&s->hub, ms);
  for (size_t i = 0; i < s->device_count; i++) core_host_pass(&s->devices[i]->host, ms);
  sim_power(s);
}

/* ---- a run ---- */

bool sim_hears(const struct sim *s, const struct sim_oracle *o) {
  size_t i = 0;
  while (sim_oracles[i] != o) i++;
  return !(s->plan->deaf >> i & 1);
}

bool sim_hears_world(const struct sim *s) { return !s->plan->deaf_world; }

static void let_speak(struct sim *s, const char *name) {
  (void)snprintf(s->report->speaker, sizeof s->report->speaker, "%s", name);
}

/* One oracle's turn may fall into another's, when that lets devices and hub talk. */
void sim_ask_about(struct sim *s, const struct sim_oracle *o,
                   void (*hook)(struct sim *s, struct sim_device *d), struct sim_device *d) {
  char before[sizeof s->report->speaker];
  if (!hook || !sim_hears(s, o)) return;
  bytes_copy(before, s->report->speaker, sizeof before);
  let_speak(s, o->name);
  hook(s, d);
  let_speak(s, before);
}

void sim_ask(struct sim *s, const struct sim_oracle *o, void (*hook)(struct sim *s)) {
  char before[sizeof s->report->speaker];
  if (!hook || !sim_hears(s, o)) return;
  bytes_copy(before, s->report->speaker, sizeof before);
  let_speak(s, o->name);
  hook(s);
  let_speak(s, before);
}

/* Whoever looks reads the disk: nothing may be about to fail. */
static bool is_well(const struct sim_device *d) {
  const struct disk_trouble *t = &d->disk.trouble;
  return !d->disk.dead && d->host.step_error == ERR_OK && !t->flush && !t->io && !t->sync && !t->read &&
         !t->full && !memory_is_short();
}

/* What its own people do it answers at once, and so it is not asked again. */
static void look_at(struct sim *s, struct sim_device *d) {
  if (!d->heard || !is_well(d)) return;
  d->heard = 0;
  for (size_t i = 0; i < sim_oracle_count; i++) {
    sim_ask_about(s, sim_oracles[i], sim_oracles[i]->look, d);
  }
}

static void look_around(struct sim *s) {
  for (size_t i = 0; i < s->device_count && !s->hub_disk.dead; i++) look_at(s, s->devices[i]);
}

static void live_step(struct sim *s) {
  sim_act(s);
  sim_power(s);
  for (uint64_t n = sim_below(&s->random, 8); n; n--) {
    (void)sim_round(s);
    sim_power(s);
  }
  sim_pass(s, 1 + (int64_t)sim_below(&s->random, sim_chance(s, 100) ? 120000 : 3000));
  look_around(s);
}

static void live_steps(struct sim *s) {
  ASSERT(s->kind->steps < sim_steps_max);
  for (size_t i = 0; i < (size_t)s->kind->steps; i++) {
    s->report->step = i;
    take_dice(s, i);
    if (!s->plan->skip[i]) live_step(s);
  }
  s->report->step = s->report->step_count = (size_t)s->kind->steps;
  take_dice(s, (size_t)s->kind->steps);
}

/* All lines are up, everybody has power and is signed in (a locked device cannot read its feed). */
static void end_faults(struct sim *s) {
  s->calm = true;
  sim_end_trouble(s);
  sim_power(s);
  if (s->kind->heal) s->kind->heal(s);
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    d->cut_off = 0;
    if (!sim_unlock(d) && !d->retired)
      sim_fail(s, "1 said saved", "device %zu does not unlock: %s", d->number, d->host.text);
    if (!d->gone && !core_host_call(&d->host, "sync.hold", "hold:b", false))
      sim_fail(s, "10 quiet", "device %zu: sync.hold: %s", i, d->host.text);
  }
}

static bool is_quiet(struct sim *s) {
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    if (core_host_call(&d->host, "sync.status", "") && core_host_int(d->host.result, "changes")) return false;
  }
  return true;
}

/* Then there is nothing more to say before long: the hub lets go of a silent line after a quarter of an hour.
 * Fifty minutes go by in any case, and a thousand minutes before anybody is called stuck. */
static void heal(struct sim *s) {
  enum { passes_least = 40, pass_ms = reconnect_max_ms / 4, passes_max = 1000 * 60000 / pass_ms };
  enum { passes_waiting = held_renamed_ms_max / pass_ms + 5 }; /* for what was numbered anew */
  _Static_assert(passes_waiting + 10 <= passes_least, "a device hears what became of it");
  end_faults(s);
  sim_keep_house(s);
  for (int n = 0; n < passes_least || (n < passes_max && !is_quiet(s)); n++) {
    sim_settle(s);
    sim_pass(s, n < 4 ? seal_pause_ms + 1 : pass_ms);
    if (n == passes_waiting) sim_keep_house(s);
    if (n == passes_waiting && !s->kind->updates) sim_release_forks(s);
  }
  sim_settle(s);
}

static void check(struct sim *s) {
  if (s->kind->check && sim_hears_world(s)) s->kind->check(s);
  if (s->kind->after) s->kind->after(s);
  for (size_t i = 0; i < sim_oracle_count; i++) {
    sim_operation(s, "oracle %s", sim_oracles[i]->name);
    sim_ask(s, sim_oracles[i], sim_oracles[i]->end);
  }
}

static struct sim *prepare(struct sim_report *report, const char *world,
                           const struct sim_build *const *builds, size_t count) {
  static const struct sim_plan none;
  struct sim *s = calloc(1, sizeof *s);
  size_t kind = 0;
  if (!s) abort();
  while (strcmp(sim_worlds[kind]->name, world) != 0) kind++;
  *s = (struct sim){.kind = sim_worlds[kind],
                    .plan = &none,
                    .report = report,
                    .builds = builds,
                    .build_count = count,
                    .build = builds[0],
                    .calm = true};
  report->hash = sim_hash_start;
  sim_operation(s, "setting up");
  sim_setup(s);
  return s;
}

static void begin(struct sim *s, const struct sim_plan *plan) {
  s->plan = plan;
  s->calm = false;
  s->hub.random = plan->seed ^ 0x4855;
  for (size_t i = 0; i < s->device_count; i++) s->devices[i]->entropy = plan->seed * 77 + i;
  disk_vfs_reseed(plan->seed ^ 0x5a5a);
  take_dice(s, sim_steps_max);
  sim_say(s, "world %s, %zu devices", s->kind->name, s->device_count);
  if (s->kind->begin) s->kind->begin(s);
}

static void live(struct sim *s, const struct sim_plan *plan) {
  struct sim_report *r = s->report;
  begin(s, plan);
  live_steps(s);
  sim_say(s, "healing");
  sim_operation(s, "healing");
  heal(s);
  check(s);
  for (size_t i = 0; i < s->disk_count; i++) {
    uint64_t h = disk_hash(s->disks[i]);
    r->hash = sim_hash(r->hash, &h, sizeof h);
  }
  r->done = true;
}

const struct sim_engine sim_engine = {.prepare = prepare, .live = live};
