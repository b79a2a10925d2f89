/* call.h: private to this folder: one request on its way through the API, and the routes it can take. */
#ifndef TUTTI_SERVER_API_CALL_H
#define TUTTI_SERVER_API_CALL_H

#include <jansson.h>

#include "server/api/api.h"
#include "server/api/attempts.h"
#include "server/api/looks.h"
#include "server/api/progress.h"
#include "server/api/rates.h"

struct api {
  struct api_config config;
  struct attempts attempts;
  struct rates rates;
  struct progress progress;
  struct looks looks; /* the writer's */
};

enum { api_parameters_max = 8 };
struct api_call;
struct api_route {
  enum http_method method;
  const char *pattern, *query; /* query: names of parameters, separated by a space */
  uint32_t roles;              /* 0: no sign-in is needed */
  bool token, tagged;
  err (*handle)(struct api_call *c);
};
/* Lives in the exchange's arena from the first step to the last. */
struct api_call {
  struct api *api;
  struct http_exchange *x;
  struct store *store; /* of the thread that runs this step */
  const struct api_route *route;
  struct id id; /* of a pattern with "*" */
  /* Of a route with a query, in the order it names them; empty when absent. */
  struct slice parameters[api_parameters_max];
  struct store_login login; /* who asks, where a sign-in is needed */
  const char *action;       /* what the audit is to call this */
  void *own;                /* the handler's, for its later steps */
  /* Set by a step that is not the last one. */
  enum http_next where;
  err (*next)(struct api_call *c);
  /* What goes out with an error: its sentence, and what its code alone does not say. */
  struct fault fault;
  unsigned status;  /* 0: the one of the code */
  uint64_t wait_ms; /* with ERR_WAIT and ERR_WRONG_SECRET; 0: none */
};

/* Every handler, one per route. */
#define ROUTE(method, pattern, query, who, token, answer, handler) err api_##handler(struct api_call *c);
#include "server/api/routes.def"
#undef ROUTE

/* Goes on with `next` on the writer's or a reader's thread. */
err api_then(struct api_call *c, enum http_next where, err (*next)(struct api_call *c));
/* Fails with a status other than the one of the code. */
err api_refuse(struct api_call *c, unsigned status, err code, const char *text);
/* Writes the answer's body and takes `body` from the caller, also when it is NULL because memory ran out. */
MUST_USE err api_answer(struct api_call *c, json_t *body);
/* Writes down that somebody looked, on the writer's thread: once in a while, if a page asks again by itself.
 */
err api_audit_look(struct api_call *c, const char *action, const char *detail);
/* The answer stands; it goes out once the audit has it. `action` is static. */
err api_answer_audited(struct api_call *c, json_t *body, const char *action);

#endif
