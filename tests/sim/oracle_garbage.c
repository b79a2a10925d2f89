/* oracle_garbage.c: bytes that nobody should send change nothing (9). */
#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/sim.h"

const struct sim_oracle sim_oracle_garbage = {.number = 9, .name = "garbage"};

static bool begins(struct sim *s) {
  (void)snprintf(s->report->speaker, sizeof s->report->speaker, "%s", sim_oracle_garbage.name);
  return sim_hears(s, &sim_oracle_garbage);
}

static void ends(struct sim *s) { s->report->speaker[0] = 0; }

/* The state is the hub's digest, so whatever it is the hub does with them shows there. */
static void refused(struct sim *s, struct slice bytes, const uint8_t before[hash_bytes]) {
  struct job job;
  s->build->hub->ingest(&s->hub, &job, bytes);
  bool taken = job.result == ERR_OK;
  job_finish(&job);
  if (!begins(s)) return;
  if (taken) sim_fail(s, "9 garbage", "the hub took a damaged bundle");
  if (!s->hub_disk.dead) sim_must_equal(s, "9 garbage", &s->hub, before);
  ends(s);
}

static void on_the_line(struct sim *s, struct sim_device *d, struct slice bytes,
                        const uint8_t before[hash_bytes]) {
  s->build->hub->line_bytes(&d->line, bytes);
  if (!begins(s)) return;
  if (!d->line.closed) sim_fail(s, "9 garbage", "the hub goes on after a frame of garbage");
  sim_must_equal(s, "9 garbage", &s->hub, before);
  ends(s);
}

void sim_garbage(struct sim *s, struct sim_device *any) {
  struct disk_trouble kept;
  (void)any;
  sim_office_begin(s, &kept);
  uint8_t before[hash_bytes];
  struct buf bytes = BUF_INIT(bundle_bytes_max);
  sim_digest(s, &s->hub, before);
  if (s->bundle_count && sim_below(&s->random, 2)) {
    const struct sim_bundle *b = &s->bundles[sim_below(&s->random, s->bundle_count)];
    if (buf_append(&bytes, buf_slice(&b->bytes)) != ERR_OK) abort();
    bytes.ptr[sim_below(&s->random, bytes.len)] ^= (uint8_t)(1U << sim_below(&s->random, 8));
  } else {
    if (buf_append_zeros(&bytes, 1 + sim_below(&s->random, 2000)) != ERR_OK) abort();
    sim_fill(&s->random, bytes.ptr, bytes.len);
  }
  refused(s, buf_slice(&bytes), before);
  struct sim_device *d = s->devices[sim_below(&s->random, s->device_count)];
  if (d->up && !s->hub_disk.dead)
    on_the_line(s, d, slice_of(bytes.ptr, bytes.len < 900 ? bytes.len : 900), before);
  buf_finish(&bytes);
  sim_office_end(s, &kept);
  sim_say(s, "garbage is refused");
}

/* A bit of it was turned over on the way, before the hub ever saw the whole one. Which bit is the bundle's
 * own matter, so that no dice fall otherwise for it. */
void sim_damage(struct sim *s, struct slice bundle) {
  struct buf copy = BUF_INIT(bundle_bytes_max);
  uint8_t before[hash_bytes];
  uint64_t mix = 0;
  for (size_t i = 0; i < bundle.len; i++) mix = mix * 31 + bundle.ptr[i];
  if (buf_append(&copy, bundle) != ERR_OK) abort();
  copy.ptr[mix % copy.len] ^= (uint8_t)(1U << (mix >> 32) % 8);
  sim_digest(s, &s->hub, before);
  refused(s, buf_slice(&copy), before);
  buf_finish(&copy);
}
