/* web_policy_test.c: which hosts and origins are ours, which file a path means, what a head says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/base/web_policy.h"

static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
static const struct web_names ours = {names, 3, 8444, false};
static const uint8_t content[] = {1};
static const struct web_file files[] = {
    {"/index.html", "text/html", {"gzip", "\"a\"", content, 1}, {NULL, NULL, NULL, 0}},
    {"/app.js", "text/javascript", {"gzip", "\"b\"", content, 1}, {"br", "\"b.br\"", content, 1}}};

static bool host(const char *text) { return web_host_is_ours(slice_text(text), &ours); }
static bool origin(const char *text) { return web_origin_is_ours(slice_text(text), &ours); }
static bool name(const char *text) { return web_name_is_ours(slice_text(text), names, 3); }

static void only_loopback_names_with_the_own_port_are_ours(void **state) {
  (void)state;
  assert_true(host("localhost:8444") && host("LocalHost:8444") && host("127.0.0.1:8444") &&
              host("[::1]:8444"));
  assert_false(host("localhost") || host("localhost:84440") || host("localhost:844") || host("localhost:"));
  assert_false(host("") || host("localhost.example:8444") || host("evil:8444") ||
               host("127.0.0.1.nip.io:8444"));
}

static void a_port_may_be_left_out_when_it_is_the_schemes_own(void **state) {
  (void)state;
  const struct web_names plain = {names, 3, 80, false}, tls = {names, 3, 443, true};
  assert_true(web_host_is_ours(slice_text("localhost"), &plain) &&
              web_host_is_ours(slice_text("localhost"), &tls));
}

static void an_origin_needs_scheme_host_and_port(void **state) {
  (void)state;
  assert_true(origin("http://localhost:8444") && origin("http://127.0.0.1:8444"));
  assert_false(origin("https://localhost:8444") || origin("http://localhost") || origin("null") ||
               origin(""));
  assert_false(origin("http://localhost:8444.evil.example") || origin("http://localhost:8444/") ||
               origin("localhost:8444"));
}

static void a_name_counts_with_any_port_but_nothing_else(void **state) {
  (void)state;
  assert_true(name("localhost") && name("localhost:1") && name("[::1]:65535"));
  assert_false(name("localhost:") || name("localhost:1a") || name("localhost.evil") || name("xlocalhost") ||
               name("localhost:1234567"));
}

static void an_origin_fits_the_host_it_was_sent_to(void **state) {
  (void)state;
  struct slice to = slice_text("hub.example:8443");
  assert_true(web_origin_fits_host(slice_text("https://hub.example:8443"), to, true));
  assert_true(web_origin_fits_host(slice_text("https://HUB.example:8443"), to, true));
  assert_false(web_origin_fits_host(slice_text("http://hub.example:8443"), to, true));
  assert_false(web_origin_fits_host(slice_text("https://hub.example"), to, true));
  assert_false(web_origin_fits_host(slice_text("https://"), slice_of(NULL, 0), true));
}

static void a_host_with_odd_characters_is_not_plain(void **state) {
  (void)state;
  assert_true(web_host_is_plain(slice_text("hub-1.example:8443")) && web_host_is_plain(slice_text("[::1]")));
  assert_false(web_host_is_plain(slice_text("")) || web_host_is_plain(slice_text("a b")) ||
               web_host_is_plain(slice_text("a@b")) || web_host_is_plain(slice_text("a/b")));
}

static const struct web_file *find(const char *path) { return web_file_find(files, 2, slice_text(path)); }

static void pages_route_themselves_and_nothing_outside_the_table_is_found(void **state) {
  (void)state;
  assert_ptr_equal(find("/"), &files[0]);
  assert_ptr_equal(find("/registers/0123"), &files[0]);
  assert_ptr_equal(find("/app.js?v=1"), &files[1]);
  assert_null(find("/other.js"));
  assert_null(find("/../app.js"));
  assert_null(find("//app.js"));
  assert_null(web_file_find(NULL, 0, slice_text("/")));
}

/* What a browser that says so is given, of a file that has both forms or gzip alone. */
static const char *given(const char *accept_encoding, size_t file) {
  const struct web_form *form = web_file_form(&files[file], slice_text(accept_encoding));
  return form ? form->coding : "none";
}

static void gzip_is_refused_only_by_a_browser_that_says_so(void **state) {
  (void)state;
  assert_string_equal(web_file_form(&files[0], slice_of(NULL, 0))->coding, "gzip");
  assert_string_equal(given("gzip, deflate, br", 0), "gzip");
  assert_string_equal(given("br;q=1.0, GZIP;q=0.8", 0), "gzip");
  assert_string_equal(given("*", 0), "gzip");
  assert_string_equal(given("br", 0), "none");
  assert_string_equal(given("xgzip, identity", 0), "none");
  assert_string_equal(given("gzip;q=0, identity", 0), "none");
}

static void brotli_is_given_to_whoever_names_it(void **state) {
  (void)state;
  assert_string_equal(given("gzip, deflate, br, zstd", 1), "br");
  assert_string_equal(given("BR;q=0.001", 1), "br");
  assert_string_equal(given("br", 1), "br");
  assert_string_equal(given("gzip, br;q=0", 1), "gzip");
  assert_string_equal(given("gzip, br; q=0.000", 1), "gzip");
  assert_string_equal(given("brx, gzip", 1), "gzip");
  assert_string_equal(given("*", 1), "gzip");
  assert_string_equal(web_file_form(&files[1], slice_of(NULL, 0))->coding, "gzip");
}

static void an_etag_matches_whole(void **state) {
  (void)state;
  assert_true(web_etag_matches(slice_text("\"abc\""), "\"abc\"") &&
              web_etag_matches(slice_text("W/\"abc\""), "\"abc\""));
  assert_true(web_etag_matches(slice_text("\"x\", \"abc\""), "\"abc\""));
  assert_false(web_etag_matches(slice_text("\"abcd\""), "\"abc\"") ||
               web_etag_matches(slice_of(NULL, 0), "\"abc\""));
}

static char *head_text(const struct web_head *head) {
  struct buf out = BUF_INIT(4096);
  assert_int_equal(web_head_write(&out, head), ERR_OK);
  assert_int_equal(buf_put_u8(&out, 0), ERR_OK);
  return (char *)out.ptr;
}

static void every_head_carries_the_security_headers(void **state) {
  (void)state;
  const unsigned statuses[] = {200, 304, 403, 404, 500};
  for (size_t i = 0; i < 5; i++) {
    char *text = head_text(&(struct web_head){.status = statuses[i]});
    assert_non_null(strstr(text, "Content-Security-Policy: default-src 'none'; script-src 'self';"));
    assert_non_null(strstr(text, "frame-ancestors 'none'\r\n"));
    assert_non_null(strstr(text, "X-Content-Type-Options: nosniff\r\n"));
    assert_non_null(strstr(text, "Referrer-Policy: no-referrer\r\n"));
    assert_non_null(strstr(text, "Permissions-Policy: geolocation=(),"));
    assert_string_equal(text + strlen(text) - 4, "\r\n\r\n");
    free(text);
  }
}

static void only_the_field_app_may_run_the_core_and_nothing_may_run_text(void **state) {
  (void)state;
  char *page = head_text(&(struct web_head){.status = 200});
  char *field = head_text(&(struct web_head){.status = 200, .runs_core = true});
  assert_null(strstr(page, "wasm"));
  assert_non_null(strstr(page, "require-trusted-types-for 'script'; trusted-types 'none'; "));
  assert_non_null(strstr(field, "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "));
  assert_non_null(strstr(field, "require-trusted-types-for 'script'; trusted-types tutti; "));
  assert_non_null(strstr(field, "connect-src 'self'; "));
  assert_null(strstr(field, "unsafe-inline"));
  assert_null(strstr(field, "'unsafe-eval'"));
  free(page);
  free(field);
}

static void an_address_that_moved_says_where_to(void **state) {
  (void)state;
  char *text = head_text(&(struct web_head){.status = 308, .location = "/field/"});
  assert_non_null(strstr(text, "HTTP/1.1 308 Permanent Redirect\r\n"));
  assert_non_null(strstr(text, "Location: /field/\r\n"));
  free(text);
}

static void answers_are_kept_by_nobody_unless_they_have_an_etag_and_no_secret(void **state) {
  (void)state;
  char *plain = head_text(&(struct web_head){.status = 200, .length = 7});
  char *tagged = head_text(&(struct web_head){.status = 200, .etag = "\"x\""});
  char *secret = head_text(&(struct web_head){.status = 200, .etag = "\"x\"", .secret = true});
  assert_non_null(strstr(plain, "Cache-Control: no-store\r\n"));
  assert_non_null(strstr(plain, "Content-Length: 7\r\n"));
  assert_non_null(strstr(tagged, "Cache-Control: no-cache\r\nETag: \"x\"\r\n"));
  assert_non_null(strstr(secret, "Cache-Control: no-store\r\nETag: \"x\"\r\n"));
  free(plain);
  free(tagged);
  free(secret);
}

static void whoever_asks_to_close_is_understood_in_any_list(void **state) {
  (void)state;
  assert_true(web_asks_to_close(slice_text("close")) && web_asks_to_close(slice_text("TE, Close")));
  assert_false(web_asks_to_close(slice_text("")) || web_asks_to_close(slice_text("keep-alive")) ||
               web_asks_to_close(slice_text("closed")));
}

static void an_endless_answer_has_no_length(void **state) {
  (void)state;
  char *text = head_text(
      &(struct web_head){.status = 200, .endless = true, .type = "text/event-stream", .retry_after_s = 3});
  assert_null(strstr(text, "Content-Length"));
  assert_non_null(strstr(text, "Retry-After: 3\r\n"));
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(only_loopback_names_with_the_own_port_are_ours),
      cmocka_unit_test(a_port_may_be_left_out_when_it_is_the_schemes_own),
      cmocka_unit_test(an_origin_needs_scheme_host_and_port),
      cmocka_unit_test(a_name_counts_with_any_port_but_nothing_else),
      cmocka_unit_test(an_origin_fits_the_host_it_was_sent_to),
      cmocka_unit_test(a_host_with_odd_characters_is_not_plain),
      cmocka_unit_test(pages_route_themselves_and_nothing_outside_the_table_is_found),
      cmocka_unit_test(gzip_is_refused_only_by_a_browser_that_says_so),
      cmocka_unit_test(brotli_is_given_to_whoever_names_it),
      cmocka_unit_test(an_etag_matches_whole),
      cmocka_unit_test(every_head_carries_the_security_headers),
      cmocka_unit_test(only_the_field_app_may_run_the_core_and_nothing_may_run_text),
      cmocka_unit_test(an_address_that_moved_says_where_to),
      cmocka_unit_test(answers_are_kept_by_nobody_unless_they_have_an_etag_and_no_secret),
      cmocka_unit_test(whoever_asks_to_close_is_understood_in_any_list),
      cmocka_unit_test(an_endless_answer_has_no_length),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
