/* door.h: one way to call the core, whether a kiosk is running or its directory lies idle. */
#ifndef TUTTI_CLIENT_CLI_DOOR_H
#define TUTTI_CLIENT_CLI_DOOR_H

#include <jansson.h>

#include "proto/codec.h"

struct door;
/* `data` NULL: the running kiosk on `port`. Otherwise the directory, opened without a line: ERR_BUSY,
 * ERR_FULL, ERR_READ_ONLY, or ERR_IO for everything else that keeps it from being opened, each with its own
 * sentence. *out is NULL on failure; door_close accepts that. */
MUST_USE err door_open(struct door **out, const char *data, uint16_t port, struct fault *fault);
void door_close(struct door *d);
/* One command. `args` is a JSON object or NULL (borrowed); `file` goes along as the argument "file" when it
 * is not empty. On success *result_out is the result (shape in commands.def; BYTES as {"bytes": n}), the
 * caller's to decref, and `file_out` (may be NULL) gets the result's "file". A refusal is its code and
 * sentence in `fault`, with the whole failure in *result_out. */
MUST_USE err door_call(struct door *d, const char *command, json_t *args, struct slice file,
                       json_t **result_out, struct buf *file_out, struct fault *fault);

#endif
