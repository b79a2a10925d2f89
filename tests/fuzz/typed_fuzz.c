/* typed_fuzz.c: codes that people type: of an authenticator app, for recovery, and those that are read over
 * the telephone. None is taken but the right one, and that once. */
#include <string.h>

#include "proto/lease.h"
#include "server/api/factor.h"
#include "tests/lib/fuzz_input.h"

static void draw(void *ctx, void *out, size_t len) {
  uint8_t *drawn = ctx, hash[hash_bytes];
  const struct slice part = slice_of(drawn, 1);
  ASSERT(len <= sizeof hash);
  ++*drawn;
  crypto_hash(hash, "tests.draw", &part, 1);
  bytes_copy(out, hash, len);
}

static bool same_second_step(const struct store_user *a, const struct store_user *b) {
  return a->totp_step == b->totp_step && a->totp_drift == b->totp_drift && a->code_count == b->code_count &&
         a->wrong == b->wrong && memcmp(a->codes, b->codes, sizeof a->codes) == 0;
}

/* Whatever is refused leaves the record as it was; what was taken is not taken again. */
static void sign_in_with(struct store_user *u, const struct hub *hub, struct slice typed, int64_t now_ms) {
  struct store_user before = *u;
  bool recovery = false;
  err e = factor_take(u, &recovery, hub, typed, now_ms);
  if (e != ERR_OK) {
    ASSERT(same_second_step(&before, u));
    return;
  }
  ASSERT(recovery ? u->code_count + 1 == before.code_count : u->totp_step > before.totp_step);
  ASSERT(factor_take(u, &recovery, hub, typed, now_ms) != ERR_OK);
}

/* Six digits of the input, or the code of so many steps from now. */
static void second_step(struct slice in) {
  uint8_t drawn = 0;
  struct hub hub = {.id = {{1}}};
  struct store_user u = {.id = {{2}}, .has_totp = true, .totp = {3}};
  char codes[recovery_codes_max][recovery_text_bytes];
  const struct entropy entropy = {.ctx = &drawn, .fill = draw};
  const int64_t now_ms = INT64_C(1795276800000);
  factor_new_codes(&u, codes, &entropy);
  while (in.len > 0) {
    uint8_t how = input_u8(&in);
    struct slice typed = how < 128 ? input_piece(&in) : slice_text(codes[how % recovery_codes_max]);
    sign_in_with(&u, &hub, typed, now_ms + (how & 7) * INT64_C(30000));
  }
}

static void challenge(struct slice typed) {
  uint8_t parsed[lease_challenge_bytes], again[lease_challenge_bytes];
  char text[lease_challenge_text_bytes];
  if (lease_challenge_parse(parsed, typed) != ERR_OK) return;
  lease_challenge_text(text, parsed);
  ASSERT(lease_challenge_parse(again, slice_text(text)) == ERR_OK);
  ASSERT(memcmp(parsed, again, sizeof parsed) == 0);
}

/* A code that is taken is one that the office could have read out, for just so many days. */
static void telephone(struct slice in) {
  static const uint8_t secret[key_bytes] = {5}, asked[lease_challenge_bytes] = {6};
  char right[lease_code_text_bytes];
  uint32_t days = input_u8(&in), found, same;
  lease_code(right, secret, asked, days);
  ASSERT(lease_code_check(&found, slice_text(right), secret, asked) == ERR_OK && found == days);
  if (lease_code_check(&found, in, secret, asked) != ERR_OK) return;
  lease_code(right, secret, asked, found);
  ASSERT(lease_code_check(&same, slice_text(right), secret, asked) == ERR_OK && same == found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct slice in = slice_of(data, size);
  uint8_t kind = input_u8(&in) % 3;
  if (crypto_init() != ERR_OK) return 0;
  switch (kind) {
  case 0: second_step(in); break;
  case 1: telephone(in); break;
  default: challenge(in); break;
  }
  return 0;
}
