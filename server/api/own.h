/* own.h: private to this folder: what a partner may see: the registers of its own activities, and no others.
 */
#ifndef TUTTI_SERVER_API_OWN_H
#define TUTTI_SERVER_API_OWN_H

#include "server/api/call.h"

/* Who sees rows sees all of them. */
struct own_set {
  bool all;
  struct id *list; /* in the exchange's arena */
  size_t count;
};
MUST_USE err own_read(struct api_call *c, struct own_set *out);
bool own_has(const struct own_set *own, const struct id *activity);

#endif
