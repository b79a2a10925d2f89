/* rates.h: private to this folder: how often each key asks; in memory, bounded, locks inside. */
#ifndef TUTTI_SERVER_API_RATES_H
#define TUTTI_SERVER_API_RATES_H

#include <pthread.h>

#include "shared/base/id.h"
#include "shared/base/limits.h"

struct rates_entry {
  struct id key;
  uint64_t since_ms; /* on the clock that never goes backwards: when its minute began */
  uint32_t count;    /* 0: a free place */
};
struct rates {
  pthread_mutex_t lock; /* guards all entries */
  struct rates_entry entries[api_keys_max];
};
void rates_init(struct rates *r);
void rates_finish(struct rates *r);
/* Counts one request; not 0: it is one too many, and how long to wait. */
uint64_t rates_take(struct rates *r, const struct id *key, uint64_t mono_ms);

#endif
