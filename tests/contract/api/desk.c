/* desk.c: carries exchanges from step to step over a real store, as the hub's threads do. */
#include <unistd.h>

#include "server/import/uploads.h"
#include "tests/contract/api/desk.h"
#include "tests/contract/api/plans.h"

#include <stdio.h>

struct desk desk;
static struct ingest_world *const w = &ingest_world;

static const char *role_word(int role) { return schema_enum_word(schema_enum("role"), role); }

/* A sign-in as the API leaves it in the store: of its cookie only the hash is kept. */
static void let_in(int role, int other) {
  struct store_login l = {.user = desk.people[role], .roles = 1U << (role - 1) | 1U << (other - 1)};
  uint8_t secret[32] = {0};
  const struct slice part = slice_of(secret, sizeof secret);
  secret[0] = (uint8_t)role;
  crypto_hash(l.cookie_hash, "tutti.cookie", &part, 1);
  l.csrf[0] = (uint8_t)role;
  l.seen_ms = w->host.now.wall_ms;
  l.expires_ms = w->host.now.wall_ms + office_session_ms_max;
  snprintf(l.user_name, sizeof l.user_name, "%s person", role_word(role));
  assert_int_equal(logins_save(w->host.store, &l), ERR_OK);
}

static void add_person(int role) {
  struct store_user u = {.roles = 1U << (role - 1), .passes = 1, .memory_kib = 64};
  u.id.b[0] = 0xEE;
  u.id.b[15] = (uint8_t)role;
  snprintf(u.name, sizeof u.name, "%s person", role_word(role));
  assert_int_equal(users_save(w->host.store, &u), ERR_OK);
  desk.people[role] = u.id;
  let_in(role, role);
}

void desk_again(void) {
  const struct api_config config = {.hub = &w->host.hub, .uploads = desk.uploads, .password = desk.password};
  api_destroy(desk.api);
  assert_int_equal(api_create(&desk.api, &config), ERR_OK);
}

int desk_open(void **state) {
  assert_int_equal(ingest_world_open(state), 0);
  desk = (struct desk){.status = 0};
  struct fault fault;
  (void)snprintf(desk.uploads, sizeof desk.uploads, "%s/uploads", w->host.dir);
  assert_int_equal(uploads_clear(desk.uploads, &fault), ERR_OK);
  desk_again();
  for (int role = ENUM_role_office; role <= ENUM_role_partner; role++) add_person(role);
  desk_sit(ENUM_role_office);
  return 0;
}

static void forget_answer(void) {
  json_decref(desk.json);
  free(desk.text);
  desk.json = NULL;
  desk.text = NULL;
}

int desk_close(void **state) {
  struct fault fault;
  forget_answer();
  api_destroy(desk.api);
  plans_check(w->host.store);
  assert_int_equal(uploads_clear(desk.uploads, &fault), ERR_OK);
  assert_int_equal(rmdir(desk.uploads), 0);
  return ingest_world_close(state);
}

void desk_sit(int role) {
  uint8_t secret[32] = {0}, csrf[16] = {0};
  struct buf text = BUF_INIT(64);
  secret[0] = csrf[0] = (uint8_t)role;
  desk.sitter = (unsigned)role;
  assert_int_equal(base64url_encode(&text, slice_of(secret, sizeof secret)), ERR_OK);
  snprintf(desk.cookie, sizeof desk.cookie, "__Host-tutti=%.*s", (int)text.len, (const char *)text.ptr);
  hex_encode(desk.csrf, slice_of(csrf, sizeof csrf));
  buf_finish(&text);
}

void desk_stand(void) { desk.cookie[0] = desk.csrf[0] = 0; }

void desk_return(int role) { desk_return_with(role, role); }

void desk_return_with(int role, int other) {
  uint8_t hash[hash_bytes], secret[32] = {(uint8_t)role};
  const struct slice part = slice_of(secret, sizeof secret);
  crypto_hash(hash, "tutti.cookie", &part, 1);
  assert_int_equal(logins_remove(w->host.store, hash), ERR_OK);
  let_in(role, other);
  desk_sit(role);
}

static void run(struct http_exchange *x) {
  struct http_api api = api_http(desk.api);
  enum http_next where = HTTP_READER;
  for (size_t step = 0; where != HTTP_DONE; step++) {
    assert_true(step < 100);
    x->now = w->host.now;
    enum http_next here = where;
    where = api.step(api.ctx, x, desk.on_thread ? desk.on_thread(here) : w->host.store);
    if (desk.after_step) desk.after_step(here);
    x->phase++;
  }
}

static void keep_answer(const struct http_exchange *x) {
  const struct http_answer *a = &x->answer;
  forget_answer();
  desk.status = a->status;
  desk.changes = x->changes;
  bytes_copy(desk.etag, a->etag, sizeof desk.etag);
  snprintf(desk.file_name, sizeof desk.file_name, "%s", a->file_name);
  desk.text_len = a->body.len;
  if (a->body.len == 0) return;
  if (a->type) { /* a file, and no JSON */
    desk.text = calloc(1, a->body.len + 1);
    assert_non_null(desk.text);
    bytes_copy(desk.text, a->body.ptr, a->body.len);
    return;
  }
  desk.json = json_loadb((const char *)a->body.ptr, a->body.len, 0, NULL);
  assert_non_null(desk.json);
  desk.text = json_dumps(desk.json, JSON_COMPACT);
}

void desk_ask(enum http_method method, const char *target, struct slice body) {
  const char *query = strchr(target, '?');
  struct http_exchange x = {.now = w->host.now};
  x.arena = (struct arena)ARENA_INIT(http_answer_bytes_max);
  x.answer.body = (struct buf)BUF_INIT(http_answer_bytes_max);
  x.request = (struct http_request){
      .method = method,
      .path = query ? slice_of(target, (size_t)(query - target)) : slice_text(target),
      .query = query ? slice_text(query + 1) : slice_of(NULL, 0),
      .body = body,
      .cookie = slice_text(desk.cookie),
      .csrf = slice_text(desk.csrf),
      .bearer = slice_text(desk.bearer),
      .from_browser = desk.bearer == NULL && !desk.from_elsewhere,
      .content_type = method == HTTP_POST ? slice_text("application/json") : slice_of(NULL, 0),
      .if_none_match = slice_text(desk.if_none_match),
      .peer = slice_text("192.0.2.1")};
  if (!desk.on_thread) witness_begin(&desk.witness, w->host.store);
  run(&x);
  keep_answer(&x);
  if (!desk.on_thread)
    witness_end(&desk.witness, w->host.store, method, x.request.path, desk.sitter, desk.status);
  buf_wipe(&x.answer.body);
  arena_finish(&x.arena);
}

void desk_get(const char *target) { desk_ask(HTTP_GET, target, slice_of(NULL, 0)); }

void desk_post(const char *path, const json_t *body) {
  char *text = json_dumps(body, 0);
  assert_non_null(text);
  desk_ask(HTTP_POST, path, slice_text(text));
  free(text);
}

void desk_send(const char *path, json_t *body) {
  assert_non_null(body);
  desk_post(path, body);
  json_decref(body);
}

void desk_expect(unsigned status, const char *code) {
  const char *found = desk_text("code"), *text = desk_text("text");
  if (desk.status != status || !found || strcmp(found, code) != 0)
    fail_msg("%u %s, and not %u %s", desk.status, desk.text ? desk.text : "", status, code);
  assert_non_null(text);
  assert_true(strlen(text) > 5);
}

void desk_fine(void) {
  if (desk.status != 200) fail_msg("%u %s", desk.status, desk.text ? desk.text : "");
}

/* ---- inside the answer ---- */

const json_t *desk_at(const char *place) {
  const json_t *at = desk.json;
  char part[32];
  while (at && *place) {
    size_t len = strcspn(place, ".");
    assert_true(len < sizeof part);
    snprintf(part, sizeof part, "%.*s", (int)len, place);
    at = json_is_array(at) ? json_array_get(at, strtoul(part, NULL, 10)) : json_object_get(at, part);
    place += place[len] ? len + 1 : len;
  }
  return at;
}

const char *desk_text(const char *place) { return json_string_value(desk_at(place)); }

long long desk_number(const char *place) {
  const json_t *at = desk_at(place);
  return json_is_integer(at) ? json_integer_value(at) : -1;
}

bool desk_is(const char *place) { return json_is_true(desk_at(place)); }
size_t desk_count(const char *place) { return json_array_size(desk_at(place)); }

const char *desk_path(const char *begin, const struct id *id) {
  static char path[96];
  char text[id_text_bytes];
  id_text(text, id);
  snprintf(path, sizeof path, "%s%s", begin, text);
  return path;
}

size_t desk_audited(const char *action) {
  const struct audit_query q = {.to_ms = INT64_MAX, .limit = audit_page_rows_max};
  struct view_audit *list;
  size_t count, found = 0;
  assert_int_equal(views_audit(w->host.store, &q, &w->arena, &list, &count), ERR_OK);
  for (size_t i = 0; i < count; i++) found += slice_equal(list[i].action, slice_text(action));
  return found;
}
