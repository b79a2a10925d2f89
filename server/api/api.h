/* api.h: the office's JSON API: routes.def says which, one file per resource says how. No sockets, no threads
 * of its own. */
#ifndef TUTTI_SERVER_API_H
#define TUTTI_SERVER_API_H

#include "server/core/http.h"
#include "server/core/hub.h"

/* Immutable while it serves, shared by all threads. */
struct api {
  const struct hub *hub;
  struct http_api http; /* hand this to net_run */
};
void api_init(struct api *out, const struct hub *hub);

#endif
