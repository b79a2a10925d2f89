/* test_entropy.h: entropy that repeats itself, and a libsodium that counts how often it was asked for its
 * own. */
#ifndef TUTTI_TESTS_CRYPTO_TEST_ENTROPY_H
#define TUTTI_TESTS_CRYPTO_TEST_ENTROPY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shared/base/entropy.h"

/* The state is the caller's: equal seeds give equal bytes. */
struct test_entropy {
  uint64_t state;
  size_t drawn; /* bytes */
};
struct entropy test_entropy(struct test_entropy *t, uint64_t seed);

/* From here on libsodium draws from a source that counts; the count so far. */
void sodium_draws_watch(void);
size_t sodium_draws(void);

#endif
