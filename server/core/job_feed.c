/* job_feed.c: one batch of a stream. The tutors of an ensemble stand at the same place in its stream and hear
 * of the same rows, so a batch is read and written out once, and given to the next who asks while nothing has
 * changed. */
#include <stdlib.h>

#include "server/core/job.h"

/* A batch as it travels, and for whom it is the right one: whoever stands at `from` while the hub stands at
 * `hub`. */
struct feed_kept {
  struct stream_position from;
  uint32_t schema; /* the device's */
  bool digest;     /* it was asked for */
  uint64_t hub;    /* its change number, which every change raises; 0: nothing is kept here */
  struct feed_batch batch;
  struct buf bytes;
};
struct feed_memory {
  struct feed_kept list[feed_kept_max];
  size_t next;
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

static struct feed_kept *recall(struct feed_memory *m, const struct job *job, uint64_t hub) {
  for (size_t i = 0; i < feed_kept_max; i++) {
    struct feed_kept *k = &m->list[i];
    const struct stream_position *from = &job->from;
    if (k->hub == hub && k->schema == job->schema && k->digest == job->digest &&
        k->from.position == from->position && k->from.audience == from->audience &&
        id_equal(&k->from.stream, &from->stream))
      return k;
  }
  return NULL;
}

static err read_batch(struct feed_kept *k, struct job *job, struct store *store, uint64_t hub) {
  k->hub = 0;
  buf_finish(&k->bytes);
  k->bytes = (struct buf)BUF_INIT(message_bytes_max);
  struct feed_batch *b = &k->batch;
  TRY(store->ops->read_feed(store, &job->from, feed_batch_rows_max, &job->arena, b));
  b->has_digest = job->digest && b->checkpoint;
  if (b->has_digest) TRY(store->ops->stream_digest(store, &job->from, b->digest));
  TRY(job_project(b, job->schema, &job->arena));
  TRY(feed_encode_items(&k->bytes, b));
  b->items = NULL;
  k->from = job->from;
  k->schema = job->schema;
  k->digest = job->digest;
  k->hub = hub;
  return ERR_OK;
}

err job_feed(struct job *job, struct store *store) {
  uint64_t hub;
  struct feed_memory *m = memory_of(store);
  if (!m) return ERR_NO_MEMORY;
  TRY(store->ops->number_load(store, STORE_POSITION, &hub));
  struct feed_kept *k = hub ? recall(m, job, hub) : NULL;
  if (!k) {
    k = &m->list[m->next];
    m->next = (m->next + 1) % feed_kept_max;
    TRY(read_batch(k, job, store, hub));
  }
  job->feed = k->batch;
  job->feed.packed = arena_copy(&job->arena, buf_slice(&k->bytes));
  return job->feed.packed.ptr ? ERR_OK : ERR_NO_MEMORY;
}
