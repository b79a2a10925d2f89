/* vfs_wasm_test.c: the browser's layer of SQLite over files that this test keeps: what the worker says
 * becomes what SQLite hears. A full storage is a thing to tell a person; a file that fails is a reason to
 * begin anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include <sqlite3.h>

enum { files_max = 4, file_bytes_max = 1 << 20 };
static struct {
  char name[32];
  uint8_t bytes[file_bytes_max];
  int32_t size;
} files[files_max];
static int32_t write_says; /* 0: what was written; else this, and nothing is written */
static int flushes_fail;

static int32_t find(const char *name, size_t len) {
  for (int32_t i = 0; i < files_max; i++) {
    if (strlen(files[i].name) == len && memcmp(files[i].name, name, len) == 0) return i;
  }
  return -1;
}

/* ---- what the worker offers ---- */
int32_t js_file_open(const char *name, size_t len, int32_t create);
int32_t js_file_open(const char *name, size_t len, int32_t create) {
  int32_t at = find(name, len);
  if (at >= 0 || !create || len >= sizeof files[0].name) return at;
  at = find("", 0);
  if (at >= 0) memcpy(files[at].name, name, len);
  return at;
}
int32_t js_file_exists(const char *name, size_t len);
int32_t js_file_exists(const char *name, size_t len) { return find(name, len) >= 0; }
int32_t js_file_delete(const char *name, size_t len);
int32_t js_file_delete(const char *name, size_t len) {
  int32_t at = find(name, len);
  if (at >= 0) memset(&files[at], 0, sizeof files[at]);
  return 0;
}
int32_t js_file_read(int32_t file, void *to, int32_t len, double offset);
int32_t js_file_read(int32_t file, void *to, int32_t len, double offset) {
  int32_t left = files[file].size - (int32_t)offset;
  int32_t got = left < 0 ? 0 : left < len ? left : len;
  memcpy(to, files[file].bytes + (int32_t)offset, (size_t)got);
  return got;
}
int32_t js_file_write(int32_t file, const void *from, int32_t len, double offset);
int32_t js_file_write(int32_t file, const void *from, int32_t len, double offset) {
  if (write_says) return write_says;
  int32_t end = (int32_t)offset + len;
  assert_true(end <= file_bytes_max);
  memcpy(files[file].bytes + (int32_t)offset, from, (size_t)len);
  if (end > files[file].size) files[file].size = end;
  return len;
}
int32_t js_file_truncate(int32_t file, double size);
int32_t js_file_truncate(int32_t file, double size) { return files[file].size = (int32_t)size, 0; }
int32_t js_file_flush(int32_t file);
int32_t js_file_flush(int32_t file) { return (void)file, flushes_fail ? -1 : 0; }
double js_file_size(int32_t file);
double js_file_size(int32_t file) { return files[file].size; }
double js_now_ms(void);
double js_now_ms(void) { return 0; }
void js_random(void *to, size_t len);
void js_random(void *to, size_t len) { memset(to, 7, len); }

int vfs_wasm_init(void);

/* ---- the tests ---- */

static int setup(void **state) {
  sqlite3 *db = NULL;
  memset(files, 0, sizeof files);
  write_says = flushes_fail = 0;
  if (sqlite3_initialize() != SQLITE_OK || vfs_wasm_init() != SQLITE_OK) return -1;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (sqlite3_open_v2("core.db", &db, flags, "opfs") != SQLITE_OK) return -1;
  *state = db;
  return sqlite3_exec(db, "CREATE TABLE mark(code); INSERT INTO mark VALUES (1)", NULL, NULL, NULL);
}

static int teardown(void **state) {
  write_says = flushes_fail = 0;
  return sqlite3_close(*state) == SQLITE_OK ? 0 : -1;
}

static int insert(sqlite3 *db) {
  return sqlite3_exec(db, "INSERT INTO mark VALUES (2)", NULL, NULL, NULL) & 0xFF;
}

static void it_goes_on(sqlite3 *db) {
  write_says = flushes_fail = 0;
  assert_int_equal(insert(db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, "SELECT count(*) FROM mark", NULL, NULL, NULL), SQLITE_OK);
}

static void a_short_write_is_a_full_storage(void **state) {
  write_says = 1;
  assert_int_equal(insert(*state), SQLITE_FULL);
  it_goes_on(*state);
}

static void a_write_that_fails_is_no_full_storage(void **state) {
  write_says = -1;
  assert_int_equal(insert(*state), SQLITE_IOERR);
  it_goes_on(*state);
}

static void a_flush_that_fails_is_told(void **state) {
  flushes_fail = 1;
  assert_int_equal(insert(*state), SQLITE_IOERR);
  it_goes_on(*state);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_short_write_is_a_full_storage, setup, teardown),
      cmocka_unit_test_setup_teardown(a_write_that_fails_is_no_full_storage, setup, teardown),
      cmocka_unit_test_setup_teardown(a_flush_that_fails_is_told, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
