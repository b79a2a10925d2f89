/* sim_trouble.c: disks that fail or are full, memory that runs out; and the host that starts a failed core
 * anew. */
#include "tests/sim/memory.h"
#include "tests/sim/sim.h"

/* ---- what goes wrong ---- */

static void fail_sync(struct sim *s, struct sim_device *d) {
  d->disk.trouble.sync = d->disk.flushes + 1 + sim_below(&s->random, 6);
  d->disk.trouble.kills = sim_takes_program(s);
  sim_say(s, "a flush of %zu will fail%s", d->number, d->disk.trouble.kills ? ", and its program end" : "");
}

static void fail_read(struct sim *s, struct sim_device *d) {
  d->disk.trouble.read = d->disk.reads + 1 + sim_below(&s->random, 30);
  sim_say(s, "a read of %zu will fail", d->number);
}

/* Until somebody makes room. */
static void fill(struct sim *s, struct sim_device *d) {
  d->disk.trouble.full = !d->disk.trouble.full;
  sim_say(s, "the disk of %zu %s", d->number, d->disk.trouble.full ? "is full" : "has room again");
}

static void fail_hub_sync(struct sim *s, struct sim_device *d) {
  (void)d;
  s->hub_disk.trouble.sync = s->hub_disk.flushes + 1 + sim_below(&s->random, 3);
  s->hub_disk.trouble.kills = sim_takes_program(s);
  sim_say(s, "a flush of the hub will fail%s", s->hub_disk.trouble.kills ? ", and its program end" : "");
}

static void fill_hub(struct sim *s, struct sim_device *d) {
  (void)d;
  s->hub_disk.trouble.full = !s->hub_disk.trouble.full;
  sim_say(s, "the disk of the hub %s", s->hub_disk.trouble.full ? "is full" : "has room again");
}

static void run_out(struct sim *s, struct sim_device *d) {
  (void)d;
  memory_fail_at(1 + sim_below(&s->random, sim_below(&s->random, 2) ? 40 : 2000));
  sim_say(s, "memory will run out");
}

const struct sim_action sim_trouble_actions[] = {
    {.name = "flush fails", .fault = FAULT_sync, .act = fail_sync},
    {.name = "read fails", .fault = FAULT_read, .act = fail_read},
    {.name = "full disk", .fault = FAULT_full, .act = fill},
    {.name = "flush of the hub fails", .fault = FAULT_hub_sync, .act = fail_hub_sync},
    {.name = "full disk of the hub", .fault = FAULT_hub_full, .act = fill_hub},
    {.name = "memory", .fault = FAULT_memory, .act = run_out},
    {.name = NULL},
};

/* ---- what was struck ---- */

uint64_t sim_struck(const struct sim_device *d) { return d->disk.struck + memory_failed(); }

bool sim_is_struck(struct sim_device *d) {
  bool struck = sim_struck(d) != d->struck;
  d->struck = sim_struck(d);
  return struck;
}

void sim_end_trouble(struct sim *s) {
  memory_fail_at(0);
  s->hub_disk.trouble = (struct disk_trouble){.flush = 0};
  for (size_t i = 0; i < s->device_count; i++)
    s->devices[i]->disk.trouble = (struct disk_trouble){.flush = 0};
}

/* While the simulator itself reads or writes at the hub. */
void sim_office_begin(struct sim *s, struct disk_trouble *kept) {
  *kept = s->hub_disk.trouble;
  s->hub_disk.trouble = (struct disk_trouble){.flush = 0};
}

void sim_office_end(struct sim *s, const struct disk_trouble *kept) {
  struct disk *d = &s->hub_disk;
  if (d->dead) return;
  d->trouble = *kept;
  if (kept->flush) d->trouble.flush = d->flushes + 1;
  if (kept->io) d->trouble.io = d->ios + 1;
  if (kept->sync) d->trouble.sync = d->flushes + 1;
}
