/* enrol_test.c: enrolment codes are read as people type them, and a mistake is pointed at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/vectors/samples.h"

static struct enrol_code code_of(const char *url) {
  struct fixture f;
  struct enrol_code code = {.url = slice_text(url)};
  fixture_make(&f);
  bytes_copy(code.seed, f.enrol_seed, enrol_seed_bytes);
  enrol_fingerprint(code.fingerprint, f.hub_sign.public_key);
  return code;
}

static void typed_text(char *out) {
  struct enrol_code code = code_of("");
  struct buf text = BUF_INIT(enrol_typed_chars_max);
  assert_int_equal(enrol_typed(&text, &code), ERR_OK);
  assert_true(text.len == 64); /* 52 characters and 12 hyphens */
  bytes_copy(out, text.ptr, text.len);
  out[text.len] = 0;
  buf_finish(&text);
}

static void assert_same(const struct enrol_code *a, const struct enrol_code *b) {
  assert_memory_equal(a->seed, b->seed, enrol_seed_bytes);
  assert_memory_equal(a->fingerprint, b->fingerprint, enrol_fingerprint_bytes);
}

static void a_link_is_read_back(void **state) {
  (void)state;
  struct enrol_code code = code_of("wss://hub.example.org:8443/sync"), got;
  struct buf text = BUF_INIT(1024);
  assert_int_equal(enrol_link(&text, &code), ERR_OK);
  assert_int_equal(enrol_parse(&got, buf_slice(&text), NULL), ERR_OK);
  assert_same(&code, &got);
  assert_true(slice_equal(got.url, code.url));
  buf_finish(&text);
}

static void a_typed_code_is_read_whatever_its_case_spaces_and_look_alikes(void **state) {
  (void)state;
  char text[80], sloppy[200];
  struct enrol_code code = code_of(""), got;
  typed_text(text);
  size_t at = 0;
  for (size_t i = 0; text[i] != 0; i++) {
    char c = text[i];
    if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
    if (c == '0') c = 'o';
    if (c == '1') c = i % 2 == 0 ? 'l' : 'I';
    if (c == '-') c = ' ';
    sloppy[at++] = c;
    if (i % 9 == 0) sloppy[at++] = ' ';
  }
  sloppy[at++] = '\n';
  sloppy[at] = 0;
  assert_int_equal(enrol_parse(&got, slice_text(sloppy), NULL), ERR_OK);
  assert_same(&code, &got);
  assert_int_equal(got.url.len, 0);
}

static void every_single_mistyped_character_is_noticed(void **state) {
  (void)state;
  static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  char text[80];
  size_t pointed = 0, mistakes = 0;
  typed_text(text);
  for (size_t i = 0; text[i] != 0; i++) {
    char right = text[i], where[64];
    struct enrol_code got;
    struct fault fault = {0};
    if (right == '-') continue;
    text[i] = alphabet[(i + (right == alphabet[i % 32])) % 32];
    assert_int_equal(enrol_parse(&got, slice_text(text), &fault), ERR_MALFORMED);
    snprintf(where, sizeof where, "group %zu looks wrong", i / 5 + 1);
    mistakes++;
    if (strstr(fault.text, where) != NULL) pointed++;
    text[i] = right;
  }
  assert_true(mistakes == 52 && pointed >= 48); /* a checksum of two bytes sometimes leaves two suspects */
}

static void expect_sentence(const char *text, err expected, const char *words) {
  struct enrol_code got;
  struct fault fault = {0};
  assert_int_equal(enrol_parse(&got, slice_text(text), &fault), expected);
  if (strstr(fault.text, words) == NULL) fail_msg("'%s' does not say '%s'", fault.text, words);
}

static void what_is_wrong_is_said_in_words(void **state) {
  (void)state;
  char text[160];
  typed_text(text);
  text[62] = 0;
  expect_sentence(text, ERR_MALFORMED, "50 of 52 characters");
  typed_text(text);
  text[7] = 'U';
  expect_sentence(text, ERR_MALFORMED, "Group 2");
  typed_text(text);
  memcpy(text + 64, "-AB", 4);
  expect_sentence(text, ERR_MALFORMED, "longer than 52");
  expect_sentence("", ERR_MALFORMED, "0 of 52");
  expect_sentence("tutti:2:abc:wss://hub/sync", ERR_VERSION, "update");
  expect_sentence("tutti:1:abc", ERR_MALFORMED, "ends too early");
  expect_sentence("tutti:1:abc:wss://hub/sync", ERR_MALFORMED, "damaged");
  expect_sentence("tutti:1:****************************************:wss://hub/sync", ERR_MALFORMED,
                  "damaged");
  expect_sentence("https://example.org/a-page-that-somebody-scanned", ERR_MALFORMED,
                  "character that no code contains");
}

static void a_link_must_end_in_a_websocket_address(void **state) {
  (void)state;
  static const char *const urls[] = {"", "http://hub/sync", "wss://hub/ sync", "wss://h\303\274b/sync",
                                     "javascript:alert(1)"};
  struct buf text = BUF_INIT(1024);
  for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
    struct enrol_code code = code_of(urls[i]);
    assert_int_equal(enrol_link(&text, &code), ERR_INVALID);
  }
  struct enrol_code good = code_of("wss://hub/sync"), got;
  assert_int_equal(enrol_link(&text, &good), ERR_OK);
  text.len -= strlen("wss://hub/sync");
  assert_int_equal(buf_append(&text, slice_text("http://hub/sync")), ERR_OK);
  assert_int_equal(enrol_parse(&got, buf_slice(&text), NULL), ERR_MALFORMED);
  buf_finish(&text);
}

static void psk_token_and_seed_tell_nothing_of_each_other(void **state) {
  (void)state;
  struct enrol_code code = code_of("");
  uint8_t psk[key_bytes];
  struct id token;
  enrol_psk(psk, code.seed);
  enrol_token_id(&token, code.seed);
  assert_memory_not_equal(psk, token.b, id_bytes);
  assert_memory_not_equal(psk, code.seed, enrol_seed_bytes);
}

static int start(void **state) {
  (void)state;
  return crypto_init() == ERR_OK ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_link_is_read_back),
      cmocka_unit_test(a_typed_code_is_read_whatever_its_case_spaces_and_look_alikes),
      cmocka_unit_test(every_single_mistyped_character_is_noticed),
      cmocka_unit_test(what_is_wrong_is_said_in_words),
      cmocka_unit_test(a_link_must_end_in_a_websocket_address),
      cmocka_unit_test(psk_token_and_seed_tell_nothing_of_each_other),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
