/* keys_file.h: how renewed keys become durable, whenever the power fails. */
#ifndef TUTTI_SERVER_KEYS_FILE_H
#define TUTTI_SERVER_KEYS_FILE_H

#include "server/core/journal.h"

/* Replaces the keys file, whole or not at all. */
typedef err hub_keys_write(const void *ctx, struct slice file, struct fault *fault);
/* Before anybody is told of the keys that a file was found to hold: its name may be in the machine's memory
 * alone, where whoever wrote it was killed or told that it failed. */
MUST_USE err hub_keys_settle(const struct file_ops *files, const char *name);
/* The journal first: should the file be lost, or restored from an older backup, the keys are there. Then the
 * audit, then the file. Until this returned ERR_OK nobody may be told of the keys in `hub`. */
MUST_USE err hub_keys_keep(const struct hub *hub, struct store *store, const struct now *now,
                           const char *action, const char *detail, hub_keys_write *write, const void *ctx,
                           struct fault *fault);
/* The keys may have been renewed after the file, or the backup it came from: then they take the place of
 * `hub`'s. */
MUST_USE err hub_keys_take_newer(struct hub *hub, struct journal *journal, hub_keys_write *write,
                                 const void *ctx, struct fault *fault);

#endif
