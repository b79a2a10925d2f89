/* api_ask.h: questions to the office API out of an input's bytes: every line of routes.def, with the fields
 * that openapi.def says it takes, each left out, right, nearly right or nonsense. */
#ifndef TUTTI_TESTS_FUZZ_API_ASK_H
#define TUTTI_TESTS_FUZZ_API_ASK_H

#include "server/core/http.h"
#include "tests/fuzz/api_known.h"
#include "tests/lib/fuzz_input.h"

enum { ask_target_bytes_max = 2048 };
enum ask_who { ASK_NOBODY, ASK_ROLE_FIRST, ASK_ROLE_LAST = ASK_ROLE_FIRST + 4, ASK_KEY, ASK_OTHER_HUB };
struct ask {
  enum http_method method;
  const char *pattern; /* of routes.def; "(none)" for an address of the input's own */
  enum ask_who who;
  bool without_token, from_elsewhere;
  char target[ask_target_bytes_max];
  struct buf body; /* ask_finish */
};
/* Takes one question off the input; it is the caller's. */
void ask_take(struct ask *out, struct slice *in, const struct ask_known *known);
void ask_finish(struct ask *a);

#endif
