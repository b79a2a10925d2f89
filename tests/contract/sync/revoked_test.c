/* revoked_test.c: the real field client and the real hub when a device is revoked: it hands over everything
 * before it empties itself; and the office's other order, a lease. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/orders.h"
#include "tests/contract/sync/lifecycle.h"

static bool there(const struct pair_device *d, const char *name) {
  char path[160];
  (void)snprintf(path, sizeof path, "%s/%s", d->host.dir, name);
  return access(path, F_OK) == 0;
}

static bool is_gone(struct pair_device *d) {
  assert_true(core_host_call(&d->host, "device.status", ""));
  return !core_host_bool(d->host.result, "enrolled");
}

static void revoke_device(const struct id *device, bool forced) {
  struct change_set changes;
  must(device_revoke(&changes, &pair.hub.hub, pair.hub.store, &pair.hub.now, &pair.hub.hub.id, device,
                     forced));
}

static void three_marks(struct pair_device *d) {
  pair_mark(&pair, d, &pair.world.zoe, "P");
  pair_pass(&pair, seal_pause_ms + 1);
  pair_mark(&pair, d, &pair.world.jo, "L");
  pair_pass(&pair, seal_pause_ms + 1);
  pair_mark(&pair, d, &pair.world.li, "AU");
}

/* The line breaks, or the power fails, after each number of exchanges; nothing is ever lost. */
static void a_wipe_while_bundles_are_in_flight_loses_no_mark(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  struct id device = id_of(d);
  pair_hold(&pair, d, true);
  three_marks(d);
  revoke_device(&device, false);
  pair_hold(&pair, d, false);
  for (int rounds = 0; rounds < 40 && !is_gone(d); rounds++) {
    for (int i = 0; i < rounds; i++) (void)pair_round(&pair);
    if (d->up) hub_line_close(&d->line);
    d->up = false;
    core_host_stop(&d->host);
    d->host.link_wanted = false;
    d->host.link = 0;
    core_host_start(&d->host);
    hub_host_pass(&pair.hub, reconnect_max_ms);
    core_host_pass(&d->host, reconnect_max_ms);
    /* Work that only a PIN can seal waits for its person. */
    if (!is_gone(d)) (void)core_host_call(&d->host, "unlock", "staff:i pin:t", &d->staff, "274951");
  }
  assert_true(is_gone(d));
  assert_false(there(d, "identity") || there(d, "staff") || there(d, "core.db"));
  assert_int_equal(hub_host_counts(&pair.hub).marks, 0);
  assert_int_equal(hub_host_counts(&pair.hub).quarantined, 3);
}

static void a_device_revoked_in_the_middle_of_its_work_loses_nothing(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  struct id device = id_of(d);
  pair_mark(&pair, d, &pair.world.zoe, "P"); /* not even sealed */
  hub_world_revoke(&pair.hub, &device);
  pair_run(&pair);
  pair_pass(&pair, reconnect_max_ms);
  assert_true(is_gone(d));
  assert_int_equal(hub_host_counts(&pair.hub).quarantined, 1);
}

static void revoked_by_file_it_goes_the_same_way(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  struct id device = id_of(d);
  pair_hold(&pair, d, true);
  three_marks(d);
  revoke_device(&device, false);
  assert_int_equal(carry(d), 3);
  assert_false(is_gone(d));
  assert_int_equal(carry(d), 1); /* the acknowledgement */
  assert_true(is_gone(d));
  assert_int_equal(hub_host_counts(&pair.hub).quarantined, 3);
}

static void a_stolen_device_empties_itself_at_once(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  struct id device = id_of(d);
  pair_hold(&pair, d, true);
  three_marks(d);
  revoke_device(&device, true);
  pair_hold(&pair, d, false);
  pair_pass(&pair, reconnect_max_ms);
  assert_true(is_gone(d));
  assert_false(there(d, "identity") || there(d, "core.db"));
}

static void renew_lease(struct change_set *out, const struct id *device, uint32_t days) {
  must(device_lease(out, &pair.hub.hub, pair.hub.store, &pair.hub.now, &pair.hub.hub.id, device, days, NULL));
}

static int64_t lease_days(struct pair_device *d) {
  assert_true(core_host_call(&d->host, "device.status", ""));
  return core_host_int(d->host.result, "lease_days");
}

static void tell_line(struct pair_device *d, const struct change_set *changes) {
  struct session_event event = {.kind = SESSION_CHANGED, .now = pair.hub.now, .changes = changes};
  hub_line_changed(&d->line, &event);
  pair_run(&pair);
}

static size_t order_count(const struct id *device, bool done) {
  struct arena a = ARENA_INIT(1048576);
  struct store_order *orders;
  size_t count, wanted = 0;
  must(pair.hub.store->ops->orders_load(pair.hub.store, device, &a, &orders, &count));
  for (size_t i = 0; i < count; i++) wanted += orders[i].done == done;
  arena_finish(&a);
  return wanted;
}

static void a_lease_order_reaches_a_device_that_is_connected_at_once(void **state) {
  (void)state;
  struct change_set changes;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  struct id device = id_of(d);
  uint32_t link = d->link;
  renew_lease(&changes, &device, 4);
  tell_line(d, &changes);
  assert_int_equal(lease_days(d), 4);
  /* What is told again is no new order: it would be acknowledged again. */
  size_t sent = d->sent_bytes;
  tell_line(d, &changes);
  assert_int_equal(d->sent_bytes, sent);
  pair_pass(&pair, seal_pause_ms + 1);
  assert_int_equal(order_count(&device, true), 1);
  renew_lease(&changes, &device, 5);
  tell_line(d, &changes);
  assert_int_equal(lease_days(d), 5);
  assert_int_equal(d->link, link); /* on the same line */
}

static void a_lease_order_comes_by_line_and_by_file(void **state) {
  (void)state;
  struct change_set changes;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  struct id device = id_of(d);
  renew_lease(&changes, &device, 3);
  pair_hold(&pair, d, true);
  assert_int_equal(carry(d), 0);
  assert_int_equal(lease_days(d), 3);
  pair_pass(&pair, seal_pause_ms + 1);
  assert_int_equal(carry(d), 1); /* the acknowledgement */
  assert_int_equal(order_count(&device, true), 1);
  assert_int_equal(order_count(&device, false), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, life_open, life_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_wipe_while_bundles_are_in_flight_loses_no_mark),
      TEST(a_device_revoked_in_the_middle_of_its_work_loses_nothing),
      TEST(revoked_by_file_it_goes_the_same_way),
      TEST(a_stolen_device_empties_itself_at_once),
      TEST(a_lease_order_reaches_a_device_that_is_connected_at_once),
      TEST(a_lease_order_comes_by_line_and_by_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
