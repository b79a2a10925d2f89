/* file_opfs.c: the core's file operations on the handles the worker holds open. */
#include "client/browser/file_opfs.h"

#include <stdlib.h>
#include <string.h>

#include "client/browser/host.h"

struct file {
  int32_t number; /* the worker's; it stays open there, so closing only forgets it here */
};

/* What a number of the host below zero means. */
static err refused(int32_t number) {
  if (number == host_full) return ERR_FULL;
  return number == host_absent ? ERR_NOT_FOUND : ERR_IO;
}

static err opfs_open(void *ctx, const char *name, bool create, struct file **out) {
  (void)ctx;
  int32_t number = host_file_open(name, strlen(name), create);
  if (number < 0) return refused(number);
  struct file *f = malloc(sizeof *f);
  if (!f) return ERR_NO_MEMORY;
  f->number = number;
  *out = f;
  return ERR_OK;
}

static void opfs_close(struct file *f) { free(f); }

static err opfs_size(struct file *f, uint64_t *out) {
  double size = host_file_size(f->number);
  if (size < 0) return ERR_IO;
  *out = (uint64_t)size;
  return ERR_OK;
}

static err opfs_read(struct file *f, uint64_t offset, void *out, size_t len) {
  int32_t got = host_file_read(f->number, out, len, (double)offset);
  if (got < 0) return ERR_IO;
  return (size_t)got == len ? ERR_OK : ERR_TRUNCATED;
}

/* A short write is how a browser says that the quota is used up. */
static err opfs_write(struct file *f, uint64_t offset, struct slice bytes) {
  int32_t put = host_file_write(f->number, bytes.ptr, bytes.len, (double)offset);
  if (put < 0) return ERR_IO;
  return (size_t)put == bytes.len ? ERR_OK : ERR_FULL;
}

static err opfs_truncate(struct file *f, uint64_t size) {
  return host_file_truncate(f->number, (double)size) == 0 ? ERR_OK : ERR_IO;
}

static err opfs_sync(struct file *f) { return host_file_flush(f->number) == 0 ? ERR_OK : ERR_IO; }

static err opfs_replace(void *ctx, const char *name, struct slice bytes) {
  (void)ctx;
  int32_t done = host_file_replace(name, strlen(name), bytes.ptr, bytes.len);
  return done == 0 ? ERR_OK : refused(done);
}

static err opfs_remove(void *ctx, const char *name) {
  (void)ctx;
  return host_file_delete(name, strlen(name)) == 0 ? ERR_OK : ERR_IO;
}

struct file_ops file_opfs(void) {
  return (struct file_ops){
      .open = opfs_open,
      .close = opfs_close,
      .size = opfs_size,
      .read = opfs_read,
      .write = opfs_write,
      .truncate = opfs_truncate,
      .sync = opfs_sync,
      .replace = opfs_replace,
      .remove = opfs_remove,
  };
}
