/* noise.c: the Noise handshake state machine for XK and XKpsk3, after sections 4, 5 and 9 of the
 * specification, whose names it uses.
 *
 *   XK:      <- s   ...   -> e, es   <- e, ee   -> s, se
 *   XKpsk3:  <- s   ...   -> e, es   <- e, ee   -> s, se, psk
 *
 * Steps 0, 1 and 2 are those three messages; at step 3 the transport ciphers are ready. A failure at any step
 * wipes everything. */
#include <sodium.h>
#include <string.h>

#include "shared/crypto/noise.h"

enum { hash_block_bytes = 128, tokens_per_message_max = 3 };
enum token { TOKEN_END, TOKEN_E, TOKEN_S, TOKEN_EE, TOKEN_ES, TOKEN_SE, TOKEN_PSK };
struct pattern {
  const char *name;
  bool has_psk;
  enum token tokens[3][tokens_per_message_max];
};
static const struct pattern patterns[] = {
    [NOISE_XK] = {.name = "Noise_XK_25519_ChaChaPoly_BLAKE2b",
                  .tokens = {{TOKEN_E, TOKEN_ES}, {TOKEN_E, TOKEN_EE}, {TOKEN_S, TOKEN_SE}}},
    [NOISE_XKPSK3] = {.name = "Noise_XKpsk3_25519_ChaChaPoly_BLAKE2b",
                      .has_psk = true,
                      .tokens = {{TOKEN_E, TOKEN_ES}, {TOKEN_E, TOKEN_EE}, {TOKEN_S, TOKEN_SE, TOKEN_PSK}}},
};

/* BLAKE2b-512 of two parts. */
static void hash_two(uint8_t out[hash_long_bytes], struct slice a, struct slice b) {
  crypto_generichash_state st;
  crypto_generichash_init(&st, NULL, 0, hash_long_bytes);
  crypto_generichash_update(&st, a.ptr, a.len);
  crypto_generichash_update(&st, b.ptr, b.len);
  crypto_generichash_final(&st, out, hash_long_bytes);
  crypto_wipe(&st, sizeof st);
}

/* HMAC (RFC 2104) over BLAKE2b, because Noise's HKDF is defined on it; BLAKE2b's own keyed mode would be
 * another function. */
static void hmac_pass(uint8_t out[hash_long_bytes], const uint8_t key[hash_long_bytes], uint8_t mask,
                      struct slice a, struct slice b) {
  crypto_generichash_state st;
  uint8_t pad[hash_block_bytes];
  for (size_t i = 0; i < hash_long_bytes; i++) pad[i] = (uint8_t)(key[i] ^ mask);
  for (size_t i = hash_long_bytes; i < hash_block_bytes; i++) pad[i] = mask;
  crypto_generichash_init(&st, NULL, 0, hash_long_bytes);
  crypto_generichash_update(&st, pad, sizeof pad);
  crypto_generichash_update(&st, a.ptr, a.len);
  crypto_generichash_update(&st, b.ptr, b.len);
  crypto_generichash_final(&st, out, hash_long_bytes);
  crypto_wipe(pad, sizeof pad);
  crypto_wipe(&st, sizeof st);
}

static void hmac(uint8_t out[hash_long_bytes], const uint8_t key[hash_long_bytes], struct slice a,
                 struct slice b) {
  uint8_t inner[hash_long_bytes];
  hmac_pass(inner, key, 0x36, a, b);
  hmac_pass(out, key, 0x5c, slice_of(inner, sizeof inner), slice_of(NULL, 0));
  crypto_wipe(inner, sizeof inner);
}

/* HKDF of the specification: output k is HMAC(temp, output k-1 ‖ k). */
struct hkdf {
  uint8_t output[3][hash_long_bytes];
};
static void hkdf(struct hkdf *out, const uint8_t ck[hash_long_bytes], struct slice input, uint8_t count) {
  uint8_t temp[hash_long_bytes];
  struct slice previous = slice_of(NULL, 0);
  hmac(temp, ck, input, previous);
  for (uint8_t k = 0; k < count; k++) {
    const uint8_t number = (uint8_t)(k + 1);
    hmac(out->output[k], temp, previous, slice_of(&number, 1));
    previous = slice_of(out->output[k], hash_long_bytes);
  }
  crypto_wipe(temp, sizeof temp);
}

/* SymmetricState */
static void mix_hash(struct noise *n, struct slice data) {
  hash_two(n->h, slice_of(n->h, hash_long_bytes), data);
}

static void initialize_key(struct noise *n, const uint8_t key[hash_long_bytes]) {
  bytes_copy(n->k, key, key_bytes); /* a 64-byte output is truncated to the cipher's 32 */
  n->has_key = true;
  n->n = 0;
}

static void mix_key(struct noise *n, struct slice input) {
  struct hkdf keys;
  hkdf(&keys, n->ck, input, 2);
  bytes_copy(n->ck, keys.output[0], hash_long_bytes);
  initialize_key(n, keys.output[1]);
  crypto_wipe(&keys, sizeof keys);
}

static void mix_key_and_hash(struct noise *n, struct slice input) {
  struct hkdf keys;
  hkdf(&keys, n->ck, input, 3);
  bytes_copy(n->ck, keys.output[0], hash_long_bytes);
  mix_hash(n, slice_of(keys.output[1], hash_long_bytes));
  initialize_key(n, keys.output[2]);
  crypto_wipe(&keys, sizeof keys);
}

/* CipherState: four zero bytes, then the counter in little-endian. The last counter is reserved, so it is
 * never used. */
static err next_nonce(uint8_t out[crypto_aead_chacha20poly1305_ietf_NPUBBYTES], uint64_t *counter) {
  if (*counter == UINT64_MAX) return ERR_CRYPTO;
  bytes_zero(out, 4);
  for (unsigned i = 0; i < 8; i++) out[4 + i] = (uint8_t)(*counter >> 8 * i);
  *counter += 1;
  return ERR_OK;
}

static err seal_record(const uint8_t key[key_bytes], uint64_t *counter, struct slice ad, struct slice plain,
                       struct buf *out) {
  uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];
  TRY(buf_reserve(out, plain.len + noise_tag_bytes));
  TRY(next_nonce(nonce, counter));
  ASSERT(crypto_aead_chacha20poly1305_ietf_encrypt(out->ptr + out->len, NULL, plain.ptr, plain.len, ad.ptr,
                                                   ad.len, NULL, nonce, key) == 0);
  out->len += plain.len + noise_tag_bytes;
  return ERR_OK;
}

static err open_record(const uint8_t key[key_bytes], uint64_t *counter, struct slice ad, struct slice sealed,
                       struct buf *out) {
  uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];
  if (sealed.len < noise_tag_bytes) return ERR_CRYPTO;
  size_t len = sealed.len - noise_tag_bytes;
  TRY(buf_reserve(out, len));
  TRY(next_nonce(nonce, counter));
  uint8_t *to = out->ptr ? out->ptr + out->len : NULL; /* NULL when there is nothing but the tag to check */
  if (crypto_aead_chacha20poly1305_ietf_decrypt(to, NULL, NULL, sealed.ptr, sealed.len, ad.ptr, ad.len, nonce,
                                                key)) {
    return ERR_CRYPTO;
  }
  out->len += len;
  return ERR_OK;
}

/* In both patterns a key is there before anything is encrypted, so the plaintext branch of the specification
 * cannot be reached. */
static err encrypt_and_hash(struct noise *n, struct slice plain, struct buf *out) {
  ASSERT(n->has_key);
  size_t start = out->len;
  TRY(seal_record(n->k, &n->n, slice_of(n->h, hash_long_bytes), plain, out));
  mix_hash(n, slice_of(out->ptr + start, out->len - start));
  return ERR_OK;
}

static err decrypt_and_hash(struct noise *n, struct slice sealed, struct buf *out) {
  ASSERT(n->has_key);
  TRY(open_record(n->k, &n->n, slice_of(n->h, hash_long_bytes), sealed, out));
  mix_hash(n, sealed);
  return ERR_OK;
}

/* HandshakeState. A result of zeros means the peer sent a point of low order, which would let anybody know
 * the key. */
static err mix_shared(struct noise *n, const uint8_t secret[key_bytes], const uint8_t public_key[key_bytes]) {
  uint8_t shared[key_bytes];
  if (crypto_scalarmult(shared, secret, public_key)) return ERR_CRYPTO;
  mix_key(n, slice_of(shared, sizeof shared));
  crypto_wipe(shared, sizeof shared);
  return ERR_OK;
}

/* In a pattern with a psk every ephemeral also enters the key, so that equal tokens never give equal keys. */
static void mix_ephemeral(struct noise *n, const uint8_t public_key[key_bytes]) {
  struct slice e = slice_of(public_key, key_bytes);
  mix_hash(n, e);
  if (patterns[n->pattern].has_psk) mix_key(n, e);
}

/* The tokens that write and read alike. */
static err mix_token(struct noise *n, enum token t) {
  switch (t) {
  case TOKEN_EE: return mix_shared(n, n->e.secret, n->re);
  case TOKEN_ES: return n->initiator ? mix_shared(n, n->e.secret, n->rs) : mix_shared(n, n->s.secret, n->re);
  case TOKEN_SE: return n->initiator ? mix_shared(n, n->s.secret, n->re) : mix_shared(n, n->e.secret, n->rs);
  case TOKEN_PSK:
    if (!n->has_psk) return ERR_CRYPTO;
    mix_key_and_hash(n, slice_of(n->psk, key_bytes));
    return ERR_OK;
  case TOKEN_E:
  case TOKEN_S:
  case TOKEN_END: break;
  }
  return ERR_INTERNAL;
}

static err write_token(struct noise *n, enum token t, struct buf *out) {
  if (t == TOKEN_S) return encrypt_and_hash(n, slice_of(n->s.public_key, key_bytes), out);
  if (t != TOKEN_E) return mix_token(n, t);
  mix_ephemeral(n, n->e.public_key);
  return buf_append(out, slice_of(n->e.public_key, key_bytes));
}

static err read_static(struct noise *n, struct cursor *message) {
  struct slice sealed;
  struct buf plain = BUF_INIT(key_bytes);
  TRY(cursor_bytes(message, key_bytes + noise_tag_bytes, &sealed));
  err failed = decrypt_and_hash(n, sealed, &plain);
  if (failed == ERR_OK) bytes_copy(n->rs, plain.ptr, key_bytes);
  buf_finish(&plain);
  return failed;
}

static err read_token(struct noise *n, enum token t, struct cursor *message) {
  if (t == TOKEN_S) return read_static(n, message);
  if (t != TOKEN_E) return mix_token(n, t);
  TRY(cursor_copy(message, n->re, key_bytes));
  mix_ephemeral(n, n->re);
  return ERR_OK;
}

/* Split: the first key is the initiator's to send with. The handshake's own secrets end here; only the
 * transcript hash stays. */
static void split(struct noise *n) {
  struct hkdf keys;
  hkdf(&keys, n->ck, slice_of(NULL, 0), 2);
  bytes_copy(n->send_key, keys.output[n->initiator ? 0 : 1], key_bytes);
  bytes_copy(n->receive_key, keys.output[n->initiator ? 1 : 0], key_bytes);
  crypto_wipe(&keys, sizeof keys);
  crypto_wipe(n->ck, sizeof n->ck);
  crypto_wipe(n->k, sizeof n->k);
  crypto_wipe(n->psk, sizeof n->psk);
  crypto_wipe(&n->e, sizeof n->e);
  crypto_wipe(&n->s, sizeof n->s);
  n->has_key = n->has_psk = false;
}

static err fail(struct noise *n) {
  crypto_wipe(n, sizeof *n);
  n->failed = true;
  return ERR_CRYPTO;
}

static bool our_turn(const struct noise *n) { return (n->step % 2 == 0) == n->initiator; }

static void step_done(struct noise *n) {
  n->step++;
  if (n->step == 3) split(n);
}

err noise_init(struct noise *n, const struct noise_config *config) {
  const struct pattern *pattern = &patterns[config->pattern];
  ASSERT(config->local_static && config->ephemeral && (!config->initiator || config->remote_static));
  bytes_zero(n, sizeof *n);
  if (bytes_are_zero(config->ephemeral, key_bytes)) return fail(n);
  n->pattern = config->pattern;
  n->initiator = config->initiator;
  n->s = *config->local_static;
  crypto_box_keys_from_secret(&n->e, config->ephemeral);
  if (config->initiator) bytes_copy(n->rs, config->remote_static, key_bytes);
  if (config->psk) noise_set_psk(n, config->psk);
  bytes_copy(n->h, pattern->name,
             strlen(pattern->name)); /* shorter than the hash: padded with zeros, not hashed */
  bytes_copy(n->ck, n->h, hash_long_bytes);
  mix_hash(n, config->prologue);
  mix_hash(n, slice_of(config->initiator ? n->rs : n->s.public_key, key_bytes));
  return ERR_OK;
}

void noise_set_psk(struct noise *n, const uint8_t psk[key_bytes]) {
  if (n->failed) return;
  ASSERT(patterns[n->pattern].has_psk && n->step < 3);
  bytes_copy(n->psk, psk, key_bytes);
  n->has_psk = true;
}

void noise_finish(struct noise *n) { (void)fail(n); }

static err write_message(struct noise *n, struct slice payload, struct buf *out) {
  const enum token *tokens = patterns[n->pattern].tokens[n->step];
  for (size_t i = 0; i < tokens_per_message_max && tokens[i] != TOKEN_END; i++)
    TRY(write_token(n, tokens[i], out));
  return encrypt_and_hash(n, payload, out);
}

static const size_t overheads[] = {noise_message1_overhead, noise_message2_overhead, noise_message3_overhead};

err noise_handshake_write(struct noise *n, struct slice payload, struct buf *out) {
  size_t start = out->len;
  if (n->failed || n->step >= 3 || !our_turn(n)) return fail(n);
  if (payload.len > noise_message_bytes_max - overheads[n->step]) return fail(n);
  if (write_message(n, payload, out) != ERR_OK) {
    out->len = start;
    return fail(n);
  }
  step_done(n);
  return ERR_OK;
}

static err read_message(struct noise *n, struct slice message, struct buf *payload_out) {
  const enum token *tokens = patterns[n->pattern].tokens[n->step];
  struct cursor c = cursor_of(message);
  struct slice payload;
  for (size_t i = 0; i < tokens_per_message_max && tokens[i] != TOKEN_END; i++)
    TRY(read_token(n, tokens[i], &c));
  TRY(cursor_bytes(&c, cursor_left(&c), &payload));
  return decrypt_and_hash(n, payload, payload_out);
}

err noise_handshake_read(struct noise *n, struct slice message, struct buf *payload_out) {
  size_t start = payload_out->len;
  if (n->failed || n->step >= 3 || our_turn(n) || message.len > noise_message_bytes_max) return fail(n);
  if (read_message(n, message, payload_out) != ERR_OK) {
    payload_out->len = start;
    return fail(n);
  }
  step_done(n);
  return ERR_OK;
}

const uint8_t *noise_remote_static(const struct noise *n) {
  ASSERT(noise_ready(n));
  return n->rs;
}

const uint8_t *noise_transcript(const struct noise *n) {
  ASSERT(noise_ready(n));
  return n->h;
}

err noise_encrypt(struct noise *n, struct slice plain, struct buf *out) {
  if (!noise_ready(n)) return fail(n);
  if (plain.len > noise_message_bytes_max - noise_tag_bytes) return ERR_TOO_BIG;
  err failed = seal_record(n->send_key, &n->send_n, slice_of(NULL, 0), plain, out);
  return failed == ERR_CRYPTO ? fail(n) : failed;
}

err noise_decrypt(struct noise *n, struct slice message, struct buf *out) {
  if (!noise_ready(n) || message.len > noise_message_bytes_max) return fail(n);
  err failed = open_record(n->receive_key, &n->receive_n, slice_of(NULL, 0), message, out);
  return failed == ERR_OK ? ERR_OK : fail(n);
}
