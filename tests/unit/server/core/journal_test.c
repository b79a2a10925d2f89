/* journal_test.c: what the office did stands on a second path, and comes back from it: after an old backup,
 * after a crash on either side of a commit, after a torn write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/journal_file.h"
#include "server/core/orders.h"
#include "server/core/reconcile.h"
#include "server/core/restored.h"
#include "tests/lib/journal_world.h"

static struct journal_world *const w = &journal_world;
static struct test_device device;

static void what_the_office_did_after_the_backup_comes_back(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct store_device known;
  struct change_set changes;
  journal_world_back_up();
  test_device_enrol(&device, &w->host, &w->world.ada, NULL);
  journal_world_name_staff("Ada Second");
  hub_world_grant(&w->host, &w->world.cam, &w->world.brass, ENUM_grant_role_tutor, w->world.today, 0);
  journal_world_must(
      device_revoke(&changes, &w->host.hub, w->host.store, &w->host.now, &w->world.ben, &device.id, false));
  uint64_t counter = journal_world_number(STORE_OFFICE_COUNTER),
           stamp = journal_world_number(STORE_OFFICE_STAMP);
  hub_host_digest(&w->host, before);
  assert_true(journal_world_start(w->backup_path) >= 4);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(journal_world_number(STORE_OFFICE_COUNTER), counter);
  assert_int_equal(journal_world_number(STORE_OFFICE_STAMP), stamp);
  assert_true(journal_world_number(STORE_EPOCH) > 1);
  /* The revoked device does not come back as active, and is still told to go. */
  journal_world_must(w->host.store->ops->device_load(w->host.store, &device.id, &known));
  assert_int_equal(known.status, ENUM_device_status_revoked);
  assert_memory_equal(known.sign_public, device.sign.public_key, key_bytes);
  struct arena a = ARENA_INIT(1048576);
  struct store_order *orders;
  size_t count;
  journal_world_must(w->host.store->ops->orders_load(w->host.store, &device.id, &a, &orders, &count));
  assert_int_equal(count, 1);
  assert_int_equal(orders[0].kind, ORDER_WIPE);
  arena_finish(&a);
  test_device_finish(&device);
}

static void bring(struct buf *bundle, struct test_device *d, const struct id *author, int code) {
  struct job job;
  test_device_mark(d, author, &w->world.strings_today, &w->world.zoe, code, -1);
  test_device_seal(d, bundle);
  hub_host_ingest(&w->host, &job, buf_slice(bundle));
  journal_world_must(job.result);
  job_finish(&job);
}

/* The journal has the decision and what took it back, the devices send again what it was about. */
static void a_decision_that_was_taken_back_comes_back_so(void **state) {
  (void)state;
  static struct test_device other;
  struct buf bundles[2];
  uint8_t before[hash_bytes], after[hash_bytes];
  struct arena a = ARENA_INIT(1048576);
  struct fault fault = {.code = ERR_OK};
  struct change_set changes;
  test_device_enrol(&device, &w->host, &w->world.ada, NULL);
  test_device_enrol(&other, &w->host, &w->world.ben, NULL);
  journal_world_back_up();
  bring(&bundles[0], &device, &w->world.ada, ENUM_mark_code_P);
  bring(&bundles[1], &other, &w->world.ben, ENUM_mark_code_AU);
  struct reconcile by = {
      .hub = &w->host.hub, .store = w->host.store, .now = w->host.now, .by = w->world.ben, .fault = &fault};
  struct store_item *list;
  struct item_view v;
  size_t count;
  journal_world_must(w->host.store->ops->work_item_list(w->host.store, 9, &a, &list, &count));
  assert_int_equal(count, 1);
  journal_world_must(reconcile_show(&v, &by, &list[0].id, &a));
  struct decision d = {.item = list[0].id, .why = slice_text("asked both")};
  bytes_copy(d.heads, v.heads, key_bytes);
  journal_world_must(reconcile_decide(&changes, &by, &d));
  journal_world_must(reconcile_undo(&changes, &by, &list[0].id, slice_text("asked again")));
  hub_host_digest(&w->host, before);
  assert_true(journal_world_start(w->backup_path) > 0);
  for (size_t i = 0; i < 2; i++) {
    struct job job;
    hub_host_ingest(&w->host, &job, buf_slice(&bundles[i]));
    journal_world_must(job.result);
    job_finish(&job);
    buf_finish(&bundles[i]);
  }
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
  test_device_finish(&device);
  test_device_finish(&other);
  arena_finish(&a);
}

/* Between the two restores a device told the hub that it was restored, which no journal says. */
static void a_replay_begins_an_epoch_that_no_history_had(void **state) {
  (void)state;
  journal_world_back_up();
  const uint64_t told = epoch_after(1, 1, &w->host.now);
  journal_world_must(w->host.store->ops->number_save(w->host.store, STORE_EPOCH, told));
  journal_world_name_staff("Ada Second");
  hub_host_pass(&w->host, 60000);
  assert_int_equal(journal_world_start(w->backup_path), 1);
  assert_true(journal_world_number(STORE_EPOCH) > told);
}

static err no_room(struct store *s, int64_t now_ms, const struct id *actor, const char *action,
                   const char *detail) {
  (void)s, (void)now_ms, (void)actor, (void)action, (void)detail;
  return ERR_FULL;
}

/* The disk was full when all was replayed; somebody makes room and starts the hub again, which finds nothing
 * more to replay. Devices still must not take its positions for those of the history that was lost. */
static void a_replay_that_is_broken_off_at_its_end_has_begun_the_epoch(void **state) {
  (void)state;
  size_t count;
  journal_world_back_up();
  journal_world_name_staff("Ada Second");
  const uint64_t lost = journal_world_number(STORE_EPOCH);
  journal_world_put_back(w->backup_path);
  struct store *s = w->host.store;
  const struct store_ops *whole = s->ops;
  struct store_ops full = *whole;
  full.audit = no_room;
  s->ops = &full;
  assert_int_equal(journal_replay(&count, w->journal, &w->host.hub, s, &w->host.now), ERR_FULL);
  s->ops = whole;
  assert_int_equal(journal_world_start(NULL), 0);
  assert_true(journal_world_number(STORE_EPOCH) > lost);
}

static void replaying_again_changes_nothing(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  journal_world_back_up();
  journal_world_name_staff("Ada Second");
  assert_int_equal(journal_world_start(w->backup_path), 1);
  hub_host_digest(&w->host, before);
  uint64_t epoch = journal_world_number(STORE_EPOCH), position = journal_world_number(STORE_POSITION);
  assert_int_equal(journal_world_start(NULL), 0);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(journal_world_number(STORE_EPOCH), epoch);
  assert_int_equal(journal_world_number(STORE_POSITION), position);
}

static void a_hub_that_goes_on_after_a_replay_uses_no_number_twice(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  journal_world_back_up();
  journal_world_name_staff("Ada Second");
  (void)journal_world_start(w->backup_path);
  journal_world_name_staff("Ada Third");
  hub_host_digest(&w->host, before);
  assert_int_equal(journal_world_start(w->backup_path), 2);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
}

/* ---- a disk that fails: at the n-th change of the w->journal, or between journal and commit ---- */

static void a_crash_between_journal_and_commit_is_as_if_it_came_right_after(void **state) {
  (void)state;
  uint8_t whole[hash_bytes], after[hash_bytes];
  journal_world_back_up();
  journal_world_name_staff("Ada Second");
  hub_host_digest(&w->host, whole);
  /* The commit never happened: the database is as before, the journal has the transaction. */
  assert_int_equal(journal_world_start(w->backup_path), 1);
  hub_host_digest(&w->host, after);
  assert_memory_equal(whole, after, hash_bytes);
}

static void a_transaction_whose_commit_failed_is_taken_back(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct merge_op m = {.id = {.device = w->host.hub.id, .incarnation = 1, .counter = 900},
                       .author = w->world.ada,
                       .stamp = 5,
                       .flags = OP_OFFICE};
  struct op op = {.table = schema_table(TABLE_staff), .row = w->world.ada, .units = 1U << 1};
  op.values[COL(staff, name)] = value_text(slice_text("Never"));
  m.op = &op;
  hub_host_digest(&w->host, before);
  journal_world_must(w->host.store->ops->begin(w->host.store));
  journal_world_must(journal_op(w->journal, &m));
  journal_world_must(journal_before_commit(w->journal, w->host.store));
  journal_not_committed(w->journal);
  w->host.store->ops->rollback(w->host.store);
  assert_int_equal(journal_world_start(NULL), 0);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
  journal_world_name_staff("Ada Second");
  assert_int_equal(journal_world_start(NULL), 0);
}

/* Its flush failed, the office was told so, and the power cut that followed left its pages whole. */
static void a_transaction_taken_back_but_committed_all_the_same_is_not_lost(void **state) {
  (void)state;
  uint8_t whole[hash_bytes], after[hash_bytes];
  journal_world_back_up();
  journal_world_name_staff("Ada Second");
  hub_host_digest(&w->host, whole);
  journal_world_must(
      journal_append(w->journal, JOURNAL_TAKEN_BACK, journal_world_number(STORE_JOURNAL), slice_of(NULL, 0)));
  assert_int_equal(journal_world_start(NULL), 0);
  assert_int_equal(journal_world_start(w->backup_path), 1);
  hub_host_digest(&w->host, after);
  assert_memory_equal(whole, after, hash_bytes);
  journal_world_name_staff("Ada Third");
  hub_host_digest(&w->host, whole);
  assert_int_equal(journal_world_start(w->backup_path), 2);
  hub_host_digest(&w->host, after);
  assert_memory_equal(whole, after, hash_bytes);
}

static void a_torn_tail_is_cut_off_and_damage_in_the_middle_is_not(void **state) {
  (void)state;
  struct buf bytes = BUF_INIT(16777216);
  struct fault fault;
  journal_world_name_staff("Ada Second");
  journal_world_must(file_posix_read_all(&bytes, w->journal_path, 16777216, NULL));
  size_t whole = bytes.len;
  journal_world_name_staff("Ada Third");
  for (size_t cut = 1; cut < 60; cut += 7) {
    journal_close(w->journal);
    buf_clear(&bytes);
    journal_world_must(file_posix_read_all(&bytes, w->journal_path, 16777216, NULL));
    journal_world_must(file_posix_write_all(w->journal_path, slice_of(bytes.ptr, whole + cut), NULL));
    journal_world_open();
    journal_world_name_staff(cut % 2 ? "Ada Fourth" : "Ada Fifth"); /* stands where the torn one began */
    journal_close(w->journal);
    journal_world_open();
    journal_world_must(file_posix_write_all(w->journal_path, buf_slice(&bytes), NULL));
  }
  journal_close(w->journal);
  /* In its length, short, beyond the file's end and beyond any; its kind; its number; its body. */
  static const struct {
    size_t at;
    uint8_t bit;
  } flips[] = {{0, 1}, {1, 64}, {2, 1}, {3, 128}, {4, 4}, {5, 1}, {20, 1}};
  for (size_t i = 0; i < sizeof flips / sizeof *flips; i++) {
    bytes.ptr[32 + flips[i].at] ^= flips[i].bit;
    journal_world_must(file_posix_write_all(w->journal_path, buf_slice(&bytes), NULL));
    assert_int_equal(journal_open(&w->journal, &w->files, &w->host.hub.id, &fault), ERR_CORRUPT);
    bytes.ptr[32 + flips[i].at] ^= flips[i].bit;
  }
  journal_world_must(file_posix_write_all(w->journal_path, buf_slice(&bytes), NULL));
  journal_world_open();
  buf_finish(&bytes);
}

static void a_journal_of_another_hub_is_refused(void **state) {
  (void)state;
  struct buf bytes = BUF_INIT(16777216);
  struct fault fault;
  struct journal *other = NULL;
  journal_world_must(file_posix_read_all(&bytes, w->journal_path, 16777216, NULL));
  bytes.ptr[8] ^= 1;
  journal_close(w->journal);
  journal_world_must(file_posix_write_all(w->journal_path, buf_slice(&bytes), NULL));
  assert_int_equal(journal_open(&other, &w->files, &w->host.hub.id, &fault), ERR_OTHER_HUB);
  bytes.ptr[8] ^= 1;
  journal_world_must(file_posix_write_all(w->journal_path, buf_slice(&bytes), NULL));
  journal_world_open();
  buf_finish(&bytes);
}

static void renewed_keys_are_found_in_it(void **state) {
  (void)state;
  struct buf keys = BUF_INIT(65536), found = BUF_INIT(65536);
  struct fault fault;
  journal_world_must(journal_newest_keys(w->journal, &found));
  assert_int_equal(found.len, 0);
  journal_world_must(hub_keys_rotate(&w->host.hub, HUB_INTAKE, &w->host.now, &fault));
  journal_world_must(hub_keys_encode(&keys, &w->host.hub));
  journal_world_must(w->host.store->ops->begin(w->host.store));
  journal_world_must(journal_keys(w->journal, buf_slice(&keys)));
  journal_world_must(w->host.store->ops->commit(w->host.store));
  journal_world_name_staff("Ada Second");
  journal_world_must(journal_newest_keys(w->journal, &found));
  assert_true(slice_equal(buf_slice(&keys), buf_slice(&found)));
  buf_wipe(&keys);
  buf_wipe(&found);
}

static struct watched {
  struct file_ops real;
  uint64_t from, to; /* what was written, one piece behind the other */
  int syncs, names;  /* names: how often a file was opened to be made, which makes sure of its name */
  bool sync_fails;
} watched;

static err watched_open(void *ctx, const char *name, bool create, struct file **out) {
  watched.names += create;
  return watched.real.open(ctx, name, create, out);
}

static err watched_write(struct file *f, uint64_t offset, struct slice bytes) {
  if (watched.to == 0) watched.from = offset;
  watched.to = offset + bytes.len;
  return watched.real.write(f, offset, bytes);
}

static err watched_sync(struct file *f) {
  watched.syncs++;
  return watched.sync_fails ? ERR_IO : watched.real.sync(f);
}

static void watch(void) {
  watched = (struct watched){.real = watched.real};
  w->files.open = watched_open;
  w->files.write = watched_write;
  w->files.sync = watched_sync;
}

static uint64_t journal_size(void) {
  struct stat st;
  assert_int_equal(stat(w->journal_path, &st), 0);
  return (uint64_t)st.st_size;
}

/* Whoever wrote it may have been killed before its flush, or told that it failed. */
static void what_was_written_last_is_made_durable_before_anything_follows_from_it(void **state) {
  (void)state;
  watched.real = w->files;
  journal_world_name_staff("Ada Second");
  uint64_t first = journal_size();
  journal_world_name_staff("Ada Third");
  uint64_t second = journal_size();
  watch();
  (void)journal_world_start(NULL);
  assert_int_equal(watched.from, first);
  assert_int_equal(watched.to, second);
  assert_int_equal(watched.syncs, 1);
  watch(); /* what this process wrote itself it knows to be durable */
  journal_world_name_staff("Ada Fourth");
  assert_int_equal(watched.from, second);
  assert_int_equal(watched.to, journal_size());
  assert_int_equal(watched.syncs, 1);
  w->files = watched.real;
}

/* The office was told no, and tries again later, or thinks better of it. */
static void what_was_refused_does_not_come_true_with_the_next_start(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct op op = {.table = schema_table(TABLE_staff), .row = w->world.ada, .units = 1U << 1};
  const struct merge_op m = {.id = {.device = w->host.hub.id, .incarnation = 1, .counter = 900},
                             .author = w->world.ada,
                             .stamp = 5,
                             .flags = OP_OFFICE,
                             .op = &op};
  op.values[COL(staff, name)] = value_text(slice_text("Never"));
  hub_host_digest(&w->host, before);
  uint64_t size = journal_size();
  watched.real = w->files;
  watch();
  watched.sync_fails = true;
  journal_world_must(w->host.store->ops->begin(w->host.store));
  journal_world_must(journal_op(w->journal, &m));
  assert_int_equal(journal_before_commit(w->journal, w->host.store), ERR_IO);
  journal_not_committed(w->journal);
  journal_forget(w->journal);
  w->host.store->ops->rollback(w->host.store);
  w->files = watched.real;
  assert_int_equal(journal_size(), size);
  assert_int_equal(journal_world_start(NULL), 0);
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
}

static void rewrite_it_beside(const struct journal *j) {
  struct buf bytes = BUF_INIT(1 << 20);
  journal_world_must(file_posix_read_all(&bytes, w->journal_path, 1 << 20, NULL));
  bytes.ptr[8 + id_bytes + 7]++; /* how often it was rewritten */
  journal_world_must(w->files.replace(w->files.ctx, j->name, buf_slice(&bytes)));
  buf_finish(&bytes);
}

/* Whoever rewrote it may have been killed before its directory was flushed, or been told that this failed:
 * with the power the older file has the name, and what was written behind the newer one is gone. */
static void what_another_program_rewrote_has_its_name_before_anything_follows_in_it(void **state) {
  (void)state;
  struct journal *j;
  struct fault fault;
  const uint8_t time[8] = {1};
  journal_world_must(journal_open(&j, &w->files, &w->host.hub.id, &fault));
  watched.real = w->files;
  rewrite_it_beside(j);
  watch();
  journal_world_must(journal_read_on(j, NULL, NULL));
  journal_world_must(journal_append(j, JOURNAL_TIME, j->last, slice_of(time, sizeof time)));
  assert_int_equal(watched.names, 1);
  journal_world_must(journal_append(j, JOURNAL_TIME, j->last, slice_of(time, sizeof time)));
  assert_int_equal(watched.names, 1);
  w->files = watched.real;
  journal_close(j);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, journal_world_set_up, journal_world_tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_the_office_did_after_the_backup_comes_back),
      TEST(a_decision_that_was_taken_back_comes_back_so),
      TEST(a_replay_begins_an_epoch_that_no_history_had),
      TEST(a_replay_that_is_broken_off_at_its_end_has_begun_the_epoch),
      TEST(replaying_again_changes_nothing),
      TEST(a_hub_that_goes_on_after_a_replay_uses_no_number_twice),
      TEST(a_crash_between_journal_and_commit_is_as_if_it_came_right_after),
      TEST(a_transaction_whose_commit_failed_is_taken_back),
      TEST(a_transaction_taken_back_but_committed_all_the_same_is_not_lost),
      TEST(a_torn_tail_is_cut_off_and_damage_in_the_middle_is_not),
      TEST(what_was_written_last_is_made_durable_before_anything_follows_from_it),
      TEST(what_was_refused_does_not_come_true_with_the_next_start),
      TEST(what_another_program_rewrote_has_its_name_before_anything_follows_in_it),
      TEST(a_journal_of_another_hub_is_refused),
      TEST(renewed_keys_are_found_in_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
