/* hub_url_test.c: a hub's address is taken apart strictly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/kiosk/hub_url.h"

static err parse(struct hub_url *out, const char *text) { return hub_url_parse(out, slice_text(text), NULL); }

static void a_whole_address_has_host_port_and_path(void **state) {
  (void)state;
  struct hub_url url;
  assert_int_equal(parse(&url, "wss://hub.example:8443/sync"), ERR_OK);
  assert_string_equal(url.host, "hub.example");
  assert_string_equal(url.authority, "hub.example:8443");
  assert_string_equal(url.path, "/sync");
  assert_int_equal(url.port, 8443);
}

static void port_and_path_may_be_left_out(void **state) {
  (void)state;
  struct hub_url url;
  assert_int_equal(parse(&url, "wss://192.0.2.7"), ERR_OK);
  assert_string_equal(url.authority, "192.0.2.7");
  assert_string_equal(url.path, "/");
  assert_int_equal(url.port, 443);
}

static void anything_else_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",          "ws://hub/sync",     "https://hub/",      "wss://",      "wss:///sync",
      "wss://h:",  "wss://h:0/",        "wss://h:65536/",    "wss://h:1a/", "wss://h:9999999/",
      "wss://h x", "wss://h/a b",       "wss://h/a\r\nX: y", "wss://u@h/",  "wss://[::1]/",
      "wss://h?x", "wss://h/sync#part", "WSS://h/"};
  struct hub_url url;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    if (parse(&url, bad[i]) != ERR_INVALID) fail_msg("'%s' was taken", bad[i]);
  }
}

static void names_past_their_bounds_are_refused(void **state) {
  (void)state;
  char text[600];
  struct hub_url url;
  (void)snprintf(text, sizeof text, "wss://%0300d", 7);
  assert_int_equal(parse(&url, text), ERR_INVALID);
  (void)snprintf(text, sizeof text, "wss://h/%0300d", 7);
  assert_int_equal(parse(&url, text), ERR_INVALID);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_whole_address_has_host_port_and_path),
      cmocka_unit_test(port_and_path_may_be_left_out),
      cmocka_unit_test(anything_else_is_refused),
      cmocka_unit_test(names_past_their_bounds_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
