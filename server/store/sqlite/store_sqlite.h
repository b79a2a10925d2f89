/* store_sqlite.h: the embedded store: one SQLite file is one hub. */
#ifndef TUTTI_SERVER_STORE_SQLITE_H
#define TUTTI_SERVER_STORE_SQLITE_H

#include "server/core/views.h"

struct store_sqlite_config {
  const char *path;
  const char *vfs; /* NULL for the platform's */
  bool create, read_only;
};
/* Close with store->ops->close. ERR_NOT_FOUND, ERR_EXISTS (create over an existing hub), ERR_VERSION,
 * ERR_BUSY, ERR_READ_ONLY, ERR_FULL, ERR_CORRUPT. */
MUST_USE err store_sqlite_open(struct store **out, const struct store_sqlite_config *config,
                               struct fault *fault);

/* The whole database as it stands, into a new file, while others go on reading and writing. */
MUST_USE err store_sqlite_backup(struct store *store, const char *path, struct fault *fault);

#endif
