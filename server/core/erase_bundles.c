/* erase_bundles.c: bundles whose bytes wait at the hub (held, quarantined, refused) are opened, and what they
 * say about an erased learner is blanked. The rest stays where it was, by the same numbers. */
#include "proto/bundle.h"
#include "server/core/erase.h"
#include "server/core/group.h"

enum { content_bytes_max = 2 * bundle_plain_bytes_max };

/* A changeset that was refused for its values was decoded with its ops, but counts none: they are as many as
 * counters were taken. */
static void restore_counts(struct changeset *list, const struct bundle_content *c) {
  for (size_t i = 0; i < c->changeset_count; i++) {
    uint64_t end = i + 1 < c->changeset_count ? list[i + 1].counter : c->counter_end;
    list[i].op_count = (size_t)(end - list[i].counter);
  }
}

struct resealing {
  const struct hub *hub;
  op_about *about;
  void *ctx;
  struct arena *arena;
  bool changed;
  bool *whole;
};

static err blank_all(struct resealing *r, struct bundle_content *c) {
  struct changeset *list = arena_take(r->arena, c->changeset_count + 1, sizeof *list);
  r->whole = arena_take(r->arena, c->changeset_count + 1, sizeof *r->whole);
  if (!list || !r->whole) return ERR_NO_MEMORY;
  if (c->changeset_count) bytes_copy(list, c->changesets, c->changeset_count * sizeof *list);
  restore_counts(list, c);
  for (size_t i = 0; i < c->changeset_count; i++) {
    size_t left;
    const struct op *before = list[i].ops;
    TRY(changeset_blank(&list[i], &list[i], r->about, r->ctx, r->arena, &left));
    bool changed = list[i].ops != before;
    r->changed = r->changed || changed;
    r->whole[i] = changed && left == 0;
  }
  c->changesets = list;
  c->schema = schema_version;
  return ERR_OK;
}

/* Of a later bundle's chain the hash in the store speaks, not these bytes. */
static err seal_again(struct resealing *r, const struct bundle_header *h, const struct bundle_content *c,
                      struct buf *out) {
  const struct hub_box_key *intake = &r->hub->intake[r->hub->intake_count - 1];
  struct bundle_header header = *h;
  struct buf plain = BUF_INIT(bundle_plain_bytes_max);
  header.intake_key = intake->number;
  err e = content_encode(&plain, c);
  if (e == ERR_OK)
    e = bundle_seal(out, &header, buf_slice(&plain), intake->keys.public_key, r->hub->sign.secret,
                    &r->hub->entropy);
  buf_wipe(&plain);
  return e;
}

static err reseal(struct resealing *r, struct slice raw, struct buf *plain, struct buf *out, size_t *count) {
  struct bundle_parts parts;
  struct bundle_content content;
  err *refused;
  TRY(bundle_parse(&parts, raw));
  const struct hub_box_key *intake = hub_intake(r->hub, parts.header.intake_key);
  if (!intake) return ERR_CRYPTO;
  TRY(bundle_open(plain, &parts, &intake->keys));
  TRY(content_decode(&content, &refused, buf_slice(plain), r->arena, NULL));
  TRY(blank_all(r, &content));
  *count = content.changeset_count;
  return r->changed ? seal_again(r, &parts.header, &content, out) : ERR_OK;
}

err erase_reseal(struct buf *out, bool **whole, size_t *count, const struct hub *hub, struct slice raw,
                 op_about *about, void *ctx, struct arena *a) {
  struct resealing r = {.hub = hub, .about = about, .ctx = ctx, .arena = a};
  struct buf plain = BUF_INIT(content_bytes_max);
  *count = 0;
  err e = reseal(&r, raw, &plain, out, count);
  buf_wipe(&plain);
  *whole = r.whole;
  return e;
}

static bool is_about(void *ctx, const struct op *op) {
  const struct erase_subject *s = ctx;
  struct id learner;
  if (op_subject(op, &learner) && id_equal(&learner, &s->learner)) return true;
  return row_key_in(s->rows, s->row_count, op->table, &op->row);
}

/* A changeset of which nothing is left waits for nobody: it is noted, to be rejected when the erasure is
 * done. */
static err note_whole(struct erase_result *r, const struct store_bundle *b, const bool *whole, size_t count,
                      struct arena *kept) {
  for (uint32_t i = 0; i < count && b->status != RECEIPT_HELD; i++) {
    if (!whole[i]) continue;
    struct quarantine_ref *list = arena_take(kept, r->emptied_count + 1, sizeof *list);
    if (!list) return ERR_NO_MEMORY;
    if (r->emptied_count) bytes_copy(list, r->emptied, r->emptied_count * sizeof *list);
    list[r->emptied_count++] = (struct quarantine_ref){
        .device = b->device, .incarnation = b->incarnation, .seq = b->seq, .changeset = i};
    r->emptied = list;
  }
  return ERR_OK;
}

static bool is_unreadable(err e) {
  return e == ERR_CRYPTO || e == ERR_MALFORMED || e == ERR_VERSION || e == ERR_TRUNCATED ||
         e == ERR_TRAILING || e == ERR_TOO_BIG;
}

static err erase_bundle(struct erase_result *r, const struct hub *hub, struct store *store,
                        const struct erase_subject *subject, const struct store_bundle *b, uint64_t number,
                        struct arena *a) {
  struct buf sealed = BUF_INIT(bundle_bytes_max);
  bool *whole = NULL;
  size_t count;
  err e = erase_reseal(&sealed, &whole, &count, hub, b->raw, is_about, (void *)(uintptr_t)subject, a);
  bool unreadable = is_unreadable(e), changed = e == ERR_OK && sealed.len > 0;
  if (changed) e = store->ops->bundle_raw_save(store, number, buf_slice(&sealed));
  if (changed && e == ERR_OK) e = note_whole(r, b, whole, count, subject->kept);
  buf_finish(&sealed);
  r->unreadable += unreadable;
  r->bundles += changed;
  return unreadable ? ERR_OK : e;
}

err erase_bundles(struct erase_result *r, const struct hub *hub, struct store *store,
                  const struct erase_subject *subject) {
  struct arena a = ARENA_INIT(4 * (size_t)job_bytes_max);
  uint64_t number = 0;
  err e = ERR_OK;
  while (e == ERR_OK) {
    struct store_bundle b;
    arena_clear(&a);
    e = store->ops->bundle_raw(store, number, &a, &b, &number);
    if (e == ERR_OK) e = erase_bundle(r, hub, store, subject, &b, number, &a);
  }
  arena_finish(&a);
  return e == ERR_NOT_FOUND ? ERR_OK : e;
}
