/* job_run.c: what sessions ask of the store, one function a kind. */
#include <stdio.h>

#include "server/core/carried.h"
#include "server/core/contact.h"
#include "server/core/job.h"
#include "server/core/orders.h"
#include "server/core/readmit.h"
#include "server/core/restored.h"

static int32_t today(const struct now *now) {
  int32_t day, minute;
  uk_civil(now->wall_ms, &day, &minute);
  return day;
}

/* Receipts of bundles the hub took while the device was not on the line: by file, or held until another one
 * came. */
static err load_receipts(struct job *job, struct store *store) {
  uint64_t first = job->receipt_seq + 1, count = job->found.seq - job->receipt_seq;
  if (job->receipt_seq >= job->found.seq) return ERR_OK;
  if (count > receipts_at_welcome_max) count = receipts_at_welcome_max;
  job->released = arena_take(&job->arena, (size_t)count, sizeof *job->released);
  if (!job->released) return ERR_NO_MEMORY;
  for (uint64_t i = 0; i < count && job->arena.used < message_bytes_max; i++) {
    struct store_bundle b;
    err e = store->ops->bundle_load(store, &job->device, job->incarnation, first + i, &job->arena, &b);
    if (e == ERR_NOT_FOUND) continue; /* the gap that the office let pass */
    TRY(e);
    job->released[job->released_count++] = b.receipt;
  }
  return ERR_OK;
}

/* A restored hub takes bundles again whose receipts of an earlier epoch the device holds, and may judge them
 * otherwise. The line may have broken before the device heard of it. */
static err load_since_epoch(struct job *job, struct store *store, const struct chain_ref *told) {
  size_t count;
  struct slice *list;
  if (told->seq == 0 || told->epoch >= job->epoch) return ERR_OK;
  TRY(store->ops->receipts_since_epoch(store, &job->device, told, held_bundles_max, &job->arena, &list,
                                       &count));
  if (count == 0) return ERR_OK;
  struct slice *both = arena_take(&job->arena, count + job->released_count, sizeof *both);
  if (!both) return ERR_NO_MEMORY;
  bytes_copy(both, list, count * sizeof *list);
  if (job->released_count) bytes_copy(both + count, job->released, job->released_count * sizeof *both);
  job->released = both;
  job->released_count += count;
  return ERR_OK;
}

/* HELLO names the latest incarnation first, and each goes before what is there: the oldest receipts come
 * first. */
static err load_chains(struct job *job, struct store *store) {
  struct chain_ref present = {job->incarnation, job->receipt_epoch, job->receipt_seq};
  TRY(load_receipts(job, store));
  TRY(load_since_epoch(job, store, &present));
  for (size_t i = 0; i < job->earlier_count; i++) {
    struct store_chain chain;
    TRY(store->ops->chain_load(store, &job->device, job->earlier[i].incarnation, &chain));
    job->held[i].seq = chain.seq;
    bytes_copy(job->held[i].hash, chain.hash, hash_bytes);
    TRY(load_since_epoch(job, store, &job->earlier[i]));
  }
  return ERR_OK;
}

/* What the office may have decided since about bundles whose receipts withhold something. */
static err load_asked(struct job *job, struct store *store) {
  struct slice *list = arena_take(&job->arena, job->released_count + job->asked_count + 1, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  for (size_t i = 0; i < job->released_count; i++) list[i] = job->released[i];
  job->released = list;
  for (size_t i = 0; i < job->asked_count && job->arena.used < message_bytes_max; i++) {
    struct store_bundle b;
    err e = store->ops->bundle_load(store, &job->device, job->asked[i].incarnation, job->asked[i].seq,
                                    &job->arena, &b);
    if (e == ERR_NOT_FOUND) continue; /* a restored hub, which will be sent it again */
    TRY(e);
    if (b.reissued) job->released[job->released_count++] = b.receipt;
  }
  return ERR_OK;
}

static err run_receipts(struct job *job, struct store *store) {
  uint64_t after = job->known_position;
  TRY(store->ops->number_load(store, STORE_POSITION, &job->known_position));
  return store->ops->receipts_reissued(store, &job->device, after, receipts_at_welcome_max, &job->arena,
                                       &job->released, &job->released_count);
}

static err run_device(struct job *job, struct store *store) {
  struct store_chain chain;
  uint64_t epoch;
  TRY(store->ops->device_load(store, &job->device, &job->found));
  TRY(store->ops->chain_load(store, &job->device, job->incarnation, &chain));
  TRY(store->ops->number_load(store, STORE_EPOCH, &epoch));
  TRY(store->ops->number_load(store, STORE_POSITION, &job->known_position));
  job->found.seq = chain.seq;
  bytes_copy(job->found.hash, chain.hash, hash_bytes);
  job->epoch = (uint32_t)epoch;
  TRY(load_chains(job, store));
  return load_asked(job, store);
}

static err run_readmit(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  TRY(device_readmit(&job->changes, hub, store, now, &job->device, job->noise_public,
                     buf_slice(&job->bytes)));
  return run_device(job, store);
}

/* A token that was used is still known, so that a device whose answer was lost can ask again with the same
 * keys. */
static err run_token(struct job *job, struct store *store, const struct now *now) {
  struct store_token t;
  TRY(store->ops->token_load(store, &job->token, &t));
  bytes_copy(job->psk, t.psk, key_bytes);
  crypto_wipe(t.psk, sizeof t.psk);
  return now->wall_ms < t.expires_ms ? ERR_OK : ERR_TOKEN_EXPIRED;
}

static err run_feed(struct job *job, struct store *store) {
  TRY(store->ops->begin_read(store));
  err e = job_feed(job, store);
  store->ops->rollback(store);
  return e;
}

/* A device whose rows differ by more than one batch holds is quicker sent the whole stream. */
static err run_repair(struct job *job, struct store *store) {
  struct store_repair asked = {.at = job->from,
                               .after = slice_of(job->after, job->has_after ? sizeof job->after : 0),
                               .rows = buf_slice(&job->bytes),
                               .last = job->last};
  TRY(store->ops->begin_read(store));
  err e = store->ops->stream_repair(store, &asked, feed_batch_rows_max, &job->arena, &job->feed);
  store->ops->rollback(store);
  job->restart = e == ERR_TOO_BIG;
  return job->restart ? ERR_OK : e;
}

static err run_repaired(struct job *job, struct store *store, const struct now *now) {
  char stream[id_text_bytes];
  id_text(stream, &job->from.stream);
  TRY(store->ops->begin(store));
  TRY(store->ops->device_repaired(store, &job->device, job->restart));
  TRY(store->ops->audit(store, now->wall_ms, &job->device, job->restart ? "device.restart" : "device.repair",
                        stream));
  return store->ops->commit(store);
}

static err orders_of(struct job *job, const struct hub *hub, struct store *store, const struct now *now,
                     const struct store_device *d) {
  struct orders_waiting w;
  TRY(orders_waiting_for(&w, hub, store, now, d, job->order_last, &job->arena));
  job->orders = (struct msg_orders){.orders = w.list, .count = w.count};
  if (w.count) job->order_last = w.last;
  job->gone = w.gone;
  return ERR_OK;
}

/* What a connected device is granted, and what it is to do: of either it hears at once. A revoked one's order
 * may have to be written first, which is JOB_CONTACT's. */
static err run_grants(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  TRY(store->ops->begin_read(store));
  err e = store->ops->device_load(store, &job->device, &job->found);
  if (e == ERR_OK) e = store->ops->device_grants(store, &job->device, today(now), &job->arena, &job->grants);
  bool revoked = e == ERR_OK && job->found.status == ENUM_device_status_revoked;
  if (e == ERR_OK && !revoked) e = orders_of(job, hub, store, now, &job->found);
  store->ops->rollback(store);
  return e;
}

/* A revoked device may be due an order that was never written. */
static err run_contact(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  struct store_device d;
  TRY(store->ops->begin_read(store));
  err e = store->ops->device_load(store, &job->device, &d);
  bool revoked = e == ERR_OK && d.status == ENUM_device_status_revoked;
  if (e == ERR_OK && !revoked) e = orders_of(job, hub, store, now, &d);
  store->ops->rollback(store);
  TRY(e);
  if (!revoked && contact_note(store, job, now)) return ERR_OK;
  TRY(store->ops->begin(store));
  TRY(contact_write(store, job, now));
  if (revoked) TRY(orders_of(job, hub, store, now, &d));
  TRY(store->ops->commit(store));
  contacts_written(store);
  return ERR_OK;
}

/* Only the epoch the receipt is of, or an earlier one, can be raised by it, so many devices that tell of one
 * restore raise it once. A hub that was restored twice from one backup does not know of the epoch between: it
 * must not give that number to another history. */
static err run_restored(struct job *job, struct store *store, const struct now *now) {
  struct store_bundle b;
  uint64_t epoch;
  TRY(store->ops->begin(store));
  TRY(store->ops->number_load(store, STORE_EPOCH, &epoch));
  err e = store->ops->bundle_load(store, &job->device, job->incarnation, job->receipt_seq, &job->arena, &b);
  if (e != ERR_OK && e != ERR_NOT_FOUND) return e;
  bool earlier = job->receipt_epoch > epoch && epoch_is_likely(job->receipt_epoch, now);
  bool forgotten = earlier || (e == ERR_NOT_FOUND && job->receipt_epoch == epoch);
  if (forgotten) {
    epoch = epoch_after(epoch, job->receipt_epoch, now);
    TRY(store->ops->number_save(store, STORE_EPOCH, epoch));
    TRY(office_counter_leaps(store, now));
    TRY(store->ops->audit(store, now->wall_ms, &job->device, "hub.restored",
                          "a device holds a receipt the hub forgot"));
  }
  job->epoch = (uint32_t)epoch;
  if (forgotten) job->changes.epoch = job->epoch;
  TRY(store->ops->number_load(store, STORE_POSITION, &job->changes.position));
  return store->ops->commit(store);
}

static err run(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  switch (job->kind) {
  case JOB_DEVICE: return run_device(job, store);
  case JOB_READMIT: return run_readmit(job, hub, store, now);
  case JOB_TOKEN: return run_token(job, store, now);
  case JOB_ENROL: return job_enrol(job, hub, store, now);
  case JOB_GRANTS: return run_grants(job, hub, store, now);
  case JOB_FEED: return run_feed(job, store);
  case JOB_RECEIPTS: return run_receipts(job, store);
  case JOB_REPAIR: return run_repair(job, store);
  case JOB_REPAIRED: return run_repaired(job, store, now);
  case JOB_CONTACT: return run_contact(job, hub, store, now);
  case JOB_RESTORED: return run_restored(job, store, now);
  case JOB_KEEP: return job_keep(job, hub, store, now);
  case JOB_CARRY: return carried_by_device(job, hub, store, now);
  case JOB_INGEST: break;
  }
  return ERR_INTERNAL;
}

void job_run(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  ASSERT(job->kind != JOB_INGEST);
  job->result = run(job, hub, store, now);
  if (job->result != ERR_OK) store->ops->rollback(store);
}
