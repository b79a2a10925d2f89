/* people_test.c: staff and their grants, accounts of the office, and keys of scripts. */
#include "tests/contract/api/matters.h"

#include <stdio.h>

static struct ingest_world *const w = &ingest_world;

static json_t *grant(const struct id *activity, const char *starts, const char *ends) {
  char text[id_text_bytes];
  id_text(text, activity);
  return json_pack("{s:s, s:s, s:s, s:s?}", "activity", text, "role", "tutor", "starts", starts, "ends",
                   ends);
}

static void somebody_new_is_added_granted_cover_and_ended(void **state) {
  (void)state;
  struct id id;
  desk_send("/api/staff/add", json_pack("{s:s, s:[s]}", "name", "Sol Fa", "roles", "tutor"));
  desk_fine();
  assert_int_equal(id_parse(&id, slice_text(desk_text("id"))), ERR_OK);
  desk_send(desk_path("/api/staff/grant/", &id), grant(&w->world.strings, "2020-01-01", "2099-01-01"));
  desk_fine();
  assert_string_equal(desk_text("granted.0.ends"), "2099-01-01");
  assert_int_equal(desk_number("grants"), 1);
  desk_send(desk_path("/api/staff/end/", &id), json_object());
  desk_fine();
  assert_string_equal(desk_text("status"), "left");
  assert_int_equal(desk_number("grants"), 0);
}

/* Given by mistake, or for a day to come, it is taken back on its first day: until the next one they would
 * have what is not theirs. */
static void a_grant_that_has_not_begun_is_taken_back(void **state) {
  (void)state;
  struct id id;
  desk_send("/api/staff/add", json_pack("{s:s, s:[s]}", "name", "Sol Fa", "roles", "tutor"));
  desk_fine();
  assert_int_equal(id_parse(&id, slice_text(desk_text("id"))), ERR_OK);
  desk_send(desk_path("/api/staff/grant/", &id), grant(&w->world.strings, "2098-01-01", NULL));
  desk_fine();
  assert_null(desk_text("granted.0.ends"));
  desk_send(desk_path("/api/staff/grant/", &id), grant(&w->world.strings, "2098-01-02", "2098-01-02"));
  desk_expect(400, "INVALID"); /* it begins on another day */
  desk_send(desk_path("/api/staff/grant/", &id), grant(&w->world.strings, "2098-01-01", "2098-01-01"));
  desk_fine();
  assert_string_equal(desk_text("granted.0.ends"), "2098-01-01");
}

static void a_grant_is_checked(void **state) {
  (void)state;
  const char *path = desk_path("/api/staff/grant/", &w->world.ada);
  char kept[96];
  snprintf(kept, sizeof kept, "%s", path);
  desk_send(kept, grant(&w->world.strings, "2026-02-31", NULL));
  desk_expect(400, "INVALID");
  desk_send(kept, grant(&w->world.strings, "2026-03-01", "2026-03-01"));
  desk_expect(400, "INVALID");
  desk_send(kept, grant(&w->world.strings, "2026-03-02", "2026-03-01"));
  desk_expect(400, "INVALID");
  desk_send(kept, grant(&w->world.zoe, "2026-03-01", NULL));
  desk_expect(400, "INVALID");
  desk_send(desk_path("/api/staff/grant/", &w->world.zoe), grant(&w->world.strings, "2026-03-01", NULL));
  desk_expect(400, "INVALID");
}

/* What the office gives elsewhere is not taken away by a form that does not show it. */
static void editing_keeps_the_roles_that_the_form_does_not_show(void **state) {
  (void)state;
  struct row row;
  desk_send(desk_path("/api/staff/edit/", &w->world.ada),
            json_pack("{s:s, s:[s]}", "name", "Ada", "roles", "leader"));
  desk_fine();
  assert_string_equal(desk_text("name"), "Ada");
  assert_int_equal(
      w->host.store->ops->load_row(w->host.store, schema_table(TABLE_staff), &w->world.ada, &w->arena, &row),
      ERR_OK);
  assert_true(row.values[COL(staff, roles)].i & (1 << (ENUM_role_leader - 1)));
  desk_send(desk_path("/api/staff/edit/", &w->world.ada),
            json_pack("{s:s, s:[s]}", "name", "Ada", "roles", "admin"));
  desk_expect(400, "INVALID");
}

/* A form that was opened before somebody ended the member would bring them back. */
static void nobody_writes_over_a_change_that_came_since_the_form_was_opened(void **state) {
  (void)state;
  char version[24];
  desk_get(desk_path("/api/staff/", &w->world.ada));
  snprintf(version, sizeof version, "%lld", desk_number("version"));
  desk_send(desk_path("/api/staff/end/", &w->world.ada), json_object());
  desk_fine();
  desk_send(desk_path("/api/staff/edit/", &w->world.ada),
            json_pack("{s:s, s:[s], s:s}", "name", "Ada", "roles", "tutor", "version", version));
  desk_expect(409, "CONFLICT");
  desk_get(desk_path("/api/staff/", &w->world.ada));
  assert_string_equal(desk_text("status"), "left");
  snprintf(version, sizeof version, "%lld", desk_number("version"));
  desk_send(desk_path("/api/staff/edit/", &w->world.ada),
            json_pack("{s:s, s:[s], s:s}", "name", "Ada", "roles", "tutor", "version", version));
  desk_fine();
  assert_string_equal(desk_text("status"), "active");
}

static void an_account_is_added_changed_and_ended(void **state) {
  (void)state;
  struct store_user u;
  desk_sit(ENUM_role_admin);
  desk_send("/api/accounts/add", json_pack("{s:s, s:s, s:[s]}", "name", "new one", "password",
                                           "ten green bottles", "roles", "office"));
  desk_fine();
  desk_send("/api/accounts/add", json_pack("{s:s, s:s, s:[s]}", "name", "new one", "password",
                                           "ten green bottles", "roles", "office"));
  desk_expect(409, "EXISTS");
  assert_int_equal(users_load(w->host.store, slice_text("new one"), &u), ERR_OK);
  desk_send(desk_path("/api/accounts/roles/", &u.id),
            json_pack("{s:[s,s]}", "roles", "lead", "safeguarding"));
  desk_fine();
  assert_int_equal(users_load_id(w->host.store, &u.id, &u), ERR_OK);
  assert_int_equal(u.roles, 1U << (ENUM_role_lead - 1) | 1U << (ENUM_role_safeguarding - 1));
  u.has_totp = true;
  u.locked = true;
  assert_int_equal(users_save(w->host.store, &u), ERR_OK);
  desk_send(desk_path("/api/accounts/reset/", &u.id), json_pack("{s:s}", "password", "eleven green bottles"));
  desk_fine();
  assert_int_equal(users_load_id(w->host.store, &u.id, &u), ERR_OK);
  assert_true(!u.has_totp && !u.locked);
  desk_send(desk_path("/api/accounts/end/", &u.id), json_object());
  desk_fine();
  assert_int_equal(users_load_id(w->host.store, &u.id, &u), ERR_OK);
  assert_true(u.ended_ms != 0);
}

static void other_roles_end_the_sign_ins_there_are(void **state) {
  (void)state;
  desk_sit(ENUM_role_admin);
  desk_send(desk_path("/api/accounts/roles/", &desk.people[ENUM_role_office]),
            json_pack("{s:[s]}", "roles", "lead"));
  desk_fine();
  desk_sit(ENUM_role_office);
  desk_get("/api/me");
  desk_expect(401, "NOT_UNLOCKED");
}

static void the_last_administrator_stays(void **state) {
  (void)state;
  desk_sit(ENUM_role_admin);
  desk_send(desk_path("/api/accounts/end/", &desk.people[ENUM_role_admin]), json_object());
  desk_expect(409, "CONFLICT");
  desk_send(desk_path("/api/accounts/roles/", &desk.people[ENUM_role_admin]),
            json_pack("{s:[s]}", "roles", "lead"));
  desk_expect(409, "CONFLICT");
}

/* ---- keys ---- */

static char key[96];

static void make_key(const char *role) {
  desk_sit(ENUM_role_admin);
  desk_send("/api/keys/add", json_pack("{s:s, s:[s]}", "name", "nightly figures", "roles", role));
  desk_fine();
  snprintf(key, sizeof key, "Bearer %s", desk_text("key"));
}

static void as_script(void) {
  desk.cookie[0] = desk.csrf[0] = 0;
  desk.bearer = key;
}

static void a_key_asks_in_place_of_a_sign_in_and_within_its_role(void **state) {
  (void)state;
  make_key("lead");
  as_script();
  desk_get("/api/today");
  desk_fine();
  desk_get(desk_path("/api/learners/", &w->world.zoe));
  desk_expect(403, "FORBIDDEN");
  desk_get("/api/keys");
  desk_expect(403, "FORBIDDEN");
  key[strlen(key) - 2] ^= 1;
  desk_get("/api/today");
  desk_expect(401, "NOT_UNLOCKED");
}

static void a_key_is_shown_once_and_kept_as_a_hash(void **state) {
  (void)state;
  make_key("office");
  desk_get("/api/keys");
  desk_fine();
  assert_null(strstr(desk.text, key + 7));
  assert_string_equal(desk_text("keys.0.name"), "nightly figures");
}

static void a_revoked_key_holds_no_longer(void **state) {
  (void)state;
  struct id id;
  make_key("office");
  desk_get("/api/keys");
  assert_int_equal(id_parse(&id, slice_text(desk_text("keys.0.id"))), ERR_OK);
  desk_send(desk_path("/api/keys/revoke/", &id), json_object());
  desk_fine();
  as_script();
  desk_get("/api/today");
  desk_expect(401, "NOT_UNLOCKED");
}

static void a_key_cannot_be_an_administrator(void **state) {
  (void)state;
  desk_sit(ENUM_role_admin);
  desk_send("/api/keys/add", json_pack("{s:s, s:[s]}", "name", "too much", "roles", "admin"));
  desk_expect(400, "INVALID");
}

/* A device would go on when the key is revoked. */
static void a_key_opens_and_enrols_no_device(void **state) {
  (void)state;
  static const char *const doors[] = {"/api/devices/staff/", "/api/devices/lease/",
                                      "/api/devices/lease-code/", "/api/devices/pin-code/"};
  make_key("office");
  as_script();
  desk_send("/api/devices/offer", json_pack("{s:s, s:s, s:[]}", "name", "Mine", "kind", "phone", "staff"));
  desk_expect(403, "FORBIDDEN");
  for (size_t i = 0; i < sizeof doors / sizeof *doors; i++) {
    desk_send(desk_path(doors[i], &w->device.id), json_object());
    desk_expect(403, "FORBIDDEN");
  }
  desk_get("/api/staff");
  desk_fine();
}

static void a_key_that_asks_too_often_waits_and_others_do_not(void **state) {
  (void)state;
  char first[sizeof key];
  make_key("office");
  snprintf(first, sizeof first, "%s", key);
  desk_get("/api/keys");
  make_key("office");
  char second[sizeof key];
  snprintf(second, sizeof second, "%s", key);
  snprintf(key, sizeof key, "%s", first);
  as_script();
  for (unsigned i = 0; i < key_requests_a_minute_max; i++) {
    desk_get("/api/today");
    desk_fine();
  }
  desk_get("/api/today");
  desk_expect(429, "WAIT");
  assert_true(desk_number("wait_ms") > 0 && desk_number("wait_ms") <= 60000);
  snprintf(key, sizeof key, "%s", second);
  desk_get("/api/today");
  desk_fine();
  snprintf(key, sizeof key, "%s", first);
  w->host.now.mono_ms += 60000;
  desk_get("/api/today");
  desk_fine();
}

static void what_a_key_reads_is_audited_by_its_name(void **state) {
  (void)state;
  make_key("office");
  as_script();
  desk_get(desk_path("/api/learners/", &w->world.zoe));
  desk_fine();
  desk.bearer = NULL;
  desk_sit(ENUM_role_admin);
  desk_get("/api/audit?kind=reading");
  assert_string_equal(desk_text("entries.0.who_name"), "nightly figures");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(somebody_new_is_added_granted_cover_and_ended),
      TEST(a_grant_that_has_not_begun_is_taken_back),
      TEST(a_grant_is_checked),
      TEST(editing_keeps_the_roles_that_the_form_does_not_show),
      TEST(nobody_writes_over_a_change_that_came_since_the_form_was_opened),
      TEST(an_account_is_added_changed_and_ended),
      TEST(other_roles_end_the_sign_ins_there_are),
      TEST(the_last_administrator_stays),
      TEST(a_key_asks_in_place_of_a_sign_in_and_within_its_role),
      TEST(a_key_is_shown_once_and_kept_as_a_hash),
      TEST(a_revoked_key_holds_no_longer),
      TEST(a_key_cannot_be_an_administrator),
      TEST(a_key_opens_and_enrols_no_device),
      TEST(a_key_that_asks_too_often_waits_and_others_do_not),
      TEST(what_a_key_reads_is_audited_by_its_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
