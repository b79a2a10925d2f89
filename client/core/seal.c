/* seal.c: changesets that are durable in the database, and acknowledgements that wait in the outbox, become a
 * sealed bundle in the outbox. What was sealed is read from the outbox alone, so a crash between the two
 * cannot seal the same work twice under another number. */
#include "client/core/state.h"

#include "proto/bundle.h"

enum { collect_bytes_max = 580000, clock_samples = 2 };

uint64_t seal_counter_sealed(const struct core *c) {
  uint64_t highest = 0;
  for (size_t i = c->outbox.count; i > 0; i -= 1) {
    const struct outbox_facts *f = &c->outbox.list[i - 1].facts;
    if (f->incarnation == c->identity.incarnation && f->counter_last > highest) highest = f->counter_last;
  }
  return highest;
}

/* ---- counting what is not sealed ---- */

static void add_tag(uint64_t *tags, uint32_t *count, uint64_t tag) {
  for (uint32_t i = *count; i > 0; i -= 1) {
    if (tags[i - 1] == tag) return;
  }
  if (*count == bundle_tags_max) return;
  tags[*count] = tag;
  *count += 1;
}

static void count_change(struct unsealed *u, const struct id *session, uint32_t notes) {
  u->changesets += 1;
  u->notes += notes;
  if (session) add_tag(u->tags, &u->tag_count, outbox_tag(session));
}

void seal_note_change(struct core *c, const struct id *session, uint32_t notes) {
  count_change(&c->unsealed, session, notes);
  c->seal_at = c->now.mono_ms + seal_pause_ms;
  core_topic(c, "sync", NULL);
}

static err count_kept(void *ctx, const struct kept *k) {
  count_change(ctx, id_is_zero(&k->session) ? NULL : &k->session, k->notes);
  return ERR_OK;
}

err seal_count(struct core *c) {
  bytes_zero(&c->unsealed, sizeof c->unsealed);
  TRY(kept_from(c->store, c->identity.incarnation, seal_counter_sealed(c) + 1, count_kept, &c->unsealed));
  c->seal_at = c->unsealed.changesets || seal_acks_wait(c) ? c->now.mono_ms : 0;
  return ERR_OK;
}

/* ---- acknowledgements ---- */

bool seal_acks_wait(const struct core *c) {
  struct ack first;
  return c->identity.enrolled && outbox_acks_waiting(&c->outbox, c->identity.incarnation, &first, 1) > 0;
}

err ack_queue(struct core *c, enum ack_kind kind, uint64_t number) {
  ASSERT(number > 0 && number <= NUMBER_MAX);
  TRY(outbox_ack(&c->outbox, &(struct ack){kind, number}));
  if (seal_acks_wait(c)) c->seal_at = c->now.mono_ms + seal_pause_ms;
  return ERR_OK;
}

/* ---- sealing ---- */

/* Changesets on their way into one bundle. */
struct batch {
  struct arena arena;
  struct changeset *list;
  struct kept *kept; /* their facts; slices in them are dead */
  size_t count, cap, ops, bytes;
  struct ack *acks;
  size_t ack_count;
  uint64_t next; /* counter the next one must have: a bundle has no gaps */
  uint32_t schema;
};

/* One that only a later schema can say begins a new bundle: what came before it need not wait for the hub to
 * be updated. */
static err collect(void *ctx, const struct kept *k) {
  struct batch *b = ctx;
  if (b->count == b->cap || b->ops + k->ops > bundle_ops_max || b->bytes > collect_bytes_max ||
      (b->count && b->next != k->counter))
    return ERR_TRAILING;
  struct slice bytes = arena_copy(&b->arena, k->bytes);
  if (!bytes.ptr) return ERR_NO_MEMORY;
  TRY(changeset_decode(&b->list[b->count], bytes, &b->arena));
  uint32_t schema = changeset_since(&b->list[b->count]);
  if (b->count && schema > b->schema) return ERR_TRAILING;
  if (b->count == 0) b->schema = schema;
  b->kept[b->count] = *k;
  b->count += 1;
  b->ops += k->ops;
  b->bytes += k->bytes.len;
  b->next = k->counter + k->ops;
  return ERR_OK;
}

static struct clock_sample sample(const struct clock *clock, const struct now *at) {
  return (struct clock_sample){at->boot, at->mono_ms, at->wall_ms,
                               clock->known ? clock_hub_ms(clock, at) : 0};
}

/* Fewer changesets are tried when they do not fit. */
static err encode_some(struct core *c, struct batch *b, struct buf *plain) {
  struct clock_sample clocks[clock_samples] = {sample(&c->clock, &c->now),
                                               sample(&c->clock, &c->clock.learned)};
  for (;;) {
    struct bundle_content content = {.clocks = clocks,
                                     .clock_count = c->clock.known ? 2 : 1,
                                     .acks = b->acks,
                                     .ack_count = b->ack_count,
                                     .changesets = b->list,
                                     .changeset_count = b->count};
    buf_clear(plain);
    err e = content_encode(plain, &content);
    if (e != ERR_TOO_BIG || b->count < 2) return e;
    b->count /= 2;
  }
}

static struct outbox_facts facts_of(struct core *c, const struct batch *b, uint64_t tags[bundle_tags_max]) {
  const struct outbox_bundle *last = outbox_last(&c->outbox, c->identity.incarnation);
  uint64_t sealed = last ? last->facts.counter_last : 0;
  const struct changeset *end = b->count ? &b->list[b->count - 1] : NULL;
  struct outbox_facts f = {.incarnation = c->identity.incarnation,
                           .schema = b->count ? b->schema : 1,
                           .seq = last ? last->facts.seq + 1 : 1,
                           .counter_first = end ? b->list[0].counter : sealed + 1,
                           .counter_last = end ? end->counter + end->op_count - 1 : sealed,
                           .changesets = (uint32_t)b->count,
                           .sealed_ms = clock_hub_ms(&c->clock, &c->now),
                           .tags = tags,
                           .acks = b->acks,
                           .ack_count = (uint32_t)b->ack_count};
  for (size_t i = 0; i < b->count; i += 1) {
    f.notes += b->kept[i].notes;
    if (!id_is_zero(&b->kept[i].session)) add_tag(tags, &f.tag_count, outbox_tag(&b->kept[i].session));
  }
  return f;
}

static err put_bundle(struct core *c, const struct batch *b, struct slice plain, struct buf *sealed) {
  uint64_t *tags = arena_take(&c->arena, bundle_tags_max, sizeof *tags);
  if (!tags) return ERR_NO_MEMORY;
  struct outbox_facts facts = facts_of(c, b, tags);
  const struct outbox_bundle *last = outbox_last(&c->outbox, facts.incarnation);
  struct bundle_header h = {.hub = c->identity.hub,
                            .intake_key = c->identity.manifest.intake_key,
                            .device = c->identity.device,
                            .incarnation = facts.incarnation,
                            .seq = facts.seq};
  bytes_copy(h.previous, last ? last->hash : c->identity.forked_from, hash_bytes);
  TRY(bundle_seal(sealed, &h, plain, c->identity.manifest.intake_public, c->identity.sign.secret,
                  &c->config.entropy));
  return outbox_add(&c->outbox, &facts, buf_slice(sealed));
}

static err take_changesets(struct core *c, struct batch *b) {
  if (!c->store || c->unsealed.changesets == 0) return ERR_OK;
  b->cap = c->unsealed.changesets < bundle_changesets_max ? c->unsealed.changesets : bundle_changesets_max;
  b->list = arena_take(&b->arena, b->cap, sizeof *b->list);
  b->kept = arena_take(&b->arena, b->cap, sizeof *b->kept);
  if (!b->list || !b->kept) return ERR_NO_MEMORY;
  return kept_from(c->store, c->identity.incarnation, seal_counter_sealed(c) + 1, collect, b);
}

static err take_acks(struct core *c, struct batch *b) {
  if (!seal_acks_wait(c)) return ERR_OK;
  b->acks = arena_take(&b->arena, bundle_acks_max, sizeof *b->acks);
  if (!b->acks) return ERR_NO_MEMORY;
  b->ack_count = outbox_acks_waiting(&c->outbox, c->identity.incarnation, b->acks, bundle_acks_max);
  return ERR_OK;
}

static err seal_batch(struct core *c, struct batch *b, bool *more_out) {
  struct buf plain = BUF_INIT(bundle_plain_bytes_max);
  struct buf sealed = BUF_INIT(bundle_bytes_max);
  TRY(take_changesets(c, b));
  TRY(take_acks(c, b));
  *more_out = b->count > 0 || b->ack_count > 0;
  if (!*more_out) return ERR_OK;
  err e = encode_some(c, b, &plain);
  if (e == ERR_OK) e = put_bundle(c, b, buf_slice(&plain), &sealed);
  buf_wipe(&plain);
  buf_finish(&sealed);
  return e;
}

/* While nobody is signed in the database is closed: acknowledgements are sealed without it. */
err seal_now(struct core *c) {
  bool work = c->store && c->unsealed.changesets;
  if (!work && !seal_acks_wait(c)) {
    c->seal_at = 0;
    return ERR_OK;
  }
  for (bool more = true; more;) {
    struct batch b = {.arena = ARENA_INIT(step_arena_bytes_max)};
    err e = seal_batch(c, &b, &more);
    arena_finish(&b.arena);
    TRY(e);
  }
  if (c->store) bytes_zero(&c->unsealed, sizeof c->unsealed);
  c->seal_at = 0;
  core_topic(c, "sync", NULL);
  return ERR_OK;
}

err seal_if_room(struct core *c) {
  err e = seal_now(c);
  if (e != ERR_FULL && e != ERR_READ_ONLY) return e;
  c->seal_at = c->now.mono_ms + reconnect_max_ms;
  core_topic(c, "sync", NULL);
  return ERR_OK;
}
