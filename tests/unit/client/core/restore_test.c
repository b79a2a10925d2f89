/* restore_test.c: a hub that came back from a backup, a device that came back from a copy, and both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "client/core/state.h"
#include "tests/lib/field_world.h"

static void finish_bundles(struct fake_bundle *list, size_t count) {
  for (size_t i = 0; i < count; i += 1) {
    buf_finish(&list[i].bytes);
    buf_finish(&list[i].plain);
    arena_finish(&list[i].arena);
  }
}

static void a_restored_hub_gets_back_what_it_had_receipted(void **state) {
  struct field_world *w = *state;
  for (size_t i = 0; i < 3; i += 1) {
    struct id player = fake_player(i);
    (void)field_mark(w, &player, "P");
    field_pause(w);
  }
  field_online(w);
  assert_int_equal(w->hub.bundle_count, 3);
  fake_hub_drop(&w->hub);
  w->hub.bundle_count = 1;
  w->hub.epoch = 2;
  core_host_pass(&w->host, reconnect_max_ms);
  struct fake_bundle lost[2] = {w->hub.bundles[1], w->hub.bundles[2]};
  fake_hub_connect(&w->hub);
  assert_int_equal(w->hub.hello.receipt_seq, 3);
  assert_int_equal(w->hub.hello.epoch, 1);
  assert_int_equal(w->hub.bundle_count, 3);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
  finish_bundles(lost, 2);
}

/* It was restored a second time in the middle of that: some receipts are of the epoch between by then. */
static void of_its_receipts_the_latest_epoch_is_named_and_the_highest_bundle_in_it(void **state) {
  struct field_world *w = *state;
  for (size_t i = 0; i < 3; i += 1) {
    struct id player = fake_player(i);
    (void)field_mark(w, &player, "P");
    field_pause(w);
  }
  field_online(w);
  fake_hub_drop(&w->hub);
  struct buf receipt = BUF_INIT(receipt_bytes_max);
  w->hub.epoch = 2;
  fake_hub_receipt(&w->hub, &w->hub.bundles[0], RECEIPT_APPLIED, &receipt);
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_connect(&w->hub);
  const struct slice one = buf_slice(&receipt);
  fake_hub_send(&w->hub, &(struct message){.type = MSG_RECEIPTS, .receipts = {&one, 1}});
  fake_hub_drop(&w->hub);
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_connect(&w->hub);
  assert_int_equal(w->hub.hello.epoch, 2);
  assert_int_equal(w->hub.hello.receipt_seq, 1);
  buf_finish(&receipt);
}

/* What the feed would bring before that lacks this device's own work, which is laid over nothing any more. */
static void after_a_restore_nothing_is_subscribed_to_before_what_was_forgotten_is_there_again(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  field_online(w);
  assert_true(w->hub.subscribed);
  fake_hub_drop(&w->hub);
  struct fake_bundle lost = w->hub.bundles[0];
  w->hub.bundle_count = 0;
  w->hub.epoch = 2;
  w->hub.mute = true;
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_connect(&w->hub);
  assert_int_equal(w->hub.bundle_count, 1);
  assert_false(w->hub.subscribed);
  w->hub.mute = false;
  fake_hub_drop(&w->hub);
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_connect(&w->hub);
  assert_true(w->hub.subscribed);
  buf_finish(&lost.bytes);
  buf_finish(&lost.plain);
  arena_finish(&lost.arena);
}

/* Copies the device's folder while it is off, and starts it. */
static void keep_copy(struct field_world *w) {
  char copy[600];
  core_host_stop(&w->host);
  (void)snprintf(copy, sizeof copy, "mkdir %s.copy && cp %s/* %s.copy/", w->host.dir, w->host.dir,
                 w->host.dir);
  assert_int_equal(system(copy), 0);
  field_restart(w);
}

static void put_copy_back(struct field_world *w) {
  char back[600];
  core_host_stop(&w->host);
  (void)snprintf(back, sizeof back, "rm %s/* && cp %s.copy/* %s/ && rm -r %s.copy", w->host.dir, w->host.dir,
                 w->host.dir, w->host.dir);
  assert_int_equal(system(back), 0);
  w->hub.online = false;
  field_restart(w);
}

static void a_device_restored_from_a_copy_goes_on_under_a_new_incarnation(void **state) {
  struct field_world *w = *state;
  struct id one = fake_player(1);
  struct id two = fake_player(2);
  (void)field_mark(w, &fake_zoe, "P");
  field_pause(w);
  keep_copy(w);
  (void)field_mark(w, &one, "AU");
  field_online(w);
  assert_int_equal(w->hub.bundle_count, 2);
  put_copy_back(w);
  (void)field_mark(w, &two, "L");
  field_online(w); /* the fork shows at WELCOME */
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_connect(&w->hub);
  assert_int_equal(w->hub.hello.incarnation, 2);
  assert_int_equal(w->hub.bundle_count,
                   4); /* what stood in the copy, and what came after it: numbers between */
  for (size_t i = 2; i < 4; i += 1) {
    assert_int_equal(w->hub.bundles[i].header.incarnation, 2);
    assert_int_equal(w->hub.bundles[i].header.seq, i - 1);
  }
  fake_hub_feed(&w->hub, true);
  const item *reg = field_get(w, &fake_strings_today);
  assert_true(core_host_says(field_row_of(reg, &fake_zoe), "code", "P"));
  assert_true(core_host_says(field_row_of(reg, &one), "code", "AU"));
  assert_true(core_host_says(field_row_of(reg, &two), "code", "L"));
  assert_true(core_host_says(field_status(w), "badge", "sent"));
  size_t listed = 0;
  const item *list = core_host_list(field_status(w), "bundles", &listed);
  assert_int_equal(listed, 2); /* what was sealed under the old incarnation does not wait for ever */
  for (size_t i = 0; i < listed; i += 1) assert_true(core_host_says(item_at(list, i), "status", "applied"));
}

/* The hub was restored from before the copy's other life, so nothing contradicts the copy's numbers; but
 * other people have seen what that life wrote, and name it. */
static void two_lives_of_one_copy_number_their_ops_apart_though_the_hub_forgot_one(void **state) {
  struct field_world *w = *state;
  struct id one = fake_player(1);
  (void)field_mark(w, &fake_zoe, "P");
  field_pause(w);
  keep_copy(w);
  (void)field_mark(w, &one, "AU");
  field_online(w);
  assert_int_equal(w->hub.bundle_count, 2);
  struct fake_bundle lost[2] = {w->hub.bundles[0], w->hub.bundles[1]};
  put_copy_back(w);
  w->hub.bundle_count = 0;
  w->hub.epoch = 2;
  (void)field_mark(w, &one, "L");
  field_online(w);
  assert_int_equal(w->hub.bundle_count, 2);
  assert_int_equal(w->hub.bundles[1].header.incarnation, 1);
  assert_int_not_equal(w->hub.bundles[1].content.changesets[0].counter,
                       lost[1].content.changesets[0].counter);
  finish_bundles(lost, 2);
}

/* What has a receipt under an old incarnation was not numbered anew at the fork. */
static void a_restored_hub_gets_back_what_it_had_receipted_before_a_fork(void **state) {
  struct field_world *w = *state;
  struct id one = fake_player(1);
  (void)field_mark(w, &fake_zoe, "P");
  field_online(w);
  (void)field_mark(w, &one, "AU");
  w->hub.status = RECEIPT_QUARANTINED;
  w->hub.exception = (struct receipt_exception){0, RECEIPT_QUARANTINED, ERR_FORK};
  core_host_pass(&w->host, seal_pause_ms);
  fake_hub_serve(&w->hub);
  w->hub.status = RECEIPT_APPLIED;
  w->hub.exception = (struct receipt_exception){0, 0, 0};
  fake_hub_drop(&w->hub);
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_connect(&w->hub); /* the fork shows at WELCOME */
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_connect(&w->hub);
  assert_int_equal(w->hub.hello.incarnation, 2);
  assert_int_equal(w->hub.hello.earlier_count, 1);
  assert_int_equal(w->hub.hello.earlier[0].incarnation, 1);
  assert_int_equal(w->hub.hello.earlier[0].seq, 2);
  assert_int_equal(w->hub.hello.earlier[0].epoch, 1);
  fake_hub_drop(&w->hub);
  struct fake_bundle lost[2] = {w->hub.bundles[0], w->hub.bundles[1]};
  w->hub.bundle_count = 0;
  w->hub.epoch = 2;
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_connect(&w->hub);
  assert_int_equal(w->hub.bundle_count, 1); /* the fork's other side was numbered anew */
  assert_int_equal(w->hub.bundles[0].header.incarnation, 1);
  assert_int_equal(w->hub.bundles[0].header.seq, 1);
  finish_bundles(lost, 2);
}

/* A copy's later bundle came first, by file, and was passed over when the original's took its place: the
 * hub's last bundle is the copy's own, but an earlier one of it can never follow. */
static void a_copy_whose_bundle_could_not_follow_goes_on_under_a_new_incarnation(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  w->hub.status = RECEIPT_QUARANTINED;
  w->hub.exception = (struct receipt_exception){0, RECEIPT_QUARANTINED, ERR_FORK};
  field_online(w);
  assert_int_equal(w->hub.hello.incarnation, 1);
  w->hub.status = RECEIPT_APPLIED;
  w->hub.exception = (struct receipt_exception){0, 0, 0};
  fake_hub_drop(&w->hub);
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_connect(&w->hub); /* the fork shows at WELCOME */
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_connect(&w->hub);
  assert_int_equal(w->hub.hello.incarnation, 2);
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      IN_WORLD(a_restored_hub_gets_back_what_it_had_receipted),
      IN_WORLD(a_restored_hub_gets_back_what_it_had_receipted_before_a_fork),
      IN_WORLD(of_its_receipts_the_latest_epoch_is_named_and_the_highest_bundle_in_it),
      IN_WORLD(after_a_restore_nothing_is_subscribed_to_before_what_was_forgotten_is_there_again),
      IN_WORLD(a_device_restored_from_a_copy_goes_on_under_a_new_incarnation),
      IN_WORLD(two_lives_of_one_copy_number_their_ops_apart_though_the_hub_forgot_one),
      IN_WORLD(a_copy_whose_bundle_could_not_follow_goes_on_under_a_new_incarnation),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
