/* request_test.c: which heads are refused, and with what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/net/request.h"

static const char *const names[] = {"hub.example", "", "localhost"};
static const struct own_names own = {names, 3};

static struct request_head get(const char *path) {
  return (struct request_head){.get = true, .path = slice_text(path), .host = slice_text("hub.example:8443")};
}

static struct request_head post(const char *length) {
  return (struct request_head){.post = true,
                               .path = slice_text("/api/sign-in"),
                               .host = slice_text("hub.example:8443"),
                               .origin = slice_text("https://hub.example:8443"),
                               .content_length = slice_text(length),
                               .content_lengths = length ? 1 : 0};
}

static unsigned status(const struct request_head head) {
  uint64_t body = 0;
  const struct refusal *why = request_refusal(&head, &own, &body);
  return why ? why->status : 200;
}

static void a_plain_request_is_taken(void **state) {
  (void)state;
  uint64_t body = 9;
  assert_int_equal(status(get("/")), 200);
  assert_int_equal(status(get("/api/me")), 200);
  struct request_head head = post("17");
  assert_null(request_refusal(&head, &own, &body));
  assert_int_equal(body, 17);
}

static void the_field_app_has_its_own_corner(void **state) {
  (void)state;
  static const char *const others[] = {"/field", "/fields/app.js", "/", "/office.js", "/x/field/"};
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    struct slice path = slice_text(others[i]);
    assert_false(request_cut_field(&path));
    assert_true(slice_equal(path, slice_text(others[i])));
  }
  struct slice root = slice_text("/field/"), file = slice_text("/field/fonts/a.woff2");
  assert_true(request_cut_field(&root) && slice_equal(root, slice_text("/")));
  assert_true(request_cut_field(&file) && slice_equal(file, slice_text("/fonts/a.woff2")));
}

static void a_length_must_be_one_plain_number(void **state) {
  (void)state;
  static const char *const bad[] = {"", "-1", "+1", "1x", " 1", "0x10", "1,1", "99999999999999999999"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) assert_int_equal(status(post(bad[i])), 400);
  struct request_head twice = post("2");
  twice.content_lengths = 2;
  assert_int_equal(status(twice), 400);
  assert_int_equal(status(post(NULL)), 411);
}

static void chunks_are_refused_and_never_mixed_with_a_length(void **state) {
  (void)state;
  struct request_head chunked = post(NULL), both = post("2");
  chunked.transfer_encoding = both.transfer_encoding = true;
  assert_int_equal(status(chunked), 411);
  assert_int_equal(status(both), 400);
}

static void a_body_has_a_ceiling_and_belongs_to_a_post(void **state) {
  (void)state;
  assert_int_equal(status(post("4194304")), 200);
  assert_int_equal(status(post("4194305")), 413);
  struct request_head head = get("/");
  head.content_length = slice_text("1");
  head.content_lengths = 1;
  assert_int_equal(status(head), 413);
}

static void foreign_names_and_origins_are_refused(void **state) {
  (void)state;
  struct request_head head = get("/");
  head.host = slice_text("elsewhere.example");
  assert_int_equal(status(head), 403);
  head.host = slice_of(NULL, 0);
  assert_int_equal(status(head), 403);
  head = post("2");
  head.origin = slice_text("https://elsewhere.example");
  assert_int_equal(status(head), 403);
  head.origin = slice_text("null");
  assert_int_equal(status(head), 403);
  head = get("/api/me");
  head.fetch_site = slice_text("same-site");
  assert_int_equal(status(head), 403);
  head.fetch_site = slice_text("same-origin");
  assert_int_equal(status(head), 200);
}

static void methods_fit_the_address(void **state) {
  (void)state;
  struct request_head head = get("/api/me");
  head.get = false;
  assert_int_equal(status(head), 405);
  head.head = true;
  assert_int_equal(status(head), 405);
  head.path = slice_text("/");
  assert_int_equal(status(head), 200);
  head = post("2");
  head.path = slice_text("/");
  assert_int_equal(status(head), 405);
}

static unsigned upgrade(struct request_head head, const char *kind, const char *protocol) {
  const struct refusal *why = upgrade_refusal(&head, &own, slice_text(kind), slice_text(protocol));
  return why ? why->status : 101;
}

static void only_our_websocket_is_opened(void **state) {
  (void)state;
  struct request_head head = get("/sync");
  assert_int_equal(upgrade(head, "websocket", "tutti.v1"), 101);
  assert_int_equal(upgrade(head, "h2c", "tutti.v1"), 400);
  assert_int_equal(upgrade(head, "websocket", ""), 400);
  assert_int_equal(upgrade(head, "websocket", "tutti.v2"), 400);
  assert_int_equal(upgrade(get("/other"), "websocket", "tutti.v1"), 404);
  head.origin = slice_text("https://hub.example:8443");
  assert_int_equal(upgrade(head, "websocket", "tutti.v1"), 101);
  head.origin = slice_text("https://elsewhere.example");
  assert_int_equal(upgrade(head, "websocket", "tutti.v1"), 403);
  head.origin = slice_of(NULL, 0);
  head.fetch_site = slice_text("cross-site");
  assert_int_equal(upgrade(head, "websocket", "tutti.v1"), 403);
  head.fetch_site = slice_text("same-origin");
  assert_int_equal(upgrade(head, "websocket", "tutti.v1"), 101);
}

static void the_hubs_name_is_read_from_its_url(void **state) {
  (void)state;
  assert_true(
      slice_equal(request_name_of_url(slice_text("wss://hub.example:8443/sync")), slice_text("hub.example")));
  assert_true(slice_equal(request_name_of_url(slice_text("wss://hub.example")), slice_text("hub.example")));
  assert_int_equal(request_name_of_url(slice_text("http://hub.example")).len, 0);
}

static bool comes_from(const char *who, const char *peer, const char *proxy, const char *forwarded) {
  return slice_equal(request_peer(slice_text(peer), slice_text(proxy), slice_text(forwarded)),
                     slice_text(who));
}

static void a_proxy_says_whom_it_speaks_for_and_nobody_else_does(void **state) {
  (void)state;
  assert_true(comes_from("203.0.113.7", "127.0.0.1", "127.0.0.1", "203.0.113.7"));
  assert_true(comes_from("203.0.113.7", "::ffff:127.0.0.1", "127.0.0.1", "203.0.113.7"));
  assert_true(comes_from("2001:db8::7", "::1", "::1", "2001:db8::7"));
  /* What the asker wrote before it is passed over. */
  assert_true(comes_from("203.0.113.7", "127.0.0.1", "127.0.0.1", "10.0.0.1, 203.0.113.7 "));
  assert_true(comes_from("127.0.0.1", "127.0.0.1", "127.0.0.1", "203.0.113.7, unknown"));
  assert_true(comes_from("127.0.0.1", "127.0.0.1", "127.0.0.1", ""));
  assert_true(comes_from("127.0.0.1", "127.0.0.1", "127.0.0.1", ", ,"));
  /* No proxy, or another one. */
  assert_true(comes_from("127.0.0.1", "127.0.0.1", "", "203.0.113.7"));
  assert_true(comes_from("198.51.100.9", "198.51.100.9", "127.0.0.1", "203.0.113.7"));
  assert_true(comes_from("::1", "::1", "127.0.0.1", "203.0.113.7"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_plain_request_is_taken),
      cmocka_unit_test(the_field_app_has_its_own_corner),
      cmocka_unit_test(a_length_must_be_one_plain_number),
      cmocka_unit_test(chunks_are_refused_and_never_mixed_with_a_length),
      cmocka_unit_test(a_body_has_a_ceiling_and_belongs_to_a_post),
      cmocka_unit_test(foreign_names_and_origins_are_refused),
      cmocka_unit_test(methods_fit_the_address),
      cmocka_unit_test(only_our_websocket_is_opened),
      cmocka_unit_test(the_hubs_name_is_read_from_its_url),
      cmocka_unit_test(a_proxy_says_whom_it_speaks_for_and_nobody_else_does),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
