/* keys_test.c: the real field client and the real hub while the hub's keys are renewed: a year offline, old
 * keys destroyed, files found years later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "proto/transfer.h"
#include "server/core/release.h"
#include "tests/contract/sync/lifecycle.h"

static void rotate_all(void) {
  struct fault fault;
  for (int i = 0; i < 3; i++) {
    pair_pass(&pair, 100 * day_ms);
    if (hub_keys_rotate(&pair.hub.hub, HUB_NOISE | HUB_INTAKE | HUB_SIGN, &pair.hub.now, &fault) != ERR_OK)
      fail_msg("%s", fault.text);
  }
  pair_pass(&pair, 65 * day_ms);
}

static void is_up_to_date(struct pair_device *d) {
  assert_int_equal(hub_host_counts(&pair.hub).marks, 2);
  assert_int_equal(hub_host_counts(&pair.hub).quarantined, 0);
  /* Receipts of every key are read back, and the device knows the hub by its newest one. */
  core_host_stop(&d->host);
  core_host_start(&d->host);
  assert_true(core_host_call(&d->host, "sync.status", ""));
  assert_true(core_host_says(d->host.result, "badge", "sent"));
  size_t count;
  const item *bundles = core_host_list(d->host.result, "bundles", &count);
  for (size_t i = 0; i < count; i++) assert_true(core_host_says(item_at(bundles, i), "status", "applied"));
  assert_int_equal(count, 2);
}

static void a_year_offline_three_rotations(void **state) {
  (void)state;
  struct pair_device *d = away_with_a_mark();
  rotate_all();
  pair_hold(&pair, d, false);
  pair_pass(&pair, reconnect_max_ms);
  is_up_to_date(d);
  /* What it seals from now on is sealed to the newest key. */
  pair_pass(&pair, reconnect_max_ms);
  pair_unlock(d);
  pair_mark(&pair, d, &pair.world.li, "P");
  pair_pass(&pair, seal_pause_ms + reconnect_max_ms);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 3);
}

static void a_year_offline_three_rotations_and_the_old_key_of_the_line_destroyed(void **state) {
  (void)state;
  struct pair_device *d = away_with_a_mark();
  rotate_all();
  for (uint32_t number = 1; number <= 3; number++) must(hub_key_destroy(&pair.hub.hub, HUB_NOISE, number));
  pair_hold(&pair, d, false);
  for (int i = 0; i < 4; i++) pair_pass(&pair, reconnect_max_ms);
  is_up_to_date(d);
}

static void a_year_offline_three_rotations_by_file_alone(void **state) {
  (void)state;
  struct pair_device *d = away_with_a_mark();
  rotate_all();
  assert_int_equal(carry(d), 1);
  is_up_to_date(d);
  assert_int_equal(carry(d), 0);
}

/* A manifest that a stranger made, with a chain of their own, changes nothing. */
static void a_succession_that_the_hub_did_not_sign_is_not_followed(void **state) {
  (void)state;
  struct pair_device *d = away_with_a_mark();
  struct hub stranger;
  struct fault fault;
  struct entropy e = hub_host_entropy(&pair.hub);
  must(hub_keys_generate(&stranger, "Test Hub", "wss://localhost:8443/sync", &e, &pair.hub.now));
  stranger.id = pair.hub.hub.id;
  must(hub_keys_rotate(&stranger, HUB_SIGN, &pair.hub.now, &fault));
  struct buf reply = BUF_INIT(65536);
  struct id device = core_host_call(&d->host, "device.status", "") ? core_host_id(d->host.result, "device")
                                                                   : (struct id){{0}};
  struct reply_file r = {.hub = stranger.id, .device = device, .manifest = buf_slice(&stranger.manifest)};
  must(reply_encode(&reply, &r));
  assert_false(core_host_call(&d->host, "import", "file:y", buf_slice(&reply)));
  assert_string_equal(d->host.code, "BAD_SIGNATURE");
  buf_finish(&reply);
  hub_finish(&stranger);
}

static uint64_t behind(uint32_t number) { return need_of(number).devices; }

static void a_key_is_needed_until_every_device_has_sent_what_it_sealed_to_it(void **state) {
  (void)state;
  struct fault fault;
  struct pair_device *d = away_with_a_mark();
  must(hub_keys_rotate(&pair.hub.hub, HUB_INTAKE, &pair.hub.now, &fault));
  assert_int_equal(behind(1), 1);
  uint64_t until;
  assert_int_equal(hub_key_until(&until, &pair.hub.hub, HUB_INTAKE, 2), ERR_CONFLICT);
  assert_int_equal(hub_key_destroy(&pair.hub.hub, HUB_INTAKE, 2), ERR_CONFLICT);
  assert_int_equal(hub_key_destroy(&pair.hub.hub, HUB_INTAKE, 9), ERR_NOT_FOUND);
  pair_hold(&pair, d, false);
  pair_pass(&pair, reconnect_max_ms); /* hears of the new one, and sends */
  pair_hold(&pair, d, true);
  pair_hold(&pair, d, false);
  pair_pass(&pair, reconnect_max_ms); /* says that it holds nothing else */
  assert_int_equal(behind(1), 0);
  must(hub_key_destroy(&pair.hub.hub, HUB_INTAKE, 1));
  pair_mark(&pair, d, &pair.world.li, "P");
  pair_pass(&pair, seal_pause_ms + 1);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 3);
}

/* A hub restored from a backup of before is sent again what it has forgotten, sealed as it was. */
static void a_key_is_needed_as_long_as_a_backup_may_bring_its_bundles_back(void **state) {
  (void)state;
  struct fault fault;
  struct pair_device *d = away_with_a_mark();
  must(hub_keys_rotate(&pair.hub.hub, HUB_INTAKE, &pair.hub.now, &fault));
  pair_hold(&pair, d, false);
  pair_pass(&pair, reconnect_max_ms);
  assert_int_equal(need_of(1).recent, 2);
  pair_pass(&pair, (backup_days_default + 1) * day_ms);
  pair_pass(&pair, reconnect_max_ms);
  assert_int_equal(need_of(1).recent, 0);
  assert_int_equal(need_of(1).waiting, 0);
  assert_int_equal(need_of(1).devices, 0);
}

/* A stick that was used before, found years later. */
static void a_bundle_that_came_is_known_again_though_its_key_is_destroyed(void **state) {
  (void)state;
  struct fault fault;
  struct arena a = ARENA_INIT(67108864);
  struct pair_device *d = away_with_a_mark();
  struct slice bundle = first_bundle(d, &a);
  pair_hold(&pair, d, false);
  pair_pass(&pair, reconnect_max_ms);
  must(hub_keys_rotate(&pair.hub.hub, HUB_INTAKE, &pair.hub.now, &fault));
  must(hub_key_destroy(&pair.hub.hub, HUB_INTAKE, 1));
  struct job job;
  hub_host_ingest(&pair.hub, &job, bundle);
  assert_int_equal(job.result, ERR_OK);
  assert_true(job.receipt.len > 0);
  job_finish(&job);
  arena_finish(&a);
}

static void what_waits_needs_its_key_and_without_it_is_not_released(void **state) {
  (void)state;
  struct fault fault = {.code = ERR_OK};
  struct change_set changes;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  struct quarantine_ref ref = {.device = id_of(d), .incarnation = 1, .seq = 1, .changeset = quarantine_all};
  pair_mark(&pair, d, &pair.world.zoe, "P");
  hub_world_revoke(&pair.hub, &ref.device);
  pair_pass(&pair, reconnect_max_ms);
  must(hub_keys_rotate(&pair.hub.hub, HUB_INTAKE, &pair.hub.now, &fault));
  pair_pass(&pair, (backup_days_default + 1) * day_ms);
  assert_int_equal(need_of(1).recent, 0);
  assert_int_equal(need_of(1).waiting, 1);
  must(hub_key_destroy(&pair.hub.hub, HUB_INTAKE, 1)); /* by force */
  assert_int_equal(quarantine_decide_by(&changes, &pair.hub.hub, pair.hub.store, &pair.hub.now,
                                        &pair.world.ben, &ref, QUARANTINE_RELEASED, slice_text("ours"),
                                        &fault),
                   ERR_FORBIDDEN);
  assert_int_equal(hub_host_counts(&pair.hub).quarantined, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, life_open, life_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_year_offline_three_rotations),
      TEST(a_year_offline_three_rotations_and_the_old_key_of_the_line_destroyed),
      TEST(a_year_offline_three_rotations_by_file_alone),
      TEST(a_succession_that_the_hub_did_not_sign_is_not_followed),
      TEST(a_key_is_needed_until_every_device_has_sent_what_it_sealed_to_it),
      TEST(a_key_is_needed_as_long_as_a_backup_may_bring_its_bundles_back),
      TEST(a_bundle_that_came_is_known_again_though_its_key_is_destroyed),
      TEST(what_waits_needs_its_key_and_without_it_is_not_released),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
