/* lease.c: challenges and codes as characters that a person reads aloud, five bits each, most significant
 * first. */
#include "proto/lease.h"

#include "shared/base/limits.h"

enum { challenge_chars = 8, code_chars = 10, days_shift = 40, symbol_bits = 5 };
static const uint64_t mac_mask = (UINT64_C(1) << days_shift) - 1;

/* `count` characters in two groups. */
static void spell(char *out, uint64_t value, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (i == count / 2) *out++ = '-';
    *out++ = base32_digit((unsigned)(value >> (symbol_bits * (count - 1 - i))) & 31);
  }
  *out = 0;
}

static err read_symbols(uint64_t *out, struct slice text, size_t count) {
  size_t found = 0;
  *out = 0;
  for (size_t i = 0; i < text.len; i++) {
    uint8_t c = text.ptr[i];
    if (c == ' ' || c == '-') continue;
    int value = base32_value(c);
    if (value < 0 || found == count) return ERR_MALFORMED;
    *out = *out << symbol_bits | (uint64_t)value;
    found++;
  }
  return found == count ? ERR_OK : ERR_MALFORMED;
}

void lease_challenge_text(char out[lease_challenge_text_bytes],
                          const uint8_t challenge[lease_challenge_bytes]) {
  uint64_t value = 0;
  for (size_t i = 0; i < lease_challenge_bytes; i++) value = value << 8 | challenge[i];
  spell(out, value, challenge_chars);
}

err lease_challenge_parse(uint8_t out[lease_challenge_bytes], struct slice text) {
  uint64_t value;
  TRY(read_symbols(&value, text, challenge_chars));
  for (size_t i = 0; i < lease_challenge_bytes; i++)
    out[i] = (uint8_t)(value >> (8 * (lease_challenge_bytes - 1 - i)));
  return ERR_OK;
}

static uint64_t code_value(const uint8_t secret[key_bytes], const uint8_t challenge[lease_challenge_bytes],
                           uint32_t days) {
  uint8_t hash[hash_bytes];
  const uint8_t number[2] = {(uint8_t)days, (uint8_t)(days >> 8)};
  const struct slice parts[] = {slice_of(secret, key_bytes), slice_of(challenge, lease_challenge_bytes),
                                slice_of(number, sizeof number)};
  crypto_hash(hash, "tutti.lease.code", parts, 3);
  uint64_t mac = 0;
  for (size_t i = 0; i < lease_challenge_bytes; i++) mac = mac << 8 | hash[i];
  crypto_wipe(hash, sizeof hash);
  return (uint64_t)days << days_shift | mac;
}

void lease_code(char out[lease_code_text_bytes], const uint8_t secret[key_bytes],
                const uint8_t challenge[lease_challenge_bytes], uint32_t days) {
  ASSERT(days <= lease_days_max);
  spell(out, code_value(secret, challenge, days), code_chars);
}

err lease_code_check(uint32_t *days_out, struct slice text, const uint8_t secret[key_bytes],
                     const uint8_t challenge[lease_challenge_bytes]) {
  uint64_t given;
  TRY(read_symbols(&given, text, code_chars));
  uint32_t days = (uint32_t)(given >> days_shift);
  if (days > lease_days_max) return ERR_WRONG_SECRET;
  uint64_t right = code_value(secret, challenge, days);
  given = (given & mac_mask) | (uint64_t)days << days_shift;
  if (!crypto_equal(&given, &right, sizeof right)) return ERR_WRONG_SECRET;
  *days_out = days;
  return ERR_OK;
}
