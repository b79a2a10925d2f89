/* feed_test.c: what a device gets: its streams and no other, projected, under credits, live, and what leaves
 * it again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/erase.h"
#include "server/core/release.h"
#include "tests/lib/holding.h"

static struct hub_host host;
static struct hub_world world;
static struct test_device ada_device, ben_device, cam_device;
static struct test_line line;

static int setup(void **state) {
  (void)state;
  hub_host_open(&host, 3);
  hub_world_make(&world, &host);
  test_device_enrol(&ada_device, &host, &world.ada, NULL);
  test_device_enrol(&ben_device, &host, &world.ben, NULL);
  test_device_enrol(&cam_device, &host, &world.cam, NULL);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  test_device_finish(&ada_device);
  test_device_finish(&ben_device);
  test_device_finish(&cam_device);
  hub_host_close(&host);
  return 0;
}

static struct holding held;

static bool holds(const struct id *stream, uint8_t table, const struct id *row) {
  return holding_has(&held, stream, table, row);
}

static void follow(bool credit) { holding_follow(&held, &line, credit); }

static void subscribe(struct test_device *d) {
  test_line_open(&line, d, NULL);
  test_line_subscribe(&line, held.at, held.stream_count, 1);
}

static void start(struct test_device *d) {
  held = (struct holding){.count = 0};
  subscribe(d);
  follow(true);
}

static void a_device_gets_all_rows_of_what_it_is_granted(void **state) {
  (void)state;
  start(&ada_device);
  assert_true(holds(&world.strings, TABLE_activity, &world.strings));
  assert_true(holds(&world.strings, TABLE_session, &world.strings_today));
  assert_true(holds(&world.strings, TABLE_learner, &world.zoe));
  assert_true(holds(&world.strings, TABLE_learner, &world.jo));
  assert_true(holds(&stream_staff, TABLE_staff, &world.ben));
  test_line_close(&line);
}

static void a_device_without_the_grant_never_receives_the_stream(void **state) {
  (void)state;
  start(&ada_device);
  for (size_t i = 0; i < held.count; i++) {
    assert_false(id_equal(&held.list[i].stream, &world.brass));
    assert_false(id_equal(&held.list[i].row, &world.kit));
    assert_false(id_equal(&held.list[i].row, &world.brass_today));
  }
  test_line_close(&line);
  start(&cam_device);
  for (size_t i = 0; i < held.count; i++) {
    assert_true(id_equal(&held.list[i].stream, &stream_staff) ||
                id_equal(&held.list[i].stream, &stream_reference));
  }
  test_line_close(&line);
}

static void asking_for_a_stream_does_not_grant_it(void **state) {
  (void)state;
  held = (struct holding){.count = 0};
  holding_position(&held, &world.brass)->audience = AUDIENCE_TEACHING;
  subscribe(&cam_device);
  follow(true);
  assert_false(holds(&world.brass, TABLE_learner, &world.kit));
  test_line_close(&line);
}

static void no_more_batches_than_credit(void **state) {
  (void)state;
  for (int i = 0; i < 20; i++) {
    struct op op = {.table = schema_table(TABLE_activity), .row = {{(uint8_t)(i + 1), 77}}, .units = 6};
    op.values[COL(activity, name)] = value_text(slice_text("More"));
    op.values[COL(activity, mode)] = value_int(ENUM_mode_ensemble);
    op.units = 7;
    hub_world_put(&host, &op);
    hub_world_grant(&host, &world.ada, &op.row, ENUM_grant_role_tutor, world.today - 1, 0);
  }
  held = (struct holding){.count = 0};
  subscribe(&ada_device);
  follow(false);
  assert_int_equal(held.batches, feed_credit_batches);
  struct message more = {.type = MSG_CREDIT, .credit = {.batches = 3}};
  test_line_send(&line, &more);
  follow(false);
  assert_int_equal(held.batches, feed_credit_batches + 3);
  follow(true);
  more.credit.batches = 1;
  test_line_send(&line, &more);
  follow(true);
  assert_int_equal(held.batches, 24); /* twenty, Strings, reference, staff, and her own */
  test_line_close(&line);
}

static void a_mark_on_one_device_is_seen_on_another(void **state) {
  (void)state;
  struct job job;
  struct buf bundle;
  struct id keys[2] = {world.strings_today, world.zoe}, mark;
  crypto_row_id(&mark, TABLE_mark, keys, 2);
  start(&ada_device);
  assert_false(holds(&world.strings, TABLE_mark, &mark));
  test_device_mark(&ben_device, &world.ben, &world.strings_today, &world.zoe, ENUM_mark_code_P, -1);
  test_device_seal(&ben_device, &bundle);
  hub_host_ingest(&host, &job, buf_slice(&bundle));
  struct session_event changed = {.kind = SESSION_CHANGED, .now = host.now, .changes = &job.changes};
  hub_line_changed(&line.line, &changed);
  follow(true);
  assert_true(holds(&world.strings, TABLE_mark, &mark));
  job_finish(&job);
  buf_finish(&bundle);
  test_line_close(&line);
}

static void a_stream_is_continued_where_it_was_left(void **state) {
  (void)state;
  start(&ada_device);
  test_line_close(&line);
  size_t before = held.count;
  hub_world_enrol(&host, &world.kit, &world.strings, world.today, 0);
  held.batches = 0;
  subscribe(&ada_device);
  follow(true);
  assert_true(holds(&world.strings, TABLE_learner, &world.kit));
  assert_int_equal(held.count, before + 2);
  assert_int_equal(held.restarts, 0);
  test_line_close(&line);
}

static void a_learner_who_leaves_leaves_the_stream_and_may_come_back(void **state) {
  (void)state;
  start(&ada_device);
  hub_world_enrol(&host, &world.jo, &world.strings, world.today - 30, world.today);
  follow(true);
  assert_false(holds(&world.strings, TABLE_learner, &world.jo));
  assert_true(holds(&world.strings, TABLE_learner, &world.zoe));
  hub_world_enrol(&host, &world.jo, &world.strings, world.today - 30, 0);
  follow(true);
  assert_true(holds(&world.strings, TABLE_learner, &world.jo));
  test_line_close(&line);
  start(&ada_device);
  assert_true(holds(&world.strings, TABLE_learner, &world.jo));
  test_line_close(&line);
}

static void an_enrolment_that_ends_tomorrow_leaves_tomorrow(void **state) {
  (void)state;
  hub_world_enrol(&host, &world.jo, &world.strings, world.today - 30, world.today + 1);
  start(&ada_device);
  assert_true(holds(&world.strings, TABLE_learner, &world.jo));
  test_line_close(&line);
  hub_host_pass(&host, 86400000);
  hub_world_enrol(&host, &world.kit, &world.strings, world.today, 0); /* any write of the new day */
  subscribe(&ada_device);
  follow(true);
  assert_false(holds(&world.strings, TABLE_learner, &world.jo));
  test_line_close(&line);
}

static void a_new_grant_brings_its_stream_and_an_ended_one_takes_it_away(void **state) {
  (void)state;
  struct message m;
  bool told = false;
  start(&ada_device);
  hub_world_grant(&host, &world.ada, &world.brass, ENUM_grant_role_leader, world.today, 0);
  follow(true);
  assert_true(holds(&world.brass, TABLE_learner, &world.kit));
  hub_world_grant(&host, &world.ada, &world.brass, ENUM_grant_role_leader, world.today - 9, world.today);
  while (test_line_next(&line, &m)) {
    if (m.type != MSG_GRANTS) continue;
    told = true;
    for (size_t i = 0; i < m.grants.stream_count; i++)
      assert_false(id_equal(&m.grants.streams[i].stream, &world.brass));
  }
  assert_true(told);
  test_line_close(&line);
}

static void set_roles(const struct id *staff, int64_t roles) {
  struct op op = {.table = schema_table(TABLE_staff), .row = *staff, .units = 1U << 3};
  op.values[COL(staff, roles)] = value_int(roles);
  op.values[COL(staff, status)] = value_int(ENUM_staff_status_active);
  hub_world_put(&host, &op);
}

static void what_belongs_to_one_person_travels_to_that_persons_devices_alone(void **state) {
  (void)state;
  struct op op = {.table = schema_table(TABLE_visit), .row = {{7, 1}}, .units = 3};
  struct op school = {.table = schema_table(TABLE_school), .row = {{7, 2}}, .units = 3};
  op.values[COL(visit, school)] = value_id(&school.row);
  op.values[COL(visit, staff)] = value_id(&world.cam);
  op.values[COL(visit, date)] = value_int(world.today);
  school.values[COL(school, name)] = value_text(slice_text("St Mary's"));
  hub_world_put(&host, &school);
  hub_world_put(&host, &op);
  set_roles(&world.cam, visiting_roles);
  start(&ada_device);
  assert_false(holds(&world.cam, TABLE_visit, &op.row));
  test_line_close(&line);
  start(&cam_device); /* granted no activity: the schools come because visiting is Cam's work */
  assert_true(holds(&world.cam, TABLE_visit, &op.row));
  assert_true(holds(&stream_reference, TABLE_school, &school.row));
  set_roles(&world.cam, 0);
  follow(true);
  test_line_close(&line);
  start(&cam_device);
  assert_false(holds(&world.cam, TABLE_visit, &op.row));
  test_line_close(&line);
}

static void bring(struct test_device *d) {
  struct job job;
  struct buf bundle;
  test_device_seal(d, &bundle);
  hub_host_ingest(&host, &job, buf_slice(&bundle));
  assert_int_equal(job.result, ERR_OK);
  job_finish(&job);
  buf_finish(&bundle);
}

/* About Zoe in Strings, by one of its two. */
static struct changeset *write_note(struct test_device *d, const struct id *author, struct id *row) {
  struct op op = hub_world_about(&world, schema_table(TABLE_note), &world.zoe, world.today, 9);
  op.values[COL(note, staff)] = value_id(author);
  *row = op.row;
  return test_device_write(d, author, &op);
}

static void
what_a_leader_wrote_comes_in_the_stream_of_their_grant_and_a_tutors_with_the_activity(void **state) {
  (void)state;
  struct id note, grant;
  (void)write_note(&ben_device, &world.ben, &note);
  bring(&ben_device);
  stream_of_grant(&grant, &world.ben, &world.strings);
  start(&ben_device);
  assert_true(holds(&grant, TABLE_note, &note));
  assert_false(holds(&world.strings, TABLE_note, &note));
  assert_int_equal(holding_position(&held, &grant)->audience, AUDIENCE_TEACHING);
  test_line_close(&line);
  start(&ada_device);
  assert_true(holds(&world.strings, TABLE_note, &note));
  assert_false(holds(&grant, TABLE_note, &note));
  test_line_close(&line);
}

static void office_lets_in_all_of(const struct test_device *d) {
  const struct quarantine_ref ref = {
      .device = d->id, .incarnation = d->incarnation, .seq = d->seq, .changeset = quarantine_all};
  struct change_set changes;
  struct fault fault = {.code = ERR_OK};
  assert_int_equal(quarantine_decide_by(&changes, &host.hub, host.store, &host.now, &host.hub.id, &ref,
                                        QUARANTINE_RELEASED, slice_text("It is hers."), &fault),
                   ERR_OK);
}

/* Two devices gave one number to two notes, and the office lets the second in: who wrote first is believed.
 */
static void a_note_that_turns_out_to_be_anothers_leaves_the_first_ones_stream(void **state) {
  (void)state;
  struct id note, bens, adas;
  stream_of_grant(&bens, &world.ben, &world.strings);
  stream_of_grant(&adas, &world.ada, &world.strings);
  (void)write_note(&ben_device, &world.ben, &note);
  bring(&ben_device);
  start(&ben_device);
  assert_true(holds(&bens, TABLE_note, &note));
  test_line_close(&line);
  write_note(&ada_device, &world.ada, &note)->stamp -= 60000;
  bring(&ada_device);
  office_lets_in_all_of(&ada_device);
  subscribe(&ben_device);
  follow(true);
  assert_false(holds(&bens, TABLE_note, &note));
  test_line_close(&line);
  hub_world_grant(&host, &world.ada, &world.strings, ENUM_grant_role_leader, world.today - 30, 0);
  start(&ada_device);
  assert_true(holds(&adas, TABLE_note, &note));
  test_line_close(&line);
}

static void another_audience_begins_the_stream_anew(void **state) {
  (void)state;
  start(&ben_device);
  assert_int_equal(holding_position(&held, &world.strings)->audience, AUDIENCE_REGISTER | AUDIENCE_CARE);
  hub_world_grant(&host, &world.ben, &world.strings, ENUM_grant_role_tutor, world.today - 30, 0);
  follow(true);
  assert_int_equal(holding_position(&held, &world.strings)->audience,
                   AUDIENCE_REGISTER | AUDIENCE_CARE | AUDIENCE_TEACHING);
  assert_true(held.restarts > 0);
  assert_true(holds(&world.strings, TABLE_learner, &world.zoe));
  test_line_close(&line);
}

static void positions_of_another_epoch_mean_nothing(void **state) {
  (void)state;
  start(&ada_device);
  test_line_close(&line);
  size_t before = held.count;
  test_line_open(&line, &ada_device, NULL);
  test_line_subscribe(&line, held.at, held.stream_count, 7);
  follow(true);
  assert_true(held.restarts >= 3);
  assert_int_equal(held.count, before);
  test_line_close(&line);
}

static void only_what_the_door_may_hold(const struct feed_item *one) {
  assert_true(one->table->audience & AUDIENCE_DOOR);
  for (uint8_t i = 0; i < one->table->column_count; i++) {
    if (one->row->values[i].kind == VALUE_NULL) continue;
    if (!(one->table->columns[i].audience & AUDIENCE_DOOR))
      fail_msg("%s.%s came to the door", one->table->name, one->table->columns[i].name);
  }
}

static void a_door_gets_first_names_and_nothing_else(void **state) {
  (void)state;
  struct message m;
  size_t learners = 0, sessions = 0;
  hub_world_grant(&host, &world.cam, &world.strings, ENUM_grant_role_door, world.today, 0);
  test_line_open(&line, &cam_device, NULL);
  test_line_subscribe(&line, NULL, 0, 1);
  while (test_line_next(&line, &m)) {
    for (size_t i = 0; m.type == MSG_FEED && i < m.feed.batch.count; i++) {
      const struct feed_item *one = &m.feed.batch.items[i];
      only_what_the_door_may_hold(one);
      learners += one->table->id == TABLE_learner;
      sessions += one->table->id == TABLE_session;
      if (one->table->id == TABLE_learner)
        assert_int_equal(one->row->values[COL(learner, first_name)].kind, VALUE_TEXT);
    }
  }
  assert_int_equal(learners, 3);
  assert_int_equal(sessions, 1);
  test_line_close(&line);
}

static void a_locked_device_that_never_subscribes_gets_no_rows(void **state) {
  (void)state;
  struct message m;
  test_line_open(&line, &ada_device, NULL);
  while (test_line_next(&line, &m)) assert_int_not_equal(m.type, MSG_FEED);
  test_line_close(&line);
}

static void after_its_own_bundle_every_stream_is_confirmed_past_the_receipt(void **state) {
  (void)state;
  struct buf bundle;
  struct message m;
  start(&ada_device);
  test_device_mark(&ada_device, &world.ada, &world.strings_today, &world.zoe, ENUM_mark_code_P, -1);
  test_device_seal(&ada_device, &bundle);
  m = (struct message){.type = MSG_BUNDLE, .bundle = {.bytes = buf_slice(&bundle)}};
  test_line_send(&line, &m);
  assert_true(test_line_find(&line, MSG_RECEIPTS, &m));
  uint64_t position = test_receipt(&host, m.receipts.receipts[0], &line.arena).position;
  follow(true);
  for (size_t i = 0; i < held.stream_count; i++) assert_true(held.at[i].position >= position);
  buf_finish(&bundle);
  test_line_close(&line);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* ---- what is read once ---- */

static struct store_ops counting;
static size_t reads;
static err (*real_read)(struct store *, const struct stream_position *, size_t, struct arena *,
                        struct feed_batch *);

static err count_read(struct store *s, const struct stream_position *from, size_t rows_max, struct arena *a,
                      struct feed_batch *out) {
  reads++;
  return real_read(s, from, rows_max, a, out);
}

static void ask_feed(struct job *job, uint64_t position) {
  job_init(job, JOB_FEED);
  job->schema = schema_version;
  job->from =
      (struct stream_position){.stream = world.strings, .position = position, .audience = AUDIENCE_REGISTER};
  job_run(job, &host.hub, host.store, &host.now);
  assert_int_equal(job->result, ERR_OK);
  assert_true(job->feed.count > 0 && job->feed.packed.len > 0);
}

static void devices_that_stand_at_one_place_hear_the_same_bytes_read_once(void **state) {
  (void)state;
  struct job first, second, elsewhere, later;
  const struct store_ops *before = host.store->ops;
  counting = *before;
  real_read = before->read_feed;
  counting.read_feed = count_read;
  host.store->ops = &counting;
  reads = 0;
  ask_feed(&first, 0);
  ask_feed(&second, 0);
  assert_int_equal(reads, 1);
  assert_int_equal(first.feed.to, second.feed.to);
  assert_true(slice_equal(first.feed.packed, second.feed.packed));
  hub_world_enrol(&host, &world.kit, &world.strings, world.today, 0);
  ask_feed(&elsewhere, 0); /* the same bytes, which are not all any more */
  assert_int_equal(reads, 1);
  assert_true(slice_equal(elsewhere.feed.packed, first.feed.packed));
  assert_true(first.feed.checkpoint && !elsewhere.feed.checkpoint);
  ask_feed(&later, elsewhere.feed.to);
  assert_int_equal(reads, 2);
  assert_int_equal(later.feed.from, elsewhere.feed.to);
  assert_true(later.feed.checkpoint && later.feed.to > first.feed.to);
  host.store->ops = before;
  struct job *jobs[] = {&first, &second, &elsewhere, &later};
  for (size_t i = 0; i < 4; i++) job_finish(jobs[i]);
}

/* Where it stood in the batch, an older form of it would be told. */
static void a_batch_is_read_anew_when_one_of_its_rows_changes_or_is_erased(void **state) {
  (void)state;
  struct job job[3];
  const struct store_ops *before = host.store->ops;
  counting = *before;
  real_read = before->read_feed;
  counting.read_feed = count_read;
  hub_world_enrol(&host, &world.kit, &world.strings, world.today, 0);
  ask_feed(&job[0], 0);
  host.store->ops = &counting;
  reads = 0;
  hub_world_enrol(&host, &world.kit, &world.strings, world.today - 30, 0);
  ask_feed(&job[1], 0);
  assert_int_equal(reads, 1);
  assert_true(job[1].feed.checkpoint);
  struct erase_result r;
  struct erase_order order = {.learner = world.zoe, .by = host.hub.id, .reason = slice_text("asked for")};
  assert_int_equal(erase_learner(&r, &host.hub, host.store, &host.now, &order, NULL), ERR_OK);
  ask_feed(&job[2], 0);
  assert_int_equal(reads, 2);
  assert_true(job[2].feed.checkpoint && job[2].feed.count < job[1].feed.count);
  host.store->ops = before;
  for (size_t i = 0; i < 3; i++) job_finish(&job[i]);
}

/* A few rows that it has already, rather than all of them read again. */
static void who_stands_a_little_further_on_gets_the_same_batch(void **state) {
  (void)state;
  struct job first, second;
  const struct store_ops *before = host.store->ops;
  counting = *before;
  real_read = before->read_feed;
  counting.read_feed = count_read;
  host.store->ops = &counting;
  reads = 0;
  ask_feed(&first, 0);
  uint64_t position = 1, news = 0;
  while (news != first.feed.count - 1)
    assert_int_equal(
        host.store->ops->feed_count(host.store, &world.strings, position++, first.feed.to, &news), ERR_OK);
  ask_feed(&second, position - 1);
  assert_int_equal(reads, first.feed.count - 1 >= 8 ? 1 : 2);
  assert_int_equal(second.feed.from, position - 1);
  assert_int_equal(second.feed.to, first.feed.to);
  host.store->ops = before;
  job_finish(&first);
  job_finish(&second);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_device_gets_all_rows_of_what_it_is_granted),
      TEST(a_device_without_the_grant_never_receives_the_stream),
      TEST(asking_for_a_stream_does_not_grant_it),
      TEST(no_more_batches_than_credit),
      TEST(a_mark_on_one_device_is_seen_on_another),
      TEST(a_stream_is_continued_where_it_was_left),
      TEST(devices_that_stand_at_one_place_hear_the_same_bytes_read_once),
      TEST(a_batch_is_read_anew_when_one_of_its_rows_changes_or_is_erased),
      TEST(who_stands_a_little_further_on_gets_the_same_batch),
      TEST(a_learner_who_leaves_leaves_the_stream_and_may_come_back),
      TEST(an_enrolment_that_ends_tomorrow_leaves_tomorrow),
      TEST(a_new_grant_brings_its_stream_and_an_ended_one_takes_it_away),
      TEST(what_belongs_to_one_person_travels_to_that_persons_devices_alone),
      TEST(what_a_leader_wrote_comes_in_the_stream_of_their_grant_and_a_tutors_with_the_activity),
      TEST(a_note_that_turns_out_to_be_anothers_leaves_the_first_ones_stream),
      TEST(another_audience_begins_the_stream_anew),
      TEST(positions_of_another_epoch_mean_nothing),
      TEST(a_door_gets_first_names_and_nothing_else),
      TEST(a_locked_device_that_never_subscribes_gets_no_rows),
      TEST(after_its_own_bundle_every_stream_is_confirmed_past_the_receipt),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
