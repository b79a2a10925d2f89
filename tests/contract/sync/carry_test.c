/* carry_test.c: a device without a line, a colleague's device that has one, and the hub: the file goes up by
 * the colleague's line, the reply comes back the same way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "proto/transfer.h"
#include "server/core/orders.h"
#include "server/core/views.h"
#include "shared/base/file.h"
#include "tests/contract/sync/pair.h"

static struct pair pair;
static struct pair_device *away, *carrier; /* Ada's has no line; Ben's has one */
static struct buf file, reply;

static void must(err e) {
  if (e != ERR_OK) fail_msg("%s", err_text(e));
}

static int setup(void **state) {
  (void)state;
  pair_open(&pair, 31);
  file = reply = (struct buf)BUF_INIT(export_file_bytes_max);
  away = pair_add(&pair, &pair.world.ada);
  carrier = pair_add(&pair, &pair.world.ben);
  pair_hold(&pair, away, true);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  buf_finish(&file);
  buf_finish(&reply);
  pair_close(&pair);
  return 0;
}

/* ---- what people do ---- */

static void call(struct pair_device *d, const char *command, const char *format, int value) {
  if (!core_host_call(&d->host, command, format, value)) fail_msg("%s: %s", command, d->host.text);
}

static void keep(struct buf *out, const struct pair_device *d) {
  struct slice bytes = {NULL, 0};
  buf_clear(out);
  must(item_bytes(item_get(d->host.result, "file"), 0, export_file_bytes_max, &bytes));
  must(buf_append(out, bytes));
}

/* Ada marks so many times, each in a bundle of its own, and exports. */
static void write_and_export(size_t bundles) {
  for (size_t i = 0; i < bundles; i++) {
    pair_mark(&pair, away, &pair.world.zoe, i % 2 ? "P" : "L");
    pair_pass(&pair, seal_pause_ms + 1);
  }
  call(away, "export", "", 0);
  assert_int_equal(core_host_int(away->host.result, "bundles"), bundles);
  keep(&file, away);
}

static bool take(struct slice bytes) { return core_host_call(&carrier->host, "carry", "file:y", bytes); }

static const item *carried(size_t expected) {
  size_t count;
  call(carrier, "sync.status", "", 0);
  const item *list = core_host_list(carrier->host.result, "carried", &count);
  assert_int_equal(count, expected);
  return list;
}

static void stands(const char *state) {
  const item *one = item_at(carried(1), 0);
  if (!core_host_says(one, "state", state)) {
    struct slice is = core_host_text(one, "state");
    fail_msg("the file is %.*s and not %s", (int)is.len, (const char *)is.ptr, state);
  }
}

static void refused(const char *code) {
  assert_string_equal(carrier->host.code, code);
  assert_true(strlen(carrier->host.text) > 20);
  assert_int_equal(carrier->host.step_error, ERR_OK);
  (void)carried(0);
}

static void give_back(void) {
  call(carrier, "carry.reply", "number:n", 1);
  keep(&reply, carrier);
  if (!core_host_call(&away->host, "import", "file:y", buf_slice(&reply))) fail_msg("%s", away->host.text);
}

static void is_all_sent(struct pair_device *d) {
  call(d, "sync.status", "", 0);
  assert_true(core_host_says(d->host.result, "badge", "sent"));
}

/* How many entries of the audit say that a device carried a file, and the latest. */
static size_t audited(struct view_audit *latest, struct arena *a) {
  struct view_audit *list;
  size_t count, found = 0;
  const struct audit_query query = {.kind = AUDIT_DEVICE, .to_ms = INT64_MAX, .limit = 200};
  must(views_audit(pair.hub.store, &query, a, &list, &count));
  for (size_t i = count; i > 0; i--) {
    if (!slice_equal(list[i - 1].action, slice_text("device.carried"))) continue;
    *latest = list[i - 1];
    found++;
  }
  return found;
}

/* ---- the journey ---- */

static void a_colleague_brings_it_and_gives_the_reply_back(void **state) {
  (void)state;
  struct view_audit entry;
  struct arena a = ARENA_INIT(1 << 22);
  write_and_export(2);
  assert_true(core_host_call(&carrier->host, "carry", "file:y look:b", buf_slice(&file), 1));
  assert_true(core_host_says(carrier->host.result, "device_name", "Phone 1"));
  assert_int_equal(core_host_int(carrier->host.result, "bundles"), 2);
  assert_int_equal(core_host_int(carrier->host.result, "number"), 0);
  (void)carried(0);
  assert_true(take(buf_slice(&file)));
  assert_int_equal(hub_host_counts(&pair.hub).marks, 0);
  pair_run(&pair);
  stands("answered");
  assert_int_equal(hub_host_counts(&pair.hub).marks, 1);
  assert_int_equal(hub_host_counts(&pair.hub).quarantined, 0);
  give_back();
  is_all_sent(away);
  assert_int_equal(audited(&entry, &a), 1);
  assert_true(id_equal(&entry.actor, &pair.world.ben));
  assert_non_null(strstr((const char *)entry.detail.ptr, "bundles=2 new=2 refused=0 carrier="));
  call(carrier, "carry.forget", "number:n", 1);
  (void)carried(0);
  arena_finish(&a);
}

/* The order a reply brings is the office's, whoever carries it. */
static void the_reply_is_what_the_office_would_have_given(void **state) {
  (void)state;
  write_and_export(1);
  call(away, "device.status", "", 0);
  struct id device = core_host_id(away->host.result, "device");
  must(device_lease(NULL, &pair.hub.hub, pair.hub.store, &pair.hub.now, &pair.world.ben, &device, 40, NULL));
  assert_true(take(buf_slice(&file)));
  pair_run(&pair);
  give_back();
  assert_int_equal(core_host_int(away->host.result, "bundles_done"), 1);
  assert_int_equal(core_host_int(away->host.result, "orders"), 1);
}

static void importing_twice_changes_nothing(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct view_audit entry;
  struct arena a = ARENA_INIT(1 << 22);
  write_and_export(2);
  assert_true(take(buf_slice(&file)));
  assert_true(take(buf_slice(&file)));
  assert_int_equal(core_host_int(carrier->host.result, "number"), 1);
  pair_run(&pair);
  hub_host_digest(&pair.hub, before);
  assert_true(take(buf_slice(&file)));
  stands("answered");
  call(carrier, "carry.forget", "number:n", 1);
  assert_true(take(buf_slice(&file)));
  pair_run(&pair);
  stands("answered");
  hub_host_digest(&pair.hub, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(audited(&entry, &a), 1);
  give_back();
  is_all_sent(away);
  arena_finish(&a);
}

/* ---- trouble ---- */

static void what_was_taken_survives_a_power_cut_and_waits_for_a_line(void **state) {
  (void)state;
  write_and_export(1);
  pair_hold(&pair, carrier, true);
  assert_true(take(buf_slice(&file)));
  stands("waiting");
  carrier->host.config.hold = true;
  pair_power_cut(&pair, carrier);
  stands("waiting");
  pair_hold(&pair, carrier, false);
  pair_pass(&pair, reconnect_max_ms);
  stands("answered");
  pair_power_cut(&pair, carrier);
  stands("answered");
  give_back();
  is_all_sent(away);
}

/* The hub has some pieces, and the carrier does not remember which. */
static void a_carrier_that_dies_between_two_pieces_begins_anew(void **state) {
  (void)state;
  write_and_export(260);
  pair_run(&pair);
  assert_true(take(buf_slice(&file)));
  assert_true(file.len > carried_piece_bytes + 4096);
  for (int frames = 0; hub_host_counts(&pair.hub).marks == 0 && frames < 20; frames++)
    (void)pair_frame(&pair, carrier);
  stands("sending");
  assert_int_equal(hub_host_counts(&pair.hub).marks, 1);
  pair_power_cut(&pair, carrier);
  pair_pass(&pair, reconnect_max_ms);
  stands("answered");
  give_back();
  assert_int_equal(core_host_int(away->host.result, "bundles_done"), 260);
  is_all_sent(away);
}

static void a_line_that_breaks_between_two_pieces_goes_on_where_it_was(void **state) {
  (void)state;
  write_and_export(260);
  assert_true(take(buf_slice(&file)));
  for (int frames = 0; hub_host_counts(&pair.hub).marks == 0 && frames < 20; frames++)
    (void)pair_frame(&pair, carrier);
  pair_hold(&pair, carrier, true);
  pair_hold(&pair, carrier, false);
  size_t sent = carrier->sent_bytes;
  pair_pass(&pair, reconnect_max_ms);
  stands("answered");
  assert_true(carrier->sent_bytes - sent < file.len);
  give_back();
  is_all_sent(away);
}

static void its_own_work_goes_first(void **state) {
  (void)state;
  write_and_export(1);
  pair_hold(&pair, carrier, true);
  assert_true(take(buf_slice(&file)));
  pair_mark(&pair, carrier, &pair.world.jo, "P");
  call(carrier, "sync.hold", "hold:b", 0);
  bool own_first = false;
  for (int frames = 0; frames < 40 && hub_host_counts(&pair.hub).marks < 2; frames++) {
    (void)pair_frame(&pair, carrier);
    call(carrier, "sync.status", "", 0);
    own_first = own_first || (core_host_says(carrier->host.result, "badge", "sent") &&
                              hub_host_counts(&pair.hub).marks == 1);
  }
  assert_true(own_first);
  pair_run(&pair);
  stands("answered");
}

/* ---- files that are not carried ---- */

static void a_file_that_is_not_whole_or_not_anothers_is_refused_in_words(void **state) {
  (void)state;
  struct id other = {{0x77}};
  struct buf wrong = BUF_INIT(export_file_bytes_max);
  struct arena a = ARENA_INIT(export_file_bytes_max);
  struct export_file f;
  write_and_export(2);
  for (size_t len = 0; len < file.len; len += 97) {
    assert_false(take(slice_of(file.ptr, len)));
    refused("MALFORMED");
  }
  for (size_t at = 0; at < file.len; at += 131) {
    file.ptr[at] ^= 1;
    assert_false(take(buf_slice(&file)));
    refused("MALFORMED");
    file.ptr[at] ^= 1;
  }
  must(export_decode(&f, buf_slice(&file), &a, NULL));
  f.hub = other;
  must(export_encode(&wrong, &f));
  assert_false(take(buf_slice(&wrong)));
  refused("OTHER_HUB");
  must(export_decode(&f, buf_slice(&file), &a, NULL));
  f.device = other;
  buf_clear(&wrong);
  must(export_encode(&wrong, &f));
  assert_false(take(buf_slice(&wrong)));
  refused("MALFORMED");
  assert_false(core_host_call(&away->host, "carry", "file:y", buf_slice(&file)));
  assert_string_equal(away->host.code, "CONFLICT");
  arena_finish(&a);
  buf_finish(&wrong);
}

static void one_device_carries_so_many_and_no_more(void **state) {
  (void)state;
  pair_hold(&pair, carrier, true);
  for (size_t i = 0; i < carried_files_max; i++) {
    pair_mark(&pair, away, &pair.world.jo, i % 2 ? "P" : "L");
    call(away, "export", "", 0);
    keep(&file, away);
    assert_true(take(buf_slice(&file)));
  }
  pair_mark(&pair, away, &pair.world.li, "P");
  call(away, "export", "", 0);
  keep(&file, away);
  assert_false(take(buf_slice(&file)));
  assert_string_equal(carrier->host.code, "FULL");
  (void)carried(carried_files_max);
  call(carrier, "carry.forget", "number:n", 2);
  assert_true(take(buf_slice(&file)));
  assert_int_equal(core_host_int(carrier->host.result, "number"), 2);
  pair_hold(&pair, carrier, false);
  pair_pass(&pair, reconnect_max_ms);
  const item *list = carried(carried_files_max);
  for (size_t i = 0; i < carried_files_max; i++)
    assert_true(core_host_says(item_at(list, i), "state", "answered"));
}

/* Its header says the right things, but no device of the hub signed it. */
static void a_file_of_nobody_the_hub_knows_is_answered_in_words(void **state) {
  (void)state;
  struct test_device stranger;
  struct buf bundle;
  test_device_enrol(&stranger, &pair.hub, &pair.world.ada, NULL);
  stranger.id.b[0] ^= 1;
  (void)test_device_mark(&stranger, &pair.world.ada, &pair.world.strings_today, &pair.world.zoe,
                         ENUM_mark_code_P, -1);
  test_device_seal(&stranger, &bundle);
  struct slice one = buf_slice(&bundle);
  const struct export_file f = {.hub = pair.hub.hub.id, .device = stranger.id, .bundles = &one, .count = 1};
  must(export_encode(&file, &f));
  assert_true(take(buf_slice(&file)));
  assert_true(core_host_says(carrier->host.result, "device_name", NULL));
  pair_run(&pair);
  stands("refused");
  const item *it = item_at(carried(1), 0);
  assert_int_equal(core_host_int(it, "refused"), 1);
  assert_true(core_host_says(it, "why", err_text(ERR_UNKNOWN_DEVICE)));
  assert_int_equal(hub_host_counts(&pair.hub).marks, 0);
  call(carrier, "sync.status", "", 0);
  assert_true(core_host_says(carrier->host.result, "line", "online"));
  buf_finish(&bundle);
  test_device_finish(&stranger);
}

/* ---- the end of a device ---- */

static void a_revoked_devices_file_is_set_aside_and_the_reply_says_what_it_is_to_do(void **state) {
  (void)state;
  struct change_set changes;
  write_and_export(1);
  call(away, "device.status", "", 0);
  struct id device = core_host_id(away->host.result, "device");
  must(
      device_revoke(&changes, &pair.hub.hub, pair.hub.store, &pair.hub.now, &pair.world.ben, &device, false));
  assert_true(take(buf_slice(&file)));
  pair_run(&pair);
  stands("answered");
  give_back();
  assert_int_equal(core_host_int(away->host.result, "orders"), 1);
  assert_int_equal(hub_host_counts(&pair.hub).quarantined, 1);
}

static void a_carrier_that_is_emptied_keeps_what_is_anothers(void **state) {
  (void)state;
  write_and_export(1);
  pair_hold(&pair, carrier, true);
  assert_true(take(buf_slice(&file)));
  call(carrier, "device.reset", "force:b", 1);
  assert_false(core_host_bool(carrier->host.result, "enrolled"));
  stands("waiting");
  core_host_stop(&carrier->host);
  core_host_start(&carrier->host);
  stands("waiting");
  call(carrier, "carry.forget", "number:n", 1);
  (void)carried(0);
}

static void a_carrier_that_is_revoked_hands_over_first_and_keeps_the_reply(void **state) {
  (void)state;
  struct change_set changes;
  write_and_export(1);
  pair_hold(&pair, carrier, true);
  assert_true(take(buf_slice(&file)));
  call(carrier, "device.status", "", 0);
  struct id device = core_host_id(carrier->host.result, "device");
  must(
      device_revoke(&changes, &pair.hub.hub, pair.hub.store, &pair.hub.now, &pair.world.ben, &device, false));
  pair_hold(&pair, carrier, false);
  pair_pass(&pair, reconnect_max_ms);
  pair_pass(&pair, reconnect_max_ms);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 1);
  call(carrier, "device.status", "", 0);
  assert_false(core_host_bool(carrier->host.result, "enrolled"));
  stands("answered");
  give_back();
  is_all_sent(away);
}

static void a_carried_file_that_the_disk_damaged_is_said_to_be(void **state) {
  (void)state;
  struct file *f;
  uint8_t byte = 0xff;
  const struct file_ops *ops = &carrier->host.config.files;
  write_and_export(1);
  pair_hold(&pair, carrier, true);
  assert_true(take(buf_slice(&file)));
  core_host_stop(&carrier->host);
  must(ops->open(ops->ctx, "carried-0", false, &f));
  must(ops->write(f, 300, slice_of(&byte, 1)));
  ops->close(f);
  core_host_start(&carrier->host);
  stands("damaged");
  assert_false(core_host_call(&carrier->host, "carry.reply", "number:n", 1));
  call(carrier, "carry.forget", "number:n", 1);
  assert_true(take(buf_slice(&file)));
  stands("waiting");
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      CASE(a_colleague_brings_it_and_gives_the_reply_back),
      CASE(the_reply_is_what_the_office_would_have_given),
      CASE(importing_twice_changes_nothing),
      CASE(what_was_taken_survives_a_power_cut_and_waits_for_a_line),
      CASE(a_carrier_that_dies_between_two_pieces_begins_anew),
      CASE(a_line_that_breaks_between_two_pieces_goes_on_where_it_was),
      CASE(its_own_work_goes_first),
      CASE(a_file_that_is_not_whole_or_not_anothers_is_refused_in_words),
      CASE(one_device_carries_so_many_and_no_more),
      CASE(a_file_of_nobody_the_hub_knows_is_answered_in_words),
      CASE(a_revoked_devices_file_is_set_aside_and_the_reply_says_what_it_is_to_do),
      CASE(a_carrier_that_is_emptied_keeps_what_is_anothers),
      CASE(a_carrier_that_is_revoked_hands_over_first_and_keeps_the_reply),
      CASE(a_carried_file_that_the_disk_damaged_is_said_to_be),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
