/* sim_copy.c: the disk of the first device is copied, and the copy put in its place a while later. */
#include "tests/sim/sim.h"

/* Off, copied, on again. */
void sim_copy_disk(struct sim *s, struct sim_copy *copy) {
  struct sim_device *d = s->devices[0];
  sim_kill_device(s, d);
  disk_boot(&d->disk);
  disk_clone(&copy->disk, &d->disk);
  copy->taken = true;
  d->disk.dead = true;
  sim_say(s, "the disk of 0 is copied");
}

/* Work that only the lost disk knew is lost with it, and nobody was told otherwise: what was sent is at the
 * hub. */
void sim_put_copy_back(struct sim *s, struct sim_copy *copy) {
  struct sim_device *d = s->devices[0];
  if (!copy->taken) {
    sim_copy_disk(s, copy);
    return;
  }
  sim_kill_device(s, d);
  disk_clone(&d->disk, &copy->disk);
  d->disk.dead = true;
  d->changes = -1;
  d->forgetful = true;
  sim_say(s, "the old disk of 0 is put back");
}
