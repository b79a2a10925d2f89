/* ingest.c: groups of bundles, one transaction each: everything that arrived while the last one was being
 * made durable. */
#include "server/core/ingest.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/core/contact.h"
#include "server/core/erase.h"
#include "server/core/group.h"

err group_begin(struct group *g, const struct hub *hub, struct store *store, const struct now *now) {
  *g =
      (struct group){.hub = hub, .store = store, .now = *now, .arena = ARENA_INIT(4 * (size_t)job_bytes_max)};
  work_init(&g->work, hub, store, now);
  admit_init(&g->admit, &g->work);
  TRY(store->ops->begin(store));
  TRY(contacts_write(store));
  TRY(store->ops->number_load(store, STORE_EPOCH, &g->epoch));
  return work_sweep(&g->work);
}

void group_finish(struct group *g) {
  while (g->entry_count) entry_drop_last(g);
  free(g->entries);
  admit_finish(&g->admit);
  work_finish(&g->work);
  arena_finish(&g->arena);
}

/* ---- receipts ---- */

static err sign_receipt(struct group *g, struct entry *e) {
  const struct bundle_header *h = &e->parts.header;
  struct receipt r = {.hub = g->hub->id,
                      .device = h->device,
                      .incarnation = h->incarnation,
                      .seq = h->seq,
                      .status = e->status,
                      .received_ms = e->received_ms,
                      .epoch = (uint32_t)g->epoch,
                      .position = g->work.position,
                      .exceptions = e->exceptions,
                      .exception_count = e->exception_count,
                      .pins = e->pins,
                      .pin_count = e->pin_count,
                      .keep_days = outbox_keep_beyond_days +
                                   (g->hub->backup_days ? g->hub->backup_days : backup_days_default)};
  bytes_copy(r.bundle_hash, e->hash, hash_bytes);
  struct buf bytes = BUF_INIT(bundle_bytes_max);
  err result = receipt_encode(&bytes, &r, g->hub->sign.secret);
  if (result == ERR_OK) e->receipt = arena_copy(&g->arena, buf_slice(&bytes));
  buf_finish(&bytes);
  return result == ERR_OK && !e->receipt.ptr ? ERR_NO_MEMORY : result;
}

static bool waits(enum receipt_status s) { return s == RECEIPT_QUARANTINED || s == RECEIPT_REFUSED; }

/* What was refused because its learner was erased waits for nobody, and is not kept. */
static bool is_kept(const struct receipt_exception *x) { return waits(x->status) && x->reason != ERR_ERASED; }

struct stripping {
  struct work *work;
  err failed;
};

static bool is_stripped(void *ctx, const struct op *op) {
  struct stripping *s = ctx;
  bool erased = false;
  if (s->failed == ERR_OK) s->failed = erased_op(s->work, op, &erased);
  return erased;
}

/* The bytes that are kept of it; sealed again where they would keep what was erased. */
static err bytes_to_keep(struct group *g, struct entry *e, struct slice *out) {
  bool any = e->status == RECEIPT_HELD, *whole;
  size_t count;
  for (size_t i = 0; i < e->exception_count; i++) any = any || is_kept(&e->exceptions[i]);
  *out = any ? e->bytes : (struct slice){NULL, 0};
  if (!any || !e->erased) return ERR_OK;
  struct stripping s = {.work = &g->work};
  struct buf sealed = BUF_INIT(bundle_bytes_max);
  err result = erase_reseal(&sealed, &whole, &count, g->hub, e->bytes, is_stripped, &s, &e->arena);
  if (result == ERR_OK) result = s.failed;
  if (result == ERR_OK && sealed.len) *out = arena_copy(&g->arena, buf_slice(&sealed));
  buf_finish(&sealed);
  return result == ERR_OK && !out->ptr ? ERR_NO_MEMORY : result;
}

static err save_bundle(struct group *g, struct entry *e) {
  struct store_bundle b = {.device = e->parts.header.device,
                           .incarnation = e->parts.header.incarnation,
                           .seq = e->parts.header.seq,
                           .status = e->status,
                           .received_ms = e->received_ms,
                           .receipt = e->receipt,
                           .intake = e->parts.header.intake_key,
                           .epoch = (uint32_t)g->epoch};
  bytes_copy(b.hash, e->hash, hash_bytes);
  if (e->released) b.reissued = g->work.position;
  TRY(bytes_to_keep(g, e, &b.raw));
  TRY(g->store->ops->bundle_save(g->store, &b, &e->number));
  for (size_t i = 0; i < e->ack_count; i++)
    TRY(g->store->ops->ack_save(g->store, &b.device, &e->acks[i], g->now.wall_ms));
  for (size_t i = 0; i < e->exception_count; i++) {
    if (is_kept(&e->exceptions[i])) TRY(g->store->ops->quarantine(g->store, e->number, &e->exceptions[i]));
  }
  return ERR_OK;
}

static err save_sequences(struct group *g) {
  for (size_t i = 0; i < g->sequence_count; i++) {
    struct sequence *s = g->sequences[i];
    if (!s->changed) continue;
    s->device.last_receipt_ms = s->device.last_contact_ms = g->now.wall_ms;
    TRY(g->store->ops->chain_save(g->store, &s->chain));
    TRY(g->store->ops->device_save(g->store, &s->device));
  }
  return ERR_OK;
}

err group_save(struct group *g) {
  for (size_t i = 0; i < g->entry_count; i++) g->work.reissues |= g->entries[i]->released;
  g->work.changes.receipts = g->work.reissues;
  TRY(work_settle(&g->work));
  for (size_t i = 0; i < g->entry_count; i++) {
    TRY(sign_receipt(g, g->entries[i]));
    TRY(save_bundle(g, g->entries[i]));
  }
  for (size_t i = 0; i < g->work.history_count; i++) {
    struct write_history *h = &g->work.history[i];
    h->bundle = g->entries[h->bundle - 1]->number;
  }
  TRY(work_save(&g->work));
  return save_sequences(g);
}

/* ---- answers ---- */

/* Jobs with a new bundle, and jobs that brought the same one once more, get its receipt. */
static err answer(struct group *g, struct job *job) {
  struct bundle_parts parts;
  if (job->result != ERR_OK || job->receipt.ptr) return ERR_OK;
  TRY(bundle_parse(&parts, buf_slice(&job->bytes)));
  for (size_t i = 0; i < g->entry_count; i++) {
    const struct bundle_header *h = &g->entries[i]->parts.header;
    bool same = h->seq == parts.header.seq && h->incarnation == parts.header.incarnation &&
                id_equal(&h->device, &parts.header.device);
    if (same) job->receipt = arena_copy(&job->arena, g->entries[i]->receipt);
  }
  return job->receipt.ptr ? ERR_OK : ERR_NO_MEMORY;
}

static err answer_released(struct entry *e) {
  struct job *job = e->job;
  struct slice *list = arena_take(&job->arena, job->released_count + 1, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  for (size_t i = 0; i < job->released_count; i++) list[i] = job->released[i];
  list[job->released_count] = arena_copy(&job->arena, e->receipt);
  if (!list[job->released_count].ptr) return ERR_NO_MEMORY;
  job->released = list;
  job->released_count++;
  return ERR_OK;
}

static err answer_all(struct group *g, struct job **jobs, size_t count) {
  for (size_t i = 0; i < count; i++) TRY(answer(g, jobs[i]));
  for (size_t i = 0; i < g->entry_count; i++) {
    if (g->entries[i]->released) TRY(answer_released(g->entries[i]));
  }
  return ERR_OK;
}

/* What was committed concerns all of the group alike, so one job tells it. */
static void tell_changes(struct group *g, struct job **jobs, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (jobs[i]->result != ERR_OK) continue;
    bool again = jobs[i]->changes.position != 0; /* the rest of what it released */
    jobs[i]->changes = g->work.changes;
    jobs[i]->changes.devices = true;
    if (again) jobs[i]->changes.all_streams = true;
    return;
  }
}

static void forget_answer(struct job *job, err e) {
  job->result = e;
  job->receipt = (struct slice){NULL, 0};
  job->released = NULL;
  job->released_count = 0;
  bytes_zero(&job->changes, sizeof job->changes);
}

/* ---- transactions ---- */

static err take_some(struct group *g, struct job **jobs, size_t count, size_t *taken) {
  size_t bytes = 0;
  for (*taken = 0; *taken < count; (*taken)++) {
    struct job *job = jobs[*taken];
    bytes += job->bytes.len;
    bool full =
        bytes > ingest_group_bytes_max || g->work.history_count > ingest_group_ops_max || g->unfinished;
    if (*taken && full) return ERR_OK;
    err e = group_take(g, job);
    if (e == ERR_OK) continue;
    (*taken)++;
    return e;
  }
  return ERR_OK;
}

static err finish_transaction(struct group *g, struct job **jobs, size_t count) {
  TRY(group_save(g));
  TRY(answer_all(g, jobs, count));
  TRY(g->store->ops->commit(g->store));
  contacts_written(g->store);
  tell_changes(g, jobs, count);
  return ERR_OK;
}

/* Held bundles that did not fit into their releaser's transaction follow in more of them; its receipt stands
 * already. */
static err release_rest(struct group *before) {
  struct group g;
  struct id device = before->unfinished->device.id;
  uint32_t incarnation = before->unfinished->chain.incarnation;
  struct job *job = before->unfinished_job;
  bool more = true;
  err e = ERR_OK;
  while (more && e == ERR_OK) {
    struct sequence *s;
    e = group_begin(&g, before->hub, before->store, &before->now);
    if (e == ERR_OK) e = group_sequence(&s, &g, &device, incarnation);
    if (e == ERR_OK) s->changed = true;
    if (e == ERR_OK) e = group_release(&g, s, job);
    if (e == ERR_OK) e = finish_transaction(&g, &job, 1);
    more = g.unfinished != NULL;
    if (e != ERR_OK) g.store->ops->rollback(g.store);
    group_finish(&g);
  }
  return e;
}

/* *taken: how many of the jobs the transaction answered, at least one when there is one. */
static err transaction(struct job **jobs, size_t count, const struct hub *hub, struct store *store,
                       const struct now *now, size_t *taken) {
  struct group g;
  err e = group_begin(&g, hub, store, now);
  *taken = count;
  if (e == ERR_OK) e = take_some(&g, jobs, count, taken);
  if (e == ERR_OK) e = finish_transaction(&g, jobs, *taken);
  if (e != ERR_OK) store->ops->rollback(store);
  if (e == ERR_OK && g.unfinished) {
    err rest = release_rest(&g);
    if (rest != ERR_OK)
      log_write(hub->log, LOG_ERROR, "ingest", "held bundles were not released error=%s", err_name(rest));
  }
  group_finish(&g);
  return e;
}

/* The whole machine fails alike for every bundle. */
static bool fails_all(err e) {
  return e == ERR_FULL || e == ERR_READ_ONLY || e == ERR_BUSY || e == ERR_IO || e == ERR_CORRUPT;
}

static size_t run(struct job **jobs, size_t count, const struct hub *hub, struct store *store,
                  const struct now *now) {
  size_t taken;
  for (size_t i = 0; i < count; i++) forget_answer(jobs[i], ERR_OK);
  err e = transaction(jobs, count, hub, store, now, &taken);
  if (e == ERR_OK) return taken;
  log_write(hub->log, LOG_ERROR, "ingest", "a group failed bundles=%zu error=%s", taken, err_name(e));
  for (size_t i = 0; i < taken; i++) forget_answer(jobs[i], e);
  if (taken == 1 || fails_all(e)) return taken;
  for (size_t i = 0; i < taken; i++) (void)run(&jobs[i], 1, hub, store, now);
  return taken;
}

void ingest_group(struct job **jobs, size_t count, const struct hub *hub, struct store *store,
                  const struct now *now) {
  for (size_t done = 0; done < count;) {
    size_t some = count - done < ingest_group_bundles_max ? count - done : ingest_group_bundles_max;
    done += run(jobs + done, some, hub, store, now);
  }
}

/* ---- gaps that nobody fills ---- */

struct passing {
  const struct hub *hub;
  struct store *store;
  const struct now *now;
  struct store_patience until;
  const struct id *device;           /* NULL: of all */
  const struct held_release *person; /* NULL: nobody said so, it was time */
  size_t released;
  struct change_set changes;
};

/* In the same transaction as the deed: what a person lets pass is said with who did and why, or not done. */
static err note_person(const struct passing *p, size_t bundles) {
  char text[id_text_bytes], detail[96];
  id_text(text, p->device);
  (void)snprintf(detail, sizeof detail, "device=%s bundles=%zu", text, bundles);
  const struct store_item_event decided = {
      .kind = EVENT_DECIDED, .at_ms = p->now->wall_ms, .who = p->person->by, .why = p->person->why};
  if (p->released == 0) TRY(p->store->ops->work_item_note(p->store, p->device, &decided));
  return p->store->ops->audit(p->store, p->now->wall_ms, &p->person->by, "bundle.release", detail);
}

static err pass_gap(struct group *g, const struct store_bundle *b, struct job *job) {
  struct bundle_parts parts;
  struct sequence *s;
  char detail[64];
  TRY(bundle_parse(&parts, b->raw));
  TRY(group_sequence(&s, g, &b->device, b->incarnation));
  const bool gap = b->seq > s->chain.seq + 1;
  if (gap) {
    (void)snprintf(detail, sizeof detail, "from=%llu to=%llu", (unsigned long long)s->chain.seq + 1,
                   (unsigned long long)b->seq - 1);
    TRY(g->store->ops->audit(g->store, g->now.wall_ms, &b->device, "bundle.gap", detail));
    s->chain.seq = b->seq - 1;
    bytes_copy(s->chain.hash, parts.header.previous, hash_bytes);
  }
  TRY(group_release(g, s, job));
  s->changed = gap || g->entry_count;
  return ERR_OK;
}

/* One gap a transaction, the first after a bundle's number. The receipts go to the job only to be counted:
 * the device gets them with its next welcome. */
static err release_one(struct passing *p, struct job *job, uint64_t *after) {
  struct store *store = p->store;
  struct group g;
  struct store_bundle b;
  err e = group_begin(&g, p->hub, store, p->now);
  if (e == ERR_OK) e = store->ops->bundle_held(store, &p->until, p->device, after, &g.arena, &b);
  if (e == ERR_OK) e = pass_gap(&g, &b, job);
  if (e == ERR_OK && p->person && g.entry_count) e = note_person(p, g.entry_count);
  if (e == ERR_OK) e = finish_transaction(&g, &job, 0);
  if (e == ERR_OK)
    job->changes = (struct change_set){.position = g.work.position,
                                       .all_streams = true,
                                       .learners = true,
                                       .devices = true,
                                       .receipts = true};
  if (e != ERR_OK) store->ops->rollback(store);
  group_finish(&g);
  return e;
}

static err release_all(struct passing *p) {
  struct job job;
  err e = ERR_OK;
  uint64_t after = 0;
  while (e == ERR_OK) {
    job_init(&job, JOB_INGEST);
    uint64_t passed = after;
    e = release_one(p, &job, &passed);
    bool progress = job.released_count > 0;
    if (!progress) after = passed; /* its turn comes when the hub was updated; others need not wait for it */
    p->released += job.released_count;
    if (e == ERR_OK && progress) p->changes = job.changes;
    job_finish(&job);
  }
  return e == ERR_NOT_FOUND ? ERR_OK : e;
}

err ingest_release_held(size_t *released_out, struct change_set *changes_out, const struct hub *hub,
                        struct store *store, const struct now *now, int64_t before_ms,
                        const struct id *device) {
  struct passing p = {.hub = hub,
                      .store = store,
                      .now = now,
                      .until = {before_ms, now->wall_ms - held_renamed_ms_max},
                      .device = device};
  err e = release_all(&p);
  *released_out = p.released;
  *changes_out = p.changes;
  return e;
}

err ingest_release_held_by(size_t *released_out, struct change_set *changes_out, const struct hub *hub,
                           struct store *store, const struct now *now, const struct id *device,
                           const struct held_release *person) {
  struct passing p = {.hub = hub,
                      .store = store,
                      .now = now,
                      .until = {now->wall_ms + 1, now->wall_ms + 1},
                      .device = device,
                      .person = person};
  err e = release_all(&p);
  *released_out = p.released;
  *changes_out = p.changes;
  return e;
}
