/* carried.c: takes an export file that came without network, and makes the reply to carry back. */
#include "server/core/carried.h"

#include <stdio.h>

#include "proto/bundle.h"
#include "server/core/ingest.h"
#include "server/core/orders.h"
#include "server/core/readmit.h"
#include "server/core/views.h"

err carried_open(struct export_file *out, struct slice bytes, const struct hub *hub, struct arena *a,
                 struct fault *fault) {
  TRY(export_decode(out, bytes, a, fault));
  if (id_equal(&out->hub, &hub->id)) return ERR_OK;
  return fault_set(fault, ERR_OTHER_HUB, "This file belongs to another hub: nothing was changed.");
}

/* ---- bringing ---- */

/* Files are rare and name many registers: everybody looks whether theirs is among them. */
static void note_changes(struct carried *c, uint64_t position) {
  if (position <= c->changes.position) return;
  c->changes = (struct change_set){.position = position,
                                   .all_streams = true,
                                   .grants = true,
                                   .learners = true,
                                   .devices = true,
                                   .receipts = true};
}

/* A hub that was restored from before it knew the device takes it back by its certificate; what it sends
 * waits for the office. Any other stranger's bundles are refused one by one. */
static err know_device(struct carried *c, const struct export_file *f, const struct hub *hub,
                       struct store *store, const struct now *now) {
  struct store_device device;
  struct change_set changes;
  err e = store->ops->device_load(store, &f->device, &device);
  if (e != ERR_NOT_FOUND) return e;
  e = device_readmit(&changes, hub, store, now, &f->device, NULL, f->certificate);
  c->came_back = e == ERR_OK;
  if (e == ERR_OK) note_changes(c, changes.position);
  bool stranger = e == ERR_BAD_SIGNATURE || e == ERR_OTHER_HUB || e == ERR_WRONG_SECRET ||
                  e == ERR_MALFORMED || e == ERR_TRUNCATED || e == ERR_VERSION;
  return stranger ? ERR_OK : e;
}

/* The same bundle, and not only one of its number: ERR_NOT_FOUND when the hub does not have it. */
static err load_same(struct store_bundle *out, struct store *store, struct slice bundle, struct arena *a) {
  struct bundle_parts parts;
  uint8_t hash[hash_bytes];
  if (bundle_parse(&parts, bundle) != ERR_OK) return ERR_NOT_FOUND;
  const struct bundle_header *h = &parts.header;
  TRY(store->ops->bundle_load(store, &h->device, h->incarnation, h->seq, a, out));
  bundle_hash(hash, bundle);
  return crypto_equal(hash, out->hash, hash_bytes) ? ERR_OK : ERR_NOT_FOUND;
}

struct group_of_file {
  struct job *jobs[ingest_group_bundles_max];
  bool known[ingest_group_bundles_max];
  size_t count;
};

static err gather(struct group_of_file *g, const struct carried *c, const struct export_file *f,
                  struct store *store, struct arena *a) {
  size_t bytes = 0;
  for (size_t i = c->brought; i < f->count && g->count < ingest_group_bundles_max; i++) {
    struct store_bundle stored;
    bytes += f->bundles[i].len;
    if (g->count && bytes > ingest_group_bytes_max) break;
    err e = load_same(&stored, store, f->bundles[i], a);
    if (e != ERR_OK && e != ERR_NOT_FOUND) return e;
    struct job *job = job_create(JOB_INGEST);
    if (!job) return ERR_NO_MEMORY;
    g->known[g->count] = e == ERR_OK;
    g->jobs[g->count++] = job;
    TRY(buf_append(&job->bytes, f->bundles[i]));
  }
  return ERR_OK;
}

/* What is wrong with this machine is no judgement of a bundle. */
static bool fails_all(err e) {
  return e == ERR_FULL || e == ERR_READ_ONLY || e == ERR_IO || e == ERR_NO_MEMORY || e == ERR_BUSY ||
         e == ERR_CORRUPT || e == ERR_INTERNAL;
}

static err count_one(struct carried *c, const struct job *job, bool known) {
  if (fails_all(job->result)) return job->result;
  c->brought++;
  if (job->changes.position) note_changes(c, job->changes.position);
  if (job->result == ERR_OK) {
    c->known += known;
    c->fresh += !known;
    return ERR_OK;
  }
  if (c->refused++ == 0) {
    c->first_refused = c->brought;
    c->why = job->result;
  }
  return ERR_OK;
}

err carried_bring(struct carried *c, const struct export_file *f, const struct hub *hub, struct store *store,
                  const struct now *now) {
  struct group_of_file g = {.count = 0};
  struct arena a = ARENA_INIT(4 * (size_t)job_bytes_max);
  if (c->brought == 0) TRY(know_device(c, f, hub, store, now));
  err e = gather(&g, c, f, store, &a);
  if (e == ERR_OK) ingest_group(g.jobs, g.count, hub, store, now);
  for (size_t i = 0; i < g.count && e == ERR_OK; i++) e = count_one(c, g.jobs[i], g.known[i]);
  for (size_t i = 0; i < g.count; i++) job_destroy(g.jobs[i]);
  arena_finish(&a);
  return e;
}

/* ---- answering ---- */

/* The receipts as they stand after the whole file: a later bundle may have released an earlier one. */
static err collect_receipts(struct carried *c, struct reply_file *r, const struct export_file *f,
                            struct store *store, struct arena *a) {
  struct slice *list = arena_take(a, f->count + 1, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  for (size_t i = 0; i < f->count; i++) {
    struct store_bundle stored;
    err e = load_same(&stored, store, f->bundles[i], a);
    if (e == ERR_NOT_FOUND) continue;
    TRY(e);
    list[c->receipts++] = stored.receipt;
    c->waiting += stored.status == RECEIPT_HELD;
    c->aside += stored.status == RECEIPT_QUARANTINED || stored.status == RECEIPT_REFUSED;
  }
  r->receipts = list;
  r->count = c->receipts;
  return ERR_OK;
}

/* What the device is to do travels with its receipts. */
static err collect_orders(struct reply_file *r, const struct hub *hub, struct store *store,
                          const struct now *now, struct arena *a) {
  struct store_device device;
  struct orders_waiting w = {.count = 0};
  TRY(store->ops->begin(store));
  err e = store->ops->device_load(store, &r->device, &device);
  if (e == ERR_OK) e = orders_waiting_for(&w, hub, store, now, &device, 0, a);
  if (e == ERR_OK) e = store->ops->commit(store);
  if (e != ERR_OK) store->ops->rollback(store);
  r->orders = w.list;
  r->order_count = w.count;
  return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static err note_in_audit(const struct carried *c, const struct export_file *f, struct store *store,
                         const struct now *now, const struct id *actor) {
  char device[id_text_bytes], carrier[id_text_bytes] = "", detail[200];
  if (c->carrier && c->fresh == 0 && !c->came_back) return ERR_OK;
  id_text(device, &f->device);
  if (c->carrier) id_text(carrier, c->carrier);
  (void)snprintf(detail, sizeof detail, "device=%s bundles=%zu new=%zu refused=%zu%s%s", device, f->count,
                 c->fresh, c->refused, c->carrier ? " carrier=" : "", carrier);
  return audit_add(store, now->wall_ms, actor, c->carrier ? "device.carried" : "device.file", detail);
}

err carried_reply(struct carried *c, struct buf *out, const struct export_file *f, const struct hub *hub,
                  struct store *store, const struct now *now, const struct id *actor) {
  struct arena a = ARENA_INIT(4 * (size_t)export_file_bytes_max);
  struct reply_file r = {.hub = hub->id, .device = f->device, .manifest = buf_slice(&hub->manifest)};
  c->receipts = c->waiting = c->aside = 0;
  err e = collect_receipts(c, &r, f, store, &a);
  if (e == ERR_OK) e = collect_orders(&r, hub, store, now, &a);
  if (e == ERR_OK) e = reply_encode(out, &r);
  if (e == ERR_OK) e = note_in_audit(c, f, store, now, actor);
  arena_finish(&a);
  return e;
}

/* ---- brought by another device ---- */

/* So that its receipts fit one message, and its bundles one transaction. */
static bool is_a_piece(const struct export_file *f) {
  size_t bytes = 0;
  for (size_t i = 0; i < f->count; i++) bytes += f->bundles[i].len;
  return f->count <= 1 || (f->count <= ingest_group_bundles_max && bytes <= carried_piece_bytes);
}

/* Whoever the carrier says took the file, if they may sign in on it; else the carrier itself. */
static err actor_of(struct id *out, struct job *job, struct store *store, const struct now *now) {
  struct msg_grants grants;
  int32_t day, minute;
  uk_civil(now->wall_ms, &day, &minute);
  *out = job->device;
  TRY(store->ops->begin_read(store));
  err e = store->ops->device_grants(store, &job->device, day, &job->arena, &grants);
  store->ops->rollback(store);
  for (size_t i = 0; e == ERR_OK && i < grants.staff_count; i++) {
    if (id_equal(&grants.staff[i].id, &job->who)) *out = job->who;
  }
  return e;
}

static err answer_piece(struct job *job, struct carried *c, const struct export_file *f,
                        const struct hub *hub, struct store *store, const struct now *now) {
  struct id actor;
  struct buf reply = BUF_INIT(message_bytes_max);
  err e = actor_of(&actor, job, store, now);
  if (e == ERR_OK) e = carried_reply(c, &reply, f, hub, store, now, &actor);
  if (e == ERR_OK) job->reply = arena_copy(&job->arena, buf_slice(&reply));
  buf_finish(&reply);
  job->refused = (uint32_t)c->refused;
  job->why = c->why;
  return e == ERR_OK && !job->reply.ptr ? ERR_NO_MEMORY : e;
}

err carried_by_device(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  struct export_file f;
  struct carried c = {.carrier = &job->device};
  err e = carried_open(&f, buf_slice(&job->bytes), hub, &job->arena, NULL);
  if (e == ERR_OK && !is_a_piece(&f)) e = ERR_TOO_BIG;
  if (e == ERR_NO_MEMORY) return e;
  job->why = e;
  if (e != ERR_OK) return ERR_OK;
  e = carried_bring(&c, &f, hub, store, now);
  job->changes = c.changes;
  TRY(e);
  ASSERT(c.brought == f.count);
  return answer_piece(job, &c, &f, hub, store, now);
}
