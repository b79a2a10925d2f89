/* people.c: what somebody changes about accounts and keys, whole or not at all. */
#include "server/core/people.h"

#include <stdio.h>

#include "server/core/journal.h"

static err note(struct store *s, int64_t now_ms, const struct id *actor, const char *action, const char *what,
                const struct id *about) {
  char id[id_text_bytes], detail[64];
  id_text(id, about);
  (void)snprintf(detail, sizeof detail, "%s=%s", what, id);
  return s->ops->audit(s, now_ms, actor, action, detail);
}

static err give(struct store *s, const struct people_change *c) {
  TRY(s->ops->user_take(s, &c->user->id));
  for (size_t i = 0; i < c->activity_count; i++) TRY(s->ops->user_give(s, &c->user->id, &c->activities[i]));
  return ERR_OK;
}

err people_change(struct store *s, int64_t now_ms, const struct people_change *c) {
  TRY(s->ops->user_save(s, c->user));
  if (c->gives) TRY(give(s, c));
  if (c->ends_logins) TRY(s->ops->user_sign_out(s, &c->user->id, c->except));
  TRY(journal_user(s->journal, s, c->user));
  if (c->detail) return s->ops->audit(s, now_ms, &c->actor, c->action, c->detail);
  return note(s, now_ms, &c->actor, c->action, "account", &c->user->id);
}

/* Commits what went well and takes back what did not. */
static err end(struct store *s, err e) {
  if (e == ERR_OK) e = s->ops->commit(s);
  if (e != ERR_OK) s->ops->rollback(s);
  return e;
}

err people_within(struct store *s, people_act *act, void *ctx) {
  TRY(s->ops->begin(s));
  return end(s, act(ctx));
}

err people_used_code(struct store *s, const struct store_user *u) {
  TRY(s->ops->user_save(s, u));
  return journal_user(s->journal, s, u);
}

err people_key(struct store *s, int64_t now_ms, const struct store_key *k, const struct id *actor,
               const char *action) {
  TRY(s->ops->begin(s));
  err e = s->ops->key_save(s, k);
  if (e == ERR_OK) e = journal_key(s->journal, k);
  if (e == ERR_OK) e = note(s, now_ms, actor, action, "key", &k->id);
  return end(s, e);
}
