/* journal_test.c: what the office did stands on a second path, and comes back from it: after an old backup,
 * after a crash on either side of a commit, after a torn write. */
#include "server/core/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/orders.h"
#include "server/core/reconcile.h"
#include "tests/lib/hub_world.h"

static struct hub_host host;
static struct hub_world world;
static struct test_device device;
static struct file_ops files;
static struct journal *journal;
static char journal_path[160], backup_path[160];

static void must(err e) {
  if (e != ERR_OK) fail_msg("%s", err_text(e));
}

static void open_journal(void) {
  struct fault fault = {.code = ERR_OK};
  if (journal_open(&journal, &files, &host.hub.id, &fault) != ERR_OK) fail_msg("%s", fault.text);
  host.store->journal = journal;
}

static int setup(void **state) {
  char id[id_text_bytes];
  (void)state;
  hub_host_open(&host, 5);
  must(file_posix_init(&files, host.dir, NULL));
  id_text(id, &host.hub.id);
  (void)snprintf(journal_path, sizeof journal_path, "%s/%s.journal", host.dir, id);
  (void)snprintf(backup_path, sizeof backup_path, "%s/backup", host.dir);
  open_journal();
  hub_world_make(&world, &host);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  journal_close(journal);
  file_posix_finish(&files);
  (void)unlink(journal_path);
  (void)unlink(backup_path);
  hub_host_close(&host);
  return 0;
}

static void back_up(void) {
  struct fault fault;
  must(store_sqlite_backup(host.store, backup_path, &fault));
}

/* The hub's process is gone; its database is `path`, or stays as it is; then it starts again. */
static size_t start_again(const char *path) {
  size_t count = 0;
  host.store->ops->close(host.store);
  host.store = NULL;
  journal_close(journal);
  if (path) {
    struct buf bytes = BUF_INIT(268435456);
    char wal[128];
    (void)snprintf(wal, sizeof wal, "%s-wal", host.path);
    (void)unlink(wal);
    must(file_posix_read_all(&bytes, path, 268435456, NULL));
    must(file_posix_write_all(host.path, buf_slice(&bytes), NULL));
    buf_finish(&bytes);
  }
  hub_host_reopen(&host);
  open_journal();
  must(journal_replay(&count, journal, &host.hub, host.store, &host.now));
  return count;
}

static uint64_t number(enum store_number n) {
  uint64_t v;
  must(host.store->ops->number_load(host.store, n, &v));
  return v;
}

static void name_staff(const char *name) {
  struct op op = {.table = schema_table(TABLE_staff), .row = world.ada, .units = 1U << 1};
  op.values[COL(staff, name)] = value_text(slice_text(name));
  hub_world_put(&host, &op);
}

static void what_the_office_did_after_the_backup_comes_back(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct store_device known;
  struct change_set changes;
  back_up();
  test_device_enrol(&device, &host, &world.ada, NULL);
  name_staff("Ada Second");
  hub_world_grant(&host, &world.cam, &world.brass, ENUM_grant_role_tutor, world.today, 0);
  must(device_revoke(&changes, &host.hub, host.store, &host.now, &world.ben, &device.id, false));
  uint64_t counter = number(STORE_OFFICE_COUNTER), stamp = number(STORE_OFFICE_STAMP);
  hub_host_digest(&host, before);
  assert_true(start_again(backup_path) >= 4);
  hub_host_digest(&host, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(number(STORE_OFFICE_COUNTER), counter);
  assert_int_equal(number(STORE_OFFICE_STAMP), stamp);
  assert_int_equal(number(STORE_EPOCH), 2);
  /* The revoked device does not come back as active, and is still told to go. */
  must(host.store->ops->device_load(host.store, &device.id, &known));
  assert_int_equal(known.status, ENUM_device_status_revoked);
  assert_memory_equal(known.sign_public, device.sign.public_key, key_bytes);
  struct arena a = ARENA_INIT(1048576);
  struct store_order *orders;
  size_t count;
  must(host.store->ops->orders_load(host.store, &device.id, &a, &orders, &count));
  assert_int_equal(count, 1);
  assert_int_equal(orders[0].kind, ORDER_WIPE);
  arena_finish(&a);
  test_device_finish(&device);
}

static void bring(struct buf *bundle, struct test_device *d, const struct id *author, int code) {
  struct job job;
  test_device_mark(d, author, &world.strings_today, &world.zoe, code, -1);
  test_device_seal(d, bundle);
  hub_host_ingest(&host, &job, buf_slice(bundle));
  must(job.result);
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
  test_device_enrol(&device, &host, &world.ada, NULL);
  test_device_enrol(&other, &host, &world.ben, NULL);
  back_up();
  bring(&bundles[0], &device, &world.ada, ENUM_mark_code_P);
  bring(&bundles[1], &other, &world.ben, ENUM_mark_code_AU);
  struct reconcile by = {
      .hub = &host.hub, .store = host.store, .now = host.now, .by = world.ben, .fault = &fault};
  struct store_item *list;
  struct item_view v;
  size_t count;
  must(host.store->ops->work_item_list(host.store, 9, &a, &list, &count));
  assert_int_equal(count, 1);
  must(reconcile_show(&v, &by, &list[0].id, &a));
  struct decision d = {.item = list[0].id, .why = slice_text("asked both")};
  bytes_copy(d.heads, v.heads, key_bytes);
  must(reconcile_decide(&changes, &by, &d));
  must(reconcile_undo(&changes, &by, &list[0].id, slice_text("asked again")));
  hub_host_digest(&host, before);
  assert_true(start_again(backup_path) > 0);
  for (size_t i = 0; i < 2; i++) {
    struct job job;
    hub_host_ingest(&host, &job, buf_slice(&bundles[i]));
    must(job.result);
    job_finish(&job);
    buf_finish(&bundles[i]);
  }
  hub_host_digest(&host, after);
  assert_memory_equal(before, after, hash_bytes);
  test_device_finish(&device);
  test_device_finish(&other);
  arena_finish(&a);
}

static void replaying_again_changes_nothing(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  back_up();
  name_staff("Ada Second");
  assert_int_equal(start_again(backup_path), 1);
  hub_host_digest(&host, before);
  uint64_t epoch = number(STORE_EPOCH), position = number(STORE_POSITION);
  assert_int_equal(start_again(NULL), 0);
  hub_host_digest(&host, after);
  assert_memory_equal(before, after, hash_bytes);
  assert_int_equal(number(STORE_EPOCH), epoch);
  assert_int_equal(number(STORE_POSITION), position);
}

static void a_hub_that_goes_on_after_a_replay_uses_no_number_twice(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  back_up();
  name_staff("Ada Second");
  (void)start_again(backup_path);
  name_staff("Ada Third");
  hub_host_digest(&host, before);
  assert_int_equal(start_again(backup_path), 2);
  hub_host_digest(&host, after);
  assert_memory_equal(before, after, hash_bytes);
}

/* ---- a disk that fails: at the n-th change of the journal, or between journal and commit ---- */

static void a_crash_between_journal_and_commit_is_as_if_it_came_right_after(void **state) {
  (void)state;
  uint8_t whole[hash_bytes], after[hash_bytes];
  back_up();
  name_staff("Ada Second");
  hub_host_digest(&host, whole);
  /* The commit never happened: the database is as before, the journal has the transaction. */
  assert_int_equal(start_again(backup_path), 1);
  hub_host_digest(&host, after);
  assert_memory_equal(whole, after, hash_bytes);
}

static void a_transaction_whose_commit_failed_is_taken_back(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  struct merge_op m = {.id = {.device = host.hub.id, .incarnation = 1, .counter = 900},
                       .author = world.ada,
                       .stamp = 5,
                       .flags = OP_OFFICE};
  struct op op = {.table = schema_table(TABLE_staff), .row = world.ada, .units = 1U << 1};
  op.values[COL(staff, name)] = value_text(slice_text("Never"));
  m.op = &op;
  hub_host_digest(&host, before);
  must(host.store->ops->begin(host.store));
  must(journal_op(journal, &m));
  must(journal_before_commit(journal, host.store));
  journal_not_committed(journal);
  host.store->ops->rollback(host.store);
  assert_int_equal(start_again(NULL), 0);
  hub_host_digest(&host, after);
  assert_memory_equal(before, after, hash_bytes);
  name_staff("Ada Second");
  assert_int_equal(start_again(NULL), 0);
}

static void a_torn_tail_is_cut_off_and_damage_in_the_middle_is_not(void **state) {
  (void)state;
  struct buf bytes = BUF_INIT(16777216);
  struct fault fault;
  name_staff("Ada Second");
  must(file_posix_read_all(&bytes, journal_path, 16777216, NULL));
  size_t whole = bytes.len;
  name_staff("Ada Third");
  for (size_t cut = 1; cut < 60; cut += 7) {
    journal_close(journal);
    buf_clear(&bytes);
    must(file_posix_read_all(&bytes, journal_path, 16777216, NULL));
    must(file_posix_write_all(journal_path, slice_of(bytes.ptr, whole + cut), NULL));
    open_journal();
    name_staff(cut % 2 ? "Ada Fourth" : "Ada Fifth"); /* stands where the torn one began */
    journal_close(journal);
    open_journal();
    must(file_posix_write_all(journal_path, buf_slice(&bytes), NULL));
  }
  journal_close(journal);
  bytes.ptr[24 + 20] ^= 1;
  must(file_posix_write_all(journal_path, buf_slice(&bytes), NULL));
  assert_int_equal(journal_open(&journal, &files, &host.hub.id, &fault), ERR_CORRUPT);
  bytes.ptr[24 + 20] ^= 1;
  must(file_posix_write_all(journal_path, buf_slice(&bytes), NULL));
  open_journal();
  buf_finish(&bytes);
}

static void a_journal_of_another_hub_is_refused(void **state) {
  (void)state;
  struct buf bytes = BUF_INIT(16777216);
  struct fault fault;
  struct journal *other = NULL;
  must(file_posix_read_all(&bytes, journal_path, 16777216, NULL));
  bytes.ptr[8] ^= 1;
  journal_close(journal);
  must(file_posix_write_all(journal_path, buf_slice(&bytes), NULL));
  assert_int_equal(journal_open(&other, &files, &host.hub.id, &fault), ERR_OTHER_HUB);
  bytes.ptr[8] ^= 1;
  must(file_posix_write_all(journal_path, buf_slice(&bytes), NULL));
  open_journal();
  buf_finish(&bytes);
}

static void renewed_keys_are_found_in_it(void **state) {
  (void)state;
  struct buf keys = BUF_INIT(65536), found = BUF_INIT(65536);
  struct fault fault;
  must(journal_newest_keys(journal, &found));
  assert_int_equal(found.len, 0);
  must(hub_keys_rotate(&host.hub, HUB_INTAKE, &host.now, &fault));
  must(hub_keys_encode(&keys, &host.hub));
  must(host.store->ops->begin(host.store));
  must(journal_keys(journal, buf_slice(&keys)));
  must(host.store->ops->commit(host.store));
  name_staff("Ada Second");
  must(journal_newest_keys(journal, &found));
  assert_true(slice_equal(buf_slice(&keys), buf_slice(&found)));
  buf_wipe(&keys);
  buf_wipe(&found);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_the_office_did_after_the_backup_comes_back),
      TEST(a_decision_that_was_taken_back_comes_back_so),
      TEST(replaying_again_changes_nothing),
      TEST(a_hub_that_goes_on_after_a_replay_uses_no_number_twice),
      TEST(a_crash_between_journal_and_commit_is_as_if_it_came_right_after),
      TEST(a_transaction_whose_commit_failed_is_taken_back),
      TEST(a_torn_tail_is_cut_off_and_damage_in_the_middle_is_not),
      TEST(a_journal_of_another_hub_is_refused),
      TEST(renewed_keys_are_found_in_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
