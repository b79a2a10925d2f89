/* http.h: one request of the office and its answer as data: server/net carries them, server/api gives them
 * meaning, neither knows the other. */
#ifndef TUTTI_SERVER_HTTP_H
#define TUTTI_SERVER_HTTP_H

#include "server/core/store.h"

enum http_method { HTTP_GET, HTTP_POST };
/* All slices live as long as the exchange. */
struct http_request {
  enum http_method method;
  struct slice path;   /* "/api/today", decoded */
  struct slice query;  /* "date=2026-11-21&x=y", its parts decoded */
  struct slice body;   /* whole */
  struct slice cookie; /* the Cookie header */
  struct slice csrf;   /* X-Tutti-CSRF */
  struct slice bearer; /* the Authorization header: a script's key */
  bool from_browser;   /* it said where it comes from, and that was our own page */
  /* Empty when the request has none. */
  struct slice content_type, if_none_match;
  struct slice peer; /* the other side's address in numbers, for limits on sign-in; never logged */
};
enum { http_cookie_bytes_max = 192, http_etag_bytes_max = 36, http_file_name_bytes_max = 96 };
struct http_answer {
  unsigned status;
  struct buf body; /* JSON, or empty; bounded by http_answer_bytes_max */
  char set_cookie[http_cookie_bytes_max];
  int64_t events_until_ms;                  /* not 0: no body, an event stream instead, until then */
  char etag[http_etag_bytes_max];           /* with its quotes; "": nobody is to keep this answer */
  unsigned retry_after_s;                   /* not 0: the Retry-After header */
  const char *type;                         /* NULL: the body is JSON */
  char file_name[http_file_name_bytes_max]; /* not "": the body is a file to be saved under this name */
};
struct http_exchange {
  struct http_request request;
  struct http_answer answer;
  struct now now; /* of this step */
  struct arena arena;
  /* Is this device's connection open at the moment? Callable from every thread. */
  bool (*online)(const void *online_ctx, const struct id *device);
  const void *online_ctx;
  struct change_set changes; /* what a writer's step committed: everybody hears of it with the answer */
  unsigned phase;            /* how many steps were done; the resource's own */
  void *state;               /* the resource's own, in the arena, from step to step */
};
/* Where an exchange goes next. Reading and hashing happen on readers, writing on the writer, and nothing of
 * it on the loop. */
enum http_next { HTTP_DONE, HTTP_READER, HTTP_WRITER };
struct http_api {
  void *ctx;
  /* The first step runs on a reader, each later one on the thread the step before asked for. The store is
   * that thread's own. */
  enum http_next (*step)(void *ctx, struct http_exchange *x, struct store *store);
};

#endif
