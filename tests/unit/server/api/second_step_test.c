/* second_step_test.c: signing in with a password and a code: setting it up, using it, losing the phone. */
#include "tests/unit/server/api/office_host.h"

#include <liboath/oath.h>
#include <stdio.h>

#include "server/api/factor.h"

static struct store_user *ruth(struct host *h) { return &h->store.users[0]; }

static void start(struct host *h) {
  host_init_strict(h, HOST_ROLE(office));
  host_add_user(h, "ruth", HOST_ROLE(office));
}

/* What the phone shows that many steps from now. */
static const char *phone(const struct host *h, const uint8_t salt[salt_bytes], int steps) {
  static char digits[7];
  uint8_t secret[factor_secret_bytes];
  factor_secret(secret, &h->hub, &h->store.users[0].id, salt);
  assert_int_equal(oath_totp_generate2((const char *)secret, sizeof secret,
                                       (time_t)(h->now.wall_ms / 1000 + steps * totp_step_s), totp_step_s, 0,
                                       6, 0, digits),
                   OATH_OK);
  return digits;
}

static void post_code(struct host *h, const char *path, const char *code) {
  char body[96];
  snprintf(body, sizeof body, "{\"code\":\"%s\"}", code);
  host_post(h, path, body);
}

static void try_with(struct host *h, const char *code) {
  char body[192];
  snprintf(body, sizeof body, "{\"name\":\"ruth\",\"password\":\"%s\",\"code\":\"%s\"}", HOST_PASSWORD, code);
  host_post(h, "/api/sign-in", body);
}

/* Sets it up as a page does; the first recovery code comes back. */
static void set_up(struct host *h, char recovery[32]) {
  host_sign_in(h, "ruth");
  host_post(h, "/api/second-step/begin", "{}");
  assert_int_equal(h->status, 200);
  post_code(h, "/api/second-step/confirm", phone(h, ruth(h)->next, 0));
  assert_int_equal(h->status, 200);
  const json_t *codes = json_object_get(h->json, "codes");
  assert_int_equal(json_array_size(codes), recovery_codes_max);
  snprintf(recovery, 32, "%s", json_string_value(json_array_get(codes, 0)));
}

static void who_must_have_one_sees_nothing_before_it_is_set_up(void **state) {
  (void)state;
  struct host h;
  char recovery[32];
  start(&h);
  host_sign_in(&h, "ruth");
  assert_true(json_is_true(json_object_get(h.json, "limited")));
  host_get(&h, "/api/today");
  host_expect(&h, 403, "FACTOR_NEEDED");
  host_get(&h, "/api/second-step");
  host_expect_json(&h, "{\"on\":false,\"needed\":true,\"codes_left\":0}");
  set_up(&h, recovery);
  host_get(&h, "/api/today");
  assert_int_equal(h.status, 200);
  host_get(&h, "/api/second-step");
  host_expect_json(&h, "{\"on\":true,\"needed\":true,\"codes_left\":10}");
  host_finish(&h);
}

static void a_role_that_need_not_may(void **state) {
  (void)state;
  struct host h;
  host_init_strict(&h, HOST_ROLE(admin));
  host_add_user(&h, "ruth", HOST_ROLE(office));
  host_sign_in(&h, "ruth");
  assert_false(json_is_true(json_object_get(h.json, "limited")));
  host_get(&h, "/api/today");
  assert_int_equal(h.status, 200);
  host_finish(&h);
}

static void the_secret_is_shown_once_as_letters_and_as_a_picture(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_sign_in(&h, "ruth");
  host_post(&h, "/api/second-step/begin", "{}");
  assert_int_equal(json_string_length(json_object_get(h.json, "secret")), 32);
  const json_t *qr = json_object_get(h.json, "qr");
  assert_true(json_integer_value(json_object_get(qr, "size")) > 29);
  assert_int_equal(json_string_value(json_object_get(qr, "path"))[0], 'M');
  host_get(&h, "/api/second-step");
  assert_null(strstr(h.text, "secret"));
  host_finish(&h);
}

static void a_code_is_asked_for_and_none_is_taken_twice(void **state) {
  (void)state;
  struct host h;
  char recovery[32];
  start(&h);
  set_up(&h, recovery);
  host_forget(&h);
  host_try(&h, "ruth", HOST_PASSWORD);
  host_expect(&h, 401, "CODE_NEEDED");
  assert_string_equal(h.set_cookie, "");
  assert_int_equal(ruth(&h)->wrong, 0);
  try_with(&h, phone(&h, ruth(&h)->totp, 0)); /* the one that set it up */
  host_expect(&h, 401, "WRONG_SECRET");
  const char *next = phone(&h, ruth(&h)->totp, 1);
  host_wait(&h, 1000 * totp_step_s);
  try_with(&h, next);
  assert_int_equal(h.status, 200);
  try_with(&h, next);
  host_expect(&h, 401, "WRONG_SECRET");
  host_finish(&h);
}

static void a_wrong_password_is_not_told_about_the_code(void **state) {
  (void)state;
  struct host h;
  char recovery[32];
  start(&h);
  set_up(&h, recovery);
  host_forget(&h);
  host_try(&h, "ruth", "something else");
  host_expect(&h, 401, "WRONG_SECRET");
  host_finish(&h);
}

/* Asking for the code between the guesses takes none of them back. */
static void guessing_codes_locks_the_name(void **state) {
  (void)state;
  struct host h;
  char recovery[32];
  start(&h);
  set_up(&h, recovery);
  host_forget(&h);
  for (unsigned i = 0; i < signin_lock_attempts; i++) {
    host_wait(&h, 3600000);
    try_with(&h, "no code");
    host_expect(&h, 401, "WRONG_SECRET");
    if (i + 1 == signin_lock_attempts) break;
    host_wait(&h, 3600000);
    host_try(&h, "ruth", HOST_PASSWORD);
    host_expect(&h, 401, "CODE_NEEDED");
    assert_int_equal(ruth(&h)->wrong, i + 1);
  }
  host_wait(&h, 3600000);
  try_with(&h, phone(&h, ruth(&h)->totp, 0));
  host_expect(&h, 403, "LOCKED");
  host_finish(&h);
}

static void a_recovery_code_lets_in_once(void **state) {
  (void)state;
  struct host h;
  char recovery[32];
  start(&h);
  set_up(&h, recovery);
  host_forget(&h);
  try_with(&h, recovery);
  assert_int_equal(h.status, 200);
  assert_int_equal(ruth(&h)->code_count, recovery_codes_max - 1);
  try_with(&h, recovery);
  host_expect(&h, 401, "WRONG_SECRET");
  host_finish(&h);
}

static void another_phone_needs_a_code_of_the_one_before(void **state) {
  (void)state;
  struct host h;
  char recovery[32];
  start(&h);
  set_up(&h, recovery);
  host_post(&h, "/api/second-step/begin", "{}");
  host_expect(&h, 401, "WRONG_SECRET");
  unsigned before = h.store.commits;
  post_code(&h, "/api/second-step/begin", recovery);
  assert_int_equal(h.status, 200);
  assert_int_equal(h.store.commits, before + 1); /* the code is used for good, also after a restore */
  post_code(&h, "/api/second-step/confirm", "000000");
  host_expect(&h, 401, "WRONG_SECRET");
  post_code(&h, "/api/second-step/confirm", phone(&h, ruth(&h)->next, 0));
  assert_int_equal(h.status, 200);
  host_finish(&h);
}

/* A page left open is no way to guess codes either. */
static void guessing_while_signed_in_ends_the_sign_in(void **state) {
  (void)state;
  struct host h;
  char recovery[32];
  start(&h);
  set_up(&h, recovery);
  for (unsigned i = 0; i < signin_lock_attempts; i++) {
    post_code(&h, "/api/second-step/codes", "000000");
    host_expect(&h, 401, "WRONG_SECRET");
  }
  assert_int_equal(h.store.login_count, 0);
  assert_true(ruth(&h)->locked);
  host_finish(&h);
}

static void no_secret_and_no_code_is_in_the_audit(void **state) {
  (void)state;
  struct host h;
  char recovery[32];
  start(&h);
  set_up(&h, recovery);
  host_forget(&h);
  try_with(&h, recovery);
  for (size_t i = 0; i < h.store.audit_count; i++) {
    assert_null(strstr(h.store.audit[i].detail, "ruth"));
    assert_null(strstr(h.store.audit[i].detail, recovery));
  }
  assert_string_equal(h.store.audit[h.store.audit_count - 1].detail, "recovery code");
  host_finish(&h);
}

static void a_new_password_needs_the_old_one_and_ends_other_sign_ins(void **state) {
  (void)state;
  struct host h;
  host_init(&h);
  host_add_user(&h, "ruth", HOST_ROLE(office));
  host_sign_in(&h, "ruth");
  host_forget(&h);
  host_sign_in(&h, "ruth");
  assert_int_equal(h.store.login_count, 2);
  host_post(&h, "/api/password", "{\"old\":\"wrong\",\"password\":\"eleven green\"}");
  host_expect(&h, 401, "WRONG_SECRET");
  host_post(&h, "/api/password", "{\"old\":\"" HOST_PASSWORD "\",\"password\":\"too short\"}");
  host_expect(&h, 400, "INVALID");
  host_post(&h, "/api/password", "{\"old\":\"" HOST_PASSWORD "\",\"password\":\"eleven green\"}");
  assert_int_equal(h.status, 200);
  assert_int_equal(h.store.login_count, 1);
  host_try(&h, "ruth", "eleven green");
  assert_int_equal(h.status, 200);
  host_finish(&h);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(who_must_have_one_sees_nothing_before_it_is_set_up),
      cmocka_unit_test(a_role_that_need_not_may),
      cmocka_unit_test(the_secret_is_shown_once_as_letters_and_as_a_picture),
      cmocka_unit_test(a_code_is_asked_for_and_none_is_taken_twice),
      cmocka_unit_test(a_wrong_password_is_not_told_about_the_code),
      cmocka_unit_test(guessing_codes_locks_the_name),
      cmocka_unit_test(a_recovery_code_lets_in_once),
      cmocka_unit_test(another_phone_needs_a_code_of_the_one_before),
      cmocka_unit_test(guessing_while_signed_in_ends_the_sign_in),
      cmocka_unit_test(no_secret_and_no_code_is_in_the_audit),
      cmocka_unit_test(a_new_password_needs_the_old_one_and_ends_other_sign_ins),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
