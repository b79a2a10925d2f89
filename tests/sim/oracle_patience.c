/* oracle_patience.c: a device that was told by a busy hub when to come back, and has nothing to deliver, does
 * not come sooner (14). That in the end everybody is brought up to date is another oracle's (4). */
#include "tests/sim/sim.h"
#include "tests/sim/sim_inside.h"

static void check_open(struct sim *s, struct sim_device *d) {
  struct id id;
  /* What it wanted to deliver when it asked for the line may have been receipted by file since. */
  if (!d->host.core || d->imported || !d->build->inside->waits(d->host.core)) return;
  d->build->inside->device(d->host.core, &id);
  for (size_t i = 0; i < s->hub.gate.count; i++) {
    const struct gate_place *p = &s->hub.gate.places[i];
    if (!id_equal(&p->device, &id) || p->told == 0 || s->hub.now.mono_ms >= p->due_ms) continue;
    sim_fail(s, "14 patience", "device %zu comes back %llu ms too early", d->number,
             (unsigned long long)(p->due_ms - s->hub.now.mono_ms));
  }
}

const struct sim_oracle sim_oracle_patience = {.number = 14, .name = "patience", .open = check_open};
