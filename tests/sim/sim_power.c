/* sim_power.c: machines that lose power or are stopped, and clocks that jump. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/memory.h"
#include "tests/sim/sim.h"

void sim_device_start(struct sim *s, struct sim_device *d) {
  struct fault fault = {.code = ERR_OK};
  err e = core_host_try_start(&d->host, &fault);
  if (e != ERR_OK && sim_is_struck(d)) { /* somebody makes room, or tries again */
    sim_say(s, "device %zu does not start: %s", d->number, err_name(e));
    if (!d->disk.dead) d->disk.trouble = (struct disk_trouble){.flush = 0};
    e = core_host_try_start(&d->host, &fault);
  }
  if (e != ERR_OK && !d->disk.dead)
    sim_fail(s, "1 said saved", "device %zu does not start: %s", d->number, fault.text);
  if (e == ERR_OK) core_host_step(&d->host, EV_TICK, 0, slice_of(NULL, 0));
}

void sim_kill_device(struct sim *s, struct sim_device *d) {
  (void)s;
  disk_die(&d->disk);
}

void sim_kill_hub(struct sim *s) { disk_die(&s->hub_disk); }

bool sim_takes_program(const struct sim *s) {
  uint64_t beside = s->random ^ UINT64_C(0x6b696c6c);
  return sim_below(&beside, 3) == 0;
}

void sim_end_with(struct sim *s, const struct disk *second) {
  if (!second->dead) return;
  if (second->killed)
    disk_kill(&s->hub_disk);
  else
    sim_kill_hub(s);
}

void sim_boot_beside(struct sim *s, struct disk *second) {
  if (s->hub_killed)
    disk_kill(second);
  else
    disk_die(second);
  disk_boot(second);
}

/* Whoever brings a backup back needs more than a minute for it. */
void sim_restored(struct sim *s) {
  enum { takes_ms = 120000 };
  s->hub.now.wall_ms += takes_ms;
  s->hub.now.mono_ms += takes_ms;
  for (size_t i = 0; i < s->device_count; i++) {
    s->devices[i]->host.now.wall_ms += takes_ms;
    s->devices[i]->host.now.mono_ms += takes_ms;
  }
  s->office_wrote = s->forgot = true;
}

/* ---- the power is back ---- */

static void check_boot(struct sim *s, struct sim_device *d) {
  for (size_t i = 0; i < sim_oracle_count && !d->disk.dead; i++) {
    sim_ask_about(s, sim_oracles[i], sim_oracles[i]->boot, d);
  }
  if (s->kind->boot && sim_hears_world(s) && !d->disk.dead) s->kind->boot(s, d);
}

static bool is_broken(const struct sim_device *d) { return d->disk.dead || d->host.step_error != ERR_OK; }

/* Whose power failed in the middle of so many unlocks waits, as after so many wrong PINs. */
static bool enter_again(struct sim_device *d) {
  bool in = sim_unlock(d);
  bool waits = !in && !is_broken(d) && strcmp(d->host.code, err_name(ERR_WAIT)) == 0;
  if (waits && d->cut_short >= pin_attempts_free) {
    core_host_pass(&d->host, d->host.wait_ms);
    in = sim_unlock(d);
  }
  d->cut_short = is_broken(d) ? d->cut_short + 1 : 0;
  return in;
}

static void wake_device(struct sim *s, struct sim_device *d) {
  sim_device_start(s, d);
  if (is_broken(d)) return;
  bool in = enter_again(d);
  if (is_broken(d)) return;
  bool struck = sim_is_struck(d) || d->disk.trouble.full;
  if (!in && !d->retired && !struck)
    sim_fail(s, "1 said saved", "device %zu does not unlock: %s", d->number, d->host.text);
  if (!in) return;
  d->disk.trouble.read = 0;
  memory_fail_at(0);
  check_boot(s, d);
}

static void boot_device(struct sim *s, struct sim_device *d) {
  bool killed = d->disk.killed;
  sim_say(s, killed ? "the program of %zu was killed" : "power of %zu is back", d->number);
  sim_cut_line(s, d);
  core_host_stop(&d->host);
  disk_boot(&d->disk);
  d->host.link_wanted = false;
  if (!killed) {
    d->host.now.boot.b[1]++;
    d->host.now.mono_ms = 5000;
  }
  d->host.config.hold = s->kind->by_hand && !s->calm;
  if (sim_strikes(s, FAULT_power)) d->disk.trouble.flush = d->disk.flushes + 1 + sim_below(&s->random, 4);
  wake_device(s, d);
}

/* As the kiosk does it: what the core had said is durable, so a new one takes over. */
static void restart_core(struct sim *s, struct sim_device *d) {
  sim_say(s, "the core of %zu failed: %s", d->number, err_name(d->host.step_error));
  sim_cut_line(s, d);
  core_host_stop(&d->host);
  d->host.link_wanted = false;
  d->host.config.hold = s->kind->by_hand && !s->calm;
  wake_device(s, d);
}

static void boot_hub(struct sim *s) {
  s->hub_killed = s->hub_disk.killed;
  sim_say(s, s->hub_killed ? "the program of the hub was killed" : "power of the hub is back");
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    if (d->up) sim_line_down(s, d);
  }
  if (s->hub.store) s->hub.store->ops->close(s->hub.store);
  s->hub.store = NULL;
  disk_boot(&s->hub_disk);
  if (s->kind->hub_boot) s->kind->hub_boot(s);
  sim_hub_gate(s);
  sim_hub_store(s, &s->hub, false);
  sim_find_stored(s);
  for (size_t i = 0; i < sim_oracle_count; i++) {
    sim_ask(s, sim_oracles[i], sim_oracles[i]->hub_boot);
  }
}

static void care_for(struct sim *s, struct sim_device *d) {
  enum { tries_max = 20 };
  for (int n = 0; d->disk.dead || d->host.step_error != ERR_OK; n++) {
    if (n == tries_max) sim_fail(s, "10 quiet", "device %zu never starts: %s", d->number, d->host.text);
    if (d->disk.dead) {
      boot_device(s, d);
    } else {
      if (!sim_is_struck(d))
        sim_fail(s, "step", "device %zu: a step failed: %s", d->number, err_text(d->host.step_error));
      restart_core(s, d);
    }
  }
}

void sim_power(struct sim *s) {
  while (s->hub_disk.dead) boot_hub(s);
  for (size_t i = 0; i < s->device_count; i++) care_for(s, s->devices[i]);
}

/* ---- bad luck ---- */

static void lose_power(struct sim *s, struct sim_device *d) {
  d->changes = -1;
  if (sim_below(&s->random, 3) == 0) {
    if (core_host_call(&d->host, "sync.status", "")) d->changes = core_host_int(d->host.result, "changes");
    sim_say(s, "power of %zu fails", d->number);
    return sim_kill_device(s, d);
  }
  bool kills = d->disk.trouble.kills = sim_takes_program(s);
  if (sim_below(&s->random, 2))
    d->disk.trouble.flush = d->disk.flushes + 1 + sim_below(&s->random, 6);
  else
    d->disk.trouble.io = d->disk.ios + 1 + sim_below(&s->random, 60);
  sim_say(s, kills ? "the program of %zu will be killed" : "power of %zu will fail", d->number);
}

static void lose_hub_power(struct sim *s, struct sim_device *d) {
  (void)d;
  if (sim_below(&s->random, 3) == 0) {
    sim_say(s, "power of the hub fails");
    return sim_kill_hub(s);
  }
  bool kills = s->hub_disk.trouble.kills = sim_takes_program(s);
  if (sim_below(&s->random, 2))
    s->hub_disk.trouble.flush = s->hub_disk.flushes + 1 + sim_below(&s->random, 3);
  else
    s->hub_disk.trouble.io = s->hub_disk.ios + 1 + sim_below(&s->random, 60);
  sim_say(s, kills ? "the program of the hub will be killed" : "power of the hub will fail");
}

static void jump_clock(struct sim *s, struct sim_device *d) {
  static const int64_t jumps[] = {60000, 3600000, 86400000, INT64_C(315360000000)};
  int64_t by = jumps[sim_below(&s->random, 4)] * (sim_below(&s->random, 2) ? 1 : -1);
  d->host.now.wall_ms += by;
  sim_say(s, "clock of %zu jumps by %lld s", d->number, (long long)(by / 1000));
}

static void part(struct sim *s, struct sim_device *d) {
  d->cut_off = 1 + (int)sim_below(&s->random, 12);
  sim_say(s, "nothing passes to and from %zu", d->number);
}

static void restart_hub(struct sim *s, struct sim_device *any) {
  (void)any;
  sim_say(s, "the hub restarts");
  for (size_t i = 0; i < s->device_count; i++) {
    if (s->devices[i]->up) s->build->hub->line_event(&s->devices[i]->line, SESSION_STOP);
  }
  (void)sim_round(s);
  if (s->hub_disk.dead) return;
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    if (!d->up) continue;
    sim_cut_line(s, d);
    sim_step(d, EV_LINK_DOWN, slice_of(NULL, 0));
  }
  s->hub.store->ops->close(s->hub.store);
  s->hub.store = NULL;
  sim_hub_gate(s);
  if (!s->hub_disk.dead) sim_hub_store(s, &s->hub, false);
}

const struct sim_action sim_machine_actions[] = {
    {.name = "power", .fault = FAULT_power, .act = lose_power},
    {.name = "power of the hub", .fault = FAULT_hub_power, .act = lose_hub_power},
    {.name = "clock", .fault = FAULT_clock, .act = jump_clock},
    {.name = "partition", .fault = FAULT_partition, .act = part},
    {.name = "restart of the hub", .fault = FAULT_hub_restart, .act = restart_hub},
    {.name = "garbage", .fault = FAULT_garbage, .act = sim_garbage},
    {.name = NULL},
};
