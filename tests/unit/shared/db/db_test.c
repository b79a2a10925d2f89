/* db_test.c: what opening a database promises, and what it says when it cannot. */
#define _GNU_SOURCE /* memmem */
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/unit/shared/db/place.h"

static const uint8_t key_one[32] = {1, 2, 3}, key_two[32] = {9};

static err try_open(struct db **out, const struct place *p, const uint8_t *key, struct fault *fault) {
  const struct db_config config = {.path = p->path, .key = key};
  *out = NULL;
  return db_open(out, &config, fault);
}

static int64_t number(struct db *db, const char *sql) {
  struct stmt *s;
  assert_int_equal(db_stmt(db, &s, sql), ERR_OK);
  assert_int_equal(stmt_one(s), ERR_OK);
  int64_t n = stmt_column_int(s, 0);
  stmt_reset(s);
  return n;
}

static void make_table(struct db *db) {
  assert_int_equal(db_exec(db, "CREATE TABLE t(n INTEGER PRIMARY KEY, s TEXT) STRICT"), ERR_OK);
  assert_int_equal(db_exec(db, "INSERT INTO t(n, s) VALUES(7, 'seven')"), ERR_OK);
}

static void flip_byte(const char *path, off_t at) {
  int fd = open(path, O_RDWR);
  assert_true(fd >= 0);
  uint8_t byte;
  assert_int_equal(pread(fd, &byte, 1, at), 1);
  byte ^= 0x40;
  assert_int_equal(pwrite(fd, &byte, 1, at), 1);
  assert_int_equal(close(fd), 0);
}

static void opening_sets_the_durable_pragmas(void **state) {
  struct db *db = place_open(*state, NULL);
  struct stmt *s;
  assert_int_equal(db_stmt(db, &s, "PRAGMA journal_mode"), ERR_OK);
  assert_int_equal(stmt_one(s), ERR_OK);
  assert_true(slice_equal(stmt_column_text(s, 0), slice_text("wal")));
  stmt_reset(s);
  assert_int_equal(number(db, "PRAGMA synchronous"), 2);
  assert_int_equal(number(db, "PRAGMA secure_delete"), 1);
  assert_int_equal(number(db, "PRAGMA trusted_schema"), 0);
  assert_int_equal(number(db, "PRAGMA foreign_keys"), 0);
  assert_int_equal(number(db, "PRAGMA temp_store"), 0); /* the default, and that is compiled to memory */
  db_close(db);
}

static void a_missing_file_is_not_found_unless_it_may_be_created(void **state) {
  struct db *db;
  struct fault fault;
  assert_int_equal(try_open(&db, *state, NULL, &fault), ERR_NOT_FOUND);
  assert_int_equal(fault.code, ERR_NOT_FOUND);
  assert_non_null(strstr(fault.text, "hub.sqlite"));
  assert_int_equal(access(((struct place *)*state)->path, F_OK), -1);
}

static void a_missing_directory_is_not_found(void **state) {
  (void)state;
  const struct db_config config = {.path = "/tmp/tutti-no-such-directory/x.sqlite", .create = true};
  struct db *db;
  assert_int_equal(db_open(&db, &config, NULL), ERR_NOT_FOUND);
}

static void a_wrong_key_is_told_and_the_right_one_still_opens(void **state) {
  struct db *db = place_open(*state, key_one);
  make_table(db);
  db_close(db);
  struct fault fault;
  assert_int_equal(try_open(&db, *state, key_two, &fault), ERR_CRYPTO);
  assert_non_null(strstr(fault.text, "key"));
  assert_int_equal(try_open(&db, *state, NULL, NULL), ERR_CORRUPT);
  assert_int_equal(try_open(&db, *state, key_one, NULL), ERR_OK);
  assert_int_equal(number(db, "SELECT n FROM t"), 7);
  db_close(db);
}

static void an_encrypted_file_shows_nothing(void **state) {
  struct place *p = *state;
  struct db *db = place_open(p, key_one);
  make_table(db);
  assert_int_equal(db_exec(db, "INSERT INTO t(n, s) VALUES(8, 'Wolfgang-Amadeus')"), ERR_OK);
  char wal[128];
  (void)snprintf(wal, sizeof wal, "%s-wal", p->path);
  const char *const files[] = {p->path, wal};
  for (size_t i = 0; i < 2; i++) {
    static uint8_t content[1 << 20];
    int fd = open(files[i], O_RDONLY);
    assert_true(fd >= 0);
    ssize_t len = read(fd, content, sizeof content);
    assert_true(len > 0);
    assert_null(memmem(content, (size_t)len, "Amadeus", 7));
    assert_null(memmem(content, (size_t)len, "SQLite format", 13));
    assert_int_equal(close(fd), 0);
    if (i == 0) assert_int_equal(db_vacuum(db), ERR_OK);
    db_close(db);
    db = place_open(p, key_one);
    assert_int_equal(db_exec(db, "INSERT INTO t(s) VALUES('Amadeus')"), ERR_OK);
  }
  db_close(db);
}

static void a_copy_under_another_key_opens_with_that_key_only(void **state) {
  struct place *p = *state;
  struct db *db = place_open(p, key_one), *copy;
  char path[sizeof p->path + 8];
  (void)snprintf(path, sizeof path, "%s.2", p->path);
  struct db_config to = {.path = path, .key = key_two, .create = true, .exclusive = true};
  make_table(db);
  assert_int_equal(db_begin(db), ERR_OK);
  assert_int_equal(db_copy(db, &to, NULL), ERR_CONFLICT);
  db_rollback(db);
  assert_int_equal(db_copy(db, &to, NULL), ERR_OK);
  assert_int_equal(number(db, "SELECT n FROM t"), 7); /* the first one is as it was */
  db_close(db);
  to.key = key_one;
  assert_int_equal(db_open(&copy, &to, NULL), ERR_CRYPTO);
  to.key = key_two;
  assert_int_equal(db_open(&copy, &to, NULL), ERR_OK);
  assert_int_equal(number(copy, "SELECT n FROM t"), 7);
  assert_int_equal(db_exec(copy, "INSERT INTO t(n, s) VALUES(8, 'eight')"), ERR_OK);
  assert_int_equal(db_check(copy), ERR_OK);
  db_close(copy);
  assert_int_equal(unlink(path), 0);
}

static void another_file_layer_is_taken_by_name_and_encrypted_too(void **state) {
  struct place *p = *state;
  for (int round = 0; round < 2; round++) {
    const struct db_config config = {
        .path = p->path, .vfs = "unix-dotfile", .key = key_one, .create = true, .exclusive = true};
    struct db *db;
    assert_int_equal(db_open(&db, &config, NULL), ERR_OK);
    if (round == 0) make_table(db);
    assert_int_equal(number(db, "SELECT n FROM t"), 7);
    db_close(db);
  }
  struct db *db;
  const struct db_config plain = {.path = p->path, .vfs = "unix-dotfile", .exclusive = true};
  assert_int_equal(db_open(&db, &plain, NULL), ERR_CORRUPT);
  const struct db_config unknown = {.path = p->path, .vfs = "no-such-layer", .key = key_one};
  assert_int_equal(db_open(&db, &unknown, NULL), ERR_NOT_FOUND);
}

static size_t read_file(const char *path, const char *ending, uint8_t *out, size_t max) {
  char name[128];
  (void)snprintf(name, sizeof name, "%s%s", path, ending);
  FILE *f = fopen(name, "rb");
  size_t len = f ? fread(out, 1, max, f) : 0;
  if (f) (void)fclose(f);
  return len;
}

/* The newer program was killed: its last words stand in the write-ahead log, and stay there. */
static void a_newer_schema_is_refused_and_its_file_stays_as_it_is(void **state) {
  enum { bytes_max = 1 << 20 };
  struct place *p = *state;
  static uint8_t before[bytes_max], log_before[bytes_max], after[bytes_max];
  struct db *db = place_open(p, NULL);
  make_table(db);
  assert_int_equal(db_exec(db, "PRAGMA user_version=99"), ERR_OK);
  db_abandon(db);
  size_t len = read_file(p->path, "", before, bytes_max);
  size_t log_len = read_file(p->path, "-wal", log_before, bytes_max);
  assert_true(len > 0 && log_len > 0);
  struct fault fault;
  assert_int_equal(try_open(&db, p, NULL, &fault), ERR_VERSION);
  assert_non_null(strstr(fault.text, "update"));
  assert_int_equal(read_file(p->path, "", after, bytes_max), len);
  assert_memory_equal(after, before, len);
  assert_int_equal(read_file(p->path, "-wal", after, bytes_max), log_len);
  assert_memory_equal(after, log_before, log_len);
}

static void a_flipped_byte_is_noticed_in_an_encrypted_file(void **state) {
  struct place *p = *state;
  struct db *db = place_open(p, key_one);
  make_table(db);
  db_close(db);
  flip_byte(p->path, 4096 + 2000);
  assert_int_equal(try_open(&db, p, key_one, NULL), ERR_OK);
  struct stmt *s;
  assert_int_equal(db_stmt(db, &s, "SELECT n FROM t"), ERR_OK);
  assert_int_equal(stmt_one(s), ERR_CORRUPT);
  assert_int_not_equal(db_check(db), ERR_OK);
  db_close(db);
}

static void text_that_is_no_database_is_corrupt(void **state) {
  struct place *p = *state;
  FILE *f = fopen(p->path, "w");
  assert_non_null(f);
  for (int i = 0; i < 1000; i++) assert_true(fputs("this is a letter, not a database\n", f) >= 0);
  assert_int_equal(fclose(f), 0);
  struct db *db;
  assert_int_equal(try_open(&db, p, NULL, NULL), ERR_CORRUPT);
}

static void a_truncated_wal_loses_its_tail_and_nothing_else(void **state) {
  struct place *p = *state;
  struct db *db = place_open(p, key_one);
  make_table(db);
  assert_int_equal(db_vacuum(db), ERR_OK);
  assert_int_equal(db_exec(db, "INSERT INTO t(n) VALUES(8)"), ERR_OK);
  char wal[128];
  (void)snprintf(wal, sizeof wal, "%s-wal", p->path);
  struct stat st;
  assert_int_equal(stat(wal, &st), 0);
  db_abandon(db);
  assert_int_equal(truncate(wal, st.st_size - 100), 0);
  assert_int_equal(try_open(&db, p, key_one, NULL), ERR_OK);
  assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
  assert_int_equal(db_check(db), ERR_OK);
  db_close(db);
}

static void what_was_committed_survives_being_abandoned(void **state) {
  struct db *db = place_open(*state, key_one);
  make_table(db);
  assert_int_equal(db_begin(db), ERR_OK);
  assert_int_equal(db_exec(db, "INSERT INTO t(n) VALUES(8)"), ERR_OK);
  assert_int_equal(db_commit(db), ERR_OK);
  assert_int_equal(db_begin(db), ERR_OK);
  assert_int_equal(db_exec(db, "INSERT INTO t(n) VALUES(9)"), ERR_OK);
  db_abandon(db);
  assert_int_equal(try_open(&db, *state, key_one, NULL), ERR_OK);
  assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
  db_close(db);
}

static void an_exclusive_owner_keeps_others_out(void **state) {
  struct place *p = *state;
  const struct db_config config = {.path = p->path, .key = key_one, .create = true, .exclusive = true};
  struct db *first, *second;
  assert_int_equal(db_open(&first, &config, NULL), ERR_OK);
  make_table(first);
  struct fault fault;
  assert_int_equal(db_open(&second, &config, &fault), ERR_BUSY);
  assert_non_null(strstr(fault.text, "close"));
  db_close(first);
  assert_int_equal(db_open(&second, &config, NULL), ERR_OK);
  db_close(second);
}

static void a_reader_sees_one_moment_beside_the_writer(void **state) {
  struct place *p = *state;
  struct db *writer = place_open(p, NULL), *reader;
  make_table(writer);
  const struct db_config config = {.path = p->path, .read_only = true};
  assert_int_equal(db_open(&reader, &config, NULL), ERR_OK);
  assert_int_equal(db_begin_read(reader), ERR_OK);
  assert_int_equal(db_exec(writer, "INSERT INTO t(n) VALUES(8)"), ERR_OK);
  assert_int_equal(number(reader, "SELECT count(*) FROM t"), 1);
  assert_int_equal(db_commit(reader), ERR_OK);
  assert_int_equal(number(reader, "SELECT count(*) FROM t"), 2);
  assert_int_equal(db_exec(reader, "INSERT INTO t(n) VALUES(9)"), ERR_READ_ONLY);
  db_close(reader);
  db_close(writer);
}

/* Root may write anywhere, so the test steps down to nobody while it looks. */
static void a_directory_without_write_permission_is_read_only(void **state) {
  struct place *p = *state;
  struct db *db = place_open(p, NULL);
  make_table(db);
  db_close(db);
  assert_int_equal(chmod(p->dir, 0555), 0);
  assert_int_equal(chmod(p->path, 0444), 0);
  bool root = geteuid() == 0;
  if (root) assert_int_equal(seteuid(65534), 0);
  struct fault fault;
  err existing = try_open(&db, p, NULL, &fault);
  const struct db_config fresh = {.path = p->other, .create = true};
  err created = db_open(&db, &fresh, NULL);
  if (root) assert_int_equal(seteuid(0), 0);
  assert_int_equal(chmod(p->dir, 0700), 0);
  assert_int_equal(existing, ERR_READ_ONLY);
  assert_non_null(strstr(fault.text, "right to write"));
  assert_int_equal(created, ERR_READ_ONLY);
}

static void a_full_disk_fails_the_transaction_and_keeps_the_rest(void **state) {
  struct db *db = place_open(*state, key_one);
  make_table(db);
  assert_int_equal(db_exec(db, "PRAGMA max_page_count=20"), ERR_OK);
  assert_int_equal(db_begin(db), ERR_OK);
  err e = ERR_OK;
  for (int i = 0; i < 100 && e == ERR_OK; i++)
    e = db_exec(db, "INSERT INTO t(s) VALUES(hex(zeroblob(2000)))");
  assert_int_equal(e, ERR_FULL);
  db_rollback(db);
  assert_false(db_in_transaction(db));
  assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
  assert_int_equal(db_check(db), ERR_OK);
  db_close(db);
}

static void a_hostile_trigger_and_view_do_not_run(void **state) {
  struct place *p = *state;
  struct db *db = place_open(p, NULL);
  make_table(db);
  assert_int_equal(db_exec(db, "CREATE TRIGGER evil AFTER INSERT ON t BEGIN DELETE FROM t; END"), ERR_OK);
  assert_int_equal(db_exec(db, "CREATE VIEW lie AS SELECT 1 AS n"), ERR_OK);
  assert_int_equal(db_exec(db, "INSERT INTO t(n) VALUES(8)"), ERR_OK);
  assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
  struct stmt *s;
  assert_int_not_equal(db_stmt(db, &s, "SELECT n FROM lie"), ERR_OK);
  db_close(db);
}

static void the_schema_table_cannot_be_written(void **state) {
  struct db *db = place_open(*state, NULL);
  make_table(db);
  assert_int_equal(db_exec(db, "PRAGMA writable_schema=ON"), ERR_OK);
  assert_int_not_equal(db_exec(db, "UPDATE sqlite_schema SET sql='CREATE TABLE t(x)'"), ERR_OK);
  db_close(db);
}

static void transactions_do_not_nest(void **state) {
  struct db *db = place_open(*state, NULL);
  assert_int_equal(db_begin(db), ERR_OK);
  assert_int_equal(db_begin(db), ERR_CONFLICT);
  assert_int_equal(db_begin_read(db), ERR_CONFLICT);
  assert_true(db_in_transaction(db));
  assert_int_equal(db_vacuum(db), ERR_CONFLICT);
  db_rollback(db);
  db_rollback(db);
  assert_false(db_in_transaction(db));
  db_close(db);
}

static void nothing_is_kept_of_a_transaction_that_ended_by_itself(void **state) {
  struct db *db = place_open(*state, NULL);
  make_table(db);
  assert_int_equal(db_begin(db), ERR_OK);
  assert_int_equal(db_exec(db, "INSERT INTO t(n, s) VALUES(8, 'first')"), ERR_OK);
  assert_int_equal(db_exec(db, "INSERT OR ROLLBACK INTO t(n, s) VALUES(8, 'again')"), ERR_EXISTS);
  assert_false(db_in_transaction(db));
  assert_int_equal(db_exec(db, "INSERT INTO t(n, s) VALUES(9, 'after')"), ERR_EXISTS);
  assert_int_equal(db_begin(db), ERR_CONFLICT);
  assert_int_equal(db_commit(db), ERR_EXISTS);
  assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
  assert_int_equal(db_begin(db), ERR_OK);
  assert_int_equal(db_exec(db, "INSERT INTO t(n, s) VALUES(9, 'after')"), ERR_OK);
  assert_int_equal(db_commit(db), ERR_OK);
  db_close(db);
}

static void a_backup_is_a_whole_file_under_the_same_key(void **state) {
  struct place *p = *state;
  struct db *db = place_open(p, key_one);
  make_table(db);
  struct fault fault;
  assert_int_equal(db_backup(db, p->other, &fault), ERR_OK);
  assert_int_equal(db_backup(db, p->other, &fault), ERR_EXISTS);
  db_close(db);
  const struct db_config config = {.path = p->other, .key = key_one};
  assert_int_equal(db_open(&db, &config, &fault), ERR_OK);
  assert_int_equal(number(db, "SELECT n FROM t"), 7);
  assert_int_equal(db_check(db), ERR_OK);
  db_close(db);
  const struct db_config plain = {.path = p->other};
  assert_int_equal(db_open(&db, &plain, &fault), ERR_CORRUPT);
}

static void vacuum_empties_the_wal_and_forgets_what_was_deleted(void **state) {
  struct place *p = *state;
  struct db *db = place_open(p, NULL);
  make_table(db);
  assert_int_equal(db_exec(db, "INSERT INTO t(n, s) VALUES(8, 'Ottorino')"), ERR_OK);
  assert_int_equal(db_exec(db, "DELETE FROM t WHERE n=8"), ERR_OK);
  assert_int_equal(db_vacuum(db), ERR_OK);
  char wal[128];
  (void)snprintf(wal, sizeof wal, "%s-wal", p->path);
  struct stat st;
  assert_int_equal(stat(wal, &st), 0);
  assert_int_equal(st.st_size, 0);
  static uint8_t content[1 << 20];
  int fd = open(p->path, O_RDONLY);
  ssize_t len = read(fd, content, sizeof content);
  assert_true(len > 0);
  assert_null(memmem(content, (size_t)len, "Ottorino", 8));
  assert_int_equal(close(fd), 0);
  db_close(db);
}

int main(void) {
#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, place_setup, place_teardown)
  const struct CMUnitTest tests[] = {
      WITH_PLACE(opening_sets_the_durable_pragmas),
      WITH_PLACE(a_missing_file_is_not_found_unless_it_may_be_created),
      WITH_PLACE(a_missing_directory_is_not_found),
      WITH_PLACE(a_wrong_key_is_told_and_the_right_one_still_opens),
      WITH_PLACE(an_encrypted_file_shows_nothing),
      WITH_PLACE(a_copy_under_another_key_opens_with_that_key_only),
      WITH_PLACE(another_file_layer_is_taken_by_name_and_encrypted_too),
      WITH_PLACE(a_newer_schema_is_refused_and_its_file_stays_as_it_is),
      WITH_PLACE(a_flipped_byte_is_noticed_in_an_encrypted_file),
      WITH_PLACE(text_that_is_no_database_is_corrupt),
      WITH_PLACE(a_truncated_wal_loses_its_tail_and_nothing_else),
      WITH_PLACE(what_was_committed_survives_being_abandoned),
      WITH_PLACE(an_exclusive_owner_keeps_others_out),
      WITH_PLACE(a_reader_sees_one_moment_beside_the_writer),
      WITH_PLACE(a_directory_without_write_permission_is_read_only),
      WITH_PLACE(a_full_disk_fails_the_transaction_and_keeps_the_rest),
      WITH_PLACE(a_hostile_trigger_and_view_do_not_run),
      WITH_PLACE(the_schema_table_cannot_be_written),
      WITH_PLACE(transactions_do_not_nest),
      WITH_PLACE(nothing_is_kept_of_a_transaction_that_ended_by_itself),
      WITH_PLACE(a_backup_is_a_whole_file_under_the_same_key),
      WITH_PLACE(vacuum_empties_the_wal_and_forgets_what_was_deleted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
