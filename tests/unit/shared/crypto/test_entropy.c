/* test_entropy.c: repeatable bytes for tests, and a watch on libsodium's own source. */
#include "tests/unit/shared/crypto/test_entropy.h"

#include <sodium.h>

#include "shared/base/bytes.h"

static uint8_t next_byte(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint8_t)(*state >> 56);
}

static void fill(void *ctx, void *out, size_t len) {
  struct test_entropy *t = ctx;
  for (size_t i = 0; i < len; i++) ((uint8_t *)out)[i] = next_byte(&t->state);
  t->drawn += len;
}

struct entropy test_entropy(struct test_entropy *t, uint64_t seed) {
  *t = (struct test_entropy){.state = seed * 2 + 1};
  return (struct entropy){t, fill};
}

/* A counter for the whole program, because libsodium's source is one for the whole program. */
static size_t draws;

static const char *watch_name(void) { return "watch"; }

static void watch_fill(void *const out, const size_t len) {
  draws++;
  bytes_zero(out, len);
}

static uint32_t watch_word(void) {
  draws++;
  return 4;
}

static struct randombytes_implementation watch = {
    .implementation_name = watch_name, .random = watch_word, .buf = watch_fill};

void sodium_draws_watch(void) { randombytes_set_implementation(&watch); }

size_t sodium_draws(void) { return draws; }
