/* pin.c: a staff secret wrapped under device secret and PIN; PINs anybody would try first are refused. */
#include "shared/crypto/pin.h"

#include "shared/base/limits.h"

/* The record's layout. Salt and cost are authenticated with the public key, so that no field can be exchanged
 * for another record's. */
enum {
  at_salt = 0,
  at_passes = at_salt + salt_bytes,
  at_memory = at_passes + 4,
  at_nonce = at_memory + 4,
  at_secret = at_nonce + aead_nonce_bytes,
  at_public = at_secret + key_bytes + aead_tag_bytes,
};
_Static_assert(at_public + key_bytes == pin_wrap_bytes, "the record is full");

static void u32_write(uint8_t *to, uint32_t v) {
  for (unsigned i = 0; i < 4; i++) to[i] = (uint8_t)(v >> 8 * i);
}

static uint32_t u32_read(const uint8_t *from) {
  uint32_t v = 0;
  for (unsigned i = 0; i < 4; i++) v |= (uint32_t)from[i] << 8 * i;
  return v;
}

/* The device's secret makes a stolen record alone worthless; the PIN makes the device alone worthless. */
static err wrap_key(uint8_t out[key_bytes], const struct pin_wrap *wrap, struct slice pin,
                    const uint8_t device_secret[key_bytes]) {
  struct password_cost cost = {u32_read(wrap->bytes + at_passes), u32_read(wrap->bytes + at_memory)};
  uint8_t stretched[key_bytes];
  TRY(crypto_password_key(stretched, pin, wrap->bytes + at_salt, cost));
  const struct slice parts[] = {slice_of(device_secret, key_bytes), slice_of(stretched, key_bytes)};
  crypto_hash(out, "tutti.pin", parts, 2);
  crypto_wipe(stretched, sizeof stretched);
  return ERR_OK;
}

struct wrap_data {
  uint8_t bytes[at_nonce + key_bytes];
};
static struct wrap_data wrap_associated(const struct pin_wrap *wrap) {
  struct wrap_data data;
  bytes_copy(data.bytes, wrap->bytes, at_nonce);
  bytes_copy(data.bytes + at_nonce, wrap->bytes + at_public, key_bytes);
  return data;
}

err pin_wrap_create(struct pin_wrap *out, uint8_t public_out[key_bytes], struct slice pin,
                    const uint8_t device_secret[key_bytes], struct password_cost cost,
                    const struct entropy *e) {
  struct box_keys keys;
  uint8_t key[key_bytes];
  struct buf sealed = BUF_INIT(key_bytes + aead_tag_bytes);
  entropy_fill(e, out->bytes + at_salt, salt_bytes);
  entropy_fill(e, out->bytes + at_nonce, aead_nonce_bytes);
  u32_write(out->bytes + at_passes, cost.passes);
  u32_write(out->bytes + at_memory, cost.memory_kib);
  TRY(wrap_key(key, out, pin, device_secret));
  crypto_box_keys(&keys, e);
  bytes_copy(out->bytes + at_public, keys.public_key, key_bytes);
  const struct wrap_data ad = wrap_associated(out);
  err failed = crypto_encrypt(&sealed, slice_of(keys.secret, key_bytes), slice_of(ad.bytes, sizeof ad.bytes),
                              out->bytes + at_nonce, key);
  if (failed == ERR_OK) {
    bytes_copy(out->bytes + at_secret, sealed.ptr, sealed.len);
    bytes_copy(public_out, keys.public_key, key_bytes);
  }
  crypto_wipe(&keys, sizeof keys);
  crypto_wipe(key, sizeof key);
  buf_finish(&sealed);
  return failed;
}

err pin_wrap_open(struct box_keys *out, const struct pin_wrap *wrap, struct slice pin,
                  const uint8_t device_secret[key_bytes]) {
  uint8_t key[key_bytes];
  struct buf secret = BUF_INIT(key_bytes);
  err failed = wrap_key(key, wrap, pin, device_secret);
  if (failed == ERR_INVALID) return ERR_CORRUPT; /* a cost nobody could have asked for */
  if (failed == ERR_TOO_BIG) return ERR_WRONG_SECRET;
  if (failed != ERR_OK) return failed;
  const struct wrap_data ad = wrap_associated(wrap);
  failed = crypto_decrypt(&secret, slice_of(wrap->bytes + at_secret, key_bytes + aead_tag_bytes),
                          slice_of(ad.bytes, sizeof ad.bytes), wrap->bytes + at_nonce, key);
  crypto_wipe(key, sizeof key);
  if (failed == ERR_OK) {
    bytes_copy(out->secret, secret.ptr, key_bytes);
    bytes_copy(out->public_key, wrap->bytes + at_public, key_bytes);
  }
  buf_wipe(&secret);
  return failed == ERR_CRYPTO ? ERR_WRONG_SECRET : failed;
}

void pin_wrap_public(uint8_t out[key_bytes], const struct pin_wrap *wrap) {
  bytes_copy(out, wrap->bytes + at_public, key_bytes);
}

static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

static bool all_digits(struct slice s) {
  for (size_t i = 0; i < s.len; i++) {
    if (!is_digit(s.ptr[i])) return false;
  }
  return true;
}

/* True when every digit follows the one before by the same step, 9 and 0 being neighbours as they are on a
 * keypad row: a step of 0 is "111111", of 1 "123456", of 9 (one backwards) "654321". */
static bool digits_step_by(struct slice s, int step) {
  for (size_t i = 1; i < s.len; i++) {
    if ((s.ptr[i - 1] - '0' + step) % 10 != s.ptr[i] - '0') return false;
  }
  return true;
}

static bool all_same(struct slice s) {
  for (size_t i = 1; i < s.len; i++) {
    if (s.ptr[i] != s.ptr[0]) return false;
  }
  return true;
}

static err check_digits(struct slice pin, struct fault *fault) {
  if (pin.len < pin_digits_min) {
    return fault_set(fault, ERR_INVALID, "A PIN needs at least %d digits: choose a longer one.",
                     pin_digits_min);
  }
  if (digits_step_by(pin, 0)) {
    return fault_set(fault, ERR_INVALID, "This PIN is one digit repeated: choose digits that differ.");
  }
  if (digits_step_by(pin, 1) || digits_step_by(pin, 9)) {
    return fault_set(fault, ERR_INVALID, "The digits of this PIN are in counting order: mix them.");
  }
  return ERR_OK;
}

static err check_passphrase(struct slice pin, struct fault *fault) {
  if (!utf8_valid(pin)) {
    return fault_set(fault, ERR_INVALID, "The passphrase has characters that cannot be read: type it again.");
  }
  if (utf8_length(pin) < passphrase_characters_min) {
    return fault_set(fault, ERR_INVALID, "Use at least %d digits, or a passphrase of at least %d characters.",
                     pin_digits_min, passphrase_characters_min);
  }
  if (all_same(pin)) {
    return fault_set(fault, ERR_INVALID, "This passphrase is one character repeated: choose another one.");
  }
  return ERR_OK;
}

err pin_check_strength(struct slice pin, struct fault *fault) {
  if (pin.len > password_bytes_max) {
    return fault_set(fault, ERR_INVALID, "A passphrase may have at most %d bytes: choose a shorter one.",
                     password_bytes_max);
  }
  return all_digits(pin) ? check_digits(pin, fault) : check_passphrase(pin, fault);
}
