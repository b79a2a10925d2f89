/* password.c: Argon2id with the cost as an argument: what turns a password or a PIN into a key. */
#include <sodium.h>

#include "shared/base/limits.h"
#include "shared/crypto/crypto.h"

_Static_assert(salt_bytes == crypto_pwhash_SALTBYTES, "Argon2's salt");

const struct password_cost password_cost_interactive = {.passes = 2, .memory_kib = 65536};

static bool cost_is_possible(struct password_cost cost) {
  return cost.passes >= crypto_pwhash_OPSLIMIT_MIN && cost.passes <= password_passes_max &&
         cost.memory_kib >= crypto_pwhash_MEMLIMIT_MIN / 1024 && cost.memory_kib <= password_memory_kib_max;
}

err crypto_password_key(uint8_t out[key_bytes], struct slice password, const uint8_t salt[salt_bytes],
                        struct password_cost cost) {
  if (password.len > password_bytes_max) return ERR_TOO_BIG;
  if (!cost_is_possible(cost)) return ERR_INVALID;
  const char *text = password.len ? (const char *)password.ptr : "";
  size_t memory_bytes = (size_t)cost.memory_kib * 1024;
  /* With its arguments in range Argon2 fails for one reason: the memory was not to be had. */
  int failed = crypto_pwhash(out, key_bytes, text, password.len, salt, cost.passes, memory_bytes,
                             crypto_pwhash_ALG_ARGON2ID13);
  return failed ? ERR_NO_MEMORY : ERR_OK;
}
