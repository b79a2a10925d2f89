/* presence.h: which devices are connected, readable from every thread. */
#ifndef TUTTI_NET_PRESENCE_H
#define TUTTI_NET_PRESENCE_H

#include "shared/base/id.h"

struct presence;
MUST_USE err presence_create(struct presence **out);
void presence_destroy(struct presence *p); /* NULL is accepted */
/* Counted: a device that connects anew before its old line is noticed dead is there twice. */
void presence_add(struct presence *p, const struct id *device);
void presence_remove(struct presence *p, const struct id *device);
bool presence_has(const void *presence, const struct id *device);

#endif
