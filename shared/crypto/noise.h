/* noise.h: Noise_XK_25519_ChaChaPoly_BLAKE2b and XKpsk3 (noiseprotocol.org revision 34), sans-IO. */
#ifndef TUTTI_CRYPTO_NOISE_H
#define TUTTI_CRYPTO_NOISE_H

#include "shared/crypto/crypto.h"

enum noise_pattern { NOISE_XK, NOISE_XKPSK3 };
enum {
  noise_message1_overhead = 48, /* e, es, tag */
  noise_message2_overhead = 48, /* e, ee, tag */
  noise_message3_overhead = 64, /* s + tag, se(, psk), tag */
  noise_tag_bytes = 16,
  noise_message_bytes_max = 65535,
};
/* One handshake, then two transport ciphers. Plain memory of the caller's; noise_finish wipes it. */
struct noise {
  enum noise_pattern pattern;
  bool initiator, failed, has_psk;
  uint8_t step; /* messages done: 0-3 */
  uint8_t h[hash_long_bytes], ck[hash_long_bytes], k[key_bytes];
  bool has_key;
  uint64_t n;
  struct box_keys s, e;
  uint8_t rs[key_bytes], re[key_bytes], psk[key_bytes];
  uint8_t send_key[key_bytes], receive_key[key_bytes];
  uint64_t send_n, receive_n;
};
struct noise_config {
  enum noise_pattern pattern;
  bool initiator;
  struct slice prologue;
  const struct box_keys *local_static;
  const uint8_t *remote_static; /* 32 bytes, initiator only */
  const uint8_t
      *psk; /* 32 bytes with XKPSK3; a responder that learns it from message 1 gives it by noise_set_psk */
  const uint8_t *ephemeral; /* 32-byte secret: drawn from entropy by the caller */
};
/* Copies what it needs from `config`. ERR_CRYPTO for an ephemeral of zeros, which is one that nobody drew. */
MUST_USE err noise_init(struct noise *n, const struct noise_config *config);
/* Before message 3 is written or read; without it message 3 fails, so that a missing token is never an empty
 * one. */
void noise_set_psk(struct noise *n, const uint8_t psk[key_bytes]);
void noise_finish(struct noise *n); /* wipes; every later call fails */
/* Writes or reads the next handshake message with its payload. Any failure is ERR_CRYPTO and final: every
 * later call fails too. All-zero Diffie-Hellman results are refused. */
MUST_USE err noise_handshake_write(struct noise *n, struct slice payload, struct buf *out);
MUST_USE err noise_handshake_read(struct noise *n, struct slice message, struct buf *payload_out);
static inline bool noise_ready(const struct noise *n) { return n->step == 3 && !n->failed; }
/* After message 3: the initiator's static key (responder side), and the transcript hash. */
const uint8_t *noise_remote_static(const struct noise *n);
const uint8_t *noise_transcript(const struct noise *n); /* 64 bytes */
/* Transport: appends plain.len + 16 bytes, or message.len - 16. Counters are implicit, so a repeated, skipped
 * or reordered record fails, and a record that fails is the last one: ERR_CRYPTO for ever. Encrypting returns
 * ERR_TOO_BIG above 65519 bytes and ERR_NO_MEMORY, which change nothing. */
MUST_USE err noise_encrypt(struct noise *n, struct slice plain, struct buf *out);
MUST_USE err noise_decrypt(struct noise *n, struct slice message, struct buf *out);

#endif
