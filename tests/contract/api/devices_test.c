/* devices_test.c: the office enrols, assigns, looks before it revokes, and unlocks by telephone. */
#include "tests/contract/api/matters.h"

#include <stdio.h>

#include "proto/lease.h"
#include "proto/manifest.h"

static struct ingest_world *const w = &ingest_world;

static json_t *ids(const struct id *list, size_t count) {
  json_t *out = json_array();
  for (size_t i = 0; i < count; i++) {
    char text[id_text_bytes];
    id_text(text, &list[i]);
    json_array_append_new(out, json_string(text));
  }
  return out;
}

static void a_code_for_a_new_device_is_what_a_device_reads(void **state) {
  (void)state;
  struct enrol_code code;
  struct store_token t;
  struct id token;
  desk_send("/api/devices/offer", json_pack("{s:s, s:s, s:o}", "name", "Hall C tablet", "kind", "phone",
                                            "staff", ids(&w->world.ada, 1)));
  desk_fine();
  assert_int_equal(enrol_parse(&code, slice_text(desk_text("link")), NULL), ERR_OK);
  enrol_token_id(&token, code.seed);
  assert_int_equal(enrol_parse(&code, slice_text(desk_text("code")), NULL), ERR_OK);
  assert_int_equal(w->host.store->ops->token_load(w->host.store, &token, &t), ERR_OK);
  assert_string_equal(t.name, "Hall C tablet");
  assert_true(t.staff_count == 1 && id_equal(&t.staff[0], &w->world.ada));
  assert_true(t.expires_ms == w->host.now.wall_ms + enrol_token_ms_max);
  assert_int_equal(desk_text("qr.path")[0], 'M');
  desk_get(desk_path("/api/devices/enrolment/", &token));
  desk_fine();
  assert_null(desk_text("device"));
}

static void a_code_needs_a_name_a_kind_and_somebody_known(void **state) {
  (void)state;
  desk_send("/api/devices/offer", json_pack("{s:s, s:s, s:[]}", "name", "X", "kind", "phone", "staff"));
  desk_expect(400, "INVALID");
  desk_send("/api/devices/offer",
            json_pack("{s:s, s:s, s:o}", "name", "X", "kind", "toaster", "staff", ids(&w->world.ada, 1)));
  desk_expect(400, "INVALID");
  desk_send("/api/devices/offer",
            json_pack("{s:s, s:s, s:o}", "name", "X", "kind", "phone", "staff", ids(&w->world.zoe, 1)));
  desk_expect(400, "INVALID");
}

static bool works_on_it(const struct id *staff) {
  struct msg_grants grants;
  int32_t date, minute;
  uk_civil(w->host.now.wall_ms, &date, &minute);
  assert_int_equal(w->host.store->ops->device_grants(w->host.store, &w->device.id, date, &w->arena, &grants),
                   ERR_OK);
  for (size_t i = 0; i < grants.staff_count; i++)
    if (id_equal(&grants.staff[i].id, staff)) return true;
  return false;
}

static void who_is_named_works_on_it_and_nobody_else(void **state) {
  (void)state;
  const struct id both[] = {w->world.ada, w->world.ben};
  desk_send(desk_path("/api/devices/staff/", &w->device.id), json_pack("{s:o}", "staff", ids(both, 2)));
  desk_fine();
  assert_true(desk.changes.grants);
  assert_true(works_on_it(&w->world.ada) && works_on_it(&w->world.ben));
  desk_send(desk_path("/api/devices/staff/", &w->device.id), json_pack("{s:o}", "staff", ids(&both[1], 1)));
  desk_fine();
  assert_true(!works_on_it(&w->world.ada) && works_on_it(&w->world.ben));
  desk_send(desk_path("/api/devices/staff/", &w->device.id), json_pack("{s:o}", "staff", ids(both, 2)));
  desk_fine();
  assert_true(works_on_it(&w->world.ada) && works_on_it(&w->world.ben));
  desk_send(desk_path("/api/devices/staff/", &w->device.id), json_pack("{s:[]}", "staff"));
  desk_expect(400, "INVALID");
}

static void what_revoking_would_strand_is_said_before(void **state) {
  (void)state;
  desk_get(desk_path("/api/devices/strand/", &w->device.id));
  desk_fine();
  assert_int_equal(desk_number("held"), 0);
  size_t alone = desk_count("alone");
  desk_send(desk_path("/api/devices/revoke/", &w->other.id), json_pack("{s:s}", "manner", "sent"));
  desk_fine();
  desk_get(desk_path("/api/devices/strand/", &w->device.id));
  assert_true(desk_count("alone") > alone);
  desk_get(desk_path("/api/devices/strand/", &w->world.zoe));
  desk_expect(404, "NOT_FOUND");
}

static void a_revoked_device_is_revoked_and_is_told_so(void **state) {
  (void)state;
  struct store_device d;
  struct store_order *orders;
  size_t count;
  desk_send(desk_path("/api/devices/revoke/", &w->device.id), json_pack("{s:s}", "manner", "gently"));
  desk_expect(400, "INVALID");
  desk_send(desk_path("/api/devices/revoke/", &w->device.id), json_pack("{s:s}", "manner", "sent"));
  desk_fine();
  assert_int_equal(w->host.store->ops->device_load(w->host.store, &w->device.id, &d), ERR_OK);
  assert_int_equal(d.status, ENUM_device_status_revoked);
  assert_int_equal(w->host.store->ops->orders_load(w->host.store, &w->device.id, &w->arena, &orders, &count),
                   ERR_OK);
  assert_true(count == 1 && orders[0].kind == ORDER_WIPE);
  desk_send(desk_path("/api/devices/staff/", &w->device.id),
            json_pack("{s:o}", "staff", ids(&w->world.ada, 1)));
  desk_expect(409, "CONFLICT");
}

static void the_code_read_out_opens_that_device_alone(void **state) {
  (void)state;
  uint8_t challenge[lease_challenge_bytes] = {1, 2, 3, 4, 5}, secret[key_bytes];
  char shown[lease_challenge_text_bytes], code[lease_code_text_bytes];
  uint32_t days = 0;
  lease_challenge_text(shown, challenge);
  desk_send(desk_path("/api/devices/lease-code/", &w->device.id),
            json_pack("{s:s, s:i}", "challenge", shown, "days", 12));
  desk_fine();
  snprintf(code, sizeof code, "%s", desk_text("code"));
  hub_lease_secret(secret, &w->host.hub, &w->device.id);
  assert_int_equal(lease_code_check(&days, slice_text(code), secret, challenge), ERR_OK);
  assert_int_equal(days, 12);
  hub_lease_secret(secret, &w->host.hub, &w->other.id);
  assert_int_equal(lease_code_check(&days, slice_text(code), secret, challenge), ERR_WRONG_SECRET);
  desk_send(desk_path("/api/devices/lease-code/", &w->device.id), json_pack("{s:s}", "challenge", "??"));
  desk_expect(400, "INVALID");
}

static void a_code_for_a_forgotten_pin_is_for_the_device_of_one_person(void **state) {
  (void)state;
  uint8_t challenge[lease_challenge_bytes] = {1, 2, 3, 4, 5}, secret[key_bytes];
  char shown[lease_challenge_text_bytes];
  uint32_t days = 1;
  lease_challenge_text(shown, challenge);
  desk_send(desk_path("/api/devices/pin-code/", &w->other.id), json_pack("{s:s}", "challenge", shown));
  desk_fine();
  hub_lease_secret(secret, &w->host.hub, &w->other.id);
  assert_int_equal(lease_code_check(&days, slice_text(desk_text("code")), secret, challenge), ERR_OK);
  assert_int_equal(days, lease_new_pin);
  desk_send(desk_path("/api/devices/pin-code/", &w->device.id), json_pack("{s:s}", "challenge", shown));
  desk_expect(409, "CONFLICT"); /* Ada and Cam */
  desk_send(desk_path("/api/devices/pin-code/", &w->world.zoe), json_pack("{s:s}", "challenge", shown));
  desk_expect(404, "NOT_FOUND");
  desk_send(desk_path("/api/devices/pin-code/", &w->other.id), json_pack("{s:s}", "challenge", "??"));
  desk_expect(400, "INVALID");
}

/* Whoever stole it may well ask by telephone. */
static void nothing_opens_a_revoked_device(void **state) {
  (void)state;
  const uint8_t challenge[lease_challenge_bytes] = {1, 2, 3, 4, 5};
  char shown[lease_challenge_text_bytes];
  lease_challenge_text(shown, challenge);
  desk_send(desk_path("/api/devices/revoke/", &w->other.id), json_pack("{s:s}", "manner", "now"));
  desk_fine();
  static const char *const codes[] = {"/api/devices/pin-code/", "/api/devices/lease-code/"};
  for (size_t i = 0; i < 2; i++) {
    desk_send(desk_path(codes[i], &w->other.id), json_pack("{s:s}", "challenge", shown));
    desk_expect(409, "CONFLICT");
  }
  desk_send(desk_path("/api/devices/lease/", &w->other.id), json_pack("{s:i}", "days", 20));
  desk_expect(409, "CONFLICT");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_code_for_a_new_device_is_what_a_device_reads),
      TEST(a_code_needs_a_name_a_kind_and_somebody_known),
      TEST(who_is_named_works_on_it_and_nobody_else),
      TEST(what_revoking_would_strand_is_said_before),
      TEST(a_revoked_device_is_revoked_and_is_told_so),
      TEST(the_code_read_out_opens_that_device_alone),
      TEST(a_code_for_a_forgotten_pin_is_for_the_device_of_one_person),
      TEST(nothing_opens_a_revoked_device),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
