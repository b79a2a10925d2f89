/* tls_files.c: looks at certificate and key with OpenSSL, because libwebsockets only logs what is wrong with
 * them. */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <unistd.h>

#include "server/net/net.h"

/* A server has nobody to ask, and OpenSSL would ask whoever sits at the terminal. */
static int no_passphrase(char *out, int size, int writing, void *asked) {
  (void)out, (void)size, (void)writing;
  *(bool *)asked = true;
  return -1;
}

static err check_there(const char *file, const char *what, struct fault *fault) {
  if (file[0] == 0)
    return fault_set(fault, ERR_NOT_FOUND,
                     "no TLS %s is named: give --cert and --key, or write them into hub.conf", what);
  if (access(file, R_OK) == 0) return ERR_OK;
  return fault_set(fault, errno == ENOENT ? ERR_NOT_FOUND : ERR_FORBIDDEN,
                   "the TLS %s %.120s cannot be read: %.60s", what, file, strerrordesc_np(errno));
}

static err check_key(SSL_CTX *tls, const char *certificate, const char *key, struct fault *fault) {
  bool asked = false;
  SSL_CTX_set_default_passwd_cb(tls, no_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(tls, &asked);
  int taken = SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM);
  SSL_CTX_set_default_passwd_cb_userdata(tls, NULL);
  if (taken == 1) return ERR_OK;
  if (asked)
    return fault_set(
        fault, ERR_CRYPTO,
        "the key in %.120s asks for a passphrase, and a server has nobody to ask: give one without", key);
  return fault_set(fault, ERR_MALFORMED,
                   "%.120s holds no usable private key in PEM form, or not that of %.80s", key, certificate);
}

static err check_files(SSL_CTX *tls, const char *certificate, const char *key, struct fault *fault) {
  if (SSL_CTX_use_certificate_chain_file(tls, certificate) != 1)
    return fault_set(fault, ERR_MALFORMED, "%.120s holds no usable certificate in PEM form", certificate);
  TRY(check_key(tls, certificate, key, fault));
  if (SSL_CTX_check_private_key(tls) != 1)
    return fault_set(fault, ERR_CRYPTO, "the key in %.100s does not belong to the certificate in %.100s", key,
                     certificate);
  return ERR_OK;
}

/* Of the first certificate of the chain, which is the hub's own. */
static bool days_of(SSL_CTX *tls, int64_t now_ms, int *left, int *until) {
  time_t now = (time_t)(now_ms / 1000);
  ASN1_TIME *at = ASN1_TIME_set(NULL, now);
  const X509 *own = SSL_CTX_get0_certificate(tls);
  int rest;
  bool good = at && own && ASN1_TIME_diff(left, &rest, at, X509_get0_notAfter(own)) == 1;
  if (good && *left == 0 && rest < 0) *left = -1; /* for some hours only, but it is over */
  good = good && ASN1_TIME_diff(until, &rest, at, X509_get0_notBefore(own)) == 1;
  if (good && *until == 0 && rest > 0) *until = 1;
  ASN1_TIME_free(at);
  return good;
}

static void note_days(const char *certificate, int left, int until, const struct log_sink *log) {
  enum { warn_days = 14 };
  if (left < 0)
    log_write(
        log, LOG_ERROR, "net",
        "the certificate in %.120s has expired, so browsers and devices will not connect: put a new one in "
        "its place and send SIGHUP",
        certificate);
  else if (until > 0)
    log_write(
        log, LOG_ERROR, "net",
        "the certificate in %.120s is not valid yet, so browsers and devices will not connect: is the clock "
        "right?",
        certificate);
  else if (left < warn_days)
    log_write(
        log, LOG_WARN, "net",
        "the certificate in %.120s expires in less than %d %s: put a new one in its place and send SIGHUP",
        certificate, left + 1, left == 0 ? "day" : "days");
}

err net_check_certificate(const char *certificate, const char *key, int64_t now_ms,
                          const struct log_sink *log, struct fault *fault) {
  int left, until;
  TRY(check_there(certificate, "certificate", fault));
  TRY(check_there(key, "key", fault));
  SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
  if (!tls) return fault_set(fault, ERR_INTERNAL, "OpenSSL could not start");
  err e = check_files(tls, certificate, key, fault);
  if (e == ERR_OK && days_of(tls, now_ms, &left, &until)) note_days(certificate, left, until, log);
  SSL_CTX_free(tls);
  ERR_clear_error();
  return e;
}
