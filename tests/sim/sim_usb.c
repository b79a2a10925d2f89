/* sim_usb.c: files carried by hand: an export, its import at the hub, the reply. */
#include <stdlib.h>

#include "server/core/carried.h"
#include "server/core/orders.h"
#include "server/core/readmit.h"
#include "tests/sim/sim.h"

static bool ingest_one(struct sim *s, struct arena *a, struct slice bundle, struct slice *receipt_out) {
  struct job job;
  size_t known = s->bundle_count;
  (void)sim_given(s, bundle);
  if (s->bundle_count > known) sim_damage(s, bundle);
  s->build->hub->ingest(&s->hub, &job, bundle);
  bool ok = job.result == ERR_OK;
  if (ok) *receipt_out = arena_copy(a, job.receipt);
  job_finish(&job);
  if (!s->hub_disk.dead) sim_find_stored(s);
  return ok && receipt_out->ptr;
}

/* A device that a restored hub does not know comes back by its certificate. */
static bool know_device(struct sim *s, const struct export_file *f) {
  struct store_device device;
  struct change_set changes;
  err e = s->hub.store->ops->device_load(s->hub.store, &f->device, &device);
  if (e == ERR_NOT_FOUND)
    e = device_readmit(&changes, &s->hub.hub, s->hub.store, &s->hub.now, &f->device, NULL, f->certificate);
  return e == ERR_OK;
}

/* What the device is to do travels with its receipts. */
static bool collect_orders(struct sim *s, struct arena *a, struct reply_file *r) {
  struct store *store = s->hub.store;
  struct store_device device;
  struct orders_waiting w = {.count = 0};
  err e = store->ops->begin(store);
  if (e == ERR_OK) e = store->ops->device_load(store, &r->device, &device);
  if (e == ERR_OK) e = orders_waiting_for(&w, &s->hub.hub, store, &s->hub.now, &device, 0, a);
  if (e == ERR_OK) e = store->ops->commit(store);
  if (e != ERR_OK) store->ops->rollback(store);
  r->orders = w.list;
  r->order_count = w.count;
  return e == ERR_OK;
}

enum part { ALL_OF_IT, ITS_LAST_BUNDLE };

static bool take_part(struct sim *s, struct sim_device *d, struct slice file, enum part part,
                      struct buf *reply) {
  static struct slice receipts[bundles_per_file_max];
  struct arena a = ARENA_INIT(1 << 26);
  struct fault fault = {.code = ERR_OK};
  struct export_file f;
  size_t count = 0;
  bool ok = export_decode(&f, file, &a, &fault) == ERR_OK;
  if (!ok) sim_fail(s, "3 exported", "device %zu exports what is no export file: %s", d->number, fault.text);
  bool known = know_device(s, &f);
  size_t from = part == ITS_LAST_BUNDLE && f.count ? f.count - 1 : 0;
  for (size_t i = from; known && i < f.count && !s->hub_disk.dead; i++) {
    if (part == ALL_OF_IT && sim_chance(s, 100)) continue; /* a part of it is unreadable: a gap */
    if (ingest_one(s, &a, f.bundles[i], &receipts[count])) count++;
  }
  struct reply_file r = {.hub = f.hub,
                         .device = f.device,
                         .manifest = buf_slice(&s->hub.hub.manifest),
                         .receipts = receipts,
                         .count = count};
  ok = known && !s->hub_disk.dead && collect_orders(s, &a, &r) && reply_encode(reply, &r) == ERR_OK;
  sim_say(s, "a file of %zu with %zu bundles: %zu receipts", d->number, f.count, count);
  arena_finish(&a);
  return ok;
}

bool sim_take_file(struct sim *s, struct sim_device *d, struct slice file, struct buf *reply) {
  return take_part(s, d, file, ALL_OF_IT, reply);
}

static void carry_by_hand(struct sim *s, struct sim_device *d, enum part part) {
  struct buf file = BUF_INIT(export_file_bytes_max), reply = BUF_INIT(export_file_bytes_max);
  struct slice bytes = {NULL, 0};
  if (core_host_call(&d->host, "export", "") &&
      item_bytes(item_get(d->host.result, "file"), 0, export_file_bytes_max, &bytes) == ERR_OK) {
    if (buf_append(&file, bytes) != ERR_OK) abort();
    bool there = take_part(s, d, buf_slice(&file), part, &reply);
    if (there && sim_chance(s, 100)) reply.ptr[sim_below(&s->random, reply.len)] ^= 1;
    if (there && !sim_chance(s, 150)) {
      d->heard++;
      bool ok = core_host_call(&d->host, "import", "file:y", buf_slice(&reply));
      d->imported = true;
      sim_say(s, "%zu imports: %s", d->number, ok ? "ok" : "not");
    }
  }
  buf_finish(&file);
  buf_finish(&reply);
}

/* Either file may be damaged on its way; both may be used twice. */
void sim_usb(struct sim *s, struct sim_device *d) { carry_by_hand(s, d, ALL_OF_IT); }

void sim_usb_last(struct sim *s, struct sim_device *d) { carry_by_hand(s, d, ITS_LAST_BUNDLE); }

/* ---- as the office's page and the command line take a file ---- */

/* The hub's disk may fail at any step: what was taken before stays, and there is no reply. */
static bool office_takes(struct sim *s, struct slice file, struct buf *reply) {
  struct arena a = ARENA_INIT(1 << 26);
  struct carried c = {.brought = 0};
  struct export_file f;
  struct fault fault;
  const struct hub *hub = &s->hub.hub;
  if (carried_open(&f, file, hub, &a, &fault) != ERR_OK) sim_fail(s, "3 exported", "%s", fault.text);
  for (size_t i = 0; i < f.count; i++) (void)sim_given(s, f.bundles[i]);
  err e = ERR_OK;
  do e = carried_bring(&c, &f, hub, s->hub.store, &s->hub.now);
  while (e == ERR_OK && c.brought < f.count);
  if (!s->hub_disk.dead) sim_find_stored(s);
  if (e == ERR_OK) e = carried_reply(&c, reply, &f, hub, s->hub.store, &s->hub.now, &s->world.ben);
  if (e == ERR_OK) sim_tell(s, &c.changes);
  sim_say(s, "the office takes %zu of %zu bundles: %s", c.brought - c.refused, f.count, err_name(e));
  arena_finish(&a);
  return e == ERR_OK;
}

void sim_bring_to_office(struct sim *s, struct sim_device *d) {
  struct buf file = BUF_INIT(export_file_bytes_max), reply = BUF_INIT(export_file_bytes_max);
  struct slice bytes;
  if (core_host_call(&d->host, "export", "") &&
      item_bytes(item_get(d->host.result, "file"), 0, export_file_bytes_max, &bytes) == ERR_OK &&
      buf_append(&file, bytes) == ERR_OK && office_takes(s, buf_slice(&file), &reply) &&
      !sim_chance(s, 200)) {
    d->heard++;
    d->imported = true;
    (void)core_host_call(&d->host, "import", "file:y", buf_slice(&reply));
  }
  buf_finish(&file);
  buf_finish(&reply);
}

/* ---- a stick that stays in a bag ---- */

void sim_put_off(struct sim *s, struct sim_device *d) {
  struct slice bytes;
  if (!core_host_call(&d->host, "export", "") ||
      item_bytes(item_get(d->host.result, "file"), 0, export_file_bytes_max, &bytes) != ERR_OK)
    return;
  s->bag.max = export_file_bytes_max;
  buf_clear(&s->bag);
  if (buf_append(&s->bag, bytes) != ERR_OK) abort();
  s->bag_of = d;
  sim_say(s, "a file of %zu stays in a bag", d->number);
}

void sim_bring(struct sim *s, struct sim_device *any) {
  struct buf reply = BUF_INIT(export_file_bytes_max);
  if (!s->bag_of) return sim_put_off(s, any);
  bool there = sim_take_file(s, s->bag_of, buf_slice(&s->bag), &reply);
  if (there && sim_below(&s->random, 2))
    (void)core_host_call(&s->bag_of->host, "import", "file:y", buf_slice(&reply));
  buf_finish(&reply);
}
