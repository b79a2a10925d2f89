/* enrol_test.c: from a code to a device with PINs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "tests/lib/field_world.h"

static void both_sides_show_the_same_digits_and_the_device_is_in_setup(void **state) {
  struct field_world *w = *state;
  fake_hub_enrol_digits(&w->hub);
  assert_true(core_host_says(w->host.result, "digits", w->hub.digits));
  assert_true(core_host_says(w->host.result, "hub_name", "Test Hub"));
  fake_hub_enrol_confirm(&w->hub);
  assert_true(core_host_bool(w->host.result, "enrolled"));
  assert_true(core_host_bool(w->host.result, "setup"));
  assert_true(core_host_says(w->host.result, "device_name", "Kiosk 1"));
  size_t staff = 0;
  (void)core_host_list(w->host.result, "staff", &staff);
  assert_int_equal(staff, 2);
}

static void a_device_that_stops_before_its_first_pin_goes_on_with_setup(void **state) {
  struct field_world *w = *state;
  fake_hub_enrol_digits(&w->hub);
  fake_hub_enrol_confirm(&w->hub);
  w->host.config.hold = true;
  core_host_stop(&w->host);
  core_host_start(&w->host);
  assert_true(core_host_call(&w->host, "device.status", ""));
  assert_true(core_host_bool(w->host.result, "setup"));
  assert_false(core_host_call(&w->host, "setup.done", ""));
  field_refused(w, "CONFLICT");
  assert_true(core_host_call(&w->host, "pin.set", "staff:i pin:t", &fake_ann, "274951"));
  core_host_stop(&w->host);
  core_host_start(&w->host);
  fake_hub_unlock(&w->hub, &fake_ann);
}

static void setup_is_not_lost_by_locking_or_guessing_before_the_first_pin(void **state) {
  struct field_world *w = *state;
  fake_hub_enrol_digits(&w->hub);
  fake_hub_enrol_confirm(&w->hub);
  assert_false(core_host_call(&w->host, "unlock", "staff:i pin:t", &fake_ann, "274951"));
  field_refused(w, "NOT_FOUND");
  assert_true(core_host_call(&w->host, "lock", ""));
  assert_true(core_host_call(&w->host, "pin.set", "staff:i pin:t", &fake_ann, "274951"));
  fake_hub_unlock(&w->hub, &fake_ann);
}

static void setup_is_over_once_a_pin_guards_the_device(void **state) {
  struct field_world *w = *state;
  fake_hub_enrol(&w->hub);
  assert_false(core_host_call(&w->host, "pin.set", "staff:i pin:t", &fake_ann, "395162"));
  field_refused(w, "NOT_UNLOCKED");
  w->host.config.hold = true;
  core_host_stop(&w->host);
  core_host_start(&w->host);
  assert_true(core_host_call(&w->host, "device.status", ""));
  assert_false(core_host_bool(w->host.result, "setup"));
}

static void a_hub_with_another_key_is_not_the_one_of_the_code(void **state) {
  struct field_world *w = *state;
  struct fake_hub *other = malloc(sizeof *other);
  struct buf link = BUF_INIT(1024);
  fake_hub_init(other, &w->host, 1);
  fake_hub_link(other, &link);
  assert_int_equal(buf_put_u8(&link, 0), ERR_OK);
  (void)core_host_call(&w->host, "enrol.start", "code:t", (const char *)link.ptr);
  core_host_step(&w->host, EV_LINK_UP, w->host.link, slice_of(NULL, 0));
  core_host_step(&w->host, EV_LINK_BYTES, w->host.link, buf_slice(&w->hub.manifest));
  field_refused(w, "OTHER_HUB");
  assert_int_equal(w->host.link, 0);
  buf_finish(&link);
  fake_hub_finish(other);
  free(other);
}

static void the_same_code_can_be_tried_again_with_the_same_keys(void **state) {
  struct field_world *w = *state;
  uint8_t before[key_bytes];
  fake_hub_enrol_digits(&w->hub);
  bytes_copy(before, w->hub.device_noise, key_bytes);
  (void)core_host_call(&w->host, "enrol.confirm", "");
  assert_false(w->host.replied);
  core_host_step(&w->host, EV_LINK_DOWN, w->host.link, slice_text("no signal"));
  field_refused(w, "NETWORK");
  assert_non_null(strstr(w->host.text, "enter the code again"));
  fake_hub_enrol_digits(&w->hub);
  assert_memory_equal(before, w->hub.device_noise, key_bytes);
  fake_hub_enrol_confirm(&w->hub);
  assert_true(core_host_bool(w->host.result, "enrolled"));
}

static void a_hub_that_closes_during_the_handshake_refused_the_code(void **state) {
  struct field_world *w = *state;
  struct buf link = BUF_INIT(1024);
  fake_hub_link(&w->hub, &link);
  assert_int_equal(buf_put_u8(&link, 0), ERR_OK);
  (void)core_host_call(&w->host, "enrol.start", "code:t", (const char *)link.ptr);
  core_host_step(&w->host, EV_LINK_UP, w->host.link, slice_of(NULL, 0));
  core_host_step(&w->host, EV_LINK_BYTES, w->host.link, buf_slice(&w->hub.manifest));
  core_host_step(&w->host, EV_LINK_UP, w->host.link, slice_of(NULL, 0));
  core_host_step(&w->host, EV_LINK_DOWN, w->host.link, slice_of(NULL, 0));
  field_refused(w, "NETWORK");
  assert_non_null(strstr(w->host.text, "code"));
  buf_finish(&link);
}

static void a_hub_that_says_nothing_is_given_up_in_time(void **state) {
  struct field_world *w = *state;
  struct buf link = BUF_INIT(1024);
  fake_hub_link(&w->hub, &link);
  assert_int_equal(buf_put_u8(&link, 0), ERR_OK);
  (void)core_host_call(&w->host, "enrol.start", "code:t", (const char *)link.ptr);
  assert_int_equal(w->host.tick_at, w->host.now.mono_ms + handshake_ms_max);
  core_host_pass(&w->host, handshake_ms_max);
  field_refused(w, "NETWORK");
  buf_finish(&link);
}

static void nonsense_is_no_code_and_a_typed_code_needs_an_address(void **state) {
  struct field_world *w = *state;
  assert_false(core_host_call(&w->host, "enrol.start", "code:t", "tutti:1:xx"));
  field_refused(w, "MALFORMED");
  struct enrol_code code = {.url = {NULL, 0}};
  struct buf typed = BUF_INIT(1024);
  enrol_fingerprint(code.fingerprint, w->hub.sign.public_key);
  assert_int_equal(enrol_typed(&typed, &code), ERR_OK);
  assert_int_equal(buf_put_u8(&typed, 0), ERR_OK);
  (void)core_host_call(&w->host, "enrol.start", "code:t", (const char *)typed.ptr);
  assert_false(w->host.replied);
  assert_string_equal(w->host.url, "wss://localhost:8443/sync");
  core_host_stop(&w->host);
  w->host.config.hub_url = NULL;
  core_host_start(&w->host);
  assert_false(core_host_call(&w->host, "enrol.start", "code:t", (const char *)typed.ptr));
  field_refused(w, "INVALID");
  buf_finish(&typed);
}

static void before_enrolment_every_command_says_so(void **state) {
  struct field_world *w = *state;
  assert_false(core_host_call(&w->host, "today", ""));
  field_refused(w, "NOT_ENROLLED");
  assert_false(core_host_call(&w->host, "export", ""));
  field_refused(w, "NOT_ENROLLED");
  assert_false(core_host_call(&w->host, "unlock", "staff:i pin:t", &fake_ann, "274951"));
  field_refused(w, "NOT_ENROLLED");
  assert_false(core_host_call(&w->host, "enrol.confirm", ""));
  field_refused(w, "CONFLICT");
  assert_true(core_host_call(&w->host, "sync.status", ""));
  assert_true(core_host_says(w->host.result, "line", "off"));
  assert_true(core_host_call(&w->host, "device.status", ""));
  assert_false(core_host_bool(w->host.result, "enrolled"));
}

static void an_enrolled_device_takes_no_second_code(void **state) {
  struct field_world *w = *state;
  struct buf link = BUF_INIT(1024);
  fake_hub_enrol(&w->hub);
  fake_hub_link(&w->hub, &link);
  assert_int_equal(buf_put_u8(&link, 0), ERR_OK);
  assert_false(core_host_call(&w->host, "enrol.start", "code:t", (const char *)link.ptr));
  field_refused(w, "CONFLICT");
  buf_finish(&link);
}

static void wrong_pins_of(struct field_world *w, const struct id *staff) {
  for (int i = 0; i < pin_attempts_max; i += 1) {
    assert_false(core_host_call(&w->host, "unlock", "staff:i pin:t", staff, "111222"));
    core_host_pass(&w->host, 3600000);
  }
}

static void when_every_pin_is_lost_a_new_code_begins_anew_after_all_work_has_left(void **state) {
  struct field_world *w = *state;
  struct buf link = BUF_INIT(1024);
  (void)field_mark(w, &fake_zoe, "P");
  wrong_pins_of(w, &fake_ann);
  wrong_pins_of(w, &fake_bob);
  fake_hub_link(&w->hub, &link);
  assert_int_equal(buf_put_u8(&link, 0), ERR_OK);
  assert_false(core_host_call(&w->host, "enrol.start", "code:t", (const char *)link.ptr));
  field_refused(w, "CONFLICT");
  assert_non_null(strstr(w->host.text, "export"));
  field_online(w);
  assert_int_equal(w->hub.bundle_count, 1);
  fake_hub_drop(&w->hub);
  /* The hub makes another device of it. */
  w->hub.device = (struct id){{0x50, 2}};
  fake_hub_enrol(&w->hub);
  fake_hub_unlock(&w->hub, &fake_ann);
  core_host_pass(&w->host, 10);
  w->hub.bundle_count = 0;
  struct fake_bundle old = w->hub.bundles[0];
  fake_hub_connect(&w->hub);
  fake_hub_feed(&w->hub, false);
  assert_true(core_host_says(field_row_of(field_get(w, &fake_strings_today), &fake_zoe), "code", "P"));
  struct id one = fake_player(1);
  (void)field_mark(w, &one, "L");
  field_pause(w);
  fake_hub_serve(&w->hub);
  assert_int_equal(w->hub.bundle_count, 1);
  assert_true(id_equal(&w->hub.bundles[0].header.device, &w->hub.device));
  assert_int_equal(w->hub.bundles[0].header.seq, 1);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
  buf_finish(&old.bytes);
  buf_finish(&old.plain);
  arena_finish(&old.arena);
  buf_finish(&link);
}

static void losing_everybody_who_had_a_pin_does_not_open_setup_again(void **state) {
  struct field_world *w = *state;
  struct id stranger = {{0x77}};
  w->hub.staff[0] = (struct staff_ref){stranger, slice_text("Eve New")};
  w->hub.staff_count = 1;
  field_online(w);
  w->host.config.hold = true;
  core_host_stop(&w->host);
  core_host_start(&w->host);
  assert_true(core_host_call(&w->host, "device.status", ""));
  assert_false(core_host_bool(w->host.result, "setup"));
  assert_false(core_host_call(&w->host, "pin.set", "staff:i pin:t", &stranger, "274951"));
  field_refused(w, "NOT_UNLOCKED");
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
#define BARE(test)     cmocka_unit_test_setup_teardown(test, field_world_open_bare, field_world_close)
  const struct CMUnitTest tests[] = {
      BARE(both_sides_show_the_same_digits_and_the_device_is_in_setup),
      BARE(a_device_that_stops_before_its_first_pin_goes_on_with_setup),
      BARE(setup_is_not_lost_by_locking_or_guessing_before_the_first_pin),
      BARE(setup_is_over_once_a_pin_guards_the_device),
      BARE(a_hub_with_another_key_is_not_the_one_of_the_code),
      BARE(the_same_code_can_be_tried_again_with_the_same_keys),
      BARE(a_hub_that_closes_during_the_handshake_refused_the_code),
      BARE(a_hub_that_says_nothing_is_given_up_in_time),
      BARE(nonsense_is_no_code_and_a_typed_code_needs_an_address),
      BARE(before_enrolment_every_command_says_so),
      BARE(an_enrolled_device_takes_no_second_code),
      IN_WORLD(when_every_pin_is_lost_a_new_code_begins_anew_after_all_work_has_left),
      IN_WORLD(losing_everybody_who_had_a_pin_does_not_open_setup_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
