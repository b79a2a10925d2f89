/* tls_files.c: looks at certificate and key with OpenSSL, because libwebsockets only logs what is wrong with
 * them. */
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "server/net/net.h"

static err check_files(SSL_CTX *tls, const char *certificate, const char *key, struct fault *fault) {
  if (SSL_CTX_use_certificate_chain_file(tls, certificate) != 1)
    return fault_set(fault, ERR_MALFORMED, "%.120s holds no usable certificate in PEM form", certificate);
  if (SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1)
    return fault_set(fault, ERR_MALFORMED,
                     "%.120s holds no usable private key in PEM form, or not that of %.80s", key,
                     certificate);
  if (SSL_CTX_check_private_key(tls) != 1)
    return fault_set(fault, ERR_CRYPTO, "the key in %.100s does not belong to the certificate in %.100s", key,
                     certificate);
  return ERR_OK;
}

err net_check_certificate(const char *certificate, const char *key, struct fault *fault) {
  SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
  if (!tls) return fault_set(fault, ERR_INTERNAL, "OpenSSL could not start");
  err e = check_files(tls, certificate, key, fault);
  SSL_CTX_free(tls);
  ERR_clear_error();
  return e;
}
