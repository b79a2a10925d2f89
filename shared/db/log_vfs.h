/* log_vfs.h: private to this folder: a file layer under SQLite that writes a transaction's part of the log at
 * once. */
#ifndef TUTTI_DB_LOG_VFS_H
#define TUTTI_DB_LOG_VFS_H

#include <sqlite3.h>

#include "shared/base/err.h"

enum { log_vfs_name_bytes_max = 48 };

/* The name of the layer over `base`, which is made at its first use; ERR_NOT_FOUND when there is no `base`.
 * Layers stay until the process ends; the caller holds a lock of the process. */
MUST_USE err log_vfs_over(char out[log_vfs_name_bytes_max], const char *base);

#endif
