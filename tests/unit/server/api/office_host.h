/* office_host.h: an office API in a test: a hub, a store in memory, a clock that the test moves, and somebody
 * who asks. */
#ifndef TUTTI_TESTS_API_OFFICE_HOST_H
#define TUTTI_TESTS_API_OFFICE_HOST_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

#include <jansson.h>

#include "server/api/api.h"
#include "tests/unit/server/api/fake_views.h"

#define HOST_PASSWORD "ten green bottles"
struct host {
  struct fake_store store;
  struct hub hub;
  struct api *api;
  struct now now;
  uint64_t drawn; /* of the hub's entropy, which counts */
  /* of the next requests */
  char cookie[256], csrf[40];
  const char *content_type, *if_none_match, *peer;
  bool from_elsewhere; /* not from the hub's own page */
  size_t steps_max;    /* not 0: a request is left after so many steps, without an answer */
  bool device_online;
  /* of the last answer */
  unsigned status, retry_after_s;
  char set_cookie[http_cookie_bytes_max], etag[http_etag_bytes_max];
  char path[8]; /* the threads it ran on: "R", "RWRW" */
  int64_t events_until_ms;
  json_t *json; /* NULL: no body */
  char *text;
  /* runs before the writer's steps, when it is there */
  void (*meanwhile)(struct host *h);
};
void host_init(struct host *h);
/* The same, where these roles must set up a second step. */
void host_init_strict(struct host *h, uint32_t second_step);
void host_finish(struct host *h);
/* Adds a person whose password is HOST_PASSWORD. */
struct store_user *host_add_user(struct host *h, const char *name, uint32_t roles);
#define HOST_ROLE(name) (1U << (ENUM_role_##name - 1))

/* Asks, and keeps the answer in the host until the next one. `target` may have a query. */
void host_get(struct host *h, const char *target);
void host_post(struct host *h, const char *path, const char *body);
void host_post_bytes(struct host *h, const char *path, struct slice body);
/* Signs in with a password, keeping nothing for later requests. */
void host_try(struct host *h, const char *name, const char *password);
/* Signs in and carries cookie and token from then on, like a page. */
void host_sign_in(struct host *h, const char *name);
/* Forgets cookie and token. */
void host_forget(struct host *h);
void host_wait(struct host *h, int64_t ms);

/* The last answer. */
const char *host_code(const struct host *h);
void host_expect_json(const struct host *h, const char *expected);
void host_expect(const struct host *h, unsigned status, const char *code);

#endif
