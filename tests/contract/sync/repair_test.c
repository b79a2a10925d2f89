/* repair_test.c: a device whose rows are not what the hub sent is put right by what differs, or by the whole
 * stream; and whoever comes in a hurry pays nothing for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "tests/contract/sync/device_inside.h"
#include "tests/contract/sync/pair.h"

static struct pair pair;
static struct arena arena;
static struct pair_device *d;

static int setup(void **state) {
  (void)state;
  arena = (struct arena)ARENA_INIT(1 << 26);
  pair_open(&pair, 13);
  d = pair_add(&pair, &pair.world.ada);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  pair_mark(&pair, d, &pair.world.jo, "AU");
  pair_pass(&pair, seal_pause_ms + 1);
  pair_hold(&pair, d, true);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  pair_close(&pair);
  arena_finish(&arena);
  return 0;
}

static struct store_device_note note(void) {
  struct store_device_note n;
  struct view_device *list;
  size_t count;
  assert_int_equal(views_devices(pair.hub.store, &arena, &list, &count), ERR_OK);
  assert_int_equal(pair.hub.store->ops->device_note_load(pair.hub.store, &list[0].device.id, &n), ERR_OK);
  assert_true(n.repairs == list[0].repairs && n.restarts == list[0].restarts);
  return n;
}

/* A new session, and as many sweeps as it has streams, and some. */
static void meet(void) {
  pair_hold(&pair, d, false);
  for (int i = 0; i < 8; i++) pair_pass(&pair, 1000);
}

static int64_t count(const char *sql) { return device_number(&d->host, sql); }

static void what_is_right_needs_no_repair(void **state) {
  (void)state;
  meet();
  assert_int_equal(note().repairs, 0);
  pair_power_cut(&pair, d);
  meet();
  assert_int_equal(note().repairs, 0);
}

static void a_changed_value_is_put_right_by_one_row(void **state) {
  (void)state;
  device_spoil(&d->host, "UPDATE mark SET code=3 WHERE code=1");
  size_t before = d->got_bytes;
  meet();
  assert_int_equal(count("SELECT count(*) FROM mark WHERE code=1"), 1);
  assert_int_equal(note().repairs, 1);
  assert_int_equal(note().restarts, 0);
  assert_true(d->got_bytes - before < 4096);
  pair_pass(&pair, 5000);
  assert_int_equal(note().repairs, 1);
}

static void a_lost_row_comes_back(void **state) {
  (void)state;
  device_spoil(&d->host, "DELETE FROM mark");
  device_spoil(&d->host,
               "DELETE FROM member WHERE tbl=12 AND row=(SELECT max(row) FROM member WHERE tbl=12)");
  meet();
  assert_int_equal(count("SELECT count(*) FROM mark"), 2);
  assert_int_equal(note().repairs, 1);
}

static void a_row_that_is_not_in_the_stream_leaves(void **state) {
  (void)state;
  device_spoil(&d->host,
               "INSERT INTO learner(id, first_name, heads, version) SELECT randomblob(16), 'Nobody', heads, "
               "version FROM learner LIMIT 1");
  device_spoil(&d->host,
               "INSERT INTO member SELECT 7, id, (SELECT stream FROM member WHERE tbl=7 LIMIT 1), 0 FROM "
               "learner WHERE first_name='Nobody'");
  meet();
  assert_int_equal(count("SELECT count(*) FROM learner WHERE first_name='Nobody'"), 0);
  assert_int_equal(note().repairs, 1);
}

/* The version stands higher than the hub's, as after a backup was restored: it counts all the same. */
static void a_version_that_ran_ahead_is_no_excuse(void **state) {
  (void)state;
  device_spoil(&d->host, "UPDATE learner SET first_name='Wrong', version=999999");
  meet();
  assert_int_equal(count("SELECT count(*) FROM learner WHERE first_name='Wrong' OR version=999999"), 0);
  assert_int_equal(note().repairs, 1);
}

/* More differs than one batch holds, so the stream comes anew. */
static void much_that_differs_is_sent_as_a_whole(void **state) {
  (void)state;
  device_spoil(
      &d->host,
      "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<3000) INSERT INTO "
      "member SELECT 12, randomblob(16), (SELECT stream FROM member WHERE tbl=12 LIMIT 1), 0 FROM n");
  meet();
  assert_int_equal(count("SELECT count(*) FROM member WHERE tbl=12"), 2);
  assert_int_equal(note().restarts, 1);
  pair_pass(&pair, 5000);
  assert_int_equal(note().restarts, 1);
}

/* Unsent work lies over the rows; the hub's form of one is not kept, so nothing can be said, and nothing is
 * lost. */
static void unsent_work_is_not_taken_for_damage(void **state) {
  (void)state;
  pair_mark(&pair, d, &pair.world.zoe, "L");
  meet();
  assert_int_equal(note().repairs, 0);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 2);
}

static void a_fresh_device_is_not_asked(void **state) {
  (void)state;
  struct pair_device *fresh = pair_add(&pair, &pair.world.ben);
  size_t before = fresh->got_bytes;
  for (int i = 0; i < 8; i++) pair_pass(&pair, 1000);
  assert_int_equal(fresh->got_bytes, before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_is_right_needs_no_repair),
      TEST(a_changed_value_is_put_right_by_one_row),
      TEST(a_lost_row_comes_back),
      TEST(a_row_that_is_not_in_the_stream_leaves),
      TEST(a_version_that_ran_ahead_is_no_excuse),
      TEST(much_that_differs_is_sent_as_a_whole),
      TEST(unsent_work_is_not_taken_for_damage),
      TEST(a_fresh_device_is_not_asked),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
