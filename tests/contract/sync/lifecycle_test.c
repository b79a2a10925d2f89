/* lifecycle_test.c: the real field client and the real hub through what happens to devices and keys over the
 * years: rotations, a year offline, a restored hub, revocation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "proto/transfer.h"
#include "server/core/orders.h"
#include "server/core/readmit.h"
#include "server/core/release.h"
#include "shared/base/file.h"
#include "tests/contract/sync/pair.h"

static struct pair pair;
static const int64_t day_ms = 86400000;

static int setup(void **state) {
  (void)state;
  pair_open(&pair, 11);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  pair_close(&pair);
  return 0;
}

/* ---- by file ---- */

static void must(err e) {
  if (e != ERR_OK) fail_msg("%s", err_text(e));
}

/* What `tutti-server import-bundle` does, without files. */
static void reply_to(const struct export_file *f, struct buf *out, struct arena *a) {
  struct slice list[64];
  struct reply_file r = {.hub = pair.hub.hub.id,
                         .device = f->device,
                         .manifest = buf_slice(&pair.hub.hub.manifest),
                         .receipts = list};
  struct store_device device;
  struct orders_waiting w;
  for (size_t i = 0; i < f->count; i++) {
    struct job job;
    hub_host_ingest(&pair.hub, &job, f->bundles[i]);
    must(job.result);
    list[r.count++] = arena_copy(a, job.receipt);
    job_finish(&job);
  }
  struct store *s = pair.hub.store;
  must(s->ops->begin(s));
  must(s->ops->device_load(s, &r.device, &device));
  must(orders_waiting_for(&w, &pair.hub.hub, s, &pair.hub.now, &device, 0, a));
  must(s->ops->commit(s));
  r.orders = w.list;
  r.order_count = w.count;
  must(reply_encode(out, &r));
}

/* One round trip with a stick; how many bundles went out. */
static size_t carry(struct pair_device *d) {
  struct arena a = ARENA_INIT(67108864);
  struct buf reply = BUF_INIT(export_file_bytes_max);
  struct export_file f;
  struct fault fault;
  struct slice file = {NULL, 0};
  if (!core_host_call(&d->host, "export", "")) fail_msg("%s", d->host.text);
  must(item_bytes(item_get(d->host.result, "file"), 0, export_file_bytes_max, &file));
  must(export_decode(&f, file, &a, &fault));
  reply_to(&f, &reply, &a);
  if (!core_host_call(&d->host, "import", "file:y", buf_slice(&reply))) fail_msg("%s", d->host.text);
  size_t count = f.count;
  buf_finish(&reply);
  arena_finish(&a);
  return count;
}

/* ---- keys ---- */

static void rotate_all(void) {
  struct fault fault;
  for (int i = 0; i < 3; i++) {
    pair_pass(&pair, 100 * day_ms);
    if (hub_keys_rotate(&pair.hub.hub, HUB_NOISE | HUB_INTAKE | HUB_SIGN, &pair.hub.now, &fault) != ERR_OK)
      fail_msg("%s", fault.text);
  }
  pair_pass(&pair, 65 * day_ms);
}

static struct pair_device *away_with_a_mark(void) {
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  pair_mark(&pair, d, &pair.world.jo, "P");
  pair_pass(&pair, seal_pause_ms + 1); /* a receipt under the first signing key */
  pair_hold(&pair, d, true);
  pair_mark(&pair, d, &pair.world.zoe, "L");
  pair_pass(&pair, seal_pause_ms + 1);
  return d;
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

static struct key_need need_of(uint32_t number) {
  struct key_need need;
  hub_host_tidy(&pair.hub); /* writes what devices said of themselves */
  must(hub_key_need(&need, &pair.hub.hub, pair.hub.store, &pair.hub.now, HUB_INTAKE, number));
  return need;
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

static struct slice first_bundle(struct pair_device *d, struct arena *a) {
  struct slice file = {NULL, 0};
  struct export_file f;
  struct fault fault;
  assert_true(core_host_call(&d->host, "export", ""));
  must(item_bytes(item_get(d->host.result, "file"), 0, export_file_bytes_max, &file));
  must(export_decode(&f, arena_copy(a, file), a, &fault));
  return f.bundles[0];
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

/* ---- revoked ---- */

static bool there(const struct pair_device *d, const char *name) {
  char path[160];
  (void)snprintf(path, sizeof path, "%s/%s", d->host.dir, name);
  return access(path, F_OK) == 0;
}

static struct id id_of(struct pair_device *d) {
  assert_true(core_host_call(&d->host, "device.status", ""));
  return core_host_id(d->host.result, "device");
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

/* ---- restored ---- */

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
      TEST(a_wipe_while_bundles_are_in_flight_loses_no_mark),
      TEST(a_device_revoked_in_the_middle_of_its_work_loses_nothing),
      TEST(revoked_by_file_it_goes_the_same_way),
      TEST(a_stolen_device_empties_itself_at_once),
      TEST(a_lease_order_reaches_a_device_that_is_connected_at_once),
      TEST(a_lease_order_comes_by_line_and_by_file),
      TEST(a_device_that_a_restored_hub_forgot_comes_back_by_its_certificate),
      TEST(what_a_restored_hub_judges_otherwise_reaches_a_device_that_has_a_receipt),
      TEST(a_certificate_of_an_earlier_signing_key_still_counts),
      TEST(a_certificate_alone_does_not_let_a_stranger_in),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
