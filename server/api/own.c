/* own.c: a partner's activities, asked of the store for every request: one that was taken away is gone at
 * once. */
#include "server/api/own.h"

#include "server/api/access.h"
#include "server/core/partners.h"

/* A partner who also works at the office sees what the office sees; one who is also the lead sees no more
 * rows than either does alone. */
err own_read(struct api_call *c, struct own_set *out) {
  *out = (struct own_set){.all = (c->login.roles & ROWS) != 0};
  if (out->all) return ERR_OK;
  return partner_owns(c->store, &c->login.user, &c->x->arena, &out->list, &out->count);
}

bool own_has(const struct own_set *own, const struct id *activity) {
  for (size_t i = 0; i < own->count; i++) {
    if (id_equal(&own->list[i], activity)) return true;
  }
  return own->all;
}
