/* full_disk.c: the platform's files with another way to write and to flush. */
#include "tests/lib/full_disk.h"

#include <errno.h>
#include <sqlite3.h>
#include <stddef.h>

static bool disk_is_full, disk_is_read_only, flushes_fail, fills;
static unsigned left; /* writes, while it fills */
static sqlite3_vfs vfs;
static sqlite3_io_methods methods[2]; /* of the database, which is shared, and of the files beside it */
static int (*platform_write)(sqlite3_file *, const void *, int, sqlite3_int64);
static int (*platform_sync)(sqlite3_file *, int);
static int (*platform_open)(sqlite3_vfs *, sqlite3_filename, sqlite3_file *, int, int *);

static int write_file(sqlite3_file *f, const void *bytes, int len, sqlite3_int64 at) {
  if (fills && left == 0) disk_is_full = true;
  if (fills && left > 0) left--;
  if (disk_is_read_only) errno = EROFS;
  if (disk_is_read_only) return SQLITE_IOERR_WRITE;
  return disk_is_full ? SQLITE_FULL : platform_write(f, bytes, len, at);
}

static int sync_file(sqlite3_file *f, int flags) {
  if (flushes_fail) errno = EIO;
  return flushes_fail ? SQLITE_IOERR_FSYNC : platform_sync(f, flags);
}

static int open_file(sqlite3_vfs *v, sqlite3_filename name, sqlite3_file *f, int flags, int *out_flags) {
  int result = platform_open(v, name, f, flags, out_flags);
  if (result != SQLITE_OK || !f->pMethods) return result;
  sqlite3_io_methods *own = &methods[flags & SQLITE_OPEN_MAIN_DB ? 0 : 1];
  *own = *f->pMethods;
  platform_write = own->xWrite == write_file ? platform_write : own->xWrite;
  own->xWrite = write_file;
  platform_sync = own->xSync == sync_file ? platform_sync : own->xSync;
  own->xSync = sync_file;
  f->pMethods = own;
  return result;
}

void full_disk_register(void) {
  sqlite3_initialize();
  if (vfs.zName) return;
  /* Not the default: that may be a layer, which is more than its structure says. */
  vfs = *sqlite3_vfs_find("unix");
  platform_open = vfs.xOpen;
  vfs.xOpen = open_file;
  vfs.zName = "full";
  vfs.pNext = NULL;
  sqlite3_vfs_register(&vfs, 0);
}

void full_disk_set(bool full) {
  disk_is_full = full;
  fills = false;
}

void full_disk_set_read_only(bool read_only) { disk_is_read_only = read_only; }

void full_disk_leave(unsigned writes) {
  fills = true;
  left = writes;
}

void full_disk_fail_flushes(bool fail) { flushes_fail = fail; }
