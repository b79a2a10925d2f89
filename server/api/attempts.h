/* attempts.h: private to this folder: wrong sign-ins counted in memory, by address and by names that nobody
 * has, so that neither guessing widely nor looking for names pays. Bounded; locks inside. */
#ifndef TUTTI_SERVER_API_ATTEMPTS_H
#define TUTTI_SERVER_API_ATTEMPTS_H

#include <pthread.h>

#include "shared/base/bytes.h"
#include "shared/base/limits.h"
#include "shared/crypto/crypto.h"

struct attempts_entry {
  uint8_t key[hash_bytes];
  uint32_t wrong;             /* 0: a free place */
  uint64_t first_ms, last_ms; /* on the clock that never goes backwards */
  uint64_t keep_ms;           /* from the first on; then it is forgotten */
};
struct attempts {
  pthread_mutex_t lock; /* guards all entries */
  struct attempts_entry entries[signin_watched_max];
};
void attempts_init(struct attempts *a);
void attempts_finish(struct attempts *a);

/* How long somebody waits after `wrong` attempts in a row; at signin_lock_attempts they are locked out. */
uint64_t attempts_delay_ms(uint32_t wrong);

/* The key of an address: an IPv6 network counts as one. False for none, and for this machine itself: a proxy
 * there speaks for everybody and limits by itself. */
bool attempts_address(uint8_t key[hash_bytes], struct slice address);
void attempts_name(uint8_t key[hash_bytes], struct slice name);
/* How long this address waits; 0: not at all. */
uint64_t attempts_address_wait(struct attempts *a, const uint8_t key[hash_bytes], uint64_t mono_ms);
/* How long a name that nobody has waits, as if somebody had it, and how often it was tried. */
uint64_t attempts_name_wait(struct attempts *a, const uint8_t key[hash_bytes], uint64_t mono_ms,
                            uint32_t *wrong);
void attempts_count(struct attempts *a, const uint8_t key[hash_bytes], uint64_t mono_ms, uint64_t keep_ms);
/* One attempt turned out right. */
void attempts_forgive(struct attempts *a, const uint8_t key[hash_bytes]);

#endif
