/* carry_test.c: another device's file on this one, against a hub that answers as it likes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "proto/transfer.h"
#include "tests/lib/field_world.h"

static const struct id another = {{0x50, 2}};

static void must(err e) {
  if (e != ERR_OK) fail_msg("%s", err_text(e));
}

/* The file of a device that the hub may know: its bundles are as large as asked for. */
static void make_file(struct field_world *w, size_t count, size_t bytes, struct buf *out) {
  struct sign_keys sign;
  struct buf bundles[8], plain = BUF_INIT(bundle_plain_bytes_max);
  struct slice list[8];
  crypto_sign_keys(&sign, &w->host.config.entropy);
  must(buf_append_zeros(&plain, bytes));
  for (size_t i = 0; i < count; i += 1) {
    const struct bundle_header h = {
        .hub = w->hub.id, .intake_key = 1, .device = another, .incarnation = 1, .seq = i + 1};
    bundles[i] = (struct buf)BUF_INIT(bundle_bytes_max);
    must(bundle_seal(&bundles[i], &h, buf_slice(&plain), w->hub.intake.public_key, sign.secret,
                     &w->host.config.entropy));
    list[i] = buf_slice(&bundles[i]);
  }
  const struct export_file f = {.hub = w->hub.id, .device = another, .bundles = list, .count = count};
  must(export_encode(out, &f));
  for (size_t i = 0; i < count; i += 1) buf_finish(&bundles[i]);
  buf_finish(&plain);
}

static void take(struct field_world *w, size_t count, size_t bytes) {
  struct buf file = BUF_INIT(export_file_bytes_max);
  make_file(w, count, bytes, &file);
  if (!core_host_call(&w->host, "carry", "file:y", buf_slice(&file))) fail_msg("%s", w->host.text);
  buf_finish(&file);
}

static void stands(struct field_world *w, const char *state) {
  size_t count;
  const item *list = core_host_list(field_status(w), "carried", &count);
  assert_int_equal(count, 1);
  assert_true(core_host_says(item_at(list, 0), "state", state));
}

/* With one receipt, which the carrier does not look into. */
static void answer(struct field_world *w, const struct id *device, size_t receipts) {
  struct slice list[8];
  struct buf reply = BUF_INIT(message_bytes_max);
  for (size_t i = 0; i < receipts; i += 1) list[i] = slice_text("a receipt");
  const struct reply_file r = {.hub = w->hub.id,
                               .device = *device,
                               .manifest = buf_slice(&w->hub.manifest),
                               .receipts = list,
                               .count = receipts};
  must(reply_encode(&reply, &r));
  const struct message m = {.type = MSG_CARRIED, .carried = {.reply = buf_slice(&reply)}};
  fake_hub_send(&w->hub, &m);
  buf_finish(&reply);
  fake_hub_serve(&w->hub);
}

static size_t bundles_of(const struct buf *file) {
  struct arena a = ARENA_INIT(export_file_bytes_max);
  struct export_file f;
  must(export_decode(&f, buf_slice(file), &a, NULL));
  assert_true(id_equal(&f.device, &another));
  size_t count = f.count;
  arena_finish(&a);
  return count;
}

static void a_piece_waits_for_the_answer_to_the_one_before(void **state) {
  struct field_world *w = *state;
  take(w, 3, 40000);
  field_online(w);
  assert_int_equal(w->hub.carry_count, 1);
  assert_int_equal(bundles_of(&w->hub.carry_file), 1); /* two of them are more than a piece */
  assert_true(id_equal(&w->hub.carry.who, &fake_ann));
  (void)field_mark(w, &fake_zoe, "P");
  field_pause(w);
  assert_int_equal(w->hub.carry_count, 1);
  for (size_t i = 1; i <= 3; i += 1) {
    assert_int_equal(w->hub.carry_count, i);
    stands(w, "sending");
    answer(w, &another, 1);
  }
  assert_int_equal(w->hub.carry_count, 3);
  stands(w, "answered");
}

static void a_large_bundle_goes_alone(void **state) {
  struct field_world *w = *state;
  take(w, 1, bundle_plain_bytes_max - 1);
  field_online(w);
  assert_int_equal(w->hub.carry_count, 1);
  assert_true(w->hub.carry_file.len > bundle_plain_bytes_max);
}

static void a_locked_device_carries_for_nobody(void **state) {
  struct field_world *w = *state;
  assert_true(core_host_call(&w->host, "lock", ""));
  take(w, 1, 100);
  field_online(w);
  assert_int_equal(w->hub.carry_count, 1);
  assert_true(id_is_zero(&w->hub.carry.who));
}

static void an_answer_nobody_asked_for_is_the_end(void **state) {
  struct field_world *w = *state;
  field_online(w);
  assert_true(core_host_says(field_status(w), "line", "online"));
  answer(w, &another, 1);
  assert_true(core_host_says(field_status(w), "line", "off"));
}

static void an_answer_about_another_device_is_the_end_and_changes_nothing(void **state) {
  struct field_world *w = *state;
  struct id third = {{0x50, 3}};
  take(w, 1, 100);
  field_online(w);
  answer(w, &third, 1);
  assert_true(core_host_says(field_status(w), "line", "off"));
  stands(w, "waiting");
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_connect(&w->hub);
  assert_int_equal(w->hub.carry_count, 2);
  answer(w, &another, 1);
  stands(w, "answered");
}

static void more_receipts_than_were_asked_for_are_the_end(void **state) {
  struct field_world *w = *state;
  take(w, 1, 100);
  field_online(w);
  answer(w, &another, 2);
  assert_true(core_host_says(field_status(w), "line", "off"));
  stands(w, "waiting");
}

static void the_answer_to_what_was_forgotten_meanwhile_is_dropped(void **state) {
  struct field_world *w = *state;
  size_t count;
  take(w, 1, 100);
  field_online(w);
  assert_true(core_host_call(&w->host, "carry.forget", "number:n", 1));
  take(w, 2, 100);
  assert_int_equal(w->hub.carry_count, 1);
  answer(w, &another, 1);
  assert_int_equal(w->hub.carry_count, 2); /* of the new one */
  answer(w, &another, 2);
  stands(w, "answered");
  assert_true(core_host_says(field_status(w), "line", "online"));
  assert_int_equal(core_host_int(item_at(core_host_list(field_status(w), "carried", &count), 0), "bundles"),
                   2);
}

static void what_is_carried_is_no_work_of_this_device(void **state) {
  struct field_world *w = *state;
  struct slice bytes;
  struct arena a = ARENA_INIT(export_file_bytes_max);
  struct export_file f;
  take(w, 1, 100);
  assert_int_equal(core_host_int(field_status(w), "changes"), 0);
  assert_true(core_host_call(&w->host, "export", ""));
  must(item_bytes(item_get(w->host.result, "file"), 0, export_file_bytes_max, &bytes));
  must(export_decode(&f, bytes, &a, NULL));
  assert_int_equal(f.count, 0);
  arena_finish(&a);
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      IN_WORLD(a_piece_waits_for_the_answer_to_the_one_before),
      IN_WORLD(a_large_bundle_goes_alone),
      IN_WORLD(a_locked_device_carries_for_nobody),
      IN_WORLD(an_answer_nobody_asked_for_is_the_end),
      IN_WORLD(an_answer_about_another_device_is_the_end_and_changes_nothing),
      IN_WORLD(more_receipts_than_were_asked_for_are_the_end),
      IN_WORLD(the_answer_to_what_was_forgotten_meanwhile_is_dropped),
      IN_WORLD(what_is_carried_is_no_work_of_this_device),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
