/* file_opfs.h: the core's files in a browser. */
#ifndef TUTTI_BROWSER_FILE_OPFS_H
#define TUTTI_BROWSER_FILE_OPFS_H

#include "shared/base/file.h"

/* Nothing to release: the handles are the worker's. */
struct file_ops file_opfs(void);

#endif
