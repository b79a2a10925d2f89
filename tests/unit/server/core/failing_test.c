/* failing_test.c: a disk that is full while bundles and the office's writes come in: nothing changes, and
 * everything goes on afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/run.h"
#include "tests/lib/full_disk.h"
#include "tests/lib/hub_world.h"

static struct hub_host host;
static struct hub_world world;
static struct test_device device, other;

static int setup(void **state) {
  (void)state;
  full_disk_register();
  full_disk_set(false);
  hub_host_open(&host, 5);
  host.store->ops->close(host.store);
  struct store_sqlite_config config = {.path = host.path, .vfs = "full"};
  assert_int_equal(store_sqlite_open(&host.store, &config, NULL), ERR_OK);
  hub_world_make(&world, &host);
  test_device_enrol(&device, &host, &world.ada, NULL);
  test_device_enrol(&other, &host, &world.ben, NULL);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  full_disk_set(false);
  full_disk_fail_flushes(false);
  test_device_finish(&device);
  test_device_finish(&other);
  hub_host_close(&host);
  return 0;
}

static void a_full_disk_fails_the_whole_group_and_changes_nothing(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct buf a, b;
  struct job one, two, *jobs[2] = {&one, &two};
  test_device_mark(&device, &world.ada, &world.strings_today, &world.zoe, ENUM_mark_code_P, -1);
  test_device_seal(&device, &a);
  test_device_mark(&other, &world.ben, &world.strings_today, &world.jo, ENUM_mark_code_P, -1);
  test_device_seal(&other, &b);
  for (int round = 0; round < 2; round++) {
    job_init(&one, JOB_INGEST);
    job_init(&two, JOB_INGEST);
    assert_int_equal(buf_append(&one.bytes, buf_slice(&a)), ERR_OK);
    assert_int_equal(buf_append(&two.bytes, buf_slice(&b)), ERR_OK);
    hub_host_digest(&host, before);
    full_disk_set(round == 0);
    ingest_group(jobs, 2, &host.hub, host.store, &host.now);
    full_disk_set(false);
    hub_host_digest(&host, after);
    err expected = round == 0 ? ERR_FULL : ERR_OK;
    assert_string_equal(err_name(one.result), err_name(expected));
    assert_string_equal(err_name(two.result), err_name(expected));
    assert_int_equal(one.receipt.len > 0, round == 1);
    if (round == 0) assert_memory_equal(before, after, hash_bytes);
    job_finish(&one);
    job_finish(&two);
  }
  assert_int_equal(hub_host_counts(&host).marks, 2);
  buf_finish(&a);
  buf_finish(&b);
}

static struct op new_school(void) {
  struct op op = {.table = schema_table(TABLE_school), .row = {{1}}, .units = 3};
  op.values[COL(school, name)] = value_text(slice_text("Hill"));
  return op;
}

static void a_full_disk_stops_the_office_with_a_sentence(void **state) {
  (void)state;
  struct op op = new_school();
  struct office_result r;
  struct fault fault = {.code = ERR_OK};
  struct arena a = ARENA_INIT(65536);
  full_disk_set(true);
  assert_int_equal(
      office_apply(&r, &host.hub, host.store, &host.now, &host.hub.id, &op, 1, false, &a, &fault), ERR_FULL);
  assert_true(fault.text[0] != 0);
  full_disk_set(false);
  assert_int_equal(hub_host_counts(&host).schools, 0);
  assert_int_equal(
      office_apply(&r, &host.hub, host.store, &host.now, &host.hub.id, &op, 1, false, &a, &fault), ERR_OK);
  arena_finish(&a);
}

/* What a failed flush left in the log may be found there at the next start, so "could not store" is not all
 * that there is to say. */
static void after_a_failed_flush_the_office_hears_that_it_may_be_there_after_a_restart(void **state) {
  (void)state;
  const struct op op = new_school();
  struct office_result r;
  struct fault fault = {.code = ERR_OK};
  struct arena a = ARENA_INIT(65536);
  struct store_run run = {
      .id = {{7}}, .who = world.ben, .what = slice_text("schools"), .name = slice_text("list.csv")};
  full_disk_fail_flushes(true);
  assert_int_equal(
      office_apply(&r, &host.hub, host.store, &host.now, &host.hub.id, &op, 1, false, &a, &fault), ERR_IO);
  assert_non_null(strstr(fault.text, "look whether it is"));
  assert_int_equal(run_apply(&r, &host.hub, host.store, &host.now, &run, &op, NULL, 1, NULL, &fault), ERR_IO);
  assert_non_null(strstr(fault.text, "look at Import's list"));
  full_disk_fail_flushes(false);
  assert_int_equal(hub_host_counts(&host).schools, 0);
  arena_finish(&a);
}

static void a_device_is_told_to_come_back_when_the_disk_is_full(void **state) {
  (void)state;
  struct test_line line;
  struct message m;
  struct buf bundle;
  test_line_open(&line, &device, NULL);
  while (test_line_next(&line, &m)) assert_false(line.line.closed);
  test_device_mark(&device, &world.ada, &world.strings_today, &world.zoe, ENUM_mark_code_P, -1);
  test_device_seal(&device, &bundle);
  m = (struct message){.type = MSG_BUNDLE, .bundle = {.bytes = buf_slice(&bundle)}};
  full_disk_set(true);
  test_line_send(&line, &m);
  full_disk_set(false);
  assert_true(test_line_next(&line, &m));
  assert_int_equal(m.type, MSG_RETRY);
  assert_true(line.line.closed);
  buf_finish(&bundle);
  test_line_close(&line);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_full_disk_fails_the_whole_group_and_changes_nothing),
      TEST(a_full_disk_stops_the_office_with_a_sentence),
      TEST(after_a_failed_flush_the_office_hears_that_it_may_be_there_after_a_restart),
      TEST(a_device_is_told_to_come_back_when_the_disk_is_full),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
