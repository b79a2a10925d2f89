/* ingest_world.c: the common beginning of tests that bring bundles to the hub. */
#include "tests/lib/ingest_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

struct ingest_world ingest_world;
static struct ingest_world *const w = &ingest_world;

int ingest_world_open(void **state) {
  (void)state;
  w->arena = (struct arena)ARENA_INIT(1 << 24);
  hub_host_open(&w->host, 1);
  hub_world_make(&w->world, &w->host);
  test_device_enrol(&w->device, &w->host, &w->world.ada, &w->world.cam);
  test_device_enrol(&w->other, &w->host, &w->world.ben, NULL);
  return 0;
}

int ingest_world_close(void **state) {
  (void)state;
  test_device_finish(&w->device);
  test_device_finish(&w->other);
  hub_host_close(&w->host);
  buf_finish(&w->last);
  arena_finish(&w->arena);
  return 0;
}

struct changeset *ingest_mark(struct test_device *d, const struct id *author, const struct id *learner,
                              int code) {
  return test_device_mark(d, author, &w->world.strings_today, learner, code, -1);
}

struct receipt ingest_bring(struct test_device *d) {
  struct job job;
  buf_finish(&w->last);
  test_device_seal(d, &w->last);
  hub_host_ingest(&w->host, &job, buf_slice(&w->last));
  assert_int_equal(job.result, ERR_OK);
  struct receipt r = test_receipt(&w->host, arena_copy(&w->arena, job.receipt), &w->arena);
  job_finish(&job);
  return r;
}

void ingest_refused(struct slice bundle, err expected) {
  uint8_t before[hash_bytes], after[hash_bytes];
  struct job job;
  hub_host_digest(&w->host, before);
  struct view_counts counts = hub_host_counts(&w->host);
  hub_host_ingest(&w->host, &job, bundle);
  assert_string_equal(err_name(job.result), err_name(expected));
  assert_null(job.receipt.ptr);
  job_finish(&job);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(hub_host_counts(&w->host).bundles, counts.bundles);
}

struct row ingest_load_mark(const struct id *learner) {
  struct id keys[2] = {w->world.strings_today, *learner}, id;
  struct row row;
  crypto_row_id(&id, TABLE_mark, keys, 2);
  assert_int_equal(
      w->host.store->ops->load_row(w->host.store, schema_table(TABLE_mark), &id, &w->arena, &row), ERR_OK);
  return row;
}
