/* presence.c: the connected devices in a list under a lock; asked a few hundred times when somebody looks at
 * the devices page. */
#include "server/net/presence.h"

#include <stdlib.h>
#include <uv.h>

#include "shared/base/limits.h"

struct presence {
  uv_mutex_t lock;
  size_t count;
  struct id devices[connections_max];
};

err presence_create(struct presence **out) {
  struct presence *p = calloc(1, sizeof *p);
  if (!p) return ERR_NO_MEMORY;
  ASSERT(uv_mutex_init(&p->lock) == 0);
  *out = p;
  return ERR_OK;
}

void presence_destroy(struct presence *p) {
  if (!p) return;
  uv_mutex_destroy(&p->lock);
  free(p);
}

static size_t find(const struct presence *p, const struct id *device) {
  size_t i = 0;
  while (i < p->count && !id_equal(&p->devices[i], device)) i++;
  return i;
}

void presence_add(struct presence *p, const struct id *device) {
  uv_mutex_lock(&p->lock);
  if (p->count < connections_max) p->devices[p->count++] = *device;
  uv_mutex_unlock(&p->lock);
}

void presence_remove(struct presence *p, const struct id *device) {
  uv_mutex_lock(&p->lock);
  size_t at = find(p, device);
  if (at < p->count) p->devices[at] = p->devices[--p->count];
  uv_mutex_unlock(&p->lock);
}

bool presence_has(const void *presence, const struct id *device) {
  struct presence *p =
      (struct presence *)(uintptr_t)presence; /* the lock is taken behind the reader's back */
  uv_mutex_lock(&p->lock);
  bool found = find(p, device) < p->count;
  uv_mutex_unlock(&p->lock);
  return found;
}
