/* fixture.c: keys, ids and randomness that follow from names. */
#include "tests/vectors/fixture.h"

void fixture_key(uint8_t out[key_bytes], const char *name) {
  struct slice part = slice_text(name);
  crypto_hash(out, "tutti.vectors", &part, 1);
}

struct id fixture_id(const char *name) {
  struct id id;
  uint8_t key[key_bytes];
  fixture_key(key, name);
  bytes_copy(id.b, key, id_bytes);
  return id;
}

static void sign_keys(struct sign_keys *out, const char *name) {
  uint8_t seed[key_bytes];
  fixture_key(seed, name);
  crypto_sign_keys_from_seed(out, seed);
}

static void box_keys(struct box_keys *out, const char *name) {
  uint8_t secret[key_bytes];
  fixture_key(secret, name);
  crypto_box_keys_from_secret(out, secret);
}

void fixture_make(struct fixture *out) {
  uint8_t seed[key_bytes];
  *out = (struct fixture){.hub = fixture_id("hub"),
                          .device = fixture_id("device"),
                          .other_device = fixture_id("other device"),
                          .office = fixture_id("office")};
  sign_keys(&out->hub_sign, "hub signing seed");
  sign_keys(&out->hub_sign_before, "hub earlier signing seed");
  sign_keys(&out->device_sign, "device signing seed");
  box_keys(&out->hub_noise, "hub noise secret");
  box_keys(&out->hub_intake, "hub intake secret");
  box_keys(&out->device_noise, "device noise secret");
  box_keys(&out->safeguarding, "safeguarding secret");
  box_keys(&out->recovery, "recovery secret");
  fixture_key(out->device_ephemeral, "device ephemeral secret");
  fixture_key(out->hub_ephemeral, "hub ephemeral secret");
  fixture_key(seed, "enrolment seed");
  bytes_copy(out->enrol_seed, seed, sizeof out->enrol_seed);
}

static void random_fill(void *ctx, void *out, size_t len) {
  struct fixture_random *r = ctx;
  uint8_t *to = out, block[hash_bytes], number[8];
  for (size_t done = 0; done < len; done += hash_bytes) {
    for (size_t i = 0; i < sizeof number; i++) number[i] = (uint8_t)(r->blocks >> (8 * i));
    struct slice part = slice_of(number, sizeof number);
    crypto_hash(block, "tutti.vectors.random", &part, 1);
    r->blocks++;
    bytes_copy(to + done, block, len - done < hash_bytes ? len - done : hash_bytes);
  }
  if (r->drawn != NULL) ASSERT(buf_append(r->drawn, slice_of(out, len)) == ERR_OK);
}

struct entropy fixture_entropy(struct fixture_random *r) {
  return (struct entropy){.ctx = r, .fill = random_fill};
}
