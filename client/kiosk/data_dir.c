/* data_dir.c: opening the data directory: mode 0700, ours, locked. */
#include "client/kiosk/data_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/base/process.h"

/* One sentence for each way the machine refuses, with what to do. */
static err refuse(struct fault *fault, const char *dir, int why) {
  switch (why) {
  case ENOSPC:
  case EDQUOT:
    return fault_set(fault, ERR_FULL, "the disk of %.120s is full: free some space and start again", dir);
  case EROFS:
    return fault_set(fault, ERR_READ_ONLY, "%.120s is on a read-only file system: give another --data", dir);
  case EACCES:
  case EPERM:
    return fault_set(fault, ERR_READ_ONLY,
                     "%.120s cannot be written to: change its owner or give another --data", dir);
  case ENOENT:
    return fault_set(fault, ERR_NOT_FOUND, "the folder above %.120s does not exist: make it first", dir);
  case ENOTDIR: return fault_set(fault, ERR_INVALID, "%.120s is not a directory: give another --data", dir);
  default: return fault_set(fault, ERR_IO, "%.120s cannot be used: %.80s", dir, strerrordesc_np(why));
  }
}

/* Somebody else's directory could be read or swapped under us; our own is closed if it stood open. */
static err make_private(int fd, const char *dir, struct fault *fault) {
  struct stat st;
  if (fstat(fd, &st)) return refuse(fault, dir, errno);
  if (st.st_uid != geteuid())
    return fault_set(fault, ERR_FORBIDDEN,
                     "%.120s belongs to another user: run as its owner or give another --data", dir);
  if ((st.st_mode & 077) && fchmod(fd, 0700)) return refuse(fault, dir, errno);
  return ERR_OK;
}

static err open_inside(struct data_dir *out, int fd, const char *dir, struct fault *fault) {
  int len = snprintf(out->database, sizeof out->database, "%s/device.db", dir);
  if (len < 0 || (size_t)len >= sizeof out->database)
    return fault_set(fault, ERR_TOO_BIG, "the path given with --data is too long");
  TRY(make_private(fd, dir, fault));
  err e = process_lock_dir(&out->lock, fd, dir, fault);
  if (e != ERR_OK) return e == ERR_BUSY ? e : refuse(fault, dir, errno);
  e = file_posix_init(&out->files, dir, fault);
  if (e != ERR_OK) (void)close(out->lock);
  return e;
}

err data_dir_open(struct data_dir *out, const char *dir, struct fault *fault) {
  *out = (struct data_dir){.lock = -1};
  if (mkdir(dir, 0700) && errno != EEXIST) return refuse(fault, dir, errno);
  int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return refuse(fault, dir, errno);
  err e = open_inside(out, fd, dir, fault);
  (void)close(fd);
  if (e != ERR_OK) out->lock = -1;
  return e;
}

void data_dir_close(struct data_dir *d) {
  if (d->lock < 0) return;
  file_posix_finish(&d->files);
  (void)close(d->lock);
  d->lock = -1;
}
