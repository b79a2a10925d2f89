/* page.h: sealing one page of a database, in the format of SQLite3 Multiple Ciphers' "chacha20": any tool
 * built on that library opens our files with the key, and ours are vectorised where libsodium is. */
#ifndef TUTTI_CRYPTO_PAGE_H
#define TUTTI_CRYPTO_PAGE_H

#include "shared/crypto/crypto.h"

enum {
  page_nonce_bytes = 16,
  page_tag_bytes = 16,
  page_reserved_bytes = page_nonce_bytes + page_tag_bytes, /* at the end of each page: nonce, then tag */
};

/* Seals a page of `len` bytes in place. Its nonce stands already behind the text, random and never used
 * before. The first `clear` bytes are authenticated but stay readable. */
void crypto_page_seal(uint8_t *page, size_t len, size_t clear, uint32_t number, const uint8_t key[key_bytes]);
/* ERR_CRYPTO for another key, another page number or a changed byte: the page is then as it was. */
MUST_USE err crypto_page_open(uint8_t *page, size_t len, size_t clear, uint32_t number,
                              const uint8_t key[key_bytes]);

#endif
