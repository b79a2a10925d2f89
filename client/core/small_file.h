/* small_file.h: a small file that is replaced whole and says by itself whether it is whole. Its bytes are
 * durable before they have its name; the name is durable when the write returned ERR_OK, and once somebody
 * opened a file to make it where it was not there (see file.h): at each start the outbox is the one. */
#ifndef TUTTI_CLIENT_SMALL_FILE_H
#define TUTTI_CLIENT_SMALL_FILE_H

#include "shared/base/file.h"

/* Layout: 8 bytes of magic, the content, BLAKE2b-256 ("tutti.file") of both. */
/* ERR_NOT_FOUND when there is none, ERR_CORRUPT (with a sentence naming the file) when it is not whole, or
 * larger than `out` may become. Appends the content. */
MUST_USE err small_file_read(struct buf *out, const struct file_ops *ops, const char *name,
                             const char magic[9], struct fault *fault);
/* Atomic and durable. */
MUST_USE err small_file_write(const struct file_ops *ops, const char *name, const char magic[9],
                              struct slice content);

#endif
