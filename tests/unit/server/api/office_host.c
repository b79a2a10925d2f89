/* office_host.c: carries exchanges from step to step, as the hub's threads do. */
#include "tests/unit/server/api/office_host.h"

#include <stdio.h>

static void draw(void *ctx, void *out, size_t len) {
  struct host *h = ctx;
  uint8_t *p = out, hash[hash_bytes];
  for (size_t at = 0; at < len; at += hash_bytes) {
    h->drawn++;
    const struct slice part = slice_of(&h->drawn, sizeof h->drawn);
    crypto_hash(hash, "tests.draw", &part, 1);
    bytes_copy(p + at, hash, len - at < hash_bytes ? len - at : hash_bytes);
  }
}

void host_init_strict(struct host *h, uint32_t second_step) {
  *h = (struct host){.content_type = "application/json", .peer = "192.0.2.1"};
  assert_int_equal(crypto_init(), ERR_OK);
  fake_store_init(&h->store);
  h->now = (struct now){.wall_ms = INT64_C(1795276800000), .mono_ms = 5000}; /* 2026-11-21 16:00 UTC */
  h->hub.entropy = (struct entropy){h, draw};
  h->hub.id = entropy_id(&h->hub.entropy);
  snprintf(h->hub.name, sizeof h->hub.name, "Sample Music Hub");
  assert_int_equal(api_create(&h->api, &(struct api_config){.hub = &h->hub, .second_step = second_step}),
                   ERR_OK);
}

void host_init(struct host *h) { host_init_strict(h, 0); }

static void forget_answer(struct host *h) {
  json_decref(h->json);
  free(h->text);
  h->json = NULL;
  h->text = NULL;
}

void host_finish(struct host *h) {
  forget_answer(h);
  api_destroy(h->api);
}

struct store_user *host_add_user(struct host *h, const char *name, uint32_t roles) {
  assert_true(h->store.user_count < fake_users_max);
  struct store_user *u = &h->store.users[h->store.user_count++];
  *u = (struct store_user){.id = entropy_id(&h->hub.entropy), .roles = roles, .passes = 1, .memory_kib = 64};
  snprintf(u->name, sizeof u->name, "%s", name);
  entropy_fill(&h->hub.entropy, u->salt, sizeof u->salt);
  struct password_cost cost = {u->passes, u->memory_kib};
  assert_int_equal(crypto_password_key(u->hash, slice_text(HOST_PASSWORD), u->salt, cost), ERR_OK);
  return u;
}

static bool is_online(const void *ctx, const struct id *device) {
  const struct host *h = ctx;
  (void)device;
  return h->device_online;
}

static void run(struct host *h, struct http_exchange *x) {
  struct http_api api = api_http(h->api);
  enum http_next where = HTTP_READER;
  for (size_t step = 0; where != HTTP_DONE && (h->steps_max == 0 || step < h->steps_max); step++) {
    assert_true(step + 1 < sizeof h->path);
    h->path[step] = where == HTTP_READER ? 'R' : 'W';
    h->path[step + 1] = 0;
    h->store.writable = where == HTTP_WRITER;
    if (h->store.writable && h->meanwhile) h->meanwhile(h);
    x->now = h->now;
    where = api.step(api.ctx, x, &h->store.store);
    x->phase++;
  }
}

static void keep_answer(struct host *h, const struct http_answer *a) {
  forget_answer(h);
  h->status = a->status;
  h->retry_after_s = a->retry_after_s;
  h->events_until_ms = a->events_until_ms;
  bytes_copy(h->set_cookie, a->set_cookie, sizeof h->set_cookie);
  bytes_copy(h->etag, a->etag, sizeof h->etag);
  if (a->body.len == 0) return;
  h->json = json_loadb((const char *)a->body.ptr, a->body.len, 0, NULL);
  assert_non_null(h->json);
  h->text = json_dumps(h->json, JSON_COMPACT);
}

static void ask(struct host *h, enum http_method method, const char *target, struct slice body) {
  const char *query = strchr(target, '?');
  struct http_exchange x = {.now = h->now, .online = is_online, .online_ctx = h};
  x.arena = (struct arena)ARENA_INIT(http_answer_bytes_max);
  x.answer.body = (struct buf)BUF_INIT(http_answer_bytes_max);
  x.request = (struct http_request){
      .method = method,
      .path = query ? slice_of(target, (size_t)(query - target)) : slice_text(target),
      .query = query ? slice_text(query + 1) : slice_of(NULL, 0),
      .body = body,
      .cookie = slice_text(h->cookie),
      .csrf = slice_text(h->csrf),
      .from_browser = !h->from_elsewhere,
      .content_type = method == HTTP_POST ? slice_text(h->content_type) : slice_of(NULL, 0),
      .if_none_match = slice_text(h->if_none_match),
      .peer = slice_text(h->peer)};
  run(h, &x);
  keep_answer(h, &x.answer);
  buf_wipe(&x.answer.body);
  arena_finish(&x.arena);
}

void host_get(struct host *h, const char *target) { ask(h, HTTP_GET, target, slice_of(NULL, 0)); }
void host_post_bytes(struct host *h, const char *path, struct slice body) { ask(h, HTTP_POST, path, body); }
void host_post(struct host *h, const char *path, const char *body) {
  ask(h, HTTP_POST, path, slice_text(body));
}

void host_try(struct host *h, const char *name, const char *password) {
  json_t *body = json_pack("{s:s, s:s}", "name", name, "password", password);
  char *text = json_dumps(body, 0);
  host_post(h, "/api/sign-in", text);
  free(text);
  json_decref(body);
}

void host_sign_in(struct host *h, const char *name) {
  host_try(h, name, HOST_PASSWORD);
  assert_int_equal(h->status, 200);
  snprintf(h->cookie, sizeof h->cookie, "%.*s", (int)strcspn(h->set_cookie, ";"), h->set_cookie);
  host_get(h, "/api/me");
  assert_int_equal(h->status, 200);
  snprintf(h->csrf, sizeof h->csrf, "%s", json_string_value(json_object_get(h->json, "csrf")));
}

void host_forget(struct host *h) { h->cookie[0] = h->csrf[0] = 0; }

void host_wait(struct host *h, int64_t ms) {
  h->now.wall_ms += ms;
  h->now.mono_ms += (uint64_t)ms;
}

const char *host_code(const struct host *h) {
  const char *code = json_string_value(json_object_get(h->json, "code"));
  return code ? code : "";
}

void host_expect_json(const struct host *h, const char *expected) {
  json_t *wanted = json_loads(expected, JSON_REJECT_DUPLICATES, NULL);
  assert_non_null(wanted);
  bool equal = json_equal(wanted, h->json);
  json_decref(wanted);
  if (!equal) fail_msg("the answer is\n%s\nand not\n%s", h->text ? h->text : "(no body)", expected);
}

/* An error is {code, text}, and its text is a sentence. */
void host_expect(const struct host *h, unsigned status, const char *code) {
  const char *text = json_string_value(json_object_get(h->json, "text"));
  if (h->status != status || strcmp(host_code(h), code) != 0)
    fail_msg("%u %s, and not %u %s", h->status, h->text ? h->text : "", status, code);
  assert_non_null(text);
  assert_true(strlen(text) > 5);
}
