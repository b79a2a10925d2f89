/* keep_test.c: what the hub does by itself every few seconds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/core/reports.h"
#include "server/core/retention.h"
#include "tests/lib/ingest_world.h"

static struct ingest_world *const w = &ingest_world;

static struct change_set keep(uint64_t known_position) {
  struct job *job = job_create(JOB_KEEP);
  assert_non_null(job);
  job->known_position = known_position;
  job_run(job, &w->host.hub, w->host.store, &w->host.now);
  assert_int_equal(job->result, ERR_OK);
  struct change_set changes = job->changes;
  job_destroy(job);
  return changes;
}

static void what_another_process_committed_is_told_to_everybody_once(void **state) {
  (void)state;
  struct change_set first = keep(0);
  assert_true(first.position > 0);
  assert_int_equal(keep(first.position).position, 0);
  /* An import by command line, while the hub runs. */
  hub_world_enrol(&w->host, &w->world.kit, &w->world.strings, w->world.today, 0);
  struct change_set second = keep(first.position);
  assert_true(second.position > first.position);
  assert_true(second.all_streams && second.grants && second.learners && second.devices);
  assert_false(keep(second.position).all_streams);
}

/* Between two looks the hub wrote too, and everybody has heard of that, which has the higher number. */
static void what_another_process_committed_before_the_hub_is_told_as_well(void **state) {
  (void)state;
  struct fault fault = {0};
  struct hub_host other = w->host;
  struct store_sqlite_config config = {.path = w->host.path};
  uint64_t known;
  (void)keep(0);
  assert_int_equal(store_sqlite_open(&other.store, &config, &fault), ERR_OK);
  hub_world_enrol(&other, &w->world.kit, &w->world.strings, w->world.today, 0);
  other.store->ops->close(other.store);
  hub_world_enrol(&w->host, &w->world.li, &w->world.strings, w->world.today, 0);
  assert_int_equal(w->host.store->ops->number_load(w->host.store, STORE_POSITION, &known), ERR_OK);
  assert_true(keep(known).grants);
  assert_false(keep(known).grants);
}

/* ---- a disk that did not keep the file's pages ---- */

static bool stuck;
static bool says_stuck(struct store *s) {
  (void)s;
  return stuck;
}
static unsigned said;
static void count_line(void *ctx, enum log_level level, const char *text) {
  (void)ctx;
  if (level == LOG_ERROR && strstr(text, "restart the hub")) said++;
}

static uint64_t stuck_since(void) {
  uint64_t v;
  assert_int_equal(w->host.store->ops->number_load(w->host.store, STORE_STUCK, &v), ERR_OK);
  return v;
}

static void a_file_that_takes_no_more_is_said_once_and_shown_until_it_does(void **state) {
  (void)state;
  const struct store_ops *real = w->host.store->ops;
  struct store_ops ops = *real;
  const struct log_sink sink = {.min = LOG_WARN, .line = count_line}, *before = w->host.hub.log;
  ops.is_stuck = says_stuck;
  w->host.store->ops = &ops;
  w->host.hub.log = &sink;
  said = 0;
  stuck = true;
  assert_true(keep(0).devices);
  uint64_t since = stuck_since();
  assert_int_equal(since, w->host.now.wall_ms);
  hub_host_pass(&w->host, 5000);
  (void)keep(0);
  assert_int_equal(said, 1);
  assert_int_equal(stuck_since(), since);
  stuck = false;
  (void)keep(0);
  assert_int_equal(stuck_since(), 0);
  w->host.store->ops = real;
  w->host.hub.log = before;
}

static bool sums_are_due(void) {
  bool due = false;
  assert_int_equal(reports_are_due(w->host.store, &w->host.now, &due), ERR_OK);
  return due;
}

static void while_nobody_writes_the_reports_are_added_up(void **state) {
  (void)state;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  (void)ingest_bring(&w->device);
  (void)keep(0);
  assert_true(sums_are_due());               /* somebody wrote since house was kept before */
  for (int i = 0; i < 4; i++) (void)keep(0); /* activities first, then what is made of them */
  assert_false(sums_are_due());
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_P);
  (void)ingest_bring(&w->device);
  (void)keep(0);
  assert_true(sums_are_due());
}

static void a_bundle_held_for_a_week_is_released(void **state) {
  (void)state;
  struct buf bundles[2];
  struct job job;
  const struct id *learners[2] = {&w->world.zoe, &w->world.jo};
  for (size_t i = 0; i < 2; i++) {
    ingest_mark(&w->device, &w->world.ada, learners[i], ENUM_mark_code_P);
    test_device_seal(&w->device, &bundles[i]);
  }
  hub_host_ingest(&w->host, &job, buf_slice(&bundles[1]));
  job_finish(&job);
  (void)keep(0);
  assert_int_equal(hub_host_counts(&w->host).held, 1);
  hub_host_pass(&w->host, held_ms_max + 1);
  assert_true(keep(0).all_streams);
  assert_int_equal(hub_host_counts(&w->host).held, 0);
  assert_int_equal(hub_host_counts(&w->host).marks, 1);
  for (size_t i = 0; i < 2; i++) buf_finish(&bundles[i]);
}

/* The first bundle of a device never comes: it numbered that anew, and says so by going on under a later
 * incarnation. What the second says is not kept from everybody for a week. */
static void a_bundle_is_not_held_for_one_that_was_numbered_anew(void **state) {
  (void)state;
  struct buf bundles[3];
  struct job job;
  const struct id *learners[3] = {&w->world.zoe, &w->world.jo, &w->world.li};
  for (size_t i = 0; i < 3; i++) {
    if (i == 2) {
      w->device.incarnation = 2;
      w->device.seq = 0;
      bytes_zero(w->device.previous, hash_bytes);
    }
    ingest_mark(&w->device, &w->world.ada, learners[i], ENUM_mark_code_P);
    test_device_seal(&w->device, &bundles[i]);
  }
  for (size_t i = 1; i < 3; i++) {
    hub_host_ingest(&w->host, &job, buf_slice(&bundles[i]));
    job_finish(&job);
  }
  hub_host_pass(&w->host, held_renamed_ms_max);
  (void)keep(0);
  assert_int_equal(hub_host_counts(&w->host).held, 1);
  hub_host_pass(&w->host, 1);
  assert_true(keep(0).all_streams);
  assert_int_equal(hub_host_counts(&w->host).held, 0);
  assert_int_equal(hub_host_counts(&w->host).marks, 2);
  hub_host_ingest(&w->host, &job, buf_slice(&bundles[0])); /* another copy of the device had it after all */
  assert_int_equal(job.result, ERR_OK);
  job_finish(&job);
  assert_int_equal(hub_host_counts(&w->host).marks, 3);
  for (size_t i = 0; i < 3; i++) buf_finish(&bundles[i]);
}

/* Li leaves the day after tomorrow; then the night passes, and nobody writes anything. */
static void an_enrolment_that_ends_leaves_its_stream_while_nobody_writes(void **state) {
  (void)state;
  struct stream_position at = {.stream = w->world.strings, .audience = 15};
  struct feed_batch batch;
  size_t leaves = 0;
  struct store *s = w->host.store;
  hub_world_enrol(&w->host, &w->world.li, &w->world.strings, w->world.today - 30, w->world.today + 2);
  at.position = keep(0).position;
  hub_host_pass(&w->host, 86400000);
  assert_int_equal(keep(at.position).position, 0);
  hub_host_pass(&w->host, 86400000);
  struct change_set changes = keep(at.position);
  assert_true(changes.all_streams && changes.position > at.position);
  assert_int_equal(s->ops->read_feed(s, &at, 100, &w->arena, &batch), ERR_OK);
  for (size_t i = 0; i < batch.count; i++) {
    const struct feed_item *one = &batch.items[i];
    leaves += one->kind == FEED_LEAVE && one->table->id == TABLE_learner && id_equal(&one->id, &w->world.li);
  }
  assert_int_equal(leaves, 1);
  assert_int_equal(keep(changes.position).position, 0);
}

/* ---- a chore that fails ---- */

static err no_room(struct store *s) {
  (void)s;
  return ERR_IO;
}

/* A file that cannot be rewritten holds nothing else up; what it is about is said. */
static void a_chore_that_fails_is_named_and_keeps_no_other_from_its_turn(void **state) {
  (void)state;
  struct buf bundles[2];
  struct job job, *keeping = job_create(JOB_KEEP);
  struct store *s = w->host.store;
  const struct store_ops *whole = s->ops;
  struct store_ops broken = *whole;
  const struct id *learners[2] = {&w->world.zoe, &w->world.jo};
  (void)keep(0);
  for (size_t i = 0; i < 2; i++) {
    ingest_mark(&w->device, &w->world.ada, learners[i], ENUM_mark_code_P);
    test_device_seal(&w->device, &bundles[i]);
  }
  hub_host_ingest(&w->host, &job, buf_slice(&bundles[1]));
  job_finish(&job);
  hub_host_pass(&w->host, held_ms_max + 1);
  assert_int_equal(s->ops->number_save(s, STORE_SCRUB_DUE, 1), ERR_OK);
  broken.scrub = no_room;
  s->ops = &broken;
  assert_non_null(keeping);
  job_run(keeping, &w->host.hub, s, &w->host.now);
  s->ops = whole;
  assert_int_equal(keeping->result, ERR_IO);
  assert_non_null(keeping->failed);
  assert_true(keeping->changes.all_streams);
  assert_int_equal(hub_host_counts(&w->host).held, 0);
  assert_int_equal(hub_host_counts(&w->host).marks, 1);
  job_destroy(keeping);
  assert_true(keep(0).position > 0); /* and it is done in the end */
  for (size_t i = 0; i < 2; i++) buf_finish(&bundles[i]);
}

/* The hub's clock was years ahead when somebody chose the night. */
static void the_files_do_not_wait_for_a_night_of_a_clock_that_was_wrong(void **state) {
  (void)state;
  struct store *s = w->host.store;
  const int64_t hour = 3600000, year = 365 * 24 * hour;
  uint64_t due;
  assert_int_equal(s->ops->number_save(s, STORE_SCRUB_DUE, 1), ERR_OK);
  assert_int_equal(retention_rewrite_from(s, w->host.now.wall_ms + hour), ERR_OK);
  (void)keep(0);
  assert_int_equal(s->ops->number_load(s, STORE_SCRUB_DUE, &due), ERR_OK);
  assert_int_equal(due, 1);
  assert_int_equal(retention_rewrite_from(s, w->host.now.wall_ms + 10 * year), ERR_OK);
  (void)keep(0);
  assert_int_equal(s->ops->number_load(s, STORE_SCRUB_DUE, &due), ERR_OK);
  assert_int_equal(due, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_another_process_committed_is_told_to_everybody_once,
                                      ingest_world_open, ingest_world_close),
      cmocka_unit_test_setup_teardown(what_another_process_committed_before_the_hub_is_told_as_well,
                                      ingest_world_open, ingest_world_close),
      cmocka_unit_test_setup_teardown(a_file_that_takes_no_more_is_said_once_and_shown_until_it_does,
                                      ingest_world_open, ingest_world_close),
      cmocka_unit_test_setup_teardown(while_nobody_writes_the_reports_are_added_up, ingest_world_open,
                                      ingest_world_close),
      cmocka_unit_test_setup_teardown(a_bundle_is_not_held_for_one_that_was_numbered_anew, ingest_world_open,
                                      ingest_world_close),
      cmocka_unit_test_setup_teardown(a_bundle_held_for_a_week_is_released, ingest_world_open,
                                      ingest_world_close),
      cmocka_unit_test_setup_teardown(an_enrolment_that_ends_leaves_its_stream_while_nobody_writes,
                                      ingest_world_open, ingest_world_close),
      cmocka_unit_test_setup_teardown(the_files_do_not_wait_for_a_night_of_a_clock_that_was_wrong,
                                      ingest_world_open, ingest_world_close),
      cmocka_unit_test_setup_teardown(a_chore_that_fails_is_named_and_keeps_no_other_from_its_turn,
                                      ingest_world_open, ingest_world_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
