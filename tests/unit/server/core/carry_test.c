/* carry_test.c: a device that brings another one's file over its line, and one that means no good by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "proto/transfer.h"
#include "server/core/views.h"
#include "tests/lib/full_disk.h"
#include "tests/lib/hub_world.h"

enum { few_max = 300 };
static struct hub_host host;
static struct hub_world world;
static struct test_device away, carrier; /* of Ada and of Ben */
static struct test_line line;            /* the carrier's */
static struct buf bundles[few_max];
static size_t bundle_count;

static int setup(void **state) {
  (void)state;
  full_disk_register();
  full_disk_set(false);
  hub_host_open(&host, 6);
  host.store->ops->close(host.store);
  struct store_sqlite_config config = {.path = host.path, .vfs = "full"};
  assert_int_equal(store_sqlite_open(&host.store, &config, NULL), ERR_OK);
  hub_world_make(&world, &host);
  test_device_enrol(&away, &host, &world.ada, NULL);
  test_device_enrol(&carrier, &host, &world.ben, NULL);
  bundle_count = 0;
  test_line_open(&line, &carrier, NULL);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  full_disk_set(false);
  for (size_t i = 0; i < bundle_count; i++) buf_finish(&bundles[i]);
  test_line_close(&line);
  test_device_finish(&away);
  test_device_finish(&carrier);
  hub_host_close(&host);
  return 0;
}

static void seal_marks(struct test_device *d, const struct id *author, size_t count) {
  for (size_t i = 0; i < count; i++) {
    (void)test_device_mark(d, author, &world.strings_today, &world.zoe, ENUM_mark_code_P, -1);
    test_device_seal(d, &bundles[bundle_count++]);
  }
}

/* All bundles that were sealed, as the file of a device. */
static void send_file(const struct id *hub, const struct id *device, const struct id *who) {
  struct slice list[few_max];
  struct buf file = BUF_INIT(export_file_bytes_max);
  for (size_t i = 0; i < bundle_count; i++) list[i] = buf_slice(&bundles[i]);
  const struct export_file f = {.hub = *hub, .device = *device, .bundles = list, .count = bundle_count};
  assert_int_equal(export_encode(&file, &f), ERR_OK);
  const struct message m = {.type = MSG_CARRY, .carry = {.who = *who, .file = buf_slice(&file)}};
  test_line_send(&line, &m);
  buf_finish(&file);
}

static struct msg_carried answer(struct reply_file *reply) {
  struct message m;
  assert_true(test_line_find(&line, MSG_CARRIED, &m));
  *reply = (struct reply_file){.count = 0};
  if (m.carried.reply.len) assert_int_equal(reply_decode(reply, m.carried.reply, &line.arena, NULL), ERR_OK);
  return m.carried;
}

static void answers_with(uint32_t refused, const char *why, size_t receipts) {
  struct reply_file r;
  struct msg_carried m = answer(&r);
  assert_int_equal(m.refused, refused);
  assert_true(slice_equal(m.why, slice_text(why)));
  assert_int_equal(r.count, receipts);
  assert_false(line.line.closed);
}

static size_t audited(struct view_audit *latest) {
  struct view_audit *list;
  size_t count, found = 0;
  const struct audit_query query = {.kind = AUDIT_DEVICE, .to_ms = INT64_MAX, .limit = 200};
  assert_int_equal(views_audit(host.store, &query, &line.arena, &list, &count), ERR_OK);
  for (size_t i = count; i > 0; i--) {
    if (!slice_equal(list[i - 1].action, slice_text("device.carried"))) continue;
    *latest = list[i - 1];
    found++;
  }
  return found;
}

/* ---- what it is for ---- */

static void a_piece_is_taken_as_its_own_devices_and_answered_by_a_reply_file(void **state) {
  (void)state;
  struct reply_file r;
  struct view_audit entry;
  seal_marks(&away, &world.ada, 2);
  send_file(&host.hub.id, &away.id, &world.ben);
  struct msg_carried m = answer(&r);
  assert_int_equal(m.refused, 0);
  assert_int_equal(m.why.len, 0);
  assert_int_equal(r.count, 2);
  assert_true(id_equal(&r.device, &away.id));
  struct receipt receipt = test_receipt(&host, r.receipts[1], &line.arena);
  assert_true(id_equal(&receipt.device, &away.id));
  assert_int_equal(receipt.status, RECEIPT_APPLIED);
  assert_int_equal(hub_host_counts(&host).quarantined, 0);
  assert_int_equal(audited(&entry), 1);
  assert_true(id_equal(&entry.actor, &world.ben));
}

/* Ada does not work on the carrier: it may say so, and is not believed. */
static void who_may_not_sign_in_on_the_carrier_is_not_named_in_the_audit(void **state) {
  (void)state;
  struct view_audit entry;
  seal_marks(&away, &world.ada, 1);
  send_file(&host.hub.id, &away.id, &world.ada);
  answers_with(0, "", 1);
  assert_int_equal(audited(&entry), 1);
  assert_true(id_equal(&entry.actor, &carrier.id));
}

/* What the carrier may do has no part in it: its author is not assigned to the carrier, nor need be. */
static void a_carrier_that_is_revoked_still_brings(void **state) {
  (void)state;
  hub_world_revoke(&host, &carrier.id);
  seal_marks(&away, &world.ada, 1);
  send_file(&host.hub.id, &away.id, &(struct id){{0}});
  answers_with(0, "", 1);
  assert_int_equal(hub_host_counts(&host).quarantined, 0);
}

static void its_own_bundles_are_taken_between_two_pieces(void **state) {
  (void)state;
  struct message m;
  struct buf own;
  seal_marks(&away, &world.ada, 1);
  line.line.lazy = true;
  send_file(&host.hub.id, &away.id, &world.ben);
  (void)test_device_mark(&carrier, &world.ben, &world.strings_today, &world.jo, ENUM_mark_code_P, -1);
  test_device_seal(&carrier, &own);
  m = (struct message){.type = MSG_BUNDLE, .bundle = {.bytes = buf_slice(&own)}};
  test_line_send(&line, &m);
  hub_line_work(&line.line);
  answers_with(0, "", 1);
  assert_true(test_line_find(&line, MSG_RECEIPTS, &m));
  struct receipt r = test_receipt(&host, m.receipts.receipts[0], &line.arena);
  assert_true(id_equal(&r.device, &carrier.id));
  assert_int_equal(hub_host_counts(&host).marks, 2);
  buf_finish(&own);
}

/* ---- what is not taken ---- */

static void a_stranger_and_another_hub_are_answered_by_name(void **state) {
  (void)state;
  struct id other = {{0x55}};
  struct view_audit entry;
  away.id.b[3] ^= 1;
  seal_marks(&away, &world.ada, 2);
  send_file(&host.hub.id, &away.id, &world.ben);
  answers_with(2, "UNKNOWN_DEVICE", 0);
  send_file(&other, &away.id, &world.ben);
  answers_with(0, "OTHER_HUB", 0);
  assert_int_equal(audited(&entry), 0);
}

static void a_bundle_that_was_tampered_with_costs_the_others_nothing(void **state) {
  (void)state;
  seal_marks(&away, &world.ada, 3);
  bundles[2].ptr[bundles[2].len - 70] ^= 1;
  send_file(&host.hub.id, &away.id, &world.ben);
  answers_with(1, "BAD_SIGNATURE", 2);
}

static void a_piece_that_is_no_file_is_answered_and_changes_nothing(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  const char *rubbish[] = {"", "TUTTIEX1", "TUTTIRP1 and no more", "{\"file\": 1}"};
  hub_host_digest(&host, before);
  for (size_t i = 0; i < sizeof rubbish / sizeof *rubbish; i++) {
    const struct message m = {.type = MSG_CARRY, .carry = {.file = slice_text(rubbish[i])}};
    struct reply_file r;
    test_line_send(&line, &m);
    struct msg_carried c = answer(&r);
    assert_true(c.why.len > 0);
    assert_int_equal(c.reply.len, 0);
  }
  hub_host_digest(&host, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_false(line.line.closed);
}

/* ---- a carrier that means no good ---- */

static void the_same_again_and_again_fills_no_audit(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct view_audit entry;
  seal_marks(&away, &world.ada, 1);
  send_file(&host.hub.id, &away.id, &world.ben);
  answers_with(0, "", 1);
  hub_host_digest(&host, before);
  for (int i = 0; i < 5; i++) {
    send_file(&host.hub.id, &away.id, &world.ben);
    answers_with(0, "", 1);
  }
  hub_host_digest(&host, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(audited(&entry), 1);
}

static void a_second_piece_before_the_answer_is_the_end(void **state) {
  (void)state;
  seal_marks(&away, &world.ada, 1);
  line.line.lazy = true;
  send_file(&host.hub.id, &away.id, &world.ben);
  assert_false(line.line.closed);
  send_file(&host.hub.id, &away.id, &world.ben);
  assert_true(line.line.closed);
  hub_line_work(&line.line);
  assert_int_equal(host.gate.bundles, 1);
}

static void more_than_a_piece_is_not_begun(void **state) {
  (void)state;
  seal_marks(&away, &world.ada, 200);
  send_file(&host.hub.id, &away.id, &world.ben);
  answers_with(0, "TOO_BIG", 0);
  assert_int_equal(hub_host_counts(&host).marks, 0);
}

static void a_hub_that_cannot_store_asks_for_patience(void **state) {
  (void)state;
  struct message m;
  struct reply_file r;
  seal_marks(&away, &world.ada, 1);
  full_disk_set(true);
  send_file(&host.hub.id, &away.id, &world.ben);
  full_disk_set(false);
  assert_true(test_line_find(&line, MSG_RETRY, &m));
  assert_true(line.line.closed);
  test_line_close(&line);
  test_line_open(&line, &carrier, NULL);
  send_file(&host.hub.id, &away.id, &world.ben);
  assert_int_equal(answer(&r).refused, 0);
  assert_int_equal(r.count, 1);
}

static err cannot_commit(struct store *s) {
  s->ops->rollback(s);
  return ERR_CORRUPT;
}

/* The file is as good as it was: a carrier that heard "not taken" would give up on it. */
static void a_hub_whose_database_is_damaged_judges_no_file(void **state) {
  (void)state;
  struct message m;
  struct reply_file r;
  const struct store_ops *whole = host.store->ops;
  struct store_ops damaged = *whole;
  damaged.commit = cannot_commit;
  seal_marks(&away, &world.ada, 1);
  host.store->ops = &damaged;
  send_file(&host.hub.id, &away.id, &world.ben);
  host.store->ops = whole;
  assert_true(test_line_find(&line, MSG_RETRY, &m));
  test_line_close(&line);
  test_line_open(&line, &carrier, NULL);
  send_file(&host.hub.id, &away.id, &world.ben);
  assert_int_equal(answer(&r).refused, 0);
  assert_int_equal(r.count, 1);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      CASE(a_piece_is_taken_as_its_own_devices_and_answered_by_a_reply_file),
      CASE(who_may_not_sign_in_on_the_carrier_is_not_named_in_the_audit),
      CASE(a_carrier_that_is_revoked_still_brings),
      CASE(its_own_bundles_are_taken_between_two_pieces),
      CASE(a_stranger_and_another_hub_are_answered_by_name),
      CASE(a_bundle_that_was_tampered_with_costs_the_others_nothing),
      CASE(a_piece_that_is_no_file_is_answered_and_changes_nothing),
      CASE(the_same_again_and_again_fills_no_audit),
      CASE(a_second_piece_before_the_answer_is_the_end),
      CASE(more_than_a_piece_is_not_begun),
      CASE(a_hub_that_cannot_store_asks_for_patience),
      CASE(a_hub_whose_database_is_damaged_judges_no_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
