/* admit_test.c: who may write what, what happens to the rest, and how what is accepted is merged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "tests/lib/ingest_world.h"

static struct ingest_world *const w = &ingest_world;

/* ---- admission ---- */

static void a_revoked_device_is_quarantined(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  hub_world_revoke(&w->host, &w->device.id);
  hub_host_digest(&w->host, before);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_P);
  struct receipt r = ingest_bring(&w->device);
  assert_int_equal(r.status, RECEIPT_QUARANTINED);
  assert_int_equal(r.exception_count, 2);
  assert_int_equal(r.exceptions[0].reason, ERR_REVOKED);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(hub_host_counts(&w->host).quarantined, 2);
}

static void a_device_that_the_office_readmits_is_taken_again(void **state) {
  (void)state;
  hub_world_revoke(&w->host, &w->device.id);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  struct op op = {.table = schema_table(TABLE_device), .row = w->device.id, .units = 1U << 2};
  op.values[COL(device, status)] = value_int(ENUM_device_status_active);
  hub_world_put(&w->host, &op);
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_P);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
}

static void an_author_without_the_grant_is_quarantined_and_the_rest_applied(void **state) {
  (void)state;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  ingest_mark(&w->device, &w->world.cam, &w->world.jo, ENUM_mark_code_P);
  ingest_mark(&w->device, &w->world.ada, &w->world.li, ENUM_mark_code_P);
  struct receipt r = ingest_bring(&w->device);
  assert_int_equal(r.status, RECEIPT_QUARANTINED);
  assert_int_equal(r.exception_count, 1);
  assert_int_equal(r.exceptions[0].changeset, 1);
  assert_int_equal(r.exceptions[0].reason, ERR_FORBIDDEN);
  assert_true(ingest_load_mark(&w->world.zoe).exists);
  assert_false(ingest_load_mark(&w->world.jo).exists);
  assert_true(ingest_load_mark(&w->world.li).exists);
}

static void an_author_who_is_not_of_the_device_is_quarantined(void **state) {
  (void)state;
  ingest_mark(&w->device, &w->world.ben, &w->world.zoe, ENUM_mark_code_P);
  struct receipt r = ingest_bring(&w->device);
  assert_int_equal(r.status, RECEIPT_QUARANTINED);
  assert_false(ingest_load_mark(&w->world.zoe).exists);
}

static void a_grant_counts_on_the_day_of_the_session(void **state) {
  (void)state;
  hub_world_grant(&w->host, &w->world.ada, &w->world.strings, ENUM_grant_role_tutor, w->world.today - 30,
                  w->world.today);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  hub_world_grant(&w->host, &w->world.ada, &w->world.strings, ENUM_grant_role_tutor, w->world.today - 30,
                  w->world.today + 1);
  hub_host_pass(&w->host, 5LL * 86400000);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
}

static void nobody_grants_themselves_rights_from_a_device(void **state) {
  (void)state;
  struct id keys[2] = {w->world.cam, w->world.strings};
  struct op op = {.table = schema_table(TABLE_grant_), .units = 3};
  crypto_row_id(&op.row, TABLE_grant_, keys, 2);
  op.values[COL(grant_, staff)] = value_id(&w->world.cam);
  op.values[COL(grant_, activity)] = value_id(&w->world.strings);
  op.values[COL(grant_, role)] = value_int(ENUM_grant_role_tutor);
  op.values[COL(grant_, starts)] = value_int(w->world.today - 1);
  test_device_write(&w->device, &w->world.ada, &op);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  ingest_mark(&w->device, &w->world.cam, &w->world.zoe, ENUM_mark_code_P);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
}

static void nobody_signs_a_note_with_a_colleagues_name(void **state) {
  (void)state;
  struct op op = {.table = schema_table(TABLE_note), .row = {{7}}, .units = 3};
  op.values[COL(note, learner)] = value_id(&w->world.zoe);
  op.values[COL(note, activity)] = value_id(&w->world.strings);
  op.values[COL(note, staff)] = value_id(&w->world.ben);
  op.values[COL(note, date)] = value_int(w->world.today);
  op.values[COL(note, visibility)] = value_int(ENUM_visibility_tutor);
  test_device_write(&w->device, &w->world.ada, &op);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  op.values[COL(note, staff)] = value_id(&w->world.ada);
  test_device_write(&w->device, &w->world.ada, &op);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
}

/* Whoever leaves out whose it is says nothing about it, and may not write on it for that. */
static void nobody_writes_on_a_colleagues_note_or_progress(void **state) {
  (void)state;
  const size_t said[] = {COL(note, text), COL(progress, comment)};
  for (uint8_t i = 0; i < 2; i++) {
    const struct table *t = schema_table(i ? TABLE_progress : TABLE_note);
    struct op op = {.table = t, .row = {{8, i}}, .units = 3};
    op.values[i ? COL(progress, learner) : COL(note, learner)] = value_id(&w->world.zoe);
    op.values[i ? COL(progress, activity) : COL(note, activity)] = value_id(&w->world.strings);
    op.values[i ? COL(progress, staff) : COL(note, staff)] = value_id(&w->world.ben);
    op.values[i ? COL(progress, date) : COL(note, date)] = value_int(w->world.today);
    op.values[i ? COL(progress, kind) : COL(note, visibility)] = value_int(1);
    test_device_write(&w->other, &w->world.ben, &op);
    assert_int_equal(ingest_bring(&w->other).status, RECEIPT_APPLIED);
    op.units = 2;
    op.values[said[i]] = value_text(slice_text("He never practises."));
    test_device_write(&w->device, &w->world.ada, &op);
    assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
    test_device_write(&w->other, &w->world.ben, &op);
    assert_int_equal(ingest_bring(&w->other).status, RECEIPT_APPLIED);
  }
}

static void a_walk_in_is_admitted_with_the_enrolment_it_comes_with(void **state) {
  (void)state;
  struct id walk_in = {{9}}, keys[2] = {walk_in, w->world.strings};
  struct op *ops = arena_take(&w->arena, 2, sizeof *ops);
  ops[0] = (struct op){.table = schema_table(TABLE_learner), .row = walk_in, .units = 1 | 2 | 1U << 4};
  ops[0].values[COL(learner, first_name)] = value_text(slice_text("Walk"));
  ops[0].values[COL(learner, status)] = value_int(ENUM_learner_status_provisional);
  ops[1] = (struct op){.table = schema_table(TABLE_enrolment), .units = 3};
  crypto_row_id(&ops[1].row, TABLE_enrolment, keys, 2);
  ops[1].values[COL(enrolment, learner)] = value_id(&walk_in);
  ops[1].values[COL(enrolment, activity)] = value_id(&w->world.strings);
  ops[1].values[COL(enrolment, starts)] = value_int(w->world.today);
  struct changeset *cs = test_device_write(&w->device, &w->world.ada, &ops[0]);
  cs->ops = ops;
  cs->op_count = 2;
  w->device.counter++;
  struct receipt r = ingest_bring(&w->device);
  assert_true(r.status == RECEIPT_APPLIED || r.status == RECEIPT_CONFLICT);
  assert_int_equal(hub_host_counts(&w->host).learners, 5);
  assert_int_equal(hub_host_counts(&w->host).enrolments, 5);
}

static struct op arrival_of(uint8_t number, const struct id *learner) {
  struct op op = {.table = schema_table(TABLE_arrival), .row = {{number}}, .units = 3};
  op.values[COL(arrival, session)] = value_id(&w->world.strings_today);
  op.values[COL(arrival, learner)] = value_id(learner);
  op.values[COL(arrival, way)] = value_int(ENUM_arrival_way_in);
  op.values[COL(arrival, at)] = value_int(1022);
  return op;
}

static void a_grant_for_the_door_takes_arrivals_and_no_marks(void **state) {
  (void)state;
  struct op op = arrival_of(21, &w->world.zoe);
  test_device_write(&w->device, &w->world.cam, &op);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  hub_world_grant(&w->host, &w->world.cam, &w->world.strings, ENUM_grant_role_door, w->world.today, 0);
  op = arrival_of(22, &w->world.zoe);
  test_device_write(&w->device, &w->world.cam, &op);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  ingest_mark(&w->device, &w->world.cam, &w->world.zoe, ENUM_mark_code_P);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  assert_false(ingest_load_mark(&w->world.zoe).exists);
}

static void an_arrival_is_taken_back_by_another_and_never_written_over(void **state) {
  (void)state;
  struct op op = arrival_of(21, &w->world.zoe), back = arrival_of(22, &w->world.zoe);
  test_device_write(&w->device, &w->world.ada, &op);
  back.values[COL(arrival, voids)] = value_id(&op.row);
  test_device_write(&w->device, &w->world.ada, &back);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  op.values[COL(arrival, at)] = value_int(900);
  test_device_write(&w->device, &w->world.ada, &op);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  op = (struct op){.table = op.table, .row = op.row, .units = 2};
  op.values[COL(arrival, way)] = value_int(ENUM_arrival_way_out);
  op.values[COL(arrival, at)] = value_int(900);
  test_device_write(&w->device, &w->world.ada, &op);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
}

static void a_call_about_an_absence_is_signed_and_needs_more_than_the_door(void **state) {
  (void)state;
  struct op op = {.table = schema_table(TABLE_absence_call), .row = {{31}}, .units = 3};
  op.values[COL(absence_call, session)] = value_id(&w->world.strings_today);
  op.values[COL(absence_call, learner)] = value_id(&w->world.zoe);
  op.values[COL(absence_call, staff)] = value_id(&w->world.cam);
  op.values[COL(absence_call, outcome)] = value_int(ENUM_call_outcome_no_answer);
  op.values[COL(absence_call, at)] = value_int(1022);
  hub_world_grant(&w->host, &w->world.cam, &w->world.strings, ENUM_grant_role_door, w->world.today, 0);
  test_device_write(&w->device, &w->world.cam, &op); /* of the door */
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  test_device_write(&w->device, &w->world.ada, &op); /* in a colleague's name */
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  op.values[COL(absence_call, staff)] = value_id(&w->world.ada);
  test_device_write(&w->device, &w->world.ada, &op);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  test_device_write(&w->device, &w->world.ada, &op); /* written over */
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
}

static void set_roles(const struct id *staff, int64_t roles) {
  struct op op = {.table = schema_table(TABLE_staff), .row = *staff, .units = 1U << 3};
  op.values[COL(staff, roles)] = value_int(roles);
  op.values[COL(staff, status)] = value_int(ENUM_staff_status_active);
  hub_world_put(&w->host, &op);
}

static struct op visit_of(uint8_t number, const struct id *staff) {
  struct op op = {.table = schema_table(TABLE_visit), .row = {{number}}, .units = 1 | 1U << 1 | 1U << 10};
  op.values[COL(visit, school)] = value_id(&w->world.strings); /* any id: a school it does not know yet */
  op.values[COL(visit, staff)] = value_id(staff);
  op.values[COL(visit, date)] = value_int(w->world.today);
  op.values[COL(visit, status)] = value_int(ENUM_visit_status_draft);
  return op;
}

/* Cam is granted nothing: visiting needs the role, and no activity. */
static void a_school_visit_is_its_writers_whose_work_visiting_is(void **state) {
  (void)state;
  struct op op = visit_of(41, &w->world.cam);
  test_device_write(&w->device, &w->world.cam, &op); /* without the role */
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  set_roles(&w->world.cam, visiting_roles);
  test_device_write(&w->device, &w->world.ada, &op); /* in a colleague's name */
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  op = visit_of(42, &w->world.cam);
  test_device_write(&w->device, &w->world.cam, &op);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  set_roles(&w->world.ada, visiting_roles);
  op = (struct op){.table = op.table, .row = op.row, .units = 1U << 2};
  op.values[COL(visit, curriculum)] = value_int(ENUM_rag_red);
  test_device_write(&w->device, &w->world.ada, &op); /* on a colleague's visit */
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  test_device_write(&w->device, &w->world.cam, &op);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
}

static void colours_that_differ_are_a_persons_to_settle_and_the_first_award_stays(void **state) {
  (void)state;
  set_roles(&w->world.cam, visiting_roles);
  struct op op = visit_of(43, &w->world.cam), colour = {.table = op.table, .row = op.row, .units = 1U << 2};
  op.units |= 1U << 2 | 1U << 11;
  op.values[COL(visit, curriculum)] = value_int(ENUM_rag_red);
  op.values[COL(visit, award)] = value_int(ENUM_award_bronze);
  test_device_write(&w->device, &w->world.cam, &op);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  hub_host_pass(&w->host, 1000);
  colour.units |= 1U << 11;
  colour.values[COL(visit, curriculum)] = value_int(ENUM_rag_green);
  colour.values[COL(visit, award)] = value_int(ENUM_award_gold);
  test_device_write(&w->device, &w->world.cam, &colour); /* without having seen it: another device's clock */
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_CONFLICT);
  assert_int_equal(hub_host_counts(&w->host).conflicts, 2);
  struct arena a = ARENA_INIT(65536);
  struct row row;
  assert_int_equal(w->host.store->ops->load_row(w->host.store, op.table, &op.row, &a, &row), ERR_OK);
  assert_int_equal(row.values[COL(visit, curriculum)].i, ENUM_rag_green);
  assert_int_equal(row.values[COL(visit, award)].i, ENUM_award_bronze);
  arena_finish(&a);
}

/* ---- merging ---- */

static void a_stamp_from_the_future_is_capped_and_pinned(void **state) {
  (void)state;
  uint64_t now = (uint64_t)w->host.now.wall_ms;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P)->stamp =
      now + stamp_ahead_ms_max + 1;
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_P)->stamp = now + stamp_ahead_ms_max;
  struct receipt r = ingest_bring(&w->device);
  assert_int_equal(r.status, RECEIPT_APPLIED);
  assert_int_equal(r.pin_count, 1);
  assert_int_equal(r.pins[0].changeset, 0);
  assert_int_equal(r.pins[0].stamp, now);
  assert_int_equal(ingest_load_mark(&w->world.zoe).units[1].heads[0].stamp, now);
  assert_int_equal(ingest_load_mark(&w->world.jo).units[1].heads[0].stamp, now + stamp_ahead_ms_max);
}

static void two_devices_that_disagree_open_a_conflict(void **state) {
  (void)state;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  hub_host_pass(&w->host, 1000);
  ingest_mark(&w->other, &w->world.ben, &w->world.zoe, ENUM_mark_code_AU);
  struct receipt r = ingest_bring(&w->other);
  assert_int_equal(r.status, RECEIPT_CONFLICT);
  assert_int_equal(r.exceptions[0].status, RECEIPT_CONFLICT);
  assert_int_equal(hub_host_counts(&w->host).conflicts, 1);
  assert_int_equal(ingest_load_mark(&w->world.zoe).units[1].count, 2);
}

static void a_decision_that_saw_both_closes_the_conflict(void **state) {
  (void)state;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  ingest_bring(&w->device);
  ingest_mark(&w->other, &w->world.ben, &w->world.zoe, ENUM_mark_code_AU);
  ingest_bring(&w->other);
  assert_int_equal(hub_host_counts(&w->host).conflicts, 1);
  struct row row = ingest_load_mark(&w->world.zoe);
  struct id keys[2] = {w->world.strings_today, w->world.zoe};
  struct op op = {.table = schema_table(TABLE_mark), .row = row.id, .units = 3};
  op.values[COL(mark, session)] = value_id(&keys[0]);
  op.values[COL(mark, learner)] = value_id(&keys[1]);
  op.values[COL(mark, code)] = value_int(ENUM_mark_code_L);
  hub_world_put(&w->host, &op);
  assert_int_equal(hub_host_counts(&w->host).conflicts, 0);
}

static void late_with_a_time_settles_away_by_itself(void **state) {
  (void)state;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_AU);
  ingest_bring(&w->device);
  test_device_mark(&w->other, &w->world.ben, &w->world.strings_today, &w->world.zoe, ENUM_mark_code_L,
                   16 * 60 + 12);
  assert_int_equal(ingest_bring(&w->other).status, RECEIPT_APPLIED);
  assert_int_equal(hub_host_counts(&w->host).conflicts, 0);
  assert_int_equal(ingest_load_mark(&w->world.zoe).values[COL(mark, code)].i, ENUM_mark_code_L);
}

static void the_order_of_bundles_does_not_matter(void **state) {
  (void)state;
  uint8_t digests[2][hash_bytes];
  for (int order = 0; order < 2; order++) {
    if (order) {
      ingest_world_close(NULL);
      ingest_world_open(NULL);
    }
    struct buf a, b;
    struct job job;
    ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
    ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_AU);
    test_device_seal(&w->device, &a);
    ingest_mark(&w->other, &w->world.ben, &w->world.zoe, ENUM_mark_code_AN);
    test_device_mark(&w->other, &w->world.ben, &w->world.strings_today, &w->world.jo, ENUM_mark_code_L, 970);
    test_device_seal(&w->other, &b);
    hub_host_ingest(&w->host, &job, buf_slice(order ? &b : &a));
    job_finish(&job);
    hub_host_ingest(&w->host, &job, buf_slice(order ? &a : &b));
    job_finish(&job);
    hub_host_digest(&w->host, digests[order]);
    buf_finish(&a);
    buf_finish(&b);
  }
  assert_memory_equal(digests[0], digests[1], hash_bytes);
}

static void resealed_work_counts_once(void **state) {
  (void)state;
  struct changeset *cs = ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  struct changeset copy = *cs;
  ingest_bring(&w->device);
  uint8_t before[hash_bytes], after[hash_bytes];
  hub_host_digest(&w->host, before);
  w->device.list[w->device.count++] = copy;
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
}

static void history_has_every_version_with_its_author(void **state) {
  (void)state;
  struct op_id first =
      test_device_op(&w->device, ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P));
  ingest_bring(&w->device);
  hub_host_pass(&w->host, 1000);
  struct changeset *second = ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_AN);
  test_device_base(&w->device, second, &first);
  ingest_bring(&w->device);
  struct store_history *list;
  size_t count;
  struct row row = ingest_load_mark(&w->world.zoe);
  assert_int_equal(
      w->host.store->ops->read_history(w->host.store, row.table, &row.id, &w->arena, &list, &count), ERR_OK);
  assert_int_equal(count, 2);
  assert_int_equal(list[0].values[COL(mark, code)].i, ENUM_mark_code_P);
  assert_int_equal(list[1].values[COL(mark, code)].i, ENUM_mark_code_AN);
  assert_true(id_equal(&list[1].author, &w->world.ada));
  assert_int_equal(list[1].received_ms, w->host.now.wall_ms);
  assert_true(op_id_equal(&list[0].op, &first));
}

static void a_poisoned_bundle_does_not_spoil_its_group(void **state) {
  (void)state;
  struct buf good, bad;
  struct job a, b, *jobs[2] = {&a, &b};
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  test_device_seal(&w->device, &bad);
  bad.ptr[bad.len - 1] ^= 1;
  ingest_mark(&w->other, &w->world.ben, &w->world.jo, ENUM_mark_code_P);
  test_device_seal(&w->other, &good);
  job_init(&a, JOB_INGEST);
  job_init(&b, JOB_INGEST);
  assert_int_equal(buf_append(&a.bytes, buf_slice(&bad)), ERR_OK);
  assert_int_equal(buf_append(&b.bytes, buf_slice(&good)), ERR_OK);
  ingest_group(jobs, 2, &w->host.hub, w->host.store, &w->host.now);
  assert_int_equal(a.result, ERR_BAD_SIGNATURE);
  assert_int_equal(b.result, ERR_OK);
  assert_true(ingest_load_mark(&w->world.jo).exists);
  job_finish(&a);
  job_finish(&b);
  buf_finish(&good);
  buf_finish(&bad);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_revoked_device_is_quarantined),
      TEST(a_device_that_the_office_readmits_is_taken_again),
      TEST(an_author_without_the_grant_is_quarantined_and_the_rest_applied),
      TEST(an_author_who_is_not_of_the_device_is_quarantined),
      TEST(a_grant_counts_on_the_day_of_the_session),
      TEST(nobody_grants_themselves_rights_from_a_device),
      TEST(nobody_signs_a_note_with_a_colleagues_name),
      TEST(nobody_writes_on_a_colleagues_note_or_progress),
      TEST(a_walk_in_is_admitted_with_the_enrolment_it_comes_with),
      TEST(a_grant_for_the_door_takes_arrivals_and_no_marks),
      TEST(an_arrival_is_taken_back_by_another_and_never_written_over),
      TEST(a_call_about_an_absence_is_signed_and_needs_more_than_the_door),
      TEST(a_school_visit_is_its_writers_whose_work_visiting_is),
      TEST(colours_that_differ_are_a_persons_to_settle_and_the_first_award_stays),
      TEST(a_stamp_from_the_future_is_capped_and_pinned),
      TEST(two_devices_that_disagree_open_a_conflict),
      TEST(a_decision_that_saw_both_closes_the_conflict),
      TEST(late_with_a_time_settles_away_by_itself),
      TEST(the_order_of_bundles_does_not_matter),
      TEST(resealed_work_counts_once),
      TEST(history_has_every_version_with_its_author),
      TEST(a_poisoned_bundle_does_not_spoil_its_group),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
