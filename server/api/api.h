/* api.h: the office's JSON API without sockets: one request in, one response out. Runs on a worker thread with a store connection of its own, because
 * signing in hashes a password (about 0.1 s). server/net reads HTTP, enforces sizes and deadlines, and calls this; event streams are server/net's too. */
#ifndef TUTTI_SERVER_API_H
#define TUTTI_SERVER_API_H

#include "server/core/views.h"
#include "server/core/hub.h"

/* All slices are lent for the call; absent headers are {NULL, 0}. */
struct api_request {
  struct slice method;         /* "GET", "POST", … */
  struct slice path;           /* decoded by nobody: "/api/registers/0123…"; no query string */
  struct slice query;          /* after '?', without it */
  struct slice body;
  struct slice content_type;
  struct slice host, origin, sec_fetch_site;
  struct slice cookie;         /* the whole Cookie header */
  struct slice csrf;           /* X-Tutti-CSRF */
  struct slice if_none_match;
  struct slice peer;           /* address of the other side, for rate limits; never logged */
  struct now now;
};
struct api_response {
  int status;
  const char *content_type;    /* static */
  char set_cookie[256];        /* "" for none; the whole header's value */
  char etag[40];               /* "" for none */
  int retry_after_s;           /* 0 for none */
  struct buf body;             /* the caller's to finish */
};
struct api_config {
  const struct hub *hub;
  const struct log_sink *log;
  /* Whether a device is connected now; called from worker threads. May be NULL. */
  bool (*device_online)(void *ctx, const struct id *device);
  void *ctx;
};
/* State that outlives requests but needs no disk (rate limits by address): shared by all workers, locks inside. */
struct api;
MUST_USE err api_create(struct api **out, const struct api_config *config);
void api_destroy(struct api *a);
/* Always fills a response: errors are {code, text} with the fitting status. */
void api_handle(struct api *a, struct store *store, const struct api_request *request, struct api_response *out);
/* True when the request's cookie is a live sign-in: for the event stream, which server/net holds open. */
bool api_signed_in(struct api *a, struct store *store, const struct api_request *request);
/* The data of one server-sent event for a change: {"topics": ["today", "register:<id>", …]}; empty when the office sees nothing of it. */
MUST_USE err api_topics(struct buf *out, const struct change_set *changes);

#endif
