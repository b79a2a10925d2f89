/* order_test.c: the same bundles in any order, some twice, give the same rows, conflicts and digest. The
 * order is drawn from a seed, which a failure prints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "tests/lib/hub_world.h"

enum {
  devices = 4,
  bundles_each = 5,
  bundles = devices * bundles_each,
  orders = 6,
  seeds = 8,
  marks_max = 4
};

struct run {
  struct hub_host host;
  struct hub_world world;
  struct test_device devices[devices];
};
static struct run run;

static uint64_t draw(uint64_t *random, uint64_t below) {
  *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (*random >> 33) % below;
}

/* Two hubs of one seed are the same hub, with the same devices and keys. */
static void open_run(uint64_t seed) {
  hub_host_open(&run.host, seed);
  hub_world_make(&run.world, &run.host);
  for (size_t i = 0; i < devices; i++) {
    test_device_enrol(&run.devices[i], &run.host, i % 2 ? &run.world.ben : &run.world.ada, NULL);
  }
}

static void close_run(void) {
  for (size_t i = 0; i < devices; i++) test_device_finish(&run.devices[i]);
  hub_host_close(&run.host);
}

/* Marks of three players by two people on four devices; half of them name an earlier op of anybody as what
 * they saw. */
static void write_bundles(uint64_t *random, struct buf out[bundles]) {
  struct op_id last[3];
  bool any[3] = {false, false, false};
  const struct id *learners[3] = {&run.world.zoe, &run.world.jo, &run.world.li};
  for (size_t i = 0; i < bundles; i++) {
    struct test_device *d = &run.devices[i % devices];
    const struct id *author = i % devices % 2 ? &run.world.ben : &run.world.ada;
    for (uint64_t n = 1 + draw(random, marks_max); n > 0; n--) {
      size_t who = (size_t)draw(random, 3);
      int code = 1 + (int)draw(random, 5);
      run.host.now.wall_ms += (int64_t)draw(random, 1000);
      int arrived = code == ENUM_mark_code_L ? 970 : -1;
      struct changeset *cs =
          test_device_mark(d, author, &run.world.strings_today, learners[who], code, arrived);
      if (any[who] && draw(random, 2)) test_device_base(d, cs, &last[who]);
      last[who] = test_device_op(d, cs);
      any[who] = true;
    }
    test_device_seal(d, &out[i]);
  }
}

static void bring(const struct buf *bundle) {
  struct job job;
  hub_host_ingest(&run.host, &job, buf_slice(bundle));
  assert_int_equal(job.result, ERR_OK);
  job_finish(&job);
}

static void shuffle(uint64_t *random, size_t order[bundles]) {
  for (size_t i = 0; i < bundles; i++) order[i] = i;
  for (size_t i = bundles; i > 1; i--) {
    size_t k = (size_t)draw(random, i), kept = order[k];
    order[k] = order[i - 1];
    order[i - 1] = kept;
  }
}

static void every_order_gives_the_same(uint64_t seed) {
  struct buf list[bundles];
  uint8_t expected[hash_bytes], digest[hash_bytes];
  uint64_t random = seed;
  open_run(seed);
  write_bundles(&random, list);
  int64_t wall_ms = run.host.now.wall_ms;
  for (size_t i = 0; i < bundles; i++) bring(&list[i]);
  hub_host_digest(&run.host, expected);
  uint64_t conflicts = hub_host_counts(&run.host).conflicts;
  close_run();
  for (int n = 0; n < orders; n++) {
    size_t order[bundles];
    shuffle(&random, order);
    open_run(seed);
    run.host.now.wall_ms = wall_ms;
    for (size_t i = 0; i < bundles; i++) {
      bring(&list[order[i]]);
      if (draw(&random, 4) == 0) bring(&list[order[draw(&random, i + 1)]]);
    }
    hub_host_digest(&run.host, digest);
    struct view_counts counts = hub_host_counts(&run.host);
    if (!crypto_equal(digest, expected, hash_bytes) || counts.conflicts != conflicts || counts.held) {
      fail_msg("seed %llu, order %d: %llu conflicts instead of %llu, or another digest",
               (unsigned long long)seed, n, (unsigned long long)counts.conflicts,
               (unsigned long long)conflicts);
    }
    close_run();
  }
  for (size_t i = 0; i < bundles; i++) buf_finish(&list[i]);
}

static void the_order_of_bundles_never_matters(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= seeds; seed++) every_order_gives_the_same(seed);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_order_of_bundles_never_matters)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
