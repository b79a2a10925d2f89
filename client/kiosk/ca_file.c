/* ca_file.c: reads a PEM file of certificates with OpenSSL, to be able to say what is wrong with it. */
#include "client/kiosk/ca_file.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool holds_certificate(FILE *file) {
  X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
  bool found = certificate != NULL;
  X509_free(certificate);
  ERR_clear_error();
  return found;
}

err ca_file_check(const char *path, struct fault *fault) {
  FILE *file = fopen(path, "re");
  if (!file)
    return fault_set(fault, ERR_NOT_FOUND, "--ca %.120s cannot be read: %.80s", path, strerrordesc_np(errno));
  bool found = holds_certificate(file);
  (void)fclose(file);
  if (!found)
    return fault_set(fault, ERR_MALFORMED,
                     "--ca %.120s holds no certificate in PEM form: give the hub's CA file", path);
  return ERR_OK;
}
