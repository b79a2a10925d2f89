/* data_dir.c: opening the data directory: mode 0700, ours, locked. */
#include "client/kiosk/data_dir.h"

#include <dirent.h>
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

/* Any of them is a device's; a backup may have left out the others. */
static bool is_of_device(const char *name) {
  static const char *const names[] = {"lock", "outbox", "identity", "staff", "spare", "gone", "device.db"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (strcmp(name, names[i]) == 0) return true;
  }
  return false;
}

/* What is hidden, or stands on every fresh disk, is nobody's work. */
static bool is_of_system(const char *name) { return name[0] == '.' || strcmp(name, "lost+found") == 0; }

static err look_inside(int fd, const char *dir, bool *device_out, bool *other_out, struct fault *fault) {
  int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* readdir moves the place it reads from */
  DIR *list = again < 0 ? NULL : fdopendir(again);
  if (!list) {
    int why = errno;
    if (again >= 0) (void)close(again);
    return refuse(fault, dir, why);
  }
  *device_out = *other_out = false;
  for (const struct dirent *one = readdir(list); one; one = readdir(list)) {
    *device_out = *device_out || is_of_device(one->d_name);
    *other_out = *other_out || !(is_of_device(one->d_name) || is_of_system(one->d_name));
  }
  (void)closedir(list);
  return ERR_OK;
}

/* Whoever names the wrong directory does not find it closed to everybody else, nor reads that all was sent.
 */
static err check_holding(int fd, const char *dir, bool make, struct fault *fault) {
  bool device = false, other = false;
  TRY(look_inside(fd, dir, &device, &other, fault));
  if (device || (make && !other)) return ERR_OK;
  if (make)
    return fault_set(fault, ERR_NOT_FOUND,
                     "%.120s holds other things and no device: give an empty directory, or a new one", dir);
  return fault_set(fault, ERR_NOT_FOUND,
                   "%.120s holds no device: give the directory that tutti-kiosk was started with", dir);
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

static err open_inside(struct data_dir *out, int fd, const char *dir, bool make, struct fault *fault) {
  int len = snprintf(out->database, sizeof out->database, "%s/device.db", dir);
  if (len < 0 || (size_t)len >= sizeof out->database)
    return fault_set(fault, ERR_TOO_BIG, "the path given with --data is too long");
  TRY(check_holding(fd, dir, make, fault));
  TRY(make_private(fd, dir, fault));
  err e = process_lock_dir(&out->lock, fd, dir, fault);
  if (e != ERR_OK) return e == ERR_BUSY ? e : refuse(fault, dir, errno);
  e = file_posix_init(&out->files, dir, fault);
  if (e != ERR_OK) (void)close(out->lock);
  return e;
}

err data_dir_open(struct data_dir *out, const char *dir, bool make, struct fault *fault) {
  *out = (struct data_dir){.lock = -1};
  if (make && mkdir(dir, 0700) && errno != EEXIST) return refuse(fault, dir, errno);
  int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT && !make)
    return fault_set(
        fault, ERR_NOT_FOUND,
        "%.120s is not there, so it holds no device: give the directory that tutti-kiosk was started "
        "with",
        dir);
  if (fd < 0) return refuse(fault, dir, errno);
  err e = open_inside(out, fd, dir, make, fault);
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
