/* vfs_wasm.c: SQLite's files in a browser: every call goes to the worker, which holds one synchronous handle
 * a file (the database, its -journal and its -wal), opened before anything else. The handle is the exclusive
 * lock, so locks here say yes.
 *
 * What the worker offers, module "tutti"; names are bytes in our memory, offsets and sizes are doubles
 * because they pass 2^31:
 * - file_open(name, len, create) -> a handle, or below 0 (-3: no room)
 * - file_exists(name, len) -> 0 or 1
 * - file_delete(name, len) -> 0: truncated and flushed, for a deletion that is not durable brings an old
 *   journal back
 * - file_read(handle, to, len, offset) -> bytes read
 * - file_write(handle, from, len, offset) -> bytes written, fewer when there is no room, below 0 when it
 * failed
 * - file_truncate(handle, size) -> 0, file_flush(handle) -> 0, file_size(handle) -> size or below 0
 * - now_ms() -> wall clock, random(to, len) */
#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/base/bytes.h"

#define IMPORT(name) __attribute__((import_module("tutti"), import_name(#name)))
IMPORT(file_open) int32_t js_file_open(const char *name, size_t len, int32_t create);
IMPORT(file_exists) int32_t js_file_exists(const char *name, size_t len);
IMPORT(file_delete) int32_t js_file_delete(const char *name, size_t len);
IMPORT(file_read) int32_t js_file_read(int32_t handle, void *to, int32_t len, double offset);
IMPORT(file_write) int32_t js_file_write(int32_t handle, const void *from, int32_t len, double offset);
IMPORT(file_truncate) int32_t js_file_truncate(int32_t handle, double size);
IMPORT(file_flush) int32_t js_file_flush(int32_t handle);
IMPORT(file_size) double js_file_size(int32_t handle);
IMPORT(now_ms) double js_now_ms(void);
IMPORT(random) void js_random(void *to, size_t len);

enum { name_bytes_max = 256, sector_bytes = 4096, ms_a_day = 86400000, js_full = -3 };
static const sqlite3_int64 julian_ms_of_1970 = 210866760000000;

struct wasm_file {
  sqlite3_file base;
  int32_t handle;
};

static int32_t handle_of(sqlite3_file *f) { return ((struct wasm_file *)f)->handle; }

static int file_close(sqlite3_file *f) {
  (void)f; /* the worker keeps its handles until the tab ends */
  return SQLITE_OK;
}

/* SQLite asks for zeros behind the end of a short file. */
static int file_read(sqlite3_file *f, void *to, int len, sqlite3_int64 offset) {
  int32_t got = js_file_read(handle_of(f), to, len, (double)offset);
  if (got < 0 || got > len) return SQLITE_IOERR_READ;
  if (got == len) return SQLITE_OK;
  bytes_zero((uint8_t *)to + got, (size_t)(len - got));
  return SQLITE_IOERR_SHORT_READ;
}

/* Without room the worker writes less; below 0 its handle failed, as it does when a browser clears a site:
 * that is nothing a person could make room for. */
static int file_write(sqlite3_file *f, const void *from, int len, sqlite3_int64 offset) {
  int32_t put = js_file_write(handle_of(f), from, len, (double)offset);
  if (put == len) return SQLITE_OK;
  return put < 0 ? SQLITE_IOERR_WRITE : SQLITE_FULL;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size) {
  return js_file_truncate(handle_of(f), (double)size) == 0 ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int file_sync(sqlite3_file *f, int flags) {
  (void)flags;
  return js_file_flush(handle_of(f)) == 0 ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *out) {
  double size = js_file_size(handle_of(f));
  *out = size < 0 ? 0 : (sqlite3_int64)size;
  return size < 0 ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

static int file_lock(sqlite3_file *f, int level) {
  (void)f, (void)level;
  return SQLITE_OK;
}

static int file_reserved(sqlite3_file *f, int *out) {
  (void)f;
  *out = 0;
  return SQLITE_OK;
}

static int file_control(sqlite3_file *f, int op, void *argument) {
  (void)f, (void)op, (void)argument;
  return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *f) {
  (void)f;
  return sector_bytes;
}

static int file_device(sqlite3_file *f) {
  (void)f;
  return SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN | SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods file_methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_device,
};

/* Temporary files have no name; there are none, as temporary tables stay in memory. */
static int vfs_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *f, int flags, int *flags_out) {
  (void)vfs;
  struct wasm_file *file = (struct wasm_file *)f;
  file->base.pMethods = NULL;
  if (!name) return SQLITE_CANTOPEN;
  file->handle = js_file_open(name, slice_text(name).len, flags & SQLITE_OPEN_CREATE ? 1 : 0);
  if (file->handle < 0) return file->handle == js_full ? SQLITE_FULL : SQLITE_CANTOPEN;
  file->base.pMethods = &file_methods;
  if (flags_out) *flags_out = flags;
  return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_directory) {
  (void)vfs, (void)sync_directory;
  return js_file_delete(name, slice_text(name).len) == 0 ? SQLITE_OK : SQLITE_IOERR_DELETE;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out) {
  (void)vfs, (void)flags;
  *out = js_file_exists(name, slice_text(name).len) != 0;
  return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out) {
  (void)vfs;
  (void)sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *vfs, int len, char *out) {
  (void)vfs;
  js_random(out, (size_t)len);
  return len;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) {
  (void)vfs;
  return microseconds;
}

static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *out) {
  (void)vfs;
  *out = julian_ms_of_1970 + (sqlite3_int64)js_now_ms();
  return SQLITE_OK;
}

static int vfs_time_days(sqlite3_vfs *vfs, double *out) {
  sqlite3_int64 ms;
  int result = vfs_time(vfs, &ms);
  *out = (double)ms / ms_a_day;
  return result;
}

static int vfs_last_error(sqlite3_vfs *vfs, int len, char *out) {
  (void)vfs, (void)len, (void)out;
  return 0;
}

/* SQLite links its own list through this structure, so it is the one thing here that cannot be constant. */
static sqlite3_vfs vfs_opfs = {
    .iVersion = 2,
    .szOsFile = sizeof(struct wasm_file),
    .mxPathname = name_bytes_max,
    .zName = "opfs",
    .xOpen = vfs_open,
    .xDelete = vfs_delete,
    .xAccess = vfs_access,
    .xFullPathname = vfs_full_path,
    .xRandomness = vfs_random,
    .xSleep = vfs_sleep,
    .xCurrentTime = vfs_time_days,
    .xGetLastError = vfs_last_error,
    .xCurrentTimeInt64 = vfs_time,
};

int sqlite3_os_init(void) { return sqlite3_vfs_register(&vfs_opfs, 1); }

int sqlite3_os_end(void) { return SQLITE_OK; }

/* The cipher layer's nonces. Ours stands before wasi-libc's, which would ask for an import that is not
 * offered. */
int getentropy(void *out, size_t len);
int getentropy(void *out, size_t len) {
  js_random(out, len);
  return 0;
}
