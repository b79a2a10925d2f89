/* journal_trim_test.c: what no backup can need leaves the journal, and nothing else does, whatever happens
 * meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/journal_file.h"
#include "tests/lib/journal_world.h"

enum { backup_days = 5, whole_days = backup_days + journal_margin_days };
static const int64_t day_ms = 86400000;
static struct journal_world *const w = &journal_world;

static size_t days_lived;

static int set_up(void **state) {
  int failed = journal_world_set_up(state);
  w->host.hub.backup_days = backup_days;
  days_lived = 0;
  return failed;
}

static err keep(void) { return journal_keep(w->journal, &w->host.hub, w->host.store, &w->host.now); }

/* A day of the office: one change, and the house is kept several times. */
static void live_a_day(void) {
  char name[32];
  (void)snprintf(name, sizeof name, "Ada of day %zu", ++days_lived);
  journal_world_name_staff(name);
  for (size_t i = 0; i < 3; i++) journal_world_must(keep());
  w->host.now.wall_ms += day_ms;
  w->host.now.mono_ms += (uint64_t)day_ms;
}

static void live(size_t days) {
  for (size_t i = 0; i < days; i++) live_a_day();
}

static bool reaches(void) {
  bool out;
  journal_world_must(journal_reaches(&out, w->journal, w->host.store));
  return out;
}

static void what_is_older_than_the_oldest_backup_is_dropped(void **state) {
  (void)state;
  live(whole_days);
  uint64_t first = w->journal->first, size = w->journal->size;
  assert_int_equal(first, 1);
  live(journal_trim_days + 1);
  assert_true(w->journal->first > first);
  assert_true(w->journal->last - w->journal->first >= whole_days - 1);
  /* However long it goes on, the file does not grow. */
  live(5 * journal_trim_days);
  assert_true(w->journal->size < 3 * size);
}

static void every_backup_within_the_days_is_made_whole_again(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  live(3 * (whole_days + journal_trim_days));
  for (size_t age = 0; age <= backup_days; age++) {
    journal_world_back_up();
    live(age);
    hub_host_digest(&w->host, before);
    assert_int_equal(journal_world_start(w->backup_path), age);
    hub_host_digest(&w->host, after);
    assert_memory_equal(before, after, hash_bytes);
  }
}

static void a_backup_from_before_what_it_was_trimmed_to_is_told_apart(void **state) {
  (void)state;
  live(2);
  journal_world_back_up();
  assert_true(reaches());
  live(3);
  (void)journal_world_start(w->backup_path);
  assert_true(reaches());
  live(2 * (whole_days + journal_trim_days));
  assert_true(reaches());
  assert_int_equal(access(w->backup_path, F_OK), 0);
  /* As at a restore, before anything is replayed. */
  struct store *now = w->host.store, *then;
  struct fault fault;
  journal_world_must(store_sqlite_open(&then, &(struct store_sqlite_config){.path = w->backup_path}, &fault));
  w->host.store = then;
  assert_false(reaches());
  then->ops->close(then);
  w->host.store = now;
}

static void a_clock_that_leaps_ahead_and_back_drops_nothing(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  live(1);
  journal_world_back_up();
  live(1);
  w->host.now.wall_ms += 3650 * day_ms;
  live(1);
  assert_int_equal(w->journal->first, 1);
  w->host.now.wall_ms -= 3651 * day_ms;
  live(2);
  assert_int_equal(w->journal->first, 1);
  hub_host_digest(&w->host, before);
  assert_int_equal(journal_world_start(w->backup_path), 4);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
}

static void a_hub_that_did_nothing_for_long_goes_on_with_the_next_number(void **state) {
  (void)state;
  live(2);
  uint64_t last = w->journal->last;
  for (size_t i = 0; i < 2 * (whole_days + journal_trim_days); i++) {
    w->host.now.wall_ms += day_ms;
    journal_world_must(keep());
  }
  assert_int_equal(w->journal->first, last + 1);
  assert_int_equal(journal_world_start(NULL), 0);
  journal_world_name_staff("Ada at last");
  assert_int_equal(w->journal->last, last + 1);
  assert_int_equal(journal_world_number(STORE_JOURNAL), last + 1);
  assert_true(reaches());
}

static void what_was_renewed_lately_is_still_found(void **state) {
  (void)state;
  struct buf found = BUF_INIT(65536);
  live(2 * (whole_days + journal_trim_days));
  journal_world_must(w->host.store->ops->begin(w->host.store));
  journal_world_must(journal_keys(w->journal, slice_text("keys")));
  journal_world_must(w->host.store->ops->commit(w->host.store));
  live(backup_days);
  journal_world_must(journal_newest_keys(w->journal, &found));
  assert_true(slice_equal(buf_slice(&found), slice_text("keys")));
  buf_finish(&found);
}

/* ---- a power cut at the n-th change of the disk: nothing after it happens, and the process ends ---- */

static struct {
  struct file_ops real;
  size_t left;
} cut;

static bool is_dead(void) { return cut.left == 0 || --cut.left == 0; }
static err cut_write(struct file *f, uint64_t offset, struct slice bytes) {
  if (!is_dead()) return cut.real.write(f, offset, bytes);
  (void)!cut.real.write(f, offset, slice_of(bytes.ptr, bytes.len / 2)); /* torn */
  return ERR_IO;
}
static err cut_truncate(struct file *f, uint64_t size) {
  return is_dead() ? ERR_IO : cut.real.truncate(f, size);
}
static err cut_sync(struct file *f) { return is_dead() ? ERR_IO : cut.real.sync(f); }
static err cut_replace(void *ctx, const char *name, struct slice bytes) {
  return is_dead() ? ERR_IO : cut.real.replace(ctx, name, bytes);
}

/* Each time a day later, for what was noted today is not written again. */
static void a_crash_at_any_moment_of_it_loses_nothing(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  bool crashed = true;
  size_t crashes = 0;
  live(whole_days + journal_trim_days - 1);
  journal_world_back_up();
  live(1);
  hub_host_digest(&w->host, before);
  for (size_t n = 1; crashed; n++) {
    cut.real = w->files;
    cut.left = n;
    w->files.write = cut_write;
    w->files.truncate = cut_truncate;
    w->files.sync = cut_sync;
    w->files.replace = cut_replace;
    crashed = keep() != ERR_OK;
    crashes += crashed;
    w->files = cut.real;
    assert_int_equal(w->journal->first > 1, !crashed);
    assert_int_equal(journal_world_start(w->backup_path), 1);
    hub_host_digest(&w->host, after);
    assert_memory_equal(before, after, hash_bytes);
    w->host.now.wall_ms += day_ms;
  }
  assert_true(crashes >= 3); /* the time torn, the time not durable, the new file not there */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, journal_world_tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_is_older_than_the_oldest_backup_is_dropped),
      TEST(every_backup_within_the_days_is_made_whole_again),
      TEST(a_backup_from_before_what_it_was_trimmed_to_is_told_apart),
      TEST(a_clock_that_leaps_ahead_and_back_drops_nothing),
      TEST(a_hub_that_did_nothing_for_long_goes_on_with_the_next_number),
      TEST(what_was_renewed_lately_is_still_found),
      TEST(a_crash_at_any_moment_of_it_loses_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
