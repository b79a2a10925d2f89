/* safeguarding.h: what the safeguarding role reads. Implemented by server/store; nobody else's routes name
 * it. */
#ifndef TUTTI_SERVER_SAFEGUARDING_H
#define TUTTI_SERVER_SAFEGUARDING_H

#include "server/core/store.h"

/* A concern as the hub has it: sealed. All text lives in the arena given. */
struct view_concern {
  struct id id;
  struct slice author_name, device_name;
  struct slice sealed; /* base64url of what concern_seal made */
  int64_t written_ms, received_ms;
};
/* Latest first, at most `max`. */
MUST_USE err views_concerns(struct store *s, size_t max, struct arena *a, struct view_concern **out,
                            size_t *count);

#endif
