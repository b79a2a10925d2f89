/* log_vfs.c: gathers the frames that SQLite appends to a write-ahead log, two small writes each, and writes
 * them in one piece before the next sync. The log also grows ahead in steps of zeros: a commit that stays
 * inside what the file has already needs no change of its metadata, which costs more than the commit itself.
 *
 * Nothing is promised earlier or later than without it. With synchronous=FULL every commit is synced before
 * anybody is told, and a sync writes what was gathered first; so only frames of a transaction that has not
 * ended are ever in memory alone. Where that is rolled back they are written before anybody else may write:
 * nobody takes them for anything there, and later they would fall on what another program committed. What a
 * process finds in the log when it starts is made durable before it is believed: see log_settle.c. Zeros
 * behind the last frame end a recovery as the frames of an older round do: their checksum is wrong. All other
 * files are the layer's below. */
#include "shared/db/log_vfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/base/bytes.h"
#include "shared/base/limits.h"
#include "shared/db/log_settle.h"
#include "shared/db/page_vfs.h"

enum { log_head_bytes = 32 };

struct log_file {
  sqlite3_file base;
  sqlite3_file *real; /* in the memory behind this */
  struct page_file *pages;
  uint8_t *gathered;
  size_t len;        /* of what is gathered */
  sqlite3_int64 at;  /* where it belongs */
  sqlite3_int64 end; /* of the real file */
  bool read_only;    /* so is the disk, or its owner wants it so: nobody loses what nobody writes */
};
struct layer {
  sqlite3_vfs vfs;
  char name[log_vfs_name_bytes_max];
};

static struct log_file *of(sqlite3_file *f) { return (struct log_file *)f; }
static sqlite3_vfs *below(sqlite3_vfs *vfs) { return vfs->pAppData; }

/* ---- the log ---- */

/* What cannot be written is forgotten: SQLite hears of it and rolls the transaction back. */
static int flush(struct log_file *f) {
  size_t len = f->len;
  if (len == 0) return SQLITE_OK;
  f->len = 0;
  int result = f->real->pMethods->xWrite(f->real, f->gathered, (int)len, f->at);
  if (result == SQLITE_OK && f->at + (sqlite3_int64)len > f->end) f->end = f->at + (sqlite3_int64)len;
  return result;
}

/* Room that cannot be had now is not missed before it is needed. The memory is free: it was just flushed. */
static void grow_ahead(struct log_file *f) {
  sqlite3_int64 goal = (f->end / log_step_bytes + 1) * log_step_bytes;
  bytes_zero(f->gathered, log_gather_bytes);
  while (f->end < goal) {
    sqlite3_int64 left = goal - f->end;
    int len = (int)(left < log_gather_bytes ? left : log_gather_bytes);
    if (f->real->pMethods->xWrite(f->real, f->gathered, len, f->end) != SQLITE_OK) return;
    f->end += len;
  }
}

static int log_sync(sqlite3_file *file, int flags) {
  struct log_file *f = of(file);
  sqlite3_int64 before = f->end;
  int result = flush(f);
  if (result != SQLITE_OK) return result;
  if (f->end > before) grow_ahead(f);
  return f->real->pMethods->xSync(f->real, flags);
}

static int log_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at) {
  struct log_file *f = of(file);
  bool follows = at == f->at + (sqlite3_int64)f->len && f->len + (size_t)len <= log_gather_bytes;
  if (!follows) {
    int result = flush(f);
    if (result != SQLITE_OK) return result;
    f->at = at;
  }
  ASSERT(len <= log_gather_bytes); /* SQLite's largest page */
  bytes_copy(f->gathered + f->len, bytes, (size_t)len);
  f->len += (size_t)len;
  return SQLITE_OK;
}

/* SQLite looks at the head of a log for one reason alone: it is about to find out what was committed. */
static bool begins_recovery(int len, sqlite3_int64 at) { return at == 0 && len == log_head_bytes; }

static int settle(struct log_file *f) {
  int result = flush(f);
  if (result == SQLITE_OK) result = f->real->pMethods->xFileSize(f->real, &f->end);
  return result == SQLITE_OK ? log_settle(f->real, f->end, f->gathered) : result;
}

/* A large transaction reads back what it put away; mostly from the file, sometimes from here. */
static int log_read(sqlite3_file *file, void *out, int len, sqlite3_int64 at) {
  struct log_file *f = of(file);
  if (begins_recovery(len, at) && !f->read_only) {
    int result = settle(f);
    if (result != SQLITE_OK) return result;
  }
  sqlite3_int64 end = f->at + (sqlite3_int64)f->len;
  if (f->len && at >= f->at && at + len <= end) {
    bytes_copy(out, f->gathered + (at - f->at), (size_t)len);
    return SQLITE_OK;
  }
  if (f->len && at < end && at + len > f->at) {
    int result = flush(f);
    if (result != SQLITE_OK) return result;
  }
  return f->real->pMethods->xRead(f->real, out, len, at);
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size) {
  struct log_file *f = of(file);
  int result = flush(f);
  if (result == SQLITE_OK) result = f->real->pMethods->xTruncate(f->real, size);
  if (result == SQLITE_OK) f->end = size;
  return result;
}

static int log_size(sqlite3_file *file, sqlite3_int64 *out) {
  struct log_file *f = of(file);
  int result = flush(f);
  return result == SQLITE_OK ? f->real->pMethods->xFileSize(f->real, out) : result;
}

static int log_close(sqlite3_file *file) {
  struct log_file *f = of(file);
  if (f->pages) f->pages->log = NULL;
  free(f->gathered);
  f->gathered = NULL;
  return f->real->pMethods->xClose(f->real);
}

static int log_lock(sqlite3_file *f, int level) { return of(f)->real->pMethods->xLock(of(f)->real, level); }
static int log_unlock(sqlite3_file *f, int level) {
  return of(f)->real->pMethods->xUnlock(of(f)->real, level);
}
static int log_is_reserved(sqlite3_file *f, int *out) {
  return of(f)->real->pMethods->xCheckReservedLock(of(f)->real, out);
}
static int log_control(sqlite3_file *f, int op, void *arg) {
  return of(f)->real->pMethods->xFileControl(of(f)->real, op, arg);
}
static int log_sector(sqlite3_file *f) { return of(f)->real->pMethods->xSectorSize(of(f)->real); }
static int log_traits(sqlite3_file *f) { return of(f)->real->pMethods->xDeviceCharacteristics(of(f)->real); }

static const sqlite3_io_methods log_methods = {.iVersion = 1,
                                               .xClose = log_close,
                                               .xRead = log_read,
                                               .xWrite = log_write,
                                               .xTruncate = log_truncate,
                                               .xSync = log_sync,
                                               .xFileSize = log_size,
                                               .xLock = log_lock,
                                               .xUnlock = log_unlock,
                                               .xCheckReservedLock = log_is_reserved,
                                               .xFileControl = log_control,
                                               .xSectorSize = log_sector,
                                               .xDeviceCharacteristics = log_traits};

/* ---- the layer ---- */

static void let_go(sqlite3_file *log) { (void)flush(of(log)); }

/* Whoever owns the database alone never lets go: nobody else writes there. */
static void stand_beside(struct log_file *f, const char *name) {
  f->pages = page_beside(name);
  if (!f->pages) return;
  f->pages->let_go = let_go;
  f->pages->log = &f->base;
}

static int open_log(sqlite3_vfs *real_vfs, const char *name, struct log_file *f, int flags, int *flags_out) {
  *f = (struct log_file){.real = (sqlite3_file *)(f + 1)};
  f->gathered = malloc(log_gather_bytes);
  if (!f->gathered) return SQLITE_NOMEM;
  int opened = 0;
  int result = real_vfs->xOpen(real_vfs, name, f->real, flags, &opened);
  f->read_only = (opened & SQLITE_OPEN_READONLY) != 0;
  if (flags_out) *flags_out = opened;
  if (result == SQLITE_OK) {
    result = f->real->pMethods->xFileSize(f->real, &f->end);
    if (result != SQLITE_OK) (void)f->real->pMethods->xClose(f->real);
  }
  if (result == SQLITE_OK) {
    f->base.pMethods = &log_methods;
    stand_beside(f, name);
  } else {
    free(f->gathered);
  }
  return result;
}

static int layer_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *flags_out) {
  if (flags & SQLITE_OPEN_WAL) return open_log(below(vfs), name, of(file), flags, flags_out);
  if (flags & SQLITE_OPEN_MAIN_DB)
    return page_open(below(vfs), name, (struct page_file *)file, flags, flags_out);
  return below(vfs)->xOpen(below(vfs), name, file, flags, flags_out);
}
static int layer_delete(sqlite3_vfs *vfs, const char *name, int sync) {
  return below(vfs)->xDelete(below(vfs), name, sync);
}
static int layer_access(sqlite3_vfs *vfs, const char *name, int flags, int *out) {
  return below(vfs)->xAccess(below(vfs), name, flags, out);
}
static int layer_path(sqlite3_vfs *vfs, const char *name, int len, char *out) {
  return below(vfs)->xFullPathname(below(vfs), name, len, out);
}
static int layer_randomness(sqlite3_vfs *vfs, int len, char *out) {
  return below(vfs)->xRandomness(below(vfs), len, out);
}
static int layer_sleep(sqlite3_vfs *vfs, int us) { return below(vfs)->xSleep(below(vfs), us); }
static int layer_day(sqlite3_vfs *vfs, double *out) { return below(vfs)->xCurrentTime(below(vfs), out); }
static int layer_time(sqlite3_vfs *vfs, sqlite3_int64 *out) {
  return below(vfs)->xCurrentTimeInt64(below(vfs), out);
}
static int layer_last_error(sqlite3_vfs *vfs, int len, char *out) {
  return below(vfs)->xGetLastError(below(vfs), len, out);
}

static const size_t largest_file = sizeof(struct log_file) > sizeof(struct page_file)
                                       ? sizeof(struct log_file)
                                       : sizeof(struct page_file);

static err make_layer(const char *name, sqlite3_vfs *real) {
  struct layer *l = calloc(1, sizeof *l);
  if (!l) return ERR_NO_MEMORY;
  (void)snprintf(l->name, sizeof l->name, "%s", name);
  l->vfs = (sqlite3_vfs){.iVersion = 2,
                         .szOsFile = (int)largest_file + real->szOsFile,
                         .mxPathname = real->mxPathname,
                         .zName = l->name,
                         .pAppData = real,
                         .xOpen = layer_open,
                         .xDelete = layer_delete,
                         .xAccess = layer_access,
                         .xFullPathname = layer_path,
                         .xRandomness = layer_randomness,
                         .xSleep = layer_sleep,
                         .xCurrentTime = layer_day,
                         .xGetLastError = layer_last_error,
                         .xCurrentTimeInt64 = layer_time};
  if (sqlite3_vfs_register(&l->vfs, 0) == SQLITE_OK) return ERR_OK;
  free(l);
  return ERR_NO_MEMORY;
}

err log_vfs_over(char out[log_vfs_name_bytes_max], const char *base) {
  sqlite3_vfs *real = sqlite3_vfs_find(base);
  if (!real || strlen(base) + sizeof "log-" > log_vfs_name_bytes_max) return ERR_NOT_FOUND;
  (void)snprintf(out, log_vfs_name_bytes_max, "log-%s", base);
  return sqlite3_vfs_find(out) ? ERR_OK : make_layer(out, real);
}
