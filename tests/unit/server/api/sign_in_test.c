/* sign_in_test.c: passwords, cookies, delays and locks. */
#include "tests/unit/server/api/office_host.h"

#include <stdio.h>

static void start(struct host *h) {
  host_init(h);
  host_add_user(h, "ruth", HOST_ROLE(office));
}

static const struct fake_audit *last_audit(const struct host *h) {
  assert_true(h->store.audit_count > 0);
  return &h->store.audit[h->store.audit_count - 1];
}

static void the_right_password_opens_a_sign_in(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_try(&h, "ruth", HOST_PASSWORD);
  assert_int_equal(h.status, 200);
  host_expect_json(&h, "{\"name\": \"ruth\", \"role\": \"office\"}");
  assert_string_equal(h.path, "RWRW"); /* hashing keeps no writer */
  assert_int_equal(strncmp(h.set_cookie, "__Host-tutti=", 13), 0);
  assert_int_equal(strcspn(h.set_cookie + 13, ";"), 43);
  assert_string_equal(h.set_cookie + 13 + 43, "; Path=/; Secure; HttpOnly; SameSite=Strict");
  assert_int_equal(h.store.login_count, 1);
  assert_true(h.store.logins[0].expires_ms == h.now.wall_ms + office_session_ms_max);
  assert_string_equal(last_audit(&h)->action, "sign-in");
  assert_true(id_equal(&last_audit(&h)->actor, &h.store.users[0].id));
  host_finish(&h);
}

static void the_store_never_holds_the_cookie_itself(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_try(&h, "ruth", HOST_PASSWORD);
  struct buf secret = BUF_INIT(64);
  assert_int_equal(base64url_decode(&secret, slice_of(h.set_cookie + 13, 43)), ERR_OK);
  assert_int_equal(secret.len, 32);
  assert_memory_not_equal(secret.ptr, h.store.logins[0].cookie_hash, 32);
  buf_finish(&secret);
  host_finish(&h);
}

static void me_says_who_and_gives_the_token(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_sign_in(&h, "ruth");
  char csrf[40], expected[512];
  hex_encode(csrf, slice_of(h.store.logins[0].csrf, 16));
  snprintf(expected, sizeof expected,
           "{\"name\":\"ruth\",\"role\":\"office\",\"roles\":[\"office\"],\"limited\":false,\"idle_ms\":%d,"
           "\"expires_at\":%lld,\"hub_name\":\"Sample Music Hub\",\"csrf\":\"%s\"}",
           office_idle_ms_max, (long long)(h.now.wall_ms + office_session_ms_max), csrf);
  host_expect_json(&h, expected);
  host_finish(&h);
}

static void a_wrong_password_and_an_unknown_name_look_alike(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_try(&h, "ruth", "wrong");
  host_expect(&h, 401, "WRONG_SECRET");
  char *first = strdup(h.text);
  assert_string_equal(h.path, "RWRW");
  assert_string_equal(last_audit(&h)->action, "sign-in.refused");
  assert_string_equal(last_audit(&h)->detail, "password");
  host_try(&h, "nobody", "wrong");
  host_expect(&h, 401, "WRONG_SECRET");
  assert_string_equal(h.text, first);
  assert_string_equal(h.path, "RWRW");
  assert_string_equal(last_audit(&h)->detail, "name");
  assert_string_equal(h.set_cookie, "");
  assert_int_equal(h.store.login_count, 0);
  free(first);
  host_finish(&h);
}

static void no_audit_line_holds_a_name_or_a_password(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_try(&h, "ruth", "wrong password");
  host_try(&h, "somebody else", "wrong password");
  host_sign_in(&h, "ruth");
  for (size_t i = 0; i < h.store.audit_count; i++) {
    const struct fake_audit *a = &h.store.audit[i];
    assert_null(strstr(a->detail, "ruth"));
    assert_null(strstr(a->detail, "somebody"));
    assert_null(strstr(a->detail, "wrong"));
    assert_null(strstr(a->action, "ruth"));
  }
  host_finish(&h);
}

/* What one name meets: status and waits of one wrong attempt after the other, and of one made too early. */
struct meeting {
  unsigned status[16];
  uint64_t wait_ms[16];
};
static void fail_until_locked(struct host *h, const char *name, struct meeting *out) {
  *out = (struct meeting){0};
  for (size_t i = 0; i < signin_lock_attempts; i++) {
    host_try(h, name, "wrong");
    out->status[i] = h->status;
    const json_t *wait = json_object_get(h->json, "wait_ms");
    out->wait_ms[i] = wait ? (uint64_t)json_integer_value(wait) : 0;
    if (out->wait_ms[i] == 0) continue;
    host_wait(h, (int64_t)out->wait_ms[i] - 1);
    host_try(h, name, HOST_PASSWORD); /* too early, even with the right one */
    if (i + 1 < signin_lock_attempts) {
      host_expect(h, 429, "WAIT");
      assert_int_equal(h->retry_after_s, 1);
      assert_int_equal(json_integer_value(json_object_get(h->json, "wait_ms")), 1);
      assert_string_equal(h->path, "R");
    }
    host_wait(h, 1);
  }
}

static void waits_double_after_the_free_attempts_and_then_the_name_is_locked(void **state) {
  (void)state;
  struct host h;
  struct meeting m;
  start(&h);
  fail_until_locked(&h, "ruth", &m);
  for (uint32_t i = 0; i < signin_lock_attempts; i++) {
    assert_int_equal(m.status[i], 401);
    uint64_t expected =
        i < signin_attempts_free ? 0 : (uint64_t)signin_delay_first_ms << (i - signin_attempts_free);
    assert_int_equal(m.wait_ms[i], expected);
  }
  assert_true(h.store.users[0].locked);
  host_wait(&h, INT64_C(365) * 86400000);
  host_try(&h, "ruth", HOST_PASSWORD);
  host_expect(&h, 403, "LOCKED");
  assert_int_equal(h.store.login_count, 0);
  host_finish(&h);
}

static void a_name_that_nobody_has_waits_and_locks_the_same(void **state) {
  (void)state;
  struct host h;
  struct meeting known, unknown;
  start(&h);
  fail_until_locked(&h, "ruth", &known);
  h.peer = "192.0.2.2";
  fail_until_locked(&h, "nobody", &unknown);
  assert_memory_equal(&known, &unknown, sizeof known);
  host_try(&h, "nobody", "wrong");
  host_expect(&h, 403, "LOCKED");
  host_finish(&h);
}

static void the_right_password_forgets_the_wrong_ones(void **state) {
  (void)state;
  struct host h;
  start(&h);
  for (int i = 0; i < signin_attempts_free + 1; i++) host_try(&h, "ruth", "wrong");
  host_wait(&h, signin_delay_first_ms);
  host_try(&h, "ruth", HOST_PASSWORD);
  assert_int_equal(h.status, 200);
  assert_int_equal(h.store.users[0].wrong, 0);
  assert_true(h.store.users[0].wait_until_ms == 0);
  host_finish(&h);
}

/* All of them passed the first look before any was counted. */
static void guesses_made_at_the_same_moment_are_each_counted(void **state) {
  (void)state;
  struct host h;
  start(&h);
  enum { count = signin_lock_attempts + 3 };
  struct http_exchange x[count];
  enum http_next where[count];
  struct http_api api = api_http(h.api);
  unsigned hashed = 0;
  for (size_t i = 0; i < count; i++) {
    x[i] =
        (struct http_exchange){.now = h.now, .arena = ARENA_INIT(1000000), .answer.body = BUF_INIT(100000)};
    x[i].request = (struct http_request){.method = HTTP_POST,
                                         .path = slice_text("/api/sign-in"),
                                         .body = slice_text("{\"name\":\"ruth\",\"password\":\"guess\"}"),
                                         .content_type = slice_text("application/json"),
                                         .from_browser = true};
    where[i] = api.step(api.ctx, &x[i], &h.store.store);
    assert_int_equal(where[i], HTTP_WRITER);
  }
  h.store.writable = true;
  for (size_t i = 0; i < count; i++) {
    where[i] = api.step(api.ctx, &x[i], &h.store.store);
    hashed += where[i] == HTTP_READER;
    if (where[i] == HTTP_DONE) assert_int_equal(x[i].answer.status, 429);
  }
  assert_int_equal(hashed, signin_attempts_free + 1);
  for (size_t i = 0; i < count; i++) {
    buf_finish(&x[i].answer.body);
    arena_finish(&x[i].arena);
  }
  host_finish(&h);
}

static void a_clock_that_went_back_shuts_nobody_out(void **state) {
  (void)state;
  struct host h;
  start(&h);
  for (int i = 0; i < signin_attempts_free + 1; i++) host_try(&h, "ruth", "wrong");
  h.now.wall_ms -= INT64_C(86400000);
  host_try(&h, "ruth", HOST_PASSWORD);
  host_expect(&h, 429, "WAIT");
  assert_true(json_integer_value(json_object_get(h.json, "wait_ms")) <= signin_delay_first_ms);
  host_finish(&h);
}

static void one_address_cannot_try_many_names(void **state) {
  (void)state;
  struct host h;
  char name[16];
  start(&h);
  for (int i = 0; i < signin_address_attempts_max; i++) {
    snprintf(name, sizeof name, "user%d", i);
    host_add_user(&h, name, HOST_ROLE(office));
    host_try(&h, name, "wrong");
    host_expect(&h, 401, "WRONG_SECRET");
    h.store.user_count = 1;
  }
  host_try(&h, "ruth", HOST_PASSWORD);
  host_expect(&h, 429, "WAIT");
  assert_int_equal(h.retry_after_s, signin_address_window_ms / 1000);
  h.peer = "192.0.2.99";
  host_try(&h, "ruth", HOST_PASSWORD);
  assert_int_equal(h.status, 200);
  h.peer = "192.0.2.1";
  host_wait(&h, signin_address_window_ms);
  host_try(&h, "ruth", HOST_PASSWORD);
  assert_int_equal(h.status, 200);
  host_finish(&h);
}

static void an_office_behind_one_address_signs_in_as_often_as_it_likes(void **state) {
  (void)state;
  struct host h;
  start(&h);
  for (int i = 0; i < 2 * signin_address_attempts_max; i++) {
    host_try(&h, "ruth", HOST_PASSWORD);
    assert_int_equal(h.status, 200);
    h.store.login_count = 0;
  }
  host_finish(&h);
}

static void every_sign_in_has_a_cookie_of_its_own_and_ends_the_one_before(void **state) {
  (void)state;
  struct host h;
  char before[sizeof h.cookie];
  start(&h);
  host_sign_in(&h, "ruth");
  bytes_copy(before, h.cookie, sizeof before);
  host_sign_in(&h, "ruth");
  assert_string_not_equal(h.cookie, before);
  assert_int_equal(h.store.login_count, 1);
  bytes_copy(h.cookie, before, sizeof before);
  host_get(&h, "/api/me");
  host_expect(&h, 401, "NOT_UNLOCKED");
  host_finish(&h);
}

static void a_cookie_somebody_else_chose_is_never_taken_over(void **state) {
  (void)state;
  struct host h;
  static const char fixed[] = "__Host-tutti=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  start(&h);
  snprintf(h.cookie, sizeof h.cookie, "%s", fixed);
  host_try(&h, "ruth", HOST_PASSWORD);
  assert_int_equal(h.status, 200);
  assert_int_not_equal(strncmp(h.set_cookie, fixed, sizeof fixed - 1), 0);
  host_get(&h, "/api/me");
  host_expect(&h, 401, "NOT_UNLOCKED");
  host_finish(&h);
}

static void cookies_are_read_exactly(void **state) {
  (void)state;
  struct host h;
  char good[64];
  start(&h);
  host_sign_in(&h, "ruth");
  snprintf(good, sizeof good, "%.60s", h.cookie);
  static const struct {
    const char *before, *after;
  } fine[] = {{"", ""}, {"a=b; ", ""}, {"", "; a=b; c"}, {";; ", ";"}};
  for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
    snprintf(h.cookie, sizeof h.cookie, "%s%.100s%s", fine[i].before, good, fine[i].after);
    host_get(&h, "/api/me");
    assert_int_equal(h.status, 200);
  }
  char bad[6][192];
  snprintf(bad[0], sizeof bad[0], "%.*s", (int)strlen(good) - 1, good);
  snprintf(bad[1], sizeof bad[1], "%sA", good);
  snprintf(bad[2], sizeof bad[2], "%s; %s", good, good); /* two: nobody can tell which is ours */
  snprintf(bad[3], sizeof bad[3], "tutti=%s", good + 13);
  snprintf(bad[4], sizeof bad[4], "__host-tutti=%s", good + 13);
  snprintf(bad[5], sizeof bad[5], "__Host-tutti");
  for (size_t i = 0; i < 6; i++) {
    bytes_copy(h.cookie, bad[i], sizeof bad[i]);
    host_get(&h, "/api/me");
    host_expect(&h, 401, "NOT_UNLOCKED");
  }
  host_finish(&h);
}

static void a_sign_in_ends_after_its_time_however_busy(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_sign_in(&h, "ruth");
  const int64_t end = h.now.wall_ms + office_session_ms_max, step = office_idle_ms_max - 1;
  while (h.now.wall_ms + step < end) {
    host_wait(&h, step);
    host_post(&h, "/api/stay", "{}");
    assert_int_equal(h.status, 200);
  }
  host_wait(&h, end - 1 - h.now.wall_ms);
  host_get(&h, "/api/me");
  assert_int_equal(h.status, 200);
  host_wait(&h, 1);
  host_get(&h, "/api/me");
  host_expect(&h, 401, "NOT_UNLOCKED");
  host_finish(&h);
}

/* A page asks by itself all day long: that is nobody sitting there. */
static void a_sign_in_ends_when_nobody_is_there_whatever_its_page_asks(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_sign_in(&h, "ruth");
  for (int64_t waited = 0; waited < office_idle_ms_max - 15000; waited += 15000) {
    host_wait(&h, 15000);
    host_get(&h, "/api/today");
    assert_int_equal(h.status, 200);
  }
  host_wait(&h, 15000);
  host_get(&h, "/api/today");
  host_expect(&h, 401, "NOT_UNLOCKED");
  host_post(&h, "/api/stay", "{}");
  host_expect(&h, 401, "NOT_UNLOCKED");
  host_finish(&h);
}

static void a_sign_of_a_person_is_written_down_once_a_minute(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_sign_in(&h, "ruth");
  host_wait(&h, office_touch_ms - 1);
  host_post(&h, "/api/stay", "{}");
  assert_string_equal(h.path, "R");
  host_wait(&h, 1);
  host_post(&h, "/api/stay", "{}");
  assert_string_equal(h.path, "RW");
  assert_true(h.store.logins[0].seen_ms == h.now.wall_ms);
  host_finish(&h);
}

static void what_ended_is_swept_at_the_next_sign_in(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_sign_in(&h, "ruth");
  host_wait(&h, office_idle_ms_max);
  host_forget(&h);
  host_sign_in(&h, "ruth");
  assert_int_equal(h.store.login_count, 1);
  host_finish(&h);
}

static void somebody_who_has_left_looks_like_nobody(void **state) {
  (void)state;
  struct host h;
  start(&h);
  h.store.users[0].ended_ms = h.now.wall_ms;
  host_try(&h, "ruth", HOST_PASSWORD);
  host_expect(&h, 401, "WRONG_SECRET");
  assert_int_equal(h.store.login_count, 0);
  host_finish(&h);
}

static void signing_out_ends_it_for_good(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_sign_in(&h, "ruth");
  host_post(&h, "/api/sign-out", "{}");
  assert_int_equal(h.status, 200);
  assert_string_equal(h.set_cookie, "__Host-tutti=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
  assert_int_equal(h.store.login_count, 0);
  assert_string_equal(last_audit(&h)->action, "sign-out");
  host_get(&h, "/api/me");
  host_expect(&h, 401, "NOT_UNLOCKED");
  host_finish(&h);
}

static void change_password(struct host *h) {
  if (h->path[2] == 'R') h->store.users[0].hash[0] ^= 1;
}

static void a_password_changed_meanwhile_is_the_one_that_counts(void **state) {
  (void)state;
  struct host h;
  start(&h);
  h.meanwhile = change_password;
  host_try(&h, "ruth", HOST_PASSWORD);
  host_expect(&h, 401, "WRONG_SECRET");
  host_finish(&h);
}

static void remove_user(struct host *h) {
  if (h->path[2] == 'R') h->store.user_count = 0;
}

static void somebody_removed_meanwhile_does_not_get_in(void **state) {
  (void)state;
  struct host h;
  start(&h);
  h.meanwhile = remove_user;
  host_try(&h, "ruth", HOST_PASSWORD);
  host_expect(&h, 401, "WRONG_SECRET");
  assert_int_equal(h.store.login_count, 0);
  host_finish(&h);
}

static void nothing_opens_when_it_cannot_be_written_down(void **state) {
  (void)state;
  struct host h;
  start(&h);
  h.store.write_error = ERR_FULL;
  host_try(&h, "ruth", HOST_PASSWORD);
  host_expect(&h, 507, "FULL");
  assert_string_equal(h.set_cookie, "");
  h.store.write_error = ERR_BUSY;
  host_try(&h, "ruth", HOST_PASSWORD);
  host_expect(&h, 503, "BUSY");
  assert_int_equal(h.store.login_count, 0);
  host_finish(&h);
}

static void broken_requests_are_refused_and_never_quoted(void **state) {
  (void)state;
  struct host h;
  start(&h);
  static const struct {
    const char *body;
    unsigned status;
    const char *code, *says;
  } cases[] = {
      {"", 400, "MALFORMED", "JSON"},
      {"{", 400, "MALFORMED", "JSON"},
      {"[]", 400, "MALFORMED", "object"},
      {"null", 400, "MALFORMED", "JSON"},
      {"{\"name\":\"ruth\",\"password\":hunter2secret}", 400, "MALFORMED", "JSON"},
      {"{\"name\":\"ruth\",\"password\":\"hunter2secret\"} x", 400, "MALFORMED", "JSON"},
      {"{\"name\":\"ruth\",\"password\":\"hunter2\\u0000secret\"}", 400, "MALFORMED", "JSON"},
      {"{\"name\":\"ruth\",\"password\":\"hunter2\xff\"}", 400, "MALFORMED", "JSON"},
      {"{\"name\":\"a\",\"name\":\"ruth\",\"password\":\"hunter2\"}", 400, "MALFORMED", "twice"},
      {"{\"name\":\"ruth\"}", 400, "INVALID", "password"},
      {"{\"password\":\"hunter2\"}", 400, "INVALID", "name"},
      {"{\"name\":null,\"password\":\"hunter2\"}", 400, "INVALID", "name"},
      {"{\"name\":1,\"password\":\"hunter2\"}", 400, "INVALID", "name"},
      {"{\"name\":\"ruth\",\"password\":[\"hunter2\"]}", 400, "INVALID", "password"},
      {"{\"name\":\"ruth\",\"password\":\"hunter2\",\"admin\":true}", 400, "INVALID", "admin"},
      {"{\"name\":\"ruth\",\"password\":\"hunter2\",\"<b>hunter2</b>\":true}", 400, "INVALID", "field"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    host_post(&h, "/api/sign-in", cases[i].body);
    host_expect(&h, cases[i].status, cases[i].code);
    if (!strstr(h.text, cases[i].says)) fail_msg("%s does not say %s", h.text, cases[i].says);
    assert_null(strstr(h.text, "hunter2"));
  }
  assert_int_equal(h.store.users[0].wrong, 0);
  host_finish(&h);
}

static void a_deep_body_is_refused(void **state) {
  (void)state;
  struct host h;
  start(&h);
  char body[60001] = {0};
  memset(body, '[', sizeof body - 1);
  host_post(&h, "/api/sign-in", body);
  host_expect(&h, 400, "MALFORMED");
  host_finish(&h);
}

static void a_password_too_long_is_refused_before_it_is_hashed(void **state) {
  (void)state;
  struct host h;
  start(&h);
  char password[password_bytes_max + 2] = {0};
  memset(password, 'x', password_bytes_max + 1);
  host_try(&h, "ruth", password);
  host_expect(&h, 413, "TOO_BIG");
  assert_string_equal(h.path, "R");
  char name[102] = {0};
  memset(name, 'x', 101);
  host_try(&h, name, "x");
  host_expect(&h, 413, "TOO_BIG");
  host_finish(&h);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_right_password_opens_a_sign_in),
      cmocka_unit_test(the_store_never_holds_the_cookie_itself),
      cmocka_unit_test(me_says_who_and_gives_the_token),
      cmocka_unit_test(a_wrong_password_and_an_unknown_name_look_alike),
      cmocka_unit_test(no_audit_line_holds_a_name_or_a_password),
      cmocka_unit_test(waits_double_after_the_free_attempts_and_then_the_name_is_locked),
      cmocka_unit_test(a_name_that_nobody_has_waits_and_locks_the_same),
      cmocka_unit_test(the_right_password_forgets_the_wrong_ones),
      cmocka_unit_test(guesses_made_at_the_same_moment_are_each_counted),
      cmocka_unit_test(a_clock_that_went_back_shuts_nobody_out),
      cmocka_unit_test(one_address_cannot_try_many_names),
      cmocka_unit_test(an_office_behind_one_address_signs_in_as_often_as_it_likes),
      cmocka_unit_test(every_sign_in_has_a_cookie_of_its_own_and_ends_the_one_before),
      cmocka_unit_test(a_cookie_somebody_else_chose_is_never_taken_over),
      cmocka_unit_test(cookies_are_read_exactly),
      cmocka_unit_test(a_sign_in_ends_after_its_time_however_busy),
      cmocka_unit_test(a_sign_in_ends_when_nobody_is_there_whatever_its_page_asks),
      cmocka_unit_test(a_sign_of_a_person_is_written_down_once_a_minute),
      cmocka_unit_test(what_ended_is_swept_at_the_next_sign_in),
      cmocka_unit_test(somebody_who_has_left_looks_like_nobody),
      cmocka_unit_test(signing_out_ends_it_for_good),
      cmocka_unit_test(a_password_changed_meanwhile_is_the_one_that_counts),
      cmocka_unit_test(somebody_removed_meanwhile_does_not_get_in),
      cmocka_unit_test(nothing_opens_when_it_cannot_be_written_down),
      cmocka_unit_test(broken_requests_are_refused_and_never_quoted),
      cmocka_unit_test(a_deep_body_is_refused),
      cmocka_unit_test(a_password_too_long_is_refused_before_it_is_hashed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
