/* sim_garbage.c: bytes that nobody should send change nothing (oracle 9). */
#include <stdlib.h>

#include "tests/sim/sim.h"

void sim_garbage(struct sim *s, struct sim_device *any) {
  struct disk_trouble kept;
  (void)any;
  sim_office_begin(s, &kept);
  uint8_t before[hash_bytes];
  struct buf bytes = BUF_INIT(bundle_bytes_max);
  struct job job;
  sim_digest(s, &s->hub, before);
  if (s->bundle_count && sim_below(&s->random, 2)) {
    const struct sim_bundle *b = &s->bundles[sim_below(&s->random, s->bundle_count)];
    if (buf_append(&bytes, buf_slice(&b->bytes)) != ERR_OK) abort();
    bytes.ptr[sim_below(&s->random, bytes.len)] ^= (uint8_t)(1U << sim_below(&s->random, 8));
  } else {
    if (buf_append_zeros(&bytes, 1 + sim_below(&s->random, 2000)) != ERR_OK) abort();
    sim_fill(&s->random, bytes.ptr, bytes.len);
  }
  hub_host_ingest(&s->hub, &job, buf_slice(&bytes));
  if (job.result == ERR_OK) sim_fail(s, "9 garbage", "the hub took a damaged bundle");
  job_finish(&job);
  if (!s->hub_disk.dead) sim_must_equal(s, "9 garbage", &s->hub, before);
  struct sim_device *d = s->devices[sim_below(&s->random, s->device_count)];
  if (d->up && !s->hub_disk.dead) {
    hub_line_bytes(&d->line, slice_of(bytes.ptr, bytes.len < 900 ? bytes.len : 900));
    if (!d->line.closed) sim_fail(s, "9 garbage", "the hub goes on after a frame of garbage");
    sim_must_equal(s, "9 garbage", &s->hub, before);
  }
  buf_finish(&bytes);
  sim_office_end(s, &kept);
  sim_say(s, "garbage is refused");
}
