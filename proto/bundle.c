/* bundle.c: seals, parses, verifies and opens a bundle. Layout in bundle.h and PROTOCOL.md, "Bundle". */
#include "proto/bundle.h"

#include "shared/base/limits.h"

enum {
  box_bytes = key_bytes + seal_overhead_bytes,
  pad_block_bytes = 128,
  body_bytes_min = pad_block_bytes + aead_tag_bytes,
  bundle_bytes_min = bundle_header_bytes + box_bytes + body_bytes_min + signature_bytes,
};
static const uint8_t magic[4] = {'T', 'U', 'T', 'B'};
#define SIGN_DOMAIN "tutti.bundle"
#define HASH_DOMAIN "tutti.bundle.hash"
/* A key seals one body and is never seen again, so its nonce may be constant. */
static const uint8_t nonce[aead_nonce_bytes];

static err header_encode(struct buf *out, const struct bundle_header *h, size_t body_len) {
  ASSERT(h->seq > 0 && h->seq <= NUMBER_MAX && body_len <= UINT32_MAX);
  TRY(buf_append(out, slice_of(magic, sizeof magic)));
  TRY(buf_put_u16(out, bundle_version));
  TRY(buf_put_u16(out, 0));
  TRY(buf_append(out, id_slice(&h->hub)));
  TRY(buf_put_u32(out, h->intake_key));
  TRY(buf_append(out, id_slice(&h->device)));
  TRY(buf_put_u32(out, h->incarnation));
  TRY(buf_put_u64(out, h->seq));
  TRY(buf_append(out, slice_of(h->previous, hash_bytes)));
  TRY(buf_put_u32(out, box_bytes));
  return buf_put_u32(out, (uint32_t)body_len);
}

static err header_decode(struct cursor *c, struct bundle_header *h, uint32_t *box_len, uint32_t *body_len) {
  uint8_t found[sizeof magic];
  uint16_t version, flags;
  TRY(cursor_copy(c, found, sizeof found));
  if (!slice_equal(slice_of(found, sizeof found), slice_of(magic, sizeof magic))) return ERR_MALFORMED;
  TRY(cursor_u16(c, &version));
  if (version != bundle_version) return ERR_VERSION;
  TRY(cursor_u16(c, &flags));
  TRY(cursor_copy(c, h->hub.b, id_bytes));
  TRY(cursor_u32(c, &h->intake_key));
  TRY(cursor_copy(c, h->device.b, id_bytes));
  TRY(cursor_u32(c, &h->incarnation));
  TRY(cursor_u64(c, &h->seq));
  TRY(cursor_copy(c, h->previous, hash_bytes));
  TRY(cursor_u32(c, box_len));
  TRY(cursor_u32(c, body_len));
  bool numbered = h->incarnation > 0 && h->seq > 0 && h->seq <= NUMBER_MAX;
  return flags == 0 && numbered ? ERR_OK : ERR_MALFORMED;
}

/* Padding hides how much was written; the header is bound as associated data. */
static err body_append(struct buf *out, struct slice header, struct slice plain,
                       const uint8_t key[key_bytes]) {
  struct buf padded = BUF_INIT(bundle_bytes_max);
  err e = buf_append(&padded, plain);
  if (e == ERR_OK) e = crypto_pad(&padded, pad_block_bytes);
  if (e == ERR_OK) e = crypto_encrypt(out, buf_slice(&padded), header, nonce, key);
  buf_wipe(&padded);
  return e;
}

static err parts_append(struct buf *out, const struct bundle_header *h, struct slice plain,
                        const uint8_t intake_public[key_bytes], const uint8_t key[key_bytes],
                        const struct entropy *e) {
  uint8_t copy[bundle_header_bytes]; /* the header again, because `out` moves as it grows */
  size_t start = out->len;
  size_t body_len = plain.len - plain.len % pad_block_bytes + body_bytes_min;
  TRY(header_encode(out, h, body_len));
  ASSERT(out->len - start == sizeof copy);
  bytes_copy(copy, out->ptr + start, sizeof copy);
  TRY(crypto_seal(out, slice_of(key, key_bytes), intake_public, e));
  TRY(body_append(out, slice_of(copy, sizeof copy), plain, key));
  ASSERT(out->len - start == sizeof copy + box_bytes + body_len);
  return ERR_OK;
}

err bundle_seal(struct buf *out, const struct bundle_header *h, struct slice plain,
                const uint8_t intake_public[key_bytes], const uint8_t device_sign_secret[sign_secret_bytes],
                const struct entropy *e) {
  if (plain.len > bundle_plain_bytes_max) return ERR_TOO_BIG;
  size_t start = out->len;
  uint8_t key[key_bytes], signature[signature_bytes];
  entropy_fill(e, key, sizeof key);
  err result = parts_append(out, h, plain, intake_public, key, e);
  crypto_wipe(key, sizeof key);
  if (result == ERR_OK) {
    crypto_sign(signature, SIGN_DOMAIN, slice_of(out->ptr + start, out->len - start), device_sign_secret);
    result = buf_append(out, slice_of(signature, sizeof signature));
  }
  if (result != ERR_OK) out->len = start;
  return result;
}

err bundle_parse(struct bundle_parts *out, struct slice bytes) {
  uint32_t box_len, body_len;
  struct slice signature;
  struct cursor c = cursor_of(bytes);
  if (bytes.len > bundle_bytes_max) return ERR_TOO_BIG;
  TRY(header_decode(&c, &out->header, &box_len, &body_len));
  bool sized = body_len >= body_bytes_min && (body_len - aead_tag_bytes) % pad_block_bytes == 0;
  if (box_len != box_bytes || !sized) return ERR_MALFORMED;
  TRY(cursor_bytes(&c, box_len, &out->box));
  TRY(cursor_bytes(&c, body_len, &out->body));
  TRY(cursor_bytes(&c, signature_bytes, &signature));
  TRY(cursor_end(&c));
  out->header_bytes = slice_of(bytes.ptr, bundle_header_bytes);
  out->signed_part = slice_of(bytes.ptr, bytes.len - signature_bytes);
  out->signature = signature.ptr;
  return ERR_OK;
}

err bundle_verify(const struct bundle_parts *b, const uint8_t device_sign_public[key_bytes]) {
  return crypto_verify(b->signature, SIGN_DOMAIN, b->signed_part, device_sign_public);
}

err bundle_open(struct buf *plain_out, const struct bundle_parts *b, const struct box_keys *intake) {
  struct buf key = BUF_INIT(key_bytes);
  size_t start = plain_out->len;
  err e = crypto_seal_open(&key, b->box, intake);
  if (e == ERR_OK) e = crypto_decrypt(plain_out, b->body, b->header_bytes, nonce, key.ptr);
  buf_wipe(&key);
  TRY(e);
  struct slice plain = slice_of(plain_out->ptr + start, plain_out->len - start);
  e = crypto_unpad(&plain, pad_block_bytes);
  plain_out->len = e == ERR_OK ? start + plain.len : start;
  return e;
}

void bundle_hash(uint8_t out[hash_bytes], struct slice bytes) { crypto_hash(out, HASH_DOMAIN, &bytes, 1); }
