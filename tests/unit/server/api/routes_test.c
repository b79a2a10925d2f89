/* routes_test.c: every address: who may, from where, with which method, and what is said to everybody else.
 */
#include "tests/unit/server/api/office_host.h"

#include <stdio.h>

#define SESSION "000000000000000000000000000000aa"
#define LEARNER "000000000000000000000000000000bb"

static void start(struct host *h) {
  host_init(h);
  h->store.register_count = 1;
  assert_int_equal(id_parse(&h->store.registers[0].summary.session, slice_text(SESSION)), ERR_OK);
  assert_int_equal(id_parse(&h->store.learner.summary.id, slice_text(LEARNER)), ERR_OK);
}

static const struct route {
  const char *target, *body; /* body: a POST */
  bool rows, token;
} protected_routes[] = {
    {"/api/me", NULL, false, false},
    {"/api/events", NULL, false, false},
    {"/api/today", NULL, false, false},
    {"/api/devices", NULL, false, false},
    {"/api/status", NULL, true, false},
    {"/api/registers/" SESSION, NULL, true, false},
    {"/api/learners/" LEARNER, NULL, true, false},
    {"/api/learners/search", "{\"q\":\"\"}", true, true},
    {"/api/reports", NULL, false, false},
    {"/api/reports/table?report=attendance&by=school", NULL, false, false},
    {"/api/reports/table?report=attendance&by=kind&school=none", NULL, true, false},
    {"/api/reports/sessions?activity=" SESSION, NULL, true, false},
    {"/api/targets", NULL, false, false},
    {"/api/snapshots", NULL, false, false},
    {"/api/sign-out", "{}", false, true},
};
/* A partner sees the day and registers of its own, and nothing else of these. */
static bool may_see(const struct route *r, int role) {
  if (role == ENUM_role_lead) return !r->rows;
  if (role != ENUM_role_partner) return true;
  static const char *const own[] = {"/api/me",       "/api/today",   ("/api/registers/" SESSION),
                                    "/api/sign-out", "/api/reports", "/api/partners"};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    if (strcmp(r->target, own[i]) == 0) return true;
  return false;
}
enum { route_count = sizeof protected_routes / sizeof protected_routes[0] };

static void ask(struct host *h, const struct route *r) {
  if (r->body)
    host_post(h, r->target, r->body);
  else
    host_get(h, r->target);
}

static void every_role_sees_what_it_may_and_nothing_else(void **state) {
  (void)state;
  for (int role = ENUM_role_tutor; role <= ENUM_role_partner; role++) {
    struct host h;
    start(&h);
    host_add_user(&h, "somebody", 1U << (role - 1));
    bool signs_in = role >= ENUM_role_office;
    if (!signs_in) {
      host_try(&h, "somebody", HOST_PASSWORD);
      host_expect(&h, 403, "FORBIDDEN");
      assert_string_equal(h.set_cookie, "");
      assert_int_equal(h.store.login_count, 0);
    }
    for (size_t i = 0; signs_in && i < route_count; i++) {
      host_sign_in(&h, "somebody");
      ask(&h, &protected_routes[i]);
      bool may = may_see(&protected_routes[i], role);
      if (h.status != (may ? 200U : 403U))
        fail_msg("role %d, %s: %u", role, protected_routes[i].target, h.status);
      if (!may) host_expect(&h, 403, "FORBIDDEN");
    }
    host_finish(&h);
  }
}

static void a_field_role_beside_an_office_role_takes_nothing_away(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_add_user(&h, "both", HOST_ROLE(tutor) | HOST_ROLE(lead) | HOST_ROLE(safeguarding));
  host_sign_in(&h, "both");
  host_get(&h, "/api/learners/" LEARNER);
  assert_int_equal(h.status, 200);
  host_finish(&h);
}

/* Somebody who was given a field role after signing in, as a store could hold it. */
static void a_sign_in_without_an_office_role_sees_nothing(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_add_user(&h, "ruth", HOST_ROLE(office));
  host_sign_in(&h, "ruth");
  h.store.logins[0].roles = HOST_ROLE(tutor) | HOST_ROLE(leader) | UINT32_C(0x80000000);
  for (size_t i = 0; i < route_count; i++) {
    ask(&h, &protected_routes[i]);
    host_expect(&h, 403, "FORBIDDEN");
  }
  host_finish(&h);
}

static void nobody_sees_anything_without_a_sign_in(void **state) {
  (void)state;
  struct host h;
  start(&h);
  for (size_t i = 0; i < route_count; i++) {
    ask(&h, &protected_routes[i]);
    host_expect(&h, 401, "NOT_UNLOCKED");
    assert_string_equal(h.path, "R");
    assert_int_equal(h.events_until_ms, 0);
  }
  assert_int_equal(h.store.audit_count, 0);
  host_finish(&h);
}

static void a_post_without_the_token_of_this_sign_in_is_refused(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_add_user(&h, "ruth", HOST_ROLE(office));
  host_sign_in(&h, "ruth");
  char good[40];
  snprintf(good, sizeof good, "%s", h.csrf);
  const char *wrong[] = {"", "00000000000000000000000000000000", "x", NULL};
  for (size_t i = 0; i < route_count; i++) {
    if (!protected_routes[i].token) continue;
    for (size_t k = 0; wrong[k]; k++) {
      snprintf(h.csrf, sizeof h.csrf, "%s", wrong[k]);
      ask(&h, &protected_routes[i]);
      host_expect(&h, 403, "FORBIDDEN");
    }
    snprintf(h.csrf, sizeof h.csrf, "%.31s", good);
    ask(&h, &protected_routes[i]);
    host_expect(&h, 403, "FORBIDDEN");
  }
  /* Another sign-in's token is no better. */
  char cookie[sizeof h.cookie];
  bytes_copy(cookie, h.cookie, sizeof cookie);
  host_forget(&h);
  host_sign_in(&h, "ruth");
  bytes_copy(h.cookie, cookie, sizeof cookie);
  host_post(&h, "/api/learners/search", "{}");
  host_expect(&h, 403, "FORBIDDEN");
  host_finish(&h);
}

static void a_post_from_elsewhere_is_refused_even_with_everything_right(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_add_user(&h, "ruth", HOST_ROLE(office));
  host_sign_in(&h, "ruth");
  h.from_elsewhere = true;
  host_post(&h, "/api/learners/search", "{}");
  host_expect(&h, 403, "FORBIDDEN");
  host_post(&h, "/api/sign-out", "{}");
  host_expect(&h, 403, "FORBIDDEN");
  host_try(&h, "ruth", HOST_PASSWORD);
  host_expect(&h, 403, "FORBIDDEN");
  assert_int_equal(h.store.login_count, 1);
  host_finish(&h);
}

static void a_post_must_be_json_and_small(void **state) {
  (void)state;
  struct host h;
  start(&h);
  const char *types[] = {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp",
                         "application/jso"};
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
    h.content_type = types[i];
    host_try(&h, "ruth", HOST_PASSWORD);
    host_expect(&h, 415, "INVALID");
  }
  h.content_type = "Application/JSON; charset=utf-8";
  host_try(&h, "ruth", "x");
  host_expect(&h, 401, "WRONG_SECRET");
  char *big = test_malloc(api_body_bytes_max + 1);
  memset(big, ' ', api_body_bytes_max + 1);
  host_post_bytes(&h, "/api/sign-in", slice_of(big, api_body_bytes_max + 1));
  host_expect(&h, 413, "TOO_BIG");
  test_free(big);
  host_finish(&h);
}

static void other_addresses_and_methods_are_named(void **state) {
  (void)state;
  struct host h;
  start(&h);
  const char *missing[] = {"/api/",
                           "/api/todayx",
                           "/api/registers",
                           "/api/registers/",
                           "/api/registers/a/b",
                           "/api/learners/",
                           "/API/me",
                           "",
                           "/api/../api/me",
                           "/api/me/"};
  for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
    host_get(&h, missing[i]);
    host_expect(&h, 404, "NOT_FOUND");
  }
  host_get(&h, "/api/sign-in");
  host_expect(&h, 405, "INVALID");
  host_post(&h, "/api/today", "{}");
  host_expect(&h, 405, "INVALID");
  host_post(&h, "/api/learners/" LEARNER, "{}");
  host_expect(&h, 405, "INVALID");
  host_finish(&h);
}

static void ids_are_checked_and_another_hubs_are_not_found(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_add_user(&h, "ruth", HOST_ROLE(office));
  host_sign_in(&h, "ruth");
  const char *bad[] = {"1",
                       "search",
                       "000000000000000000000000000000a",
                       "000000000000000000000000000000aag",
                       "zz0000000000000000000000000000aa",
                       "'; DROP TABLE mark; --"};
  char target[128];
  size_t audited = h.store.audit_count;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    snprintf(target, sizeof target, "/api/registers/%s", bad[i]);
    host_get(&h, target);
    host_expect(&h, 400, "INVALID");
    snprintf(target, sizeof target, "/api/learners/%s", bad[i]);
    host_get(&h, target);
    host_expect(&h, 400, "INVALID");
  }
  host_get(&h, "/api/registers/000000000000000000000000000000ff");
  host_expect(&h, 404, "NOT_FOUND");
  host_get(&h, "/api/learners/" SESSION);
  host_expect(&h, 404, "NOT_FOUND");
  assert_int_equal(h.store.audit_count, audited);
  host_finish(&h);
}

static void parameters_that_nobody_takes_are_named(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_add_user(&h, "ruth", HOST_ROLE(office));
  host_sign_in(&h, "ruth");
  host_get(&h, "/api/devices?x=1");
  host_expect(&h, 400, "INVALID");
  const char *bad[] = {"/api/today?day=2026-11-21", "/api/today?date", "/api/today?dates=2026-11-21"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    host_get(&h, bad[i]);
    host_expect(&h, 400, "INVALID");
    assert_non_null(strstr(h.text, "date"));
  }
  host_finish(&h);
}

static void an_answer_that_one_has_already_is_not_sent_again(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_add_user(&h, "ruth", HOST_ROLE(office));
  host_sign_in(&h, "ruth");
  char tag[http_etag_bytes_max];
  host_get(&h, "/api/status");
  assert_int_equal(h.status, 200);
  assert_int_equal(strlen(h.etag), 34);
  snprintf(tag, sizeof tag, "%s", h.etag);
  h.if_none_match = tag;
  host_get(&h, "/api/status");
  assert_int_equal(h.status, 304);
  assert_string_equal(h.etag, tag);
  assert_null(h.json);
  h.store.counts.marks = 1;
  host_get(&h, "/api/status");
  assert_int_equal(h.status, 200);
  assert_string_not_equal(h.etag, tag);
  /* The token of a sign-in is in nobody's cache. */
  host_get(&h, "/api/me");
  assert_string_equal(h.etag, "");
  /* An error carries no tag. */
  host_get(&h, "/api/registers/1");
  assert_string_equal(h.etag, "");
  host_finish(&h);
}

static void a_store_in_trouble_is_said_without_its_details(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_add_user(&h, "ruth", HOST_ROLE(office));
  host_sign_in(&h, "ruth");
  h.store.read_error = ERR_BUSY;
  host_get(&h, "/api/devices");
  host_expect(&h, 503, "BUSY");
  assert_int_equal(h.retry_after_s, 1);
  h.store.read_error = ERR_CORRUPT;
  const char *targets[] = {"/api/today", "/api/devices", "/api/status", "/api/registers/" SESSION,
                           "/api/learners/" LEARNER};
  for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
    host_get(&h, targets[i]);
    host_expect(&h, 500, "INTERNAL");
  }
  host_post(&h, "/api/learners/search", "{}");
  host_expect(&h, 500, "INTERNAL");
  host_finish(&h);
}

static void the_event_stream_ends_with_the_sign_in(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_add_user(&h, "ruth", HOST_ROLE(office));
  host_sign_in(&h, "ruth");
  host_wait(&h, 1000);
  host_get(&h, "/api/events");
  assert_int_equal(h.status, 200);
  assert_null(h.json);
  assert_true(h.events_until_ms == h.now.wall_ms - 1000 + office_idle_ms_max);
  host_finish(&h);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_role_sees_what_it_may_and_nothing_else),
      cmocka_unit_test(a_field_role_beside_an_office_role_takes_nothing_away),
      cmocka_unit_test(a_sign_in_without_an_office_role_sees_nothing),
      cmocka_unit_test(nobody_sees_anything_without_a_sign_in),
      cmocka_unit_test(a_post_without_the_token_of_this_sign_in_is_refused),
      cmocka_unit_test(a_post_from_elsewhere_is_refused_even_with_everything_right),
      cmocka_unit_test(a_post_must_be_json_and_small),
      cmocka_unit_test(other_addresses_and_methods_are_named),
      cmocka_unit_test(ids_are_checked_and_another_hubs_are_not_found),
      cmocka_unit_test(parameters_that_nobody_takes_are_named),
      cmocka_unit_test(an_answer_that_one_has_already_is_not_sent_again),
      cmocka_unit_test(a_store_in_trouble_is_said_without_its_details),
      cmocka_unit_test(the_event_stream_ends_with_the_sign_in),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
