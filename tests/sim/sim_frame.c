/* sim_frame.c: frames on their way, and what may happen to one of them. TCP and TLS keep such things away;
 * Noise must notice when they do not. */
#include <stdlib.h>

#include "tests/sim/sim.h"

typedef bool take_fn(struct sim *s, struct sim_device *d, struct slice *out);
typedef bool hand_fn(struct sim *s, struct sim_device *d, struct slice frame); /* false: the line is closed */

static bool take_up(struct sim *s, struct sim_device *d, struct slice *out) {
  (void)s;
  return core_host_take(&d->host, out);
}

static bool take_down(struct sim *s, struct sim_device *d, struct slice *out) {
  return d->up && s->build->hub->line_take(&d->line, out);
}

static bool hand_up(struct sim *s, struct sim_device *d, struct slice frame) {
  if (d->up && !d->line.closed) s->build->hub->line_bytes(&d->line, frame);
  return true;
}

static bool hand_down(struct sim *s, struct sim_device *d, struct slice frame) {
  (void)s;
  d->heard++;
  sim_step(d, EV_LINK_BYTES, frame);
  return d->host.link == d->link && !d->disk.dead && d->host.step_error == ERR_OK;
}

static bool hand_damaged(struct sim *s, struct sim_device *d, struct slice frame, hand_fn *hand) {
  struct buf copy = BUF_INIT(frame_bytes_max);
  if (buf_append(&copy, frame) != ERR_OK) abort();
  copy.ptr[sim_below(&s->random, copy.len)] ^= (uint8_t)(1U << sim_below(&s->random, 8));
  sim_say(s, "a frame of %zu is damaged", d->number);
  bool open = hand(s, d, buf_slice(&copy));
  buf_finish(&copy);
  return open;
}

static bool pass_one(struct sim *s, struct sim_device *d, struct slice frame, hand_fn *hand) {
  s->report->hash = sim_hash(s->report->hash, frame.ptr, frame.len);
  if (sim_strikes(s, FAULT_lost)) {
    sim_say(s, "a frame of %zu is lost", d->number);
    return true;
  }
  if (sim_strikes(s, FAULT_shortened)) frame.len = (size_t)sim_below(&s->random, frame.len);
  if (frame.len && sim_strikes(s, FAULT_bits)) return hand_damaged(s, d, frame, hand);
  if (!hand(s, d, frame)) return false;
  return !sim_strikes(s, FAULT_twice) || hand(s, d, frame);
}

static bool carry(struct sim *s, struct sim_device *d, take_fn *take, hand_fn *hand) {
  struct slice frame, next;
  bool any = false;
  while (take(s, d, &frame)) {
    any = true;
    if (sim_strikes(s, FAULT_order) && take(s, d, &next) && !pass_one(s, d, next, hand)) return true;
    if (!pass_one(s, d, frame, hand)) return true;
  }
  return any;
}

bool sim_carry_up(struct sim *s, struct sim_device *d) { return carry(s, d, take_up, hand_up); }
bool sim_carry_down(struct sim *s, struct sim_device *d) { return carry(s, d, take_down, hand_down); }
