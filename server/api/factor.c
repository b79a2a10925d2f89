/* factor.c: liboath makes the codes; which of them is taken, and that none is taken twice, is decided here.
 */
#include "server/api/factor.h"

#include <liboath/oath.h>
#include <stdlib.h>

enum { totp_digits = 6, recovery_chars = 16, recovery_group = 4 };

void factor_secret(uint8_t out[factor_secret_bytes], const struct hub *hub, const struct id *user,
                   const uint8_t salt[salt_bytes]) {
  uint8_t whole[hash_bytes];
  const struct slice parts[] = {slice_of(hub->lease_root, key_bytes), id_slice(user),
                                slice_of(salt, salt_bytes)};
  crypto_hash(whole, "tutti.totp", parts, sizeof parts / sizeof *parts);
  bytes_copy(out, whole, factor_secret_bytes);
  crypto_wipe(whole, sizeof whole);
}

err factor_secret_text(char out[factor_secret_text_bytes], const uint8_t secret[factor_secret_bytes]) {
  char *text = NULL;
  size_t len = 0;
  if (oath_base32_encode((const char *)secret, factor_secret_bytes, &text, &len) != OATH_OK)
    return ERR_NO_MEMORY;
  ASSERT(len == factor_secret_text_bytes - 1);
  bytes_copy(out, text, len);
  out[len] = 0;
  crypto_wipe(text, len);
  free(text);
  return ERR_OK;
}

/* A label's letters and digits stand as they are; all else as %XX, which every app reads. */
static err put_label(struct buf *out, const char *text) {
  for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
    bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9');
    TRY(plain ? buf_put_u8(out, *c) : buf_printf(out, "%%%02X", (unsigned)*c));
  }
  return ERR_OK;
}

/* Six digits, 30 seconds and SHA-1 are what an app takes when nothing is said, and a shorter link is a
 * coarser picture. */
err factor_uri(struct buf *out, const struct hub *hub, const char *user,
               const uint8_t secret[factor_secret_bytes]) {
  char text[factor_secret_text_bytes];
  TRY(factor_secret_text(text, secret));
  err e = buf_append(out, slice_text("otpauth://totp/"));
  if (e == ERR_OK) e = put_label(out, hub->name);
  if (e == ERR_OK) e = buf_put_u8(out, ':');
  if (e == ERR_OK) e = put_label(out, user);
  if (e == ERR_OK) e = buf_printf(out, "?secret=%s&issuer=", text);
  if (e == ERR_OK) e = put_label(out, hub->name);
  crypto_wipe(text, sizeof text);
  return e;
}

/* ---- codes of the phone ---- */

/* People copy a code in two groups of three; spaces say nothing. */
static bool read_digits(char out[totp_digits + 1], struct slice typed) {
  size_t count = 0;
  for (size_t i = 0; i < typed.len; i++) {
    if (typed.ptr[i] == ' ') continue;
    if (typed.ptr[i] < '0' || typed.ptr[i] > '9' || count == totp_digits) return false;
    out[count++] = (char)typed.ptr[i];
  }
  out[count] = 0;
  return count == totp_digits;
}

static bool code_is(const uint8_t secret[factor_secret_bytes], int64_t step, const char *digits) {
  char made[totp_digits + 1] = "";
  if (step < 0) return false;
  int failed = oath_totp_generate2((const char *)secret, factor_secret_bytes, (time_t)(step * totp_step_s),
                                   totp_step_s, 0, totp_digits, 0, made);
  bool same = failed == OATH_OK && crypto_equal(made, digits, totp_digits);
  crypto_wipe(made, sizeof made);
  return same;
}

err factor_step(uint64_t *step_out, const uint8_t secret[factor_secret_bytes], struct slice typed,
                const struct store_user *u, int64_t now_ms) {
  char digits[totp_digits + 1];
  int64_t now = now_ms / (1000 * totp_step_s), middle = now + u->totp_drift;
  if (!read_digits(digits, typed)) return ERR_WRONG_SECRET;
  for (int64_t step = middle - totp_window_steps; step <= middle + totp_window_steps; step++) {
    bool drifted_too_far = step > now + totp_drift_steps_max || step < now - totp_drift_steps_max;
    bool used = step <= (int64_t)u->totp_step;
    if (drifted_too_far || used || !code_is(secret, step, digits)) continue;
    *step_out = (uint64_t)step;
    return ERR_OK;
  }
  return ERR_WRONG_SECRET;
}

/* ---- recovery codes ---- */

/* As it was drawn, without what people put between; false when it cannot be one. */
static bool read_recovery(char out[recovery_chars], struct slice typed) {
  size_t count = 0;
  for (size_t i = 0; i < typed.len; i++) {
    if (typed.ptr[i] == ' ' || typed.ptr[i] == '-') continue;
    int value = base32_value(typed.ptr[i]);
    if (value < 0 || count == recovery_chars) return false;
    out[count++] = base32_digit((unsigned)value);
  }
  return count == recovery_chars;
}

static void hash_recovery(uint8_t out[hash_bytes], const struct id *user, const char code[recovery_chars]) {
  const struct slice parts[] = {id_slice(user), slice_of(code, recovery_chars)};
  crypto_hash(out, "tutti.recovery", parts, 2);
}

static err take_recovery(struct store_user *u, struct slice typed) {
  char code[recovery_chars];
  uint8_t hash[hash_bytes];
  if (!read_recovery(code, typed)) return ERR_WRONG_SECRET;
  hash_recovery(hash, &u->id, code);
  for (size_t i = 0; i < u->code_count; i++) {
    if (!crypto_equal(hash, u->codes[i], hash_bytes)) continue;
    bytes_copy(u->codes[i], u->codes[--u->code_count], hash_bytes);
    return ERR_OK;
  }
  return ERR_WRONG_SECRET;
}

void factor_new_codes(struct store_user *u, char out[recovery_codes_max][recovery_text_bytes],
                      const struct entropy *entropy) {
  for (size_t i = 0; i < recovery_codes_max; i++) {
    uint8_t drawn[recovery_chars];
    char code[recovery_chars];
    entropy_fill(entropy, drawn, sizeof drawn);
    size_t at = 0;
    for (size_t k = 0; k < recovery_chars; k++) {
      code[k] = base32_digit(drawn[k] & 31);
      if (k > 0 && k % recovery_group == 0) out[i][at++] = '-';
      out[i][at++] = code[k];
    }
    out[i][at] = 0;
    hash_recovery(u->codes[i], &u->id, code);
    crypto_wipe(drawn, sizeof drawn);
    crypto_wipe(code, sizeof code);
  }
  u->code_count = recovery_codes_max;
}

/* ---- taking ---- */

static err take_step(struct store_user *u, const struct hub *hub, const uint8_t salt[salt_bytes],
                     struct slice typed, int64_t now_ms) {
  uint8_t secret[factor_secret_bytes];
  uint64_t step;
  factor_secret(secret, hub, &u->id, salt);
  err e = factor_step(&step, secret, typed, u, now_ms);
  crypto_wipe(secret, sizeof secret);
  if (e != ERR_OK) return e;
  u->totp_drift = (int32_t)((int64_t)step - now_ms / (1000 * totp_step_s));
  u->totp_step = step;
  return ERR_OK;
}

err factor_take(struct store_user *u, bool *recovery_out, const struct hub *hub, struct slice typed,
                int64_t now_ms) {
  char digits[totp_digits + 1];
  *recovery_out = !read_digits(digits, typed);
  return *recovery_out ? take_recovery(u, typed) : take_step(u, hub, u->totp, typed, now_ms);
}

err factor_confirm(struct store_user *u, const struct hub *hub, struct slice typed, int64_t now_ms) {
  struct store_user fresh = *u;
  if (!u->has_next) return ERR_CONFLICT;
  fresh.totp_step = 0;
  fresh.totp_drift = 0;
  TRY(take_step(&fresh, hub, fresh.next, typed, now_ms));
  bytes_copy(fresh.totp, fresh.next, salt_bytes);
  fresh.has_totp = true;
  fresh.has_next = false;
  *u = fresh;
  return ERR_OK;
}
