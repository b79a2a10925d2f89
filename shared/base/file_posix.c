/* file_posix.c: plain files in one directory, durable and refusing whatever is not a regular file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/base/file.h"

enum {
  name_bytes_max = 200,
  ending_bytes_max = 16,
  path_bytes_max = 4096,
  read_step_bytes = 65536,
  file_mode = 0600
};

struct file {
  int fd;
};
struct directory {
  int fd;
};

static err err_of_errno(int number) {
  switch (number) {
  case ENOENT:
  case ENOTDIR: return ERR_NOT_FOUND;
  case ENOSPC:
  case EDQUOT:
  case EFBIG: return ERR_FULL;
  case EROFS:
  case EACCES:
  case EPERM: return ERR_READ_ONLY;
  case EEXIST: return ERR_EXISTS;
  case ENOMEM: return ERR_NO_MEMORY;
  case ELOOP:
  case EISDIR:
  case ENXIO: return ERR_INVALID;
  default: return ERR_IO;
  }
}

/* Not a hundred lines of input checks: names are ours, so a wrong one is a fault in the program. */
static void check_name(const char *name) {
  ASSERT(name && name[0] && strlen(name) <= name_bytes_max);
  ASSERT(!strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0);
}

/* Without O_NONBLOCK opening a FIFO would wait for its writer. */
static err open_regular(int dir, const char *name, int flags, int *fd_out) {
  int fd = openat(dir, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, file_mode);
  if (fd < 0) return err_of_errno(errno);
  struct stat st;
  err e = fstat(fd, &st) == 0 ? ERR_OK : err_of_errno(errno);
  if (e == ERR_OK && !S_ISREG(st.st_mode)) e = ERR_INVALID;
  if (e == ERR_OK) {
    *fd_out = fd;
    return ERR_OK;
  }
  (void)close(fd);
  return e;
}

/* Such a disk still gives what it has. */
static err unless_closed(err e) { return e == ERR_FULL || e == ERR_READ_ONLY ? ERR_OK : e; }

static err sync_fd(int fd) { return fsync(fd) == 0 ? ERR_OK : err_of_errno(errno); }

static err write_fd(int fd, uint64_t offset, struct slice bytes) {
  for (size_t done = 0; done < bytes.len;) {
    ssize_t n = pwrite(fd, bytes.ptr + done, bytes.len - done, (off_t)(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return err_of_errno(errno);
    done += (size_t)n;
  }
  return ERR_OK;
}

static err create_durably(const struct directory *dir, const char *name, int *fd_out) {
  TRY(open_regular(dir->fd, name, O_RDWR | O_CREAT | O_EXCL, fd_out));
  err e = sync_fd(*fd_out);
  if (e == ERR_OK) e = sync_fd(dir->fd);
  if (e != ERR_OK) (void)close(*fd_out);
  return e;
}

static err unlink_if_there(int dir, const char *name) {
  return unlinkat(dir, name, 0) == 0 || errno == ENOENT ? ERR_OK : err_of_errno(errno);
}

/* Names are written into the directory when a file is made, replaced or removed. Where its flush failed they
 * can be read, and a later flush has nothing to write: so something is changed in it first. Who may not write
 * here loses nothing. Others may do the same at the same time: what they made or removed meanwhile is a
 * change too. */
static err settle_names(const struct directory *dir) {
  static const char passing[] = ".tutti-names";
  int fd = -1;
  err e = unlink_if_there(dir->fd, passing);
  if (e == ERR_OK) e = open_regular(dir->fd, passing, O_RDWR | O_CREAT | O_EXCL, &fd);
  if (fd >= 0) (void)close(fd);
  if (e != ERR_OK && e != ERR_EXISTS) return unless_closed(e);
  TRY(unlink_if_there(dir->fd, passing));
  return sync_fd(dir->fd);
}

static err op_open(void *ctx, const char *name, bool create, struct file **out) {
  struct directory *dir = ctx;
  check_name(name);
  int fd = -1;
  err e = open_regular(dir->fd, name, O_RDWR, &fd);
  bool made = e == ERR_NOT_FOUND && create;
  if (made) e = create_durably(dir, name, &fd);
  if (e == ERR_EXISTS) { /* somebody else made it just now */
    e = open_regular(dir->fd, name, O_RDWR, &fd);
    made = false;
  }
  bool found = !made && e == ERR_OK;
  if (found && create) e = settle_names(dir);
  if (e != ERR_OK) {
    if (found) (void)close(fd);
    return e;
  }
  struct file *f = malloc(sizeof *f);
  if (!f) {
    (void)close(fd);
    return ERR_NO_MEMORY;
  }
  f->fd = fd;
  *out = f;
  return ERR_OK;
}

static void op_close(struct file *f) {
  if (!f) return;
  (void)close(f->fd);
  free(f);
}

static err op_size(struct file *f, uint64_t *out) {
  struct stat st;
  if (fstat(f->fd, &st) != 0) return err_of_errno(errno);
  *out = (uint64_t)st.st_size;
  return ERR_OK;
}

static err op_read(struct file *f, uint64_t offset, void *out, size_t len) {
  for (size_t done = 0; done < len;) {
    ssize_t n = pread(f->fd, (uint8_t *)out + done, len - done, (off_t)(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return err_of_errno(errno);
    if (n == 0) return ERR_TRUNCATED;
    done += (size_t)n;
  }
  return ERR_OK;
}

static err op_write(struct file *f, uint64_t offset, struct slice bytes) {
  return write_fd(f->fd, offset, bytes);
}

static err op_truncate(struct file *f, uint64_t size) {
  return ftruncate(f->fd, (off_t)size) == 0 ? ERR_OK : err_of_errno(errno);
}

static err op_sync(struct file *f) { return sync_fd(f->fd); }

static err write_and_sync(int fd, struct slice bytes) {
  TRY(write_fd(fd, 0, bytes));
  return sync_fd(fd);
}

/* A reader sees the old content or the new, also after a power cut: the new one is durable before it takes
 * the name. `ending`: of the fresh file until then; one that a power cut left is removed. */
static err replace_at(int dir, const char *name, const char *ending, struct slice bytes) {
  char fresh[name_bytes_max + ending_bytes_max];
  (void)snprintf(fresh, sizeof fresh, "%s%s", name, ending);
  if (unlinkat(dir, fresh, 0) != 0 && errno != ENOENT) return err_of_errno(errno);
  int fd = -1;
  TRY(open_regular(dir, fresh, O_WRONLY | O_CREAT | O_EXCL, &fd));
  err e = write_and_sync(fd, bytes);
  (void)close(fd);
  if (e == ERR_OK && renameat(dir, fresh, dir, name) != 0) e = err_of_errno(errno);
  if (e != ERR_OK) {
    (void)unlinkat(dir, fresh, 0);
    return e;
  }
  return sync_fd(dir);
}

static err op_replace(void *ctx, const char *name, struct slice bytes) {
  check_name(name);
  return replace_at(((struct directory *)ctx)->fd, name, ".new", bytes);
}

static err op_remove(void *ctx, const char *name) {
  struct directory *dir = ctx;
  check_name(name);
  if (unlinkat(dir->fd, name, 0) == 0) return sync_fd(dir->fd);
  return errno == ENOENT ? ERR_OK : err_of_errno(errno);
}

static err open_directory(int *fd_out, const char *dir, struct fault *fault) {
  int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) {
    *fd_out = fd;
    return ERR_OK;
  }
  err e = err_of_errno(errno);
  return fault_set(fault, e, "The directory %s cannot be opened (%s): create it or choose another.", dir,
                   err_text(e));
}

err file_posix_init(struct file_ops *out, const char *dir, struct fault *fault) {
  int fd = -1;
  TRY(open_directory(&fd, dir, fault));
  struct directory *ctx = malloc(sizeof *ctx);
  if (!ctx) {
    (void)close(fd);
    return fault_set(fault, ERR_NO_MEMORY, "%s", err_text(ERR_NO_MEMORY));
  }
  ctx->fd = fd;
  *out = (struct file_ops){ctx,      op_open,     op_close, op_size,    op_read,
                           op_write, op_truncate, op_sync,  op_replace, op_remove};
  return ERR_OK;
}

void file_posix_finish(struct file_ops *ops) {
  struct directory *dir = ops->ctx;
  if (!dir) return;
  (void)close(dir->fd);
  free(dir);
  *ops = (struct file_ops){0};
}

/* Reads to the end rather than to the size that was told: a file may grow or shrink meanwhile. */
static err read_to_end(int fd, struct buf *out, size_t bytes_max) {
  for (;;) {
    size_t room = bytes_max - out->len < read_step_bytes ? bytes_max - out->len : read_step_bytes;
    TRY(buf_reserve(out, room + 1)); /* one more, to see that there is more */
    ssize_t n = read(fd, out->ptr + out->len, room + 1);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return err_of_errno(errno);
    if (n == 0) return ERR_OK;
    if ((size_t)n > bytes_max - out->len) return ERR_TOO_BIG;
    out->len += (size_t)n;
  }
}

err file_posix_read_all(struct buf *out, const char *path, size_t bytes_max, struct fault *fault) {
  ASSERT(bytes_max < SIZE_MAX);
  int fd = -1;
  struct buf content = BUF_INIT(bytes_max + 1);
  err e = open_regular(AT_FDCWD, path, O_RDONLY, &fd);
  if (e == ERR_OK) {
    e = read_to_end(fd, &content, bytes_max);
    (void)close(fd);
  }
  buf_clear(out);
  if (e == ERR_OK) e = buf_append(out, buf_slice(&content));
  buf_wipe(&content); /* it may have been a key file */
  if (e == ERR_OK) return ERR_OK;
  if (e == ERR_READ_ONLY) e = ERR_FORBIDDEN;
  if (e == ERR_INVALID)
    return fault_set(fault, e, "%s is a link or not a regular file: name the file itself.", path);
  return fault_set(fault, e, "%s cannot be read: %s.", path, err_text(e));
}

/* The directory's part of a path, and its last name. */
static err split_path(char dir[path_bytes_max], const char **name_out, const char *path) {
  const char *slash = strrchr(path, '/');
  *name_out = slash ? slash + 1 : path;
  size_t len = slash ? (size_t)(slash - path) : 0;
  size_t name_len = strlen(*name_out);
  if (len + 2 > path_bytes_max || name_len == 0 || name_len > name_bytes_max) return ERR_INVALID;
  bytes_copy(dir, slash ? path : ".", slash ? len : 1);
  dir[slash ? len : 1] = 0;
  if (slash == path) bytes_copy(dir, "/", 2);
  return ERR_OK;
}

/* A link is replaced and not followed; whoever names a device or a pipe by mistake keeps it. */
static bool may_be_replaced(int dir, const char *name) {
  struct stat st;
  return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || S_ISREG(st.st_mode) || S_ISLNK(st.st_mode);
}

err file_posix_write_all(const char *path, struct slice bytes, struct fault *fault) {
  char dir[path_bytes_max];
  const char *name;
  if (split_path(dir, &name, path) != ERR_OK || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
    return fault_set(fault, ERR_INVALID, "%s does not name a file: give the path of a file.", path);
  }
  int fd = -1;
  TRY(open_directory(&fd, dir, fault));
  /* Not ".new": beside a file of somebody's own there may be one of that name. */
  err e = may_be_replaced(fd, name) ? replace_at(fd, name, ".tutti-new", bytes) : ERR_INVALID;
  (void)close(fd);
  if (e == ERR_OK) return ERR_OK;
  if (e == ERR_INVALID) return fault_set(fault, e, "%s is there and is no file: name another.", path);
  return fault_set(fault, e, "%s cannot be written: %s.", path, err_text(e));
}
