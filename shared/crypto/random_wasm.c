/* random_wasm.c: in the browser libsodium draws from the worker, with nothing to fall back on. */
#include <sodium.h>

#include "shared/crypto/random.h"

__attribute__((import_module("tutti"), import_name("random"))) void js_random(void *out, size_t len);

static const char *random_name(void) { return "worker"; }

static uint32_t random_word(void) {
  uint32_t word;
  js_random(&word, sizeof word);
  return word;
}

static void random_fill(void *const out, const size_t len) { js_random(out, len); }

static const struct randombytes_implementation worker_source = {
    .implementation_name = random_name,
    .random = random_word,
    .buf = random_fill,
};

/* libsodium asks for a pointer to non-const and only reads through it. */
void random_source_install(void) {
  randombytes_set_implementation((struct randombytes_implementation *)&worker_source);
}
