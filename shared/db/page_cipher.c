/* page_cipher.c: what SQLite3 Multiple Ciphers asks of a cipher, answered with crypto/page.h. The format is
 * that of its built-in "chacha20"; that one is portable C and is left out of the build. */
#include "shared/db/page_cipher.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "shared/crypto/page.h"

enum {
  page1_clear_bytes = 24, /* the salt, and the page size that must be read before anything is opened */
  pool_bytes = 256,       /* the most that getentropy gives at once */
};

struct page_cipher {
  uint8_t key[key_bytes];
  uint8_t salt[salt_bytes]; /* stands where a plain file has its magic; the key is random and needs none */
  uint8_t pool[pool_bytes]; /* nonces to come */
  size_t pool_left;
};

static void *allocate(sqlite3 *db) {
  (void)db;
  return calloc(1, sizeof(struct page_cipher));
}

static void release(void *cipher) {
  crypto_wipe(cipher, sizeof(struct page_cipher));
  free(cipher);
}

/* Not the pool: a nonce serves once. */
static void clone(void *to, void *from) {
  struct page_cipher *out = to;
  const struct page_cipher *in = from;
  bytes_copy(out->key, in->key, sizeof out->key);
  bytes_copy(out->salt, in->salt, sizeof out->salt);
}

static int get_legacy(void *cipher) {
  (void)cipher;
  return 0;
}

static int get_page_size(void *cipher) {
  (void)cipher;
  return 0; /* any */
}

static int get_reserved(void *cipher) {
  (void)cipher;
  return page_reserved_bytes;
}

static unsigned char *get_salt(void *cipher) { return ((struct page_cipher *)cipher)->salt; }

static const uint8_t *draw_nonce(struct page_cipher *c) {
  _Static_assert(pool_bytes % page_nonce_bytes == 0 && salt_bytes == (int)page_nonce_bytes,
                 "the pool is drawn whole");
  if (c->pool_left == 0) {
    ASSERT(getentropy(c->pool, sizeof c->pool) == 0);
    c->pool_left = sizeof c->pool;
  }
  c->pool_left -= page_nonce_bytes;
  return c->pool + c->pool_left;
}

/* `salt` is that of the file, or NULL for a new one. */
static void take_key(void *cipher, char *key, int len, int rekey, unsigned char *salt) {
  struct page_cipher *c = cipher;
  ASSERT(len == key_bytes);
  bytes_copy(c->key, key, key_bytes);
  bytes_copy(c->salt, rekey || !salt ? draw_nonce(c) : salt, salt_bytes);
}

static size_t clear_bytes(int number) { return number == 1 ? page1_clear_bytes : 0; }

static int seal_page(void *cipher, int number, unsigned char *page, int len, int reserved) {
  struct page_cipher *c = cipher;
  if (reserved < page_reserved_bytes || len < page1_clear_bytes + reserved) return SQLITE_CORRUPT;
  if (number == 1) bytes_copy(page, c->salt, sizeof c->salt);
  bytes_copy(page + len - page_reserved_bytes, draw_nonce(c), page_nonce_bytes);
  crypto_page_seal(page, (size_t)len, clear_bytes(number), (uint32_t)number, c->key);
  return SQLITE_OK;
}

/* The last argument is a pragma's wish to skip the check, which we never grant. */
static int open_page(void *cipher, int number, unsigned char *page, int len, int reserved, int check) {
  static const char magic[16] = "SQLite format 3";
  (void)check;
  const struct page_cipher *c = cipher;
  if (reserved < page_reserved_bytes || len < page1_clear_bytes + reserved ||
      crypto_page_open(page, (size_t)len, clear_bytes(number), (uint32_t)number, c->key) != ERR_OK)
    return number == 1 ? SQLITE_NOTADB : SQLITE_CORRUPT;
  if (number == 1) bytes_copy(page, magic, sizeof magic);
  return SQLITE_OK;
}

/* Version 2.4.0 asks every connection for its functions that encrypt single values, and leaves them out
 * together with its ciphers. We have no use for them either. */
int sqlite3_vle_init(sqlite3 *db, char **message, const void *routines);
int sqlite3_vle_init(sqlite3 *db, char **message, const void *routines) {
  (void)db, (void)message, (void)routines;
  return SQLITE_OK;
}

err page_cipher_register(void) {
  static const char name[] = "chacha20";
  static const CipherParams none[] = {{"", 0, 0, 0, 0}};
  static const CipherDescriptor descriptor = {name,       allocate,      release,      clone,
                                              get_legacy, get_page_size, get_reserved, get_salt,
                                              take_key,   seal_page,     open_page};
  if (sqlite3mc_cipher_index(name) > 0) return ERR_OK;
  return sqlite3mc_register_cipher(&descriptor, none, 1) == SQLITE_OK ? ERR_OK : ERR_NO_MEMORY;
}
