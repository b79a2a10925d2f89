/* turn_test.c: real field clients and the real hub, which brings one of them at a time up to date: everybody
 * comes in, nothing recorded waits for the crowd, and no tap passes the queue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "tests/contract/sync/pair.h"

enum { devices = 6 };
static struct pair pair;
static struct pair_device *all[devices];
static const struct id other = {{0x77, 1}}; /* a device that never gets done */

static int setup(void **state) {
  (void)state;
  pair_open(&pair, 9);
  for (size_t i = 0; i < devices; i++) all[i] = pair_add(&pair, i % 2 ? &pair.world.ben : &pair.world.ada);
  pair.hub.gate.room = 1;
  pair.hub.gate.near_bytes = 0;
  return 0;
}

static int teardown(void **state) {
  (void)state;
  pair_close(&pair);
  return 0;
}

static const struct id *learner(size_t i) {
  const struct id *three[] = {&pair.world.zoe, &pair.world.jo, &pair.world.li};
  return three[i % 3];
}

static bool says(struct pair_device *d, const char *field, const char *value) {
  assert_true(core_host_call(&d->host, "sync.status", ""));
  return core_host_says(d->host.result, field, value);
}

static bool shows(struct pair_device *d, const struct id *who, const char *code) {
  size_t count = 0;
  assert_true(core_host_call(&d->host, "register.get", "session:i", &pair.world.strings_today));
  const item *rows = core_host_list(d->host.result, "rows", &count);
  for (size_t i = 0; i < count; i++) {
    struct id id = core_host_id(item_at(rows, i), "learner");
    if (id_equal(&id, who)) return core_host_says(item_at(rows, i), "code", code);
  }
  return false;
}

static void everybody_lets_go(void) {
  for (size_t i = 0; i < devices; i++) pair_hold(&pair, all[i], true);
}

/* As many seconds as it takes, a second at a time. */
static size_t seconds_until(bool (*holds)(void)) {
  size_t seconds = 0;
  for (; !holds(); seconds++) {
    if (seconds == 600) fail_msg("it takes for ever");
    pair_pass(&pair, 1000);
  }
  return seconds;
}

static bool all_is_sent(void) {
  for (size_t i = 0; i < devices; i++) {
    if (!says(all[i], "badge", "sent")) return false;
  }
  return true;
}

static bool all_show_the_last_mark(void) {
  for (size_t i = 0; i < devices; i++) {
    if (!shows(all[i], &pair.world.zoe, "AU")) return false;
  }
  return true;
}

static void with_room_for_one_everybody_comes_in(void **state) {
  (void)state;
  everybody_lets_go();
  pair_mark(&pair, all[1], &pair.world.zoe, "AU");
  for (size_t i = 0; i < devices; i++) pair_hold(&pair, all[i], false);
  (void)seconds_until(all_show_the_last_mark);
  assert_true(all_is_sent());
  assert_int_equal(pair.hub.gate.inside, 0);
}

/* Nobody gets in at all, and still all work is at the hub at once, also what is written while they wait. */
static void nothing_recorded_waits_for_the_crowd(void **state) {
  (void)state;
  everybody_lets_go();
  assert_true(gate_enter(&pair.hub.gate, &other, pair.hub.now.mono_ms));
  for (size_t i = 0; i < 3; i++) pair_mark(&pair, all[i], learner(i), "P");
  for (size_t i = 0; i < devices; i++) pair_hold(&pair, all[i], false);
  assert_true(seconds_until(all_is_sent) <= 3);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 3);
  pair_pass(&pair, deliver_quiet_ms + 1000);
  assert_true(says(all[0], "line", "off"));
  assert_non_null(strstr((const char *)core_host_text(all[0]->host.result, "reason").ptr, "busy"));
  pair_mark(&pair, all[0], &pair.world.zoe, "AU");
  pair_pass(&pair, seal_pause_ms + 1);
  assert_true(says(all[0], "badge", "sent"));
  assert_false(shows(all[1], &pair.world.zoe, "AU")); /* that comes in turn */
  gate_leave(&pair.hub.gate, 1000);
  (void)seconds_until(all_show_the_last_mark);
}

static void a_tap_on_sync_now_does_not_pass_the_queue(void **state) {
  (void)state;
  everybody_lets_go();
  assert_true(gate_enter(&pair.hub.gate, &other, pair.hub.now.mono_ms));
  pair_mark(&pair, all[1], &pair.world.zoe, "AU");
  for (size_t i = 0; i < devices; i++) pair_hold(&pair, all[i], false);
  pair_pass(&pair, seal_pause_ms + 1);
  for (int i = 0; i < 10; i++) {
    assert_true(core_host_call(&all[5]->host, "sync.now", ""));
    pair_pass(&pair, 1000);
    assert_false(shows(all[5], &pair.world.zoe, "AU"));
  }
  assert_int_equal(pair.hub.gate.inside, 1);
  gate_leave(&pair.hub.gate, 1000);
  (void)seconds_until(all_show_the_last_mark);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(with_room_for_one_everybody_comes_in),
      TEST(nothing_recorded_waits_for_the_crowd),
      TEST(a_tap_on_sync_now_does_not_pass_the_queue),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
