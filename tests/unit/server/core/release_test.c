/* release_test.c: quarantine, and the office's word about it: released, rejected, told to the device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/release.h"
#include "tests/lib/ingest_world.h"

static struct ingest_world *const w = &ingest_world;

/* Cam has no grant: what Cam writes waits. */
static struct receipt bring_a_stranger(void) {
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  ingest_mark(&w->device, &w->world.cam, &w->world.jo, ENUM_mark_code_AU);
  ingest_mark(&w->device, &w->world.cam, &w->world.li, ENUM_mark_code_L);
  return ingest_bring(&w->device);
}

static err decide(uint32_t changeset, enum store_quarantine_state decision, struct change_set *changes,
                  struct fault *fault) {
  struct quarantine_ref ref = {
      .device = w->device.id, .incarnation = 1, .seq = w->device.seq, .changeset = changeset};
  return quarantine_decide_by(changes, &w->host.hub, w->host.store, &w->host.now, &w->world.ben, &ref,
                              decision, slice_text("she stood in for a colleague"), fault);
}

static void decided(uint32_t changeset, enum store_quarantine_state decision) {
  struct change_set changes;
  struct fault fault = {.code = ERR_OK};
  assert_int_equal(decide(changeset, decision, &changes, &fault), ERR_OK);
  assert_true(changes.receipts);
}

static void not_decided(uint32_t changeset, enum store_quarantine_state decision, err expected) {
  struct change_set changes;
  struct fault fault = {.code = ERR_OK};
  uint8_t before[hash_bytes], after[hash_bytes];
  hub_host_digest(&w->host, before);
  assert_string_equal(err_name(decide(changeset, decision, &changes, &fault)), err_name(expected));
  assert_true(fault.text[0] != 0);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
}

static struct receipt receipt_now(void) {
  struct store_bundle b;
  assert_int_equal(
      w->host.store->ops->bundle_load(w->host.store, &w->device.id, 1, w->device.seq, &w->arena, &b), ERR_OK);
  assert_int_equal(b.raw.len > 0, b.status == RECEIPT_QUARANTINED || b.status == RECEIPT_REFUSED);
  return test_receipt(&w->host, b.receipt, &w->arena);
}

static void a_released_changeset_is_merged_as_its_author_wrote_it(void **state) {
  (void)state;
  struct receipt first = bring_a_stranger();
  assert_int_equal(first.status, RECEIPT_QUARANTINED);
  assert_int_equal(first.exception_count, 2);
  assert_int_equal(hub_host_counts(&w->host).quarantined, 2);
  hub_host_pass(&w->host, 3600000);
  decided(1, QUARANTINE_RELEASED);
  struct row row = ingest_load_mark(&w->world.jo);
  assert_int_equal(row.values[COL(mark, code)].i, ENUM_mark_code_AU);
  const struct head *h = &row.units[1].heads[0];
  assert_true(id_equal(&h->author, &w->world.cam));
  assert_true(id_equal(&h->op.device, &w->device.id));
  assert_int_equal(h->op.counter, 2);
  assert_int_equal(h->flags, 0);
  struct receipt r = receipt_now();
  assert_int_equal(r.status, RECEIPT_QUARANTINED);
  assert_int_equal(r.exception_count, 1);
  assert_int_equal(r.exceptions[0].changeset, 2);
  assert_true(r.position > first.position && r.position >= row.version);
  assert_int_equal(r.received_ms, first.received_ms);
  decided(2, QUARANTINE_RELEASED);
  r = receipt_now();
  assert_int_equal(r.status, RECEIPT_APPLIED);
  assert_int_equal(r.exception_count, 0);
  assert_int_equal(hub_host_counts(&w->host).quarantined, 0);
  assert_int_equal(hub_host_counts(&w->host).marks, 3);
}

static void all_of_a_bundle_is_released_at_once(void **state) {
  (void)state;
  bring_a_stranger();
  decided(quarantine_all, QUARANTINE_RELEASED);
  assert_int_equal(hub_host_counts(&w->host).marks, 3);
  not_decided(quarantine_all, QUARANTINE_RELEASED, ERR_CONFLICT);
}

static void a_release_counts_once_and_survives_a_restart(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct job job;
  bring_a_stranger();
  decided(1, QUARANTINE_RELEASED);
  not_decided(1, QUARANTINE_RELEASED, ERR_CONFLICT);
  hub_host_digest(&w->host, before);
  hub_host_reopen(&w->host);
  not_decided(1, QUARANTINE_RELEASED, ERR_CONFLICT);
  hub_host_ingest(&w->host, &job, buf_slice(&w->last));
  assert_int_equal(job.result, ERR_OK);
  assert_int_equal(test_receipt(&w->host, job.receipt, &w->arena).exception_count, 1);
  job_finish(&job);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
}

static void a_capped_stamp_is_pinned_by_the_time_the_bundle_came(void **state) {
  (void)state;
  struct changeset *cs = ingest_mark(&w->device, &w->world.cam, &w->world.jo, ENUM_mark_code_P);
  int64_t came = w->host.now.wall_ms;
  cs->stamp = (uint64_t)came + stamp_ahead_ms_max + 1;
  ingest_bring(&w->device);
  hub_host_pass(&w->host, 86400000);
  decided(0, QUARANTINE_RELEASED);
  struct row row = ingest_load_mark(&w->world.jo);
  assert_int_equal(row.units[1].heads[0].stamp, came);
  struct receipt r = receipt_now();
  assert_int_equal(r.pin_count, 1);
  assert_int_equal(r.pins[0].stamp, came);
}

static void a_release_that_disagrees_opens_a_conflict(void **state) {
  (void)state;
  ingest_mark(&w->other, &w->world.ben, &w->world.jo, ENUM_mark_code_P);
  ingest_bring(&w->other);
  bring_a_stranger();
  decided(1, QUARANTINE_RELEASED);
  assert_int_equal(hub_host_counts(&w->host).conflicts, 1);
  struct receipt r = receipt_now();
  assert_int_equal(r.exceptions[0].status, RECEIPT_CONFLICT);
}

static void a_rejected_changeset_is_refused_and_can_still_be_released(void **state) {
  (void)state;
  struct receipt first = bring_a_stranger();
  decided(1, QUARANTINE_REJECTED);
  struct receipt r = receipt_now();
  assert_int_equal(r.status, RECEIPT_REFUSED);
  assert_string_equal(err_name(r.exceptions[0].reason), "REJECTED");
  assert_int_equal(r.exceptions[1].status, RECEIPT_QUARANTINED);
  assert_true(r.position > first.position);
  assert_int_equal(hub_host_counts(&w->host).quarantined, 1);
  not_decided(1, QUARANTINE_REJECTED, ERR_CONFLICT);
  decided(1, QUARANTINE_RELEASED);
  assert_int_equal(ingest_load_mark(&w->world.jo).values[COL(mark, code)].i, ENUM_mark_code_AU);
}

static void what_no_device_may_write_is_never_released(void **state) {
  (void)state;
  struct id keys[2] = {w->world.cam, w->world.brass};
  struct op op = {.table = schema_table(TABLE_grant_), .units = 3};
  crypto_row_id(&op.row, TABLE_grant_, keys, 2);
  op.values[COL(grant_, staff)] = value_id(&keys[0]);
  op.values[COL(grant_, activity)] = value_id(&keys[1]);
  op.values[COL(grant_, role)] = value_int(ENUM_grant_role_tutor);
  op.values[COL(grant_, starts)] = value_int(w->world.today);
  test_device_write(&w->device, &w->world.ada, &op);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  not_decided(0, QUARANTINE_RELEASED, ERR_FORBIDDEN);
  decided(0, QUARANTINE_REJECTED);
}

static void a_mark_of_an_unknown_session_waits_for_the_session(void **state) {
  (void)state;
  struct id nowhere = {{7}};
  test_device_mark(&w->device, &w->world.ada, &nowhere, &w->world.jo, ENUM_mark_code_P, -1);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  not_decided(0, QUARANTINE_RELEASED, ERR_NOT_FOUND);
}

static void a_refused_value_can_only_be_rejected(void **state) {
  (void)state;
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, 77);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_REFUSED);
  not_decided(0, QUARANTINE_RELEASED, ERR_CONFLICT);
  decided(0, QUARANTINE_REJECTED);
  assert_int_equal(hub_host_counts(&w->host).quarantined, 0);
}

static const struct id question = {{0x9e, 1}};

static void ask_about_the_bundle(void) {
  struct store_bundle b;
  char matter[id_text_bytes];
  assert_int_equal(
      w->host.store->ops->bundle_load(w->host.store, &w->device.id, 1, w->device.seq, &w->arena, &b), ERR_OK);
  const struct id id = quarantine_matter(b.hash);
  id_text(matter, &id);
  struct op op = {.table = schema_table(TABLE_question), .row = question, .units = 3};
  op.values[COL(question, staff)] = value_id(&w->world.cam);
  op.values[COL(question, item)] = value_text(slice_text(matter));
  op.values[COL(question, text)] = value_text(slice_text("Did you stand in?"));
  hub_world_put(&w->host, &op);
}

static bool is_withdrawn(void) {
  struct row row;
  assert_int_equal(
      w->host.store->ops->load_row(w->host.store, schema_table(TABLE_question), &question, &w->arena, &row),
      ERR_OK);
  const struct value *v = &row.values[COL(question, withdrawn)];
  return v->kind == VALUE_INT && v->i;
}

static void whoever_judges_it_the_question_about_it_ends(void **state) {
  (void)state;
  struct change_set changes;
  struct fault fault = {.code = ERR_OK};
  bring_a_stranger();
  ask_about_the_bundle();
  decided(1, QUARANTINE_RELEASED);
  assert_false(is_withdrawn()); /* the other one waits */
  assert_int_equal(decide(2, QUARANTINE_REJECTED, &changes, &fault), ERR_OK);
  assert_true(is_withdrawn());
  assert_true(changes.all_streams && changes.position > 0);
}

static void a_decision_needs_a_reason(void **state) {
  (void)state;
  struct change_set changes;
  struct fault fault = {.code = ERR_OK};
  bring_a_stranger();
  struct quarantine_ref ref = {.device = w->device.id, .incarnation = 1, .seq = 1, .changeset = 1};
  assert_int_equal(quarantine_decide_by(&changes, &w->host.hub, w->host.store, &w->host.now, &w->world.ben,
                                        &ref, QUARANTINE_RELEASED, slice_text(""), &fault),
                   ERR_INVALID);
}

static void what_a_revoked_device_brought_can_be_released(void **state) {
  (void)state;
  hub_world_revoke(&w->host, &w->device.id);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  assert_int_equal(ingest_bring(&w->device).exceptions[0].reason, ERR_REVOKED);
  decided(0, QUARANTINE_RELEASED);
  assert_int_equal(receipt_now().status, RECEIPT_APPLIED);
  assert_int_equal(hub_host_counts(&w->host).marks, 1);
}

static void the_office_releases_one_device_past_its_gap(void **state) {
  (void)state;
  struct buf bundle;
  struct job job;
  size_t released;
  struct change_set changes;
  test_device_seal(&w->device, &bundle);
  buf_finish(&bundle);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  test_device_seal(&w->device, &bundle);
  hub_host_ingest(&w->host, &job, buf_slice(&bundle));
  assert_int_equal(test_receipt(&w->host, job.receipt, &w->arena).status, RECEIPT_HELD);
  job_finish(&job);
  buf_finish(&bundle);
  const struct hub_host *h = &w->host;
  assert_int_equal(
      ingest_release_held(&released, &changes, &h->hub, h->store, &h->now, h->now.wall_ms + 1, &w->other.id),
      ERR_OK);
  assert_int_equal(released, 0);
  assert_int_equal(
      ingest_release_held(&released, &changes, &h->hub, h->store, &h->now, h->now.wall_ms + 1, &w->device.id),
      ERR_OK);
  assert_int_equal(released, 1);
  assert_true(changes.receipts);
  assert_int_equal(hub_host_counts(&w->host).marks, 1);
}

static const struct store_ops *whole;
static err no_room_for_who(struct store *s, int64_t now_ms, const struct id *actor, const char *action,
                           const char *detail) {
  if (strcmp(action, "bundle.release") == 0) return ERR_FULL;
  return whole->audit(s, now_ms, actor, action, detail);
}

/* The deed and the word about it are one transaction: nothing goes past a gap of which nobody could tell who
 * let it pass. */
static void a_gap_is_not_passed_when_it_cannot_be_said_who_did(void **state) {
  (void)state;
  struct buf bundle;
  struct job job;
  struct change_set changes;
  struct fault fault = {.code = ERR_OK};
  struct store *s = w->host.store;
  struct store_ops full = *s->ops;
  whole = s->ops;
  full.audit = no_room_for_who;
  test_device_seal(&w->device, &bundle);
  buf_finish(&bundle);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  test_device_seal(&w->device, &bundle);
  hub_host_ingest(&w->host, &job, buf_slice(&bundle));
  job_finish(&job);
  buf_finish(&bundle);
  s->ops = &full;
  err e = held_release_by(&changes, &w->host.hub, s, &w->host.now, &w->world.ben, &w->device.id,
                          slice_text("it was lost with the tablet"), &fault);
  s->ops = whole;
  assert_int_equal(e, ERR_FULL);
  assert_int_equal(hub_host_counts(&w->host).marks, 0);
  assert_int_equal(hub_host_counts(&w->host).held, 1);
  assert_int_equal(held_release_by(&changes, &w->host.hub, s, &w->host.now, &w->world.ben, &w->device.id,
                                   slice_text("it was lost with the tablet"), &fault),
                   ERR_OK);
  assert_true(changes.receipts);
  assert_int_equal(hub_host_counts(&w->host).marks, 1);
  assert_int_equal(held_release_by(&changes, &w->host.hub, s, &w->host.now, &w->world.ben, &w->device.id,
                                   slice_text("it was lost with the tablet"), &fault),
                   ERR_CONFLICT);
}

/* ---- telling the device ---- */

static struct receipt next_receipt(struct test_line *line) {
  struct message m;
  assert_true(test_line_find(line, MSG_RECEIPTS, &m));
  assert_int_equal(m.receipts.count, 1);
  return test_receipt(&w->host, arena_copy(&w->arena, m.receipts.receipts[0]), &w->arena);
}

static void a_device_online_hears_of_it_at_once(void **state) {
  (void)state;
  static struct test_line line;
  struct message m;
  bring_a_stranger();
  test_line_open(&line, &w->device, NULL);
  while (test_line_next(&line, &m)) continue;
  struct change_set changes;
  struct fault fault = {.code = ERR_OK};
  assert_int_equal(decide(1, QUARANTINE_RELEASED, &changes, &fault), ERR_OK);
  struct session_event event = {.kind = SESSION_CHANGED, .now = w->host.now, .changes = &changes};
  hub_line_changed(&line.line, &event);
  struct receipt r = next_receipt(&line);
  assert_int_equal(r.exception_count, 1);
  hub_line_changed(&line.line, &event);
  assert_false(test_line_find(&line, MSG_RECEIPTS, &m));
  test_line_close(&line);
}

static void a_device_that_asks_hears_of_it_at_its_next_welcome(void **state) {
  (void)state;
  static struct test_line line;
  struct message m;
  struct bundle_ref asked = {1, 1};
  bring_a_stranger();
  struct msg_hello hello = {.device = w->device.id,
                            .incarnation = 1,
                            .sealed_seq = 1,
                            .epoch = 1,
                            .receipt_seq = 1,
                            .schema = schema_version,
                            .wall_ms = w->host.now.wall_ms,
                            .manifest = 1,
                            .program = slice_text("test 1"),
                            .withheld = &asked,
                            .withheld_count = 1};
  test_line_open(&line, &w->device, &hello);
  assert_false(test_line_find(&line, MSG_RECEIPTS, &m)); /* nothing was decided yet */
  test_line_close(&line);
  decided(quarantine_all, QUARANTINE_RELEASED);
  test_line_open(&line, &w->device, &hello);
  assert_int_equal(next_receipt(&line).status, RECEIPT_APPLIED);
  test_line_close(&line);
  hello.withheld_count = 0;
  test_line_open(&line, &w->device, &hello);
  assert_false(test_line_find(&line, MSG_RECEIPTS, &m));
  test_line_close(&line);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      CASE(a_released_changeset_is_merged_as_its_author_wrote_it),
      CASE(all_of_a_bundle_is_released_at_once),
      CASE(a_release_counts_once_and_survives_a_restart),
      CASE(a_capped_stamp_is_pinned_by_the_time_the_bundle_came),
      CASE(a_release_that_disagrees_opens_a_conflict),
      CASE(a_rejected_changeset_is_refused_and_can_still_be_released),
      CASE(what_no_device_may_write_is_never_released),
      CASE(a_mark_of_an_unknown_session_waits_for_the_session),
      CASE(a_refused_value_can_only_be_rejected),
      CASE(whoever_judges_it_the_question_about_it_ends),
      CASE(a_decision_needs_a_reason),
      CASE(what_a_revoked_device_brought_can_be_released),
      CASE(the_office_releases_one_device_past_its_gap),
      CASE(a_gap_is_not_passed_when_it_cannot_be_said_who_did),
      CASE(a_device_online_hears_of_it_at_once),
      CASE(a_device_that_asks_hears_of_it_at_its_next_welcome),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
