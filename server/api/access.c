/* access.c: cookies, tokens and roles: what is asked of a request before its handler runs. */
#include "server/api/access.h"

#include <stdio.h>
#include <strings.h>

#include "server/api/keys.h"
#include "server/import/uploads.h"

#define COOKIE       "__Host-tutti"
#define COOKIE_RULES "; Path=/; Secure; HttpOnly; SameSite=Strict"

/* The next "name=value" of a Cookie header; false at its end. */
static bool next_pair(struct slice *rest, struct slice *name, struct slice *value) {
  while (rest->len > 0 && (rest->ptr[0] == ' ' || rest->ptr[0] == ';')) {
    *rest = slice_of(rest->ptr + 1, rest->len - 1);
  }
  if (rest->len == 0) return false;
  size_t end = 0, equals = SIZE_MAX;
  for (; end < rest->len && rest->ptr[end] != ';'; end++) {
    if (rest->ptr[end] == '=' && equals == SIZE_MAX) equals = end;
  }
  if (equals == SIZE_MAX) equals = end;
  *name = slice_of(rest->ptr, equals);
  *value = equals < end ? slice_of(rest->ptr + equals + 1, end - equals - 1) : slice_of(NULL, 0);
  *rest = slice_of(rest->ptr + end, rest->len - end);
  return true;
}

static void hash_cookie(uint8_t out[hash_bytes], struct slice secret) {
  crypto_hash(out, "tutti.cookie", &secret, 1);
}

bool access_cookie_hash(uint8_t out[hash_bytes], struct slice cookie_header) {
  struct slice name, value, found = {NULL, 0};
  size_t count = 0;
  while (next_pair(&cookie_header, &name, &value)) {
    if (!slice_equal(name, slice_text(COOKIE))) continue;
    found = value;
    count++;
  }
  /* Two of them: one was put there by somebody else, and nobody can tell which. */
  if (count != 1 || found.len != cookie_text_bytes - 1) return false;
  struct buf secret = BUF_INIT(cookie_bytes);
  bool good = base64url_decode(&secret, found) == ERR_OK && secret.len == cookie_bytes;
  if (good) hash_cookie(out, buf_slice(&secret));
  buf_wipe(&secret);
  return good;
}

void access_csrf_text(char out[csrf_text_bytes], const struct store_login *login) {
  hex_encode(out, slice_of(login->csrf, sizeof login->csrf));
}

bool access_needs_factor(const struct api *a, uint32_t roles) { return (a->config.second_step & roles) != 0; }

err access_open(struct api_call *c, const struct store_user *user, struct store_login *login) {
  const struct entropy *entropy = &c->api->config.hub->entropy;
  uint8_t secret[cookie_bytes];
  struct buf text = BUF_INIT(cookie_text_bytes);
  entropy_fill(entropy, secret, sizeof secret);
  *login = (struct store_login){.user = user->id,
                                .roles = user->roles,
                                .expires_ms = c->x->now.wall_ms + office_session_ms_max,
                                .seen_ms = c->x->now.wall_ms,
                                .limited = !user->has_totp && access_needs_factor(c->api, user->roles)};
  bytes_copy(login->user_name, user->name, sizeof login->user_name);
  entropy_fill(entropy, login->csrf, sizeof login->csrf);
  hash_cookie(login->cookie_hash, slice_of(secret, sizeof secret));
  err e = base64url_encode(&text, slice_of(secret, sizeof secret));
  if (e == ERR_OK) {
    snprintf(c->x->answer.set_cookie, sizeof c->x->answer.set_cookie, COOKIE "=%.*s" COOKIE_RULES,
             (int)text.len, (const char *)text.ptr);
  }
  buf_wipe(&text);
  crypto_wipe(secret, sizeof secret);
  return e;
}

void access_close(struct api_call *c) {
  snprintf(c->x->answer.set_cookie, sizeof c->x->answer.set_cookie, COOKIE "=" COOKIE_RULES "; Max-Age=0");
}

/* "application/json", perhaps with a charset behind it. */
static bool is_json(struct slice type) {
  static const char json[] = "application/json";
  size_t len = sizeof json - 1;
  if (type.len < len || strncasecmp((const char *)type.ptr, json, len) != 0) return false;
  return type.len == len || type.ptr[len] == ';' || type.ptr[len] == ' ';
}

/* A page of ours says so, sends JSON, and keeps to the size. */
static err check_post(struct api_call *c) {
  const struct http_request *r = &c->x->request;
  bool script = r->bearer.len > 0; /* has no cookie that another page could borrow */
  if (!r->from_browser && !script)
    return fault_set(&c->fault, ERR_FORBIDDEN, "only the hub's own pages may do this");
  if (!is_json(r->content_type))
    return api_refuse(c, 415, ERR_INVALID, "send JSON, with the content type application/json");
  size_t most = c->route->handle == api_import_part ? upload_body_bytes_max : api_body_bytes_max;
  if (r->body.len > most)
    return fault_set(&c->fault, ERR_TOO_BIG, "the request has more than %zu bytes", most);
  return ERR_OK;
}

static err check_login(struct api_call *c) {
  uint8_t hash[hash_bytes];
  err e = ERR_NOT_FOUND;
  if (access_cookie_hash(hash, c->x->request.cookie)) e = logins_load(c->store, hash, &c->login);
  if (e == ERR_NOT_FOUND || (e == ERR_OK && login_ends(&c->login) <= c->x->now.wall_ms))
    return fault_set(&c->fault, ERR_NOT_UNLOCKED, "sign in first");
  return e;
}

static err check_token(struct api_call *c) {
  char token[csrf_text_bytes];
  struct slice given = c->x->request.csrf;
  access_csrf_text(token, &c->login);
  if (given.len == csrf_text_bytes - 1 && crypto_equal(given.ptr, token, given.len)) return ERR_OK;
  return fault_set(&c->fault, ERR_FORBIDDEN, "load the page again: it belongs to another sign-in");
}

err access_check(struct api_call *c) {
  if (c->route->method == HTTP_POST) TRY(check_post(c));
  if (c->route->roles == 0) return ERR_OK;
  bool script = c->x->request.bearer.len > 0;
  TRY(script ? keys_check(c) : check_login(c));
  if (c->route->token && !script) TRY(check_token(c));
  if (c->login.limited && !(c->route->roles & ACCESS_LIMITED))
    return fault_set(&c->fault, ERR_FACTOR_NEEDED, "set up the second step of signing in first");
  if (script && (c->route->roles & ACCESS_IN_PERSON))
    return fault_set(&c->fault, ERR_FORBIDDEN, "a key may not do this: sign in");
  if (c->login.roles & c->route->roles & PARTNERS) return ERR_OK;
  return fault_set(&c->fault, ERR_FORBIDDEN, "your role does not see this");
}
