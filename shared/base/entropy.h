/* entropy.h: randomness as an argument. Hosts give the system's, the simulator a seeded one. */
#ifndef TUTTI_BASE_ENTROPY_H
#define TUTTI_BASE_ENTROPY_H

#include "shared/base/id.h"

struct entropy {
  void *ctx;
  void (*fill)(void *ctx, void *out, size_t len); /* cannot fail: hosts abort without entropy */
};
static inline void entropy_fill(const struct entropy *e, void *out, size_t len) { e->fill(e->ctx, out, len); }
static inline struct id entropy_id(const struct entropy *e) {
  struct id id;
  e->fill(e->ctx, id.b, id_bytes);
  return id;
}
/* The operating system's (entropy_system.c; native only). */
struct entropy entropy_system(void);

#endif
