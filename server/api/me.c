/* me.c: who is signed in, and the token their requests must carry. */
#include "server/api/me.h"

#include "server/api/access.h"
#include "server/api/shape.h"

/* A person may have several roles; the page names the first of the vocabulary's. */
static const char *role_word(uint32_t roles) {
  for (int64_t number = ENUM_role_office; number <= ENUM_role_partner; number++) {
    if (roles >> (number - 1) & 1) return schema_enum_word(schema_enum("role"), number);
  }
  return "";
}

json_t *me_object(const struct store_login *login) {
  return json_pack("{s:s, s:s}", "name", login->user_name, "role", role_word(login->roles));
}

static const struct shape_field me_fields[] = {
    {"roles", SHAPE_SET, offsetof(struct store_login, roles), 0, "role", NULL},
    {"limited", SHAPE_BOOL, offsetof(struct store_login, limited), 0, NULL, NULL},
    {"expires_at", SHAPE_TIME, offsetof(struct store_login, expires_ms), 0, NULL, NULL},
};
static const struct shape me_shape = SHAPE_OF(store_login, me_fields);

err api_me(struct api_call *c) {
  char csrf[csrf_text_bytes];
  access_csrf_text(csrf, &c->login);
  json_t *body = me_object(&c->login);
  int failed = json_object_set_new(body, "hub_name", json_string(c->api->config.hub->name));
  failed |= json_object_set_new(body, "csrf", json_string(csrf));
  failed |= json_object_set_new(body, "idle_ms", json_integer(office_idle_ms_max));
  if (failed == 0 && shape_into(body, &me_shape, &c->login)) return api_answer(c, body);
  json_decref(body);
  return ERR_NO_MEMORY;
}

/* The host holds the stream open, until the sign-in ends. */
err api_events(struct api_call *c) {
  c->x->answer.status = 200;
  c->x->answer.events_until_ms = login_ends(&c->login);
  return ERR_OK;
}
