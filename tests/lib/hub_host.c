/* hub_host.c: the hub's threads, sockets and clock, all played by one function call. */
#include "tests/lib/hub_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/core/horizon.h"
#include "server/core/sweep.h"

static void must(err e) { ASSERT(e == ERR_OK); }

/* splitmix64: two equal runs draw equal numbers. */
static void fill(void *ctx, void *out, size_t len) {
  struct hub_host *h = ctx;
  uint8_t *bytes = out;
  for (size_t i = 0; i < len; i++) {
    uint64_t z = (h->random += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    bytes[i] = (uint8_t)(z >> 56);
  }
}

struct entropy hub_host_entropy(struct hub_host *h) {
  return (struct entropy){.ctx = h, .fill = fill};
}

static void open_store(struct hub_host *h, bool create) {
  struct fault fault = {.code = ERR_OK};
  struct store_sqlite_config config = {.path = h->path, .create = create};
  if (store_sqlite_open(&h->store, &config, &fault) == ERR_OK) return;
  (void)fprintf(stderr, "%s\n", fault.text);
  abort();
}

void hub_host_open(struct hub_host *h, uint64_t seed) {
  *h = (struct hub_host){.random = seed, .now = {.wall_ms = 1795262400000, .mono_ms = 1000000}};
  must(crypto_init());
  gate_init(&h->gate);
  (void)snprintf(h->dir, sizeof h->dir, "/tmp/tutti-test-XXXXXX");
  ASSERT(mkdtemp(h->dir));
  (void)snprintf(h->path, sizeof h->path, "%s/hub.db", h->dir);
  struct entropy e = hub_host_entropy(h);
  must(hub_keys_generate(&h->hub, "Test Hub", "wss://localhost:8443/sync", &e, &h->now));
  open_store(h, true);
}

void hub_host_reopen(struct hub_host *h) {
  if (h->store) h->store->ops->close(h->store);
  open_store(h, false);
}

static void remove_file(const struct hub_host *h, const char *suffix) {
  char path[128];
  (void)snprintf(path, sizeof path, "%s%s", h->path, suffix);
  (void)unlink(path);
}

void hub_host_close(struct hub_host *h) {
  h->store->ops->close(h->store);
  hub_finish(&h->hub);
  gate_finish(&h->gate);
  remove_file(h, "");
  remove_file(h, "-wal");
  remove_file(h, "-shm");
  (void)rmdir(h->dir);
}

void hub_host_pass(struct hub_host *h, int64_t ms) {
  h->now.wall_ms += ms;
  h->now.mono_ms += (uint64_t)ms;
  for (size_t i = 0; i < h->line_count; i++) hub_line_event(h->lines[i], SESSION_TICK);
}

void hub_host_keep(struct hub_host *h) {
  const struct change_set all = {.all_streams = true, .grants = true, .receipts = true};
  struct change_set changes;
  size_t released;
  struct horizon_piece piece = {.more = true};
  must(sweep_now(&h->hub, h->store, &h->now));
  while (piece.more) must(horizon_step(&piece, &h->hub, h->store, &h->now));
  must(ingest_release_held(&released, &changes, &h->hub, h->store, &h->now, 0, NULL));
  for (size_t i = 0; i < h->line_count; i++) {
    struct session_event event = {.kind = SESSION_CHANGED, .now = h->now, .changes = &all};
    hub_line_changed(h->lines[i], &event);
  }
}

void hub_host_tidy(struct hub_host *h) {
  struct job job;
  job_init(&job, JOB_KEEP);
  must(h->store->ops->number_load(h->store, STORE_POSITION, &job.known_position));
  job_run(&job, &h->hub, h->store, &h->now);
  must(job.result);
  job_finish(&job);
}

void hub_host_digest(struct hub_host *h, uint8_t out[hash_bytes]) { must(views_digest(h->store, out)); }

struct view_counts hub_host_counts(struct hub_host *h) {
  struct view_counts counts;
  must(views_counts(h->store, &counts));
  return counts;
}

void hub_host_ingest(struct hub_host *h, struct job *job, struct slice bundle) {
  job_init(job, JOB_INGEST);
  if (bundle.len > job->bytes.max) job->bytes.max = bundle.len;
  must(buf_append(&job->bytes, bundle));
  ingest_group(&job, 1, &h->hub, h->store, &h->now);
}

/* ---- lines ---- */

static void step(struct hub_line *l, const struct session_event *event);

static void run_job(struct hub_line *l, struct job *job) {
  struct hub_host *h = l->host;
  if (job->kind == JOB_INGEST)
    ingest_group(&job, 1, &h->hub, h->store, &h->now);
  else
    job_run(job, &h->hub, h->store, &h->now);
  struct change_set changes = job->changes;
  bool changed = job->result == ERR_OK && changes.position;
  step(l, &(struct session_event){.kind = SESSION_JOB, .now = h->now, .job = job});
  for (size_t i = 0; changed && i < h->line_count; i++) {
    step(h->lines[i], &(struct session_event){.kind = SESSION_CHANGED, .now = h->now, .changes = &changes});
  }
}

static void keep_frame(struct hub_line *l, struct slice bytes) {
  ASSERT(l->count < hub_line_frames_max);
  struct buf *frame = &l->frames[l->count++];
  *frame = (struct buf)BUF_INIT(message_bytes_max);
  must(buf_append(frame, bytes));
}

static void step(struct hub_line *l, const struct session_event *event) {
  const struct session_action *actions;
  size_t count, before = l->waiting_count;
  session_step(l->session, event, &actions, &count);
  for (size_t i = 0; i < count; i++) {
    switch (actions[i].kind) {
    case SESSION_SEND: keep_frame(l, actions[i].bytes); break;
    case SESSION_CLOSE: l->closed = true; break;
    case SESSION_ASK:
      ASSERT(l->waiting_count < hub_line_frames_max);
      l->waiting[l->waiting_count++] = actions[i].job;
      break;
    }
  }
  if (!l->lazy && before == 0) hub_line_work(l);
}

/* Jobs may bring new ones; those are run too, in order. */
void hub_line_work(struct hub_line *l) {
  for (size_t i = 0; i < l->waiting_count; i++) run_job(l, l->waiting[i]);
  l->waiting_count = 0;
}

void hub_line_open(struct hub_line *l, struct hub_host *h) {
  l->host = h; /* the lists behind their counts are long, and lines are opened often */
  l->first = l->count = l->waiting_count = 0;
  l->closed = l->lazy = false;
  must(session_create(&l->session, &h->hub, &h->gate, &h->now));
  ASSERT(h->line_count < hub_host_lines_max);
  h->lines[h->line_count++] = l;
}

void hub_line_close(struct hub_line *l) {
  struct hub_host *h = l->host;
  for (size_t i = 0; i < h->line_count; i++) {
    if (h->lines[i] == l) h->lines[i] = h->lines[--h->line_count];
  }
  for (size_t i = 0; i < l->waiting_count; i++) job_destroy(l->waiting[i]);
  for (size_t i = 0; i < l->count; i++) buf_finish(&l->frames[i]);
  session_destroy(l->session);
}

void hub_line_bytes(struct hub_line *l, struct slice bytes) {
  step(l, &(struct session_event){.kind = SESSION_BYTES, .now = l->host->now, .bytes = bytes});
}

void hub_line_event(struct hub_line *l, enum session_event_kind kind) {
  step(l, &(struct session_event){.kind = kind, .now = l->host->now});
}

bool hub_line_take(struct hub_line *l, struct slice *out) {
  if (l->first == l->count) return false;
  *out = buf_slice(&l->frames[l->first++]);
  return true;
}

void hub_line_changed(struct hub_line *l, const struct session_event *event) { step(l, event); }
