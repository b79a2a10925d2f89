/* sim_carry.c: the lines between devices and hub: they open, break, close; and what the hub was given. */
#include <stdlib.h>
#include <string.h>

#include "proto/transfer.h"
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
  struct buf key = BUF_INIT(key_bytes);
  bool opened = crypto_seal_open(&key, parts.box, sim_intake(s, parts.header.intake_key)) == ERR_OK;
  ASSERT(s->bundle_count < sim_bundles_max);
  struct sim_bundle *b = &s->bundles[s->bundle_count++];
  *b = (struct sim_bundle){.bytes = BUF_INIT(bundle_bytes_max),
                           .device = parts.header.device,
                           .incarnation = parts.header.incarnation,
                           .seq = parts.header.seq,
                           .tried = s->hub.now};
  if (buf_append(&b->bytes, bytes) != ERR_OK) abort();
  b->opened = opened;
  if (opened) bytes_copy(b->key, key.ptr, key_bytes);
  buf_finish(&key);
  return b;
}

/* Asked of the store itself, so that it does not depend on what receipts say. */
void sim_find_stored(struct sim *s) {
  struct arena a = ARENA_INIT(1 << 24);
  for (size_t i = 0; i < s->bundle_count; i++) {
    struct sim_bundle *b = &s->bundles[i];
    struct store_bundle found;
    uint8_t hash[hash_bytes];
    if (b->stored) continue;
    if (s->hub.store->ops->bundle_load(s->hub.store, &b->device, b->incarnation, b->seq, &a, &found) !=
        ERR_OK)
      continue;
    bundle_hash(hash, buf_slice(&b->bytes));
    if (memcmp(hash, found.hash, hash_bytes) != 0) continue; /* the other side of a fork */
    b->stored = b->ever = true;
    b->stored_at = b->tried;
  }
  arena_finish(&a);
}

static void given_piece(struct sim *s, struct slice piece) {
  struct arena a = ARENA_INIT(1 << 24);
  struct export_file f;
  if (export_decode(&f, piece, &a, NULL) != ERR_OK)
    sim_fail(s, "24 carried", "a device carries what is no export file");
  for (size_t i = 0; i < f.count; i++) (void)sim_given(s, f.bundles[i]);
  arena_finish(&a);
}

static void work(struct sim *s, struct sim_device *d) {
  for (size_t i = 0; i < d->line.waiting_count; i++) {
    const struct job *job = d->line.waiting[i];
    if (job->kind == JOB_INGEST) (void)sim_given(s, buf_slice(&job->bytes));
    if (job->kind == JOB_CARRY) given_piece(s, buf_slice(&job->bytes));
  }
  s->build->hub->line_work(&d->line);
  if (!s->hub_disk.dead) sim_find_stored(s);
}

/* ---- lines ---- */

void sim_step(struct sim_device *d, enum event_kind kind, struct slice bytes) {
  if (d->host.step_error == ERR_OK && !d->disk.dead) core_host_step(&d->host, kind, d->link, bytes);
}

void sim_cut_line(struct sim *s, struct sim_device *d) {
  if (d->up) s->build->hub->line_close(&d->line);
  d->up = false;
}

void sim_line_down(struct sim *s, struct sim_device *d) {
  sim_say(s, "line of %zu is cut", d->number);
  sim_cut_line(s, d);
  sim_step(d, EV_LINK_DOWN, slice_text("no signal"));
}

static bool connect_line(struct sim *s, struct sim_device *d) {
  if (!d->host.link_wanted) return false;
  for (size_t i = 0; i < sim_oracle_count; i++) sim_ask_about(s, sim_oracles[i], sim_oracles[i]->open, d);
  d->imported = false;
  sim_cut_line(s, d);
  d->host.link_wanted = false;
  d->link = d->host.link;
  if (sim_strikes(s, FAULT_line)) {
    core_host_step(&d->host, EV_LINK_DOWN, d->link, slice_text("cannot reach the office"));
    return true;
  }
  d->up = true;
  s->build->hub->line_open(&d->line, &s->hub);
  d->line.lazy = true;
  core_host_step(&d->host, EV_LINK_UP, d->link, slice_of(NULL, 0));
  return true;
}

/* Either side may have closed. */
static bool close_line(struct sim *s, struct sim_device *d) {
  if (!d->up) return false;
  bool core_closed = d->host.link != d->link, hub_closed = d->line.closed;
  if (!core_closed && !hub_closed) return false;
  sim_cut_line(s, d);
  if (!core_closed) sim_step(d, EV_LINK_DOWN, slice_of(NULL, 0));
  return true;
}

static bool is_broken(const struct sim_device *d) { return d->disk.dead || d->host.step_error != ERR_OK; }

static bool exchange(struct sim *s, struct sim_device *d) {
  if (is_broken(d) || s->hub_disk.dead || d->cut_off) return false;
  if (d->up && sim_strikes(s, FAULT_line)) sim_line_down(s, d);
  bool any = connect_line(s, d);
  if (is_broken(d)) return true;
  any = sim_carry_up(s, d) || any;
  if (d->up) work(s, d);
  if (s->hub_disk.dead || (d->up && sim_strikes(s, FAULT_late))) return true;
  any = sim_carry_down(s, d) || any;
  return is_broken(d) || close_line(s, d) || any;
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
