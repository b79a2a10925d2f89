/* departures_test.c: who is told what has left a stream, and who is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "tests/lib/holding.h"

static struct hub_host host;
static struct hub_world world;
static struct test_device ada_device, ben_device;
static struct test_line line;
static struct holding held;

static int setup(void **state) {
  (void)state;
  hub_host_open(&host, 3);
  hub_world_make(&world, &host);
  test_device_enrol(&ada_device, &host, &world.ada, NULL);
  test_device_enrol(&ben_device, &host, &world.ben, NULL);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  test_device_finish(&ada_device);
  test_device_finish(&ben_device);
  hub_host_close(&host);
  return 0;
}

static void subscribe(struct test_device *d) {
  test_line_open(&line, d, NULL);
  test_line_subscribe(&line, held.at, held.stream_count, 1);
}

static void start(struct test_device *d) {
  held = (struct holding){.count = 0};
  subscribe(d);
  holding_follow(&held, &line, true);
}

static bool holds(const struct id *stream, uint8_t table, const struct id *row) {
  return holding_has(&held, stream, table, row);
}

/* Both read the same stretch, one after the other and the other way round. */
static void whoever_begins_a_stream_hears_of_no_departures_and_whoever_stands_in_it_does(void **state) {
  static struct holding before;
  (void)state;
  start(&ada_device);
  test_line_close(&line);
  before = held;
  hub_world_enrol(&host, &world.jo, &world.strings, world.today - 30, world.today);
  for (int i = 0; i < 2; i++) {
    start(&ben_device);
    assert_false(holds(&world.strings, TABLE_learner, &world.jo));
    assert_int_equal(held.departures, 0);
    test_line_close(&line);
    held = before;
    subscribe(&ada_device);
    holding_follow(&held, &line, true);
    assert_false(holds(&world.strings, TABLE_learner, &world.jo));
    assert_true(held.departures > 0);
    test_line_close(&line);
  }
}

enum { many_at_once = 300 };

/* Of a day before the horizon: each stands in the stream as a departure. */
static void put_old_meetings(uint8_t piece) {
  static struct op ops[many_at_once];
  struct arena a = ARENA_INIT(1 << 24);
  struct office_result result;
  struct fault fault = {.code = ERR_OK};
  for (size_t i = 0; i < many_at_once; i++) {
    ops[i] = (struct op){.table = schema_table(TABLE_session),
                         .row = {{0x5E, piece, (uint8_t)(i >> 8), (uint8_t)i}},
                         .units = 7};
    ops[i].values[COL(session, activity)] = value_id(&world.strings);
    ops[i].values[COL(session, date)] = value_int(world.today - 200);
    ops[i].values[COL(session, starts)] = value_int(960);
    ops[i].values[COL(session, ends)] = value_int(1020);
    ops[i].values[COL(session, status)] = value_int(ENUM_session_status_delivered);
  }
  err e = office_apply(&result, &host.hub, host.store, &host.now, &world.cam, ops, many_at_once, false, &a,
                       &fault);
  arena_finish(&a);
  assert_int_equal(e, ERR_OK);
}

/* Years of them are more than one batch. */
static void nor_does_it_in_the_batches_behind_the_first_one_until_something_leaves(void **state) {
  (void)state;
  hub_host_keep(&host);
  for (uint8_t i = 0; i * many_at_once < feed_batch_rows_max + 2 * many_at_once; i++) put_old_meetings(i);
  hub_world_enrol(&host, &world.zoe, &world.strings, world.today - 30, 0); /* behind them */
  start(&ada_device);
  assert_int_equal(held.departures, 0);
  assert_true(holds(&world.strings, TABLE_learner, &world.zoe));
  hub_world_enrol(&host, &world.jo, &world.strings, world.today - 30, world.today);
  holding_follow(&held, &line, true);
  assert_true(held.departures > 0);
  assert_false(holds(&world.strings, TABLE_learner, &world.jo));
  test_line_close(&line);
  start(&ben_device); /* who gets what was read for the other one */
  assert_int_equal(held.departures, 0);
  assert_false(holds(&world.strings, TABLE_learner, &world.jo));
  test_line_close(&line);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(whoever_begins_a_stream_hears_of_no_departures_and_whoever_stands_in_it_does),
      TEST(nor_does_it_in_the_batches_behind_the_first_one_until_something_leaves),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
