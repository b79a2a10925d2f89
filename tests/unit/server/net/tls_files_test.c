/* tls_files_test.c: what is wrong with the hub's certificate or key is said in a sentence, and a date before
 * it comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "server/net/net.h"

enum { day_ms = 86400000 };
static const int64_t begins_ms = INT64_C(1767225600000); /* 1 January 2026; it is good for 30 days */

struct place {
  char dir[64], certificate[96], key[96], locked[96];
  char said[512];
  enum log_level level;
  struct log_sink log;
  struct net_certificate dates;
  struct fault fault;
};

static void remember(void *ctx, enum log_level level, const char *text) {
  struct place *p = ctx;
  p->level = level;
  (void)snprintf(p->said, sizeof p->said, "%s", text);
}

static void write_key(const char *path, EVP_PKEY *key, const char *passphrase) {
  FILE *f = fopen(path, "wb");
  const EVP_CIPHER *cipher = passphrase ? EVP_aes_256_cbc() : NULL;
  assert_non_null(f);
  assert_int_equal(PEM_write_PrivateKey(f, key, cipher, NULL, 0, NULL, (void *)(uintptr_t)passphrase), 1);
  assert_int_equal(fclose(f), 0);
}

static void write_certificate(const char *path, EVP_PKEY *key, int64_t from_ms) {
  X509 *x = X509_new();
  assert_non_null(x);
  assert_non_null(ASN1_TIME_set(X509_getm_notBefore(x), (time_t)(from_ms / 1000)));
  assert_non_null(ASN1_TIME_set(X509_getm_notAfter(x), (time_t)(from_ms / 1000 + 30 * (day_ms / 1000))));
  assert_int_equal(X509_set_pubkey(x, key), 1);
  assert_true(X509_sign(x, key, EVP_sha256()) > 0);
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(PEM_write_X509(f, x), 1);
  assert_int_equal(fclose(f), 0);
  X509_free(x);
}

static int make(void **state) {
  struct place *p = calloc(1, sizeof *p);
  if (!p) return -1;
  *state = p;
  p->log = (struct log_sink){.min = LOG_INFO, .line = remember, .ctx = p};
  (void)snprintf(p->dir, sizeof p->dir, "/tmp/tutti-tls-XXXXXX");
  if (!mkdtemp(p->dir)) return -1;
  (void)snprintf(p->certificate, sizeof p->certificate, "%s/hub.pem", p->dir);
  (void)snprintf(p->key, sizeof p->key, "%s/hub.key", p->dir);
  (void)snprintf(p->locked, sizeof p->locked, "%s/locked.key", p->dir);
  EVP_PKEY *key = EVP_EC_gen("P-256");
  assert_non_null(key);
  write_certificate(p->certificate, key, begins_ms);
  write_key(p->key, key, NULL);
  write_key(p->locked, key, "nobody types this");
  EVP_PKEY_free(key);
  return 0;
}

static int clear(void **state) {
  struct place *p = *state;
  (void)unlink(p->certificate);
  (void)unlink(p->key);
  (void)unlink(p->locked);
  (void)rmdir(p->dir);
  free(p);
  return 0;
}

static err check(struct place *p, const char *key) {
  p->fault = (struct fault){.code = ERR_OK};
  return net_check_certificate(p->certificate, key, &p->dates, &p->fault);
}

static void note(struct place *p, int64_t now_ms) {
  p->said[0] = 0;
  net_note_certificate(p->certificate, &p->dates, now_ms, &p->log);
}

static void a_date_is_said_before_it_comes_and_the_hub_serves_all_the_same(void **state) {
  struct place *p = *state;
  static const struct {
    int64_t after_ms;
    enum log_level level;
    const char *word; /* NULL: nothing is said */
  } days[] = {{-1000, LOG_ERROR, "not valid yet"},
              {0, LOG_INFO, NULL},
              {15 * (int64_t)day_ms, LOG_INFO, NULL},
              {17 * (int64_t)day_ms, LOG_WARN, "less than 14 days"},
              {30 * (int64_t)day_ms - 3600000, LOG_WARN, "less than 1 day:"},
              {30 * (int64_t)day_ms + 3600000, LOG_ERROR, "has expired"},
              {400 * (int64_t)day_ms, LOG_ERROR, "has expired"}};
  for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
    assert_int_equal(check(p, p->key), ERR_OK);
    note(p, begins_ms + days[i].after_ms);
    if (!days[i].word) assert_string_equal(p->said, "");
    if (!days[i].word) continue;
    assert_int_equal(p->level, days[i].level);
    assert_non_null(strstr(p->said, days[i].word));
    assert_non_null(strstr(p->said, p->certificate));
  }
}

/* Renewed, and the hub was never told: devices still meet the old one, and the log must not fall silent. */
static void a_new_file_that_is_not_in_use_yet_ends_no_warning(void **state) {
  struct place *p = *state;
  const int64_t after_ms = begins_ms + 31 * (int64_t)day_ms;
  EVP_PKEY *key = EVP_EC_gen("P-256");
  assert_non_null(key);
  assert_int_equal(check(p, p->key), ERR_OK);
  write_certificate(p->certificate, key, begins_ms + 30 * (int64_t)day_ms);
  write_key(p->key, key, NULL);
  EVP_PKEY_free(key);
  note(p, after_ms);
  assert_int_equal(p->level, LOG_ERROR);
  assert_non_null(strstr(p->said, "that is in use has expired"));
  assert_int_equal(check(p, p->key), ERR_OK); /* as SIGHUP does */
  note(p, after_ms);
  assert_string_equal(p->said, "");
}

/* It was asked of whoever sat at the terminal, and a service waited there for ever. */
static void a_key_with_a_passphrase_is_refused_and_nobody_is_asked_for_it(void **state) {
  struct place *p = *state;
  assert_int_equal(check(p, p->locked), ERR_CRYPTO);
  assert_non_null(strstr(p->fault.text, "passphrase"));
  assert_non_null(strstr(p->fault.text, p->locked));
}

static void a_file_that_is_not_there_and_one_that_was_never_named_are_said(void **state) {
  struct place *p = *state;
  assert_int_equal(check(p, "/nonexistent/hub.key"), ERR_NOT_FOUND);
  assert_non_null(strstr(p->fault.text, "/nonexistent/hub.key cannot be read"));
  assert_int_equal(check(p, ""), ERR_NOT_FOUND);
  assert_non_null(strstr(p->fault.text, "no TLS key is named"));
  assert_int_equal(check(p, p->certificate), ERR_MALFORMED);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_date_is_said_before_it_comes_and_the_hub_serves_all_the_same, make,
                                      clear),
      cmocka_unit_test_setup_teardown(a_new_file_that_is_not_in_use_yet_ends_no_warning, make, clear),
      cmocka_unit_test_setup_teardown(a_key_with_a_passphrase_is_refused_and_nobody_is_asked_for_it, make,
                                      clear),
      cmocka_unit_test_setup_teardown(a_file_that_is_not_there_and_one_that_was_never_named_are_said, make,
                                      clear),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
