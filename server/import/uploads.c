/* uploads.c: parts appended to private files. */
#include "server/import/uploads.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char suffix[] = ".upload";
/* Workbooks are made beside them, in files that lose their names at once: what has one still, without
 * anything in it, is of a hub that was killed in between (server/api/sheet.c, and its library's "tmp."). */
static const char *const nameless[] = {"sheet-", "tmp."};

err uploads_path(char out[upload_path_bytes_max], const char *dir, const struct id *id) {
  char text[id_text_bytes];
  id_text(text, id);
  int n = snprintf(out, upload_path_bytes_max, "%s/%s%s", dir, text, suffix);
  return n > 0 && n < upload_path_bytes_max ? ERR_OK : ERR_TOO_BIG;
}

static bool is_upload(const char *name) {
  size_t len = strlen(name), end = sizeof suffix - 1;
  return len > end && strcmp(name + len - end, suffix) == 0;
}

static bool is_nameless(const char *name) {
  bool is = false;
  for (size_t i = 0; i < sizeof nameless / sizeof *nameless; i++)
    is = is || strncmp(name, nameless[i], strlen(nameless[i])) == 0;
  return is;
}

/* Removes those whose last part came before a time, and counts the others. */
static err sweep(const char *dir, int64_t before_ms, size_t *left) {
  DIR *d = opendir(dir);
  struct dirent *e;
  *left = 0;
  if (!d) return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
  while ((e = readdir(d)) != NULL) {
    struct stat st;
    bool upload = is_upload(e->d_name);
    if (!upload && !is_nameless(e->d_name)) continue;
    if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) continue;
    bool old = (int64_t)st.st_mtim.tv_sec * 1000 < before_ms;
    if (old)
      (void)unlinkat(dirfd(d), e->d_name, 0);
    else
      *left += upload;
  }
  (void)closedir(d);
  return ERR_OK;
}

err uploads_clear(const char *dir, struct fault *fault) {
  size_t left;
  if (mkdir(dir, 0700) != 0 && errno != EEXIST)
    return fault_set(fault, errno == ENOSPC ? ERR_FULL : ERR_READ_ONLY, "%.150s cannot be made", dir);
  return sweep(dir, INT64_MAX, &left) == ERR_OK ? ERR_OK
                                                : fault_set(fault, ERR_IO, "%.150s cannot be read", dir);
}

static err failure(void) {
  switch (errno) {
  case ENOSPC:
  case EDQUOT: return ERR_FULL;
  case EROFS:
  case EACCES: return ERR_READ_ONLY;
  case ENOENT: return ERR_NOT_FOUND;
  default: return ERR_IO;
  }
}

err uploads_begin(const char *dir, const struct id *id, int64_t now_ms) {
  char path[upload_path_bytes_max];
  size_t left;
  TRY(sweep(dir, now_ms - upload_ms_max, &left));
  if (left >= uploads_max) return ERR_BUSY;
  TRY(uploads_path(path, dir, id));
  int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return failure();
  return close(fd) == 0 ? ERR_OK : ERR_IO;
}

static err write_at(int fd, uint64_t at, struct slice part) {
  struct stat st;
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return ERR_IO;
  uint64_t size = (uint64_t)st.st_size;
  if (at + part.len > upload_bytes_max) return ERR_TOO_BIG;
  if (at > size || (at < size && at + part.len > size)) return ERR_CONFLICT;
  for (size_t done = 0; done < part.len;) {
    ssize_t n = pwrite(fd, part.ptr + done, part.len - done, (off_t)(at + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return failure();
    done += (size_t)n;
  }
  return ERR_OK;
}

err uploads_add(const char *dir, const struct id *id, uint64_t at, struct slice part) {
  char path[upload_path_bytes_max];
  TRY(uploads_path(path, dir, id));
  int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return failure();
  err e = write_at(fd, at, part);
  if (close(fd) != 0 && e == ERR_OK) e = ERR_IO;
  return e;
}

void uploads_remove(const char *dir, const struct id *id) {
  char path[upload_path_bytes_max];
  if (uploads_path(path, dir, id) == ERR_OK) (void)unlink(path);
}
