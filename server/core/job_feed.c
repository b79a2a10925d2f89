/* job_feed.c: one batch of a stream. The tutors of an ensemble stand at the same place in its stream and hear
 * of the same rows, so a batch is read and written out once, and given to the next who asks. What was put
 * behind it meanwhile, there or in other streams, does not make it wrong: only its end is not the stream's
 * any more, and the next batch begins there. */
#include <stdlib.h>

#include "server/core/job.h"

enum { feed_again_part = 8, feed_part_rows_min = 64 };

/* A batch as it travels: the entries behind `before` up to `end`. It is right as long as all of them are
 * there: a row that changed stands elsewhere then, and one that was erased nowhere. */
struct feed_kept {
  struct id stream;
  uint8_t audience;
  uint32_t schema; /* the device's */
  bool digest;     /* it was asked for */
  bool valid;
  uint64_t before, end, entries;
  uint64_t left_out, told; /* departures: the last one that is not told, and the first one that is; 0: none */
  struct feed_batch batch;
  struct buf bytes;
};
struct feed_memory {
  struct feed_kept list[feed_kept_max]; /* the oldest one is the next to go */
  size_t next, bytes;
};

void feed_memory_destroy(struct feed_memory *m) {
  if (!m) return;
  for (size_t i = 0; i < feed_kept_max; i++) buf_finish(&m->list[i].bytes);
  free(m);
}

static struct feed_memory *memory_of(struct store *store) {
  if (!store->feed) store->feed = calloc(1, sizeof *store->feed);
  return store->feed;
}

static void forget(struct feed_memory *m, struct feed_kept *k) {
  m->bytes -= k->bytes.len;
  buf_finish(&k->bytes);
  k->valid = false;
}

/* Whoever begins a stream, or begins it anew, holds nothing of what had left it by then, and need not be told
 * of it, in that batch and in those behind it. */
static void note_begun(struct job *job, const struct feed_edges *now) {
  if (job->from.position == 0 || job->from.position > now->position) job->begun = now->position;
}

static bool is_for(const struct feed_kept *k, const struct job *job) {
  bool lacks = k->left_out > job->begun, bores = k->told && k->told <= job->begun;
  return k->valid && !lacks && !bores && k->schema == job->schema && k->digest == job->digest &&
         k->audience == job->from.audience && id_equal(&k->stream, &job->from.stream);
}

/* A reader may stand a little further on: to hear a few rows again does no harm. */
static bool fits(const struct feed_kept *k, const struct job *job, const struct feed_edges *now) {
  bool forward = k->before <= now->before && k->end > now->before;
  bool nothing = k->before == now->before && k->end == now->last;
  return (forward || nothing) && is_for(k, job);
}

/* The one that reaches furthest, and begins last. */
static struct feed_kept *best(struct feed_memory *m, const struct job *job, const struct feed_edges *now) {
  struct feed_kept *found = NULL;
  for (size_t i = 0; i < feed_kept_max; i++) {
    struct feed_kept *k = &m->list[i];
    if (!fits(k, job, now)) continue;
    if (!found || k->end > found->end || (k->end == found->end && k->before > found->before)) found = k;
  }
  return found;
}

/* One that is not whole any more is forgotten. One that would tell much again is only not used: NULL. */
static err recall(struct feed_kept **out, struct feed_memory *m, const struct job *job, struct store *store,
                  const struct feed_edges *now) {
  uint64_t there, news;
  while ((*out = best(m, job, now))) {
    struct feed_kept *k = *out;
    TRY(store->ops->feed_count(store, &k->stream, k->before, k->end, &there));
    if (there == k->entries) break;
    forget(m, k);
  }
  if (!*out || (*out)->before == now->before) return ERR_OK;
  TRY(store->ops->feed_count(store, &(*out)->stream, now->before, (*out)->end, &news));
  if ((*out)->entries - news > news / feed_again_part) *out = NULL;
  return ERR_OK;
}

/* What is read ends where another batch begins, unless that is near. */
static err rows_until_next(size_t *out, const struct feed_memory *m, const struct job *job,
                           struct store *store, const struct feed_edges *now) {
  uint64_t next = 0, rows;
  *out = feed_batch_rows_max;
  for (size_t i = 0; i < feed_kept_max; i++) {
    const struct feed_kept *k = &m->list[i];
    if (is_for(k, job) && k->before > now->before && (!next || k->before < next)) next = k->before;
  }
  if (!next) return ERR_OK;
  TRY(store->ops->feed_count(store, &job->from.stream, now->before, next, &rows));
  if (rows >= feed_part_rows_min && rows < feed_batch_rows_max) *out = (size_t)rows;
  return ERR_OK;
}

/* Years of meetings that are over (horizon.h) would else be told to every new device, one by one. */
static void leave_out(struct feed_kept *k, struct feed_batch *b, uint64_t begun) {
  struct feed_item *items = (struct feed_item *)(uintptr_t)b->items;
  size_t stay = 0;
  for (size_t i = 0; i < b->count; i++) {
    bool leaves = items[i].kind == FEED_LEAVE, early = items[i].version <= begun;
    if (leaves && early) k->left_out = items[i].version;
    if (leaves && !early && k->told == 0) k->told = items[i].version;
    if (!leaves || !early) items[stay++] = items[i];
  }
  b->count = stay;
}

static err read_batch(struct feed_kept *k, const struct feed_memory *m, struct job *job, struct store *store,
                      const struct feed_edges *now) {
  struct feed_batch *b = &k->batch;
  size_t rows_max;
  TRY(rows_until_next(&rows_max, m, job, store, now));
  TRY(store->ops->read_feed(store, &job->from, rows_max, &job->arena, b));
  leave_out(k, b, job->begun);
  k->end = b->checkpoint ? now->last : b->to;
  TRY(store->ops->feed_count(store, &k->stream, k->before, k->end, &k->entries));
  b->has_digest = job->digest && b->checkpoint;
  if (b->has_digest) TRY(store->ops->stream_digest(store, &job->from, b->digest));
  TRY(job_project(b, job->schema, &job->arena));
  TRY(feed_encode_items(&k->bytes, b));
  b->items = NULL;
  return ERR_OK;
}

/* Read for this one, and kept for the next, as far as there is room. */
static err read_new(struct feed_kept **out, struct feed_memory *m, struct job *job, struct store *store,
                    const struct feed_edges *now) {
  struct feed_kept *k = &m->list[m->next];
  forget(m, k);
  *k = (struct feed_kept){.stream = job->from.stream,
                          .audience = job->from.audience,
                          .schema = job->schema,
                          .digest = job->digest,
                          .before = now->before,
                          .bytes = BUF_INIT(message_bytes_max)};
  err e = read_batch(k, m, job, store, now);
  m->bytes += k->bytes.len;
  k->valid = e == ERR_OK;
  m->next = (m->next + 1) % feed_kept_max;
  for (size_t i = m->next; m->bytes > feed_kept_bytes_max && &m->list[i] != k; i = (i + 1) % feed_kept_max)
    forget(m, &m->list[i]);
  *out = k;
  return e;
}

/* It begins at the reader's own place. At the stream's end it stands for all that the hub has committed, so
 * it ends at the hub's number. Whoever stands beyond that one heard of changes the hub has forgotten, and
 * begins anew. */
static void place(struct feed_batch *b, const struct feed_kept *k, const struct job *job,
                  const struct feed_edges *now) {
  b->restart = job->from.position > now->position;
  b->from = b->restart ? 0 : job->from.position;
  b->checkpoint = k->end == now->last;
  b->to = b->checkpoint ? now->position : k->end;
  b->has_digest = b->has_digest && b->checkpoint;
}

static err tell_nothing(struct job *job, const struct feed_edges *now) {
  job->feed = (struct feed_batch){
      .stream = job->from.stream, .audience = job->from.audience, .to = now->position, .checkpoint = true};
  job->feed.restart = job->from.position > now->position;
  job->feed.from = job->feed.restart ? 0 : job->from.position;
  return job_project(&job->feed, job->schema, &job->arena);
}

err job_feed(struct job *job, struct store *store) {
  struct feed_edges now;
  struct feed_kept *k;
  struct feed_memory *m = memory_of(store);
  if (!m) return ERR_NO_MEMORY;
  struct stream_position from = job->from;
  TRY(store->ops->feed_edges(store, &from, &now));
  if (from.position > now.position) {
    from.position = 0;
    TRY(store->ops->feed_edges(store, &from, &now));
  }
  note_begun(job, &now);
  if (now.before == now.last && !job->digest) return tell_nothing(job, &now);
  TRY(recall(&k, m, job, store, &now));
  if (!k) TRY(read_new(&k, m, job, store, &now));
  job->feed = k->batch;
  place(&job->feed, k, job, &now);
  job->feed.packed = arena_copy(&job->arena, buf_slice(&k->bytes));
  return job->feed.packed.ptr ? ERR_OK : ERR_NO_MEMORY;
}
