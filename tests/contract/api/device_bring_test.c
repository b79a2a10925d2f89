/* device_bring_test.c: a device's export file brought to the office's page: new, twice, with a gap, set
 * aside, and every sort of wrong file, which changes nothing. */
#include <stdio.h>
#include <unistd.h>

#include "proto/bundle.h"
#include "proto/transfer.h"
#include "server/import/uploads.h"
#include "tests/contract/api/desk.h"

static struct ingest_world *const w = &ingest_world;

enum { bundles_max = ingest_group_bundles_max + 44, part_bytes = 45000 };
static struct buf bundles[bundles_max], made;
static size_t bundle_count;

static int open_world(void **state) {
  bundle_count = 0;
  return desk_open(state);
}

static int close_world(void **state) {
  for (size_t i = 0; i < bundles_max; i++) buf_finish(&bundles[i]);
  buf_finish(&made);
  return desk_close(state);
}

static void seal(void) {
  assert_true(bundle_count < bundles_max);
  test_device_seal(&w->device, &bundles[bundle_count++]);
}

static void ada_marks(const struct id *learner) {
  ingest_mark(&w->device, &w->world.ada, learner, ENUM_mark_code_P);
  seal();
}

/* The device's file of its bundles from one on, for a hub. */
static struct slice export_for(const struct id *hub, size_t from) {
  struct slice list[bundles_max];
  struct export_file f = {.hub = *hub,
                          .device = w->device.id,
                          .certificate = slice_text("not read of a device that is known"),
                          .bundles = list,
                          .count = bundle_count - from};
  for (size_t i = from; i < bundle_count; i++) list[i - from] = buf_slice(&bundles[i]);
  buf_finish(&made);
  made = (struct buf)BUF_INIT(export_file_bytes_max);
  assert_int_equal(export_encode(&made, &f), ERR_OK);
  return buf_slice(&made);
}
static struct slice export_from(size_t from) { return export_for(&w->host.hub.id, from); }

static struct id send_in(struct slice file) {
  struct id id;
  struct buf coded = BUF_INIT(65536);
  desk_send("/api/import/begin", json_object());
  desk_fine();
  assert_int_equal(id_parse(&id, slice_text(desk_text("id"))), ERR_OK);
  for (size_t done = 0; done < file.len; done += part_bytes) {
    size_t len = file.len - done < part_bytes ? file.len - done : part_bytes;
    buf_clear(&coded);
    assert_int_equal(base64url_encode(&coded, slice_of(file.ptr + done, len)), ERR_OK);
    desk_send(desk_path("/api/import/part/", &id),
              json_pack("{s:i, s:s%}", "at", (int)done + 1, "bytes", (const char *)coded.ptr, coded.len));
    desk_fine();
  }
  buf_finish(&coded);
  return id;
}

static bool is_kept(const struct id *id) {
  char path[upload_path_bytes_max];
  assert_int_equal(uploads_path(path, desk.uploads, id), ERR_OK);
  return access(path, F_OK) == 0;
}

static void bring(struct slice file) {
  struct id id = send_in(file);
  desk_send(desk_path("/api/devices/bring/", &id), json_object());
  assert_false(is_kept(&id));
}

static void expect_counts(int fresh, int known, int waiting, int aside, int refused) {
  desk_fine();
  if (desk_number("new") != fresh || desk_number("known") != known || desk_number("waiting") != waiting ||
      desk_number("aside") != aside || desk_number("refused") != refused)
    fail_msg("it says %.300s", desk.text);
}

/* What the device reads in the answer's file. */
static struct reply_file reply(void) {
  struct reply_file r;
  struct buf bytes = BUF_INIT(export_file_bytes_max);
  assert_int_equal(base64url_decode(&bytes, slice_text(desk_text("reply"))), ERR_OK);
  struct slice copy = arena_copy(&w->arena, buf_slice(&bytes));
  buf_finish(&bytes);
  assert_int_equal(reply_decode(&r, copy, &w->arena, NULL), ERR_OK);
  assert_true(id_equal(&r.hub, &w->host.hub.id) && id_equal(&r.device, &w->device.id));
  return r;
}

static void expect_receipt(size_t place, uint64_t seq, enum receipt_status status) {
  struct reply_file file = reply();
  assert_true(place < file.count);
  struct receipt r = test_receipt(&w->host, file.receipts[place], &w->arena);
  assert_int_equal(r.seq, seq);
  assert_int_equal(r.status, status);
}

static void a_file_is_taken_once_and_its_reply_is_signed(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  ada_marks(&w->world.zoe);
  ada_marks(&w->world.li);
  bring(export_from(0));
  expect_counts(2, 0, 0, 0, 0);
  assert_string_equal(desk_text("device_name"), "Kiosk");
  assert_true(desk.changes.position > 0 && desk.changes.all_streams && desk.changes.devices);
  assert_int_equal(reply().count, 2);
  expect_receipt(0, 1, RECEIPT_APPLIED);
  expect_receipt(1, 2, RECEIPT_APPLIED);
  assert_true(ingest_load_mark(&w->world.zoe).exists && ingest_load_mark(&w->world.li).exists);
  hub_host_digest(&w->host, before);
  bring(export_from(0));
  expect_counts(0, 2, 0, 0, 0);
  expect_receipt(1, 2, RECEIPT_APPLIED);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
}

static size_t writer_steps;
static void count_step(enum http_next where) { writer_steps += where == HTTP_WRITER; }

/* Two hundred bundles are one transaction: whoever writes meanwhile comes in between. */
static void a_file_of_weeks_is_taken_in_several_steps_of_the_writer(void **state) {
  (void)state;
  const struct id *children[] = {&w->world.zoe, &w->world.li, &w->world.jo};
  struct op_id before = {.device = w->device.id, .incarnation = 1};
  for (size_t i = 0; i < bundles_max; i++) {
    struct changeset *cs = ingest_mark(&w->device, &w->world.ada, children[i % 3], ENUM_mark_code_P);
    if (before.counter) test_device_base(&w->device, cs, &before); /* the child's last mark: one head stays */
    if (i >= 2) before.counter = i - 1;
    seal();
  }
  writer_steps = 0;
  desk.after_step = count_step;
  bring(export_from(0));
  desk.after_step = NULL;
  expect_counts(bundles_max, 0, 0, 0, 0);
  assert_true(writer_steps >= 2);
  assert_int_equal(reply().count, bundles_max);
  expect_receipt(0, 1, RECEIPT_APPLIED);
  expect_receipt(bundles_max - 1, bundles_max, RECEIPT_APPLIED);
  bring(export_from(0));
  expect_counts(0, bundles_max, 0, 0, 0);
}

static void a_gap_waits_and_the_file_that_fills_it_releases_the_rest(void **state) {
  (void)state;
  ada_marks(&w->world.zoe);
  ada_marks(&w->world.li);
  bring(export_from(1));
  expect_counts(1, 0, 1, 0, 0);
  expect_receipt(0, 2, RECEIPT_HELD);
  assert_false(ingest_load_mark(&w->world.li).exists);
  bring(export_from(0));
  expect_counts(1, 1, 0, 0, 0);
  expect_receipt(1, 2, RECEIPT_APPLIED);
  assert_true(ingest_load_mark(&w->world.li).exists);
}

static void what_nobody_may_write_is_set_aside_and_what_is_forged_is_not_taken(void **state) {
  (void)state;
  ada_marks(&w->world.zoe);
  ingest_mark(&w->device, &w->world.cam, &w->world.jo, ENUM_mark_code_L); /* Cam has no grant */
  seal();
  ada_marks(&w->world.li);
  bundles[2].ptr[bundles[2].len - 1] ^= 1;
  bring(export_from(0));
  expect_counts(2, 0, 0, 1, 1);
  assert_true(strlen(desk_text("why")) > 5);
  assert_int_equal(reply().count, 2);
  assert_false(ingest_load_mark(&w->world.li).exists);
}

static void expect_refused(struct slice file, const char *words) {
  uint8_t before[hash_bytes], after[hash_bytes];
  hub_host_digest(&w->host, before);
  bring(file);
  desk_expect(400, "INVALID");
  if (!strstr(desk_text("text"), words)) fail_msg("it says %s", desk.text);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(hub_host_counts(&w->host).bundles, 0);
  assert_int_equal(desk.changes.position, 0);
}

static void a_wrong_file_is_refused_in_words_and_changes_nothing(void **state) {
  (void)state;
  struct buf back = BUF_INIT(4096);
  struct reply_file r = {.hub = w->host.hub.id, .device = w->device.id, .manifest = slice_text("x")};
  ada_marks(&w->world.zoe);
  struct slice whole = export_from(0);
  expect_refused(slice_of(whole.ptr, whole.len / 2), "only in part");
  expect_refused(slice_of(whole.ptr, whole.len - 1), "only in part");
  expect_refused(slice_text("ref,first_name\n1,Jo\n"), "not an export");
  expect_refused(slice_of(whole.ptr, 1), "not an export");
  assert_int_equal(reply_encode(&back, &r), ERR_OK);
  expect_refused(buf_slice(&back), "choose the other one");
  expect_refused(export_for(&w->world.zoe, 0), "another hub");
  buf_finish(&back);
}

static void a_file_that_is_too_large_or_gone_is_refused(void **state) {
  (void)state;
  struct id id = send_in(slice_text("x")), nowhere = {{9}};
  desk_send(desk_path("/api/import/part/", &id),
            json_pack("{s:i, s:s}", "at", (int)upload_bytes_max, "bytes", "eHk"));
  desk_expect(413, "TOO_BIG");
  desk_send(desk_path("/api/devices/bring/", &nowhere), json_object());
  desk_expect(404, "NOT_FOUND");
  desk_send(desk_path("/api/devices/bring/", &id), json_pack("{s:s}", "reason", "x"));
  desk_expect(400, "INVALID");
  assert_true(is_kept(&id)); /* it was not looked at */
}

static void the_audit_names_who_brought_it_and_the_administrator_may(void **state) {
  (void)state;
  char device[id_text_bytes];
  desk_sit(ENUM_role_admin);
  ada_marks(&w->world.zoe);
  bring(export_from(0));
  expect_counts(1, 0, 0, 0, 0);
  desk_get("/api/audit?kind=device");
  desk_fine();
  id_text(device, &w->device.id);
  assert_string_equal(desk_text("entries.0.action"), "device.file");
  assert_non_null(strstr(desk_text("entries.0.detail"), device));
  assert_non_null(strstr(desk_text("entries.0.detail"), "bundles=1 new=1"));
  assert_string_equal(desk_text("entries.0.who_name"), "admin person");
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
  const struct CMUnitTest tests[] = {
      CASE(a_file_is_taken_once_and_its_reply_is_signed),
      CASE(a_file_of_weeks_is_taken_in_several_steps_of_the_writer),
      CASE(a_gap_waits_and_the_file_that_fills_it_releases_the_rest),
      CASE(what_nobody_may_write_is_set_aside_and_what_is_forged_is_not_taken),
      CASE(a_wrong_file_is_refused_in_words_and_changes_nothing),
      CASE(a_file_that_is_too_large_or_gone_is_refused),
      CASE(the_audit_names_who_brought_it_and_the_administrator_may),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
