/* transfer_test.c: the journey without network: an export file out, a reply file back. */
#include "proto/transfer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "tests/lib/field_world.h"

/* The export's bundles are taken by the hub as if they came on a stick. */
static size_t carry(struct field_world *w) {
  struct arena a = ARENA_INIT(67108864);
  struct export_file f;
  struct fault fault;
  struct slice file = {NULL, 0};
  if (!core_host_call(&w->host, "export", "")) fail_msg("%s", w->host.text);
  assert_int_equal(item_bytes(item_get(w->host.result, "file"), 0, export_file_bytes_max, &file), ERR_OK);
  assert_int_equal(export_decode(&f, file, &a, &fault), ERR_OK);
  assert_true(id_equal(&f.device, &w->hub.device));
  for (size_t i = 0; i < f.count; i += 1) assert_true(fake_hub_take(&w->hub, f.bundles[i]));
  size_t count = f.count;
  arena_finish(&a);
  return count;
}

static void reply_for(struct field_world *w, const struct id *hub, const struct id *device, struct buf *out) {
  struct buf receipts[16];
  struct slice list[16];
  assert_true(w->hub.bundle_count <= 16);
  for (size_t i = 0; i < w->hub.bundle_count; i += 1) {
    receipts[i] = (struct buf)BUF_INIT(65536);
    fake_hub_receipt(&w->hub, &w->hub.bundles[i], RECEIPT_APPLIED, &receipts[i]);
    list[i] = buf_slice(&receipts[i]);
  }
  struct reply_file f = {.hub = *hub,
                         .device = *device,
                         .manifest = buf_slice(&w->hub.manifest),
                         .receipts = list,
                         .count = w->hub.bundle_count};
  assert_int_equal(reply_encode(out, &f), ERR_OK);
  for (size_t i = 0; i < w->hub.bundle_count; i += 1) buf_finish(&receipts[i]);
}

static void a_round_trip_by_file_is_complete(void **state) {
  struct field_world *w = *state;
  struct buf reply = BUF_INIT(1048576);
  (void)field_mark(w, &fake_zoe, "P");
  assert_int_equal(carry(w), 1);
  assert_true(core_host_says(w->host.result, "name", "Kiosk-1-2026-11-21.tutti"));
  assert_int_equal(core_host_int(w->host.result, "registers"), 1);
  reply_for(w, &w->hub.id, &w->hub.device, &reply);
  assert_true(core_host_call(&w->host, "import", "file:y", buf_slice(&reply)));
  assert_int_equal(core_host_int(w->host.result, "receipts"), 1);
  assert_int_equal(core_host_int(w->host.result, "bundles_done"), 1);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
  assert_int_equal(carry(w), 0);
  buf_finish(&reply);
}

static void importing_a_reply_twice_changes_nothing(void **state) {
  struct field_world *w = *state;
  struct buf reply = BUF_INIT(1048576);
  (void)field_mark(w, &fake_zoe, "P");
  (void)carry(w);
  reply_for(w, &w->hub.id, &w->hub.device, &reply);
  assert_true(core_host_call(&w->host, "import", "file:y", buf_slice(&reply)));
  assert_true(core_host_call(&w->host, "import", "file:y", buf_slice(&reply)));
  assert_int_equal(core_host_int(w->host.result, "receipts"), 0);
  assert_int_equal(core_host_int(w->host.result, "bundles_done"), 0);
  buf_finish(&reply);
}

static void exporting_twice_gives_the_same_bundles(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  assert_int_equal(carry(w), 1);
  assert_int_equal(carry(w), 1);
  assert_int_equal(w->hub.repeats, 1);
}

static void a_reply_of_another_hub_or_for_another_device_is_refused(void **state) {
  struct field_world *w = *state;
  struct buf reply = BUF_INIT(1048576);
  struct id other = {{0x99}};
  (void)field_mark(w, &fake_zoe, "P");
  (void)carry(w);
  reply_for(w, &other, &w->hub.device, &reply);
  assert_false(core_host_call(&w->host, "import", "file:y", buf_slice(&reply)));
  field_refused(w, "OTHER_HUB");
  buf_clear(&reply);
  reply_for(w, &w->hub.id, &other, &reply);
  assert_false(core_host_call(&w->host, "import", "file:y", buf_slice(&reply)));
  field_refused(w, "FORBIDDEN");
  assert_true(core_host_says(field_status(w), "badge", "saved"));
  buf_finish(&reply);
}

static void a_reply_that_the_hub_did_not_sign_is_refused(void **state) {
  struct field_world *w = *state;
  struct buf reply = BUF_INIT(1048576);
  struct sign_keys hub = w->hub.sign;
  struct sign_keys forger;
  (void)field_mark(w, &fake_zoe, "P");
  (void)carry(w);
  crypto_sign_keys(&forger, &w->host.config.entropy);
  w->hub.sign = forger;
  reply_for(w, &w->hub.id, &w->hub.device, &reply);
  w->hub.sign = hub;
  assert_true(core_host_call(&w->host, "import", "file:y", buf_slice(&reply)));
  assert_int_equal(core_host_int(w->host.result, "receipts"), 0);
  assert_true(core_host_says(field_status(w), "badge", "saved"));
  buf_finish(&reply);
}

static void a_half_copied_reply_is_refused_whatever_is_missing(void **state) {
  struct field_world *w = *state;
  struct buf reply = BUF_INIT(1048576);
  (void)field_mark(w, &fake_zoe, "P");
  (void)carry(w);
  reply_for(w, &w->hub.id, &w->hub.device, &reply);
  for (size_t len = 0; len < reply.len; len += 37) {
    assert_false(core_host_call(&w->host, "import", "file:y", slice_of(reply.ptr, len)));
    assert_int_equal(w->host.step_error, ERR_OK);
    field_refused(w, "MALFORMED");
  }
  for (size_t at = 0; at < reply.len; at += 53) {
    reply.ptr[at] ^= 1;
    assert_false(core_host_call(&w->host, "import", "file:y", buf_slice(&reply)));
    reply.ptr[at] ^= 1;
  }
  assert_true(core_host_says(field_status(w), "badge", "saved"));
  buf_finish(&reply);
}

static void a_locked_device_exports_and_imports(void **state) {
  struct field_world *w = *state;
  struct buf reply = BUF_INIT(1048576);
  (void)field_mark(w, &fake_zoe, "P");
  assert_true(core_host_call(&w->host, "lock", ""));
  assert_int_equal(carry(w), 1);
  reply_for(w, &w->hub.id, &w->hub.device, &reply);
  assert_true(core_host_call(&w->host, "import", "file:y", buf_slice(&reply)));
  assert_true(core_host_says(field_status(w), "badge", "sent"));
  buf_finish(&reply);
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      IN_WORLD(a_round_trip_by_file_is_complete),
      IN_WORLD(importing_a_reply_twice_changes_nothing),
      IN_WORLD(exporting_twice_gives_the_same_bundles),
      IN_WORLD(a_reply_of_another_hub_or_for_another_device_is_refused),
      IN_WORLD(a_reply_that_the_hub_did_not_sign_is_refused),
      IN_WORLD(a_half_copied_reply_is_refused_whatever_is_missing),
      IN_WORLD(a_locked_device_exports_and_imports),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
