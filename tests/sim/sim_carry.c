/* sim_carry.c: the lines between devices and hub with their faults, and machines that lose power. */
#include <stdlib.h>

#include "tests/sim/sim.h"

/* ---- what the hub was given ---- */

struct sim_bundle *sim_given(struct sim *s, struct slice bytes) {
  struct bundle_parts parts;
  for (size_t i = 0; i < s->bundle_count; i++) {
    struct sim_bundle *b = &s->bundles[i];
    if (!slice_equal(buf_slice(&b->bytes), bytes)) continue;
    if (!b->stored) b->tried = s->hub.now;
    return b;
  }
  if (bundle_parse(&parts, bytes) != ERR_OK) return NULL;
  ASSERT(s->bundle_count < sim_bundles_max);
  for (size_t i = 0; i < s->bundle_count; i++) {
    struct bundle_parts other;
    if (bundle_parse(&other, buf_slice(&s->bundles[i].bytes)) == ERR_OK && slice_equal(other.box, parts.box))
      sim_fail(s, "13 fresh keys", "two bundles have one key");
  }
  struct sim_bundle *b = &s->bundles[s->bundle_count++];
  *b = (struct sim_bundle){.bytes = BUF_INIT(bundle_bytes_max),
                           .device = parts.header.device,
                           .incarnation = parts.header.incarnation,
                           .seq = parts.header.seq,
                           .tried = s->hub.now};
  if (buf_append(&b->bytes, bytes) != ERR_OK) abort();
  return b;
}

/* Asked of the store itself, so that it does not depend on what receipts say. */
void sim_find_stored(struct sim *s) {
  struct arena a = ARENA_INIT(1 << 24);
  for (size_t i = 0; i < s->bundle_count; i++) {
    struct sim_bundle *b = &s->bundles[i];
    struct store_bundle found;
    if (b->stored) continue;
    if (s->hub.store->ops->bundle_load(s->hub.store, &b->device, b->incarnation, b->seq, &a, &found) !=
        ERR_OK)
      continue;
    b->stored = true;
    b->stored_at = b->tried;
  }
  arena_finish(&a);
}

static void work(struct sim *s, struct sim_device *d) {
  for (size_t i = 0; i < d->line.waiting_count; i++) {
    const struct job *job = d->line.waiting[i];
    if (job->kind == JOB_INGEST) (void)sim_given(s, buf_slice(&job->bytes));
  }
  hub_line_work(&d->line);
  if (!s->hub_disk.dead) sim_find_stored(s);
}

/* ---- lines ---- */

void sim_cut_line(struct sim *s, struct sim_device *d) {
  if (d->up) hub_line_close(&d->line);
  d->up = false;
  (void)s;
}

void sim_line_down(struct sim *s, struct sim_device *d) {
  sim_say(s, "line of %zu is cut", d->number);
  sim_cut_line(s, d);
  core_host_step(&d->host, EV_LINK_DOWN, d->link, slice_text("no signal"));
}

static bool connect_line(struct sim *s, struct sim_device *d) {
  if (!d->host.link_wanted) return false;
  sim_cut_line(s, d);
  d->host.link_wanted = false;
  d->link = d->host.link;
  if (sim_chance(s, s->kind->bad_line)) {
    core_host_step(&d->host, EV_LINK_DOWN, d->link, slice_text("cannot reach the office"));
    return true;
  }
  d->up = true;
  hub_line_open(&d->line, &s->hub);
  d->line.lazy = true;
  core_host_step(&d->host, EV_LINK_UP, d->link, slice_of(NULL, 0));
  return true;
}

static void count_bytes(struct sim *s, struct slice frame) {
  s->report->hash = sim_hash(s->report->hash, frame.ptr, frame.len);
}

static bool carry_up(struct sim *s, struct sim_device *d) {
  struct slice frame;
  bool any = false;
  while (core_host_take(&d->host, &frame)) {
    any = true;
    count_bytes(s, frame);
    if (d->up && !d->line.closed) hub_line_bytes(&d->line, frame);
    if (d->up && !d->line.closed && sim_chance(s, s->kind->bad_line / 10)) hub_line_bytes(&d->line, frame);
  }
  if (d->up) work(s, d);
  return any;
}

static bool carry_down(struct sim *s, struct sim_device *d) {
  struct slice frame;
  bool any = false;
  while (d->up && hub_line_take(&d->line, &frame)) {
    any = true;
    count_bytes(s, frame);
    core_host_step(&d->host, EV_LINK_BYTES, d->link, frame);
    if (d->host.link != d->link || d->disk.dead) return true;
    if (!sim_chance(s, s->kind->bad_line / 10)) continue;
    core_host_step(&d->host, EV_LINK_BYTES, d->link, frame); /* twice */
    if (d->host.link != d->link || d->disk.dead) return true;
  }
  return any;
}

/* Either side may have closed. */
static bool close_line(struct sim *s, struct sim_device *d) {
  if (!d->up) return false;
  bool core_closed = d->host.link != d->link, hub_closed = d->line.closed;
  if (!core_closed && !hub_closed) return false;
  sim_cut_line(s, d);
  if (!core_closed) core_host_step(&d->host, EV_LINK_DOWN, d->link, slice_of(NULL, 0));
  return true;
}

static bool exchange(struct sim *s, struct sim_device *d) {
  if (d->disk.dead || s->hub_disk.dead) return false;
  if (d->up && sim_chance(s, s->kind->bad_line)) sim_line_down(s, d);
  bool any = connect_line(s, d);
  any = carry_up(s, d) || any;
  if (s->hub_disk.dead || (d->up && sim_chance(s, s->kind->bad_line))) return true; /* delayed */
  any = carry_down(s, d) || any;
  if (d->disk.dead) return true;
  return close_line(s, d) || any;
}

bool sim_round(struct sim *s) {
  bool any = false;
  for (size_t i = 0; i < s->device_count; i++) any = exchange(s, s->devices[i]) || any;
  return any;
}

void sim_settle(struct sim *s) {
  enum { rounds_max = 2000 };
  for (int round = 0; sim_round(s); round++) {
    sim_power(s);
    if (round == rounds_max) sim_fail(s, "10 quiet", "the devices and the hub never stop talking");
  }
  sim_power(s);
}

/* ---- power ---- */

void sim_device_start(struct sim *s, struct sim_device *d) {
  struct fault fault = {.code = ERR_OK};
  err e = core_host_try_start(&d->host, &fault);
  if (e != ERR_OK && !d->disk.dead)
    sim_fail(s, "1 said saved", "device %zu does not start: %s", d->number, fault.text);
  if (e == ERR_OK) core_host_step(&d->host, EV_TICK, 0, slice_of(NULL, 0));
}

void sim_kill_device(struct sim *s, struct sim_device *d) {
  (void)s;
  disk_die(&d->disk);
}

void sim_kill_hub(struct sim *s) { disk_die(&s->hub_disk); }

static void boot_device(struct sim *s, struct sim_device *d) {
  sim_say(s, "power of %zu is back", d->number);
  sim_cut_line(s, d);
  core_host_stop(&d->host);
  disk_boot(&d->disk);
  d->host.link_wanted = false;
  d->host.now.boot.b[1]++;
  d->host.now.mono_ms = 5000;
#ifdef SIM_MUTANT_ENTROPY_REUSED
  d->entropy = s->seed * 77;
#endif
  d->host.config.hold = s->kind->usb && !s->calm;
  if (sim_chance(s, s->kind->cut)) d->disk.fail_at = d->disk.flushes + 1 + sim_below(&s->random, 4);
  sim_device_start(s, d);
  if (d->disk.dead) return;
  if (!sim_unlock(d) && !d->retired && !d->disk.dead)
    sim_fail(s, "1 said saved", "device %zu does not unlock: %s", d->number, d->host.text);
  if (!d->disk.dead) sim_check_device_kept(s, d);
}

/* An old backup: what the hub had taken since then is gone, and only the devices still have it. */
static void restore(struct sim *s) {
  sim_say(s, "the hub is restored from its first backup");
  disk_copy(&s->hub_disk, "hub.db", &s->base_disk, "hub.db");
  for (size_t i = 0; i < s->bundle_count; i++) s->bundles[i].stored = false;
  s->restoring = false;
  s->office_wrote = true;
}

static void boot_hub(struct sim *s) {
  sim_say(s, "power of the hub is back");
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    if (d->up) sim_line_down(s, d);
  }
  if (s->hub.store) s->hub.store->ops->close(s->hub.store);
  disk_boot(&s->hub_disk);
#ifdef SIM_MUTANT_HUB_FORGETS
  disk_copy(&s->hub_disk, "hub.db", &s->base_disk, "hub.db");
#endif
  if (s->restoring) restore(s);
  sim_hub_store(s, &s->hub, false);
  sim_find_stored(s);
  sim_check_hub_kept(s);
}

void sim_power(struct sim *s) {
  while (s->hub_disk.dead) boot_hub(s);
  for (size_t i = 0; i < s->device_count; i++) {
    struct sim_device *d = s->devices[i];
    if (d->host.step_error != ERR_OK && !d->disk.dead)
      sim_fail(s, "step", "device %zu: a step failed: %s", i, err_text(d->host.step_error));
    while (d->disk.dead) boot_device(s, d);
  }
}
