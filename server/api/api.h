/* api.h: the office's JSON API: gives meaning to the exchanges of server/core/http.h. Knows no sockets;
 * reading and hashing happen on a reader's step, writing on a writer's step. */
#ifndef TUTTI_SERVER_API_H
#define TUTTI_SERVER_API_H

#include "server/core/http.h"
#include "server/core/hub.h"
#include "server/core/views.h"

struct api_config {
  const struct hub *_Atomic hub; /* must outlive the api */
  const struct log_sink *log;
  uint32_t second_step;          /* set of roles that must set up a second step before they see anything */
  struct password_cost password; /* what hashing a new one costs; memory 0: password_cost_interactive */
  const char
      *uploads; /* the directory for files that are sent in (server/import/uploads.h); NULL: none are */
};
struct api;
/* State that outlives exchanges but needs no disk (rate limits); locks inside. `out` of api_http is what
 * server/net calls. */
MUST_USE err api_create(struct api **out, const struct api_config *config);
/* What begins now has these keys; callable from every thread. The hub is the same one and outlives the api,
 * and so does the one before, which steps under way still use. */
void api_take_keys(struct api *a, const struct hub *hub);
void api_destroy(struct api *a); /* NULL is accepted */
struct http_api api_http(struct api *a);

#endif
