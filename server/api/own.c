/* own.c: a partner's activities, asked of the store for every request: one that was taken away is gone at
 * once. */
#include "server/api/own.h"

#include "server/api/access.h"

/* A partner who also works at the office sees what the office sees. */
static bool sees_all(const struct api_call *c) { return (c->login.roles & EVERYONE) != 0; }

static bool holds(const struct id *list, size_t count, const struct id *id) {
  for (size_t i = 0; i < count; i++) {
    if (id_equal(&list[i], id)) return true;
  }
  return false;
}

err own_sees(struct api_call *c, const struct id *activity, bool *out) {
  struct id *own;
  size_t count;
  *out = sees_all(c);
  if (*out) return ERR_OK;
  TRY(partner_activities(c->store, &c->login.user, &c->x->arena, &own, &count));
  *out = holds(own, count, activity);
  return ERR_OK;
}

err own_keep(struct api_call *c, struct view_register *list, size_t *count) {
  struct id *own;
  size_t own_count, kept = 0;
  if (sees_all(c)) return ERR_OK;
  TRY(partner_activities(c->store, &c->login.user, &c->x->arena, &own, &own_count));
  for (size_t i = 0; i < *count; i++) {
    if (holds(own, own_count, &list[i].activity)) list[kept++] = list[i];
  }
  *count = kept;
  return ERR_OK;
}
