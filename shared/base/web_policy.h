/* web_policy.h: what both daemons accept and say over HTTP/1.1: Host and Origin rules, embedded files,
 * response heads. Pure: no socket. */
#ifndef TUTTI_BASE_WEB_POLICY_H
#define TUTTI_BASE_WEB_POLICY_H

#include "shared/base/bytes.h"
#include "shared/base/web_file.h"

/* Names a server goes by; a Host header must be one of them with the server's port. */
struct web_names {
  const char *const *names; /* "localhost", "127.0.0.1", "[::1]" */
  size_t count;
  uint16_t port;
  bool tls;
};
bool web_host_is_ours(struct slice host, const struct web_names *ours);
/* The name alone: for a server behind another one, whose port is not its own. */
bool web_name_is_ours(struct slice host, const char *const *names, size_t count);
/* The scheme must fit too: "http://localhost:8444". "null" and everything opaque is foreign. */
bool web_origin_is_ours(struct slice origin, const struct web_names *ours);
/* For a server that may be reached by any name: the Origin is the one this request's own Host header makes.
 */
bool web_origin_fits_host(struct slice origin, struct slice host, bool tls);
/* A Host header that is one plain authority: letters, digits, ".-:[]" only, not empty. */
bool web_host_is_plain(struct slice host);

/* The file for a request path, query excluded. "/" and paths whose last part has no dot give /index.html,
 * because the pages route themselves. Only names of the table can be found, so no path leads anywhere else.
 * NULL when there is none. */
const struct web_file *web_file_find(const struct web_file *files, size_t count, struct slice path);
/* The smallest form that the browser takes; NULL: none. An absent (empty) header accepts anything, and is
 * answered with gzip. */
const struct web_form *web_file_form(const struct web_file *file, struct slice accept_encoding);
bool web_etag_matches(struct slice if_none_match, const char *etag);
/* A Connection header that says "close": so must the answer's, or the client takes the connection for one
 * that goes on (RFC 9112, 9.6). */
bool web_asks_to_close(struct slice connection);

/* "HTTP/1.1 200 OK" and every header, the security ones always, up to the empty line. */
struct web_head {
  unsigned status;
  const char *type;       /* NULL: no body is described */
  uint64_t length;        /* of the body; sent unless `endless` */
  bool endless;           /* an event stream: no length, the connection is the end */
  const char *etag;       /* NULL: not to be kept by anybody ("no-store"); else "no-cache" */
  bool secret;            /* with an etag: it still may not be written to a disk */
  const char *coding;     /* NULL: the body is as it is */
  bool close;             /* "Connection: close" */
  bool runs_core;         /* of the field app in a browser: its policy lets it run the core in a worker */
  const char *location;   /* NULL: none; with 308 */
  const char *set_cookie; /* NULL: none */
  const char *file_name;  /* NULL: none; letters, digits, ".-_": the body is to be saved under it */
  const char *allow;      /* NULL: none; "GET, HEAD" with 405 */
  unsigned retry_after_s; /* 0: none */
};
MUST_USE err web_head_write(struct buf *out, const struct web_head *head);
/* "Not Found"; "Error" for numbers Tutti never sends. */
const char *web_status_text(unsigned status);

#endif
