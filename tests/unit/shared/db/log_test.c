/* log_test.c: the layer under the write-ahead log writes commits whole, grows ahead, loses nothing a sync
 * promised, and makes durable what it finds before anybody believes it. */
#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "shared/base/limits.h"
#include "tests/unit/shared/db/place.h"

static const uint8_t key[32] = {1, 2, 3};

/* Linux' own layer with the log's writes counted, and refused while the disk is said to be full; and one read
 * that fails. SQLite keeps layers for the whole process, so this is of the process too. */
static struct {
  sqlite3_vfs vfs;
  sqlite3_io_methods methods, log_methods;
  const sqlite3_io_methods *real;
  int writes, syncs, reads;
  int failing_read; /* counted from 1 */
  bool full, sync_fails, page_sync_fails;
  sqlite3_int64 from, to; /* what was written of the log, one piece behind the other */
} disk;

static int counted_read(sqlite3_file *f, void *out, int len, sqlite3_int64 at) {
  if (++disk.reads != disk.failing_read) return disk.real->xRead(f, out, len, at);
  errno = EIO;
  return SQLITE_IOERR_READ;
}

static int counted_write(sqlite3_file *f, const void *bytes, int len, sqlite3_int64 at) {
  disk.writes++;
  if (disk.to == 0) disk.from = at;
  disk.to = at + len;
  return disk.full ? SQLITE_FULL : disk.real->xWrite(f, bytes, len, at);
}

static int counted_sync(sqlite3_file *f, int flags) {
  disk.syncs++;
  if (!disk.sync_fails) return disk.real->xSync(f, flags);
  errno = EIO;
  return SQLITE_IOERR_FSYNC;
}

static int page_sync(sqlite3_file *f, int flags) {
  if (!disk.page_sync_fails) return disk.real->xSync(f, flags);
  errno = EIO;
  return SQLITE_IOERR_FSYNC;
}

static int counted_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *flags_out) {
  (void)vfs;
  sqlite3_vfs *real = sqlite3_vfs_find("unix");
  int result = real->xOpen(real, name, f, flags, flags_out);
  if (result != SQLITE_OK || !(flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_DB))) return result;
  bool log = (flags & SQLITE_OPEN_WAL) != 0;
  sqlite3_io_methods *methods = log ? &disk.log_methods : &disk.methods;
  disk.real = f->pMethods; /* both kinds read, write and sync by the same functions */
  *methods = *f->pMethods;
  methods->xRead = counted_read;
  if (log) {
    methods->xWrite = counted_write;
    methods->xSync = counted_sync;
  } else {
    methods->xSync = page_sync;
  }
  f->pMethods = methods;
  return result;
}

static void register_disk(void) {
  assert_int_equal(sqlite3_initialize(), SQLITE_OK);
  disk.vfs = *sqlite3_vfs_find("unix");
  disk.vfs.zName = "counted";
  disk.vfs.xOpen = counted_open;
  assert_int_equal(sqlite3_vfs_register(&disk.vfs, 0), SQLITE_OK);
}

static err try_gathered(struct db **out, const char *path, uint32_t cache_kib, struct fault *fault) {
  const struct db_config config = {.path = path,
                                   .vfs = "counted",
                                   .key = key,
                                   .create = true,
                                   .exclusive = true,
                                   .gathered_log = true,
                                   .small_pages = true,
                                   .cache_kib = cache_kib};
  if (!disk.vfs.zName) register_disk();
  return db_open(out, &config, fault);
}

static struct db *open_gathered(const char *path, uint32_t cache_kib) {
  struct db *db = NULL;
  struct fault fault = {0};
  if (try_gathered(&db, path, cache_kib, &fault) != ERR_OK) fail_msg("%s", fault.text);
  return db;
}

static struct db *open_table(const struct place *p) {
  struct db *db = open_gathered(p->path, 0);
  assert_int_equal(db_exec(db, "CREATE TABLE t(n INTEGER PRIMARY KEY, s TEXT) STRICT"), ERR_OK);
  return db;
}

static int64_t number(struct db *db, const char *sql) {
  struct stmt *s;
  assert_int_equal(db_stmt(db, &s, sql), ERR_OK);
  assert_int_equal(stmt_one(s), ERR_OK);
  int64_t n = stmt_column_int(s, 0);
  stmt_reset(s);
  return n;
}

static off_t log_bytes(const struct place *p) {
  char name[112];
  struct stat st;
  (void)snprintf(name, sizeof name, "%s-wal", p->path);
  assert_int_equal(stat(name, &st), 0);
  return st.st_size;
}

static void copy_file(const char *from, const char *to, const char *ending) {
  static char bytes[4 << 20];
  char name[112];
  (void)snprintf(name, sizeof name, "%s%s", from, ending);
  FILE *f = fopen(name, "rb");
  assert_non_null(f);
  size_t len = fread(bytes, 1, sizeof bytes, f);
  assert_int_equal(fclose(f), 0);
  (void)snprintf(name, sizeof name, "%s%s", to, ending);
  f = fopen(name, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(bytes, 1, len, f), len);
  assert_int_equal(fclose(f), 0);
}

static void a_commit_reaches_the_log_in_one_write_and_one_sync(void **state) {
  struct db *db = open_table(*state);
  disk.writes = disk.syncs = 0;
  for (int i = 0; i < 3; i++)
    assert_int_equal(db_exec(db, "INSERT INTO t(s) VALUES(hex(zeroblob(4000)))"), ERR_OK);
  assert_int_equal(disk.writes, 3);
  assert_int_equal(disk.syncs, 3);
  db_close(db);
}

static void the_log_grows_in_steps_and_what_it_holds_is_found_before_the_zeros(void **state) {
  struct place *p = *state;
  struct db *db = open_table(p);
  assert_int_equal(log_bytes(p), log_step_bytes);
  for (int i = 0; i < 40; i++)
    assert_int_equal(db_exec(db, "INSERT INTO t(s) VALUES(hex(zeroblob(4000)))"), ERR_OK);
  assert_int_equal(log_bytes(p), 2 * log_step_bytes);
  copy_file(p->path, p->other, ""); /* as a power cut leaves them */
  copy_file(p->path, p->other, "-wal");
  db_close(db);
  db = open_gathered(p->other, 0);
  assert_int_equal(number(db, "SELECT count(*) FROM t"), 40);
  assert_int_equal(db_check(db), ERR_OK);
  db_close(db);
}

static void an_emptied_log_begins_anew(void **state) {
  struct place *p = *state;
  struct db *db = open_table(p);
  assert_int_equal(db_vacuum(db), ERR_OK);
  assert_int_equal(log_bytes(p), 0);
  assert_int_equal(db_exec(db, "INSERT INTO t(s) VALUES('after')"), ERR_OK);
  assert_int_equal(log_bytes(p), log_step_bytes);
  db_abandon(db);
  db = open_gathered(p->path, 0);
  assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
  db_close(db);
}

/* With so small a cache pages go to the log and come back before the commit, some while they are only
 * gathered. */
static void a_transaction_larger_than_the_cache_reads_what_it_wrote(void **state) {
  enum { rows = 2000 };
  struct place *p = *state;
  db_close(open_table(p));
  struct db *db = open_gathered(p->path, 16);
  assert_int_equal(db_begin(db), ERR_OK);
  for (int i = 0; i < rows; i++)
    assert_int_equal(db_exec(db, "INSERT INTO t(s) VALUES(hex(randomblob(100)))"), ERR_OK);
  for (int i = 0; i < 5; i++)
    assert_int_equal(db_exec(db, "UPDATE t SET s = s || 'x' WHERE n % 7 = 0"), ERR_OK);
  assert_int_equal(number(db, "SELECT sum(length(s)) FROM t"), rows * 200 + rows / 7 * 5);
  assert_int_equal(db_commit(db), ERR_OK);
  db_abandon(db);
  db = open_gathered(p->path, 16);
  assert_int_equal(number(db, "SELECT sum(length(s)) FROM t"), rows * 200 + rows / 7 * 5);
  assert_int_equal(db_check(db), ERR_OK);
  db_close(db);
}

static void a_disk_that_is_full_costs_that_transaction_only(void **state) {
  struct place *p = *state;
  struct db *db = open_table(p);
  assert_int_equal(db_exec(db, "INSERT INTO t(s) VALUES('before')"), ERR_OK);
  disk.full = true;
  assert_int_equal(db_exec(db, "INSERT INTO t(s) VALUES('refused')"), ERR_FULL);
  disk.full = false;
  assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
  assert_int_equal(db_exec(db, "INSERT INTO t(s) VALUES('after')"), ERR_OK);
  db_abandon(db);
  db = open_gathered(p->path, 0);
  assert_int_equal(number(db, "SELECT count(*) FROM t WHERE s IN ('before', 'after')"), 2);
  assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
  db_close(db);
}

static err try_number(struct db *db, const char *sql, int64_t *out) {
  struct stmt *s;
  TRY(db_stmt(db, &s, sql));
  TRY(stmt_one(s));
  *out = stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

/* Opens and counts. */
static err look(const struct place *p, int64_t *out) {
  struct db *db = NULL;
  struct fault fault;
  err e = try_gathered(&db, p->path, 0, &fault);
  if (e == ERR_OK) e = try_number(db, "SELECT count(*) FROM t", out);
  db_abandon(db);
  return e;
}

/* Version 2.4.0 of the layer that encrypts took what was in its buffer for the page it could not read. */
static void a_read_that_fails_is_told_and_nothing_is_lost_by_it(void **state) {
  struct place *p = *state;
  struct db *db = open_table(p);
  for (int i = 0; i < 12; i++)
    assert_int_equal(db_exec(db, "INSERT INTO t(s) VALUES(hex(zeroblob(1000)))"), ERR_OK);
  db_abandon(db);
  int64_t rows = 0;
  disk.reads = 0;
  assert_int_equal(look(p, &rows), ERR_OK);
  int reads = disk.reads;
  assert_true(reads > 20);
  for (int n = 1; n <= reads; n++) {
    disk.reads = 0;
    disk.failing_read = n;
    err e = look(p, &rows);
    if (e != ERR_OK && e != ERR_IO) fail_msg("read %d: %s", n, err_text(e));
    disk.failing_read = 0;
    assert_int_equal(look(p, &rows), ERR_OK);
    assert_int_equal(rows, 12);
  }
}

static struct db *open_again(const struct place *p) {
  disk.writes = disk.syncs = 0;
  disk.from = disk.to = 0;
  return open_gathered(p->path, 0);
}

/* 32 bytes of the log's head, then frames of 24 and a page of 1,024. */
enum { log_head = 32, log_frame = 24 + 1024 };

/* SQLite says "no" and would write over it; a process that begins now finds it whole. */
static void what_was_committed_last_is_made_durable_before_it_is_believed(void **state) {
  struct place *p = *state;
  struct db *db = open_table(p);
  assert_int_equal(db_exec(db, "INSERT INTO t(s) VALUES('before')"), ERR_OK);
  disk.from = disk.to = 0;
  disk.sync_fails = true;
  assert_int_equal(db_exec(db, "INSERT INTO t(s) VALUES('told that it failed')"), ERR_IO);
  disk.sync_fails = false;
  sqlite3_int64 from = disk.from, to = disk.to;
  assert_true(from > log_head && (from - log_head) % log_frame == 0 && (to - from) % log_frame == 0);
  copy_file(p->path, p->other, ""); /* as a killed process leaves them */
  copy_file(p->path, p->other, "-wal");
  db_close(db);
  bytes_copy(p->path, p->other, sizeof p->path);
  db = open_again(p);
  assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
  assert_int_equal(disk.syncs, 1);
  assert_int_equal(disk.writes, 1); /* those before it are durable, and stay as they are */
  assert_int_equal(disk.from, from);
  assert_int_equal(disk.to, to);
  db_close(db);
  db = open_again(p); /* a log that was put away costs nothing */
  assert_int_equal(disk.syncs, 0);
  db_close(db);
}

static void a_first_commit_is_made_durable_with_the_logs_head(void **state) {
  struct place *p = *state;
  struct db *db = open_table(p);
  assert_int_equal(db_vacuum(db), ERR_OK);
  assert_int_equal(db_exec(db, "INSERT INTO t(s) VALUES('first')"), ERR_OK);
  db_abandon(db);
  db = open_again(p);
  assert_int_equal(disk.from, 0);
  assert_true(disk.to > log_head && (disk.to - log_head) % log_frame == 0);
  db_abandon(db);
}

static void whoever_cannot_make_it_durable_does_not_open(void **state) {
  struct place *p = *state;
  struct db *db = open_table(p);
  assert_int_equal(db_exec(db, "INSERT INTO t(s) VALUES('before')"), ERR_OK);
  db_abandon(db);
  int64_t rows = 0;
  disk.sync_fails = true;
  assert_int_equal(look(p, &rows), ERR_IO);
  disk.sync_fails = false;
  assert_int_equal(look(p, &rows), ERR_OK);
  disk.full = true; /* such a disk still gives what it has */
  assert_int_equal(look(p, &rows), ERR_OK);
  disk.full = false;
  assert_int_equal(rows, 1);
}

/* What a longer transaction that failed leaves behind the next one has the round's name and its own checksum,
 * and is not what recovery finds. */
static void what_stands_behind_the_last_commit_is_not_taken_for_it(void **state) {
  struct place *p = *state;
  struct db *db = open_table(p);
  disk.sync_fails = true;
  assert_int_equal(db_exec(db, "INSERT INTO t(s) VALUES(hex(zeroblob(8000)))"), ERR_IO);
  disk.sync_fails = false;
  disk.from = disk.to = 0;
  assert_int_equal(db_exec(db, "INSERT INTO t(s) VALUES('short')"), ERR_OK);
  sqlite3_int64 from = disk.from, to = disk.to;
  db_abandon(db);
  db = open_again(p);
  assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
  assert_int_equal(disk.from, from);
  assert_int_equal(disk.to, to);
  db_close(db);
}

static struct db *open_beside(const struct place *p, uint32_t cache_kib) {
  const struct db_config config = {
      .path = p->path, .vfs = "counted", .create = true, .gathered_log = true, .cache_kib = cache_kib};
  struct db *db = NULL;
  if (!disk.vfs.zName) register_disk();
  assert_int_equal(db_open(&db, &config, NULL), ERR_OK);
  return db;
}

/* As SQLite does after a commit, when the log is long. */
static const char checkpoint[] = "PRAGMA wal_checkpoint(PASSIVE)";

static void make_partial_checkpoint_fail(struct db *writer, struct db *reader) {
  assert_int_equal(db_exec(writer, "CREATE TABLE t(n INTEGER PRIMARY KEY, s TEXT) STRICT"), ERR_OK);
  assert_int_equal(db_begin_read(reader), ERR_OK);
  assert_int_equal(db_exec(writer, "INSERT INTO t(s) VALUES('behind the reader')"), ERR_OK);
  assert_int_equal(db_exec(writer, checkpoint), ERR_OK);
  db_rollback(reader);
  disk.page_sync_fails = true;
  assert_int_equal(db_exec(writer, checkpoint), ERR_IO);
  disk.page_sync_fails = false;
}

/* The pages of the first one are on no disk, and a flush that works now does not know them. */
static void a_checkpoint_is_not_complete_whose_earlier_half_was_not_kept(void **state) {
  struct place *p = *state;
  struct db *writer = open_beside(p, 0), *reader = open_beside(p, 0);
  make_partial_checkpoint_fail(writer, reader);
  assert_int_equal(db_exec(writer, checkpoint), ERR_IO);
  assert_int_equal(db_exec(writer, "INSERT INTO t(s) VALUES('goes on')"), ERR_OK); /* the log is durable */
  assert_int_equal(db_exec(writer, checkpoint), ERR_IO);
  assert_int_equal(number(reader, checkpoint), 1); /* nor does another program, who knows nothing of it */
  assert_true(db_is_stuck(writer));
  assert_false(db_is_stuck(reader));
  db_close(reader);
  db_close(writer);
  assert_true(log_bytes(p) > log_head); /* and stays, until somebody begins with all of it */
  writer = open_beside(p, 0);
  assert_false(db_is_stuck(writer));
  assert_int_equal(number(writer, "SELECT count(*) FROM t"), 2);
  assert_int_equal(db_exec(writer, checkpoint), ERR_OK);
  db_close(writer);
}

/* The first half may be another program's. */
static void a_checkpoint_is_not_complete_whose_earlier_half_another_program_wrote(void **state) {
  struct place *p = *state;
  struct db *one = open_beside(p, 0), *other = open_beside(p, 0), *reader = open_beside(p, 0);
  assert_int_equal(db_exec(one, "CREATE TABLE t(n INTEGER PRIMARY KEY, s TEXT) STRICT"), ERR_OK);
  assert_int_equal(db_begin_read(reader), ERR_OK);
  assert_int_equal(db_exec(one, "INSERT INTO t(s) VALUES('behind the reader')"), ERR_OK);
  assert_int_equal(db_exec(other, checkpoint), ERR_OK);
  db_rollback(reader);
  disk.page_sync_fails = true;
  assert_int_equal(db_exec(one, checkpoint), ERR_IO);
  disk.page_sync_fails = false;
  assert_int_equal(db_exec(one, checkpoint), ERR_IO);
  assert_true(db_is_stuck(one));
  assert_int_equal(number(other, checkpoint), 1);
  db_close(reader);
  db_close(other);
  db_close(one);
  one = open_beside(p, 0);
  assert_int_equal(number(one, "SELECT count(*) FROM t"), 1);
  assert_int_equal(db_exec(one, checkpoint), ERR_OK);
  db_close(one);
}

/* One that was whole is whole when it is tried again. */
static void a_checkpoint_that_failed_alone_is_tried_again(void **state) {
  struct place *p = *state;
  struct db *db = open_table(p);
  disk.page_sync_fails = true;
  assert_int_equal(db_exec(db, checkpoint), ERR_IO);
  disk.page_sync_fails = false;
  assert_false(db_is_stuck(db));
  assert_int_equal(db_exec(db, checkpoint), ERR_OK);
  db_close(db);
}

/* What a large transaction had put away before it was rolled back belongs to nobody: another program may
 * write its own there. */
static void what_was_rolled_back_is_not_written_over_what_another_program_committed(void **state) {
  struct place *p = *state;
  struct db *one = open_beside(p, 16), *other = open_beside(p, 0);
  assert_int_equal(db_exec(one, "CREATE TABLE t(n INTEGER PRIMARY KEY, s TEXT) STRICT"), ERR_OK);
  assert_int_equal(db_begin(one), ERR_OK);
  for (int i = 0; i < 10; i++)
    assert_int_equal(db_exec(one, "INSERT INTO t(s) VALUES(hex(zeroblob(2000)))"), ERR_OK);
  db_rollback(one);
  for (int i = 0; i < 10; i++)
    assert_int_equal(db_exec(other, "INSERT INTO t(s) VALUES(hex(randomblob(2000)))"), ERR_OK);
  assert_int_equal(number(one, "SELECT sum(length(s)) FROM t"), 40000);
  assert_int_equal(number(one, "SELECT count(*) FROM t WHERE s = hex(zeroblob(2000))"), 0);
  assert_int_equal(db_exec(one, "INSERT INTO t(s) VALUES('behind it')"), ERR_OK);
  db_close(one);
  db_abandon(other);
  other = open_beside(p, 0);
  assert_int_equal(db_check(other), ERR_OK);
  assert_int_equal(number(other, "SELECT count(*) FROM t"), 11);
  assert_int_equal(number(other, "SELECT count(*) FROM t WHERE s = hex(zeroblob(2000))"), 0);
  db_close(other);
}

#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, place_setup, place_teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_PLACE(a_commit_reaches_the_log_in_one_write_and_one_sync),
      WITH_PLACE(the_log_grows_in_steps_and_what_it_holds_is_found_before_the_zeros),
      WITH_PLACE(an_emptied_log_begins_anew),
      WITH_PLACE(a_transaction_larger_than_the_cache_reads_what_it_wrote),
      WITH_PLACE(a_disk_that_is_full_costs_that_transaction_only),
      WITH_PLACE(a_read_that_fails_is_told_and_nothing_is_lost_by_it),
      WITH_PLACE(what_was_committed_last_is_made_durable_before_it_is_believed),
      WITH_PLACE(a_first_commit_is_made_durable_with_the_logs_head),
      WITH_PLACE(whoever_cannot_make_it_durable_does_not_open),
      WITH_PLACE(what_stands_behind_the_last_commit_is_not_taken_for_it),
      WITH_PLACE(a_checkpoint_is_not_complete_whose_earlier_half_was_not_kept),
      WITH_PLACE(a_checkpoint_is_not_complete_whose_earlier_half_another_program_wrote),
      WITH_PLACE(a_checkpoint_that_failed_alone_is_tried_again),
      WITH_PLACE(what_was_rolled_back_is_not_written_over_what_another_program_committed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
