/* sim_random.h: the simulator's dice (splitmix64) and its hash (FNV-1a): equal seeds give equal runs. */
#ifndef TUTTI_TESTS_SIM_RANDOM_H
#define TUTTI_TESTS_SIM_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#define sim_hash_start UINT64_C(1469598103934665603)

static inline uint64_t sim_next(uint64_t *state) {
  uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}
static inline uint64_t sim_below(uint64_t *state, uint64_t n) { return n ? sim_next(state) % n : 0; }
static inline void sim_fill(uint64_t *state, void *out, size_t len) {
  uint8_t *to = out;
  for (size_t i = 0; i < len; i++) to[i] = (uint8_t)(sim_next(state) >> 56);
}
static inline uint64_t sim_hash(uint64_t h, const void *bytes, size_t len) {
  const uint8_t *b = bytes;
  for (size_t i = 0; i < len; i++) h = (h ^ b[i]) * UINT64_C(1099511628211);
  return h;
}
/* Eight bytes at a time, for what is long. */
static inline uint64_t sim_hash_words(uint64_t h, const void *bytes, size_t len) {
  const uint8_t *b = bytes;
  size_t i = 0;
  for (; i + 8 <= len; i += 8) {
    uint64_t word = 0;
    for (size_t k = 0; k < 8; k++) word |= (uint64_t)b[i + k] << (8 * k); /* one load, to a compiler */
    h = (h ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    h ^= h >> 32;
  }
  return sim_hash(h, b + i, len - i);
}

#endif
