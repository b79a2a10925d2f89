/* disk_files.c: the virtual disk as the core's own files: outbox, identity, staff. */
#include <stdlib.h>

#include "tests/sim/disk.h"

struct file {
  struct disk *disk;
  struct disk_file *file;
};

static err open_file(void *ctx, const char *name, bool create, struct file **out) {
  struct disk *d = ctx;
  if (d->dead) return ERR_IO;
  bool there = disk_find(d, name, false) != NULL;
  struct disk_file *f = disk_find(d, name, create);
  if (!f) return ERR_NOT_FOUND;
  if (!there && !disk_sync(d, f)) return ERR_IO;
  *out = calloc(1, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  **out = (struct file){d, f};
  return ERR_OK;
}

static void close_file(struct file *f) { free(f); }

static err size_file(struct file *f, uint64_t *out) {
  *out = f->file->now.len;
  return f->disk->dead ? ERR_IO : ERR_OK;
}

static err read_file(struct file *f, uint64_t at, void *out, size_t len) {
  if (f->disk->dead) return ERR_IO;
  if (at + len > f->file->now.len) return ERR_TRUNCATED;
  disk_read(f->file, at, out, len);
  return ERR_OK;
}

static err write_file(struct file *f, uint64_t at, struct slice bytes) {
  if (f->disk->dead) return ERR_IO;
  disk_write(f->file, at, bytes.ptr, bytes.len);
  return ERR_OK;
}

static err truncate_file(struct file *f, uint64_t size) {
  if (f->disk->dead) return ERR_IO;
  disk_truncate(f->file, size);
  return ERR_OK;
}

static err sync_file(struct file *f) {
  if (f->disk->dead) return ERR_IO;
#ifdef SIM_MUTANT_OUTBOX_UNSYNCED
  return ERR_OK;
#else
  return disk_sync(f->disk, f->file) ? ERR_OK : ERR_IO;
#endif
}

static err replace_file(void *ctx, const char *name, struct slice bytes) {
  struct disk *d = ctx;
  if (d->dead) return ERR_IO;
  return disk_replace(d, disk_find(d, name, true), bytes) ? ERR_OK : ERR_IO;
}

static err remove_file(void *ctx, const char *name) {
  struct disk *d = ctx;
  if (d->dead) return ERR_IO;
  struct disk_file *f = disk_find(d, name, false);
  if (!f) return ERR_OK;
  return disk_remove(d, f, true) ? ERR_OK : ERR_IO;
}

struct file_ops disk_file_ops(struct disk *d) {
  return (struct file_ops){.ctx = d,
                           .open = open_file,
                           .close = close_file,
                           .size = size_file,
                           .read = read_file,
                           .write = write_file,
                           .truncate = truncate_file,
                           .sync = sync_file,
                           .replace = replace_file,
                           .remove = remove_file};
}
