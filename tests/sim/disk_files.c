/* disk_files.c: the virtual disk as the core's own files: outbox, identity, staff. */
#include <stdlib.h>

#include "tests/sim/disk.h"
#include "tests/sim/memory.h"

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
  if (create) TRY(disk_name(d, f, there));
  *out = memory_calloc(1, sizeof **out);
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
  TRY(disk_reads(f->disk));
  if (at + len > f->file->now.len) return ERR_TRUNCATED;
  disk_read(f->file, at, out, len);
  return ERR_OK;
}

static err write_file(struct file *f, uint64_t at, struct slice bytes) {
  return disk_write(f->disk, f->file, at, bytes.ptr, bytes.len);
}

static err truncate_file(struct file *f, uint64_t size) { return disk_truncate(f->disk, f->file, size); }

static err sync_file(struct file *f) { return disk_sync(f->disk, f->file); }

/* A file that was not there is there whole, or not at all. */
static err replace_file(void *ctx, const char *name, struct slice bytes) {
  struct disk *d = ctx;
  if (d->dead) return ERR_IO;
  bool there = disk_find(d, name, false) != NULL;
  struct disk_file *f = disk_find(d, name, true);
  f->now.exists = there;
  return disk_replace(d, f, bytes);
}

static err remove_file(void *ctx, const char *name) {
  struct disk *d = ctx;
  if (d->dead) return ERR_IO;
  struct disk_file *f = disk_find(d, name, false);
  if (!f) return ERR_OK;
  return disk_remove(d, f, true);
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
