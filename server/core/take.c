/* take.c: one bundle on its way in: caps, signature, order. Whatever is wrong with it is said in the job's
 * result and changes nothing. */
#include <stdlib.h>

#include "server/core/group.h"

err entry_add(struct entry **out, struct group *g, struct job *job) {
  struct entry **list = list_room(g->entries, &g->entry_cap, g->entry_count, sizeof(struct entry *));
  struct entry *e = calloc(1, sizeof *e);
  if (list) g->entries = list;
  if (!list || !e) {
    free(e);
    return ERR_NO_MEMORY;
  }
  e->job = job;
  e->received_ms = g->now.wall_ms;
  e->plain = (struct buf)BUF_INIT(bundle_bytes_max);
  e->arena = (struct arena)ARENA_INIT(4 * (size_t)job_bytes_max);
  g->entries[g->entry_count++] = e;
  e->no = g->entry_count;
  *out = e;
  return ERR_OK;
}

void entry_drop_last(struct group *g) {
  struct entry *e = g->entries[--g->entry_count];
  free(e->exceptions);
  free(e->pins);
  buf_finish(&e->plain);
  arena_finish(&e->arena);
  free(e);
}

err group_sequence(struct sequence **out, struct group *g, const struct id *device, uint32_t incarnation) {
  for (size_t i = 0; i < g->sequence_count; i++) {
    *out = g->sequences[i];
    if ((*out)->chain.incarnation == incarnation && id_equal(&(*out)->device.id, device)) return ERR_OK;
  }
  ASSERT(g->sequence_count < ingest_group_bundles_max);
  struct sequence *s = arena_take(&g->arena, 1, sizeof *s);
  if (!s) return ERR_NO_MEMORY;
  const struct store_ops *ops = g->store->ops;
  TRY(ops->device_load(g->store, device, &s->device));
  TRY(ops->chain_load(g->store, device, incarnation, &s->chain));
  TRY(ops->seen_last(g->store, device, incarnation, &s->seen_last));
  g->sequences[g->sequence_count++] = s;
  *out = s;
  return ERR_OK;
}

static struct entry *find_entry(const struct group *g, const struct bundle_header *h, uint64_t seq) {
  for (size_t i = g->entry_count; i > 0; i--) {
    const struct bundle_header *other = &g->entries[i - 1]->parts.header;
    if (other->seq == seq && other->incarnation == h->incarnation && id_equal(&other->device, &h->device))
      return g->entries[i - 1];
  }
  return NULL;
}

/* The first bundle of a later incarnation may name the point where it left the earlier one. */
static bool follows(const struct store_chain *chain, const struct bundle_header *h) {
  if (h->seq > 1) return crypto_equal(chain->hash, h->previous, hash_bytes);
  return h->incarnation > 1 || bytes_are_zero(h->previous, hash_bytes);
}

/* Bundles are sealed in their order, so none that is still to come is sealed to an older key. */
static void advance(const struct group *g, struct sequence *s, const struct entry *e) {
  const struct hub_box_key *key = hub_intake(g->hub, e->parts.header.intake_key);
  if (key && key->since > s->device.manifest) s->device.manifest = key->since;
  s->chain.seq = e->parts.header.seq;
  bytes_copy(s->chain.hash, e->hash, hash_bytes);
  if (s->chain.incarnation > s->device.incarnation) s->device.incarnation = s->chain.incarnation;
}

/* A held bundle that does not follow the one that came is the other side of a fork: kept for the office, and
 * passed over. */
static err accept_held(struct group *g, struct entry *e, struct sequence *s, bool *stop) {
  err refused = ERR_OK;
  if (follows(&s->chain, &e->parts.header)) {
    TRY(entry_accept(g, e, s, &refused));
  } else {
    e->exceptions = calloc(1, sizeof *e->exceptions);
    if (!e->exceptions) return ERR_NO_MEMORY;
    e->exception_cap = e->exception_count = 1;
    e->exceptions[0] =
        (struct receipt_exception){.changeset = 0, .status = RECEIPT_QUARANTINED, .reason = ERR_FORK};
    e->status = RECEIPT_QUARANTINED;
  }
  *stop = refused != ERR_OK;
  if (!*stop) advance(g, s, e);
  return ERR_OK;
}

static err load_held(struct group *g, struct sequence *s, struct job *job, struct entry **out) {
  struct store_bundle b;
  *out = NULL;
  err e = g->store->ops->bundle_load(g->store, &s->device.id, s->chain.incarnation, s->chain.seq + 1,
                                     &g->arena, &b);
  if (e == ERR_NOT_FOUND || (e == ERR_OK && b.status != RECEIPT_HELD)) return ERR_OK;
  TRY(e);
  TRY(entry_add(out, g, job));
  (*out)->released = true;
  (*out)->bytes = b.raw;
  (*out)->received_ms = b.received_ms;
  bytes_copy((*out)->hash, b.hash, hash_bytes);
  return bundle_parse(&(*out)->parts, b.raw) == ERR_OK ? ERR_OK : ERR_CORRUPT;
}

/* Everything that only waited for this follows in the same transaction, as far as one transaction goes. */
err group_release(struct group *g, struct sequence *s, struct job *job) {
  bool stop = false;
  while (!stop) {
    if (g->work.history_count > ingest_group_ops_max) {
      g->unfinished = s;
      g->unfinished_job = job;
      return ERR_OK;
    }
    struct bundle_header next = {.device = s->device.id, .incarnation = s->chain.incarnation};
    struct entry *e = find_entry(g, &next, s->chain.seq + 1);
    bool here = e != NULL;
    if (!here) TRY(load_held(g, s, job, &e));
    if (!e) return ERR_OK;
    TRY(accept_held(g, e, s, &stop));
    if (stop && !here) entry_drop_last(g);
    if (stop && here) e->status = RECEIPT_HELD;
  }
  return ERR_OK;
}

static err take_new(struct group *g, struct job *job, const struct bundle_parts *parts,
                    const uint8_t hash[hash_bytes], struct sequence *s) {
  const struct bundle_header *h = &parts->header;
  bool in_order = h->seq == s->chain.seq + 1;
  bool ahead = h->seq > s->chain.seq && !in_order;
  if (!hub_intake(g->hub, h->intake_key)) job->result = ERR_UNKNOWN_KEY;
  if (in_order && !follows(&s->chain, h)) job->result = ERR_FORK;
  if (ahead && h->seq - s->chain.seq > held_bundles_max) job->result = ERR_GAP;
  if (job->result != ERR_OK) return ERR_OK;
  struct entry *e;
  TRY(entry_add(&e, g, job));
  e->parts = *parts;
  e->bytes = buf_slice(&job->bytes);
  bytes_copy(e->hash, hash, hash_bytes);
  if (ahead) e->status = RECEIPT_HELD;
  s->changed = s->changed || ahead;
  if (ahead) return ERR_OK;
  TRY(entry_accept(g, e, s, &job->result));
  if (job->result != ERR_OK) {
    entry_drop_last(g);
    return ERR_OK;
  }
  s->changed = true;
  if (!in_order) return ERR_OK; /* the office let its successors go ahead: it is still accepted */
  advance(g, s, e);
  return group_release(g, s, job);
}

/* A bundle that came before is answered with the receipt it got then; another one in its place is a fork. */
static err take_in_order(struct group *g, struct job *job, const struct bundle_parts *parts,
                         struct sequence *s) {
  uint8_t hash[hash_bytes];
  bundle_hash(hash, buf_slice(&job->bytes));
  const struct entry *same = find_entry(g, &parts->header, parts->header.seq);
  if (same) {
    job->result = crypto_equal(same->hash, hash, hash_bytes) ? ERR_OK : ERR_FORK;
    return ERR_OK;
  }
  struct store_bundle stored;
  err e = g->store->ops->bundle_load(g->store, &parts->header.device, parts->header.incarnation,
                                     parts->header.seq, &job->arena, &stored);
  if (e == ERR_NOT_FOUND) return take_new(g, job, parts, hash, s);
  TRY(e);
  if (!crypto_equal(stored.hash, hash, hash_bytes))
    job->result = ERR_FORK;
  else
    job->receipt = stored.receipt;
  return ERR_OK;
}

err group_take(struct group *g, struct job *job) {
  struct bundle_parts parts;
  struct sequence *s = NULL;
  job->result = bundle_parse(&parts, buf_slice(&job->bytes));
  if (job->result == ERR_OK && !id_equal(&parts.header.hub, &g->hub->id)) job->result = ERR_OTHER_HUB;
  if (job->result != ERR_OK) return ERR_OK;
  err e = group_sequence(&s, g, &parts.header.device, parts.header.incarnation);
  if (e == ERR_NOT_FOUND) {
    job->result = ERR_UNKNOWN_DEVICE;
    return ERR_OK;
  }
  TRY(e);
  job->result = bundle_verify(&parts, s->device.sign_public);
  return job->result == ERR_OK ? take_in_order(g, job, &parts, s) : ERR_OK;
}
