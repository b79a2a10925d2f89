/* sync_test.c: the line to the hub: what is sent, what the badge says, and how the line comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "client/core/state.h"
#include "tests/lib/field_world.h"

static void no_line_is_opened_while_held(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  for (int i = 0; i < 100; i += 1) core_host_pass(&w->host, 60000);
  assert_false(w->host.link_wanted);
  assert_true(core_host_says(field_status(w), "line", "held"));
  assert_true(core_host_says(w->host.result, "badge", "saved"));
  assert_true(core_host_call(&w->host, "sync.now", ""));
  assert_false(w->host.link_wanted);
}

static void work_is_sealed_two_seconds_after_the_last_tap(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  (void)field_mark(w, &fake_zoe, "P");
  core_host_pass(&w->host, seal_pause_ms - 1);
  (void)core_host_list(field_status(w), "bundles", &count);
  assert_int_equal(count, 0);
  assert_int_equal(w->host.tick_at, w->host.now.mono_ms + 1);
  core_host_pass(&w->host, 1);
  (void)core_host_list(field_status(w), "bundles", &count);
  assert_int_equal(count, 1);
}

static void the_badge_says_sent_only_with_receipts_for_all(void **state) {
  struct field_world *w = *state;
  assert_true(core_host_says(field_status(w), "badge", "sent"));
  (void)field_mark(w, &fake_zoe, "P");
  assert_true(core_host_says(field_status(w), "badge", "saved"));
  w->hub.mute = true;
  field_online(w);
  assert_int_equal(w->hub.bundle_count, 1);
  assert_true(core_host_says(field_status(w), "badge", "sending"));
  assert_int_equal(core_host_int(w->host.result, "changes"), 1);
  w->hub.mute = false;
  fake_hub_drop(&w->hub);
  assert_true(core_host_says(field_status(w), "badge", "saved"));
  assert_true(core_host_says(w->host.result, "reason", "no signal"));
  assert_true(core_host_call(&w->host, "sync.now", ""));
  fake_hub_connect(&w->hub);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
}

/* The hub committed, and died before its receipt was on the line: it counts the bundle, so only asking again
 * brings the receipt. */
static void a_receipt_that_died_with_the_hub_is_asked_for_again(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  w->hub.mute = true;
  field_online(w);
  fake_hub_drop(&w->hub);
  w->hub.mute = false;
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_connect(&w->hub);
  assert_int_equal(w->hub.bundle_count, 1);
  assert_int_equal(w->hub.repeats, 1);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
}

static void every_mark_arrives_once_with_its_author_and_stamp(void **state) {
  struct field_world *w = *state;
  for (size_t i = 0; i < 12; i += 1) {
    struct id player = fake_player(i);
    (void)field_mark(w, &player, i % 3 ? "P" : "AU");
  }
  field_online(w);
  assert_int_equal(w->hub.bundle_count, 1);
  const struct bundle_content *c = &w->hub.bundles[0].content;
  assert_int_equal(c->changeset_count, 12);
  assert_int_equal(c->changesets[0].op_count, 2); /* the mark, and the register it opens */
  assert_true(id_equal(&c->changesets[0].author, &fake_ann));
  assert_int_equal(c->changesets[0].flags, 0);
  for (size_t i = 1; i < 12; i += 1) assert_true(c->changesets[i].stamp > c->changesets[i - 1].stamp);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
  assert_int_equal(core_host_int(w->host.result, "changes"), 0);
  fake_hub_drop(&w->hub);
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_connect(&w->hub);
  assert_int_equal(w->hub.bundle_count, 1);
  assert_int_equal(w->hub.repeats, 0);
}

static void a_lost_receipt_is_asked_for_again_by_the_same_bundle(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  w->hub.mute = true;
  field_online(w);
  fake_hub_drop(&w->hub);
  /* The hub was restored to before this bundle. */
  struct fake_bundle lost = w->hub.bundles[0];
  w->hub.bundle_count = 0;
  w->hub.mute = false;
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_connect(&w->hub);
  assert_int_equal(w->hub.bundle_count, 1);
  assert_true(slice_equal(buf_slice(&w->hub.bundles[0].bytes), buf_slice(&lost.bytes)));
  assert_true(core_host_says(field_status(w), "badge", "sent"));
  buf_finish(&lost.bytes);
  buf_finish(&lost.plain);
  arena_finish(&lost.arena);
}

static void a_locked_device_still_sends(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  core_host_stop(&w->host);
  core_host_start(&w->host);
  fake_hub_unlock(&w->hub, &fake_ann);
  assert_true(core_host_call(&w->host, "lock", ""));
  core_host_stop(&w->host);
  w->host.config.hold = false;
  core_host_start(&w->host);
  assert_int_equal(core_host_int(field_status(w), "registers"), 1);
  fake_hub_connect(&w->hub);
  assert_false(w->hub.subscribed);
  assert_int_equal(w->hub.bundle_count, 1);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
}

static void an_unclean_stop_never_looks_sent_while_locked(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  core_host_stop(&w->host);
  core_host_start(&w->host);
  assert_true(core_host_says(field_status(w), "badge", "saved"));
  fake_hub_unlock(&w->hub, &fake_ann);
  assert_int_equal(core_host_int(field_status(w), "changes"), 1);
}

static void stopping_seals_everything(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  core_host_step(&w->host, EV_STOP, 0, slice_of(NULL, 0));
  core_host_stop(&w->host);
  core_host_start(&w->host);
  assert_int_equal(core_host_int(field_status(w), "changes"), 1);
  assert_true(core_host_call(&w->host, "export", ""));
  assert_int_equal(core_host_int(w->host.result, "bundles"), 1);
}

static void after_a_failure_the_line_waits_longer_each_time_but_never_too_long(void **state) {
  struct field_world *w = *state;
  uint64_t longest = 0;
  assert_true(core_host_call(&w->host, "sync.hold", "hold:b", 0));
  for (int i = 0; i < 20; i += 1) {
    assert_true(w->host.link_wanted);
    w->host.link_wanted = false;
    core_host_step(&w->host, EV_LINK_DOWN, w->host.link, slice_text("cannot reach the office"));
    assert_true(w->host.tick_at > w->host.now.mono_ms);
    uint64_t wait = (uint64_t)core_host_int(field_status(w), "next_try_ms");
    /* It may wake earlier, for something else. */
    assert_true(w->host.tick_at <= w->host.now.mono_ms + wait && wait <= reconnect_max_ms);
    if (wait > longest) longest = wait;
    if (i == 0) assert_true(wait <= reconnect_first_ms);
    assert_true(core_host_says(field_status(w), "reason", "cannot reach the office"));
    core_host_pass(&w->host, (int64_t)wait);
  }
  assert_true(longest > reconnect_max_ms / 2 - 1);
}

static void a_hub_that_cannot_prove_itself_is_left(void **state) {
  struct field_world *w = *state;
  uint8_t nonsense[48] = {1, 2, 3};
  assert_true(core_host_call(&w->host, "sync.hold", "hold:b", 0));
  core_host_step(&w->host, EV_LINK_UP, w->host.link, slice_of(NULL, 0));
  core_host_step(&w->host, EV_LINK_BYTES, w->host.link, slice_of(nonsense, sizeof nonsense));
  assert_int_equal(w->host.step_error, ERR_OK);
  assert_int_equal(w->host.link, 0);
  assert_true(core_host_says(field_status(w), "line", "off"));
}

static void bytes_nobody_understands_close_the_line_and_hurt_nothing(void **state) {
  struct field_world *w = *state;
  uint8_t nonsense[100] = {9};
  (void)field_mark(w, &fake_zoe, "P");
  field_online(w);
  core_host_step(&w->host, EV_LINK_BYTES, w->host.link, slice_of(nonsense, sizeof nonsense));
  assert_int_equal(w->host.step_error, ERR_OK);
  assert_int_equal(w->host.link, 0);
  assert_true(core_host_says(field_row_of(field_get(w, &fake_strings_today), &fake_zoe), "code", "P"));
}

static void quarantined_work_needs_help_and_is_not_called_sent(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  w->hub.status = RECEIPT_QUARANTINED;
  w->hub.exception = (struct receipt_exception){0, RECEIPT_QUARANTINED, ERR_FORBIDDEN};
  field_online(w);
  size_t count = 0;
  assert_true(core_host_says(field_status(w), "badge", "help"));
  const item *bundles = core_host_list(w->host.result, "bundles", &count);
  assert_true(core_host_says(item_at(bundles, 0), "status", "quarantined"));
  assert_true(core_host_says(item_at(bundles, 0), "reason", "that is not permitted"));
}

/* A receipt of the first bundle as the office left it. */
static void say_receipt(struct field_world *w, enum receipt_status status, uint64_t position,
                        struct receipt_exception exception) {
  struct buf receipt = BUF_INIT(65536);
  w->hub.exception = exception;
  w->hub.bundles[0].position = position;
  fake_hub_receipt(&w->hub, &w->hub.bundles[0], status, &receipt);
  struct slice one = buf_slice(&receipt);
  struct message m = {.type = MSG_RECEIPTS, .receipts = {.receipts = &one, .count = 1}};
  fake_hub_send(&w->hub, &m);
  buf_finish(&receipt);
}

static void assert_first(struct field_world *w, const char *status, const char *badge) {
  size_t count = 0;
  assert_true(core_host_says(field_status(w), "badge", badge));
  const item *bundles = core_host_list(w->host.result, "bundles", &count);
  assert_true(core_host_says(item_at(bundles, 0), "status", status));
}

static void a_receipt_signed_anew_wins_over_the_older_one_whichever_comes_first(void **state) {
  struct field_world *w = *state;
  const struct receipt_exception waits = {0, RECEIPT_QUARANTINED, ERR_FORBIDDEN}, none = {.status = 0};
  w->hub.status = RECEIPT_QUARANTINED;
  w->hub.exception = waits;
  (void)field_mark(w, &fake_zoe, "P");
  field_online(w);
  uint64_t before = w->hub.bundles[0].position;
  assert_first(w, "quarantined", "help");
  assert_int_equal(w->hub.hello.withheld_count, 0);
  fake_hub_drop(&w->hub);
  field_online(w);
  assert_int_equal(w->hub.hello.withheld_count, 1); /* it asks what became of it */
  say_receipt(w, RECEIPT_HELD, 0, none);
  assert_first(w, "quarantined", "help");
  say_receipt(w, RECEIPT_APPLIED, before + 5, none);
  assert_first(w, "applied", "sent");
  say_receipt(w, RECEIPT_QUARANTINED, before, waits);
  assert_first(w, "applied", "sent");
  field_restart(w);
  assert_first(w, "applied", "sent");
}

static void what_the_office_rejected_is_refused_and_asks_for_no_more_help(void **state) {
  struct field_world *w = *state;
  w->hub.status = RECEIPT_QUARANTINED;
  w->hub.exception = (struct receipt_exception){0, RECEIPT_QUARANTINED, ERR_FORBIDDEN};
  (void)field_mark(w, &fake_zoe, "P");
  field_online(w);
  say_receipt(w, RECEIPT_REFUSED, w->hub.bundles[0].position + 1,
              (struct receipt_exception){0, RECEIPT_REFUSED, ERR_REJECTED});
  assert_first(w, "refused", "sent");
  size_t count = 0;
  const item *bundles = core_host_list(w->host.result, "bundles", &count);
  assert_true(core_host_says(item_at(bundles, 0), "reason", err_text(ERR_REJECTED)));
}

/* Work that only a newer schema can say is told by its bundle; here a bundle is made to look so. */
static void what_the_hub_is_too_old_for_waits_and_the_screen_says_so(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  (void)field_mark(w, &fake_zoe, "P");
  field_pause(w);
  struct id one = fake_player(1);
  (void)field_mark(w, &one, "P");
  field_pause(w);
  w->host.core->outbox.list[1].facts.schema = schema_version + 1;
  field_online(w);
  assert_int_equal(w->hub.bundle_count, 1);
  assert_true(core_host_says(field_status(w), "badge", "help"));
  assert_true(core_host_says(w->host.result, "line", "online"));
  assert_non_null(strstr((const char *)core_host_text(w->host.result, "reason").ptr, "hub must be updated"));
  assert_int_equal(core_host_int(w->host.result, "changes"), 1);
  (void)core_host_list(w->host.result, "bundles", &count);
  assert_int_equal(count, 2);
  fake_hub_feed(&w->hub, false); /* everything else goes on */
  assert_true(core_host_call(&w->host, "export", ""));
  assert_int_equal(core_host_int(w->host.result, "bundles"), 1);
  w->hub.schema = schema_version + 1;
  fake_hub_drop(&w->hub);
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_connect(&w->hub);
  assert_int_equal(w->hub.bundle_count, 2);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
  assert_true(core_host_says(w->host.result, "reason", NULL));
}

static void the_hub_s_wish_for_patience_is_kept(void **state) {
  struct field_world *w = *state;
  field_online(w);
  core_host_pass(&w->host, lease_keep_ms); /* what the contact brought is durable */
  struct message m = {.type = MSG_RETRY, .retry = {45000}};
  fake_hub_send(&w->hub, &m);
  assert_int_equal(w->host.link, 0);
  assert_int_equal(w->host.tick_at, w->host.now.mono_ms + 45000);
  core_host_pass(&w->host, 44999);
  assert_false(w->host.link_wanted);
  core_host_pass(&w->host, 1);
  assert_true(w->host.link_wanted);
}

static void send_retry(struct field_world *w, uint32_t ms) {
  struct message m = {.type = MSG_RETRY, .retry = {ms}};
  fake_hub_send(&w->hub, &m);
}

static void a_busy_hub_is_named_and_when_it_will_be_tried_again(void **state) {
  struct field_world *w = *state;
  field_online(w);
  send_retry(w, 45000);
  assert_true(core_host_says(field_status(w), "line", "off"));
  assert_non_null(strstr((const char *)core_host_text(w->host.result, "reason").ptr, "The hub is busy"));
  assert_int_equal(core_host_int(w->host.result, "next_try_ms"), 45000);
  assert_true(core_host_says(w->host.result, "badge", "sent"));
}

static void what_is_recorded_while_the_hub_is_busy_is_delivered_without_asking_for_more(void **state) {
  struct field_world *w = *state;
  field_online(w);
  send_retry(w, 45000);
  (void)field_mark(w, &fake_zoe, "P");
  field_pause(w); /* it is sealed */
  assert_true(w->host.link_wanted);
  fake_hub_connect(&w->hub);
  assert_int_equal(w->hub.bundle_count, 1);
  assert_false(w->hub.subscribed);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
  assert_true(core_host_says(w->host.result, "line", "online"));
  assert_non_null(strstr((const char *)core_host_text(w->host.result, "reason").ptr, "busy"));
  int64_t left = core_host_int(w->host.result, "next_try_ms");
  assert_true(left > 0 && left < 45000);
  core_host_pass(&w->host, left - 1);
  fake_hub_serve(&w->hub);
  assert_false(w->hub.subscribed);
  core_host_pass(&w->host, 1);
  fake_hub_serve(&w->hub);
  assert_true(w->hub.subscribed);
  assert_true(core_host_says(field_status(w), "reason", NULL));
}

static void a_line_lost_meanwhile_does_not_shorten_the_wait(void **state) {
  struct field_world *w = *state;
  field_online(w);
  send_retry(w, 45000);
  uint64_t due = w->host.now.mono_ms + 45000;
  (void)field_mark(w, &fake_zoe, "P");
  field_pause(w);
  fake_hub_connect(&w->hub);
  fake_hub_drop(&w->hub);
  core_host_pass(&w->host, lease_keep_ms);
  assert_int_equal(w->host.tick_at, due);
  core_host_pass(&w->host, (int64_t)(due - w->host.now.mono_ms) - 1);
  assert_false(w->host.link_wanted);
  core_host_pass(&w->host, 1);
  assert_true(w->host.link_wanted);
}

static void a_hub_that_could_not_take_something_is_left_alone(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  w->hub.mute = true;
  field_online(w);
  send_retry(w, 45000);
  struct id player = fake_player(1);
  (void)field_mark(w, &player, "P");
  field_pause(w);
  assert_false(w->host.link_wanted);
  core_host_pass(&w->host, 44999 - (int64_t)(seal_pause_ms + 1));
  assert_false(w->host.link_wanted);
  core_host_pass(&w->host, seal_pause_ms + 2);
  assert_true(w->host.link_wanted);
}

static void a_person_may_ask_a_busy_hub_again(void **state) {
  struct field_world *w = *state;
  field_online(w);
  send_retry(w, 45000);
  assert_false(w->host.link_wanted);
  assert_true(core_host_call(&w->host, "sync.now", ""));
  assert_true(w->host.link_wanted);
}

static void a_revoked_device_says_so_and_still_exports(void **state) {
  struct field_world *w = *state;
  field_online(w);
  struct message m = {.type = MSG_BYE, .bye = {BYE_REVOKED}};
  fake_hub_send(&w->hub, &m);
  assert_true(core_host_says(field_status(w), "line", "refused"));
  assert_true(core_host_says(w->host.result, "badge", "help"));
  (void)field_mark(w, &fake_zoe, "P");
  assert_true(core_host_call(&w->host, "export", ""));
  assert_int_equal(core_host_int(w->host.result, "bundles"), 1);
}

static void a_session_ends_after_a_day_and_a_new_one_begins(void **state) {
  struct field_world *w = *state;
  field_online(w);
  core_host_pass(&w->host, link_session_ms_max);
  fake_hub_serve(&w->hub);
  assert_true(w->host.link == 0 || w->host.link_wanted);
  core_host_pass(&w->host, 10);
  assert_true(w->host.link_wanted);
}

/* Without it a connected device would be closed, as one that was away for 73 years. */
static void a_clock_set_while_the_line_is_up_is_put_right_by_the_hub_at_once(void **state) {
  struct field_world *w = *state;
  const int64_t years_ms = INT64_C(73) * 366 * 86400000;
  field_online(w);
  w->host.now.wall_ms += years_ms;
  w->hub.behind_ms = years_ms;
  core_host_pass(&w->host, 1000);
  core_host_pass(&w->host, 10);
  assert_true(w->host.link_wanted);
  assert_true(core_host_call(&w->host, "device.status", ""));
  assert_int_equal(core_host_int(w->host.result, "lease_days"), 0);
  core_host_forget_topics(&w->host);
  fake_hub_connect(&w->hub);
  fake_hub_serve(&w->hub);
  assert_true(core_host_changed(&w->host, "device", NULL)); /* a screen that says "closed" asks again */
  assert_true(core_host_says(field_status(w), "line", "online"));
  assert_int_equal(core_host_int(w->host.result, "clock_skew_ms"), years_ms);
  fake_hub_unlock(&w->hub, &fake_ann);
  (void)field_mark(w, &fake_zoe, "P");
  core_host_pass(&w->host, 600000);
  assert_true(core_host_says(field_status(w), "line", "online")); /* and only once */
  fake_hub_serve(&w->hub);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
  assert_true(core_host_call(&w->host, "today", ""));
  assert_true(core_host_says(w->host.result, "date", "2026-11-21"));
}

static void somebody_who_may_no_longer_sign_in_is_signed_out(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  field_online(w);
  w->hub.staff[0] = w->hub.staff[1];
  w->hub.staff_count = 1;
  fake_hub_grants(&w->hub);
  assert_true(core_host_call(&w->host, "device.status", ""));
  size_t count = 0;
  (void)core_host_list(w->host.result, "staff", &count);
  assert_int_equal(count, 1);
  assert_true(core_host_says(w->host.result, "unlocked", NULL));
  assert_true(core_host_says(field_status(w), "badge", "sent"));
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      IN_WORLD(no_line_is_opened_while_held),
      IN_WORLD(work_is_sealed_two_seconds_after_the_last_tap),
      IN_WORLD(the_badge_says_sent_only_with_receipts_for_all),
      IN_WORLD(every_mark_arrives_once_with_its_author_and_stamp),
      IN_WORLD(a_receipt_that_died_with_the_hub_is_asked_for_again),
      IN_WORLD(a_lost_receipt_is_asked_for_again_by_the_same_bundle),
      IN_WORLD(a_locked_device_still_sends),
      IN_WORLD(an_unclean_stop_never_looks_sent_while_locked),
      IN_WORLD(stopping_seals_everything),
      IN_WORLD(after_a_failure_the_line_waits_longer_each_time_but_never_too_long),
      IN_WORLD(a_hub_that_cannot_prove_itself_is_left),
      IN_WORLD(bytes_nobody_understands_close_the_line_and_hurt_nothing),
      IN_WORLD(quarantined_work_needs_help_and_is_not_called_sent),
      IN_WORLD(a_receipt_signed_anew_wins_over_the_older_one_whichever_comes_first),
      IN_WORLD(what_the_office_rejected_is_refused_and_asks_for_no_more_help),
      IN_WORLD(what_the_hub_is_too_old_for_waits_and_the_screen_says_so),
      IN_WORLD(the_hub_s_wish_for_patience_is_kept),
      IN_WORLD(a_busy_hub_is_named_and_when_it_will_be_tried_again),
      IN_WORLD(what_is_recorded_while_the_hub_is_busy_is_delivered_without_asking_for_more),
      IN_WORLD(a_line_lost_meanwhile_does_not_shorten_the_wait),
      IN_WORLD(a_hub_that_could_not_take_something_is_left_alone),
      IN_WORLD(a_person_may_ask_a_busy_hub_again),
      IN_WORLD(a_revoked_device_says_so_and_still_exports),
      IN_WORLD(a_session_ends_after_a_day_and_a_new_one_begins),
      IN_WORLD(a_clock_set_while_the_line_is_up_is_put_right_by_the_hub_at_once),
      IN_WORLD(somebody_who_may_no_longer_sign_in_is_signed_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
