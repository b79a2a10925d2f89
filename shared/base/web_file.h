/* web_file.h: a web file inside the daemon. Tables of these are made by tutti_embed() from a folder of built
 * files. */
#ifndef TUTTI_BASE_WEB_FILE_H
#define TUTTI_BASE_WEB_FILE_H

#include <stddef.h>
#include <stdint.h>

/* Everything is static and constant. Only the compressed form is kept: every browser Tutti supports takes
 * gzip. */
struct web_file {
  const char *path;    /* "/index.html", from the root of the embedded folder */
  const char *type;    /* "text/html; charset=utf-8" */
  const char *etag;    /* quoted, from the content's SHA-256 */
  const uint8_t *gzip; /* the content, gzip'd */
  size_t gzip_len;
};

#endif
