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

/* The first certificate of the chain is the hub's own. Dates that cannot be read are dates nobody is told of.
 */
static int64_t ms_of(const ASN1_TIME *date, int64_t otherwise) {
  enum { day_s = 86400 };
  int days, seconds;
  ASN1_TIME *origin = ASN1_TIME_set(NULL, 0);
  bool read = origin && date && ASN1_TIME_diff(&days, &seconds, origin, date) == 1;
  ASN1_TIME_free(origin);
  return read ? ((int64_t)days * day_s + seconds) * 1000 : otherwise;
}

static struct net_certificate dates_of(SSL_CTX *tls) {
  const X509 *own = SSL_CTX_get0_certificate(tls);
  return (struct net_certificate){.from_ms = ms_of(own ? X509_get0_notBefore(own) : NULL, INT64_MIN),
                                  .until_ms = ms_of(own ? X509_get0_notAfter(own) : NULL, INT64_MAX)};
}

err net_check_certificate(const char *certificate, const char *key, struct net_certificate *out,
                          struct fault *fault) {
  TRY(check_there(certificate, "certificate", fault));
  TRY(check_there(key, "key", fault));
  SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
  if (!tls) return fault_set(fault, ERR_INTERNAL, "OpenSSL could not start");
  err e = check_files(tls, certificate, key, fault);
  if (e == ERR_OK) *out = dates_of(tls);
  SSL_CTX_free(tls);
  ERR_clear_error();
  return e;
}

void net_note_certificate(const char *certificate, const struct net_certificate *dates, int64_t now_ms,
                          const struct log_sink *log) {
  enum { warn_days = 14 };
  static const int64_t day_ms = INT64_C(86400000);
  if (now_ms >= dates->until_ms) {
    log_write(
        log, LOG_ERROR, "net",
        "the certificate of %.120s that is in use has expired, so browsers and devices will not connect: "
        "put a new one in its place and send SIGHUP",
        certificate);
  } else if (now_ms < dates->from_ms) {
    log_write(log, LOG_ERROR, "net",
              "the certificate in %.120s is not valid yet, so browsers and devices will not connect: is the "
              "clock right?",
              certificate);
  } else if (dates->until_ms - now_ms < warn_days * day_ms) {
    int days = (int)((dates->until_ms - now_ms) / day_ms) + 1;
    log_write(
        log, LOG_WARN, "net",
        "the certificate of %.120s that is in use expires in less than %d %s: put a new one in its place "
        "and send SIGHUP",
        certificate, days, days == 1 ? "day" : "days");
  }
}
