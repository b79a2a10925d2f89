/* noise_vectors_test.c: both patterns give the published bytes, message by message. */
#include "shared/crypto/noise.h"

#include <jansson.h>
#include <string.h>

#include "tests/unit/shared/crypto/test_entropy.h"

enum { vector_messages = 6, vector_bytes_max = 256 };

static size_t json_hex(const json_t *object, const char *name, uint8_t *out, size_t max) {
  const char *hex = json_string_value(json_object_get(object, name));
  assert_non_null(hex);
  size_t len = strlen(hex) / 2;
  assert_true(len <= max);
  assert_int_equal(hex_decode(out, len, slice_text(hex)), ERR_OK);
  return len;
}

static void json_key(const json_t *object, const char *name, uint8_t out[key_bytes]) {
  assert_int_equal(json_hex(object, name, out, key_bytes), key_bytes);
}

struct vector_side {
  struct box_keys keys;
  uint8_t secret[key_bytes], ephemeral[key_bytes], remote[key_bytes], psk[key_bytes], prologue[64];
};

static void vector_side_begin(const json_t *vector, bool initiator, enum noise_pattern pattern,
                              struct noise *n) {
  struct vector_side s;
  json_key(vector, initiator ? "init_static" : "resp_static", s.secret);
  json_key(vector, initiator ? "init_ephemeral" : "resp_ephemeral", s.ephemeral);
  json_key(vector, "init_remote_static", s.remote);
  size_t prologue =
      json_hex(vector, initiator ? "init_prologue" : "resp_prologue", s.prologue, sizeof s.prologue);
  const char *psk =
      json_string_value(json_array_get(json_object_get(vector, initiator ? "init_psks" : "resp_psks"), 0));
  assert_int_equal(psk != NULL, pattern == NOISE_XKPSK3);
  if (psk) assert_int_equal(hex_decode(s.psk, key_bytes, slice_text(psk)), ERR_OK);
  crypto_box_keys_from_secret(&s.keys, s.secret);
  if (!initiator) assert_memory_equal(s.keys.public_key, s.remote, key_bytes);
  struct noise_config config = {.pattern = pattern,
                                .initiator = initiator,
                                .prologue = slice_of(s.prologue, prologue),
                                .local_static = &s.keys,
                                .remote_static = initiator ? s.remote : NULL,
                                .psk = psk ? s.psk : NULL,
                                .ephemeral = s.ephemeral};
  assert_int_equal(noise_init(n, &config), ERR_OK);
}

/* Messages alternate, the initiator first; the first three are the handshake's. */
static void vector_message(struct noise sides[2], size_t number, const json_t *message) {
  uint8_t payload[vector_bytes_max], expected[vector_bytes_max];
  size_t payload_len = json_hex(message, "payload", payload, sizeof payload);
  size_t expected_len = json_hex(message, "ciphertext", expected, sizeof expected);
  struct noise *from = &sides[number % 2], *to = &sides[1 - number % 2];
  struct buf written = BUF_INIT(vector_bytes_max), read = BUF_INIT(vector_bytes_max);
  struct slice plain = slice_of(payload, payload_len);
  assert_int_equal(number < 3 ? noise_handshake_write(from, plain, &written)
                              : noise_encrypt(from, plain, &written),
                   ERR_OK);
  assert_true(slice_equal(buf_slice(&written), slice_of(expected, expected_len)));
  struct slice bytes = buf_slice(&written);
  assert_int_equal(number < 3 ? noise_handshake_read(to, bytes, &read) : noise_decrypt(to, bytes, &read),
                   ERR_OK);
  assert_true(slice_equal(buf_slice(&read), plain));
  buf_finish(&written);
  buf_finish(&read);
}

static void vector_run(const json_t *vector, enum noise_pattern pattern) {
  struct noise sides[2];
  uint8_t hash[hash_long_bytes], initiator[key_bytes];
  struct box_keys keys;
  const json_t *messages = json_object_get(vector, "messages");
  assert_int_equal(json_array_size(messages), vector_messages);
  vector_side_begin(vector, true, pattern, &sides[0]);
  vector_side_begin(vector, false, pattern, &sides[1]);
  for (size_t i = 0; i < vector_messages; i++) vector_message(sides, i, json_array_get(messages, i));
  assert_int_equal(json_hex(vector, "handshake_hash", hash, sizeof hash), hash_long_bytes);
  for (int i = 0; i < 2; i++) assert_memory_equal(noise_transcript(&sides[i]), hash, sizeof hash);
  json_key(vector, "init_static", initiator);
  crypto_box_keys_from_secret(&keys, initiator);
  assert_memory_equal(noise_remote_static(&sides[1]), keys.public_key, key_bytes);
  noise_finish(&sides[0]);
  noise_finish(&sides[1]);
}

static void published_vector(const char *name, enum noise_pattern pattern) {
  json_error_t error;
  json_t *file = json_load_file(NOISE_VECTORS, 0, &error);
  assert_non_null(file);
  json_t *vectors = json_object_get(file, "vectors"), *vector;
  size_t i, runs = 0;
  json_array_foreach(vectors, i, vector) {
    if (strcmp(json_string_value(json_object_get(vector, "protocol_name")), name) != 0) continue;
    vector_run(vector, pattern);
    runs++;
  }
  assert_int_equal(runs, 1);
  json_decref(file);
}

static void xk_gives_the_published_bytes(void **state) {
  (void)state;
  published_vector("Noise_XK_25519_ChaChaPoly_BLAKE2b", NOISE_XK);
}

static void xkpsk3_gives_the_published_bytes(void **state) {
  (void)state;
  published_vector("Noise_XKpsk3_25519_ChaChaPoly_BLAKE2b", NOISE_XKPSK3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(xk_gives_the_published_bytes),
      cmocka_unit_test(xkpsk3_gives_the_published_bytes),
  };
  if (crypto_init() != ERR_OK) return 1;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
