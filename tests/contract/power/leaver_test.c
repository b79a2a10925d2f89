/* leaver_test.c: who leaves a device is cut off by a new key of its database, wherever the power fails
 * meanwhile; who stays needs no new PIN, and nothing that was said saved is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "client/core/state.h"
#include "shared/db/db.h"
#include "tests/contract/power/power_world.h"

static uint8_t old_key[key_bytes];
static struct buf old_staff; /* the file as it was when Bob could sign in */
static const char *const paths[] = {"0/core.db", "0/core.db.2"};

static struct field_world *w(void) { return &world; }

static void keep_staff_file(void) {
  const struct disk_file *f = disk_find(&disk, "staff", false);
  buf_clear(&old_staff);
  assert_non_null(f);
  assert_int_equal(buf_append(&old_staff, slice_of(f->now.bytes, f->now.len)), ERR_OK);
}

/* Ann and Bob have PINs, Ann is signed in and has marked Zoë, which is not sealed yet. */
static void begin(uint64_t seed) {
  power_begin(seed);
  (void)field_mark(w(), &fake_zoe, "P");
  bytes_copy(old_key, world.host.core->db_key, key_bytes);
  keep_staff_file();
}

static bool exists(const char *name) {
  const struct disk_file *f = disk_find(&disk, name, false);
  return f && f->now.exists;
}

static void the_mark_is_there(void) {
  assert_true(core_host_says(field_row_of(field_get(w(), &fake_strings_today), &fake_zoe), "code", "P"));
}

static err open_with(unsigned which, const uint8_t *key) {
  struct db *db = NULL;
  const struct db_config config = {.path = paths[which], .vfs = "sim", .key = key, .exclusive = true};
  err e = db_open(&db, &config, NULL);
  if (e == ERR_OK) assert_int_equal(db_check(db), ERR_OK);
  db_close(db);
  return e;
}

/* The core is stopped for it, and started again. */
static void bob_is_cut_off(void) {
  uint8_t key[key_bytes];
  unsigned which = world.host.core->roll.database;
  bytes_copy(key, world.host.core->db_key, key_bytes);
  assert_memory_not_equal(key, old_key, key_bytes);
  assert_false(world.host.core->roll.rekey);
  assert_null(roll_find(&world.host.core->roll, &fake_bob));
  assert_false(core_host_call(&world.host, "unlock", "staff:i pin:t", &fake_bob, "850266"));
  fake_hub_unlock(&world.hub, &fake_ann);
  core_host_stop(&world.host);
  world.hub.online = false;
  assert_true(exists(paths[which] + 2));
  assert_false(exists(paths[!which] + 2));
  assert_int_equal(open_with(which, old_key), ERR_CRYPTO);
  assert_int_equal(open_with(which, key), ERR_OK);
  world.host.config.hold = true;
  core_host_start(&world.host);
}

static void ann_has_everything(void) {
  fake_hub_unlock(&world.hub, &fake_ann);
  the_mark_is_there();
  field_online(w());
  assert_true(core_host_says(field_status(w()), "badge", "sent"));
  assert_int_equal(world.hub.bundles[world.hub.bundle_count - 1].content.changeset_count, 1);
}

static void bob_leaves(void) {
  world.hub.staff_count = 1;
  fake_hub_grants(&world.hub);
  if (!power_has_failed()) fake_hub_serve(&world.hub);
}

/* ---- without trouble ---- */

static void who_leaves_is_cut_off_and_who_is_signed_in_works_on(void **state) {
  (void)state;
  begin(1);
  field_online(w());
  bob_leaves();
  the_mark_is_there();
  struct id player = fake_player(1);
  (void)field_mark(w(), &player, "P");
  field_pause(w());
  bob_is_cut_off();
  fake_hub_unlock(&world.hub, &fake_ann);
  the_mark_is_there();
  assert_true(core_host_says(field_row_of(field_get(w(), &fake_strings_today), &player), "code", "P"));
  power_end();
}

static void the_old_staff_file_and_the_right_pin_open_nothing(void **state) {
  (void)state;
  begin(2);
  field_online(w());
  bob_leaves();
  bob_is_cut_off();
  core_host_stop(&world.host);
  assert_int_equal(disk_replace(&disk, disk_find(&disk, "staff", true), buf_slice(&old_staff)), ERR_OK);
  core_host_start(&world.host);
  assert_false(core_host_call(&world.host, "unlock", "staff:i pin:t", &fake_bob, "850266"));
  field_refused(w(), "NOT_FOUND");
  core_host_stop(&world.host);
  assert_false(exists("core.db"));
  assert_int_equal(open_with(1, old_key), ERR_CRYPTO); /* and nothing of it was thrown away */
  power_end();
}

static void who_leaves_while_signed_in_is_locked_out_at_once(void **state) {
  (void)state;
  begin(3);
  field_online(w());
  world.hub.staff[0] = world.hub.staff[1];
  world.hub.staff_count = 1;
  fake_hub_grants(&world.hub);
  assert_null(world.host.core->store);
  assert_int_equal(world.host.core->roll.database, 1);
  assert_false(core_host_call(&world.host, "unlock", "staff:i pin:t", &fake_ann, "274951"));
  fake_hub_unlock(&world.hub, &fake_bob);
  assert_memory_not_equal(world.host.core->db_key, old_key, key_bytes);
  field_hold(w());
  field_online(w());
  assert_true(core_host_says(field_status(w()), "badge", "sent")); /* Ann's mark is with the hub */
  assert_int_equal(world.hub.bundles[world.hub.bundle_count - 1].content.changeset_count, 1);
  power_end();
}

static void who_leaves_a_locked_device_is_cut_off_when_somebody_signs_in(void **state) {
  (void)state;
  begin(4);
  assert_true(core_host_call(&world.host, "lock", ""));
  field_online(w());
  bob_leaves();
  assert_true(world.host.core->roll.rekey);
  assert_false(core_host_call(&world.host, "unlock", "staff:i pin:t", &fake_bob, "850266"));
  power_is_back();
  fake_hub_unlock(&world.hub, &fake_ann);
  bob_is_cut_off();
  ann_has_everything();
  power_end();
}

static void who_never_had_a_pin_leaves_no_key_to_change(void **state) {
  (void)state;
  begin(5);
  struct id stranger = {{0x77}};
  world.hub.staff[world.hub.staff_count++] = (struct staff_ref){stranger, slice_text("Sub Stitute")};
  field_online(w());
  world.hub.staff_count--;
  fake_hub_grants(&world.hub);
  assert_false(world.host.core->roll.rekey);
  assert_memory_equal(world.host.core->db_key, old_key, key_bytes);
  power_end();
}

static void two_leave_one_after_the_other(void **state) {
  (void)state;
  begin(6);
  struct staff_ref ann = world.hub.staff[0], bob = world.hub.staff[1];
  field_online(w());
  bob_leaves();
  bob_is_cut_off();
  fake_hub_unlock(&world.hub, &fake_ann);
  bytes_copy(old_key, world.host.core->db_key, key_bytes);
  world.hub.staff[1] = bob;
  world.hub.staff_count = 2;
  field_online(w());
  assert_true(core_host_call(&world.host, "pin.set", "staff:i pin:t", &fake_bob, "850266"));
  world.hub.staff[0] = ann;
  bob_leaves();
  bob_is_cut_off();
  assert_int_equal(world.host.core->roll.database, 0);
  ann_has_everything();
  power_end();
}

static void on_a_full_disk_the_screen_stays_open_and_the_key_changes_later(void **state) {
  (void)state;
  begin(7);
  field_online(w());
  disk.trouble.full = true;
  world.hub.staff_count = 1;
  fake_hub_grants(&world.hub);
  assert_false(power_has_failed());
  the_mark_is_there();
  assert_true(world.host.core->roll.rekey);
  assert_memory_equal(world.host.core->db_key, old_key, key_bytes);
  disk.trouble.full = false;
  assert_true(core_host_call(&world.host, "lock", ""));
  fake_hub_unlock(&world.hub, &fake_ann);
  bob_is_cut_off();
  ann_has_everything();
  power_end();
}

/* ---- the power fails at every write, flush, creation, truncation and removal in turn ---- */

static void heal_and_check(void) {
  power_is_back();
  fake_hub_unlock(&world.hub, &fake_ann);
  the_mark_is_there();
  field_online(w());
  assert_false(power_has_failed());
  bob_is_cut_off();
  ann_has_everything();
}

static size_t cut_everywhere(void (*prepare)(void), void (*act)(void)) {
  for (size_t n = 1;; n++) {
    begin(1000 + n);
    prepare();
    disk.trouble.io = disk.ios + n;
    act();
    bool failed = power_has_failed();
    heal_and_check();
    power_end();
    if (!failed) return n;
  }
}

static void go_online(void) { field_online(w()); }
static void let_bob_leave_locked(void) {
  assert_true(core_host_call(&world.host, "lock", ""));
  field_online(w());
  bob_leaves();
}
static void ann_signs_in(void) {
  (void)core_host_call(&world.host, "unlock", "staff:i pin:t", &fake_ann, "274951");
}

static void the_power_may_fail_at_any_write_while_somebody_is_signed_in(void **state) {
  (void)state;
  size_t writes = cut_everywhere(go_online, bob_leaves);
  print_message("%zu places\n", writes);
  assert_true(writes > 20);
}

static void the_power_may_fail_at_any_write_of_the_next_sign_in(void **state) {
  (void)state;
  size_t writes = cut_everywhere(let_bob_leave_locked, ann_signs_in);
  print_message("%zu places\n", writes);
  assert_true(writes > 20);
}

static int open_disk(void **state) {
  old_staff = (struct buf)BUF_INIT(small_file_bytes_max);
  return power_open(state);
}

static int close_disk(void **state) {
  buf_finish(&old_staff);
  return power_close(state);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(who_leaves_is_cut_off_and_who_is_signed_in_works_on),
      cmocka_unit_test(the_old_staff_file_and_the_right_pin_open_nothing),
      cmocka_unit_test(who_leaves_while_signed_in_is_locked_out_at_once),
      cmocka_unit_test(who_leaves_a_locked_device_is_cut_off_when_somebody_signs_in),
      cmocka_unit_test(who_never_had_a_pin_leaves_no_key_to_change),
      cmocka_unit_test(two_leave_one_after_the_other),
      cmocka_unit_test(on_a_full_disk_the_screen_stays_open_and_the_key_changes_later),
      cmocka_unit_test(the_power_may_fail_at_any_write_while_somebody_is_signed_in),
      cmocka_unit_test(the_power_may_fail_at_any_write_of_the_next_sign_in),
  };
  return cmocka_run_group_tests(tests, open_disk, close_disk);
}
