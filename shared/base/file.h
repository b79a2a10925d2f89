/* file.h: the few file operations the core needs outside SQLite (the outbox, the device's identity). Hosts
 * and the simulator implement them. */
#ifndef TUTTI_BASE_FILE_H
#define TUTTI_BASE_FILE_H

#include "shared/base/bytes.h"

struct file; /* an open file, defined by the implementation */

/* All names are plain file names inside the directory the implementation was made for. */
struct file_ops {
  void *ctx;
  /* Opens for reading and appending, creating it if `create`; ERR_NOT_FOUND otherwise. With `create` the name
   * is durable when this returns, also of a file that is there already, and so is every other name in the
   * directory: whoever replaced one may have been told that it failed, or have been killed, after everybody
   * could read it. What is read before that is not followed by anything that cannot be taken back. */
  err (*open)(void *ctx, const char *name, bool create, struct file **out);
  void (*close)(struct file *f); /* NULL is accepted */
  err (*size)(struct file *f, uint64_t *out);
  err (*read)(struct file *f, uint64_t offset, void *out,
              size_t len); /* ERR_TRUNCATED when the file is shorter */
  err (*write)(struct file *f, uint64_t offset, struct slice bytes); /* ERR_FULL, ERR_READ_ONLY, ERR_IO */
  err (*truncate)(struct file *f, uint64_t size);
  err (*sync)(struct file *f); /* returns after the bytes are durable */
  /* Replaces the whole content of `name` atomically and durably (write, sync, rename, sync directory). */
  err (*replace)(void *ctx, const char *name, struct slice bytes);
  err (*remove)(void *ctx, const char *name); /* ERR_OK when it is not there */
};

/* POSIX files inside `dir` (file_posix.c; native only). `out->ctx` is freed by file_posix_finish. Refuses
 * symlinks and FIFOs. */
MUST_USE err file_posix_init(struct file_ops *out, const char *dir, struct fault *fault);
void file_posix_finish(struct file_ops *ops);
/* Reads a whole regular file of at most `bytes_max`; follows no symlink, refuses FIFOs and devices. `out` is
 * the caller's. */
MUST_USE err file_posix_read_all(struct buf *out, const char *path, size_t bytes_max, struct fault *fault);
/* Writes a whole file atomically and durably with mode 0600, in place of a file or a link of that name;
 * ERR_INVALID for anything else that stands there. */
MUST_USE err file_posix_write_all(const char *path, struct slice bytes, struct fault *fault);

#endif
