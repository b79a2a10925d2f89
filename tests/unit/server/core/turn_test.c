/* turn_test.c: sessions that take turns to catch up: who must wait delivers first, and who is told to come
 * back comes in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "tests/lib/hub_world.h"

static struct hub_host host;
static struct hub_world world;
static struct test_device first_device, device;
static struct test_line first, line;

static int setup(void **state) {
  (void)state;
  hub_host_open(&host, 12);
  hub_world_make(&world, &host);
  test_device_enrol(&first_device, &host, &world.ada, NULL);
  test_device_enrol(&device, &host, &world.ben, NULL);
  host.gate.room = 1;
  return 0;
}

static int teardown(void **state) {
  (void)state;
  test_device_finish(&first_device);
  test_device_finish(&device);
  hub_host_close(&host);
  return 0;
}

/* Subscribed to nothing it holds, so that all of it is to come. Its feed waits in the hub until it is worked
 * on. */
static void open_lazy(struct test_line *t, struct test_device *d) {
  test_line_open(t, d, NULL);
  t->line.lazy = true;
  test_line_subscribe(t, NULL, 0, 1);
}

static bool find(struct test_line *t, enum message_type type) {
  struct message m;
  return test_line_find(t, type, &m);
}

static void send_bundle(void) {
  struct buf bundle;
  test_device_mark(&device, &world.ben, &world.strings_today, &world.zoe, ENUM_mark_code_P, -1);
  test_device_seal(&device, &bundle);
  struct message m = {.type = MSG_BUNDLE, .bundle = {.bytes = buf_slice(&bundle)}};
  test_line_send(&line, &m);
  buf_finish(&bundle);
}

static uint32_t turned_away(void) {
  struct message m;
  assert_true(test_line_find(&line, MSG_RETRY, &m));
  assert_true(line.line.closed);
  test_line_close(&line);
  return m.retry.ms;
}

static void a_device_that_must_wait_delivers_first_and_is_then_told_when_to_come_back(void **state) {
  (void)state;
  open_lazy(&first, &first_device);
  assert_int_equal(host.gate.inside, 1);
  test_line_open(&line, &device, NULL);
  test_line_subscribe(&line, NULL, 0, 1);
  for (int i = 0; i < 5; i++) {
    send_bundle();
    assert_true(find(&line, MSG_RECEIPTS));
    hub_host_pass(&host, 1000);
    assert_false(line.line.closed);
  }
  hub_host_pass(&host, 1000);
  uint32_t ms = turned_away();
  assert_true(ms >= gate_hint_ms_min);
  assert_int_equal(host.gate.count, 1);
  hub_line_work(&first.line);
  assert_int_equal(host.gate.inside, 0);
  hub_host_pass(&host, ms);
  test_line_open(&line, &device, NULL);
  test_line_subscribe(&line, NULL, 0, 1);
  assert_true(find(&line, MSG_FEED));
  assert_int_equal(host.gate.count, 0);
  test_line_close(&line);
  test_line_close(&first);
}

static void room_that_comes_free_meanwhile_is_used_in_the_same_session(void **state) {
  (void)state;
  open_lazy(&first, &first_device);
  test_line_open(&line, &device, NULL);
  test_line_subscribe(&line, NULL, 0, 1);
  assert_false(find(&line, MSG_FEED));
  test_line_close(&first);
  assert_int_equal(host.gate.inside, 0);
  hub_host_pass(&host, 1000);
  assert_true(find(&line, MSG_FEED));
  assert_false(line.line.closed);
  test_line_close(&line);
}

static void a_device_is_waited_for_while_something_it_sealed_did_not_come_yet(void **state) {
  (void)state;
  open_lazy(&first, &first_device);
  device.seq = 1; /* it says so in HELLO */
  test_line_open(&line, &device, NULL);
  device.seq = 0;
  test_line_subscribe(&line, NULL, 0, 1);
  for (int i = 1; i < deliver_patience_ms / 1000; i++) hub_host_pass(&host, 1000);
  assert_false(line.line.closed);
  send_bundle();
  for (int i = 0; i < deliver_quiet_ms / 1000; i++) {
    assert_false(line.line.closed);
    hub_host_pass(&host, 1000);
  }
  (void)turned_away();
  test_line_close(&first);
}

static void a_device_that_only_delivers_is_never_turned_away(void **state) {
  (void)state;
  open_lazy(&first, &first_device);
  test_line_open(&line, &device, NULL);
  for (int i = 0; i < 100; i++) {
    send_bundle();
    assert_true(find(&line, MSG_RECEIPTS));
    hub_host_pass(&host, 5000);
    assert_false(line.line.closed);
  }
  test_line_close(&line);
  test_line_close(&first);
}

static void who_was_hardly_away_never_waits(void **state) {
  (void)state;
  struct message m;
  struct stream_position held[8];
  size_t count = 0;
  test_line_open(&line, &device, NULL);
  test_line_subscribe(&line, NULL, 0, 1);
  while (test_line_find(&line, MSG_FEED, &m) && count < 8)
    held[count++] = (struct stream_position){m.feed.batch.stream, m.feed.batch.to, m.feed.batch.audience};
  test_line_close(&line);
  open_lazy(&first, &first_device);
  assert_int_equal(host.gate.inside, 1);
  test_line_open(&line, &device, NULL);
  test_line_subscribe(&line, held, count, 1);
  send_bundle();
  assert_true(find(&line, MSG_FEED));
  hub_host_pass(&host, 5000);
  assert_false(line.line.closed);
  test_line_close(&line);
  test_line_close(&first);
}

static void who_takes_too_long_no_longer_keeps_others_out(void **state) {
  (void)state;
  open_lazy(&first, &first_device);
  hub_host_pass(&host, catch_up_ms_max + 1);
  assert_int_equal(host.gate.inside, 0);
  test_line_open(&line, &device, NULL);
  test_line_subscribe(&line, NULL, 0, 1);
  assert_true(find(&line, MSG_FEED));
  hub_line_work(&first.line); /* it goes on all the same */
  assert_true(find(&first, MSG_FEED));
  test_line_close(&line);
  test_line_close(&first);
}

static void more_bundles_than_the_hub_has_room_for_are_told_to_come_back(void **state) {
  (void)state;
  struct message m;
  test_line_open(&line, &device, NULL);
  host.gate.bundles = ingest_queue_bundles_max;
  send_bundle();
  assert_true(test_line_find(&line, MSG_RETRY, &m));
  assert_true(m.retry.ms >= retry_ms && m.retry.ms <= retry_ms + retry_ms / 2);
  assert_true(line.line.closed);
  test_line_close(&line);
  assert_int_equal(host.gate.bundles, ingest_queue_bundles_max);
  host.gate.bundles = 0;
}

static void a_session_that_ends_gives_back_what_it_held(void **state) {
  (void)state;
  open_lazy(&line, &device);
  send_bundle();
  assert_int_equal(host.gate.inside, 1);
  assert_int_equal(host.gate.bundles, 1);
  test_line_close(&line);
  assert_int_equal(host.gate.inside, 0);
  assert_int_equal(host.gate.bundles, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_device_that_must_wait_delivers_first_and_is_then_told_when_to_come_back),
      TEST(room_that_comes_free_meanwhile_is_used_in_the_same_session),
      TEST(a_device_is_waited_for_while_something_it_sealed_did_not_come_yet),
      TEST(a_device_that_only_delivers_is_never_turned_away),
      TEST(who_was_hardly_away_never_waits),
      TEST(who_takes_too_long_no_longer_keeps_others_out),
      TEST(more_bundles_than_the_hub_has_room_for_are_told_to_come_back),
      TEST(a_session_that_ends_gives_back_what_it_held),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
