/* door_json.h: JSON to the door's msgpack and back. */
#ifndef TUTTI_CLIENT_CLI_DOOR_JSON_H
#define TUTTI_CLIENT_CLI_DOOR_JSON_H

#include <jansson.h>

#include "proto/codec.h"

/* Integers, text, booleans, null, arrays and objects; ERR_INVALID for a fraction. */
MUST_USE err door_pack_json(struct packer *p, const json_t *value);
/* NULL without memory. Bytes become {"bytes": length}. */
json_t *door_unpack_json(const item *value);

#endif
