/* signed.c: signing and checking the hub's documents. */
#include "proto/signed.h"

err signed_finish(struct buf *out, size_t start, const char *domain,
                  const uint8_t sign_secret[sign_secret_bytes]) {
  uint8_t signature[signature_bytes];
  crypto_sign(signature, domain, slice_of(out->ptr + start, out->len - start), sign_secret);
  return buf_append(out, slice_of(signature, sizeof signature));
}

err signed_split(struct slice *array_out, struct slice bytes, size_t bytes_max) {
  if (bytes.len > bytes_max) return ERR_TOO_BIG;
  if (bytes.len <= signature_bytes) return ERR_TRUNCATED;
  *array_out = slice_of(bytes.ptr, bytes.len - signature_bytes);
  return ERR_OK;
}

err signed_verify(struct slice array, const char *domain, const uint8_t sign_public[key_bytes]) {
  return crypto_verify(array.ptr + array.len, domain, array, sign_public);
}

void signed_version(struct fields *f) {
  if (field_u64(f, UINT32_MAX) != document_version && f->error == ERR_OK) f->error = ERR_VERSION;
}
