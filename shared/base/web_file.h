/* web_file.h: a web file inside the daemon. Tables of these are made by tutti_embed() from a folder of built
 * files. */
#ifndef TUTTI_BASE_WEB_FILE_H
#define TUTTI_BASE_WEB_FILE_H

#include <stddef.h>
#include <stdint.h>

/* Everything is static and constant. Only compressed forms are kept: every browser Tutti supports takes gzip,
 * and over TLS brotli, which is an eighth smaller. */
struct web_form {
  const char *coding; /* "gzip", "br", as HTTP names it */
  const char *etag;   /* quoted, from the content's SHA-256; another one for each form, as HTTP wants it */
  const uint8_t *bytes;
  size_t len;
};
struct web_file {
  const char *path;             /* "/index.html", from the root of the embedded folder */
  const char *type;             /* "text/html; charset=utf-8" */
  struct web_form gzip, brotli; /* brotli.coding is NULL where it was not asked for or saves nothing */
};

#endif
