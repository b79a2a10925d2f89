/* data_dir.h: the device's data directory: private, writable, and held by one process at a time. */
#ifndef TUTTI_KIOSK_DATA_DIR_H
#define TUTTI_KIOSK_DATA_DIR_H

#include "shared/base/file.h"

enum { data_path_bytes = 4096 };
struct data_dir {
  int lock; /* the open lock file; -1 when not held */
  char database[data_path_bytes];
  struct file_ops files;
};
/* Closes a device's directory to other users and takes its lock. With `make` it is made if it is missing, and
 * may be empty; without, it has to hold a device already. ERR_NOT_FOUND when it holds none, or other things:
 * then not even its mode is changed. ERR_BUSY names the process that has it; ERR_READ_ONLY, ERR_FULL,
 * ERR_FORBIDDEN, ERR_INVALID. All with a sentence; nothing is held on failure. */
MUST_USE err data_dir_open(struct data_dir *out, const char *dir, bool make, struct fault *fault);
void data_dir_close(struct data_dir *d);

#endif
