/* workers.c: the writer, the readers and the queues between them and the loop, under one lock that is never
 * held while working. */
#include "server/net/workers.h"

#include <stdlib.h>
#include <uv.h>

#include "server/core/ingest.h"
#include "shared/base/limits.h"
#include "shared/crypto/crypto.h"

enum { stack_bytes = 1048576 };

struct task {
  struct done done; /* becomes the answer; first, so that a done is a task */
  struct task *next;
};
struct queue {
  struct task *first, *last;
  size_t count, bytes, http;
  uv_cond_t filled;
};
struct worker {
  struct workers *all;
  struct store *store;
  struct queue *queue;
  uint64_t told; /* the highest change number of what it has done, which everybody hears of */
  uv_thread_t thread;
};
struct workers {
  const struct net_config *config;
  void (*wake)(void *ctx);
  void *wake_ctx;
  uv_mutex_t lock; /* guards everything below */
  const struct hub *hub;
  struct queue writing, reading;
  struct done *done_first, *done_last;
  size_t busy; /* threads at work */
  bool stopping;
  struct worker workers[net_readers_max + 1];
  size_t worker_count; /* the first one is the writer */
};

void exchange_destroy(struct http_exchange *x) {
  if (!x) return;
  buf_wipe(&x->answer.body);
  arena_wipe(&x->arena); /* the request may hold a password, and always holds whoever's cookie */
  arena_finish(&x->arena);
  crypto_wipe(x, sizeof *x); /* an answer may set a new one */
  free(x);
}

static size_t task_bytes(const struct task *t) { return t->done.job ? t->done.job->bytes.len : 0; }

static void task_destroy(struct task *t) {
  job_destroy(t->done.job);
  exchange_destroy(t->done.exchange);
  free(t);
}

/* ---- queues; the lock is held ---- */
static void queue_put(struct queue *q, struct task *t) {
  t->next = NULL;
  if (q->last)
    q->last->next = t;
  else
    q->first = t;
  q->last = t;
  q->count++;
  q->bytes += task_bytes(t);
  q->http += t->done.exchange != NULL;
  uv_cond_signal(&q->filled);
}

static struct task *queue_take(struct queue *q) {
  struct task *t = q->first;
  if (!t) return NULL;
  q->first = t->next;
  if (!q->first) q->last = NULL;
  q->count--;
  q->bytes -= task_bytes(t);
  q->http -= t->done.exchange != NULL;
  return t;
}

static bool is_bundle(const struct task *t) { return t && t->done.job && t->done.job->kind == JOB_INGEST; }

static void put_done(struct workers *w, struct task *t) {
  t->done.next = NULL;
  if (w->done_last)
    w->done_last->next = &t->done;
  else
    w->done_first = &t->done;
  w->done_last = &t->done;
}

/* All bundles that arrived while the last commit ran go into one; anything else goes alone, so that order is
 * kept. */
static size_t take_batch(struct queue *q, struct task *out[ingest_group_bundles_max]) {
  size_t count = 0;
  do {
    out[count] = queue_take(q);
    if (!out[count]) break;
    count++;
  } while (is_bundle(out[count - 1]) && is_bundle(q->first) && count < ingest_group_bundles_max);
  return count;
}

/* ---- working; the lock is not held ---- */
static void note_told(struct worker *self, const struct change_set *changes) {
  if (changes->position > self->told) self->told = changes->position;
}

/* What was committed while the housekeeping waited for its turn, the loop could not know of when it asked. */
static void run_job(struct worker *self, const struct hub *hub, struct job *job, const struct now *now) {
  if (job->known_position < self->told && job->kind == JOB_KEEP) job->known_position = self->told;
  job_run(job, hub, self->store, now);
  note_told(self, &job->changes);
}

static enum http_next run_batch(struct worker *self, const struct hub *hub, struct task **tasks,
                                size_t count) {
  const struct net_config *config = self->all->config;
  struct now now = config->clock();
  if (tasks[0]->done.exchange) {
    struct http_exchange *x = tasks[0]->done.exchange;
    x->now = now;
    enum http_next next = config->api->step(config->api->ctx, x, self->store);
    x->phase++;
    note_told(self, &x->changes);
    return next;
  }
  if (!is_bundle(tasks[0])) {
    run_job(self, hub, tasks[0]->done.job, &now);
    return HTTP_DONE;
  }
  struct job *jobs[ingest_group_bundles_max];
  for (size_t i = 0; i < count; i++) jobs[i] = tasks[i]->done.job;
  ingest_group(jobs, count, hub, self->store, &now);
  for (size_t i = 0; i < count; i++) note_told(self, &jobs[i]->changes);
  return HTTP_DONE;
}

static void work(void *arg) {
  struct worker *self = arg;
  struct workers *w = self->all;
  struct task *tasks[ingest_group_bundles_max];
  uv_mutex_lock(&w->lock);
  for (;;) {
    while (!self->queue->first && !w->stopping) uv_cond_wait(&self->queue->filled, &w->lock);
    if (w->stopping) break;
    size_t count = take_batch(self->queue, tasks);
    w->busy++;
    const struct hub *hub = w->hub;
    uv_mutex_unlock(&w->lock);
    enum http_next next = run_batch(self, hub, tasks, count);
    uv_mutex_lock(&w->lock);
    w->busy--;
    if (next != HTTP_DONE) {
      queue_put(next == HTTP_WRITER ? &w->writing : &w->reading, tasks[0]);
      continue;
    }
    for (size_t i = 0; i < count; i++) put_done(w, tasks[i]);
    uv_mutex_unlock(&w->lock);
    w->wake(w->wake_ctx);
    uv_mutex_lock(&w->lock);
  }
  uv_mutex_unlock(&w->lock);
}

/* ---- the loop's side ---- */
static err ask(struct workers *w, struct queue *q, struct task task) {
  struct task *t = malloc(sizeof *t);
  if (!t) return ERR_NO_MEMORY;
  *t = task;
  uv_mutex_lock(&w->lock);
  bool full = t->done.exchange ? q->http >= http_queue_max : q->count >= job_queue_max;
  if (!full) queue_put(q, t);
  uv_mutex_unlock(&w->lock);
  if (full) free(t);
  return full ? ERR_BUSY : ERR_OK;
}

err workers_ask_job(struct workers *w, uint64_t owner, struct job *job) {
  struct queue *q = job_needs_writer(job->kind) ? &w->writing : &w->reading;
  return ask(w, q, (struct task){.done = {.owner = owner, .job = job}});
}

err workers_ask_http(struct workers *w, uint64_t owner, struct http_exchange *x) {
  return ask(w, &w->reading, (struct task){.done = {.owner = owner, .exchange = x}});
}

struct done *workers_take_done(struct workers *w) {
  uv_mutex_lock(&w->lock);
  struct done *first = w->done_first;
  w->done_first = w->done_last = NULL;
  uv_mutex_unlock(&w->lock);
  return first;
}

size_t workers_waiting_bytes(struct workers *w) {
  uv_mutex_lock(&w->lock);
  size_t bytes = w->writing.bytes;
  uv_mutex_unlock(&w->lock);
  return bytes;
}

bool workers_are_idle(struct workers *w) {
  uv_mutex_lock(&w->lock);
  bool idle = w->busy == 0 && w->writing.count == 0 && w->reading.count == 0 && !w->done_first;
  uv_mutex_unlock(&w->lock);
  return idle;
}

static err start_worker(struct workers *w, struct store *store, struct queue *queue) {
  struct worker *worker = &w->workers[w->worker_count];
  *worker = (struct worker){.all = w, .store = store, .queue = queue};
  const uv_thread_options_t options = {.flags = UV_THREAD_HAS_STACK_SIZE, .stack_size = stack_bytes};
  if (uv_thread_create_ex(&worker->thread, &options, work, worker)) return ERR_NO_MEMORY;
  w->worker_count++;
  return ERR_OK;
}

static err start_workers(struct workers *w) {
  const struct net_config *config = w->config;
  TRY(start_worker(w, config->writer, &w->writing));
  for (size_t i = 0; i < config->reader_count; i++) TRY(start_worker(w, config->readers[i], &w->reading));
  return ERR_OK;
}

err workers_start(struct workers **out, const struct net_config *config, void (*wake)(void *ctx), void *ctx,
                  struct fault *fault) {
  ASSERT(config->reader_count >= 1 && config->reader_count <= net_readers_max);
  struct workers *w = calloc(1, sizeof *w);
  if (!w) return fault_set(fault, ERR_NO_MEMORY, "there is not enough memory for the hub's threads");
  w->config = config;
  w->hub = config->hub;
  w->wake = wake;
  w->wake_ctx = ctx;
  ASSERT(uv_mutex_init(&w->lock) == 0);
  ASSERT(uv_cond_init(&w->writing.filled) == 0 && uv_cond_init(&w->reading.filled) == 0);
  err e = start_workers(w);
  if (e != ERR_OK) {
    workers_stop(w);
    return fault_set(fault, e, "this machine gives no more threads");
  }
  *out = w;
  return ERR_OK;
}

void workers_take_keys(struct workers *w, const struct hub *hub) {
  uv_mutex_lock(&w->lock);
  w->hub = hub;
  uv_mutex_unlock(&w->lock);
}

static void throw_away(struct queue *q) {
  for (struct task *t = queue_take(q); t; t = queue_take(q)) task_destroy(t);
  uv_cond_destroy(&q->filled);
}

void workers_stop(struct workers *w) {
  if (!w) return;
  uv_mutex_lock(&w->lock);
  w->stopping = true;
  uv_cond_broadcast(&w->writing.filled);
  uv_cond_broadcast(&w->reading.filled);
  uv_mutex_unlock(&w->lock);
  for (size_t i = 0; i < w->worker_count; i++) (void)uv_thread_join(&w->workers[i].thread);
  throw_away(&w->writing);
  throw_away(&w->reading);
  struct done *next;
  for (struct done *d = w->done_first; d; d = next) {
    next = d->next;
    task_destroy((struct task *)d);
  }
  uv_mutex_destroy(&w->lock);
  free(w);
}
