/* ca_file.h: looks at a file of trusted certificates before the TLS library does, which would only log what
 * is wrong with it. */
#ifndef TUTTI_KIOSK_CA_FILE_H
#define TUTTI_KIOSK_CA_FILE_H

#include "shared/base/err.h"

/* ERR_NOT_FOUND, ERR_MALFORMED with a sentence, unless the PEM file holds at least one certificate. */
MUST_USE err ca_file_check(const char *path, struct fault *fault);

#endif
