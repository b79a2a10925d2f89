/* uploads.h: files on their way in, each in the hub's own directory under a random name, readable by the hub
 * alone, and gone when it was applied, after upload_ms_max, or when the hub starts again. */
#ifndef TUTTI_SERVER_IMPORT_UPLOADS_H
#define TUTTI_SERVER_IMPORT_UPLOADS_H

#include "shared/base/bytes.h"
#include "shared/base/id.h"

enum {
  upload_bytes_max = 20971520,    /* of one file */
  upload_part_bytes_max = 524288, /* of one part; a slow line sends smaller ones */
  upload_body_bytes_max = upload_part_bytes_max / 3 * 4 + 1024, /* of the request that carries it */
  uploads_max = 32,                                             /* files waiting */
  upload_ms_max = 7200000,                                      /* since the last part came */
  upload_path_bytes_max = 512,
};
/* Makes the directory, private, and empties it of what a crash left. */
MUST_USE err uploads_clear(const char *dir, struct fault *fault);
/* A new, empty file. Old ones are removed first; ERR_BUSY when there are too many. */
MUST_USE err uploads_begin(const char *dir, const struct id *id, int64_t now_ms);
/* Adds a part behind `at` bytes; the same part may come twice. ERR_NOT_FOUND, ERR_TOO_BIG, ERR_CONFLICT: that
 * is not where the file ends. */
MUST_USE err uploads_add(const char *dir, const struct id *id, uint64_t at, struct slice part);
MUST_USE err uploads_path(char out[upload_path_bytes_max], const char *dir, const struct id *id);
void uploads_remove(const char *dir, const struct id *id);

#endif
