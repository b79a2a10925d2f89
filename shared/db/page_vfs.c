/* page_vfs.c: a checkpoint that somebody's reading keeps from going to the end writes its pages and does not
 * flush them: the one that does go to the end flushes both. SQLite counts the first one's pages as written
 * all the same, so when that flush fails the next checkpoint writes the rest alone; its flush works, for on
 * Linux pages that could not be written count as clean, and the log, the only place that still has them, is
 * begun anew.
 *
 * So a flush that fails while pages of an earlier checkpoint wait for it, whoever made that one, is the last
 * one that this file is given: every later one fails too, and with it every checkpoint, and the log stays as
 * it is and grows. Other connections and programs know nothing of it, so the right to make a checkpoint is
 * not given back to them. Commits go on, for the log is flushed; db_is_stuck says so. Whoever opens the file
 * next, when nobody has it open any more, recovers the log and begins at its first frame. */
#include "shared/db/page_vfs.h"

#include <stddef.h>

enum {
  whose_file = 0x74757474,
  write_lock = 0 /* WAL_WRITE_LOCK */,
  checkpoint_lock = 1, /* WAL_CKPT_LOCK */
  backfilled_word = 24 /* of the log's index: see "WAL-mode File Format" in SQLite's documentation */
};

static struct page_file *of(sqlite3_file *f) { return (struct page_file *)f; }
static const sqlite3_io_methods *below(sqlite3_file *f) { return of(f)->real->pMethods; }

static int page_write(sqlite3_file *f, const void *bytes, int len, sqlite3_int64 at) {
  of(f)->written = true;
  of(f)->asked = false;
  return below(f)->xWrite(of(f)->real, bytes, len, at);
}

/* Frames of the log that earlier checkpoints wrote, of this program or of another; the one under way is
 * counted when it was flushed. Some may be durable by now: nobody knows which. */
static bool follows_another(const struct page_file *f) {
  return f->partial || (f->index && f->index[backfilled_word] > 0);
}

static int page_sync(sqlite3_file *file, int flags) {
  struct page_file *f = of(file);
  int result = f->lost ? SQLITE_IOERR_FSYNC : below(file)->xSync(f->real, flags);
  f->asked = true;
  if (result == SQLITE_OK)
    f->written = f->partial = false;
  else if (follows_another(f))
    f->lost = true;
  return result;
}

/* What was written before a checkpoint begins, and nobody asked to flush, is of one that was not complete. */
static int page_control(sqlite3_file *file, int op, void *arg) {
  struct page_file *f = of(file);
  if (op == whose_file) {
    *(struct page_file **)arg = f;
    return SQLITE_OK;
  }
  if (op == page_lost_control) {
    *(int *)arg = f->lost;
    return SQLITE_OK;
  }
  if (op == SQLITE_FCNTL_CKPT_START && f->written && !f->asked) f->partial = true;
  return below(file)->xFileControl(f->real, op, arg);
}

static int page_close(sqlite3_file *f) { return below(f)->xClose(of(f)->real); }
static int page_read(sqlite3_file *f, void *out, int len, sqlite3_int64 at) {
  return below(f)->xRead(of(f)->real, out, len, at);
}
static int page_truncate(sqlite3_file *f, sqlite3_int64 size) {
  return below(f)->xTruncate(of(f)->real, size);
}
static int page_size(sqlite3_file *f, sqlite3_int64 *out) { return below(f)->xFileSize(of(f)->real, out); }
static int page_lock(sqlite3_file *f, int level) { return below(f)->xLock(of(f)->real, level); }
static int page_unlock(sqlite3_file *f, int level) { return below(f)->xUnlock(of(f)->real, level); }
static int page_is_reserved(sqlite3_file *f, int *out) {
  return below(f)->xCheckReservedLock(of(f)->real, out);
}
static int page_sector(sqlite3_file *f) { return below(f)->xSectorSize(of(f)->real); }
static int page_traits(sqlite3_file *f) { return below(f)->xDeviceCharacteristics(of(f)->real); }
static int page_shm_map(sqlite3_file *f, int region, int bytes, int extend, void volatile **out) {
  int result = below(f)->xShmMap(of(f)->real, region, bytes, extend, out);
  if (result == SQLITE_OK && region == 0) of(f)->index = *out;
  return result;
}
static int page_shm_lock(sqlite3_file *f, int offset, int n, int flags) {
  bool lets_go = offset == write_lock && flags == (SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE);
  if (lets_go && of(f)->log) of(f)->let_go(of(f)->log);
  if (of(f)->lost && offset == checkpoint_lock && n == 1)
    return flags & SQLITE_SHM_LOCK ? SQLITE_IOERR_FSYNC : SQLITE_OK;
  return below(f)->xShmLock(of(f)->real, offset, n, flags);
}
static void page_shm_barrier(sqlite3_file *f) { below(f)->xShmBarrier(of(f)->real); }
static int page_shm_unmap(sqlite3_file *f, int remove) {
  if (of(f)->lost)
    (void)below(f)->xShmLock(of(f)->real, checkpoint_lock, 1, SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE);
  of(f)->index = NULL;
  return below(f)->xShmUnmap(of(f)->real, remove);
}

#define PAGE_METHODS                                                                                         \
  .xClose = page_close, .xRead = page_read, .xWrite = page_write, .xTruncate = page_truncate,                \
  .xSync = page_sync, .xFileSize = page_size, .xLock = page_lock, .xUnlock = page_unlock,                    \
  .xCheckReservedLock = page_is_reserved, .xFileControl = page_control, .xSectorSize = page_sector,          \
  .xDeviceCharacteristics = page_traits

/* Files are not mapped into memory, so what a layer has beyond version 2 is not missed. */
static const sqlite3_io_methods alone = {.iVersion = 1, PAGE_METHODS};
static const sqlite3_io_methods shared = {.iVersion = 2,
                                          PAGE_METHODS,
                                          .xShmMap = page_shm_map,
                                          .xShmLock = page_shm_lock,
                                          .xShmBarrier = page_shm_barrier,
                                          .xShmUnmap = page_shm_unmap};

int page_open(sqlite3_vfs *real_vfs, const char *name, struct page_file *f, int flags, int *flags_out) {
  *f = (struct page_file){.real = (sqlite3_file *)(f + 1)};
  f->real->pMethods = (const sqlite3_io_methods *)0;
  int result = real_vfs->xOpen(real_vfs, name, f->real, flags, flags_out);
  if (f->real->pMethods) f->base.pMethods = below(&f->base)->iVersion < 2 ? &alone : &shared;
  return result;
}

struct page_file *page_beside(const char *log_name) {
  struct page_file *f = NULL;
  sqlite3_file *db = log_name ? sqlite3_database_file_object(log_name) : NULL;
  if (db && db->pMethods) (void)db->pMethods->xFileControl(db, whose_file, &f);
  return f;
}
