/* vfs_opfs.c: SQLite's file layer in a browser, on the handles the worker opened beforehand; every call is
 * synchronous. One owner only: the database is opened with locking_mode=EXCLUSIVE, so locks and shared memory
 * are not needed. */
#include <sqlite3.h>
#include <string.h>

#include "shared/base/bytes.h"

#define HOST(name) __attribute__((import_module("tutti"), import_name(#name)))
HOST(random) void js_vfs_random(void *out, size_t len);
HOST(file_open) int js_vfs_open(const char *name, size_t name_len, int create);
HOST(file_exists) int js_vfs_exists(const char *name, size_t name_len);
HOST(file_delete) int js_vfs_delete(const char *name, size_t name_len);
HOST(file_read) int js_vfs_read(int file, void *out, size_t len, double offset);
HOST(file_write) int js_vfs_write(int file, const void *bytes, size_t len, double offset);
HOST(file_truncate) int js_vfs_truncate(int file, double size);
HOST(file_flush) int js_vfs_flush(int file);
HOST(file_size) double js_vfs_size(int file);

enum { vfs_name_bytes_max = 128, vfs_sector_bytes = 4096 };

struct opfs_file {
  sqlite3_file base; /* first: SQLite casts */
  int number;        /* the worker's */
};

static int number_of(sqlite3_file *f) { return ((struct opfs_file *)f)->number; }

static int opfs_close(sqlite3_file *f) {
  f->pMethods = NULL;
  return SQLITE_OK;
}

/* SQLite wants what lies past the end as zeros, and to be told. */
static int opfs_read(sqlite3_file *f, void *out, int len, sqlite3_int64 offset) {
  int got = js_vfs_read(number_of(f), out, (size_t)len, (double)offset);
  if (got < 0) return SQLITE_IOERR_READ;
  if (got == len) return SQLITE_OK;
  bytes_zero((uint8_t *)out + got, (size_t)(len - got));
  return SQLITE_IOERR_SHORT_READ;
}

static int opfs_write(sqlite3_file *f, const void *bytes, int len, sqlite3_int64 offset) {
  int put = js_vfs_write(number_of(f), bytes, (size_t)len, (double)offset);
  if (put < 0) return SQLITE_IOERR_WRITE;
  return put == len ? SQLITE_OK : SQLITE_FULL;
}

static int opfs_truncate(sqlite3_file *f, sqlite3_int64 size) {
  return js_vfs_truncate(number_of(f), (double)size) == 0 ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int opfs_sync(sqlite3_file *f, int flags) {
  (void)flags;
  return js_vfs_flush(number_of(f)) == 0 ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

static int opfs_size(sqlite3_file *f, sqlite3_int64 *out) {
  double size = js_vfs_size(number_of(f));
  *out = size < 0 ? 0 : (sqlite3_int64)size;
  return size < 0 ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

/* The worker's access handle is the lock: no other tab can hold it. */
static int opfs_lock(sqlite3_file *f, int level) {
  (void)f, (void)level;
  return SQLITE_OK;
}

static int opfs_is_reserved(sqlite3_file *f, int *out) {
  (void)f;
  *out = 0;
  return SQLITE_OK;
}

static int opfs_control(sqlite3_file *f, int op, void *arg) {
  (void)f, (void)op, (void)arg;
  return SQLITE_NOTFOUND;
}

static int opfs_sector(sqlite3_file *f) {
  (void)f;
  return vfs_sector_bytes;
}

static int opfs_traits(sqlite3_file *f) {
  (void)f;
  return SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN | SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = opfs_close,
    .xRead = opfs_read,
    .xWrite = opfs_write,
    .xTruncate = opfs_truncate,
    .xSync = opfs_sync,
    .xFileSize = opfs_size,
    .xLock = opfs_lock,
    .xUnlock = opfs_lock,
    .xCheckReservedLock = opfs_is_reserved,
    .xFileControl = opfs_control,
    .xSectorSize = opfs_sector,
    .xDeviceCharacteristics = opfs_traits,
};

static int opfs_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *f, int flags, int *out_flags) {
  (void)vfs;
  f->pMethods = NULL;
  if (!name) return SQLITE_CANTOPEN; /* temporary files live in memory: SQLITE_TEMP_STORE=3 */
  int number = js_vfs_open(name, strlen(name), (flags & SQLITE_OPEN_CREATE) != 0);
  if (number < 0) return SQLITE_CANTOPEN;
  ((struct opfs_file *)f)->number = number;
  f->pMethods = &methods;
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

static int opfs_delete(sqlite3_vfs *vfs, const char *name, int sync_dir) {
  (void)vfs, (void)sync_dir; /* the worker's deletes are always durable */
  return js_vfs_delete(name, strlen(name)) == 0 ? SQLITE_OK : SQLITE_IOERR_DELETE;
}

static int opfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out) {
  (void)vfs, (void)flags;
  *out = js_vfs_exists(name, strlen(name)) > 0;
  return SQLITE_OK;
}

static int opfs_full_path(sqlite3_vfs *vfs, const char *name, int len, char *out) {
  (void)vfs;
  size_t bytes = strlen(name) + 1;
  if (bytes > (size_t)len) return SQLITE_CANTOPEN;
  bytes_copy(out, name, bytes);
  return SQLITE_OK;
}

static int opfs_random(sqlite3_vfs *vfs, int len, char *out) {
  (void)vfs;
  js_vfs_random(out, (size_t)len);
  return len;
}

static int opfs_sleep(sqlite3_vfs *vfs, int microseconds) {
  (void)vfs;
  return microseconds;
}

/* SQL that asks for the time is a mistake here: time is an argument. */
static int opfs_no_time(sqlite3_vfs *vfs, double *out) {
  (void)vfs;
  *out = 0;
  return SQLITE_ERROR;
}

static int opfs_last_error(sqlite3_vfs *vfs, int len, char *out) {
  (void)vfs, (void)len, (void)out;
  return 0;
}

/* SQLite links its list of file layers through this structure, so it cannot be constant. */
static sqlite3_vfs opfs = {
    .iVersion = 1,
    .szOsFile = sizeof(struct opfs_file),
    .mxPathname = vfs_name_bytes_max,
    .zName = "opfs",
    .xOpen = opfs_open,
    .xDelete = opfs_delete,
    .xAccess = opfs_access,
    .xFullPathname = opfs_full_path,
    .xRandomness = opfs_random,
    .xSleep = opfs_sleep,
    .xCurrentTime = opfs_no_time,
    .xGetLastError = opfs_last_error,
};

/* SQLite's names for its platform's start and end (SQLITE_OS_OTHER). */
int sqlite3_os_init(void) { return sqlite3_vfs_register(&opfs, 1); }
int sqlite3_os_end(void) { return SQLITE_OK; }

/* The cipher of the pages draws its nonces here (see __WASM__ in the build). */
int getentropy(void *out, size_t len);
int getentropy(void *out, size_t len) {
  js_vfs_random(out, len);
  return 0;
}
