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
/* Makes the directory if it is missing, closes it to other users, takes its lock. ERR_BUSY names the process
 * that has it; ERR_READ_ONLY, ERR_FULL, ERR_FORBIDDEN, ERR_INVALID with a sentence. Nothing is held on
 * failure. */
MUST_USE err data_dir_open(struct data_dir *out, const char *dir, struct fault *fault);
void data_dir_close(struct data_dir *d);

#endif
