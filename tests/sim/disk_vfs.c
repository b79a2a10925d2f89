/* disk_vfs.c: the virtual disks as SQLite's VFS "sim", and the seeded randomness below SQLite, its cipher and
 * libsodium. */
#include <sodium.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/sim/disk.h"
#include "tests/sim/memory.h"
#include "tests/sim/sim_random.h"

/* One process is one run, and SQLite keeps its own state the same way. */
static struct {
  struct disk *const *disks;
  size_t count;
  uint64_t random;
} machine;

struct handle {
  sqlite3_file base;
  struct disk *disk;
  struct disk_file *file;
  bool maps;
};
static struct handle *of(sqlite3_file *f) { return (struct handle *)f; }

/* The page cipher asks for its randomness here. */
int getentropy(void *buffer, size_t length) {
  sim_fill(&machine.random, buffer, length);
  return 0;
}

static int code_of(err e, int failed) {
  return e == ERR_OK ? SQLITE_OK : e == ERR_FULL ? SQLITE_FULL : failed;
}

static int do_close(sqlite3_file *f) {
  (void)f;
  return SQLITE_OK;
}

static int do_read(sqlite3_file *f, void *out, int len, sqlite3_int64 at) {
  if (disk_reads(of(f)->disk) != ERR_OK) return SQLITE_IOERR_READ;
  disk_read(of(f)->file, (uint64_t)at, out, (size_t)len);
  return (size_t)at + (size_t)len > of(f)->file->now.len ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int do_write(sqlite3_file *f, const void *bytes, int len, sqlite3_int64 at) {
  return code_of(disk_write(of(f)->disk, of(f)->file, (uint64_t)at, bytes, (size_t)len), SQLITE_IOERR_WRITE);
}

static int do_truncate(sqlite3_file *f, sqlite3_int64 len) {
  return code_of(disk_truncate(of(f)->disk, of(f)->file, (uint64_t)len), SQLITE_IOERR_TRUNCATE);
}

static int do_sync(sqlite3_file *f, int flags) {
  (void)flags;
  return code_of(disk_sync(of(f)->disk, of(f)->file), SQLITE_IOERR_FSYNC);
}

static int do_size(sqlite3_file *f, sqlite3_int64 *out) {
  *out = (sqlite3_int64)of(f)->file->now.len;
  return of(f)->disk->dead ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

static int do_lock(sqlite3_file *f, int level) {
  (void)f;
  (void)level;
  return SQLITE_OK;
}

static int do_reserved(sqlite3_file *f, int *out) {
  (void)f;
  *out = 0;
  return SQLITE_OK;
}

static int do_control(sqlite3_file *f, int op, void *arg) {
  (void)f;
  (void)op;
  (void)arg;
  return SQLITE_NOTFOUND;
}

static int do_sector(sqlite3_file *f) {
  (void)f;
  return sector_bytes;
}

static int do_character(sqlite3_file *f) {
  (void)f;
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int do_shm_map(sqlite3_file *f, int region, int bytes, int extend, void volatile **out) {
  struct disk_file *file = of(f)->file;
  if (region >= disk_shm_regions_max) return SQLITE_FULL;
  file->shm_users += !of(f)->maps;
  of(f)->maps = true;
  if (!file->shm[region] && extend) file->shm[region] = memory_calloc(1, (size_t)bytes);
  *out = file->shm[region];
  return SQLITE_OK;
}

static int do_shm_lock(sqlite3_file *f, int offset, int n, int flags) {
  (void)f;
  (void)offset;
  (void)n;
  (void)flags;
  return SQLITE_OK;
}

static void do_shm_barrier(sqlite3_file *f) { (void)f; }

/* What the last one leaves behind nobody believes: the next one begins by reading the log. */
static int do_shm_unmap(sqlite3_file *f, int remove) {
  struct disk_file *file = of(f)->file;
  if (of(f)->maps && file->shm_users) file->shm_users--;
  of(f)->maps = false;
  for (size_t i = 0; (remove || file->shm_users == 0) && i < disk_shm_regions_max; i++) {
    free(file->shm[i]);
    file->shm[i] = NULL;
  }
  return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = do_close,
    .xRead = do_read,
    .xWrite = do_write,
    .xTruncate = do_truncate,
    .xSync = do_sync,
    .xFileSize = do_size,
    .xLock = do_lock,
    .xUnlock = do_lock,
    .xCheckReservedLock = do_reserved,
    .xFileControl = do_control,
    .xSectorSize = do_sector,
    .xDeviceCharacteristics = do_character,
    .xShmMap = do_shm_map,
    .xShmLock = do_shm_lock,
    .xShmBarrier = do_shm_barrier,
    .xShmUnmap = do_shm_unmap,
};

/* "2/core.db" is core.db on disk 2; SQLite's own temporary files are nobody's. */
static struct disk *locate(const char *path, const char **name_out) {
  const char *slash = path ? strchr(path, '/') : NULL;
  for (size_t i = 0; slash && i < machine.count && machine.disks[i]; i++) {
    size_t len = strlen(machine.disks[i]->dir);
    *name_out = slash + 1;
    if (len == (size_t)(slash - path) && strncmp(machine.disks[i]->dir, path, len) == 0)
      return machine.disks[i];
  }
  return NULL;
}

static int do_open(sqlite3_vfs *v, const char *path, sqlite3_file *f, int flags, int *flags_out) {
  (void)v;
  const char *name = NULL;
  struct disk *d = locate(path, &name);
  f->pMethods = NULL;
  if (!d || d->dead) return SQLITE_CANTOPEN;
  struct disk_file *file = disk_find(d, name, (flags & SQLITE_OPEN_CREATE) != 0);
  if (!file) return SQLITE_CANTOPEN;
  *of(f) = (struct handle){.base = {&methods}, .disk = d, .file = file};
  if (flags_out) *flags_out = flags;
  return SQLITE_OK;
}

static int do_delete(sqlite3_vfs *v, const char *path, int sync_dir) {
  (void)v;
  const char *name = NULL;
  struct disk *d = locate(path, &name);
  if (!d || d->dead) return SQLITE_IOERR_DELETE;
  struct disk_file *file = disk_find(d, name, false);
  if (!file) return SQLITE_IOERR_DELETE_NOENT;
  return code_of(disk_remove(d, file, sync_dir != 0), SQLITE_IOERR_DELETE);
}

static int do_access(sqlite3_vfs *v, const char *path, int flags, int *out) {
  (void)v;
  (void)flags;
  const char *name = NULL;
  struct disk *d = locate(path, &name);
  if (d && d->dead) return SQLITE_IOERR_ACCESS;
  *out = d && disk_find(d, name, false);
  return SQLITE_OK;
}

static int do_path(sqlite3_vfs *v, const char *path, int size, char *out) {
  (void)v;
  (void)sqlite3_snprintf(size, out, "%s", path);
  return SQLITE_OK;
}

static int do_randomness(sqlite3_vfs *v, int len, char *out) {
  (void)v;
  sim_fill(&machine.random, out, (size_t)len);
  return len;
}

static int do_sleep(sqlite3_vfs *v, int us) {
  (void)v;
  return us;
}

static int do_time(sqlite3_vfs *v, sqlite3_int64 *out) {
  (void)v;
  *out = 212000000000000;
  return SQLITE_OK;
}

static int do_day(sqlite3_vfs *v, double *out) {
  (void)v;
  *out = 2453703.7;
  return SQLITE_OK;
}

static int do_last_error(sqlite3_vfs *v, int len, char *out) {
  (void)v;
  (void)len;
  (void)out;
  return 0;
}

static const char *sodium_name(void) { return "sim"; }
static uint32_t sodium_word(void) { return (uint32_t)sim_next(&machine.random); }
static void sodium_fill(void *const out, const size_t len) { sim_fill(&machine.random, out, len); }

void disk_vfs_reseed(uint64_t random) {
  machine.random = random;
  sqlite3_randomness(0, NULL);
}

void disk_vfs_register(struct disk *const *disks, size_t count, uint64_t random) {
  static sqlite3_vfs vfs = {.iVersion = 2,
                            .szOsFile = (int)sizeof(struct handle),
                            .mxPathname = 64,
                            .zName = "sim",
                            .xOpen = do_open,
                            .xDelete = do_delete,
                            .xAccess = do_access,
                            .xFullPathname = do_path,
                            .xRandomness = do_randomness,
                            .xSleep = do_sleep,
                            .xCurrentTime = do_day,
                            .xGetLastError = do_last_error,
                            .xCurrentTimeInt64 = do_time};
  static randombytes_implementation sodium = {
      .implementation_name = sodium_name, .random = sodium_word, .buf = sodium_fill};
  machine.disks = disks;
  machine.count = count;
  if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK) abort();
  disk_vfs_reseed(random);
  (void)randombytes_set_implementation(&sodium);
}
