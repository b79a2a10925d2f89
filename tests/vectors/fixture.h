/* fixture.h: the keys, ids and randomness all vectors are made with; everything follows from names, nothing
 * from chance. */
#ifndef TUTTI_TESTS_FIXTURE_H
#define TUTTI_TESTS_FIXTURE_H

#include "shared/crypto/crypto.h"

struct fixture {
  struct sign_keys hub_sign, hub_sign_before, device_sign;
  struct box_keys hub_noise, hub_intake, device_noise, safeguarding, recovery;
  uint8_t device_ephemeral[key_bytes], hub_ephemeral[key_bytes];
  uint8_t enrol_seed[16];
  struct id hub, device, other_device, office;
};
void fixture_make(struct fixture *out);
/* An id, and 32 bytes, that follow from a name. */
struct id fixture_id(const char *name);
void fixture_key(uint8_t out[key_bytes], const char *name);

/* Randomness that is the same in every run: block n is BLAKE2b("tutti.vectors.random", n as eight bytes). */
struct fixture_random {
  uint64_t blocks;
  struct buf *drawn; /* if not NULL, keeps what was handed out */
};
struct entropy fixture_entropy(struct fixture_random *r);

#endif
