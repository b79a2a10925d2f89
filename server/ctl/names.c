/* names.c: a file that somebody takes away is there after a power cut once its bytes are, and its name, which
 * stands in the directory above it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/ctl/ctl.h"

/* A share of the network, a stick, or a directory that one may only write into: what cannot be asked there is
 * no reason to say that the file was not written. */
static bool has_no_more_to_promise(int why) {
  return why == EINVAL || why == ENOTSUP || why == ENOSYS || why == EBADF || why == EACCES;
}

err ctl_directory_kept(const char *dir) {
  int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool good = (fd >= 0 && fsync(fd) == 0) || has_no_more_to_promise(errno);
  if (fd >= 0) (void)close(fd);
  return good ? ERR_OK : ERR_IO;
}

err ctl_name_kept(const char *path) {
  char above[path_bytes_max];
  size_t len = strlen(path);
  if (len >= sizeof above) return ERR_TOO_BIG;
  bytes_copy(above, path, len + 1);
  while (len > 1 && above[len - 1] == '/') above[--len] = 0; /* of a directory that was named with it */
  char *slash = strrchr(above, '/');
  if (slash == NULL) return ctl_directory_kept(".");
  slash[slash == above] = 0;
  return ctl_directory_kept(above);
}
