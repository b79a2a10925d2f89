/* own.c: a partner's activities, asked of the store for every request: one that was taken away is gone at
 * once. */
#include "server/api/own.h"

#include "server/api/access.h"
#include "server/core/partners.h"

/* A partner who also works at the office sees what the office sees. */
err own_read(struct api_call *c, struct own_set *out) {
  *out = (struct own_set){.all = (c->login.roles & EVERYONE) != 0};
  if (out->all) return ERR_OK;
  return partner_owns(c->store, &c->login.user, &c->x->arena, &out->list, &out->count);
}

bool own_has(const struct own_set *own, const struct id *activity) {
  for (size_t i = 0; i < own->count; i++) {
    if (id_equal(&own->list[i], activity)) return true;
  }
  return own->all;
}

err own_keep(struct api_call *c, struct view_register *list, size_t *count) {
  struct own_set own;
  size_t kept = 0;
  TRY(own_read(c, &own));
  for (size_t i = 0; i < *count; i++) {
    if (own_has(&own, &list[i].activity)) list[kept++] = list[i];
  }
  *count = kept;
  return ERR_OK;
}
