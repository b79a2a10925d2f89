/* page.c: a database page under ChaCha20 (RFC 8439) and Poly1305. The key's keystream, at a random nonce and
 * counter, gives each page keys of its own: 32 bytes for the tag, 32 for the text. */
#include <sodium.h>

#include "shared/crypto/page.h"

enum { block_bytes = 64 };

struct page_keys {
  uint8_t tag[crypto_onetimeauth_poly1305_KEYBYTES], text[crypto_stream_chacha20_KEYBYTES];
};
_Static_assert(sizeof(struct page_keys) == block_bytes, "one block of keystream gives both keys");

static uint32_t word(const uint8_t *b) {
  return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* A nonce of 96 bits, then the counter that the page's number is mixed into. */
static uint32_t first_block(const uint8_t nonce[page_nonce_bytes], uint32_t number) {
  return word(nonce + 12) ^ number;
}

/* The counter has 32 bits and begins anywhere, so it may come round. libsodium's variant with 32 bits forbids
 * that, and its variant with 64 would carry into the nonce, whose first word it takes for the upper half:
 * what lies behind the turn is a second call. */
static void xor_stream(uint8_t *bytes, size_t len, const uint8_t nonce[page_nonce_bytes], uint32_t block,
                       const uint8_t key[key_bytes]) {
  uint64_t high = (uint64_t)word(nonce) << 32;
  uint64_t until_turn = (((uint64_t)1 << 32) - block) * block_bytes;
  size_t before = len < until_turn ? len : (size_t)until_turn;
  crypto_stream_chacha20_xor_ic(bytes, bytes, before, nonce + 4, high | block, key);
  if (before < len)
    crypto_stream_chacha20_xor_ic(bytes + before, bytes + before, len - before, nonce + 4, high, key);
}

static void derive(struct page_keys *out, const uint8_t *nonce, uint32_t number,
                   const uint8_t key[key_bytes]) {
  bytes_zero(out, sizeof *out);
  xor_stream(out->tag, sizeof *out, nonce, first_block(nonce, number), key);
}

void crypto_page_seal(uint8_t *page, size_t len, size_t clear, uint32_t number,
                      const uint8_t key[key_bytes]) {
  ASSERT(len >= clear + page_reserved_bytes);
  size_t text = len - page_reserved_bytes;
  uint8_t *nonce = page + text;
  struct page_keys keys;
  derive(&keys, nonce, number, key);
  xor_stream(page + clear, text - clear, nonce, first_block(nonce, number) + 1, keys.text);
  crypto_onetimeauth_poly1305(nonce + page_nonce_bytes, page, text + page_nonce_bytes, keys.tag);
  crypto_wipe(&keys, sizeof keys);
}

err crypto_page_open(uint8_t *page, size_t len, size_t clear, uint32_t number, const uint8_t key[key_bytes]) {
  if (len < clear + page_reserved_bytes) return ERR_CRYPTO;
  size_t text = len - page_reserved_bytes;
  const uint8_t *nonce = page + text;
  struct page_keys keys;
  derive(&keys, nonce, number, key);
  err e = ERR_CRYPTO;
  if (crypto_onetimeauth_poly1305_verify(nonce + page_nonce_bytes, page, text + page_nonce_bytes, keys.tag) ==
      0) {
    xor_stream(page + clear, text - clear, nonce, first_block(nonce, number) + 1, keys.text);
    e = ERR_OK;
  }
  crypto_wipe(&keys, sizeof keys);
  return e;
}
