/* qr.h: private to this folder: a text as a QR code that a page draws. */
#ifndef TUTTI_SERVER_API_QR_H
#define TUTTI_SERVER_API_QR_H

#include <jansson.h>

#include "shared/base/bytes.h"

/* {size, path}: an SVG path in a square of `size` units, quiet zone included. ERR_TOO_BIG for a text that no
 * code holds. */
MUST_USE err qr_json(json_t **out, const char *text);

#endif
