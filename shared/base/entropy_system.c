/* entropy_system.c: the kernel's randomness. A program without any must not go on. */
#include <errno.h>
#include <sys/random.h>

#include "shared/base/entropy.h"

static void fill_from_kernel(void *ctx, void *out, size_t len) {
  (void)ctx;
  uint8_t *p = out;
  while (len) {
    ssize_t got = getrandom(p, len, 0);
    ASSERT(got > 0 || errno == EINTR);
    if (got <= 0) continue;
    p += got;
    len -= (size_t)got;
  }
}

struct entropy entropy_system(void) {
  return (struct entropy){NULL, fill_from_kernel};
}
