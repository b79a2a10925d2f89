/* api.c: one exchange through the API: find the route, look who asks, run the handler's steps, answer. */
#include "server/api/api.h"

#include <stdlib.h>

#include "server/api/access.h"
#include "shared/base/web_policy.h"

enum { answer_bytes_usual = 4096 };
enum { NO_TOKEN, TOKEN };
enum { UNTAGGED, TAGGED };

#define ROUTE(method, pattern, query, who, token, answer, handler)                                           \
  {HTTP_##method, pattern, query, who, (token) == TOKEN, (answer) == TAGGED, api_##handler},
static const struct api_route routes[] = {
#include "server/api/routes.def"
};
#undef ROUTE

err api_create(struct api **out, const struct api_config *config) {
  ASSERT(config->hub);
  *out = NULL;
  struct api *a = calloc(1, sizeof *a);
  if (!a) return ERR_NO_MEMORY;
  a->config = *config;
  attempts_init(&a->attempts);
  rates_init(&a->rates);
  progress_init(&a->progress);
  *out = a;
  return ERR_OK;
}

void api_take_keys(struct api *a, const struct hub *hub) {
  ASSERT(id_equal(&hub->id, &a->config.hub->id));
  a->config.hub = hub;
}

void api_destroy(struct api *a) {
  if (!a) return;
  attempts_finish(&a->attempts);
  rates_finish(&a->rates);
  progress_finish(&a->progress);
  free(a);
}

/* ---- answers ---- */
struct dumping {
  struct buf *out;
  err e; /* why it ended */
};

static int put_bytes(const char *bytes, size_t len, void *ctx) {
  struct dumping *d = ctx;
  d->e = buf_append(d->out, slice_of(bytes, len));
  return d->e == ERR_OK ? 0 : -1;
}

static err write_body(struct http_answer *answer, const json_t *body) {
  struct dumping d = {.out = &answer->body, .e = ERR_OK};
  if (answer->body.max == 0) answer->body.max = http_answer_bytes_max;
  buf_wipe(&answer->body);
  TRY(buf_reserve(&answer->body,
                  answer_bytes_usual)); /* a secret that is shown once leaves no copies behind */
  if (json_dump_callback(body, put_bytes, &d, JSON_COMPACT) == 0) return ERR_OK;
  return d.e != ERR_OK ? d.e : ERR_NO_MEMORY;
}

/* Who has this body already is told so instead of getting it again. */
static void write_tag(struct api_call *c) {
  struct http_answer *answer = &c->x->answer;
  uint8_t hash[hash_bytes];
  char text[2 * id_bytes + 1];
  struct slice body = buf_slice(&answer->body);
  crypto_hash(hash, "tutti.etag", &body, 1);
  hex_encode(text, slice_of(hash, id_bytes));
  answer->etag[0] = '"';
  bytes_copy(answer->etag + 1, text, sizeof text - 1);
  answer->etag[sizeof text] = '"';
  answer->etag[sizeof text + 1] = 0;
  if (c->x->request.if_none_match.len == 0) return;
  if (!web_etag_matches(c->x->request.if_none_match, answer->etag)) return;
  answer->status = 304;
  buf_wipe(&answer->body);
}

err api_answer(struct api_call *c, json_t *body) {
  if (!body) return ERR_NO_MEMORY;
  err e = write_body(&c->x->answer, body);
  json_decref(body);
  if (e == ERR_TOO_BIG)
    return fault_set(&c->fault, e, "the answer would be larger than is given out: ask for less of it");
  TRY(e);
  c->x->answer.status = 200;
  if (c->route->tagged) write_tag(c);
  return ERR_OK;
}

/* What is asked for by POST, a search for somebody or a change, and what is taken away as a file is a
 * person's own doing every time. */
err api_audit_look(struct api_call *c, const char *action, const char *detail) {
  const struct look look = {&c->login.user, c->store->from, action, detail};
  bool again = c->route->method == HTTP_GET && audit_kind_of(action) == AUDIT_READ;
  if (again && looks_known(&c->api->looks, &look, c->x->now.mono_ms)) return ERR_OK;
  TRY(audit_add(c->store, c->x->now.wall_ms, &c->login.user, action, detail));
  if (again) looks_note(&c->api->looks, &look, c->x->now.mono_ms);
  return ERR_OK;
}

static err write_audit(struct api_call *c) {
  char text[id_text_bytes] = "";
  if (!id_is_zero(&c->id)) id_text(text, &c->id);
  return api_audit_look(c, c->action, text);
}

err api_answer_audited(struct api_call *c, json_t *body, const char *action) {
  TRY(api_answer(c, body));
  c->action = action;
  return api_then(c, HTTP_WRITER, write_audit);
}

err api_then(struct api_call *c, enum http_next where, err (*next)(struct api_call *c)) {
  c->where = where;
  c->next = next;
  return ERR_OK;
}

err api_refuse(struct api_call *c, unsigned status, err code, const char *text) {
  c->status = status;
  return fault_set(&c->fault, code, "%s", text);
}

static unsigned status_of(err e) {
  static const struct {
    err code;
    unsigned status;
  } table[] = {{ERR_INVALID, 400},     {ERR_MALFORMED, 400},     {ERR_TRUNCATED, 400},
               {ERR_TOO_BIG, 413},     {ERR_NOT_UNLOCKED, 401},  {ERR_WRONG_SECRET, 401},
               {ERR_CODE_NEEDED, 401}, {ERR_FACTOR_NEEDED, 403}, {ERR_FORBIDDEN, 403},
               {ERR_LOCKED, 403},      {ERR_NOT_FOUND, 404},     {ERR_EXISTS, 409},
               {ERR_CONFLICT, 409},    {ERR_WAIT, 429},          {ERR_BUSY, 503},
               {ERR_NO_MEMORY, 503},   {ERR_FULL, 507},          {ERR_READ_ONLY, 503}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    if (table[i].code == e) return table[i].status;
  }
  return 500;
}

/* What a client can do nothing about is named only in the log. */
static err public_code(err e) { return status_of(e) == 500 ? ERR_INTERNAL : e; }

static json_t *failure(const struct api_call *c, err e) {
  const char *text = c->fault.code == e && c->fault.text[0] ? c->fault.text : err_text(public_code(e));
  json_t *body = json_pack("{s:s, s:s}", "code", err_name(public_code(e)), "text", text);
  if (c->wait_ms > 0 && body)
    (void)json_object_set_new(body, "wait_ms", json_integer((json_int_t)c->wait_ms));
  return body;
}

static void answer_failure(struct api_call *c, err e) {
  struct http_answer *answer = &c->x->answer;
  answer->status = c->status ? c->status : status_of(e);
  answer->set_cookie[0] = answer->etag[0] = answer->file_name[0] = 0;
  answer->type = NULL;
  answer->events_until_ms = 0;
  if (answer->status == 429) answer->retry_after_s = (unsigned)((c->wait_ms + 999) / 1000);
  if (answer->status == 503) answer->retry_after_s = 1;
  json_t *body = failure(c, e);
  if (!body || write_body(answer, body) != ERR_OK) buf_wipe(&answer->body);
  json_decref(body);
  if (answer->status >= 500)
    log_write(c->api->config.log, LOG_ERROR, "api", "%s failed: %s",
              c->route ? c->route->pattern : "a request", err_name(e));
}

/* ---- routes ---- */
/* The path is the pattern, or the pattern's beginning and one part more, which goes to `rest`. */
static bool path_fits(struct slice *rest, const char *pattern, struct slice path) {
  struct slice p = slice_text(pattern);
  *rest = slice_of(NULL, 0);
  if (p.ptr[p.len - 1] != '*') return slice_equal(p, path);
  size_t start = p.len - 1;
  if (path.len <= start || !slice_equal(slice_of(path.ptr, start), slice_of(p.ptr, start))) return false;
  for (size_t i = start; i < path.len; i++) {
    if (path.ptr[i] == '/') return false;
  }
  *rest = slice_of(path.ptr + start, path.len - start);
  return true;
}

static err find_route(struct api_call *c, struct slice *rest) {
  const char *other = NULL;
  for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
    const struct api_route *route = &routes[i];
    if (!path_fits(rest, route->pattern, c->x->request.path)) continue;
    if (route->method == c->x->request.method) {
      c->route = route;
      return ERR_OK;
    }
    other = route->method == HTTP_GET ? "this address is for reading: use GET" : "this address is for POST";
  }
  if (other) return api_refuse(c, 405, ERR_INVALID, other);
  return fault_set(&c->fault, ERR_NOT_FOUND, "the hub has no such address");
}

/* The next part of a text, up to a sign; false at its end. */
static bool next_part(struct slice *rest, char sign, struct slice *part) {
  if (rest->len == 0) return false;
  size_t end = 0;
  while (end < rest->len && rest->ptr[end] != (uint8_t)sign) end++;
  *part = slice_of(rest->ptr, end);
  size_t skip = end < rest->len ? end + 1 : end;
  *rest = slice_of(rest->ptr + skip, rest->len - skip);
  return true;
}

/* Which of the route's names stands before the "="; false when none does. */
static bool find_parameter(const char *names, struct slice given, size_t *place, struct slice *value) {
  struct slice rest = slice_text(names), name;
  for (*place = 0; next_part(&rest, ' ', &name); (*place)++) {
    bool fits = given.len > name.len && slice_equal(slice_of(given.ptr, name.len), name) &&
                given.ptr[name.len] == '=';
    *value = fits ? slice_of(given.ptr + name.len + 1, given.len - name.len - 1) : slice_of(NULL, 0);
    if (fits) return true;
  }
  return false;
}

/* "name=value&other=value", each at most once, and nothing else. */
static err read_query(struct api_call *c) {
  struct slice query = c->x->request.query, part, value;
  bool seen[api_parameters_max] = {false};
  if (query.len == 0) return ERR_OK;
  if (!c->route->query) return fault_set(&c->fault, ERR_INVALID, "this address takes nothing behind a \"?\"");
  while (next_part(&query, '&', &part)) {
    size_t place;
    bool known = find_parameter(c->route->query, part, &place, &value);
    if (!known || seen[place])
      return fault_set(&c->fault, ERR_INVALID, "behind the \"?\" this address takes \"%s\" alone, once",
                       c->route->query);
    seen[place] = true;
    c->parameters[place] = value;
  }
  return ERR_OK;
}

static err begin(struct api_call *c) {
  struct slice rest;
  TRY(find_route(c, &rest));
  TRY(access_check(c));
  TRY(read_query(c));
  if (rest.len > 0 && id_parse(&c->id, rest) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "the address must end in an id of 32 hexadecimal digits");
  return c->route->handle(c);
}

static enum http_next step(void *ctx, struct http_exchange *x, struct store *store) {
  struct api *a = ctx;
  struct api_call *c = x->state;
  if (!c) {
    c = arena_take(&x->arena, 1, sizeof *c);
    if (!c) {
      x->answer.status = 503;
      return HTTP_DONE;
    }
    *c = (struct api_call){.api = a, .x = x, .next = begin};
    x->state = c;
  }
  c->store = store;
  c->where = HTTP_DONE;
  store->from = x->request.peer;
  err e = c->next(c);
  store->from = slice_of(NULL, 0);
  if (e == ERR_OK) return c->where;
  answer_failure(c, e);
  return HTTP_DONE;
}

struct http_api api_http(struct api *a) {
  return (struct http_api){.ctx = a, .step = step};
}
