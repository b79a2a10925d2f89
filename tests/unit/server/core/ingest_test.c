/* ingest_test.c: bundles on their way in: what is applied, what is kept apart, what changes nothing. */
#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "tests/lib/hub_world.h"

struct fixture {
  struct hub_host host;
  struct hub_world world;
  struct test_device device, other; /* of Ada, and of Ben */
  struct arena arena;
};
static struct fixture f;

static int setup(void **state) {
  (void)state;
  f.arena = (struct arena)ARENA_INIT(1 << 24);
  hub_host_open(&f.host, 1);
  hub_world_make(&f.world, &f.host);
  test_device_enrol(&f.device, &f.host, &f.world.ada, &f.world.cam);
  test_device_enrol(&f.other, &f.host, &f.world.ben, NULL);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  test_device_finish(&f.device);
  test_device_finish(&f.other);
  hub_host_close(&f.host);
  arena_finish(&f.arena);
  return 0;
}

static struct changeset *mark(struct test_device *d, const struct id *author, const struct id *learner,
                              int code) {
  return test_device_mark(d, author, &f.world.strings_today, learner, code, -1);
}

/* Seals, ingests, returns the receipt; the bundle's bytes are kept for those who want to bring it again. */
static struct buf last;
static struct receipt bring(struct test_device *d) {
  struct job job;
  buf_finish(&last);
  test_device_seal(d, &last);
  hub_host_ingest(&f.host, &job, buf_slice(&last));
  assert_int_equal(job.result, ERR_OK);
  struct receipt r = test_receipt(&f.host, arena_copy(&f.arena, job.receipt), &f.arena);
  job_finish(&job);
  return r;
}

static void must_be_refused(struct slice bundle, err expected) {
  uint8_t before[hash_bytes], after[hash_bytes];
  struct job job;
  hub_host_digest(&f.host, before);
  struct view_counts counts = hub_host_counts(&f.host);
  hub_host_ingest(&f.host, &job, bundle);
  assert_string_equal(err_name(job.result), err_name(expected));
  assert_null(job.receipt.ptr);
  job_finish(&job);
  hub_host_digest(&f.host, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(hub_host_counts(&f.host).bundles, counts.bundles);
}

static struct row load_mark(const struct id *learner) {
  struct id keys[2] = {f.world.strings_today, *learner}, id;
  struct row row;
  crypto_row_id(&id, TABLE_mark, keys, 2);
  assert_int_equal(f.host.store->ops->load_row(f.host.store, schema_table(TABLE_mark), &id, &f.arena, &row),
                   ERR_OK);
  return row;
}

static void a_mark_is_applied_and_receipted(void **state) {
  (void)state;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  struct receipt r = bring(&f.device);
  assert_int_equal(r.status, RECEIPT_APPLIED);
  assert_int_equal(r.exception_count, 0);
  struct row row = load_mark(&f.world.zoe);
  assert_true(row.exists);
  assert_int_equal(row.values[COL(mark, code)].i, ENUM_mark_code_P);
  assert_true(row.version <= r.position);
}

static void the_same_bundle_again_gets_the_same_receipt_byte_for_byte(void **state) {
  (void)state;
  struct job first, second;
  struct buf bundle;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  test_device_seal(&f.device, &bundle);
  hub_host_ingest(&f.host, &first, buf_slice(&bundle));
  hub_host_pass(&f.host, 60000);
  uint8_t before[hash_bytes], after[hash_bytes];
  hub_host_digest(&f.host, before);
  hub_host_ingest(&f.host, &second, buf_slice(&bundle));
  hub_host_digest(&f.host, after);
  assert_int_equal(second.result, ERR_OK);
  assert_true(slice_equal(first.receipt, second.receipt));
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(hub_host_counts(&f.host).marks, 1);
  job_finish(&first);
  job_finish(&second);
  buf_finish(&bundle);
}

static void the_same_bundle_twice_in_one_group_gets_one_receipt(void **state) {
  (void)state;
  struct job a, b, *jobs[2] = {&a, &b};
  struct buf bundle;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  test_device_seal(&f.device, &bundle);
  for (size_t i = 0; i < 2; i++) {
    job_init(jobs[i], JOB_INGEST);
    assert_int_equal(buf_append(&jobs[i]->bytes, buf_slice(&bundle)), ERR_OK);
  }
  ingest_group(jobs, 2, &f.host.hub, f.host.store, &f.host.now);
  assert_int_equal(b.result, ERR_OK);
  assert_true(a.receipt.len > 0 && slice_equal(a.receipt, b.receipt));
  assert_int_equal(hub_host_counts(&f.host).bundles, 1);
  job_finish(&a);
  job_finish(&b);
  buf_finish(&bundle);
}

static void another_bundle_with_the_same_number_is_a_fork(void **state) {
  (void)state;
  struct buf bundle;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  bring(&f.device);
  f.device.seq = 0;
  bytes_zero(f.device.previous, hash_bytes);
  mark(&f.device, &f.world.ada, &f.world.jo, ENUM_mark_code_P);
  test_device_seal(&f.device, &bundle);
  must_be_refused(buf_slice(&bundle), ERR_FORK);
  buf_finish(&bundle);
}

static void a_bundle_that_does_not_follow_its_predecessor_is_a_fork(void **state) {
  (void)state;
  struct buf bundle;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  bring(&f.device);
  f.device.previous[0] ^= 1;
  mark(&f.device, &f.world.ada, &f.world.jo, ENUM_mark_code_P);
  test_device_seal(&f.device, &bundle);
  must_be_refused(buf_slice(&bundle), ERR_FORK);
  buf_finish(&bundle);
}

static void after_a_fork_a_new_incarnation_is_taken(void **state) {
  (void)state;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  bring(&f.device);
  f.device.incarnation = 2;
  f.device.seq = 0;
  f.device.counter = 0;
  mark(&f.device, &f.world.ada, &f.world.jo, ENUM_mark_code_P);
  assert_int_equal(bring(&f.device).status, RECEIPT_APPLIED);
  struct store_device d;
  assert_int_equal(f.host.store->ops->device_load(f.host.store, &f.device.id, &d), ERR_OK);
  assert_int_equal(d.incarnation, 2);
  assert_int_equal(d.seq, 1);
  assert_int_equal(hub_host_counts(&f.host).marks, 2);
}

static void a_gap_is_held_and_released_when_the_missing_one_comes(void **state) {
  (void)state;
  struct buf first, second, third;
  struct job job;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  test_device_seal(&f.device, &first);
  mark(&f.device, &f.world.ada, &f.world.jo, ENUM_mark_code_P);
  test_device_seal(&f.device, &second);
  mark(&f.device, &f.world.ada, &f.world.li, ENUM_mark_code_P);
  test_device_seal(&f.device, &third);
  struct slice late[2] = {buf_slice(&third), buf_slice(&second)};
  for (size_t i = 0; i < 2; i++) {
    hub_host_ingest(&f.host, &job, late[i]);
    assert_int_equal(job.result, ERR_OK);
    assert_int_equal(test_receipt(&f.host, job.receipt, &f.arena).status, RECEIPT_HELD);
    job_finish(&job);
  }
  assert_int_equal(hub_host_counts(&f.host).held, 2);
  assert_int_equal(hub_host_counts(&f.host).marks, 0);
  hub_host_ingest(&f.host, &job, buf_slice(&first));
  assert_int_equal(test_receipt(&f.host, job.receipt, &f.arena).status, RECEIPT_APPLIED);
  assert_int_equal(job.released_count, 2);
  for (uint64_t i = 0; i < 2; i++) {
    struct receipt r = test_receipt(&f.host, job.released[i], &f.arena);
    assert_int_equal(r.seq, i + 2);
    assert_int_equal(r.status, RECEIPT_APPLIED);
  }
  job_finish(&job);
  assert_int_equal(hub_host_counts(&f.host).held, 0);
  assert_int_equal(hub_host_counts(&f.host).marks, 3);
  hub_host_ingest(&f.host, &job, buf_slice(&third));
  assert_int_equal(test_receipt(&f.host, job.receipt, &f.arena).status, RECEIPT_APPLIED);
  job_finish(&job);
  buf_finish(&first);
  buf_finish(&second);
  buf_finish(&third);
}

static void held_bundles_are_released_within_one_group_too(void **state) {
  (void)state;
  struct buf bundles[3];
  struct job jobs[3], *list[3] = {&jobs[2], &jobs[1], &jobs[0]};
  const struct id *learners[3] = {&f.world.zoe, &f.world.jo, &f.world.li};
  for (size_t i = 0; i < 3; i++) {
    mark(&f.device, &f.world.ada, learners[i], ENUM_mark_code_P);
    test_device_seal(&f.device, &bundles[i]);
    job_init(&jobs[i], JOB_INGEST);
    assert_int_equal(buf_append(&jobs[i].bytes, buf_slice(&bundles[i])), ERR_OK);
    buf_finish(&bundles[i]);
  }
  ingest_group(list, 3, &f.host.hub, f.host.store, &f.host.now);
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(jobs[i].result, ERR_OK);
    assert_int_equal(test_receipt(&f.host, jobs[i].receipt, &f.arena).status, RECEIPT_APPLIED);
    job_finish(&jobs[i]);
  }
  assert_int_equal(hub_host_counts(&f.host).marks, 3);
}

static void a_bundle_too_far_ahead_is_not_kept(void **state) {
  (void)state;
  struct buf bundle;
  f.device.seq = UINT32_MAX;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  test_device_seal(&f.device, &bundle);
  must_be_refused(buf_slice(&bundle), ERR_GAP);
  buf_finish(&bundle);
}

/* ---- bad input ---- */

static void every_flipped_byte_of_a_bundle_changes_nothing(void **state) {
  (void)state;
  struct buf bundle;
  uint8_t before[hash_bytes], after[hash_bytes];
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  test_device_seal(&f.device, &bundle);
  hub_host_digest(&f.host, before);
  for (size_t i = 0; i < bundle.len; i += i < bundle_header_bytes ? 1 : 13) {
    struct job job;
    bundle.ptr[i] ^= 0x20;
    hub_host_ingest(&f.host, &job, buf_slice(&bundle));
    assert_int_not_equal(job.result, ERR_OK);
    assert_null(job.receipt.ptr);
    job_finish(&job);
    bundle.ptr[i] ^= 0x20;
  }
  hub_host_digest(&f.host, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(hub_host_counts(&f.host).bundles, 0);
  buf_finish(&bundle);
}

static void a_truncated_bundle_changes_nothing(void **state) {
  (void)state;
  struct buf bundle;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  test_device_seal(&f.device, &bundle);
  for (size_t len = 0; len < bundle.len; len += 37) {
    struct job job;
    hub_host_ingest(&f.host, &job, slice_of(bundle.ptr, len));
    assert_int_not_equal(job.result, ERR_OK);
    job_finish(&job);
  }
  assert_int_equal(hub_host_counts(&f.host).bundles, 0);
  buf_finish(&bundle);
}

static void a_bundle_of_another_hub_is_refused(void **state) {
  (void)state;
  struct buf bundle, plain;
  struct bundle_header h = test_device_header(&f.device);
  h.hub.b[3] ^= 1;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  test_device_plain(&f.device, &plain);
  test_device_seal_as(&f.device, &bundle, &h, buf_slice(&plain));
  must_be_refused(buf_slice(&bundle), ERR_OTHER_HUB);
  buf_finish(&bundle);
  buf_finish(&plain);
}

static void a_bundle_for_an_unknown_key_is_refused(void **state) {
  (void)state;
  struct buf bundle, plain;
  struct bundle_header h = test_device_header(&f.device);
  h.intake_key = 99;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  test_device_plain(&f.device, &plain);
  test_device_seal_as(&f.device, &bundle, &h, buf_slice(&plain));
  must_be_refused(buf_slice(&bundle), ERR_UNKNOWN_KEY);
  buf_finish(&bundle);
  buf_finish(&plain);
}

static void a_bundle_for_a_retired_key_is_still_opened(void **state) {
  (void)state;
  struct entropy e = hub_host_entropy(&f.host);
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  struct buf bundle;
  test_device_seal(&f.device, &bundle);
  f.host.hub.intake[1].number = 2;
  crypto_box_keys(&f.host.hub.intake[1].keys, &e);
  f.host.hub.intake_count = 2;
  struct job job;
  hub_host_ingest(&f.host, &job, buf_slice(&bundle));
  assert_int_equal(job.result, ERR_OK);
  job_finish(&job);
  buf_finish(&bundle);
}

static void a_device_nobody_enrolled_is_refused(void **state) {
  (void)state;
  struct buf bundle;
  f.device.id.b[0] ^= 1;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  test_device_seal(&f.device, &bundle);
  must_be_refused(buf_slice(&bundle), ERR_UNKNOWN_DEVICE);
  buf_finish(&bundle);
}

static void a_bundle_signed_by_somebody_else_is_refused(void **state) {
  (void)state;
  struct buf bundle;
  f.device.sign = f.other.sign;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  test_device_seal(&f.device, &bundle);
  must_be_refused(buf_slice(&bundle), ERR_BAD_SIGNATURE);
  buf_finish(&bundle);
}

/* Signed by its device, so nobody else can mend it: it is kept and refused, and the next one goes on. */
static void rubbish_inside_a_good_seal_does_not_stop_the_device(void **state) {
  (void)state;
  struct buf bundle;
  struct job job;
  struct bundle_header h = test_device_header(&f.device);
  test_device_seal_as(&f.device, &bundle, &h, slice_text("this is no list of changesets"));
  f.device.seq++;
  bundle_hash(f.device.previous, buf_slice(&bundle));
  hub_host_ingest(&f.host, &job, buf_slice(&bundle));
  assert_int_equal(job.result, ERR_OK);
  assert_int_equal(test_receipt(&f.host, job.receipt, &f.arena).status, RECEIPT_REFUSED);
  job_finish(&job);
  buf_finish(&bundle);
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  assert_int_equal(bring(&f.device).status, RECEIPT_APPLIED);
}

/* ---- admission ---- */

static void a_revoked_device_is_quarantined(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  hub_world_revoke(&f.host, &f.device.id);
  hub_host_digest(&f.host, before);
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  mark(&f.device, &f.world.ada, &f.world.jo, ENUM_mark_code_P);
  struct receipt r = bring(&f.device);
  assert_int_equal(r.status, RECEIPT_QUARANTINED);
  assert_int_equal(r.exception_count, 2);
  assert_int_equal(r.exceptions[0].reason, ERR_REVOKED);
  hub_host_digest(&f.host, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(hub_host_counts(&f.host).quarantined, 2);
}

static void an_author_without_the_grant_is_quarantined_and_the_rest_applied(void **state) {
  (void)state;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  mark(&f.device, &f.world.cam, &f.world.jo, ENUM_mark_code_P);
  mark(&f.device, &f.world.ada, &f.world.li, ENUM_mark_code_P);
  struct receipt r = bring(&f.device);
  assert_int_equal(r.status, RECEIPT_QUARANTINED);
  assert_int_equal(r.exception_count, 1);
  assert_int_equal(r.exceptions[0].changeset, 1);
  assert_int_equal(r.exceptions[0].reason, ERR_FORBIDDEN);
  assert_true(load_mark(&f.world.zoe).exists);
  assert_false(load_mark(&f.world.jo).exists);
  assert_true(load_mark(&f.world.li).exists);
}

static void an_author_who_is_not_of_the_device_is_quarantined(void **state) {
  (void)state;
  mark(&f.device, &f.world.ben, &f.world.zoe, ENUM_mark_code_P);
  struct receipt r = bring(&f.device);
  assert_int_equal(r.status, RECEIPT_QUARANTINED);
  assert_false(load_mark(&f.world.zoe).exists);
}

static void a_grant_counts_on_the_day_of_the_session(void **state) {
  (void)state;
  hub_world_grant(&f.host, &f.world.ada, &f.world.strings, ENUM_grant_role_tutor, f.world.today - 30,
                  f.world.today);
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  assert_int_equal(bring(&f.device).status, RECEIPT_QUARANTINED);
  hub_world_grant(&f.host, &f.world.ada, &f.world.strings, ENUM_grant_role_tutor, f.world.today - 30,
                  f.world.today + 1);
  hub_host_pass(&f.host, 5LL * 86400000);
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  assert_int_equal(bring(&f.device).status, RECEIPT_APPLIED);
}

static void nobody_grants_themselves_rights_from_a_device(void **state) {
  (void)state;
  struct id keys[2] = {f.world.cam, f.world.strings};
  struct op op = {.table = schema_table(TABLE_grant_), .units = 3};
  crypto_row_id(&op.row, TABLE_grant_, keys, 2);
  op.values[COL(grant_, staff)] = value_id(&f.world.cam);
  op.values[COL(grant_, activity)] = value_id(&f.world.strings);
  op.values[COL(grant_, role)] = value_int(ENUM_grant_role_tutor);
  op.values[COL(grant_, starts)] = value_int(f.world.today - 1);
  test_device_write(&f.device, &f.world.ada, &op);
  assert_int_equal(bring(&f.device).status, RECEIPT_QUARANTINED);
  mark(&f.device, &f.world.cam, &f.world.zoe, ENUM_mark_code_P);
  assert_int_equal(bring(&f.device).status, RECEIPT_QUARANTINED);
}

static void nobody_signs_a_note_with_a_colleagues_name(void **state) {
  (void)state;
  struct op op = {.table = schema_table(TABLE_note), .row = {{7}}, .units = 3};
  op.values[COL(note, learner)] = value_id(&f.world.zoe);
  op.values[COL(note, activity)] = value_id(&f.world.strings);
  op.values[COL(note, staff)] = value_id(&f.world.ben);
  op.values[COL(note, date)] = value_int(f.world.today);
  op.values[COL(note, visibility)] = value_int(ENUM_visibility_tutor);
  test_device_write(&f.device, &f.world.ada, &op);
  assert_int_equal(bring(&f.device).status, RECEIPT_QUARANTINED);
  op.values[COL(note, staff)] = value_id(&f.world.ada);
  test_device_write(&f.device, &f.world.ada, &op);
  assert_int_equal(bring(&f.device).status, RECEIPT_APPLIED);
}

static void a_walk_in_is_admitted_with_the_enrolment_it_comes_with(void **state) {
  (void)state;
  struct id walk_in = {{9}}, keys[2] = {walk_in, f.world.strings};
  struct op *ops = arena_take(&f.arena, 2, sizeof *ops);
  ops[0] = (struct op){.table = schema_table(TABLE_learner), .row = walk_in, .units = 1 | 2 | 1U << 4};
  ops[0].values[COL(learner, first_name)] = value_text(slice_text("Walk"));
  ops[0].values[COL(learner, status)] = value_int(ENUM_learner_status_provisional);
  ops[1] = (struct op){.table = schema_table(TABLE_enrolment), .units = 3};
  crypto_row_id(&ops[1].row, TABLE_enrolment, keys, 2);
  ops[1].values[COL(enrolment, learner)] = value_id(&walk_in);
  ops[1].values[COL(enrolment, activity)] = value_id(&f.world.strings);
  ops[1].values[COL(enrolment, starts)] = value_int(f.world.today);
  struct changeset *cs = test_device_write(&f.device, &f.world.ada, &ops[0]);
  cs->ops = ops;
  cs->op_count = 2;
  f.device.counter++;
  struct receipt r = bring(&f.device);
  assert_true(r.status == RECEIPT_APPLIED || r.status == RECEIPT_CONFLICT);
  assert_int_equal(hub_host_counts(&f.host).learners, 5);
  assert_int_equal(hub_host_counts(&f.host).enrolments, 5);
}

/* ---- merging ---- */

static void a_stamp_from_the_future_is_capped_and_pinned(void **state) {
  (void)state;
  uint64_t now = (uint64_t)f.host.now.wall_ms;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P)->stamp = now + stamp_ahead_ms_max + 1;
  mark(&f.device, &f.world.ada, &f.world.jo, ENUM_mark_code_P)->stamp = now + stamp_ahead_ms_max;
  struct receipt r = bring(&f.device);
  assert_int_equal(r.status, RECEIPT_APPLIED);
  assert_int_equal(r.pin_count, 1);
  assert_int_equal(r.pins[0].changeset, 0);
  assert_int_equal(r.pins[0].stamp, now);
  assert_int_equal(load_mark(&f.world.zoe).units[1].heads[0].stamp, now);
  assert_int_equal(load_mark(&f.world.jo).units[1].heads[0].stamp, now + stamp_ahead_ms_max);
}

static void two_devices_that_disagree_open_a_conflict(void **state) {
  (void)state;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  assert_int_equal(bring(&f.device).status, RECEIPT_APPLIED);
  hub_host_pass(&f.host, 1000);
  mark(&f.other, &f.world.ben, &f.world.zoe, ENUM_mark_code_AU);
  struct receipt r = bring(&f.other);
  assert_int_equal(r.status, RECEIPT_CONFLICT);
  assert_int_equal(r.exceptions[0].status, RECEIPT_CONFLICT);
  assert_int_equal(hub_host_counts(&f.host).conflicts, 1);
  assert_int_equal(load_mark(&f.world.zoe).units[1].count, 2);
}

static void a_decision_that_saw_both_closes_the_conflict(void **state) {
  (void)state;
  struct changeset *first = mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  struct op_id saw = test_device_op(&f.device, first);
  bring(&f.device);
  mark(&f.other, &f.world.ben, &f.world.zoe, ENUM_mark_code_AU);
  bring(&f.other);
  assert_int_equal(hub_host_counts(&f.host).conflicts, 1);
  struct row row = load_mark(&f.world.zoe);
  struct id keys[2] = {f.world.strings_today, f.world.zoe};
  struct op op = {.table = schema_table(TABLE_mark), .row = row.id, .units = 3};
  op.values[COL(mark, session)] = value_id(&keys[0]);
  op.values[COL(mark, learner)] = value_id(&keys[1]);
  op.values[COL(mark, code)] = value_int(ENUM_mark_code_L);
  hub_world_put(&f.host, &op);
  assert_int_equal(hub_host_counts(&f.host).conflicts, 0);
  (void)saw;
}

static void late_with_a_time_settles_away_by_itself(void **state) {
  (void)state;
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_AU);
  bring(&f.device);
  test_device_mark(&f.other, &f.world.ben, &f.world.strings_today, &f.world.zoe, ENUM_mark_code_L,
                   16 * 60 + 12);
  assert_int_equal(bring(&f.other).status, RECEIPT_APPLIED);
  assert_int_equal(hub_host_counts(&f.host).conflicts, 0);
  assert_int_equal(load_mark(&f.world.zoe).values[COL(mark, code)].i, ENUM_mark_code_L);
}

static void the_order_of_bundles_does_not_matter(void **state) {
  (void)state;
  uint8_t digests[2][hash_bytes];
  for (int order = 0; order < 2; order++) {
    if (order) {
      teardown(NULL);
      setup(NULL);
    }
    struct buf a, b;
    struct job job;
    mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
    mark(&f.device, &f.world.ada, &f.world.jo, ENUM_mark_code_AU);
    test_device_seal(&f.device, &a);
    mark(&f.other, &f.world.ben, &f.world.zoe, ENUM_mark_code_AN);
    test_device_mark(&f.other, &f.world.ben, &f.world.strings_today, &f.world.jo, ENUM_mark_code_L, 970);
    test_device_seal(&f.other, &b);
    hub_host_ingest(&f.host, &job, buf_slice(order ? &b : &a));
    job_finish(&job);
    hub_host_ingest(&f.host, &job, buf_slice(order ? &a : &b));
    job_finish(&job);
    hub_host_digest(&f.host, digests[order]);
    buf_finish(&a);
    buf_finish(&b);
  }
  assert_memory_equal(digests[0], digests[1], hash_bytes);
}

static void resealed_work_counts_once(void **state) {
  (void)state;
  struct changeset *cs = mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  struct changeset copy = *cs;
  bring(&f.device);
  uint8_t before[hash_bytes], after[hash_bytes];
  hub_host_digest(&f.host, before);
  f.device.list[f.device.count++] = copy;
  assert_int_equal(bring(&f.device).status, RECEIPT_APPLIED);
  hub_host_digest(&f.host, after);
  assert_memory_equal(before, after, hash_bytes);
}

static void history_has_every_version_with_its_author(void **state) {
  (void)state;
  struct op_id first =
      test_device_op(&f.device, mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P));
  bring(&f.device);
  hub_host_pass(&f.host, 1000);
  struct changeset *second = mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_AN);
  test_device_base(&f.device, second, &first);
  bring(&f.device);
  struct store_history *list;
  size_t count;
  struct row row = load_mark(&f.world.zoe);
  assert_int_equal(f.host.store->ops->read_history(f.host.store, row.table, &row.id, &f.arena, &list, &count),
                   ERR_OK);
  assert_int_equal(count, 2);
  assert_int_equal(list[0].values[COL(mark, code)].i, ENUM_mark_code_P);
  assert_int_equal(list[1].values[COL(mark, code)].i, ENUM_mark_code_AN);
  assert_true(id_equal(&list[1].author, &f.world.ada));
  assert_int_equal(list[1].received_ms, f.host.now.wall_ms);
  assert_true(op_id_equal(&list[0].op, &first));
}

static void a_poisoned_bundle_does_not_spoil_its_group(void **state) {
  (void)state;
  struct buf good, bad;
  struct job a, b, *jobs[2] = {&a, &b};
  mark(&f.device, &f.world.ada, &f.world.zoe, ENUM_mark_code_P);
  test_device_seal(&f.device, &bad);
  bad.ptr[bad.len - 1] ^= 1;
  mark(&f.other, &f.world.ben, &f.world.jo, ENUM_mark_code_P);
  test_device_seal(&f.other, &good);
  job_init(&a, JOB_INGEST);
  job_init(&b, JOB_INGEST);
  assert_int_equal(buf_append(&a.bytes, buf_slice(&bad)), ERR_OK);
  assert_int_equal(buf_append(&b.bytes, buf_slice(&good)), ERR_OK);
  ingest_group(jobs, 2, &f.host.hub, f.host.store, &f.host.now);
  assert_int_equal(a.result, ERR_BAD_SIGNATURE);
  assert_int_equal(b.result, ERR_OK);
  assert_true(load_mark(&f.world.jo).exists);
  job_finish(&a);
  job_finish(&b);
  buf_finish(&good);
  buf_finish(&bad);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_mark_is_applied_and_receipted),
      TEST(the_same_bundle_again_gets_the_same_receipt_byte_for_byte),
      TEST(the_same_bundle_twice_in_one_group_gets_one_receipt),
      TEST(another_bundle_with_the_same_number_is_a_fork),
      TEST(a_bundle_that_does_not_follow_its_predecessor_is_a_fork),
      TEST(after_a_fork_a_new_incarnation_is_taken),
      TEST(a_gap_is_held_and_released_when_the_missing_one_comes),
      TEST(held_bundles_are_released_within_one_group_too),
      TEST(a_bundle_too_far_ahead_is_not_kept),
      TEST(every_flipped_byte_of_a_bundle_changes_nothing),
      TEST(a_truncated_bundle_changes_nothing),
      TEST(a_bundle_of_another_hub_is_refused),
      TEST(a_bundle_for_an_unknown_key_is_refused),
      TEST(a_bundle_for_a_retired_key_is_still_opened),
      TEST(a_device_nobody_enrolled_is_refused),
      TEST(a_bundle_signed_by_somebody_else_is_refused),
      TEST(rubbish_inside_a_good_seal_does_not_stop_the_device),
      TEST(a_revoked_device_is_quarantined),
      TEST(an_author_without_the_grant_is_quarantined_and_the_rest_applied),
      TEST(an_author_who_is_not_of_the_device_is_quarantined),
      TEST(a_grant_counts_on_the_day_of_the_session),
      TEST(nobody_grants_themselves_rights_from_a_device),
      TEST(nobody_signs_a_note_with_a_colleagues_name),
      TEST(a_walk_in_is_admitted_with_the_enrolment_it_comes_with),
      TEST(a_stamp_from_the_future_is_capped_and_pinned),
      TEST(two_devices_that_disagree_open_a_conflict),
      TEST(a_decision_that_saw_both_closes_the_conflict),
      TEST(late_with_a_time_settles_away_by_itself),
      TEST(the_order_of_bundles_does_not_matter),
      TEST(resealed_work_counts_once),
      TEST(history_has_every_version_with_its_author),
      TEST(a_poisoned_bundle_does_not_spoil_its_group),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  buf_finish(&last);
  return failed;
}
