/* restored_test.c: the real field client and a hub that was restored from before it knew the device, or what
 * the device had sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/orders.h"
#include "server/core/readmit.h"
#include "shared/base/file.h"
#include "tests/contract/sync/device_inside.h"
#include "tests/contract/sync/lifecycle.h"

static void copy_file(const char *from, const char *to) {
  struct buf bytes = BUF_INIT(268435456);
  must(file_posix_read_all(&bytes, from, 268435456, NULL));
  must(file_posix_write_all(to, buf_slice(&bytes), NULL));
  buf_finish(&bytes);
}

/* The hub's database as it stands, to come back to. */
static void back_up(char path[160]) {
  (void)snprintf(path, 160, "%s.backup", pair.hub.path);
  struct fault fault;
  must(store_sqlite_backup(pair.hub.store, path, &fault));
}

static void restore(const char *path) {
  char wal[160];
  (void)snprintf(wal, sizeof wal, "%s-wal", pair.hub.path);
  for (size_t i = 0; i < pair.count; i++) {
    if (pair.devices[i]->up) hub_line_close(&pair.devices[i]->line);
    pair.devices[i]->up = false;
    core_host_step(&pair.devices[i]->host, EV_LINK_DOWN, pair.devices[i]->link, slice_of(NULL, 0));
  }
  pair.hub.store->ops->close(pair.hub.store);
  (void)unlink(wal);
  copy_file(path, pair.hub.path);
  (void)unlink(path);
  pair.hub.store = NULL;
  hub_host_reopen(&pair.hub);
}

static uint8_t status_of(const struct id *device) {
  struct store_device d;
  must(pair.hub.store->ops->device_load(pair.hub.store, device, &d));
  return d.status;
}

static void a_device_that_a_restored_hub_forgot_comes_back_by_its_certificate(void **state) {
  (void)state;
  char path[160];
  struct change_set changes;
  back_up(path);
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  struct id device = id_of(d);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  pair_pass(&pair, seal_pause_ms + 1);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 1);
  restore(path);
  pair_mark(&pair, d, &pair.world.jo, "L");
  pair_pass(&pair, reconnect_max_ms);
  pair_pass(&pair, reconnect_max_ms);
  assert_int_equal(status_of(&device), ENUM_device_status_readmitted);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 0);
  assert_int_equal(hub_host_counts(&pair.hub).quarantined, 2);
  pair_unlock(d); /* its people keep their PINs */
  /* The office looks, and takes it back. */
  const struct hub *hub = &pair.hub.hub;
  struct store *s = pair.hub.store;
  const struct now *now = &pair.hub.now;
  const struct id *office = &pair.world.ben, *ada = &pair.world.ada;
  assert_int_equal(device_approve(&changes, hub, s, now, office, &device, NULL, 0), ERR_INVALID);
  must(device_approve(&changes, hub, s, now, office, &device, ada, 1));
  assert_int_equal(device_approve(&changes, hub, s, now, office, &device, ada, 1), ERR_CONFLICT);
  pair_mark(&pair, d, &pair.world.li, "AU");
  pair_pass(&pair, reconnect_max_ms);
  pair_pass(&pair, reconnect_max_ms);
  assert_int_equal(status_of(&device), ENUM_device_status_active);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 1);
}

static void a_certificate_of_an_earlier_signing_key_still_counts(void **state) {
  (void)state;
  char path[160];
  struct fault fault;
  back_up(path);
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  struct id device = id_of(d);
  must(hub_keys_rotate(&pair.hub.hub, HUB_SIGN, &pair.hub.now, &fault));
  restore(path);
  pair_pass(&pair, reconnect_max_ms);
  assert_int_equal(status_of(&device), ENUM_device_status_readmitted);
}

static void a_certificate_alone_does_not_let_a_stranger_in(void **state) {
  (void)state;
  struct change_set changes;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  struct id device = id_of(d), other = {{9}};
  struct store_device known;
  must(pair.hub.store->ops->device_load(pair.hub.store, &device, &known));
  struct certificate c = {
      .hub = pair.hub.hub.id, .device = other, .name = slice_text("Phone"), .enrolled_ms = 1};
  struct buf bytes = BUF_INIT(certificate_bytes_max);
  struct sign_keys stranger;
  struct entropy e = hub_host_entropy(&pair.hub);
  crypto_sign_keys(&stranger, &e);
  must(certificate_encode(&bytes, &c, stranger.secret));
  const struct hub *hub = &pair.hub.hub;
  struct store *s = pair.hub.store;
  const struct now *now = &pair.hub.now;
  assert_int_equal(device_readmit(&changes, hub, s, now, &other, NULL, buf_slice(&bytes)), ERR_BAD_SIGNATURE);
  buf_clear(&bytes);
  must(certificate_encode(&bytes, &c, hub->sign.secret));
  assert_int_equal(device_readmit(&changes, hub, s, now, &device, NULL, buf_slice(&bytes)), ERR_WRONG_SECRET);
  assert_int_equal(device_readmit(&changes, hub, s, now, &other, known.noise_public, buf_slice(&bytes)),
                   ERR_WRONG_SECRET);
  must(device_readmit(&changes, hub, s, now, &other, NULL, buf_slice(&bytes)));
  assert_int_equal(device_readmit(&changes, hub, s, now, &other, NULL, buf_slice(&bytes)), ERR_EXISTS);
  buf_finish(&bytes);
}

/* The receipt is signed, and the line breaks before the device has it. It holds an older one, so it asks for
 * none. */
static void what_a_restored_hub_judges_otherwise_reaches_a_device_that_has_a_receipt(void **state) {
  (void)state;
  char path[160];
  struct job job;
  size_t count;
  struct arena a = ARENA_INIT(67108864);
  struct pair_device *d = away_with_a_mark();
  struct slice bundle = first_bundle(d, &a);
  back_up(path);
  pair_hold(&pair, d, false);
  pair_pass(&pair, reconnect_max_ms);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 2);
  restore(path);
  hub_world_grant(&pair.hub, &pair.world.ada, &pair.world.strings, ENUM_grant_role_leader,
                  pair.world.today - 400, pair.world.today - 30);
  must(pair.hub.store->ops->number_save(pair.hub.store, STORE_EPOCH, 2));
  hub_host_ingest(&pair.hub, &job, bundle);
  assert_int_equal(job.result, ERR_OK);
  job_finish(&job);
  pair_pass(&pair, reconnect_max_ms);
  assert_true(core_host_call(&d->host, "sync.status", ""));
  const item *bundles = core_host_list(d->host.result, "bundles", &count);
  assert_true(count > 0);
  bool told = false;
  for (size_t i = 0; i < count; i++)
    told = told || core_host_says(item_at(bundles, i), "status", "quarantined");
  assert_true(told);
  arena_finish(&a);
}

/* It was locked while its work was receipted: what the hub then counts is in no stream of the new epoch. */
static void work_of_a_grant_that_ended_before_a_restored_hub_listed_it_leaves_the_device(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  assert_true(core_host_call(&d->host, "lock", ""));
  pair_pass(&pair, seal_pause_ms + 1);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 1);
  char path[160];
  back_up(path);
  restore(path);
  must(pair.hub.store->ops->number_save(pair.hub.store, STORE_EPOCH, 2));
  hub_world_grant(&pair.hub, &pair.world.ada, &pair.world.strings, ENUM_grant_role_tutor,
                  pair.world.today - 400, pair.world.today - 30);
  pair_pass(&pair, reconnect_max_ms);
  pair_unlock(d);
  pair_pass(&pair, reconnect_max_ms);
  assert_int_equal(device_number(&d->host, "SELECT count(*) FROM register"), 0);
  assert_int_equal(device_number(&d->host, "SELECT count(*) FROM mark"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, life_open, life_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_device_that_a_restored_hub_forgot_comes_back_by_its_certificate),
      TEST(what_a_restored_hub_judges_otherwise_reaches_a_device_that_has_a_receipt),
      TEST(work_of_a_grant_that_ended_before_a_restored_hub_listed_it_leaves_the_device),
      TEST(a_certificate_of_an_earlier_signing_key_still_counts),
      TEST(a_certificate_alone_does_not_let_a_stranger_in),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
