/* workers_test.c: the threads behind the loop: groups, order, hops between reader and writer, ceilings,
 * stopping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <uv.h>

#include "server/core/ingest.h"
#include "server/net/workers.h"
#include "shared/base/limits.h"

/* What the threads did, and gates to hold them at a known place. */
struct scene {
  uv_mutex_t lock;
  uv_cond_t moved;
  size_t groups, group_sizes[8];
  bool writer_held, writer_waits, reader_held;
  size_t woken, steps;
  struct workers *workers;
  struct net_config config;
  struct http_api api;
  struct store *reader;
};
static struct scene *scene; /* ingest_group has no place for it */
static struct store writer_store, reader_store;

static void wait_at_gate(struct scene *s, const bool *held, bool *waits) {
  uv_mutex_lock(&s->lock);
  if (waits) *waits = true;
  uv_cond_broadcast(&s->moved);
  while (*held) uv_cond_wait(&s->moved, &s->lock);
  uv_mutex_unlock(&s->lock);
}

enum { committed = 1000 }; /* the change number of the first bundle of a group */

/* Stands in for the hub's: marks each bundle with its place in its group. */
void ingest_group(struct job **jobs, size_t count, const struct hub *hub, struct store *store,
                  const struct now *now) {
  (void)hub;
  (void)now;
  assert_ptr_equal(store, &writer_store);
  uv_mutex_lock(&scene->lock);
  if (scene->groups < 8) scene->group_sizes[scene->groups] = count;
  scene->groups++;
  uv_mutex_unlock(&scene->lock);
  for (size_t i = 0; i < count; i++) {
    jobs[i]->receipt_seq = i + 1;
    jobs[i]->changes.position = committed + i;
  }
  wait_at_gate(scene, &scene->writer_held, &scene->writer_waits);
}

/* The scene asks for bundles and the housekeeping only. */
void job_run(struct job *job, const struct hub *hub, struct store *store, const struct now *now) {
  (void)hub, (void)store, (void)now;
  assert_int_equal(job->kind, JOB_KEEP);
}

/* Reader, writer, reader: each step leaves where it was. */
static enum http_next hop(void *ctx, struct http_exchange *x, struct store *store) {
  struct scene *s = ctx;
  wait_at_gate(s, &s->reader_held, NULL);
  assert_ptr_equal(store, x->phase == 1 ? &writer_store : &reader_store);
  assert_int_equal(x->now.wall_ms, 42);
  x->answer.status = 200 + x->phase;
  return x->phase == 0 ? HTTP_WRITER : x->phase == 1 ? HTTP_READER : HTTP_DONE;
}

static struct now clock_of_test(void) { return (struct now){.wall_ms = 42}; }

static void on_wake(void *ctx) {
  struct scene *s = ctx;
  uv_mutex_lock(&s->lock);
  s->woken++;
  uv_cond_broadcast(&s->moved);
  uv_mutex_unlock(&s->lock);
}

static int begin(void **state) {
  struct scene *s = calloc(1, sizeof *s);
  scene = s;
  s->reader = &reader_store;
  s->api = (struct http_api){s, hop};
  s->config = (struct net_config){.writer = &writer_store,
                                  .readers = &s->reader,
                                  .reader_count = 1,
                                  .api = &s->api,
                                  .clock = clock_of_test};
  assert_int_equal(uv_mutex_init(&s->lock) | uv_cond_init(&s->moved), 0);
  assert_int_equal(workers_start(&s->workers, &s->config, on_wake, s, NULL), ERR_OK);
  *state = s;
  return 0;
}

static void open_gates(struct scene *s) {
  uv_mutex_lock(&s->lock);
  s->writer_held = s->reader_held = false;
  uv_cond_broadcast(&s->moved);
  uv_mutex_unlock(&s->lock);
}

static int end(void **state) {
  struct scene *s = *state;
  open_gates(s);
  workers_stop(s->workers);
  uv_cond_destroy(&s->moved);
  uv_mutex_destroy(&s->lock);
  free(s);
  return 0;
}

static void ask_bundle(struct scene *s, uint64_t owner) {
  struct job *job = job_create(JOB_INGEST);
  assert_non_null(job);
  assert_int_equal(buf_append(&job->bytes, slice_text("bundle")), ERR_OK);
  assert_int_equal(workers_ask_job(s->workers, owner, job), ERR_OK);
}

static struct http_exchange *new_exchange(void) {
  struct http_exchange *x = calloc(1, sizeof *x);
  x->arena = (struct arena)ARENA_INIT(1024);
  x->answer.body = (struct buf)BUF_INIT(1024);
  return x;
}

/* The writer stands in its gate with exactly one bundle. */
static void hold_writer(struct scene *s) {
  uv_mutex_lock(&s->lock);
  s->writer_held = true;
  uv_mutex_unlock(&s->lock);
  ask_bundle(s, 1);
  uv_mutex_lock(&s->lock);
  while (!s->writer_waits) uv_cond_wait(&s->moved, &s->lock);
  uv_mutex_unlock(&s->lock);
}

/* Waits for so many finished things and gives them in order. */
static struct done *take(struct scene *s, size_t count) {
  struct done *all = NULL, **last = &all;
  for (size_t have = 0; have < count;) {
    for (struct done *d = workers_take_done(s->workers); d; d = d->next, have++) {
      *last = d;
      last = &d->next;
    }
    uv_mutex_lock(&s->lock);
    if (have < count && s->woken == 0) uv_cond_wait(&s->moved, &s->lock);
    s->woken = 0;
    uv_mutex_unlock(&s->lock);
  }
  return all;
}

static struct done *drop(struct done *d) {
  struct done *next = d->next;
  job_destroy(d->job);
  exchange_destroy(d->exchange);
  free(d);
  return next;
}

static void bundles_that_come_during_a_commit_share_the_next(void **state) {
  struct scene *s = *state;
  hold_writer(s);
  for (uint64_t owner = 2; owner <= 6; owner++) ask_bundle(s, owner);
  assert_int_equal(workers_waiting_bytes(s->workers), 5 * 6);
  open_gates(s);
  struct done *d = take(s, 6);
  for (uint64_t owner = 1; owner <= 6; owner++) {
    assert_int_equal(d->owner, owner);
    assert_int_equal(d->job->receipt_seq, owner == 1 ? 1 : owner - 1);
    d = drop(d);
  }
  assert_int_equal(s->groups, 2);
  assert_int_equal(s->group_sizes[1], 5);
  assert_true(workers_are_idle(s->workers));
}

static void a_group_has_a_ceiling(void **state) {
  struct scene *s = *state;
  hold_writer(s);
  for (uint64_t i = 0; i < ingest_group_bundles_max + 10; i++) ask_bundle(s, 2);
  open_gates(s);
  struct done *d = take(s, ingest_group_bundles_max + 11);
  while (d) d = drop(d);
  assert_int_equal(s->group_sizes[1], ingest_group_bundles_max);
  assert_int_equal(s->group_sizes[2], 10);
}

/* Or each look after the house in a busy evening would tell every device and page of everything. */
static void the_housekeeping_knows_of_what_was_committed_before_its_turn(void **state) {
  struct scene *s = *state;
  hold_writer(s);
  for (uint64_t owner = 2; owner <= 4; owner++) ask_bundle(s, owner);
  struct job *keep = job_create(JOB_KEEP);
  assert_non_null(keep);
  keep->known_position = 1; /* as the loop knew when it asked */
  assert_int_equal(workers_ask_job(s->workers, 9, keep), ERR_OK);
  open_gates(s);
  struct done *d = take(s, 5);
  while (d->owner != 9) d = drop(d);
  assert_int_equal(d->job->known_position, committed + 2);
  assert_null(drop(d));
}

static void an_exchange_goes_where_its_steps_ask(void **state) {
  struct scene *s = *state;
  assert_int_equal(workers_ask_http(s->workers, 7, new_exchange()), ERR_OK);
  struct done *d = take(s, 1);
  assert_int_equal(d->owner, 7);
  assert_int_equal(d->exchange->phase, 3);
  assert_int_equal(d->exchange->answer.status, 202);
  (void)drop(d);
}

static void waiting_requests_have_a_ceiling(void **state) {
  struct scene *s = *state;
  uv_mutex_lock(&s->lock);
  s->reader_held = true;
  uv_mutex_unlock(&s->lock);
  size_t taken = 0;
  struct http_exchange *x = new_exchange();
  while (workers_ask_http(s->workers, 1, x) == ERR_OK) {
    taken++;
    x = new_exchange();
    assert_true(taken <= http_queue_max + 1);
  }
  exchange_destroy(x); /* a refused one stays the asker's */
  assert_true(taken >= http_queue_max);
}

static void stopping_throws_away_what_waits_without_a_leak(void **state) {
  struct scene *s = *state;
  hold_writer(s);
  for (int i = 0; i < 20; i++) ask_bundle(s, 2);
  assert_false(workers_are_idle(s->workers)); /* `end` opens the gates and stops */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(bundles_that_come_during_a_commit_share_the_next, begin, end),
      cmocka_unit_test_setup_teardown(a_group_has_a_ceiling, begin, end),
      cmocka_unit_test_setup_teardown(the_housekeeping_knows_of_what_was_committed_before_its_turn, begin,
                                      end),
      cmocka_unit_test_setup_teardown(an_exchange_goes_where_its_steps_ask, begin, end),
      cmocka_unit_test_setup_teardown(waiting_requests_have_a_ceiling, begin, end),
      cmocka_unit_test_setup_teardown(stopping_throws_away_what_waits_without_a_leak, begin, end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
