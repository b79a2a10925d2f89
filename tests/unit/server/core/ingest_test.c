/* ingest_test.c: bundles on their way in: order, duplicates, forks, gaps, and everything that is not a
 * bundle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "tests/lib/ingest_world.h"

static struct ingest_world *const w = &ingest_world;

static void a_mark_is_applied_and_receipted(void **state) {
  (void)state;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  struct receipt r = ingest_bring(&w->device);
  assert_int_equal(r.status, RECEIPT_APPLIED);
  assert_int_equal(r.exception_count, 0);
  struct row row = ingest_load_mark(&w->world.zoe);
  assert_true(row.exists);
  assert_int_equal(row.values[COL(mark, code)].i, ENUM_mark_code_P);
  assert_true(row.version <= r.position);
}

/* A device keeps what it sent for longer than any backup the hub may be restored from. */
static void a_receipt_says_how_long_its_bundle_must_be_kept(void **state) {
  (void)state;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  assert_int_equal(ingest_bring(&w->device).keep_days, backup_days_default + outbox_keep_beyond_days);
  w->host.hub.backup_days = 90;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_AU);
  assert_int_equal(ingest_bring(&w->device).keep_days, 90 + outbox_keep_beyond_days);
}

static void the_same_bundle_again_gets_the_same_receipt_byte_for_byte(void **state) {
  (void)state;
  struct job first, second;
  struct buf bundle;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  test_device_seal(&w->device, &bundle);
  hub_host_ingest(&w->host, &first, buf_slice(&bundle));
  hub_host_pass(&w->host, 60000);
  uint8_t before[hash_bytes], after[hash_bytes];
  hub_host_digest(&w->host, before);
  hub_host_ingest(&w->host, &second, buf_slice(&bundle));
  hub_host_digest(&w->host, after);
  assert_int_equal(second.result, ERR_OK);
  assert_true(slice_equal(first.receipt, second.receipt));
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(hub_host_counts(&w->host).marks, 1);
  job_finish(&first);
  job_finish(&second);
  buf_finish(&bundle);
}

static void the_same_bundle_twice_in_one_group_gets_one_receipt(void **state) {
  (void)state;
  struct job a, b, *jobs[2] = {&a, &b};
  struct buf bundle;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  test_device_seal(&w->device, &bundle);
  for (size_t i = 0; i < 2; i++) {
    job_init(jobs[i], JOB_INGEST);
    assert_int_equal(buf_append(&jobs[i]->bytes, buf_slice(&bundle)), ERR_OK);
  }
  ingest_group(jobs, 2, &w->host.hub, w->host.store, &w->host.now);
  assert_int_equal(b.result, ERR_OK);
  assert_true(a.receipt.len > 0 && slice_equal(a.receipt, b.receipt));
  assert_int_equal(hub_host_counts(&w->host).bundles, 1);
  job_finish(&a);
  job_finish(&b);
  buf_finish(&bundle);
}

static void another_bundle_with_the_same_number_is_a_fork(void **state) {
  (void)state;
  struct buf bundle;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  ingest_bring(&w->device);
  w->device.seq = 0;
  bytes_zero(w->device.previous, hash_bytes);
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_P);
  test_device_seal(&w->device, &bundle);
  ingest_refused(buf_slice(&bundle), ERR_FORK);
  buf_finish(&bundle);
}

static void a_bundle_that_does_not_follow_its_predecessor_is_a_fork(void **state) {
  (void)state;
  struct buf bundle;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  ingest_bring(&w->device);
  w->device.previous[0] ^= 1;
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_P);
  test_device_seal(&w->device, &bundle);
  ingest_refused(buf_slice(&bundle), ERR_FORK);
  buf_finish(&bundle);
}

static void after_a_fork_a_new_incarnation_is_taken(void **state) {
  (void)state;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  ingest_bring(&w->device);
  w->device.incarnation = 2;
  w->device.seq = 0;
  w->device.counter = 0;
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_P);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  struct store_device d;
  assert_int_equal(w->host.store->ops->device_load(w->host.store, &w->device.id, &d), ERR_OK);
  assert_int_equal(d.incarnation, 2);
  assert_int_equal(d.seq, 1);
  assert_int_equal(hub_host_counts(&w->host).marks, 2);
}

static void a_gap_is_held_and_released_when_the_missing_one_comes(void **state) {
  (void)state;
  struct buf first, second, third;
  struct job job;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  test_device_seal(&w->device, &first);
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_P);
  test_device_seal(&w->device, &second);
  ingest_mark(&w->device, &w->world.ada, &w->world.li, ENUM_mark_code_P);
  test_device_seal(&w->device, &third);
  struct slice late[2] = {buf_slice(&third), buf_slice(&second)};
  for (size_t i = 0; i < 2; i++) {
    hub_host_ingest(&w->host, &job, late[i]);
    assert_int_equal(job.result, ERR_OK);
    assert_int_equal(test_receipt(&w->host, job.receipt, &w->arena).status, RECEIPT_HELD);
    job_finish(&job);
  }
  assert_int_equal(hub_host_counts(&w->host).held, 2);
  assert_int_equal(hub_host_counts(&w->host).marks, 0);
  hub_host_ingest(&w->host, &job, buf_slice(&first));
  assert_int_equal(test_receipt(&w->host, job.receipt, &w->arena).status, RECEIPT_APPLIED);
  assert_int_equal(job.released_count, 2);
  for (uint64_t i = 0; i < 2; i++) {
    struct receipt r = test_receipt(&w->host, job.released[i], &w->arena);
    assert_int_equal(r.seq, i + 2);
    assert_int_equal(r.status, RECEIPT_APPLIED);
  }
  job_finish(&job);
  assert_int_equal(hub_host_counts(&w->host).held, 0);
  assert_int_equal(hub_host_counts(&w->host).marks, 3);
  hub_host_ingest(&w->host, &job, buf_slice(&third));
  assert_int_equal(test_receipt(&w->host, job.receipt, &w->arena).status, RECEIPT_APPLIED);
  job_finish(&job);
  buf_finish(&first);
  buf_finish(&second);
  buf_finish(&third);
}

static void held_bundles_are_released_within_one_group_too(void **state) {
  (void)state;
  struct buf bundles[3];
  struct job jobs[3], *list[3] = {&jobs[2], &jobs[1], &jobs[0]};
  const struct id *learners[3] = {&w->world.zoe, &w->world.jo, &w->world.li};
  for (size_t i = 0; i < 3; i++) {
    ingest_mark(&w->device, &w->world.ada, learners[i], ENUM_mark_code_P);
    test_device_seal(&w->device, &bundles[i]);
    job_init(&jobs[i], JOB_INGEST);
    assert_int_equal(buf_append(&jobs[i].bytes, buf_slice(&bundles[i])), ERR_OK);
    buf_finish(&bundles[i]);
  }
  ingest_group(list, 3, &w->host.hub, w->host.store, &w->host.now);
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(jobs[i].result, ERR_OK);
    assert_int_equal(test_receipt(&w->host, jobs[i].receipt, &w->arena).status, RECEIPT_APPLIED);
    job_finish(&jobs[i]);
  }
  assert_int_equal(hub_host_counts(&w->host).marks, 3);
}

static void after_a_week_a_gap_is_passed_and_the_missing_one_still_taken(void **state) {
  (void)state;
  struct buf bundles[3];
  struct job job;
  const struct id *learners[3] = {&w->world.zoe, &w->world.jo, &w->world.li};
  for (size_t i = 0; i < 3; i++) {
    ingest_mark(&w->device, &w->world.ada, learners[i], ENUM_mark_code_P);
    test_device_seal(&w->device, &bundles[i]);
  }
  for (size_t i = 1; i < 3; i++) {
    hub_host_ingest(&w->host, &job, buf_slice(&bundles[i]));
    job_finish(&job);
  }
  size_t released;
  struct change_set changes;
  const struct hub_host *h = &w->host;
  assert_int_equal(ingest_release_held(&released, &changes, &h->hub, h->store, &h->now,
                                       h->now.wall_ms - held_ms_max, NULL),
                   ERR_OK);
  assert_int_equal(released, 0);
  hub_host_pass(&w->host, held_ms_max + 1);
  assert_int_equal(ingest_release_held(&released, &changes, &h->hub, h->store, &h->now,
                                       h->now.wall_ms - held_ms_max, NULL),
                   ERR_OK);
  assert_int_equal(released, 2);
  assert_true(changes.all_streams);
  assert_int_equal(hub_host_counts(&w->host).marks, 2);
  assert_int_equal(hub_host_counts(&w->host).held, 0);
  hub_host_ingest(&w->host, &job, buf_slice(&bundles[0]));
  assert_int_equal(job.result, ERR_OK);
  assert_int_equal(test_receipt(&w->host, job.receipt, &w->arena).status, RECEIPT_APPLIED);
  job_finish(&job);
  assert_int_equal(hub_host_counts(&w->host).marks, 3);
  ingest_mark(&w->device, &w->world.ada, learners[0], ENUM_mark_code_AN);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  for (size_t i = 0; i < 3; i++) buf_finish(&bundles[i]);
}

static void a_bundle_too_far_ahead_is_not_kept(void **state) {
  (void)state;
  struct buf bundle;
  w->device.seq = UINT32_MAX;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  test_device_seal(&w->device, &bundle);
  ingest_refused(buf_slice(&bundle), ERR_GAP);
  buf_finish(&bundle);
}

/* ---- bad input ---- */

static void every_flipped_byte_of_a_bundle_changes_nothing(void **state) {
  (void)state;
  struct buf bundle;
  uint8_t before[hash_bytes], after[hash_bytes];
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  test_device_seal(&w->device, &bundle);
  hub_host_digest(&w->host, before);
  for (size_t i = 0; i < bundle.len; i += i < bundle_header_bytes ? 1 : 13) {
    struct job job;
    bundle.ptr[i] ^= 0x20;
    hub_host_ingest(&w->host, &job, buf_slice(&bundle));
    assert_int_not_equal(job.result, ERR_OK);
    assert_null(job.receipt.ptr);
    job_finish(&job);
    bundle.ptr[i] ^= 0x20;
  }
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(hub_host_counts(&w->host).bundles, 0);
  buf_finish(&bundle);
}

static void a_truncated_bundle_changes_nothing(void **state) {
  (void)state;
  struct buf bundle;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  test_device_seal(&w->device, &bundle);
  for (size_t len = 0; len < bundle.len; len += 37) {
    struct job job;
    hub_host_ingest(&w->host, &job, slice_of(bundle.ptr, len));
    assert_int_not_equal(job.result, ERR_OK);
    job_finish(&job);
  }
  assert_int_equal(hub_host_counts(&w->host).bundles, 0);
  buf_finish(&bundle);
}

static void a_bundle_of_another_hub_is_refused(void **state) {
  (void)state;
  struct buf bundle, plain;
  struct bundle_header h = test_device_header(&w->device);
  h.hub.b[3] ^= 1;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  test_device_plain(&w->device, &plain);
  test_device_seal_as(&w->device, &bundle, &h, buf_slice(&plain));
  ingest_refused(buf_slice(&bundle), ERR_OTHER_HUB);
  buf_finish(&bundle);
  buf_finish(&plain);
}

static void a_bundle_for_an_unknown_key_is_refused(void **state) {
  (void)state;
  struct buf bundle, plain;
  struct bundle_header h = test_device_header(&w->device);
  h.intake_key = 99;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  test_device_plain(&w->device, &plain);
  test_device_seal_as(&w->device, &bundle, &h, buf_slice(&plain));
  ingest_refused(buf_slice(&bundle), ERR_UNKNOWN_KEY);
  buf_finish(&bundle);
  buf_finish(&plain);
}

static void a_bundle_for_a_retired_key_is_still_opened(void **state) {
  (void)state;
  struct entropy e = hub_host_entropy(&w->host);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  struct buf bundle;
  test_device_seal(&w->device, &bundle);
  w->host.hub.intake[1].number = 2;
  crypto_box_keys(&w->host.hub.intake[1].keys, &e);
  w->host.hub.intake_count = 2;
  struct job job;
  hub_host_ingest(&w->host, &job, buf_slice(&bundle));
  assert_int_equal(job.result, ERR_OK);
  job_finish(&job);
  buf_finish(&bundle);
}

static void a_device_nobody_enrolled_is_refused(void **state) {
  (void)state;
  struct buf bundle;
  w->device.id.b[0] ^= 1;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  test_device_seal(&w->device, &bundle);
  ingest_refused(buf_slice(&bundle), ERR_UNKNOWN_DEVICE);
  buf_finish(&bundle);
}

static void a_bundle_signed_by_somebody_else_is_refused(void **state) {
  (void)state;
  struct buf bundle;
  w->device.sign = w->other.sign;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  test_device_seal(&w->device, &bundle);
  ingest_refused(buf_slice(&bundle), ERR_BAD_SIGNATURE);
  buf_finish(&bundle);
}

/* Signed by its device, so nobody else can mend it: it is kept and refused, and the next one goes on. */
static void rubbish_inside_a_good_seal_does_not_stop_the_device(void **state) {
  (void)state;
  struct buf bundle;
  struct job job;
  struct bundle_header h = test_device_header(&w->device);
  test_device_seal_as(&w->device, &bundle, &h, slice_text("\x01this is no list of changesets"));
  w->device.seq++;
  bundle_hash(w->device.previous, buf_slice(&bundle));
  hub_host_ingest(&w->host, &job, buf_slice(&bundle));
  assert_int_equal(job.result, ERR_OK);
  assert_int_equal(test_receipt(&w->host, job.receipt, &w->arena).status, RECEIPT_REFUSED);
  job_finish(&job);
  buf_finish(&bundle);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
}

static void acks_are_kept_with_their_first_time_also_from_a_revoked_device(void **state) {
  (void)state;
  struct store *s = w->host.store;
  struct ack erased = {ACK_ERASED, 4}, order = {ACK_ORDER, 4};
  struct store_ack got, *list;
  size_t count;
  int64_t first = w->host.now.wall_ms;
  assert_int_equal(s->ops->ack_load(s, &w->device.id, &erased, &got), ERR_NOT_FOUND);
  w->device.acks[w->device.ack_count++] = erased;
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  hub_host_pass(&w->host, 60000);
  hub_world_revoke(&w->host, &w->device.id);
  w->device.acks[w->device.ack_count++] = erased;
  w->device.acks[w->device.ack_count++] = order;
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  assert_int_equal(s->ops->ack_load(s, &w->device.id, &erased, &got), ERR_OK);
  assert_int_equal(got.received_ms, first);
  assert_int_equal(s->ops->ack_load(s, &w->device.id, &order, &got), ERR_OK);
  assert_int_equal(got.received_ms, first + 60000);
  assert_int_equal(s->ops->acks_read(s, &erased, &w->arena, &list, &count), ERR_OK);
  assert_int_equal(count, 1);
  assert_true(id_equal(&list[0].device, &w->device.id));
}

static void acks_of_a_held_bundle_count_when_it_is_released(void **state) {
  (void)state;
  struct store *s = w->host.store;
  struct ack ack = {ACK_ORDER, 1};
  struct store_ack got;
  struct buf first, second;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  test_device_seal(&w->device, &first);
  w->device.acks[w->device.ack_count++] = ack;
  test_device_seal(&w->device, &second);
  struct job job;
  hub_host_ingest(&w->host, &job, buf_slice(&second));
  assert_int_equal(test_receipt(&w->host, job.receipt, &w->arena).status, RECEIPT_HELD);
  job_finish(&job);
  assert_int_equal(s->ops->ack_load(s, &w->device.id, &ack, &got), ERR_NOT_FOUND);
  hub_host_ingest(&w->host, &job, buf_slice(&first));
  job_finish(&job);
  assert_int_equal(s->ops->ack_load(s, &w->device.id, &ack, &got), ERR_OK);
  buf_finish(&first);
  buf_finish(&second);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_mark_is_applied_and_receipted),
      TEST(a_receipt_says_how_long_its_bundle_must_be_kept),
      TEST(the_same_bundle_again_gets_the_same_receipt_byte_for_byte),
      TEST(the_same_bundle_twice_in_one_group_gets_one_receipt),
      TEST(another_bundle_with_the_same_number_is_a_fork),
      TEST(a_bundle_that_does_not_follow_its_predecessor_is_a_fork),
      TEST(after_a_fork_a_new_incarnation_is_taken),
      TEST(a_gap_is_held_and_released_when_the_missing_one_comes),
      TEST(held_bundles_are_released_within_one_group_too),
      TEST(after_a_week_a_gap_is_passed_and_the_missing_one_still_taken),
      TEST(a_bundle_too_far_ahead_is_not_kept),
      TEST(every_flipped_byte_of_a_bundle_changes_nothing),
      TEST(a_truncated_bundle_changes_nothing),
      TEST(a_bundle_of_another_hub_is_refused),
      TEST(a_bundle_for_an_unknown_key_is_refused),
      TEST(a_bundle_for_a_retired_key_is_still_opened),
      TEST(a_device_nobody_enrolled_is_refused),
      TEST(a_bundle_signed_by_somebody_else_is_refused),
      TEST(acks_are_kept_with_their_first_time_also_from_a_revoked_device),
      TEST(acks_of_a_held_bundle_count_when_it_is_released),
      TEST(rubbish_inside_a_good_seal_does_not_stop_the_device),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
